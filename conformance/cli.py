"""The `conformance` command: a verb a function, no logic. What a verb does lives in the room it belongs to."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from conformance.arguments import Parser
from conformance.errors import ConformanceError, UsageError
from conformance.resources import version

Handler = Callable[[argparse.Namespace], int]
_LANGUAGES = ("zh-CN", "en")
# As `conformance.report.formats.FORMATS`, which is not imported for --help.
_FORMS = (
    "text",
    "csv",
    "xlsx",
    "reqif",
    "oscal-catalog",
    "html",
    "pdf",
    "docx",
)  # as `conformance.authoring.formats.FORMS`
_FORMATS = ("html", "pdf", "typst", "docx", "xlsx", "json", "csv", "junit", "ctrf", "earl", "oscal", "in-toto", "gitb")


def main(argv: Sequence[str] | None = None) -> int:
    """Exit status: 0 yes, 1 no (not conforming, a difference, a finding), 2 a mistake in what was asked."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    argv = sys.argv[1:] if argv is None else argv
    try:
        arguments = _parser().parse_args(argv)
        return int(arguments.handler(arguments))
    except ConformanceError as error:
        if "--json" in argv:
            print(json.dumps({"error": error.to_json()}, ensure_ascii=False))
        print(error, file=sys.stderr)
        return 2
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except KeyboardInterrupt:
        return 130


# Verbs -----------------------------------------------------------------------------------------------------


def list_(args: argparse.Namespace) -> int:
    from conformance.profile import available

    found = available()
    if args.json:
        return _json([{**asdict(entry), "path": str(entry.path)} for entry in found])
    for entry in found:
        print(f"{entry.id:<22} {entry.number:<20} {entry.title}")
    return 0


def show(args: argparse.Namespace) -> int:
    from conformance.plan.outline import outline, outline_json
    from conformance.profile import load

    profile = load(args.profile)
    if args.json:
        return _json(outline_json(profile))
    if args.format == "text":
        print(outline(profile, clause=args.clause))
        return 0
    if args.clause:
        raise UsageError("U627", "--clause 只用于文字形式", expected="不写 --format", where="--clause")
    from conformance.authoring.formats import show

    print(show(profile, args.format, Path(args.out) if args.out else None))
    return 0


def draft(args: argparse.Namespace) -> int:
    from conformance.authoring.columns import chosen
    from conformance.authoring.draft import draft, text
    from conformance.authoring.output import write

    table = Path(args.table)
    made = draft(
        table,
        number=args.number or "",
        title=args.title or "",
        profile_id=args.id or "",
        base=args.base or "",
        columns=chosen(args.column),
        sheet=args.sheet or "",
    )
    out = write(made, Path(args.out), table, force=args.force) if args.out else None
    if args.json:
        return _json({**made.to_json(), "out": str(out) if out else None})
    print(text(made))
    print(f"{out}\nconformance lint {out} 列出还没有核对的" if out else "只看，没有写文件；写文件用 -o FILE")
    return 0


def lint(args: argparse.Namespace) -> int:
    from conformance.profile import available
    from conformance.profile.lint import lint

    names = args.profiles or [str(entry.path) for entry in available()]
    findings = [finding for name in names for finding in lint(name)]
    if args.json:
        _json([asdict(finding) for finding in findings])
    else:
        for finding in findings:
            if finding.severity != "info" or args.verbose:
                print(finding)
        print(f"{len(names)} 个测试规范，{sum(f.severity == 'error' for f in findings)} 个错误，"
              f"{sum(f.severity == 'warning' for f in findings)} 个警告")  # fmt: skip
    return int(any(f.severity == "error" or (args.strict and f.severity == "warning") for f in findings))


def init(args: argparse.Namespace) -> int:
    from conformance.harness.loading import load_profiles
    from conformance.target import init_text

    print(init_text(load_profiles(args.profile)))
    return 0


def doctor(args: argparse.Namespace) -> int:
    from conformance.harness.doctor import doctor
    from conformance.harness.loading import parameters

    findings, text = doctor(args.profile, args.target, parameters(args.param))
    if args.json:
        _json([finding.to_json() for finding in findings])
    else:
        print(text)
    return int(any(finding.stops for finding in findings))


def watch(args: argparse.Namespace) -> int:
    from conformance.harness.watch import watch

    seen = watch(
        args.profile,
        args.target,
        Path(args.out),
        hours=args.hours,
        interval=args.interval,
        say=lambda s: print(s, flush=True),
    )
    print(f"{seen.good}/{seen.total} 次成功，历时 {seen.hours:.1f} h，最长的空档 {seen.longest_gap:.0f} s: {args.out}")
    return 0


