"""What is done on the pages: an application, a complaint, a look-up, a booking, a rating; and the page that offers the App."""

from __future__ import annotations

from conformance.specimen.fault import Deviations
from conformance.specimen.govapp_pages.markup import NAME, ORGANISER, footer, page

_APPLY = """
let place = null;
document.getElementById("here").onclick = () => navigator.geolocation.getCurrentPosition(p => { place = p.coords; },
  () => { document.getElementById("told").textContent = "没有取得位置，可以手工填写地址"; });
document.forms[0].onsubmit = async e => { e.preventDefault();
  %s
  const r = await fetch("/h5/api/apply", {method: "POST", body: JSON.stringify({name: document.forms[0].applicant.value})});
  document.getElementById("told").textContent = "提交成功，受理编号 " + (await r.json()).receipt; };
"""
_NEEDS_PLACE = """if (!place) { document.getElementById("told").textContent = "请先允许定位，否则不能办理"; return; }"""
_SEND = """
document.forms[0].onsubmit = async e => { e.preventDefault();
  const r = await fetch("/h5/api/feedback", {method: "POST", body: JSON.stringify({text: document.forms[0].text.value})});
  document.getElementById("told").textContent = "%s" + (await r.json()).receipt%s; };
"""


def form(d: Deviations) -> str:
    why = "" if "id-field-without-purpose" in d else "<div class=hint>用于核对办理人身份，不作他用</div>"
    body = (
        f"<main><h1>在线办理：居住证签注</h1><form><label>姓名 <input type=text name=applicant required></label>"
        f'<div class="field"><label>公民身份号码 <input type=text name=idNumber required></label>{why}</div>'
        "<label>地址 <input type=text name=address></label><button type=button id=here>使用当前位置</button> "
        '<button id="apply">提交申请</button><div id="told" role="status"></div></form></main>'
    )
    script = _APPLY % (_NEEDS_PLACE if "location-required" in d else "")
    return page(d, "在线办理", body, script=script, footer=footer(d))


def feedback(d: Deviations) -> str:
    body = (
        "<main><h1>投诉建议</h1><form><label>内容 <input type=text name=text required></label>"
        '<button>提交</button><div id="told" role="status"></div></form></main>'
    )
    return page(d, "投诉建议", body, script=_SEND % ("已收到，回执号 ", ""), footer=footer(d))


def plain(d: Deviations, title: str, text: str, more: str = "") -> str:
    return page(d, title, f"<main><h1>{title}</h1><div>{text}</div>{more}</main>", footer=footer(d))


def deeper(d: Deviations, level: int) -> str:
    """Pages below `更多`, where a fault hides what belongs near the home page."""
    following = f'<a class="block" href="/h5/more{level + 1}">下一页 {level + 1}</a>' if level < 4 else ""
    policy = '<a class="block" href="/h5/policy">隐私政策</a>' if level == 4 and "policy-too-deep" in d else ""
    complain = '<a class="block" href="/h5/feedback">投诉建议</a>' if level == 4 and "feedback-too-deep" in d else ""
    return page(d, f"更多 {level}", f"<main><h1>更多 {level}</h1>{following}{policy}{complain}</main>")


def download(d: Deviations) -> str:
    permissions = "" if "download-without-permissions" in d else "<h2>权限列表</h2><div>相机：拍摄办事材料。位置：查找附近的办事大厅。</div>"  # fmt: skip
    operator = "" if "download-without-operator" in d else f"<div>开发运营者：{ORGANISER}</div>"
    cancel = "" if "download-without-cancel" in d else '<a class="block" href="/h5/">取消，继续浏览网页</a>'
    body = (
        f"<main><h1>下载{NAME} App</h1>{operator}<h2>产品功能</h2><div>办事查询、预约、在线办理、投诉建议、评价。</div>"
        f'<a class="block" href="/h5/policy">隐私政策</a>{permissions}<div style="height:12px"></div>'
        f'<button id="get">下载App</button><div style="height:12px"></div>{cancel}</main>'
    )
    return page(d, "下载App", body)
