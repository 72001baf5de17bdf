"""`conformance doctor`: the preflight alone, told to a person."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from conformance.errors import TargetError
from conformance.harness.loading import load_profiles, open_target
from conformance.harness.preflight import examine
from conformance.harness.wording import visible
from conformance.model.exchange import PAGE
from conformance.model.target import Target
from conformance.model.verdict import Cause
from conformance.run.batch import live_run
from conformance.run.run import Run
from conformance.target import Finding
from conformance.target.files import find


def doctor(
    profiles: Sequence[str], target: str, parameters: Mapping[str, Any] | None = None
) -> tuple[list[Finding], str]:
    """(findings, text). Nothing is judged: a finding says what keeps a run from being meaningful, and whose doing it is."""
    profile = load_profiles(profiles)
    try:
        opened, specimen = open_target(target, profile, parameters=parameters)
    except TargetError as error:
        finding = Finding(error.code, Cause.CONFIGURATION, error.message, error.expected, error.where, error.hint)
        return [finding], str(error)
    run = live_run(profile, opened)
    try:
        findings, _, transport = examine(run)
        opened_pages: tuple[str, ...] = ()
        if not findings:
            more, opened_pages = _look_at_pages(run)
            findings += more
        lines = [f"{'✘' if f.stops else '△'} {f}" for f in findings]
        if not findings:
            lines.append(f"✔ {opened.system.name}：{_well(opened, transport.notebook.count, opened_pages)}")
        elif not any(f.stops for f in findings):
            lines.append("△ 可以检测；以上问题涉及的检测项将为无法判定")
        else:
            lines.append("✘ 现在检测没有意义：全部检测项都会是无法判定")
    finally:
        run.sender.close()  # type: ignore[attr-defined]
        if specimen is not None:
            specimen.stop()
    return findings, visible_lines(lines)


def _look_at_pages(run: Run) -> tuple[list[Finding], tuple[str, ...]]:
    """What a browser says, where the profile needs one."""
    if not any(o.request.get("method") == PAGE for o in run.operations.values()):
        return [], ()
    from conformance.pages.ready import look

    return look(run)


def _well(target: Target, calls: int, pages: Sequence[str] = ()) -> str:
    parts = ["配置正确"]
    if target.documents.get("paths"):
        parts.append(f"要检测的文件 {len(find(target.documents).files)} 个，信任材料可用")
    if target.parameters.get("interface"):
        parts.append(f"被测节点 {target.parameters.get('node_address')} 在链路上有应答")
    if pages:
        parts.append(f"浏览器可用，页面 {'、'.join(pages)} 打开的是对的页面")
    elif calls or not target.documents.get("paths"):
        parts.append(f"预检的 {calls} 次调用全部成功")
    return "，".join(parts)


def visible_lines(lines: Sequence[str]) -> str:
    return "\n".join(visible(part) for line in lines for part in line.splitlines())
