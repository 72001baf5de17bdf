"""同意：首次运行的弹窗、同意之前不收集、不同意之后、默认勾选、同步告知目的、拒绝定位、定向推送。认定方法、GB/T 35273、GB/T 41391。"""

from __future__ import annotations

import re
from collections.abc import Iterable
from urllib.parse import unquote

from conformance.codes.citizen_id import is_valid
from conformance.pages import Control, Look, Page, consent_of, entered, named, require_consent, show
from conformance.suite import Cause, Procedure

# 请求、Cookie 和存储里说明收集了什么的名字。只看名字带不带得出个人信息或设备识别码，不看是谁收的。
_COLLECTS = re.compile(
    r"device_?id|imei|imsi|oaid|idfa|android_?id|mac_?addr|serial_?no|fingerprint|open_?id|union_?id"
    r"|(?<![a-z])(uid|lat|lng|lon|gps|phone|mobile|idcard|id_?number|id_?no)(?![a-z])|longitude|latitude",
    re.IGNORECASE,
)
_DOORS = {
    "geolocation": "定位",
    "camera-or-microphone": "摄像头或麦克风",
    "clipboard-read": "剪贴板",
    "notifications": "通知",
}
_SENSITIVE = re.compile(r"身份证|公民身份号码|身份号码|银行(卡|账)|行踪|人脸|指纹|护照")
_PURPOSE = re.compile(r"用于|用作|为了|以便|目的|用途|为您|以核")
_PERSONAL = re.compile(r"个性化|定向推|智能推荐|个性推荐")
_OFF = re.compile(r"关闭|退出|不感兴趣|个性化(推荐|展示|服务)|定向推")
_DONE = re.compile(r"提交成功|办理成功|已受理|受理编号|回执|申请成功")


def the_first_run_shows_the_policy(check: Procedure) -> None:
    """一.2：第一次打开时，在首屏以弹窗提示阅读隐私政策，弹窗里有它的链接。"""
    page = named(check, "home")
    dialog = consent_of(page.first)
    check.witness(f"第一次打开：{dialog.layer.text[:60] if dialog else page.first.text[:60]}")
    if not check.expect(
        dialog is not None,
        "第一次打开时没有征求同意的弹窗",
        expected="有“同意”按钮的弹窗",
        actual="没有",
        where=page.url,
    ):
        show(check, page, "截图：第一次打开", [(0, 0, page.first.view["width"], page.first.view["height"])])
    if dialog is not None:
        shown = dialog.policy is not None
        if not check.expect(
            shown,
            "弹窗里没有隐私政策的链接",
            expected="链接",
            actual=dialog.layer.text[:80],
            where=f"{page.url} {dialog.layer.sel}",
        ):
            show(check, page, "截图：没有隐私政策链接的弹窗", [dialog.layer.box])


def nothing_is_collected_before_consent(check: Procedure) -> None:
    """三.1：点“同意”之前的 2 秒里，请求、Cookie、存储里没有个人信息和设备识别码，也没有打开定位等权限。"""
    page = named(check, "home", steps=[["wait", 2]])
    require_consent(check, page)
    check.witness(f"同意之前 {len(page.requests)} 个请求，{len(page.look.cookies)} 个 Cookie")
    _clean(check, page, page.look, "同意之前")


def a_refusal_is_respected(check: Procedure) -> None:
    """三.2：点“不同意”之后不收集，再打开几次也不再征求。"""
    times = int(check.parameter("refusal_visits"))
    first = named(check, "home")
    dialog = require_consent(check, first)
    if dialog.refuse is None:
        check.stop(Cause.SYSTEM, "同意弹窗没有“不同意”，由 APP-45 判定", blocked_by="consent")
    steps: list[list[object]] = [["click", dialog.refuse.sel], ["wait", 0.3]]
    for _ in range(times):
        steps += [["reload"], ["look"]]
    page = named(check, "home", steps=steps)
    check.require(page.done, f"“不同意”按不下去：{page.undone}", Cause.SYSTEM)
    asked = sum(consent_of(look) is not None for look in page.looks[1:])
    check.witness(f"不同意之后又打开 {times} 次，征求 {asked} 次，{len(page.requests)} 个请求")
    most = int(check.parameter("refusal_prompts_max"))
    if not check.expect(
        asked <= most,
        "不同意之后仍反复征求同意",
        expected=f"至多 {most} 次",
        actual=f"{times} 次打开，{asked} 次征求",
        where=page.url,
    ):
        show(check, page, "截图：不同意之后再次打开", [dialog.layer.box])
    _clean(check, page, page.look, "不同意之后", since=page.first)


