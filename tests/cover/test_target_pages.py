"""The pages of a target: addresses, markers, the hosts that follow from them, and what is said of a wrong one."""

from __future__ import annotations

from typing import Any

import pytest
from kit_target import ENVIRON, data, profile

from conformance.errors import TargetError
from conformance.target import load_target

HOME = {"url": "/h5/", "marker": "某市政务服务"}


def pages(*, hosts: list[str] | None = None, **given: Any) -> Any:
    more = {} if hosts is None else {"hosts": hosts}
    return load_target(data(pages=given, **more), profile(), environ=ENVIRON)


def test_a_path_is_read_from_the_base_url_and_a_marker_is_a_list() -> None:
    target = pages(home=HOME)
    assert target.pages["home"]["url"] == target.base_url.rstrip("/") + "/h5/"
    assert target.pages["home"]["marker"] == ["某市政务服务"]


def test_the_hosts_of_pages_are_named_unless_the_target_names_hosts() -> None:
    other = {"url": "https://h5.example.gov.cn/", "marker": ["甲方", "乙方"]}
    assert "h5.example.gov.cn" in pages(other=other).hosts
    assert pages(hosts=["a.example"], other=other).hosts == ("a.example",)


@pytest.mark.parametrize(
    "url", ["ftp://x.example/", "javascript:alert(1)", "h5/", "http://", "http://[::1", "http://x:0/"]
)
def test_an_address_that_cannot_be_visited_is_refused(url: str) -> None:
    with pytest.raises(TargetError) as wrong:
        pages(home={**HOME, "url": url})
    assert wrong.value.code == "T166"
    assert "pages.home.url" in wrong.value.where


@pytest.mark.parametrize(
    "page", [{"url": "/"}, {"marker": "某市"}, {**HOME, "marker": ""}, {**HOME, "device": "watch"}, {**HOME, "more": 1}]
)
def test_a_page_says_where_it_is_and_what_is_read_on_it(page: dict[str, Any]) -> None:
    with pytest.raises(TargetError):
        pages(home=page)
