"""Words of the terminal: safe, within their columns, each reason once; node paths and waiting that cannot be for ever."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from conformance.codes.text import visible as codes_visible
from conformance.errors import UsageError
from conformance.harness.choosing import Chooser
from conformance.harness.nodes import safe
from conformance.harness.running import settled
from conformance.harness.sharing import Barrier
from conformance.harness.wording import Words, columns, fit, fit_list, one_line, visible
from conformance.model.profile import Check, Clause, Profile, Standard
from conformance.model.result import CheckResult, Reason
from conformance.model.verdict import Cause, Grade, Provision, Verdict
from conformance.plan.select import Planned
from conformance.report import text as report_text
from conformance.run.engine import Engine, Job


def _clause(number: str, *checks: Check) -> Clause:
    return Clause(number, "题", Provision.REQUIREMENT, "应", Grade.A, (), checks)


def _profile(id_: str, number: str, *clauses: Clause) -> Profile:
    return Profile(id_, "1", {"zh": id_}, Standard(number, {"zh": id_}), clauses=clauses)


def _planned(profile: Profile) -> list[Planned]:
    return [
        Planned(part, clause, check, f"{part.id}/{clause.id}/{check.name}")
        for part in profile.standards()
        for clause in part.clauses
        for check in clause.checks
    ]


ONE = _profile(
    "gbt-1-2020",
    "GB/T 1-2020",
    _clause("5.1", Check("a-holds", "", "call", {}), Check("b-holds", "", "call", {})),
    _clause("5.10", Check("c-holds", "", "call", {})),
    _clause("A.2[甲]::1", Check("d-holds", "", "call", {})),
)
BUNDLE = Profile(
    "both",
    "1",
    {"zh": "合"},
    None,
    parts=(ONE, _profile("x", "GB/T 2-2020", _clause("5.1", Check("e", "", "call", {})))),
)


def _chooser(profile: Profile, folder: Path) -> Chooser:
    return Chooser(profile, _planned(profile), folder, folder)


@pytest.mark.parametrize(
    ("argument", "names"),
    [
        ("gbt-1-2020", ["a-holds", "b-holds", "c-holds", "d-holds"]),
        ("GB/T 1-2020::5.1", ["a-holds", "b-holds"]),
        ("GB/T1—2020:: 5.10 ", ["c-holds"]),
        ("gbt-1-2020::A.2(甲)：：1::d-holds", ["d-holds"]),
    ],
)
def test_a_standard_is_named_in_any_writing(tmp_path: Path, argument: str, names: list[str]) -> None:
    chooser = _chooser(ONE, tmp_path)
    selector = chooser.selector(argument)
    assert selector is not None
    assert [e.check.name for e in chooser.chosen([selector], set())] == names


def test_under_a_bundle_its_name_may_be_left_out(tmp_path: Path) -> None:
    chooser = _chooser(BUNDLE, tmp_path)
    paths = [chooser.selector(a) for a in ("both::x::5.1", "x::5.1", "GB/T 2-2020::5.1", "both::GB/T 2-2020::5.1")]
    assert set(paths) == {("both", "x", "5.1")}
    assert [e.key for e in chooser.chosen([], chooser.clauses(["5.1"]))] == [
        "gbt-1-2020/5.1/a-holds", "gbt-1-2020/5.1/b-holds", "x/5.1/e",
    ]  # fmt: skip
    assert [e.key for e in chooser.chosen([], chooser.clauses(["x/5.1"]))] == ["x/5.1/e"]


def test_paths_are_no_selectors(tmp_path: Path) -> None:
    (tmp_path / "gbt-1-2020").mkdir()
    chooser = _chooser(ONE, tmp_path)
    assert chooser.selector("gbt-1-2020") is None, "a folder that is there is a folder"
    assert chooser.selector("./gbt-1-2020/test_x.py") is None
    assert chooser.selector("tests/test_x.py::test_a[b::c]") is None
    assert chooser.selector("gbt-1-2020::5.10") == ("gbt-1-2020", "5.10")


def test_what_is_near_is_suggested(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"U501") as caught:
        _chooser(ONE, tmp_path).selector("gbt-1-2020::5.1::a-hold")
    assert "gbt-1-2020::5.1::a-holds" in caught.value.expected


def test_node_names_hold_nothing_that_pytest_parses() -> None:
    assert not set("[]:") & set(safe("A.2[甲]::1"))
    assert safe("a:b") != safe("a(b"), "one to one"


def test_hidden_characters_are_shown_and_personal_numbers_starred() -> None:
    assert visible("a\x1b[31m\u202eb") == "a␛[31m⟦U+202E⟧b"
    assert "19900307" not in visible("证件 11010519900307123X")
    assert one_line("a\n b\t c") == "a b c"
    assert report_text.visible is codes_visible, "one implementation"


def test_columns_and_fit() -> None:
    assert columns("中文ab") == 6
    assert fit("中文ab", 6) == "中文ab"
    assert fit("中文abc", 6) == "中文a…"
    assert columns(fit("中" * 50, 21)) <= 21
    assert fit_list("条款: EL-01、EL-02、EL-03", 20, "、") == "条款: EL-01、…"
    assert fit_list("条款: EL-01、EL-02", 40, "、") == "条款: EL-01、EL-02"


def test_one_reason_in_many_places_is_told_once() -> None:
    reasons = tuple(Reason("错", "对", f"v{n}", f"第 {n} 处", reproduce=f"curl {n}") for n in range(5))
    entry = _planned(ONE)[0]
    block = Words("zh-CN").block(entry, CheckResult(entry.key, Verdict.FAIL, Cause.SYSTEM, reasons))
    assert block.count("● 错") == 1
    assert block.count("curl") == 1
    assert "另有 4 处相同: 第 1 处、第 2 处" in block
    found = Reason("预检未通过：系统不认可给出的凭据", "凭据有效", "HTTP 401", reproduce="检查令牌", code="D150")
    block = Words("zh-CN").block(entry, CheckResult(entry.key, Verdict.INCONCLUSIVE, Cause.CONFIGURATION, (found,)))
    assert "处理: 检查令牌" in block
    assert "复现" not in block


@pytest.mark.parametrize(
    ("kept", "decided", "stays"),
    [
        (None, None, False),
        (CheckResult("k", Verdict.PASS), None, True),
        (CheckResult("k", Verdict.FAIL, Cause.SYSTEM), None, True),
        (CheckResult("k", Verdict.INCONCLUSIVE, Cause.CONFIGURATION, blocked_by="preflight D150"), None, False),
        (CheckResult("k", Verdict.NOT_TESTED), None, False),
        (CheckResult("k", Verdict.NOT_TESTED), CheckResult("k", Verdict.NOT_TESTED, started="later"), True),
        (CheckResult("k", Verdict.NOT_TESTED), CheckResult("k", Verdict.PASS), False),
    ],
)
def test_what_a_resumed_run_leaves_as_it_is(kept: CheckResult | None, decided: CheckResult | None, stays: bool) -> None:
    entry = _planned(ONE)[0]
    assert settled(kept, Planned(entry.profile, entry.clause, entry.check, "k", decided)) is stays


def test_waiting_for_a_job_behind_itself_is_not_waiting_for_ever() -> None:
    done: list[int] = []

    def work(n: int) -> CheckResult:
        done.append(n)
        return CheckResult(str(n), Verdict.PASS)

    jobs = [Job(0, lambda: work(0), after=(1, 0, 7)), Job(1, lambda: work(1), after=(0,), exclusive=True)]
    engine = Engine(jobs, workers=2, window=2)
    asked = threading.Thread(target=lambda: [engine.result(0), engine.result(1)], daemon=True)
    asked.start()
    asked.join(10)
    assert not asked.is_alive()
    assert done == [0, 1]
    engine.close()


@pytest.mark.skipif(sys.platform == "win32", reason="no flock")
def test_the_barrier_holds_between_processes(tmp_path: Path) -> None:
    barrier = Barrier(tmp_path)
    code = (
        "import sys; from pathlib import Path; from conformance.harness.sharing import Barrier\n"
        f"b = Barrier(Path({str(tmp_path)!r}))\n"
        "b.wait(['first'])\n"
        "with b.hold(exclusive=True): b.done('alone')\n"
    )
    with barrier.hold(exclusive=False):
        other = subprocess.Popen([sys.executable, "-c", code], env={**os.environ})
        barrier.done("first")
        with pytest.raises(subprocess.TimeoutExpired):
            other.wait(1.5)  # it waits for our share of the lock
        assert not barrier._mark("alone").exists()
    assert other.wait(20) == 0
    barrier.wait(["alone"])
