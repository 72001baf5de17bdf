"""The frame of every page: head, style, footer. Sizes follow the clauses; a fault changes one of them."""

from __future__ import annotations

from html import escape

from conformance.specimen.fault import Deviations

NAME = "示例市政务服务"
ORGANISER = "示例市政务服务数据管理局"
FILING = "政务应用备 FAKE-2026-0001 号"
ICP = "京ICP备20260001号-1A"
STYLE = """
*{box-sizing:border-box}body{margin:0;font:16px/1.6 "Noto Sans CJK SC",sans-serif;color:#222;background:#fff}
main,header,footer{padding:12px 16px}h1{font-size:22px;margin:8px 0}h2{font-size:19px;margin:12px 0 4px}
a{color:#0b4fa0}p{margin:0 0 40px}
.row{display:grid;grid-template-columns:1fr 1fr;gap:12px;margin:12px 0}
.row a,a.block{display:flex;align-items:center;justify-content:center;min-height:60px;background:#e8f0fa;border-radius:8px}
button,input[type=text],input[type=password],input[type=search],select{min-height:48px;min-width:48px;font-size:16px;padding:0 16px}
button{background:#0b4fa0;color:#fff;border:0;border-radius:8px}button:disabled{background:#555}
label{display:block;margin:12px 0}.field{margin:12px 0}.field input{display:block;width:100%}
.tick{display:flex;align-items:center;min-height:48px;gap:12px}.tick input{width:24px;height:24px}
.hint{color:#444}.error{color:#a8201a}footer{border-top:1px solid #999;font-size:14px;color:#333}
footer a{display:inline-flex;align-items:center;min-height:48px;margin-right:16px}
.layer{position:fixed;left:0;right:0;bottom:0;background:#fff;border-top:2px solid #0b4fa0;padding:16px}
"""


def page(
    d: Deviations, title: str, body: str, *, name: str = "", style: str = "", script: str = "", footer: str = ""
) -> str:
    """A whole page; `name` is what faults of one page ask for."""
    head = "" if f"{name}-without-title" in _asked(d, name) else f"<title>{escape(title)}</title>"
    lang = "" if f"{name}-without-language" in _asked(d, name) else ' lang="zh-CN"'
    zoom = ",user-scalable=no,maximum-scale=1" if f"{name}-not-zoomable" in _asked(d, name) else ""
    return (
        f'<!doctype html><html{lang}><head><meta charset="utf-8">{head}'
        f'<meta name="viewport" content="width=device-width,initial-scale=1{zoom}"><style>{STYLE}{style}</style></head>'
        f"<body>{body}{footer}<script>{script}</script></body></html>"
    )


def _asked(d: Deviations, name: str) -> frozenset[str]:
    """The faults in force of the page itself; a page without a name has none."""
    return frozenset(f for f in d if name and f.startswith(f"{name}-"))


def footer(d: Deviations) -> str:
    organiser = "某某在线" if "home-without-organisation" in d else ORGANISER
    policy = "" if "policy-too-deep" in d else '<a href="/h5/policy">隐私政策</a>'
    complain = "" if "feedback-too-deep" in d else '<a href="/h5/feedback">投诉建议</a>'
    return (
        f"<footer><div>主办单位：{organiser}</div><nav aria-label=底部>"
        f'<a href="/h5/about">关于我们</a>{policy}{complain}</nav></footer>'
    )
