"""Signing in, what the account holds, and the policy it was agreed to."""

from __future__ import annotations

from conformance.codes.citizen_id import check_character
from conformance.specimen.fault import Deviations
from conformance.specimen.govapp_pages.markup import FILING, ICP, NAME, ORGANISER, footer, page

_ID17 = "11010119050101996"  # of nobody: born 1905, a sequence that is not given out
_LOGIN = """
const f = document.forms[0], go = document.getElementById("go"), tick = document.getElementById("tick");
const sync = () => { go.disabled = !tick.checked; }; tick.onchange = sync; sync();
f.onsubmit = async e => { e.preventDefault();
  const r = await fetch("/h5/api/login", {method: "POST", body: JSON.stringify({account: f.account.value})});
  if (!r.ok) { f.password.style.borderColor = "#a8201a"; %s } };
%s
"""
_VOICE = """document.getElementById("voice").onclick = () => { const a = document.createElement("audio"); a.src = "/h5/voice.wav";
  a.controls = true; document.forms[0].append(a); document.getElementById("said").textContent = "语音验证码正在播放"; };"""


def signin(d: Deviations) -> str:
    told = (
        ""
        if "error-by-colour-only" in d
        else 'document.getElementById("wrong").textContent = "账号或口令错误，请重新输入";'
    )
    voice = "" if "captcha-only-visual" in d else '<button type="button" id="voice">语音验证码</button>'
    ticked = " checked" if "consent-box-ticked" in d else ""
    name = "" if "field-without-label" in d else "账号 "
    orders = (' tabindex="3"', ' tabindex="1"') if "focus-out-of-order" in d else ("", "")
    trap = "f.code.onkeydown = e => { if (e.key === 'Tab') e.preventDefault(); };" if "keyboard-trap" in d else ""
    body = (
        f"<main><h1>用户登录</h1><form><label>{name}<input type=text name=account{orders[0]}></label>"
        f"<label>口令 <input type=password name=password{orders[1]}></label>"
        '<div class=field><img id="captcha" src="/h5/captcha.svg" alt="图形验证码" width="120" height="40">'
        f'<label>验证码 <input type=text name=code></label>{voice}<span id="said" role="status"></span></div>'
        f"<label class=tick><input type=checkbox id=tick{ticked}> 我已阅读并同意隐私政策</label>"
        '<a class="block" href="/h5/policy">《隐私政策》</a><div style="height:12px"></div>'
        '<button id="go">登录</button><div id="wrong" class="error" role="alert"></div></form></main>'
    )
    return page(
        d,
        "用户登录",
        body,
        script=_LOGIN % (told, ("" if "captcha-only-visual" in d else _VOICE) + trap),
        footer=footer(d),
    )


def mine(d: Deviations) -> str:
    number = _ID17 + check_character(_ID17)
    shown = number if "id-in-full" in d else number[:4] + "*" * 10 + number[-4:]
    switch = '<button role="switch" aria-checked="true" id="personal">个性化推荐</button>'
    mark = "<h2>为你推荐（个性化）</h2>"
    if "personalisation-not-left" in d:
        switch = ""
    if "personalisation-not-marked" in d:
        mark = "<h2>热门</h2>"
    said = "" if "toast-without-live-region" in d else ' role="status"'
    panel = 'const p = document.createElement("div"); p.innerHTML = %s; document.querySelector("main").append(p);'
    inner = (
        "'<button><b></b></button><div>更多设置</div>'"
        if "update-without-name" in d
        else "'<button>收起</button><div>更多设置</div>'"
    )
    body = (
        f"<main><h1>我的</h1><div>姓名 张*</div><div>公民身份号码 {shown}</div><div>手机 199****0001</div>"
        f'{mark}<div>办理居住证指南</div>{switch} <button id="more">展开设置</button> '
        f'<button id="keep">收藏</button><div id="toast" class="toast"{said}></div></main>'
    )
    toast = (
        "const t = document.getElementById('toast'); document.getElementById('keep').onclick = () => { "
        "t.textContent = '收藏成功'; setTimeout(() => { t.textContent = ''; }, 1200); };"
    )
    script = toast + f"document.getElementById('more').onclick = () => {{ {panel % inner} }};"
    return page(d, "我的", body, script=script, footer=footer(d))


def policy(d: Deviations) -> str:
    if "policy-is-blank" in d:
        return page(d, "隐私政策", "<main><h1>隐私政策</h1><div>内容整理中</div></main>", footer=footer(d))
    if "policy-in-english" in d:
        text = "<p>We collect your name, identity number and phone in order to provide services. </p>" * 8
        return page(d, "隐私政策", f"<main><h1>隐私政策</h1>{text}{_sections(d, hidden=True)}</main>", footer=footer(d))
    size = "font-size:9px" if "policy-tiny-text" in d else ""
    colour = "color:#b5b5b5" if "policy-pale-text" in d else ""
    return page(
        d, "隐私政策", f'<main style="{size};{colour}"><h1>隐私政策</h1>{_sections(d)}</main>', footer=footer(d)
    )


def _sections(d: Deviations, *, hidden: bool = False) -> str:
    kept = "" if "policy-without-retention" in d else "<h2>保存期限</h2><p>办结后保存三年，期满删除。</p>"
    contact = "联系我们" if "no-complaint-channel" in d else "投诉举报和联系方式"
    phone = "请到窗口咨询。" if "no-complaint-channel" in d else "投诉举报电话 12345，邮箱 service@example.gov.cn。"
    text = (
        f"<h2>个人信息处理者</h2><p>{ORGANISER}（{NAME}）。</p>"
        "<h2>收集个人信息的目的、方式和范围</h2><p>为核对办理人身份，在您填写时收集姓名和公民身份号码；为通知办理结果，收集手机号码。</p>"
        f"{kept}<h2>共享和对外提供</h2><p>不对外共享，法律法规另有规定的除外。</p>"
        "<h2>您的权利</h2><p>您可以查阅、更正、删除个人信息，撤回同意，注销账号。</p>"
        f"<h2>{contact}</h2><p>{phone}</p>"
    )
    return f'<div style="font-size:12px">{text}</div>' if hidden else text


def about(d: Deviations) -> str:
    number = "政务应用备 FAKE-2026-9999 号" if "filing-number-differs" in d else FILING
    filed = "" if "filing-number-missing" in d else f"<div>备案编号：{number}</div>"
    organiser = "" if "organiser-missing" in d else f"<div>主办单位：{ORGANISER}</div>"
    icp = "京ICP备XXXXXXXX号" if "icp-is-a-placeholder" in d else ICP
    site = "#" if "icp-without-link" in d else "https://beian.miit.gov.cn/"
    body = f'<main><h1>关于{NAME}</h1>{organiser}{filed}<div>App备案号：{icp}</div><a class="block" href="{site}">备案系统</a></main>'
    return page(d, "关于我们", body)
