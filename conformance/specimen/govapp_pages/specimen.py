"""样机 govapp-pages: the pages on a loopback socket, and the target file that hands them in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from conformance.specimen.fault import Deviations, Fault
from conformance.specimen.govapp_pages.faults import FAULTS
from conformance.specimen.govapp_pages.markup import FILING, NAME, ORGANISER
from conformance.specimen.govapp_pages.site import application
from conformance.specimen.registry import Made

_MARKERS = {
    "home": ("/h5/", NAME),
    "elder": ("/h5/elder", "长辈版"),
    "signin": ("/h5/signin", "用户登录"),
    "form": ("/h5/form", "居住证签注"),
    "mine": ("/h5/mine", "展开设置"),
    "about": ("/h5/about", f"关于{NAME}"),
    "download": ("/h5/download", f"下载{NAME}"),
}


@dataclass(frozen=True, slots=True)
class PagesSpecimen:
    """One application; the faults change what it renders and what its scripts do."""

    name: str = "govapp-pages"
    title: str = "政务App 的 H5 页面：首页和同意弹窗、长辈版、登录、隐私政策、在线办理、我的、下载页"
    faults: tuple[Fault, ...] = FAULTS

    def make(self, active: tuple[str, ...]) -> Made:
        spec = "+".join((self.name, *active))
        return Made(application(Deviations(active, (f.name for f in self.faults))), lambda url: target(url, spec))


def target(url: str, spec: str = "govapp-pages") -> dict[str, Any]:
    """The target file of the pages at `url`."""
    return {
        "target": spec,
        "system": {"name": f"样机 {spec}", "version": "1"},
        "pages": {name: {"url": url + path, "marker": marker} for name, (path, marker) in _MARKERS.items()},
        "parameters": {
            "app_names": [ORGANISER],
            "app_filing_number": FILING,
            "h5_form_values": ["姓名=张FAKE", "公民身份号码=FAKE-0001", "地址=某市某路 1 号"],
            "passing_notice_controls": ["mine=收藏"],
            "passing_notice_seconds": 1.5,
            "h5_update_control": "展开设置",
            "access_pages": ["home", "signin"],
            "reading_seconds": 2,
        },
        "declares": {"personalised": True},
        "writes": "allow",
    }
