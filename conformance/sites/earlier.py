"""The earlier snapshot that a target hands in, for the checks that compare with it."""

from __future__ import annotations

from conformance.model.verdict import Cause
from conformance.run.context import Procedure
from conformance.sites import site, snapshot
from conformance.sites.snapshot import Snapshot
from conformance.sites.survey import Survey

_FILE = "conformance snapshot 由以前的检测记录写的文件"


def snapshot_of(check: Procedure, found: Survey) -> Snapshot:
    """The snapshot `site_snapshot`. Stops the check where it is none, of another site, or not from before."""
    try:
        before = snapshot.read(check.file("site_snapshot"))
    except snapshot.BadSnapshotError as error:
        check.stop(Cause.CONFIGURATION, f"site_snapshot 不能用：{error}", expected=_FILE)
    check.require(before.site == found.start, f"site_snapshot 是另一个网站 {before.site} 的")
    at = site.inspected_at(check)
    check.require(before.at <= at, f"site_snapshot 写的是 {before.at:%Y-%m-%d %H:%M}Z 的网站，晚于监测时间点")
    return before
