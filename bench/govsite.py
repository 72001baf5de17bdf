"""A crawl of 1,000 pages with politeness lifted, and the site profiles over the specimen; each in a process of its own.

python bench/govsite.py crawl      pages, seconds, CPU seconds and the peak of memory of one crawl and its reading
python bench/govsite.py run        the same of the profile govsite over its specimens, browser checks included
"""

from __future__ import annotations

import resource
import sys
import time
from collections import Counter

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.routing import Route

PAGES = 1000


def _page(n: int) -> str:
    """About 40 KB, as a portal's list page is: navigation, forty entries with dates, text."""
    nav = "".join(f'<a href="/c/{k}">栏目{k}</a> ' for k in range(40))
    rows = "".join(
        f'<li><a href="/p/{(n * 7 + k) % PAGES}">关于某项工作的通知第{k}号</a><span>2026-06-{1 + k % 28:02d}</span></li>'
        for k in range(40)
    )
    text = "".join(f"<p>第{k}段。{'样机文字，依法依规办理，接受社会监督。' * 12}</p>" for k in range(30))
    return f"<html><title>页 {n}</title><body><nav>{nav}</nav><ul>{rows}</ul>{text}</body></html>"


async def _answer(request: Request) -> Response:
    parts = request.url.path.strip("/").split("/")
    if request.url.path == "/" or parts[0] in ("p", "c"):
        return HTMLResponse(_page(int(parts[1]) if len(parts) > 1 and parts[1].isdigit() else 0))
    return PlainTextResponse("no", 404)


def crawl() -> int:
    from conformance.model.target import System, Target
    from conformance.probe.http import HttpPort
    from conformance.sites import survey
    from conformance.sites.crawl import Rules
    from conformance.sites.crawl import crawl as walk
    from conformance.specimen.server import running

    with running(Starlette(routes=[Route("/{path:path}", _answer)])) as base:
        port = HttpPort(Target("bench", System("bench"), base, ("127.0.0.1",)))
        rules = Rules(base + "/", ("127.0.0.1",), rate=0, pages=PAGES)
        begun = time.monotonic()
        batch = walk(lambda op, wanted: [port.send(r, operation=op) for r in wanted], rules, concurrency=8)
        crawled = time.monotonic() - begun
        found = survey.read(batch)
        seconds = time.monotonic() - begun
        port.close()
    size = batch.notes["octets"] / 1e6
    print(f"{len(found.pages)} 页，{size:.0f} MB：抓取 {crawled:.1f} s，连读 {seconds:.1f} s，{_spent()}")
    return int(len(found.pages) < PAGES or seconds > 120)


def run() -> int:
    """The site without its pages, and the specimen that hands pages in: there, what a browser judges is counted."""
    from conformance.model.profile import check_key
    from conformance.profile import load
    from conformance.qualify.matrix import verdicts

    profile = load("govsite")
    paged = {
        check_key(part, clause, check)
        for part in profile.standards()
        for clause in part.clauses
        for check in clause.checks
        if "visit" in check.calls
    }
    seen: set[str] = set()
    begun = time.monotonic()
    for specimen, counted in (("govsite", None), ("govsite-elder", paged)):
        since = time.monotonic()
        results = verdicts(profile, specimen)
        told = Counter(str(r.verdict) for k, r in results.items() if counted is None or k in counted)
        print(f"{specimen}：{time.monotonic() - since:.1f} s，{dict(told)}")
        seen |= set(told)
    print(f"合计 {time.monotonic() - begun:.1f} s，{_spent()}")
    return int(seen - {"PASS", "NOT_APPLICABLE", "NOT_TESTED"} != set())  # not every page is handed in


def _spent() -> str:
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return f"CPU {time.process_time():.1f} s，{peak:.0f} MB"


if __name__ == "__main__":
    sys.exit(run() if sys.argv[1] == "run" else crawl())