def snapshot(args: argparse.Namespace) -> int:
    from conformance.record.snapshot import snapshot

    found = snapshot([Path(p) for p in args.records], Path(args.earlier) if args.earlier else None)
    held = json.dumps(found.to_json(), ensure_ascii=False, indent=1) + "\n"
    Path(args.out).write_text(held, encoding="utf-8")
    print(
        f"{found.site}：{len(found.pages)} 页，{len(found.columns)} 个栏目，到 {found.at:%Y-%m-%d %H:%M}Z: {args.out}"
    )
    return 0


def plan(args: argparse.Namespace) -> int:
    from conformance.harness.loading import load_profiles, open_target, parameters
    from conformance.plan.requests import planned_requests, text

    profile = load_profiles(args.profile)
    target, specimen = open_target(args.target, profile, parameters=parameters(args.param))
    try:
        requests = planned_requests(profile, target)
    finally:
        if specimen is not None:
            specimen.stop()
    if args.json:
        return _json([request.to_json() for request in requests])
    print(text(requests, target))
    return 0


def report(args: argparse.Namespace) -> int:
    from conformance.record.reading import open_record
    from conformance.report.formats import beside, export

    _untouched(args.record, "不能出报告")
    out = Path(args.out) if args.out else beside(Path(args.record), args.format)
    with open_record(args.record) as record:
        print(export(record, args.format, out, _how(args)))
    return 0


def _how(args: argparse.Namespace) -> Any:
    from conformance.report.formats import How
    from conformance.report.theme import load_theme

    template = Path(args.template) if args.template else None
    return How(args.lang, template=template, theme=load_theme(args.theme) if args.theme else None)


def verify(args: argparse.Namespace) -> int:
    from dataclasses import replace

    from conformance.issue.checking import is_issued
    from conformance.record.stated import misstated_in
    from conformance.record.verify import Problem, verify

    if is_issued(args.record):
        return _verify_issued(args)
    result = verify(args.record, head=args.head)
    if result.ok and (stated := misstated_in(args.record)):
        more = tuple(Problem("V109", f"{what}：记录里的测试规范被改动") for what in stated)
        result = replace(result, ok=False, problems=more)
    if args.json:
        _json(result.to_json())
    else:
        for problem in result.problems:
            print(problem)
        state = "完整" if result.complete else "不完整（检测未正常结束）"
        print(f"{args.record}: {'未发现改动' if result.ok else '已被改动或损坏'}，{state}")
        if result.head:
            print(f"记录摘要 SM3 {result.head['sm3']}")
        if result.ok:
            _tell_conclusion(Path(args.record))
    return int(not (result.ok and result.complete))


def _tell_conclusion(path: Path) -> None:
    """What the record itself concludes: a report that lies beside it is no part of it, and may say anything."""
    from conformance.judge.words import overall_word, word
    from conformance.record.reading import open_record
    from conformance.record.source import EVIDENCE, LEDGER, MANIFEST

    try:
        with open_record(path) as record:
            overall = record.conclusion().overall
    except ConformanceError:
        return  # nothing was ever begun in it
    print(f"由记录得出的结论: {word(overall_word(overall))}")
    beside = (
        sorted(p.name for p in path.iterdir() if p.name not in (LEDGER, MANIFEST, EVIDENCE)) if path.is_dir() else []
    )
    if beside:
        print(f"不在核验范围内: {'、'.join(beside[:10])}（报告以 conformance report 由记录重新生成的为准）")


def _verify_issued(args: argparse.Namespace) -> int:
    from conformance.issue.checking import check_issued
    from conformance.issue.lab import load_laboratory

    if not args.keys:
        raise UsageError(
            "U613",
            "这是签发的报告，核验签名要有检测机构的公钥",
            expected="--keys FILE",
            where=args.record,
            hint="公钥从检测机构取得，报告目录里的不算",
        )
    found = check_issued(Path(args.record), load_laboratory(args.keys))
    if args.json:
        _json(found.to_json())
    else:
        for problem in found.problems:
            print(problem)
        about = found.about
        told = f"{about['laboratory']} {about['number']}，{about['date']} 签发" if about else "签发者不明"
        print(f"{args.record}: {told}，{'未发现改动' if found.ok else '核验不通过'}，{found.says}")
        if found.stamp and not found.stamp.problems:
            print(found.stamp.says)
    return int(not (found.ok and found.status == "valid"))


def sign(args: argparse.Namespace) -> int:
    from conformance.issue.lab import load_laboratory
    from conformance.issue.signoff import sign
    from conformance.record.reading import open_record

    _untouched(args.record, "不能签字")
    with open_record(args.record) as record:
        path = sign(
            record,
            load_laboratory(args.lab),
            _dossier(args),
            args.role,
            args.person,
            _signer(args),
            case_file=args.case,
            read_attempts=args.read_attempts,
            comment=args.comment or "",
        )
    print(path)
    return 0


