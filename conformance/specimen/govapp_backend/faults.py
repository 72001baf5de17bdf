"""Every way in which the backend can be told to be wrong, and the checks that must notice it.

`source`: 设计说明 a fault that the notes on the clause name, 假想 one that nobody named but a clause must be able to find.
"""

from __future__ import annotations

from collections.abc import Iterator

from conformance.specimen.fault import WHOLE_SYSTEM, Fault

NAMED, MADE = "条款的举例", "假想"

# short name → profile/clause/check
CHECKS = {
    "routes": "gov-app-2026-12/APP-02/routes-of-forced-functions-are-absent",
    "complaints": "gov-app-2026-12/APP-03/complaints-are-found-by-their-receipt",
    "ipv6": "gov-app-2026-12/APP-05/backend-hosts-have-ipv6-addresses",
    "platform": "gov-app-security-2024/APP-07/the-package-is-offered-on-a-filed-platform",
    "tested": "gov-app-security-2024/APP-07/the-offered-package-is-the-tested-one",
    "real-name": "gov-app-security-2024/APP-09/an-account-without-real-name-data-is-not-served",
    "factors": "gov-app-security-2024/APP-10/a-sensitive-operation-with-a-password-alone-is-refused",
    "whole": "gov-media-2019/APP-13/the-client-is-downloaded-whole",
    "lately": "gov-media-2019/APP-13/something-was-published-lately",
    "questions": "gov-media-2019/APP-14/questions-are-acknowledged-and-have-a-state",
    "by-name": "gov-mobile-2021-105/APP-15/services-are-found-by-name",
    "bookings": "gov-mobile-2021-105/APP-15/bookings-are-kept",
    "progress": "gov-mobile-2021-105/APP-15/applications-have-progress",
    "ratings": "gov-mobile-2021-105/APP-15/ratings-are-kept",
    "again": "app-pi-rules-2019/APP-21/a-new-policy-asks-for-consent-again",
    "before": "app-pi-rules-2019/APP-24/collecting-before-consent-is-refused",
    "pushed": "app-pi-rules-2019/APP-28/pushed-lists-are-alike-after-opting-out",
    "corrections": "app-pi-rules-2019/APP-31/corrections-take-effect",
    "erased": "app-pi-rules-2019/APP-31/erased-items-are-gone",
    "cancelled": "app-pi-rules-2019/APP-31/a-cancelled-account-is-gone",
    "optional": "gbt-35273-2020/APP-33/needless-fields-are-optional",
    "others": "gbt-35273-2020/APP-34/refusing-one-function-leaves-the-others",
    "kept": "gbt-35273-2020/APP-35/nothing-is-kept-without-consent",
    "travel": "gbt-35273-2020/APP-38/sensitive-data-travel-encrypted",
    "addresses": "gbt-35273-2020/APP-38/no-address-carries-sensitive-data",
    "stored": "gbt-35273-2020/APP-38/sensitive-data-are-stored-encrypted",
    "masked": "gbt-35273-2020/APP-39/answers-show-masked-personal-data",
    "demands": "gbt-35273-2020/APP-41/cancellation-names-a-deadline-and-demands-nothing",
    "necessary": "gbt-41391-2022/APP-43/required-fields-are-necessary",
    "plain": "gbt-35282-2023/APP-64/plain-requests-are-redirected-or-refused",
    "tls": "gbt-35282-2023/APP-64/old-tls-versions-are-refused",
    "token": "gbt-35282-2023/APP-68/calls-without-a-token-are-refused",
    "expired": "gbt-35282-2023/APP-68/an-expired-token-is-refused",
    "not-mine": "gbt-35282-2023/APP-68/the-applications-of-others-are-not-shown",
}

