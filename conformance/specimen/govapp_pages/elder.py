"""The version for the elderly: large text, large areas to press, nothing that lures."""

from __future__ import annotations

from conformance.specimen.fault import Deviations
from conformance.specimen.govapp_pages.markup import NAME, footer, page

_TEXT = (
    "您可以在这里查询办件进度、预约办事时间、提交办理申请，也可以拨打热线请工作人员帮助。每一步都可以慢慢来，不会超时。",
    "如果看不清文字，请按“放大字体”。如果不会操作，请按“电话帮办”，工作人员会给您回电，帮您办完。",
    "办理时请带好身份证件。所有服务都不收费，也不会让您下载别的软件。",
)


def elder(d: Deviations) -> str:
    size = 16 if "elder-text-16px" in d else 20
    line = 1.2 if "elder-lines-crowded" in d else 1.6
    gap = "8px" if "elder-paragraphs-crowded" in d else "2.2em"
    colour = "#aaa" if "elder-pale-text" in d else "#111"
    largest = 24 if "font-switch-stops-at-24" in d else size if "font-switch-does-nothing" in d else 36
    style = (
        f"body{{--size:{size}px}}main,header,#notice{{font-size:var(--size)}}main p{{line-height:{line};margin:0 0 {gap};color:{colour}}}"
        "main a.block,button{min-height:64px;min-width:64px;font-size:inherit}header,h1{font-size:calc(var(--size) + 4px)}"
        "footer{font-size:20px}footer a{min-height:64px;min-width:64px}"
        "#notice{position:fixed;left:24px;right:24px;top:240px;height:220px;background:#fffbe6;border:2px solid #8a6d00;padding:80px 16px 16px}"
        f"#shut{{position:absolute;{_corner(d)};{_side(d)}padding:0}}"
    )
    script = (
        f"let size = {size};document.getElementById('grow').onclick = () => {{ size = Math.min({largest}, size + 6); "
        "document.body.style.setProperty('--size', size + 'px'); };"
    )
    if "close-does-nothing" not in d:
        script += "const shut = document.getElementById('shut'); if (shut) shut.onclick = () => { document.getElementById('notice').remove(); };"
    small = ' style="min-height:40px;height:40px"' if "elder-small-button" in d else ""
    hidden = ' aria-hidden="true"' if "elder-hidden-from-readers" in d else ""
    body = (
        f"<header><h1>{NAME} 长辈版</h1></header><main{hidden}>"
        '<button id="grow">放大字体</button>'
        f"{''.join(f'<p>{t}</p>' for t in _TEXT)}"
        f'<a class="block" href="/h5/query"{small}>办件查询</a><div style="height:16px"></div><a class="block" href="/h5/help">电话帮办</a>'
        f"{_lure(d)}</main>{_notice(d)}"
    )
    return page(d, f"{NAME} 长辈版", body, style=style, script=script, footer=footer(d))


def _corner(d: Deviations) -> str:
    return "right:8px;bottom:8px" if "close-at-bottom-right" in d else "right:8px;top:8px"


def _side(d: Deviations) -> str:
    if "close-too-small" in d:
        return "width:20px;height:20px;min-width:20px;min-height:20px;"
    return "width:64px;height:64px;"


def _notice(d: Deviations) -> str:
    button = "" if "notice-without-close" in d else '<button id="shut" aria-label="关闭">×</button>'
    return f'<div id="notice" role="region" aria-label="提醒"><div>今天可以预约明天的体检。</div>{button}</div>'


def _lure(d: Deviations) -> str:
    if "elder-advertisement" in d:
        return (
            '<iframe id="google_ads_1" class="ad-slot" src="/h5/notice" title="推广" width="300" height="80"></iframe>'
        )
    if "elder-luring-button" in d:
        return '<div style="height:16px"></div><a class="block" href="/h5/help">立即领取红包</a>'
    return ""
