"""The documentation is true: pages build, links lead somewhere, commands exist, every code is told, tutorials run."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from conformance import cli, plugin
from conformance.profile import load

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
sys.path.insert(0, str(DOCS))

import build_reference  # noqa: E402 - lies in docs/, which is no package
import error_codes  # noqa: E402

TOP = [ROOT / name for name in ("README.md", "README.en.md", "CONTRIBUTING.md", "CHANGELOG.md")]
TOP += [ROOT / "changelog.d" / "README.md", ROOT / "tests" / "README.md"]
_FENCE = re.compile(r"^(```+)[^\n]*\n.*?^\1\s*$", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"(?<!!)\[(?:[^\[\]]|\[[^\]]*\])*\]\(([^()\s]+)\)")
_BLOCK = re.compile(r'^```(\w+)(?: title="([^"]+)")?\n(.*?)^```$', re.MULTILINE | re.DOTALL)
GENERATED = ("profiles/", "schemas/", "profile-language.md", "target.md", "errors.md", "commands.md", "specimens.md",
             "formats.md", "generators.md")  # fmt: skip


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The written pages with the generated ones among them, as `make docs` has them."""
    folder = tmp_path_factory.mktemp("site") / "docs"
    shutil.copytree(DOCS, folder, ignore=shutil.ignore_patterns("__pycache__"))
    for name in GENERATED:  # those of an earlier `make docs` prove nothing
        path = folder / "reference" / name
        shutil.rmtree(path, ignore_errors=True) if name.endswith("/") else path.unlink(missing_ok=True)
    build_reference.build(folder / "reference")
    return folder


def _pages(folder: Path) -> list[Path]:
    return sorted(folder.rglob("*.md"))


def _links(path: Path) -> list[str]:
    text = _FENCE.sub("", path.read_text("utf-8"))
    text = re.sub(r"(`+)[^`\n]*\1", "", text)
    return [link for link in _LINK.findall(text) if not re.match(r"[a-z]+:", link)]


# Links -----------------------------------------------------------------------------------------------------


def test_every_link_inside_the_site_leads_to_a_page_and_an_anchor(site: Path) -> None:
    broken = []
    anchors: dict[Path, set[str]] = {}
    for page in _pages(site):
        for link in dict.fromkeys(_links(page)):
            name, _, anchor = link.partition("#")
            to = (page.parent / name).resolve() if name else page
            if not to.exists() or not to.is_relative_to(site):
                broken.append(f"{page.relative_to(site)}: {link}")
            elif anchor:
                if to not in anchors:
                    anchors[to] = set(re.findall(r"\{#([^{}]+)\}", to.read_text("utf-8")))
                if anchor not in anchors[to]:
                    broken.append(f"{page.relative_to(site)}: {link} (anchor)")
    assert broken == []


def test_links_of_the_repository_pages_lead_to_files_that_are_kept() -> None:
    broken = []
    for page in TOP:
        for link in _links(page):
            to = (page.parent / link.partition("#")[0]).resolve()
            inside = to.relative_to(DOCS / "reference").as_posix() if to.is_relative_to(DOCS / "reference") else ""
            if not to.exists() or inside.startswith(GENERATED):
                broken.append(f"{page.relative_to(ROOT)}: {link}")
    assert broken == []


def test_navigation_and_pages_are_the_same_set(site: Path) -> None:
    named = set(re.findall(r"[:-] ([\w./-]+\.md)$", (ROOT / "mkdocs.yml").read_text("utf-8"), re.MULTILINE))
    there = {p.relative_to(site).as_posix() for p in _pages(site)}
    assert named - there == set(), "mkdocs.yml names pages that do not exist"
    left = {p for p in there - named if not p.startswith("reference/profiles/")}
    assert left == set(), "pages that mkdocs.yml does not name"


def test_generated_pages_are_not_kept_in_the_repository() -> None:
    ignored = (DOCS / "reference" / ".gitignore").read_text("utf-8").splitlines()
    assert {f"/{name}" for name in GENERATED} == {line for line in ignored if line.startswith("/")}


def test_generated_pages_are_the_same_every_time(site: Path, tmp_path: Path) -> None:
    for name in build_reference.build(tmp_path):
        assert (tmp_path / name).read_bytes() == (site / "reference" / name).read_bytes(), name


# Commands --------------------------------------------------------------------------------------------------


def _verbs() -> set[str]:
    (verbs,) = (a.choices for a in cli._parser()._actions if isinstance(a.choices, dict))
    return set(verbs)


def _console_lines(page: Path) -> Iterator[str]:
    for language, _, body in _BLOCK.findall(page.read_text("utf-8")):
        if language == "console":
            yield from (line[2:].strip() for line in body.splitlines() if line.startswith("$ "))