def _clean(check: Procedure, page: Page, look: Look, when: str, *, since: Look | None = None) -> None:
    """没有收集。`since`：只看那之后多出来的，向业务接口提交数据也算（不同意之后不应再提交）。"""
    bad = []
    for asked in page.requests:
        if since is not None and asked.step == 0:
            continue
        carried = unquote(asked.url) + " " + asked.body
        name = _COLLECTS.search(carried)
        if name or (since is not None and asked.method == "POST"):
            bad.append(f"{asked.method} {asked.url[:120]} {asked.body[:120]}（{name[0] if name else '提交数据'}）")
    check.expect(
        not bad,
        f"{when}，页面已发出带有个人信息或设备识别码的请求",
        expected="0 条",
        actual="；".join(bad)[:300],
        where=page.url,
    )
    kept = [
        f"{k}={v}"[:80]
        for k, v in _kept(look)
        if _COLLECTS.search(k) and (since is None or (k, v) not in set(_kept(since)))
    ]
    check.expect(
        not kept, f"{when}，页面已存下设备识别码", expected="没有", actual="；".join(kept)[:200], where=page.url
    )
    before = [h["what"] for h in since.heard] if since is not None else []
    opened = [_DOORS[h["what"]] for h in look.heard if h["what"] in _DOORS and h["what"] not in before]
    check.expect(
        not opened,
        f"{when}，页面已申请打开权限",
        expected="没有",
        actual="、".join(dict.fromkeys(opened)),
        where=page.url,
    )


def _kept(look: Look) -> Iterable[tuple[str, str]]:
    yield from ((str(c["name"]), str(c["value"])) for c in look.cookies)
    for store in look.storage.values():
        yield from store.items()


def consent_can_be_given_and_refused(check: Procedure) -> None:
    """GB/T 41391 6.4：征求同意时，同意和不同意都能选。几项目的有没有分开征求，由人看截图。"""
    page = named(check, "home")
    dialog = require_consent(check, page)
    check.witness(
        f"弹窗的控件：{'、'.join(c.name for c in (dialog.agree, dialog.refuse, dialog.policy) if c is not None)}"
    )
    if not check.expect(
        dialog.refuse is not None,
        "征求同意的弹窗只能同意",
        expected="有“不同意”一类的控件",
        actual=dialog.agree.name,
        where=f"{page.url} {dialog.layer.sel}",
    ):
        show(check, page, "截图：只能同意的弹窗", [dialog.layer.box])


def consent_is_not_ticked_beforehand(check: Procedure) -> None:
    """三：登录页的“同意”复选框，打开时没有勾选。"""
    page = named(check, "signin")
    boxes = [
        c
        for c in page.first.controls
        if c.shown and (c.type == "checkbox" or c.role in ("checkbox", "switch")) and "同意" in c.name
    ]
    if not boxes:
        return check.rule_out("登录页没有征求同意的复选框")
    for box in boxes:
        check.witness(f"{box.name[:40]}：{'已勾选' if box.checked else '未勾选'}")
        if not check.expect(
            not box.checked, "“同意”被预先勾选", expected="打开时未勾选", actual="已勾选", where=f"{page.url} {box.sel}"
        ):
            show(check, page, "截图：预先勾选的同意", [box.area])
    return None


def sensitive_fields_say_why(check: Procedure) -> None:
    """二.3：收集身份证号、银行账号等的输入框，在同一视图里有目的的说明。"""
    page = entered(check, "form")
    fields = [
        c
        for c in page.look.controls
        if c.shown and c.tag in ("input", "textarea") and _SENSITIVE.search(c.name + c.placeholder + c.near)
    ]
    if not fields:
        return check.rule_out("办事表单没有收集身份证号、银行账号等的输入框")
    for one in fields:
        check.witness(f"{one.name[:30]}：{one.near[:60]}")
        if not check.expect(
            bool(_PURPOSE.search(one.near)),
            "收集敏感个人信息的输入框没有说明目的",
            expected="同一视图里有用于什么的说明",
            actual=one.near[:80] or "没有说明",
            where=f"{page.url} {one.sel}",
        ):
            show(check, page, "截图：没有说明目的的输入框", [one.area])
    return None


