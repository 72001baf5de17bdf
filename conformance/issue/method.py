"""Was it tested by the method that everybody knows, and does the evidence bear out what the record says?"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from conformance.errors import ConformanceError
from conformance.model.profile import Profile
from conformance.profile import load
from conformance.record.collect import mapping
from conformance.record.environment import versions
from conformance.record.reading import Record
from conformance.record.rejudge import rejudge
from conformance.record.stated import misstated
from conformance.resources import folder

Judge = Callable[[Record], Sequence[tuple[str, str]]]


def disagreements(record: Record, profile: Profile | None = None) -> list[tuple[str, str]]:
    """(check, why) for each verdict that comes out otherwise when it is judged again from the evidence.

    Whoever owns a record can write any verdict into it and chain the lines anew: digests say nothing about that.
    `profile`: the one of the test, from its file, so that procedures of the laboratory's own are found beside it.
    """
    if profile is not None and _bare(profile.digest) != _bare(record.profile.digest):
        return [("", f"给出的 {profile.id} {profile.edition} 不是检测时的那一版（摘要不同）")]
    try:
        results = rejudge(record, profile or _found(record.profile))
    except (ConformanceError, KeyError, TypeError, ValueError) as error:
        return [("", f"记录不能重新判定: {error}")]
    return [
        (r.key, str(r.to_json()["why"]) or "检测程序文件与检测时的不同")
        for r in results
        if not r.agrees or r.other_procedure
    ]


def _found(held: Profile) -> Profile | None:
    """The same profile on the search path, if it is there: a record does not say where its file lay."""
    try:
        found = load(held.id)
    except ConformanceError:
        return None
    return found if _bare(found.digest) == _bare(held.digest) else None


def altered(record: Record) -> list[str]:
    """Standards whose profile goes by the name and edition of one that ships with the tool and is not the same.

    And profiles that are not what their own digest says. The first is asked only of a record of this very version of the tool: another version ships other editions. What a tailoring
    did is told in the report and is no alteration.
    """
    stated = [f"{what}：记录里的内容与它的摘要不符" for what in misstated(record)]
    if stated:
        return stated
    tool = record.header.get("tool")
    used = tool.get("versions") if isinstance(tool, Mapping) else None
    if not isinstance(used, Mapping) or used.get("conformance") != versions().get("conformance"):
        return []
    told = {r.clause.rsplit("/", 1)[-1] for r in record.profile.tailoring}
    return [word for part in record.profile.standards() for word in _differs(part, told)]


def samples(record: Record) -> set[tuple[str, ...]]:
    """What the sessions whose verdicts decide say that they tested: a build that was mended is another sample."""
    deciding = {
        next((a.session for a in reversed(tries) if a.result is not None and not a.void), 0)
        for tries in record.attempts.values()
    }
    out = set()
    for session in record.sessions:
        if session.number in deciding:
            system = mapping(mapping(session.header.get("target")).get("system"))
            out.add(tuple(str(system.get(name) or "") for name in ("name", "version", "build")))
    return out


def _differs(part: Profile, told: set[str]) -> list[str]:
    path = folder("profiles") / f"{part.id}.yaml"
    if not path.is_file():
        return []
    shipped = load(str(path))
    if shipped.edition != part.edition or _bare(shipped.digest) == _bare(part.digest):
        return []
    kept = {c.id: {k.name for k in c.checks} for c in part.clauses}
    less = [c.id for c in shipped.clauses if c.id not in told and {k.name for k in c.checks} - kept.get(c.id, set())]
    if less:
        return [f"{part.id} {part.edition}，少了 {'、'.join(less[:20])} 的检测项"]
    return (
        []
        if told
        else [f"{part.id} {part.edition}，摘要 {_bare(part.digest)[:16]}…，应为 {_bare(shipped.digest)[:16]}…"]
    )


def _bare(digest: str) -> str:
    return digest.removeprefix("sha256:")