def test_every_verb_has_a_page_with_an_example_and_its_exit_status() -> None:
    pages = {p.stem for p in (DOCS / "reference" / "cli").glob("*.md")} - {"index"}
    assert pages == _verbs()
    for verb in sorted(pages):
        text = (DOCS / "reference" / "cli" / f"{verb}.md").read_text("utf-8")
        assert f"$ conformance {verb}" in text, verb
        assert "退出状态" in text, verb


@pytest.mark.parametrize("page", [*TOP, *sorted(DOCS.rglob("*.md"))], ids=lambda p: str(p.relative_to(ROOT)))
def test_commands_on_a_page_exist(page: Path) -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    parser = cli._parser()
    (choices,) = (a.choices for a in parser._actions if isinstance(a.choices, dict))
    options = {f"--{prefix}{name}" for name in plugin._OPTIONS for prefix in ("", "conformance-")}
    foreign = {"--junitxml", "--alluredir", "--lf", "--collect-only"}
    for line in _console_lines(page):
        words = line.partition(" #")[0].partition(">")[0].split()
        words = words[1:] if re.match(r"[A-Z_]+=", words[0]) else words
        if words[0] == "make":
            assert set(words[1:]) <= targets, line
        elif words[0] == "conformance":
            assert words[1] in choices or words[1].startswith("-"), line
            if words[1] in choices:
                known = {o for a in choices[words[1]]._actions for o in a.option_strings}
                used = {w.partition("=")[0] for w in words[2:] if w.startswith("-")}
                assert used <= known, line
        elif words[0] == "pytest":
            used = {w.partition("=")[0] for w in words[1:] if w.startswith("--")}
            assert used <= options | foreign, line


def test_readmes_tell_the_two_commands() -> None:
    for readme in TOP[:2]:
        lines = list(_console_lines(readme))
        assert any(line.startswith("make demo") for line in lines)
        assert any(line.startswith("make test") for line in lines)


def test_clauses_and_checks_named_in_the_pages_exist() -> None:
    known = {
        name
        for part in load("elicense").standards()
        for clause in part.clauses
        for name in (f"{part.id}/{clause.id}", *(f"{part.id}/{clause.id}/{c.name}" for c in clause.checks))
    }
    named = {
        (page.name, found)
        for page in [*TOP, *DOCS.rglob("*.md")]
        if "profiles" not in page.parts
        for found in re.findall(r"gbt-[0-9-]+/EL-[A-Z]+-[0-9]+(?:/[a-z0-9-]+)?", page.read_text("utf-8"))
    }
    assert {(page, name) for page, name in named if name not in known} == set()


# Error codes -----------------------------------------------------------------------------------------------


def test_every_error_code_is_documented(site: Path) -> None:
    codes = error_codes.collect()
    assert error_codes.mentioned() - set(codes) == set()
    assert [c.code for c in codes.values() if not c.text] == []
    page = (site / "reference" / "errors.md").read_text("utf-8")
    assert [code for code in codes if f"| `{code}` |" not in page] == []


# One meaning, found in two places: any exception of a procedure, caught around its body or around the whole attempt.
SHARED = {"E100"}


def test_an_error_code_has_one_meaning() -> None:
    """Two tables, or two rooms of the package, that use one code mean two things by it."""
    codes = error_codes.collect().values()
    twice = [f"{c.code}: {c.tables}" for c in codes if len(c.tables) > 1]
    rooms = [f"{c.code}: {c.modules} {c.messages}" for c in codes if len(c.rooms) > 1 and c.code not in SHARED]
    assert twice + rooms == []


# Tutorials -------------------------------------------------------------------------------------------------


def _files(tutorial: str) -> dict[str, str]:
    text = (DOCS / "tutorials" / f"{tutorial}.md").read_text("utf-8")
    return {title: body for _, title, body in _BLOCK.findall(text) if title}


def _lay_out(tutorial: str, folder: Path, **replaced: str) -> None:
    for name, body in _files(tutorial).items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        for old, new in replaced.items():
            body = body.replace(old.replace("_", ":"), new)
        path.write_text(body, encoding="utf-8")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def _serving(folder: Path, port: int, *command: str) -> Iterator[None]:
    server = subprocess.Popen([sys.executable, *command], cwd=folder, stdout=subprocess.DEVNULL)
    try:
        for _ in range(100):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.1)
        yield
    finally:
        server.terminate()
        server.wait(10)