_TABLE = (
    ("clock-in-route", "打卡签到的接口存在并返回数据", NAMED, "routes"),
    ("ranking-route", "积分排名的接口存在并返回数据", NAMED, "routes"),
    ("complaints-are-refused", "投诉建议的接口未开通", NAMED, "complaints"),
    ("complaints-without-a-receipt", "投诉建议没有回执", NAMED, "complaints"),
    ("complaints-are-not-kept", "投诉建议提交后查不到", NAMED, "complaints"),
    ("backend-host-without-aaaa", "后台域名只有 A 记录", NAMED, "ipv6"),
    ("aaaa-of-a-closed-port", "后台域名的 AAAA 连不上", MADE, "ipv6"),
    ("offered-on-another-site", "下载地址不在政府网站，也不在备案的分发平台", NAMED, "platform"),
    ("another-package-is-offered", "下载的不是送检的安装包", NAMED, "tested"),
    ("unverified-accounts-are-served", "未实名的账号可以办事", NAMED, "real-name"),
    ("password-alone-is-enough", "只凭口令就能改绑手机号", NAMED, "factors"),
    ("download-is-missing", "下载地址 404", NAMED, "whole"),
    ("download-is-a-page", "下载地址给出的是网页", MADE, "whole tested"),
    ("nothing-was-published-lately", "最新的内容是 30 天前的", NAMED, "lately"),
    ("content-is-dated-ahead", "以将来的日期充作更新", MADE, "lately"),
    ("questions-are-refused", "没有提交咨询的入口", NAMED, "questions"),
    ("questions-are-not-kept", "咨询留言提交后查不到", MADE, "questions"),
    ("questions-without-a-state", "咨询留言没有受理和答复的状态", MADE, "questions"),
    ("search-finds-nothing", "按名称查不到服务事项", MADE, "by-name"),
    ("search-ignores-the-keyword", "查询不看关键字", MADE, "by-name"),
    ("bookings-are-not-kept", "预约没有保存", MADE, "bookings"),
    ("applications-without-progress", "办件没有进度", MADE, "progress"),
    ("applications-are-not-listed", "本人的办件里没有刚提交的", MADE, "progress"),
    ("ratings-are-not-kept", "评价没有保存", NAMED, "ratings"),
    ("old-consent-goes-on", "隐私政策改版后旧的同意继续有效", NAMED, "again"),
    ("collects-before-consent", "没有同意就收集并保存", NAMED, "before kept"),
    ("collects-and-discards", "没有同意也答复成功，只是没有保存", MADE, "before"),
    ("refuses-and-keeps", "答复拒绝，却保存了", NAMED, "kept"),
    ("pushes-after-opting-out", "关闭后列表仍不同", NAMED, "pushed"),
    ("opting-out-is-refused", "不能关闭定向推送", MADE, "pushed"),
    ("corrections-are-lost", "更正没有生效", MADE, "corrections"),
    ("erased-items-stay", "删除没有生效", MADE, "erased"),
    ("cancelled-account-signs-in", "注销后仍可登录", NAMED, "cancelled"),
    ("cancelled-session-goes-on", "注销后原来的会话仍可使用", MADE, "cancelled"),
    ("cancellation-demands-a-photo", "注销要求手持身份证照", NAMED, "cancelled demands"),
    ("cancellation-without-deadline", "注销的答复没有期限", MADE, "demands"),
    ("needless-field-is-required", "与业务无关的民族必填", NAMED, "optional"),
    ("consent-is-all-or-nothing", "一揽子同意：一项没有同意，别的也不能用", NAMED, "others"),
    ("refused-function-goes-on", "没有同意的功能照常使用", MADE, "others"),
    ("form-requires-the-occupation", "表单把职业标为必填", NAMED, "necessary"),
    ("plain-progress-address", "答复给出明文的业务地址", MADE, "travel"),
    ("id-number-in-an-address", "身份证号出现在地址里", NAMED, "addresses"),
    ("token-in-an-address", "令牌出现在地址里", MADE, "addresses"),
    ("id-number-stored-plainly", "数据库里以明文保存身份证号", MADE, "stored"),
    ("phone-stored-plainly", "数据库里以明文保存手机号码", MADE, "stored"),
    ("list-shows-the-id-number", "列表返回完整的身份证号", NAMED, "masked"),
    ("progress-shows-the-phone", "办件详情返回完整的手机号码", MADE, "masked"),
    ("own-page-shows-the-id-number", "本人信息返回完整的身份证号", MADE, "masked"),
    ("plain-port-serves", "明文端口提供业务接口", MADE, "plain"),
    ("old-tls-is-accepted", "接受 TLS 1.1", MADE, "tls"),
    ("no-token-needed", "不带令牌也能查询", MADE, "token"),
    ("wrong-token-accepted", "错误的令牌也能查询", MADE, "token"),
    ("expired-token-accepted", "过期的令牌仍可使用", MADE, "expired"),
    ("applications-of-others-are-shown", "改编号即看他人办件", NAMED, "not-mine"),
)  # fmt: skip

HOLLOW = {"hollow-200-empty": 200, "all-401": 401, "all-404": 404, "all-500": 500}


def _faults() -> Iterator[Fault]:
    for name, title, source, kills in _TABLE:
        yield Fault(name, title, source, tuple(CHECKS[k] for k in kills.split()))
    for name, status in HOLLOW.items():
        yield Fault(name, "一律 200、空对象" if status == 200 else f"一律 {status}", MADE, kind=WHOLE_SYSTEM)


FAULTS = tuple(_faults())