def a_refused_permission_does_not_stop_the_service(check: Procedure) -> None:
    """不因拒绝非必要权限而拒绝提供业务功能：定位等一律拒绝，表单仍能办成。"""
    plain = entered(check, "form")
    steps: list[list[object]] = []
    for name, value in _pairs(check, "h5_form_values"):
        field = _field(plain.look, name)
        check.require(field is not None, f"办事表单没有名为“{name}”的输入框，请核对 h5_form_values")
        assert field is not None
        steps.append(["fill", field.sel, value])
    for one in plain.look.controls:
        if one.shown and one.tag == "button" and "位置" in one.name:
            steps.append(["click", one.sel])
    submit = next((c for c in plain.look.controls if c.shown and re.search(r"提交|申请|确认|下一步", c.text)), None)
    check.require(submit is not None, "办事表单没有提交的按钮", Cause.SYSTEM)
    assert submit is not None
    page = entered(check, "form", steps=[*steps, ["click", submit.sel], ["wait", 0.3]])
    check.require(page.done, f"表单填不完：{page.undone}", Cause.SYSTEM)
    check.witness(f"拒绝权限后提交：{page.look.text[-80:].strip()}")
    if not check.expect(
        bool(_DONE.search(page.look.text)),
        "拒绝定位等权限后不能办理",
        expected="提交成功，有受理编号或回执",
        actual=" ".join(page.look.text.split())[-120:],
        where=page.url,
    ):
        show(check, page, "截图：拒绝权限后提交", [submit.area])


def _pairs(check: Procedure, name: str) -> list[tuple[str, str]]:
    lines = [str(line).partition("=") for line in check.parameter(name)]
    check.require(all(key and equals for key, equals, _ in lines), f"参数 {name} 每项应写成“输入框=值”")
    return [(key.strip(), value.strip()) for key, _, value in lines]


def _field(look: Look, name: str) -> Control | None:
    fields = [c for c in look.controls if c.shown and c.tag in ("input", "textarea", "select")]
    return next((c for c in fields if name in (c.field, c.name, c.placeholder)), None) or next(
        (c for c in fields if name in c.name), None
    )


def personalisation_can_be_switched_off(check: Procedure) -> None:
    """三：定向推送有关闭的选项。"""
    page = entered(check, "mine")
    switch = next(
        (
            c
            for c in page.look.controls
            if c.shown and _OFF.search(c.name) and (_PERSONAL.search(c.name) or c.role == "switch")
        ),
        None,
    )
    check.witness(f"我的页面 {len(page.look.controls)} 个控件，开关：{switch.name if switch else '没有'}")
    check.expect(
        switch is not None, "没有关闭个性化推荐的选项", expected="个性化推荐的开关", actual="没有", where=page.url
    )


def personalised_content_is_marked(check: Procedure) -> None:
    """GB/T 35273 7.5：个性化展示的内容显著标明。"""
    page = entered(check, "mine")
    marks = [t for t in page.look.texts if _PERSONAL.search(t.text) and t.where not in ("button", "label", "a")]
    check.witness(f"我的页面 {len(page.look.texts)} 段文字，标明 {len(marks)} 处")
    check.expect(bool(marks), "个性化展示的内容没有标明", expected="个性化、定推等字样", actual="没有", where=page.url)


def personal_data_is_masked_on_pages(check: Procedure) -> None:
    """展示限制：页面上没有完整的公民身份号码和手机号码，而有遮挡过的。"""
    page = entered(check, "mine")
    text = page.look.text
    masked = re.findall(r"[0-9A-Za-z]{2,6}\*{3,}[0-9Xx]{2,4}", text)
    whole = [v for v in re.findall(r"(?<!\d)\d{17}[\dXx](?!\d)", text) if is_valid(v)]
    phones = re.findall(r"(?<!\d)1[3-9]\d{9}(?!\d)", text)
    if not masked and not whole and not phones:
        return check.rule_out("我的页面没有展示公民身份号码和手机号码")
    for value in masked:
        check.witness(f"遮挡过的 {value}")
    check.witness(f"完整的公民身份号码 {len(whole)} 个，手机号码 {len(phones)} 个")
    if not check.expect(
        not whole and not phones,
        "页面上有完整的个人信息",
        expected="0 处",
        actual=f"公民身份号码 {len(whole)} 个，手机号码 {len(phones)} 个",
        where=page.url,
    ):
        show(
            check,
            page,
            "截图：未遮挡的个人信息（文字已脱敏）",
            [t.box for t in page.look.texts if re.search(r"\d{11}", t.text)],
        )
    return None