def issue(args: argparse.Namespace) -> int:
    from functools import partial

    from conformance.issue.lab import load_laboratory
    from conformance.issue.method import disagreements
    from conformance.issue.produce import issue
    from conformance.profile import load

    print(
        issue(
            args.record,
            load_laboratory(args.lab),
            _dossier(args),
            Path(args.archive),
            args.person,
            _signer(args),
            formats=args.format or ("csv",),
            how=_how(args),
            again=partial(disagreements, profile=load(args.profile)) if args.profile else disagreements,
        )
    )
    return 0


def withdraw(args: argparse.Namespace) -> int:
    from conformance.issue.lab import load_laboratory
    from conformance.issue.withdraw import withdraw

    print(withdraw(Path(args.report), load_laboratory(args.lab), args.person, _signer(args), args.reason))
    return 0


def publish(args: argparse.Namespace) -> int:
    from conformance.issue.lab import load_laboratory
    from conformance.issue.publish import publish

    print(publish(Path(args.archive), load_laboratory(args.lab), Path(args.out), args.lang) / "index.html")
    return 0


def impact(args: argparse.Namespace) -> int:
    from conformance.issue.impact import impact, text
    from conformance.issue.lab import load_laboratory
    from conformance.profile import load

    found = impact(Path(args.archive), load_laboratory(args.lab), load(args.profile) if args.profile else None)
    if args.json:
        _json([a.to_json() for a in found if args.all or a.touched])
    else:
        print(text(found))
    return int(any(a.touched for a in found))


def keys(args: argparse.Namespace) -> int:
    from conformance.issue.lab import load_laboratory
    from conformance.issue.publish import public_keys

    published = public_keys(load_laboratory(args.lab))
    if not args.out:
        return _json(published)
    from conformance.report.files import put

    print(put(Path(args.out), (json.dumps(published, ensure_ascii=False, indent=1) + "\n").encode()))
    return 0


def _dossier(args: argparse.Namespace) -> Path:
    record = Path(args.record)
    return Path(args.sign_off) if args.sign_off else record.with_name(f"{record.stem}-sign-off")


def _signer(args: argparse.Namespace) -> Any:
    from conformance.issue.keys import CommandSigner, FileSigner

    if bool(args.key) == bool(args.command):
        raise UsageError("U614", "要有一个签名的办法", expected="--key FILE 或 --command CMD", where="--key")
    if args.command:
        return CommandSigner(args.command)
    return FileSigner(Path(args.key), os.environ.get(args.password_env) if args.password_env else None)


def rejudge(args: argparse.Namespace) -> int:
    from conformance.profile import load
    from conformance.record.documents import unkept
    from conformance.record.reading import open_record
    from conformance.record.rejudge import rejudge

    _untouched(args.record, "不能复判")
    with open_record(args.record) as record:
        results = rejudge(record, load(args.profile) if args.profile else None)
        files, left = len(record.documents), unkept(record)
    differing = [r for r in results if not r.agrees]
    if args.json:
        _json([r.to_json() for r in (results if args.all else differing)])
    else:
        for r in differing:
            print(f"{r.key}: {r.recorded.verdict} → {r.again.verdict}  {r.to_json()['why']}")
        print(f"复判 {len(results)} 项，{len(differing)} 项不一致")
        if files:
            print(_about_files(files, left))
        if changed := sum(r.other_procedure for r in results):
            print(f"注意：{changed} 项所用的检测程序文件与检测时的不同（摘要不符）")
    return int(bool(differing))


def _about_files(files: int, left: int) -> str:
    if not left:
        return f"{files} 个文件都由检测记录里的原文重新检查"
    again = f"{files - left} 个文件由原文重新检查；" if files > left else ""
    return f"{again}{left} 个文件的原文没有保存，只能由当时的检查结果复判，不能重新检查文件本身"


def compare(args: argparse.Namespace) -> int:
    from contextlib import ExitStack

    from conformance.record.reading import open_record

    if len(args.records) < 2:
        raise UsageError("U632", "比较要有两份以上的记录", expected="conformance compare A B [C …]", where="RECORD")
    form = "json" if args.json else args.format
    with ExitStack() as stack:
        records = [stack.enter_context(open_record(path)) for path in args.records]
        if args.labs:
            return _compare_labs(args, form, records)
        if len(records) == 2 and form in ("text", "json") and not args.side:
            from conformance.record.compare import compare, text

            comparison = compare(*records)
            _told(args, form, comparison.to_json(), lambda: text(comparison))
            return int(not comparison.identical)
        from conformance.record.side import side_by_side
        from conformance.record.side import text as side_text

        side = side_by_side(records)
    if form in ("html", "xlsx"):
        from conformance.report.compared import render_side, side_workbook

        print((render_side if form == "html" else side_workbook)(side, Path(args.out or f"compare.{form}")))
    else:
        _told(args, form, side.to_json(), lambda: side_text(side))
    return int(not side.identical)


