"""The home page: consent before anything else, entries of the services, search, the other version."""

from __future__ import annotations

from conformance.specimen.fault import Deviations
from conformance.specimen.govapp_pages.markup import NAME, footer, page

ALIASES = ("长辈版", "亲情版", "关爱版", "关怀版")
_ASK = """
const asked = localStorage.getItem("consent");
const layer = document.getElementById("consent");
function answer(said) { localStorage.setItem("consent", said); layer.hidden = true; %s }
if (!asked%s) layer.hidden = false;
if (asked === "yes") begin();
function begin() { fetch("/h5/api/visit", {method: "POST", body: JSON.stringify({page: "home"})}); }
"""


def home(d: Deviations) -> str:
    elder = "" if "elder-entry-missing" in d else '<a class="block" href="/h5/elder">长辈版</a>'
    search = (
        '<form action="/h5/search" role="search"><label>搜索服务 <input type="search" name="q"></label>'
        '<button>搜索</button></form>'
    )  # fmt: skip
    rate = "/h5/none" if "rating-entry-broken" in d else "/h5/rate"
    small = (
        ' style="min-height:30px;height:30px;min-width:40px;width:40px;padding:0"' if "home-small-button" in d else ""
    )
    login = f'<button id="login" onclick="location=\'/h5/signin\'"{small}>登录</button>'
    offer = "" if "policy-too-deep" in d else '<a href="/h5/download">下载App</a>'  # that page names the policy, too
    services = (
        '<div class="row"><a href="/h5/query">办件查询</a><a href="/h5/book">预约</a><a href="/h5/form">在线办理</a>'
        f'<a href="{rate}">评价</a><a href="/h5/mine">我的</a>{offer}<a href="/h5/more">更多</a></div>'
    )
    picture = '<img src="/h5/banner.svg" width="380" height="60"' + ("" if "image-without-alternative" in d else ' alt="政务服务横幅"') + ">"  # fmt: skip
    icon = '<button id="icon" onclick="location=\'/h5/mine\'"' + ("" if "button-without-name" in d else ' aria-label="我的消息"') + '><svg width="24" height="24" aria-hidden="true"><circle cx="12" cy="12" r="9" fill="#fff"/></svg></button>'  # fmt: skip
    frame = '<iframe src="/h5/notice" width="300" height="80"' + ("" if "frame-without-name" in d else ' title="公告"') + "></iframe>"  # fmt: skip
    pale = ' style="color:#aaa"' if "home-pale-text" in d else ""
    body = (
        f"<header><h1>{NAME}</h1>{elder}{login} {icon}</header><main>{picture}{search}<h2>服务</h2>{services}"
        f"<h2>公告</h2><div{pale}>本周六系统维护，期间暂停服务。</div>{frame}</main>"
    )
    return page(d, NAME, body + _forced(d) + _consent(d), name="home", script=_script(d), footer=footer(d))


def _consent(d: Deviations) -> str:
    if "no-first-run-dialog" in d:
        return '<div id="consent" hidden></div>'
    policy = "《服务说明》" if "dialog-without-policy" in d else '<a class="block" href="/h5/policy">《隐私政策》</a>'
    refuse = "" if "no-refuse-button" in d else "<button onclick=\"answer('no')\">不同意</button>"
    return (
        '<div id="consent" class="layer" role="dialog" aria-modal="true" aria-label="隐私政策提示" hidden>'
        f"<div>欢迎使用{NAME}。我们依照隐私政策收集和使用您的个人信息，请先阅读。</div>{policy}"
        f"<button onclick=\"answer('yes')\">同意并继续</button> {refuse}</div>"
    )


def _forced(d: Deviations) -> str:
    if "blocking-download-layer" not in d:
        return ""
    return '<div class="layer" style="top:0" id="forced"><p>下载App，查看完整内容</p><a class="block" href="/h5/download">立即下载</a></div>'


def _script(d: Deviations) -> str:
    after = "begin();" if "refusal-ignored" in d else 'if (said === "yes") begin();'
    again = ' || asked === "no"' if "asks-again-after-refusal" in d else ""
    out = _ASK % (after, again)
    if "reports-device-before-consent" in d:
        out += 'if (!asked) fetch("/h5/api/visit", {method: "POST", body: JSON.stringify({deviceId: "FAKE-a1b2c3d4", model: navigator.platform})});'
    if "locates-before-consent" in d:
        out += "if (!asked) navigator.geolocation.getCurrentPosition(() => {}, () => {});"
    if "tracker-before-consent" in d:
        out += 'if (!asked) new Image().src = "http://tracker.example/p?uid=FAKE-0001";'
    if "identifier-stored-before-consent" in d:
        out += 'if (!asked) document.cookie = "device_id=FAKE-9f8e7d6c; max-age=9999999";'
    if "automatic-download" in d:
        out += 'setTimeout(() => { const a = document.createElement("a"); a.href = "/h5/app.apk"; a.download = ""; a.click(); }, 500);'
    return out


def search(d: Deviations, words: str) -> str:
    known = ALIASES[:1] if "alias-not-found" in d else ALIASES
    found = [f'<a class="block" href="/h5/elder">{NAME}长辈版</a>'] if words in known else []
    body = f"<main><h1>搜索结果</h1>{''.join(found) or '<div>没有找到相关内容</div>'}</main>"
    return page(d, "搜索", body, footer=footer(d))
