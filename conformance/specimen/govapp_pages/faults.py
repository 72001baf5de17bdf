"""What can be wrong with the pages: each fault one deviation, with the checks that must fail because of it."""

from __future__ import annotations

from conformance.specimen.fault import Fault

_ELDER, _PI, _A11Y = "app-elder-2021", "app-pi-rules-2019", "gbt-37668-2019"


def _f(name: str, title: str, *kills: str) -> Fault:
    return Fault(name, title, "假想", kills)


FAULTS: tuple[Fault, ...] = (
    # App适老化规范
    _f("elder-text-16px", "适老版正文 16 dp", f"{_ELDER}/APP-69/main-text-of-the-elder-version-is-large"),
    _f("font-switch-stops-at-24", "字体最大只能放大到 24 dp", f"{_ELDER}/APP-69/the-text-of-the-elder-version-grows-to-thirty"),
    _f("font-switch-does-nothing", "放大字体的按钮没有作用", f"{_ELDER}/APP-69/the-text-of-the-elder-version-grows-to-thirty"),
    _f("elder-lines-crowded", "适老版行距 1.2 倍", f"{_ELDER}/APP-70/lines-of-the-elder-version-are-apart"),
    _f("elder-paragraphs-crowded", "适老版段落之间只隔 8 px", f"{_ELDER}/APP-70/paragraphs-of-the-elder-version-are-apart"),
    _f("elder-pale-text", "适老版正文浅灰", f"{_ELDER}/APP-71/text-of-the-elder-version-has-contrast"),
    _f("error-by-colour-only", "口令错误时只有边框变红", f"{_ELDER}/APP-72/a-wrong-password-is-told-in-words"),
    _f("captcha-only-visual", "验证码只有图形", f"{_ELDER}/APP-73/a-captcha-has-another-sense"),
    _f("elder-small-button", "适老版的一个入口高 40", f"{_ELDER}/APP-74/controls-of-the-elder-version-are-large"),
    _f("home-small-button", "首页的登录按钮 40×30", f"{_ELDER}/APP-74/controls-elsewhere-are-large"),
    _f("close-at-bottom-right", "浮窗的关闭按钮在右下", f"{_ELDER}/APP-76/floating-windows-close-in-the-right-place"),
    _f("close-too-small", "浮窗的关闭按钮 20×20", f"{_ELDER}/APP-76/floating-windows-close-in-the-right-place",
       f"{_ELDER}/APP-74/controls-of-the-elder-version-are-large"),
    _f("elder-entry-missing", "首页没有适老版的入口", f"{_ELDER}/APP-77/the-elder-version-is-entered-from-home"),
    _f("alias-not-found", "搜索“关怀版”没有结果", f"{_ELDER}/APP-77/the-names-of-the-elder-version-are-found"),
    _f("elder-hidden-from-readers", "适老版的主要内容 aria-hidden", f"{_ELDER}/APP-78/nothing-is-hidden-from-readers"),
    _f("elder-advertisement", "适老版有广告框架", f"{_ELDER}/APP-79/the-elder-version-has-no-advertisements"),
    _f("elder-luring-button", "适老版有“立即领取红包”", f"{_ELDER}/APP-79/nothing-lures-in-the-elder-version"),
    # 认定方法
    _f("policy-is-blank", "隐私政策没有内容", f"{_PI}/APP-16/the-policy-has-its-rules", f"{_PI}/APP-32/complaint-channels-are-published",
       "gbt-35273-2020/APP-36/the-policy-has-its-sections"),
    _f("no-first-run-dialog", "第一次打开直接进首页", f"{_PI}/APP-17/the-first-run-shows-the-policy"),
    _f("dialog-without-policy", "弹窗里没有隐私政策的链接", f"{_PI}/APP-17/the-first-run-shows-the-policy"),
    _f("policy-too-deep", "隐私政策在第 5 层", f"{_PI}/APP-18/the-policy-is-near"),
    _f("policy-tiny-text", "隐私政策 9 px", f"{_PI}/APP-19/the-policy-is-large-enough-to-read"),
    _f("policy-pale-text", "隐私政策浅灰", f"{_PI}/APP-19/the-policy-is-not-pale"),
    _f("policy-in-english", "隐私政策多数是英文", f"{_PI}/APP-19/the-policy-is-in-simplified-chinese"),
    _f("id-field-without-purpose", "身份证号的输入框没有说明", f"{_PI}/APP-22/sensitive-fields-say-why"),
    _f("reports-device-before-consent", "同意之前上报设备识别码", f"{_PI}/APP-24/pages-collect-nothing-before-consent"),
    _f("locates-before-consent", "同意之前申请定位", f"{_PI}/APP-24/pages-collect-nothing-before-consent"),
    _f("tracker-before-consent", "同意之前向第三方发送用户标识", f"{_PI}/APP-24/pages-collect-nothing-before-consent"),
    _f("identifier-stored-before-consent", "同意之前写入设备识别码 Cookie", f"{_PI}/APP-24/pages-collect-nothing-before-consent"),
    _f("asks-again-after-refusal", "不同意之后每次都弹窗", f"{_PI}/APP-25/a-refusal-is-respected"),
    _f("refusal-ignored", "不同意之后照样上报", f"{_PI}/APP-25/a-refusal-is-respected"),
    _f("consent-box-ticked", "登录页的同意预先勾选", f"{_PI}/APP-27/consent-is-not-ticked-beforehand"),
    _f("personalisation-not-left", "没有个性化推荐的开关", f"{_PI}/APP-28/personalisation-has-a-switch"),
    _f("location-required", "拒绝定位就不能办理", f"{_PI}/APP-30/a-refused-permission-does-not-stop-the-service"),
    _f("no-complaint-channel", "没有投诉举报的方式", f"{_PI}/APP-32/complaint-channels-are-published"),
    # 标明和入口
    _f("filing-number-missing", "关于页没有备案编号", "gov-app-2026-12/APP-01/the-organiser-and-filing-number-are-shown"),
    _f("filing-number-differs", "备案编号与备案单不一致", "gov-app-2026-12/APP-01/the-organiser-and-filing-number-are-shown"),
    _f("organiser-missing", "关于页没有主办单位", "gov-app-2026-12/APP-01/the-organiser-and-filing-number-are-shown"),
    _f("feedback-too-deep", "投诉建议在第 5 层", "gov-app-2026-12/APP-03/complaints-are-near-home",
       "gov-mobile-2021-105/APP-15/five-services-are-reachable"),
    _f("feedback-entry-broken", "投诉建议打不开", "gov-app-2026-12/APP-03/complaints-are-near-home",
       "gov-mobile-2021-105/APP-15/five-services-are-reachable"),
    _f("home-without-organisation", "首页只写某某在线", "gov-app-security-2024/APP-08/the-organisation-is-named-at-home"),
    _f("icp-without-link", "备案编号没有链接", "miit-app-filing/APP-11/the-icp-number-links-to-the-filing-system"),
    _f("icp-is-a-placeholder", "备案编号是占位符", "miit-app-filing/APP-11/the-icp-number-links-to-the-filing-system"),
    _f("rating-entry-broken", "评价的入口打不开", "gov-mobile-2021-105/APP-15/five-services-are-reachable"),
    # GB/T 35273、GB/T 41391
    _f("policy-without-retention", "隐私政策没有保存期限", "gbt-35273-2020/APP-36/the-policy-has-its-sections"),
    _f("id-in-full", "我的页面显示完整的公民身份号码", "gbt-35273-2020/APP-39/personal-data-is-masked-on-pages"),
    _f("personalisation-not-marked", "个性化推荐没有标明", "gbt-35273-2020/APP-40/personalised-content-is-marked"),
    _f("no-refuse-button", "弹窗只能同意", "gbt-41391-2022/APP-45/consent-is-given-or-refused"),
    # 26号文
    _f("download-without-permissions", "下载页没有权限列表", "miit-26-2023/APP-57/the-download-page-says-what-it-offers"),
    _f("download-without-operator", "下载页没有开发运营者", "miit-26-2023/APP-57/the-download-page-says-what-it-offers"),
    _f("download-without-cancel", "下载页没有取消", "miit-26-2023/APP-57/the-download-page-says-what-it-offers"),
    _f("automatic-download", "打开首页就下载", "miit-26-2023/APP-58/nothing-is-forced-while-reading"),
    _f("blocking-download-layer", "遮住首页要人下载", "miit-26-2023/APP-58/nothing-is-forced-while-reading",
       "miit-26-2023/APP-59/windows-close-when-asked"),
    _f("notice-without-close", "浮窗没有关闭按钮", "miit-26-2023/APP-59/windows-close-when-asked"),
    _f("close-does-nothing", "关闭按钮没有反应", "miit-26-2023/APP-59/windows-close-when-asked"),
    # GB/T 37668
    _f("button-without-name", "图标按钮没有名称", f"{_A11Y}/WEB-54/controls-have-names"),
    _f("field-without-label", "账号输入框没有标签", f"{_A11Y}/WEB-54/controls-have-names"),
    _f("image-without-alternative", "图片没有替代文本", f"{_A11Y}/WEB-55/pictures-have-alternatives"),
    _f("focus-out-of-order", "tabindex 打乱焦点", f"{_A11Y}/WEB-56/focus-goes-in-order"),
    _f("keyboard-trap", "Tab 困在验证码输入框", f"{_A11Y}/WEB-56/the-keyboard-is-never-trapped"),
    _f("toast-without-live-region", "提示一秒多就消失，没有 aria-live", f"{_A11Y}/WEB-57/passing-notices-stand-in-a-live-region"),
    _f("update-without-name", "展开后的按钮没有名称", f"{_A11Y}/WEB-58/updated-parts-have-names"),
    _f("home-without-title", "首页没有标题", f"{_A11Y}/WEB-59/pages-have-title-and-language"),
    _f("home-without-language", "首页没有标明语言", f"{_A11Y}/WEB-59/pages-have-title-and-language"),
    _f("home-pale-text", "首页公告浅灰", f"{_A11Y}/WEB-59/text-has-contrast"),
    _f("home-not-zoomable", "首页禁止缩放", f"{_A11Y}/WEB-59/zooming-is-not-forbidden"),
    _f("frame-without-name", "首页的框架没有名称", f"{_A11Y}/WEB-59/frames-have-names"),
)  # fmt: skip