def _compare_labs(args: argparse.Namespace, form: str, records: Sequence[Any]) -> int:
    from conformance.record.interlab import interlab, text

    if len(records) != 2:
        raise UsageError("U633", f"比对是两家检测机构，给了 {len(records)} 份记录", expected="两份", where="--labs")
    if form == "xlsx":
        raise UsageError("U634", "比对没有电子表格形式", expected="text、html 或 json", where="--format")
    for path in args.records:
        _untouched(path, "不能比对")
    found = interlab(*records)
    if form == "html":
        from conformance.report.compared import render_interlab

        print(render_interlab(found, Path(args.out or "interlab.html")))
    else:
        _told(args, form, found.to_json(), lambda: text(found))
    return int(not found.agrees)


def _told(args: argparse.Namespace, form: str, data: Any, text: Callable[[], str]) -> None:
    """Text or JSON, to the terminal or to the file that was named."""
    said = json.dumps(data, ensure_ascii=False, indent=1, default=str) if form == "json" else text()
    if not args.out:
        print(said)
        return
    from conformance.report.files import put

    print(put(Path(args.out), (said + "\n").encode(errors="backslashreplace")))


def trend(args: argparse.Namespace) -> int:
    from conformance.record.trend import text, trend

    found = trend([Path(p) for p in args.places], args.system or "")
    form = "json" if args.json else args.format
    if form == "html":
        from conformance.report.compared import render_trend

        print(render_trend(found, Path(args.out or "trend.html")))
    else:
        _told(args, form, found.to_json(), lambda: text(found))
    return int(any(s.points[-1].step.worse for s in found.series))


