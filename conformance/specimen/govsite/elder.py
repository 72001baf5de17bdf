"""A page for the elderly as a specimen, for the checks that look in a browser; kept apart, for each run opens Chromium."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from conformance.specimen.fault import WHOLE_SYSTEM, Deviations, Fault
from conformance.specimen.govsite import browsed
from conformance.specimen.registry import Made

NAME, MARK = "govsite-elder", "示例市政府网站适老版"
_PROFILE = "web-elder-2021"
_CHECKS = {
    "46": "WEB-46/main-text-is-large-on-a-phone",
    "46e": "WEB-46/text-grows-when-enlarged",
    "47": "WEB-47/captchas-grow-twofold",
    "47s": "WEB-47/captchas-have-a-form-beyond-sight",
    "49f": "WEB-49/the-focus-is-visible",
    "49m": "WEB-49/media-work-by-keyboard",
    "49": "WEB-49/every-control-is-reached-by-keyboard",
    "50": "WEB-50/pages-for-the-elderly-have-no-advertisements",
    "51": "WEB-51/no-button-lures",
}


def _fault(name: str, title: str, source: str, *kills: str) -> Fault:
    return Fault(name, title, source, tuple(f"{_PROFILE}/{_CHECKS[k]}" for k in kills))


FAULTS: tuple[Fault, ...] = (
    _fault("main-text-is-small", "移动网页正文 16 px", "WEB-46", "46"),
    _fault("no-enlarging", "没有放大设置", "WEB-46", "46e"),
    _fault("enlarging-enlarges-icons-only", "放大按钮只放大图标", "WEB-46", "46e"),
    _fault("the-keyboard-is-trapped", "Tab 在输入框内打转", "WEB-49", "49"),
    _fault("a-control-is-out-of-reach", "一个控件按 Tab 走不到", "假想", "49"),
    _fault("a-focus-is-not-seen", "一个链接得到焦点时样式不变", "假想", "49f"),
    _fault("media-ignore-the-keyboard", "播放只能用鼠标按", "WEB-49", "49m"),
    _fault("the-player-takes-no-keys", "播放的按键按空格没有作用", "假想", "49m"),
    _fault("the-captcha-grows-by-half", "验证码只放大 1.5 倍", "WEB-47", "47"),
    _fault("the-captcha-is-silent", "没有语音验证码", "WEB-47", "47s"),
    _fault("the-voice-button-is-dead", "语音验证码的按键没有作用", "假想", "47s"),
    _fault("an-advertisement-frame", "广告框架", "WEB-50", "50"),
    _fault("a-window-comes-up-later", "停留之后弹出广告", "WEB-50", "50"),
    _fault("a-button-lures", "“立即领取”大按钮", "WEB-51", "51"),
    Fault("another-service-answers", "端口上是别的服务（404 JSON）", "§0.5", (), WHOLE_SYSTEM),
)


@dataclass(frozen=True, slots=True)
class ElderSite:
    """One page for the elderly, on loopback."""

    name: str = NAME
    title: str = "政府网站适老网页样机（要用浏览器；仅供测试）"
    faults: tuple[Fault, ...] = field(default=FAULTS)
    browses: bool = True

    def make(self, active: tuple[str, ...]) -> Made:
        faults = Deviations(active, (fault.name for fault in self.faults))

        async def answer(request: Request) -> Response:
            if "another-service-answers" in faults:
                return JSONResponse({"detail": "Not Found"}, 404)
            if request.url.path == browsed.SIGNIN:
                return HTMLResponse(_signin(faults))
            if request.url.path == browsed.SOUND:
                return Response(browsed.sound(), media_type="audio/wav")
            if request.url.path == browsed.CAPTCHA:
                return Response(browsed.PIXEL, media_type="image/gif")
            return HTMLResponse("<p>广告</p>" if request.url.path == "/ad" else page(faults))

        return Made(Starlette(routes=[Route("/{path:path}", answer)]), lambda base: target(base, active))


def page(faults: Deviations) -> str:
    on = faults.__contains__
    size = 16 if on("main-text-is-small") else 22
    grow = "document.querySelector('.icon').style.fontSize='60px'" if on("enlarging-enlarges-icons-only") else (
        "document.body.style.fontSize='32px'"
    )  # fmt: skip
    parts = [
        (
            f'<!doctype html><html lang="zh-CN"><head><meta charset="utf-8"><title>{MARK}</title>'
            '<meta name="viewport" content="width=device-width"><style>'
            f"body{{font-size:{size}px;line-height:1.6}}button,input,a{{font-size:1em;padding:12px}}</style></head><body><main>"
        ),
        f"<h1>{MARK}</h1>",
        "" if on("no-enlarging") else f'<button onclick="{grow}">放大文字</button>',
        "<p>为方便老年人办事，本页提供大字、语音和键盘操作，办理事项请按提示进行。</p>",
        "<p>咨询可以拨打服务热线，也可以到就近的便民服务中心当面办理。</p>",
        '<span class="icon">★</span><p><a href="/1">老年人优待证办理</a></p><p><a href="/2">养老金资格认证</a></p>',
        '<label>查询 <input id="q"></label> <button>搜索</button>',
    ]
    parts.append(_player(faults))
    if on("a-focus-is-not-seen"):
        parts.append("<style>a[href='/2']:focus{outline:none}</style>")
    if on("the-keyboard-is-trapped"):
        parts.append("<script>q.onkeydown=e=>{if(e.key==='Tab')e.preventDefault()}</script>")
    if on("a-control-is-out-of-reach"):
        parts.append('<button tabindex="-1">语音播报</button>')
    if on("an-advertisement-frame"):
        parts.append('<iframe id="google_ads_1" src="/ad" width="300" height="100"></iframe>')
    if on("a-window-comes-up-later"):
        parts.append(
            "<script>setTimeout(()=>{const d=document.createElement('div');d.textContent='限时优惠，点击查看';"
            "d.style.cssText='position:fixed;left:20%;top:20%;width:50%;height:50%;background:#fff;z-index:9';"
            "document.body.append(d)},1500)</script>"
        )
    if on("a-button-lures"):
        parts.append('<button style="font-size:40px">立即领取红包</button>')
    parts.append("</main><footer>主办单位：示例市人民政府办公室</footer></body></html>")
    return "".join(parts)


def _player(faults: Deviations) -> str:
    """A recorded guide, and what plays it."""
    audio, said = f'<audio src="{browsed.SOUND}"', "收听办事说明"
    if "media-ignore-the-keyboard" in faults:
        script = "<script>player.addEventListener('click',()=>document.querySelector('audio').play())</script>"
        return f'<div id="player">▶ {said}</div>{audio}></audio>{script}'
    if "the-player-takes-no-keys" in faults:
        script = "<script>player.onmousedown=()=>document.querySelector('audio').play()</script>"
        return f'<button id="player">{said}</button>{audio}></audio>{script}'
    return f"<p>{said}</p>{audio} controls></audio>"


def _signin(faults: Deviations) -> str:
    on = faults.__contains__
    body = browsed.signin(growth=1.5 if on("the-captcha-grows-by-half") else 2, sound=not on("the-captcha-is-silent"))
    if on("the-voice-button-is-dead"):
        body += "<script>document.getElementById('voice').onclick=null</script>"
    return f'<!doctype html><html lang="zh-CN"><head><meta charset="utf-8"><title>用户登录</title></head><body>{body}</body></html>'


def target(base: str, active: tuple[str, ...]) -> dict[str, Any]:
    return {
        "target": f"specimen:{'+'.join((NAME, *active))}",
        "system": {"name": "政府网站适老网页样机（仅供测试）", "version": "1.0"},
        "parameters": {
            "site": "http://www.example.gov.cn/",
            "site_name": MARK,
            "organisation": "示例市人民政府",
            "columns": [{"name": "适老版", "kind": "其他", "path": "/"}],
            "ad_seconds": 4,
        },
        "declares": {"has_elder_version": True},
        "pages": {
            "elder": {"url": base + "/", "marker": MARK},
            "signin": {"url": base + browsed.SIGNIN, "marker": "用户登录"},
        },
        "limits": {"timeout": "8s", "total_timeout": "15s"},
    }
