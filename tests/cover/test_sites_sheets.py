"""Links that the rules of an external style sheet keep from sight, and those that they do not."""

from __future__ import annotations

import pytest

from conformance.sites import sheets

LINK = "http://casino.example/"
BASE = "http://www.example.gov.cn/"


def hidden(css: str, body: str) -> str:
    page = f"<html><body>{body}</body></html>".encode()
    return dict(sheets.hidden_links(page, BASE, "text/html; charset=utf-8", sheets.read([css.encode()]), [LINK])).get(
        LINK, ""
    )


BODY = f'<div class="tail" id="t"><ul class="more"><li><a class="k" href="{LINK}">x</a></li></ul></div>'


@pytest.mark.parametrize(
    "css",
    [
        ".more{display:none}", "#t .more > li{display : NONE !important}", ".tail ul.more a{visibility:hidden}",
        "div.tail{position:absolute;left:-9999px}", ".k{font-size:0}", "a{opacity:0}", ".k{text-indent:-999em}",
        "@media screen{.more{display:none}}", ".more{display:none!important}.more{display:block}",
        ".k{display:none}.k:hover{display:block}", ".more{display:none}.tail:hover .more{color:red}",
        ".tail{height:1px;overflow:hidden}", "/* a */ @charset 'x'; .q{color:red} .more{display:none}",
    ],
)  # fmt: skip
def test_rules_that_hide(css: str) -> None:
    assert hidden(css, BODY)


@pytest.mark.parametrize(
    "css",
    [
        "", ".other{display:none}", ".more{display:none}.more{display:block}", "@media print{.more{display:none}}",
        "@media (max-width:600px){.more{display:none}}", ".k::before{display:none}", ".more:hover{display:none}",
        ".k{text-indent:-999em;background:url(icon.png)}", ".tail{left:-9999px}", ".tail{height:0}",
        ".more{display:none}.tail:hover .more{display:block}", ".more{left:-999px;position:absolute}div:focus-within>.more{left:0}",
        ".more{opacity:0}.x, #t:hover ul{opacity:1}", "}{;;<html>", ".more:nonsense(1){display:none}",
    ],
)  # fmt: skip
def test_rules_that_do_not(css: str) -> None:
    assert hidden(css, BODY) == ""


def test_sheets_come_in_the_order_of_the_page() -> None:
    page = f"<html><body>{BODY}</body></html>".encode()
    both = [b".more{display:none}", b".more{display:block}"]
    assert not sheets.hidden_links(page, BASE, "", sheets.read(both), [LINK])
    assert sheets.hidden_links(page, BASE, "", sheets.read(both[::-1]), [LINK])


def test_hostile_sheets_end_soon() -> None:
    for css in (
        "{" * 20_000, "(" * 20_000 + "none", ":hover" * 80_000 + "{display:none}", ":hover " * 3_000 + "{display:none}", ".a" * 20_000 + "{display:none}", ":not(" * 5_000 + "a{display:none}",
        "@media screen{" * 2_000 + ".more{display:none}", "\x00" * 20_000 + "none", "a{display:none}" * 3_000,
    ):  # fmt: skip
        assert hidden(css, BODY) in ("", "display:none")