def qualify(args: argparse.Namespace) -> int:
    from conformance.qualify.again import warning
    from conformance.qualify.matrix import qualify, text
    from conformance.report.qualification import render_qualification

    matrix = qualify(args.profile, only=args.fault, progress=None if args.json else sys.stderr)
    out = Path(args.out)
    out.mkdir(parents=True, exist_ok=True)
    name = matrix["profile"]["id"]
    (out / f"{name}.json").write_text(json.dumps(matrix, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    page = render_qualification(matrix, out / f"{name}.html", lang=args.lang)
    if args.json:
        _json(matrix)
    else:
        print(text(matrix))
        print(f"测试工具确认报告: {page}", flush=True)
    if matrix["again"]:  # last, and on standard error: nobody is to take what was settled for what agreed at once
        print(warning(matrix["again"]), file=sys.stderr)
    return int(not matrix["ok"])


def check_value(args: argparse.Namespace) -> int:
    from conformance.codes.values import check_value

    values = args.values or [line.rstrip("\r\n") for line in sys.stdin if line.strip()]
    reports = [check_value(args.kind, value) for value in values]
    if args.json:
        _json([r.to_json() for r in reports])
    else:
        for r in reports:
            print(r.text)
    return int(not all(r.valid for r in reports))


def inspect(args: argparse.Namespace) -> int:
    from conformance.documents.inspect import look, moment
    from conformance.documents.inspect_text import as_text
    from conformance.documents.parameters import options_from

    given = {
        "validation_time": moment(args.at) if args.at else None, "trust_anchors": args.trust or None, "crls": args.crls or None,
        "seal_status": args.seal_status, "password": _first_line(args.password_file) if args.password_file else None,
        "licence": args.licence or None, "schemas": args.schemas, "must_be_signed": args.must_be_signed or None,
    }  # fmt: skip
    seen = look(Path(args.file), options_from(given))
    if args.html:
        from conformance.report.inspection import render_inspection

        page = render_inspection(seen, args.html)
    if args.json:
        return _json(seen.to_json())
    print(as_text(seen, every=args.all), end="")
    if args.html:
        print(f"网页: {page}")
    return 0


def _first_line(path: str) -> str:
    """A password from a file, so that it stands in no list of processes. UsageError U622 when there is none."""
    try:
        line = Path(path).read_text("utf-8").split("\n", 1)[0].rstrip("\r")
    except (OSError, UnicodeDecodeError):
        line = ""
    if not line:
        raise UsageError(
            "U622",
            "口令文件读不出来，或第一行为空",
            expected="UTF-8 文本，口令在第一行",
            where=f"--password-file {path}",
        )
    return line


def worksheet(args: argparse.Namespace) -> int:
    from conformance.harness.manual import worksheet

    made = worksheet(args.record, args.profile or [], args.target, Path(args.out), every=args.all)
    if args.json:
        return _json(made.to_json())
    print(made.text())
    return 0


def attest(args: argparse.Namespace) -> int:
    from conformance.harness.manual import attest

    _untouched(args.record, "不写入人工结论")
    brought = attest(args.record, args.sheet, lang=args.lang)
    if args.json:
        return _json(brought.to_json())
    print(brought.text())
    return 0


def lab(args: argparse.Namespace) -> int:
    from conformance.harness.lab import lab

    return lab(Path(args.out), args.run or "", router=args.router)


def demo(args: argparse.Namespace) -> int:
    from conformance.harness.demo import demo

    return demo(Path(args.out))


def _untouched(record: str, refusal: str) -> None:
    """UsageError U201 when a record was altered: neither a report nor a verdict may come out of it."""
    from conformance.record.verify import verify

    if not (checked := verify(record)).ok:
        raise UsageError(
            "U201",
            f"检测记录已被改动或损坏，{refusal}: {checked.problems[0]}",
            where=record,
            hint=f"conformance verify {record} 列出全部问题",
        )


# The command line ------------------------------------------------------------------------------------------


# What `conformance VERB --help` ends with; a test parses every line.
EXAMPLES = {
    "list": "list",
    "show": "show elicense --clause EL-ID-10\nshow gbt-36904-2018 --format xlsx",
    "draft": 'draft 条款表.xlsx --number "Q/EXAMPLE 001-2026" --title 图书借阅服务接口 -o profiles/library.yaml',
    "lint": "lint\nlint profiles/library.yaml --strict",
    "init": "init --profile=elicense > target.yaml",
    "doctor": "doctor --profile=elicense --target=target.yaml",
    "watch": "watch --profile=ipv6-support --target=target.yaml -o watch.json",
    "snapshot": "snapshot out -o snapshot.json",
    "plan": "plan --profile=elicense --target=target.yaml",
    "report": "report out --format pdf -o report.pdf\nreport out --lang en -o report-en.html",
    "verify": "verify out\nverify archive/RJ-2026-0001 --keys keys.json",
    "sign": "sign out --lab lab.yaml --role prepare --as li --key li.pem --case case.yaml",
    "issue": "issue out --lab lab.yaml --as zhao --key zhao.pem --archive archive --format pdf --format docx",
    "withdraw": "withdraw archive/RJ-2026-0001 --lab lab.yaml --as zhao --key zhao.pem --reason 检测条件有误",
    "publish": "publish archive --lab lab.yaml -o site",
    "impact": "impact archive --lab lab.yaml --profile elicense",
    "keys": "keys lab.yaml -o keys.json",
    "worksheet": "worksheet out -o manual\nworksheet --profile elicense --target target.yaml",
    "attest": "attest out manual/sheet.yaml",
    "rejudge": "rejudge out",
    "compare": "compare before after\ncompare out-1 out-2 out-3 --format html -o compare.html",
    "trend": "trend records --format html -o trend.html",
    "qualify": "qualify elicense -o qualification",
    "check-value": "check-value uscc 91370102MA3XXXXXX0",
    "inspect": "inspect 证照.ofd --licence --html 证照.html",
    "lab": "lab ipv6 -o lab-ipv6.yaml",
    "demo": "demo -o out",
}  # fmt: skip
_FIRST = """示例: 第一次使用
  conformance demo
  conformance init --profile=elicense > target.yaml
  conformance doctor --profile=elicense --target=target.yaml
  pytest --profile=elicense --target=target.yaml --record=out
各动词的选项和示例: conformance 动词 --help"""


def _positive(text: str) -> float:
    value = float(text)
    if not 0 < value < 1e6:
        raise ValueError(text)
    return value


def _json(value: Any) -> int:
    print(json.dumps(value, ensure_ascii=False, indent=1, default=str))
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = Parser(
        prog="conformance",
        description="标准符合性测试：YAML 测试规范、检测记录与对标达标报告。检测本身由 pytest --profile 进行。",
        epilog=_FIRST,
    )
    parser.add_argument("--version", action="version", version=f"conformance {version()}", help="显示版本")
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="动词")

    def verb(name: str, handler: Handler, text: str, *, json_too: bool = True) -> argparse.ArgumentParser:
        example = "\n".join(f"  conformance {line}" for line in EXAMPLES[name].splitlines())
        sub = verbs.add_parser(name, help=text, description=text, epilog=f"示例:\n{example}")
        sub.set_defaults(handler=handler)
        if json_too:
            sub.add_argument("--json", action="store_true", help="以 JSON 输出，供程序读取")
        return sub

    def profile_option(sub: argparse.ArgumentParser) -> None:
        sub.add_argument(
            "--profile", action="append", required=True, metavar="NAME", help="测试规范：名称、标准号或文件"
        )

    def target_option(sub: argparse.ArgumentParser) -> None:
        sub.add_argument(
            "--target",
            required=True,
            metavar="FILE",
            help="被测系统：target.yaml、specimen:NAME[+缺陷]，或要检测的文件、文件夹、通配式、zip",
        )

    def param_option(sub: argparse.ArgumentParser) -> None:
        sub.add_argument(
            "--param",
            action="append",
            default=[],
            metavar="NAME=VALUE",
            help="测试附加信息：参数=值，可重复，优先于目标文件",
        )

    def lang_option(sub: argparse.ArgumentParser, *, both: bool = False) -> None:
        more = "；bilingual 为中英对照，XLSX、CSV 和机器可读的格式仍为中文" if both else ""
        known = (*_LANGUAGES, "bilingual") if both else _LANGUAGES
        sub.add_argument("--lang", choices=known, default="zh-CN", help=f"语言，默认 zh-CN{more}")

    def signing(sub: argparse.ArgumentParser, what: str, says: str) -> None:
        sub.add_argument(what.lower(), metavar=what, help=says)
        sub.add_argument("--lab", required=True, metavar="FILE", help="检测机构 lab.yaml")
        sub.add_argument("--as", dest="person", required=True, metavar="ID", help="签字人在 lab.yaml 中的标识")
        sub.add_argument("--key", metavar="FILE", help="签字人的 Ed25519 私钥（PEM）")
        sub.add_argument("--password-env", metavar="NAME", help="私钥口令所在的环境变量")
        sub.add_argument("--command", metavar="CMD", help="由外部程序签名（国密设备）：待签字节从标准输入给出")

    verb("list", list_, "列出可用的测试规范")
    sub = verb("show", show, "显示一个测试规范：条款、检测项、参数、能力、来源")
    sub.add_argument("profile", metavar="PROFILE", help="测试规范：名称、标准号或文件")
    sub.add_argument("--clause", metavar="ID", help="只看一个条款")
    sub.add_argument(
        "--format",
        choices=_FORMS,
        default="text",
        help="形式，默认 text；csv、xlsx、reqif 是条款表，html、pdf、docx 是检测细则",
    )
    sub.add_argument("-o", "--out", metavar="FILE", help="输出文件，默认为当前目录下以规范标识命名的文件")
    sub = verb("draft", draft, "由条款表（XLSX、CSV、DOCX、ReqIF）起草测试规范；推测的都有记号，等人核对")
    sub.add_argument("table", metavar="TABLE", help="条款表文件")
    sub.add_argument("-o", "--out", metavar="FILE", help="写成的测试规范；不写则只看列的对应和统计")
    sub.add_argument("--number", metavar="标准号", help='标准号，如 "GB/T 36904-2018"')
    sub.add_argument("--title", metavar="名称", help="标准名称")
    sub.add_argument("--id", metavar="ID", help="测试规范的标识，默认由标准号得出")
    sub.add_argument("--base", metavar="PROFILE", help="已有的测试规范：表里没有的（检测项、接口操作、来源…）都取自它")
    sub.add_argument(
        "--column",
        action="append",
        default=[],
        metavar="字段=列名",
        help="指定一列，可重复，如 text=技术要求 或 text=C",
    )
    sub.add_argument("--sheet", metavar="NAME", help="只读这一个工作表")
    sub.add_argument("--force", action="store_true", help="覆盖已有的文件")
    sub = verb("lint", lint, "检查测试规范文件")
    sub.add_argument("profiles", nargs="*", metavar="PROFILE", help="名称或文件；不写则检查全部")
    sub.add_argument("--strict", action="store_true", help="有警告也算不通过")
    sub.add_argument("-v", "--verbose", action="store_true", help="也列出提示")
    sub = verb("init", init, "写出一份带注释、待填写的 target.yaml", json_too=False)
    profile_option(sub)
    sub = verb("doctor", doctor, "检查配置：主机、证书、令牌、路径、绑定是否正确，不作判定")
    profile_option(sub)
    target_option(sub)
    param_option(sub)
    sub = verb(
        "watch",
        watch,
        "长时观测：每隔一段时间访问首页（IPv6 一天，政府网站一周），写入可以续做的结果文件",
        json_too=False,
    )
    profile_option(sub)
    target_option(sub)
    sub.add_argument("-o", "--out", metavar="FILE", required=True, help="结果文件；已有的接着做")
    sub.add_argument("--hours", type=_positive, metavar="H", help="总历时，从第一次访问算起，默认 24；govsite 为 192")
    sub.add_argument("--interval", type=_positive, metavar="S", help="间隔秒数，默认 240；govsite 为 3600")
    sub = verb(
        "snapshot", snapshot, "由检测记录写出网站当时的样子，供以后的检测比较（篡改、首次出现的日期）", json_too=False
    )
    sub.add_argument("records", nargs="+", metavar="RECORD", help="政府网站的检测记录：目录或 zip")
    sub.add_argument("-o", "--out", metavar="FILE", required=True, help="结果文件")
    sub.add_argument("--earlier", metavar="FILE", help="以前写的结果文件，并入其中各页首次出现的时间")
    sub = verb("plan", plan, "列出一次检测会发送的全部请求，标出会写入数据的")
    profile_option(sub)
    target_option(sub)
    param_option(sub)
    sub = verb("report", report, "由检测记录生成报告：网页、表格或机器可读的格式", json_too=False)
    sub.add_argument("record", metavar="RECORD", help="检测记录：目录或 zip")
    sub.add_argument("-o", "--out", metavar="FILE", help="输出文件，默认在记录目录里，zip 则在其旁边")
    sub.add_argument("--format", choices=_FORMATS, default="html", help="格式，默认 html")
    sub.add_argument("--template", metavar="FILE", help="实验室自己的 Word 模板（--format docx）")
    sub.add_argument("--theme", metavar="NAME", help="主题：名称或目录，换样式、用语和封面")
    lang_option(sub, both=True)
    sub = verb("verify", verify, "核验检测记录是否完整、未被改动（不需要网络和被测系统）")
    sub.add_argument("record", metavar="RECORD", help="检测记录：目录或 zip")
    sub.add_argument("--head", metavar="摘要", help="已知的记录摘要（SM3 或 SHA-256），用于发现整体替换")
    sub.add_argument(
        "--keys", metavar="FILE", help="检测机构的公钥（lab.yaml 或它公布的公钥文件），核验签发的报告时必给"
    )
    sub = verb("sign", sign, "编制、审核或批准人对一份记录签字", json_too=False)
    signing(sub, "RECORD", "检测记录：目录或 zip")
    sub.add_argument("--role", choices=("prepare", "review", "approve"), required=True, help="编制、审核、批准")
    sub.add_argument("--case", metavar="FILE", help="补全的委托信息 case.yaml，编制时给")
    sub.add_argument("--read-attempts", type=int, metavar="N", help="审核人看过的重复、作废、中断的检测项数")
    sub.add_argument("--comment", metavar="文字", help="随签字记下的意见")
    sub.add_argument("--sign-off", metavar="DIR", help="签字目录，默认为记录旁的 RECORD-sign-off")
    sub = verb("issue", issue, "签发报告：核对全部条件，出报告，签名封存", json_too=False)
    signing(sub, "RECORD", "检测记录：目录或 zip")
    sub.add_argument("--archive", required=True, metavar="DIR", help="报告档案，每份报告一个以编号命名的目录")
    sub.add_argument("--sign-off", metavar="DIR", help="签字目录，默认为记录旁的 RECORD-sign-off")
    sub.add_argument("--profile", metavar="FILE", help="检测时的测试规范，签发前复判用；检测程序是自己的才要写")
    sub.add_argument("--format", action="append", choices=_FORMATS, help="HTML 和 JSON 之外的格式，可重复，默认 csv")
    sub.add_argument("--template", metavar="FILE", help="实验室自己的 Word 模板")
    sub.add_argument("--theme", metavar="NAME", help="主题：名称或目录")
    lang_option(sub, both=True)
    sub = verb("withdraw", withdraw, "撤回一份已签发的报告：不删除，旁边放一份签名的撤回", json_too=False)
    signing(sub, "REPORT", "签发的报告目录")
    sub.add_argument("--reason", required=True, metavar="文字", help="撤回的理由")
    sub = verb("publish", publish, "把报告档案写成静态网站：列表、状态、徽章、核验页", json_too=False)
    sub.add_argument("archive", metavar="ARCHIVE", help="conformance issue 的报告档案")
    sub.add_argument("--lab", required=True, metavar="FILE", help="检测机构 lab.yaml")
    sub.add_argument("-o", "--out", required=True, metavar="DIR", help="输出目录，先前公布的会被代替")
    lang_option(sub)
    sub = verb("impact", impact, "测试规范或检测程序改变后，哪些已签发的报告会变")
    sub.add_argument("archive", metavar="ARCHIVE", help="conformance issue 的报告档案")
    sub.add_argument("--lab", required=True, metavar="FILE", help="检测机构 lab.yaml")
    sub.add_argument("--profile", metavar="NAME", help="改变后的测试规范；不写则用记录自己的规范和现在的检测程序")
    sub.add_argument("--all", action="store_true", help="JSON 中也列出不受影响的")
    sub = verb("keys", keys, "印出检测机构公布的公钥文件 keys.json", json_too=False)
    sub.add_argument("lab", metavar="LAB", help="检测机构 lab.yaml")
    sub.add_argument("-o", "--out", metavar="FILE", help="输出文件，不写则印在标准输出")
    sub = verb("worksheet", worksheet, "写出人工检测工作表：打印的 HTML 和待填的 YAML")
    sub.add_argument("record", nargs="?", metavar="RECORD", help="检测记录：只列其中还没有结论的人工检测项")
    sub.add_argument("--profile", action="append", metavar="NAME", help="没有检测记录时：测试规范")
    sub.add_argument("--target", metavar="FILE", help="没有检测记录时：被测系统，只列适用的")
    sub.add_argument("--all", action="store_true", help="已有结论的和不适用的也列出")
    sub.add_argument("-o", "--out", metavar="DIR", default="worksheet", help="输出目录，默认 worksheet；不覆盖填过的")
    sub = verb("attest", attest, "把填好的工作表写入检测记录：人工结论、证据文件、署名和日期")
    sub.add_argument("record", metavar="RECORD", help="检测记录的目录")
    sub.add_argument("sheet", metavar="SHEET", help="填好的 sheet.yaml")
    lang_option(sub)
    sub = verb("rejudge", rejudge, "由已存证据重新作出全部判定（不需要被测系统）")
    sub.add_argument("record", metavar="RECORD", help="检测记录：目录或 zip")
    sub.add_argument("--profile", metavar="NAME", help="用另一版测试规范复判")
    sub.add_argument("--all", action="store_true", help="JSON 中也列出一致的项")
    sub = verb("compare", compare, "逐条比较检测记录：两份或多份并列，或两家检测机构比对")
    sub.add_argument("records", nargs="+", metavar="RECORD", help="检测记录，两份以上，按先后给出")
    sub.add_argument("--format", choices=("text", "html", "json", "xlsx"), default="text", help="形式，默认 text")
    sub.add_argument("-o", "--out", metavar="FILE", help="输出文件；html、xlsx 默认 compare.html、compare.xlsx")
    sub.add_argument("--side", action="store_true", help="两份时也按并列的形式给出 text 和 json")
    sub.add_argument("--labs", action="store_true", help="比对：两家检测机构检测同一系统，一致率和首先不同的证据")
    sub = verb("trend", trend, "一个系统历次检测的趋势：目录里的全部记录按时间排列")
    sub.add_argument("places", nargs="+", metavar="DIR", help="放着检测记录的目录，也可以是记录本身")
    sub.add_argument("--system", metavar="NAME", help="只看这个名称的系统")
    sub.add_argument("--format", choices=("text", "html", "json"), default="text", help="形式，默认 text；html 有图")
    sub.add_argument("-o", "--out", metavar="FILE", help="输出文件；html 默认 trend.html")
    sub = verb("qualify", qualify, "工具确认：样机、缺陷与检测项的杀伤矩阵")
    sub.add_argument("profile", metavar="PROFILE", help="测试规范：名称、标准号或文件")
    sub.add_argument("--fault", action="append", metavar="NAME", help="只试指定缺陷，可重复（不构成确认）")
    sub.add_argument("-o", "--out", metavar="DIR", default="qualification", help="输出目录，默认 qualification")
    lang_option(sub)
    sub = verb("check-value", check_value, "校验标识和代码：licence-id、uscc、citizen-id …")
    sub.add_argument("kind", metavar="KIND", help="种类，写错时列出全部")
    sub.add_argument("values", nargs="*", metavar="VALUE", help="不写则从标准输入每行读一个")
    sub = verb("inspect", inspect, "向人解释一个文件（OFD、PDF、电子印章、签名数据）：包的内容、谁签了什么、保护了什么")
    sub.add_argument("file", metavar="FILE", help="要解释的文件")
    sub.add_argument("--html", metavar="OUT", help="同时写成一个网页文件")
    sub.add_argument("--all", action="store_true", help="也列出通过的检查和全部杂凑值")
    sub.add_argument(
        "--at", metavar="TIME", help="验证时间，如 2026-11-24T08:00:00+08:00，或 now（现在）；不给则不判断当前是否有效"
    )
    sub.add_argument(
        "--trust", metavar="PATH", action="append", help="信任的根证书：PEM 或 DER 文件，或其文件夹；可多次"
    )
    sub.add_argument("--crls", metavar="PATH", action="append", help="证书撤销列表：文件或文件夹；可多次")
    sub.add_argument("--seal-status", metavar="FILE", help="印章状态列表：CSV（es_id、state、since）或 JSON")
    sub.add_argument("--password-file", metavar="FILE", help="打开加密文件的口令，写在文件的第一行")
    sub.add_argument("--licence", action="store_true", help="也按证照文件的条款（EL-FI）看")
    sub.add_argument("--schemas", metavar="PATH", help="GB/T 33190 附录 A 的 XSD 文件夹，逐个核对描述文件（OFD-16）")
    sub.add_argument("--must-be-signed", action="store_true", help="没有电子签名时算作不符合（SIGNED）")
    sub = verb("lab", lab, "建立一条隔离的 IPv6 实验链路（网络命名空间），结束时拆除", json_too=False)
    sub.add_argument("kind", choices=("ipv6",), metavar="KIND", help="实验链路的种类：ipv6")
    sub.add_argument("--run", metavar="COMMAND", help="在链路存在期间执行的一条命令（加引号）；不写则等到 Ctrl-C")
    sub.add_argument("--router", action="store_true", help="节点有第二条链路并转发报文")
    sub.add_argument("-o", "--out", metavar="FILE", default="lab-ipv6.yaml", help="目标文件，默认 lab-ipv6.yaml")
    sub = verb("demo", demo, "用内置样机演示一次完整的检测", json_too=False)
    sub.add_argument("-o", "--out", metavar="DIR", default="out", help="输出目录，默认 out")
    return parser


if __name__ == "__main__":
    sys.exit(main())
