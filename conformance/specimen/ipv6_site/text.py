"""What the pages of the site say: the same words whichever server gives them out, in HTML that names its scheme."""

from __future__ import annotations

from dataclasses import dataclass

from conformance.specimen.ipv6_site import names

SECOND, THIRD = 12, 3  # links on the home page, and on each page that it leads to
LARGE = bytes(range(256)) * 4096  # 1 MiB
STYLE = "body{font-family:sans-serif}"
LOGO = '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>'
STATUS = '{"status":"ok"}'
HSTS = {
    "strict-transport-security": "max-age=31536000",
    "content-security-policy": "default-src 'self' *.example.gov.cn",
}
TITLE = "示例政府网站"
TOPICS = ("政务公开", "办事服务", "互动交流", "通知公告", "政策文件", "新闻动态", "数据开放", "专题专栏")
HARD = '<a href="http://192.0.2.80/hard">旧版入口</a>'


@dataclass(frozen=True, slots=True)
class Shape:
    """How many links each level has."""

    second: int = SECOND
    third: int = THIRD


def page(title: str, body: str, *, scheme: str, nonce: str, clock: str, home: bool = False) -> str:
    """A whole page; the home page loads its assets from another host of the site."""
    static = f"{scheme}://{names.STATIC.rstrip('.')}"
    assets = (
        f'<link rel="stylesheet" href="{static}/style.css"><script src="{static}/app.js" nonce="{nonce}"></script>'
        if home
        else ""
    )
    image = f'<img src="{static}/logo.svg" alt="">' if home else ""
    return (
        f'<!doctype html><html lang="zh"><head><meta charset="utf-8"><title>{title}</title>{assets}'
        f'<meta name="csrf" content="{nonce}"></head><body><h1>{title}</h1>{image}{body}'
        f"<script>var now='{clock}';</script></body></html>"
    )


def home(scheme: str, shape: Shape, *, literal: bool = False) -> str:
    """The body of the home page: topics, second-level links, some of them on another host, and links that lead away."""
    parts = [f"<p>{topic}：公开信息，依法依规办理，接受社会监督。第 {n} 栏。</p>" for n, topic in enumerate(TOPICS)]
    parts.append("<ul>")
    for n in range(shape.second):
        address = f"{scheme}://{names.SERVICE.rstrip('.')}/s/{n}" if n % 4 == 3 else f"/p/{n}"
        parts.append(f'<li><a href="{address}">{TOPICS[n % len(TOPICS)]} {n}</a></li>')
    parts.append("</ul>")
    if literal:
        parts.append(HARD)
    parts.append('<a href="https://elsewhere.example/">友情链接</a> <a href="mailto:a@example.gov.cn">邮箱</a>')
    return "".join(parts)


def second(scheme: str, a: int, shape: Shape, *, host: str = names.SERVICE, literal: bool = False) -> str:
    """The body of a second-level page, with its third-level links; the first of them is on `host`."""
    parts = [f"<p>{TOPICS[a % len(TOPICS)]}的第 {a} 篇。</p>"]
    for b in range(shape.third):
        address = f"{scheme}://{host.rstrip('.')}/p/{a}/{b}" if b == 0 else f"/p/{a}/{b}"
        parts.append(f'<a href="{address}">详情 {b}</a>')
    if literal:
        parts.append(HARD)
    return "".join(parts)


def third(a: int, b: int) -> str:
    return f"<p>第 {a} 栏第 {b} 篇的正文。</p>"


def script(address: str = "/api/status") -> str:
    return f'fetch("{address}").then(r => r.json());'
