"""What of the site only a browser shows: its style, its script, the pages of an account, and what the faults change there."""

from __future__ import annotations

import io
import wave

from conformance.specimen.fault import REVIEW, Deviations, Fault

_47 = "gov-site-2017-47"
SIGNIN, ACCOUNT, ELDER, SOUND, SLOW = "/user/login", "/user/", "/elder/", "/static/sound.wav", "/static/slow.js"
CAPTCHA, PIXEL = (
    "/static/captcha.png",
    bytes.fromhex("47494638396101000100800000ffffff00000021f90401000000002c00000000010001000002024401003b"),
)
SLOW_SECONDS = 3.3  # a little more than the three seconds of the clause
MANY_HUES = ("#b3261e", "#b36b1e", "#7a8f1e", "#1e8f3a", "#1e8f8a", "#5a1e8f", "#8f1e6b")

FAULTS = (
    Fault("the-home-page-loads-slowly", "首页要 3 秒多才加载完", "WEB-25", (f"{_47}/WEB-25/the-home-page-loads-within-three-seconds",)),
    Fault("the-pages-have-no-hue", "页面只有黑、白、灰，没有主色调", "假想", (f"{_47}/WEB-26/the-pages-use-few-hues",)),
    Fault("articles-in-three-sizes", "同一栏目的正文有三种字号", "WEB-28", (f"{_47}/WEB-28/pages-of-a-column-look-alike",)),
    Fault("articles-in-another-font", "同一栏目有一篇的标题用别的字体", "WEB-28", (f"{_47}/WEB-28/pages-of-a-column-look-alike",)),
    Fault("outside-links-leave-at-once", "站外链接直接跳走", "WEB-35", (f"{_47}/WEB-35/leaving-the-site-is-announced",)),
)  # fmt: skip
# What the clause leaves to a person fails no check, so it does not stand in the matrix.
REVIEWED = (Fault("seven-hues", "首页有 7 种主色块（转人工）", "WEB-26", (), REVIEW),)

_LEAVING = """
document.addEventListener("click", e => { const a = e.target.closest("a[href]"); if (!a) return;
  if (a.hostname && a.hostname !== location.hostname && !confirm("您访问的链接即将离开示例市人民政府门户网站，是否继续？")) e.preventDefault(); });
"""


def style(faults: Deviations) -> str:
    """The style sheet of every page."""
    main = "#333" if "the-pages-have-no-hue" in faults else "#0b4fa0"
    return (
        f"body{{font-family:sans-serif;margin:0;color:#222}}header,footer{{background:{main};color:#fff;padding:12px 24px}}"
        "header a,footer a{color:#fff;margin-right:12px}main{padding:12px 24px}main p{font-size:16px;line-height:28px}"
        f"h1{{font-size:26px}}.hue{{height:90px;padding:8px;color:#fff}}button{{background:{main};color:#fff;border:0;padding:8px 16px}}"
        ".toast:empty{display:none}"
    )


def script(faults: Deviations) -> str:
    """The script of every page: whoever leaves the site is asked."""
    return "" if "outside-links-leave-at-once" in faults else _LEAVING


def home(faults: Deviations) -> str:
    """What the faults put on the home page."""
    out = f'<script src="{SLOW}"></script>' if "the-home-page-loads-slowly" in faults else ""
    if "seven-hues" in faults:
        out += "".join(f'<div class="hue" style="background:{h}">专题 {n + 1}</div>' for n, h in enumerate(MANY_HUES))
    return out


def article(faults: Deviations, path: str, number: int) -> str:
    """A style sheet of one article of the column that is compared, as a careless editor pastes it."""
    if path != "/xw/yw/":
        return ""
    if "articles-in-three-sizes" in faults and number in (1, 2):
        return f"<style>main p{{font-size:{16 + 2 * number}px}}</style>"
    if "articles-in-another-font" in faults and number == 3:
        return "<style>h1{font-family:serif}</style>"
    return ""


def signin(*, growth: float = 2, sound: bool = True) -> str:
    """The form to sign in: a captcha that can be made larger and heard."""
    voice = '<button type="button" id="voice">语音验证码</button>' if sound else ""
    return (
        '<h1>用户登录</h1><form><p><label>账号 <input name="account"></label></p>'
        '<p><label>口令 <input type="password" name="password"></label></p>'
        f'<p><img id="captcha" src="{CAPTCHA}" alt="图形验证码" width="120" height="40"> '
        f'<button type="button" id="large">放大验证码</button> {voice}<span id="said" role="status"></span></p>'
        '<p><label>验证码 <input name="code"></label></p><button type="button">登录</button></form>'
        "<script>large.onclick=()=>{const c=document.getElementById('captcha');"
        f"c.width={120 * growth:g};c.height={40 * growth:g}}};"
        "const v=document.getElementById('voice');if(v)v.onclick=()=>{"
        f"new Audio('{SOUND}').play();document.getElementById('said').textContent='正在播放语音验证码'}};</script>"
    )


def account() -> str:
    """The page of somebody who is signed in: settings that fold out, and a notice that goes away."""
    return (
        '<h1>个人中心</h1><p>欢迎使用个人中心。</p><button id="more">展开设置</button> <button id="keep">收藏</button>'
        '<div id="toast" class="toast" role="status"></div><div id="panel"></div>'
        "<script>more.onclick=()=>{panel.innerHTML='<p>设置</p><button>收起</button>'};"
        "keep.onclick=()=>{toast.textContent='收藏成功';setTimeout(()=>{toast.textContent=''},1200)}</script>"
    )


def sound() -> bytes:
    """Three seconds of silence."""
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(1)
        file.setframerate(8000)
        file.writeframes(bytes([128]) * 24000)
    return out.getvalue()
