"""The specimen as the registry offers it: one site on loopback, and the target file that a laboratory would write for it."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from conformance.specimen.fault import Deviations, Fault
from conformance.specimen.govsite import browsed, content, elder, log, names, seen
from conformance.specimen.govsite.faults import FAULTS, PLAIN
from conformance.specimen.govsite.pages import ERROR_HOST, MARK_HOST, ORGANISATION, OUTSIDE, SITE
from conformance.specimen.govsite.service import Site
from conformance.specimen.registry import Made
from conformance.specimen.server import Server

NAME = "govsite"
_ADDRESS = "192.0.2.80"
DATABASES = (3306, 5432)
_HOSTS = {
    "the-domain-is-no-government-domain": "www.example.com.cn",
    "the-portal-has-no-www": "portal.example.gov.cn",
}


@dataclass(frozen=True, slots=True)
class GovSite:
    """A government site. `now`: the clock that all its dates are counted from, and the inspection date of its target.

    `browses`: its pages are handed in for the browser, too; without it nothing that a browser finds is asked for.
    """

    name: str = NAME
    title: str = "政府网站样机（栏目、文章、附件、留言、搜索；仅供测试）"
    now: datetime = content.CLOCK
    faults: tuple[Fault, ...] = field(default=FAULTS)
    browses: bool = True

    def make(self, active: tuple[str, ...]) -> Made:
        deviations = Deviations(active, (fault.name for fault in FAULTS))
        host = next((h for f, h in _HOSTS.items() if f in deviations), "www.example.gov.cn")
        running: list[Serving] = []

        def serve(port: int) -> Serving:
            site = Site(lambda: content.make(self.now, deviations), deviations, host)
            running.append(Serving(site, port, deviations))
            return running[-1]

        return Made(None, lambda _base: self._target(running[-1], deviations, host), serve)

    def _target(self, serving: Serving, deviations: Deviations, host: str) -> dict[str, Any]:
        made = target(self.name, serving, self.now, deviations, host)
        return browsing(made, serving.base_url, self.now, deviations) if self.browses else made


class Serving:
    """The site over both families, the name servers that lead to it, and a folder for what was seen before."""

    def __init__(self, site: Site, port: int, faults: Deviations) -> None:
        self._names = names.NameServers(faults)
        six, self._shut, self._database = names.listening(), names.closed(), names.closed(4)
        self._server = Server(site.app(), port, beside=[six]).start()
        self._names.start()
        self._names.route(_ADDRESS, 80, int(self.base_url.rpartition(":")[2]))
        self._names.route(names.V6, 80, six.getsockname()[1])
        self._names.route(names.V6_OTHER, 80, six.getsockname()[1])
        for port in DATABASES:
            self._names.route(_ADDRESS, port, self._database.getsockname()[1])
        if "a-database-port-is-open" in faults:
            self._database.listen(8)
        self._names.route(names.DEAD, 80, self._shut.getsockname()[1])
        self._folder = tempfile.TemporaryDirectory(prefix="conformance-govsite-")
        self.folder = Path(self._folder.name)

    @property
    def base_url(self) -> str:
        return self._server.base_url

    @property
    def names(self) -> names.NameServers:
        return self._names

    def stop(self) -> None:
        self._server.stop()
        self._names.stop()
        self._shut.close()
        self._database.close()
        self._folder.cleanup()

    def join(self) -> None:
        self._server.join()


def target(name: str, serving: Serving, now: datetime, faults: Deviations, host: str) -> dict[str, Any]:
    site = f"http://{host}/"
    sections = content.make(now, faults).sections
    unspoiled = faults.without(content.LATER)
    return {
        "target": f"specimen:{'+'.join((name, *faults))}",
        "system": {
            "name": "政府网站样机（仅供测试）",
            "version": "1.0",
            "build": "20260101",
            "vendor": "conformance 样机",
        },
        "parameters": {
            "site": site,
            "site_name": "示例在线" if "the-name-is-no-organisation" in faults else SITE,
            "organisation": ORGANISATION,
            "site_kind": "门户网站",
            "addresses": [f"{h}={_ADDRESS}" for h in (host, *OUTSIDE)],
            "inspection_time": now.isoformat(),
            "columns": [
                {"name": s.name, "kind": s.kind, "path": s.path} | ({"update": s.update} if s.update else {})
                for s in sections
            ],
            "message_page": "/hd/xx/",
            "message_query": "/hd/query?code={receipt}",
            "external_links": True,
            "availability_record": str(log.write(serving.folder / "visits.jsonl", site, now, faults)),
            "site_snapshot": str(seen.write(serving.folder / "snapshot.json", site, content.make(now, unspoiled))),
            "mark_hosts": [MARK_HOST],
            "error_report_hosts": [ERROR_HOST],
            "admin_paths": ["/admin/"],
            "database_ports": list(DATABASES),
            "crawl_rate": 0,
            **serving.names.parameters,
            "max_links": 12,
            "max_pages": 6,
        },
        "declares": {"has_elder_version": False},
        "limits": {"concurrency": 8, "timeout": "5s"},
        "hosts": [host, *OUTSIDE],
        "routes": dict(serving.names.routes),
        "writes": "allow",
    }


def browsing(made: dict[str, Any], base: str, now: datetime, faults: Deviations) -> dict[str, Any]:
    """The same target file with its pages: for the browser they lie on loopback, under no name."""
    news = content.make(now, faults).sections[0].articles
    place = base.removeprefix("http://")
    pages = {
        "home": (base + "/", made["parameters"]["site_name"], "desktop"),
        "elder": (base + browsed.ELDER, elder.MARK, "desktop"),
        "signin": (base + browsed.SIGNIN, "用户登录", "desktop"),
        "form": (base + "/hd/xx/", "我要写信", "desktop"),
        "mine": (base + browsed.ACCOUNT, "个人中心", "desktop"),
    }
    return {
        **made,
        "pages": {n: {"url": url, "marker": marker, "device": device} for n, (url, marker, device) in pages.items()},
        "hosts": [*made["hosts"], "127.0.0.1"],
        "routes": {**made["routes"], place: place},
        "declares": {"has_elder_version": True},
        "parameters": {
            **made["parameters"],
            "article_pages": [a.path for a in news],
            "h5_update_control": "展开设置",
            "passing_notice_controls": ["mine=收藏"],
            "passing_notice_seconds": 1.5,
            "access_pages": ["home", "signin"],
            "ad_seconds": 4,
        },
    }


SPECIMENS = (
    GovSite(),
    GovSite("govsite-plain", "政府网站样机，不送检页面（不用浏览器；仅供测试）", faults=PLAIN, browses=False),
)