def _run(folder: Path, *words: str, **env: str) -> subprocess.CompletedProcess[str]:
    program = {"conformance": ["-m", "conformance.cli"], "pytest": ["-m", "pytest", "-p", "no:profiling"]}[words[0]]
    private = {"XDG_STATE_HOME": str(folder / "state"), "XDG_CACHE_HOME": str(folder / "cache")}
    return subprocess.run(
        [sys.executable, *program, *words[1:]],
        cwd=folder,
        env={**os.environ, **private, **env},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_the_profile_author_tutorial_runs_as_written(tmp_path: Path) -> None:
    port = _free_port()
    _lay_out("profile-author", tmp_path, _8200=f":{port}")
    at = ("--profile=library", "--target=target.yaml")

    linted = _run(tmp_path, "conformance", "lint", "library", "--strict")
    assert linted.returncode == 0, linted.stdout
    with _serving(tmp_path, port, "server.py", str(port)):
        assert _run(tmp_path, "conformance", "doctor", *at).returncode == 0
        good = _run(tmp_path, "pytest", *at, "--record=ok")
        assert good.returncode == 0, good.stdout
        assert "检测结论: 符合" in good.stdout
    with _serving(tmp_path, port, "server.py", str(port), "short-id"):
        bad = _run(tmp_path, "pytest", *at, "--record=bad")
        assert bad.returncode == 1, bad.stdout
        assert "5.1 图书编号  【不符合】" in bad.stdout
    assert _run(tmp_path, "conformance", "compare", "ok", "bad").returncode == 1
    again = _run(tmp_path, "conformance", "rejudge", "ok", "--profile=library")
    assert again.returncode == 0, again.stdout


def test_the_laboratory_tutorial_runs_as_written(tmp_path: Path) -> None:
    port = _free_port()
    _lay_out("laboratory", tmp_path, _8100=f":{port}")
    token = _exported("laboratory", "CITY_TOKEN")
    at = ("--profile=gbt-36904-2018", "--target=city.yaml")
    with _serving(tmp_path, port, "-m", "conformance.specimen", "elicense", "--port", str(port)):
        assert _run(tmp_path, "conformance", "doctor", *at, CITY_TOKEN=token).returncode == 0
        assert "D150" in _run(tmp_path, "conformance", "doctor", *at, CITY_TOKEN="wrong-token").stdout
        first = _run(tmp_path, "pytest", *at, "--case=case.yaml", "--record=r1", CITY_TOKEN=token)
        assert "检测结论: 无法得出结论" in first.stdout, first.stdout + first.stderr
        city = tmp_path / "city.yaml"
        city.write_text(city.read_text("utf-8").replace("writes: deny", "writes: allow"), encoding="utf-8")
        second = _run(tmp_path, "pytest", *at, "--case=case.yaml", "--record=r2", CITY_TOKEN=token)
        assert "检测结论: 符合" in second.stdout, second.stdout
    for verb in ("verify", "rejudge"):
        assert _run(tmp_path, "conformance", verb, "r2").returncode == 0
    both = (tmp_path / "city.yaml").read_text("utf-8") + (tmp_path / "waiver.yaml").read_text("utf-8")
    (tmp_path / "city-waived.yaml").write_text(both, encoding="utf-8")
    faulty = ("-m", "conformance.specimen", "elicense+wrong-check-character", "--port", str(port))
    waived = (at[0], "--target=city-waived.yaml", "--record=r3")
    with _serving(tmp_path, port, *faulty):
        third = _run(tmp_path, "pytest", *waived, "--case=case.yaml", CITY_TOKEN=token)
        assert third.returncode == 0, third.stdout
        assert "检测结论: 符合" in third.stdout, third.stdout
        again = _run(tmp_path, "pytest", *waived, "--retest", "gbt-36904-2018::EL-ID-10", CITY_TOKEN=token)
        assert "collected 1 item" in again.stdout, again.stdout


def test_the_vendor_tutorial_runs_as_written(tmp_path: Path) -> None:
    port = _free_port()
    _lay_out("vendor", tmp_path, _8101=f":{port}")
    password = _exported("vendor", "MY_PASSWORD")
    at = ("--profile=gbt-36904-2018", "--target=mine.yaml")
    for record, shape, status in (("before", "elicense-gd+wrong-check-character", 1), ("after", "elicense-gd", 0)):
        with _serving(tmp_path, port, "-m", "conformance.specimen", shape, "--port", str(port)):
            assert _run(tmp_path, "conformance", "doctor", *at, MY_PASSWORD=password).returncode == 0
            ran = _run(tmp_path, "pytest", *at, f"--record={record}", MY_PASSWORD=password)
            assert ran.returncode == status, ran.stdout + ran.stderr
    compared = _run(tmp_path, "conformance", "compare", "before", "after")
    assert compared.returncode == 1
    assert "gbt-36904-2018/EL-ID-10" in compared.stdout


def _exported(tutorial: str, name: str) -> str:
    found = re.search(
        rf"^\$ export {name}=(\S+)$", (DOCS / "tutorials" / f"{tutorial}.md").read_text("utf-8"), re.MULTILINE
    )
    assert found, name
    return found[1]
