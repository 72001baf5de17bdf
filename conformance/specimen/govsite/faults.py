"""Every way in which this site can be told to be wrong, and the checks that must notice it.

`source`: the row of the notes that asks for the fault; "假想" where nobody reported one.
"""

from __future__ import annotations

from conformance.specimen.fault import WHOLE_SYSTEM, Fault
from conformance.specimen.govsite import browsed

_2019, _47, _12, _2024, _31506, _V6 = (
    "gov-site-2019",
    "gov-site-2017-47",
    "gov-site-report-2018",
    "gov-site-security-2024",
    "gbt-31506-2022",
    "gov-site-ipv6",
)
_CHECKS = {
    "01": f"{_2019}/WEB-01/visits-over-a-week-open-the-site",
    "02": f"{_2019}/WEB-02/the-home-page-was-updated-within-two-weeks",
    "03": f"{_2019}/WEB-03/few-news-notice-and-policy-columns-are-stale",
    "04": f"{_2019}/WEB-04/few-columns-are-past-their-update-duty",
    "05": f"{_2019}/WEB-05/few-columns-are-blank",
    "06": f"{_2019}/WEB-06/a-message-form-is-offered",
    "06s": f"{_2019}/WEB-06/a-submitted-message-gets-a-receipt",
    "06q": f"{_2019}/WEB-06/a-receipt-finds-its-message",
    "07": f"{_2019}/WEB-07/no-inquiry-waits-longer-than-three-months",
    "08": f"{_2019}/WEB-08/service-guides-hold-their-elements",
    "10": f"{_2019}/WEB-10/no-hidden-link-leads-elsewhere",
    "10s": f"{_2019}/WEB-10/scripts-come-from-known-hosts",
    "10t": f"{_2019}/WEB-10/content-pages-hold-their-confirmed-text",
    "11f": f"{_2019}/WEB-11/dates-agree-with-the-first-sight-of-the-pages",
    "11": f"{_2019}/WEB-11/list-dates-agree-with-the-pages",
    "14": f"{_2019}/WEB-14/in-site-links-open",
    "14i": f"{_2019}/WEB-14/pictures-and-attachments-open",
    "14o": f"{_2019}/WEB-14/outside-links-open",
    "15": f"{_2019}/WEB-15/policy-columns-were-updated-within-six-months",
    "16": f"{_2019}/WEB-16/service-statistics-were-updated-within-three-months",
    "17": f"{_2019}/WEB-17/replies-were-published-within-two-months",
    "18": f"{_2019}/WEB-18/published-messages-hold-times-and-replies",
    "18s": f"{_2019}/WEB-18/statistics-of-messages-are-published",
    "19": f"{_2019}/WEB-19/known-titles-are-found-by-the-search",
    "19k": f"{_2019}/WEB-19/search-results-are-shown-by-kind",
    "20": f"{_2019}/WEB-20/the-title-names-the-site",
    "20m": f"{_2019}/WEB-20/the-party-and-government-mark-leads-to-its-register",
    "21": f"{_2019}/WEB-21/the-home-page-links-to-error-reporting",
    "22": f"{_2019}/WEB-22/the-name-has-aaaa-records",
    "22h": f"{_2019}/WEB-22/the-home-page-opens-over-ipv6",
    "22s": f"{_2019}/WEB-22/the-home-page-is-the-same-over-ipv6",
    "22l": f"{_2019}/WEB-22/links-of-the-home-page-open-over-ipv6",
    "42": f"{_V6}/WEB-42/the-resolver-gives-aaaa-records",
    "42h": f"{_V6}/WEB-42/the-home-page-answers-over-ipv6",
    "42v": f"{_V6}/WEB-42/repeated-visits-over-ipv6-succeed",
    "43": f"{_V6}/WEB-43/home-pages-of-both-families-agree",
    "43s": f"{_V6}/WEB-43/second-level-links-answer-over-ipv6",
    "43t": f"{_V6}/WEB-43/third-level-links-answer-over-ipv6",
    "23": f"{_47}/WEB-23/the-domain-is-formed-as-prescribed",
    "27": f"{_47}/WEB-27/content-pages-show-when-they-were-published",
    "29": f"{_47}/WEB-29/no-column-is-blank",
    "30": f"{_47}/WEB-30/the-home-page-offers-a-working-search",
    "31n": f"{_47}/WEB-31/the-footer-names-the-site",
    "31o": f"{_47}/WEB-31/the-footer-names-the-organiser",
    "31t": f"{_47}/WEB-31/the-footer-gives-a-contact",
    "31c": f"{_47}/WEB-31/the-footer-gives-the-site-code",
    "31i": f"{_47}/WEB-31/the-footer-gives-the-icp-number",
    "31p": f"{_47}/WEB-31/the-footer-gives-the-police-number",
    "31m": f"{_47}/WEB-31/the-footer-shows-the-party-and-government-mark",
    "32": f"{_47}/WEB-32/the-home-page-has-its-tags",
    "33": f"{_47}/WEB-33/column-pages-have-their-tags",
    "34": f"{_47}/WEB-34/content-pages-have-their-tags",
    "34t": f"{_47}/WEB-34/the-title-tag-is-the-heading",
    "34d": f"{_47}/WEB-34/the-date-tag-is-the-shown-time",
    "36": f"{_47}/WEB-36/pages-show-no-personal-numbers",
    "36a": f"{_47}/WEB-36/attachments-hold-no-personal-numbers",
    "38": f"{_12}/WEB-38/the-annual-report-was-published-in-time",
    "39": f"{_2024}/WEB-39/the-domain-has-a-permitted-suffix",
    "41": f"{_2024}/WEB-41/the-site-names-its-organisation",
    "44d": f"{_31506}/WEB-44/database-ports-are-closed-here",
    "44": f"{_31506}/WEB-44/the-administration-does-not-answer-here",
}  # fmt: skip


def _fault(name: str, title: str, source: str, *kills: str) -> Fault:
    return Fault(name, title, source, tuple(_CHECKS[k] for k in kills))


UPDATES = (
    _fault("every-tenth-visit-fails", "一周的访问每十次有一次连不上", "WEB-01", "01"),
    _fault("every-tenth-visit-takes-twenty-seconds", "一周的访问每十次有一次要 20 秒", "WEB-01", "01"),
    _fault("home-shows-only-old-entries", "首页全部日期早于 15 天", "WEB-02", "02"),
    _fault("news-and-notice-columns-are-stale", "五个动态要闻、通知公告类栏目超期", "WEB-03", "03"),
    _fault("ten-columns-are-a-year-old", "10 个栏目一年未更新", "WEB-04", "04"),
    _fault("five-columns-are-blank", "5 个空栏目", "WEB-05", "05", "29"),
    _fault("one-column-is-blank", "一个栏目点开为空", "WEB-29", "29"),
    _fault("a-list-date-is-made-younger", "列表标注的日期比页面晚 20 天", "WEB-11", "11"),
    _fault("a-new-article-is-dated-back", "今日首次出现却标注 20 天前", "WEB-11", "11f"),
    _fault("an-old-article-is-dated-anew", "早就出现的文章改标为今天", "假想", "11f"),
    _fault("a-policy-column-is-stale", "一个政策文件类栏目 7 个月未更新", "WEB-15", "15"),
    _fault("statistics-are-four-months-old", "办事统计 4 个月未更新", "WEB-16", "16"),
    _fault("the-annual-report-is-late", "年度报表 2 月 5 日才发布", "WEB-38", "38"),
    _fault("the-annual-report-is-missing", "上一年的年度报表没有发布", "假想", "38"),
)

DIALOGUE = (
    _fault("no-message-form", "没有咨询建言的表单", "WEB-06", "06"),
    _fault("the-message-form-has-no-text-field", "表单只能查询，不能写信", "假想", "06"),
    _fault("a-submission-fails", "提交留言得到 500", "WEB-06", "06s"),
    _fault("a-submission-gives-no-receipt", "提交之后没有查询码", "WEB-06", "06s"),
    _fault("a-receipt-finds-nothing", "凭查询码查不到留言", "WEB-06", "06q"),
    _fault("an-inquiry-waits-a-hundred-days", "一条咨询 100 天无答复", "WEB-07", "07"),
    _fault("replies-are-seventy-days-old", "最近的答复在 70 天前", "WEB-17", "17"),
    _fault("a-message-lacks-its-time", "留言缺留言时间", "WEB-18", "18"),
    _fault("a-reply-lacks-its-time", "留言缺答复时间", "WEB-18", "18"),
    _fault("a-reply-is-empty", "留言的答复内容为空", "WEB-18", "18"),
    _fault("no-statistics-of-messages", "没有受理统计", "WEB-18", "18s"),
    _fault("guides-lack-elements", "六个事项缺设定依据、办理材料", "WEB-08", "08"),
    _fault("guide-elements-are-empty", "事项的申请条件是空的", "假想", "08"),
)

LINKS = (
    _fault("a-hidden-link-leads-elsewhere", "display:none 的外部链接", "WEB-10", "10"),
    _fault("a-link-off-the-screen-leads-elsewhere", "移到屏幕之外的外部链接", "WEB-10", "10"),
    _fault("a-hidden-link-by-a-class", "由样式类隐藏的外部链接", "假想", "10"),
    _fault("a-hidden-link-by-a-style-sheet", "由外部样式表的规则隐藏的外部链接", "WEB-10", "10"),
    _fault("a-script-from-an-unknown-host", "来自未知主机的脚本", "WEB-10", "10s"),
    _fault("an-article-text-was-changed", "文章的正文被改动", "WEB-10", "10t"),
    _fault("a-link-leads-to-nothing", "首页有链接 404", "WEB-14", "14"),
    _fault("a-link-leads-to-a-server-error", "首页有链接得到 500", "WEB-14", "14"),
    _fault("a-link-redirects-for-ever", "首页有链接重定向成环", "假想", "14"),
    _fault("an-image-is-missing", "图片打不开", "WEB-14", "14i"),
    _fault("an-attachment-is-missing", "附件打不开", "WEB-14", "14i"),
    _fault("an-outside-link-is-dead", "外链打不开", "WEB-14", "14o"),
    _fault("search-finds-nothing", "搜索已知标题无结果", "WEB-19", "19"),
    _fault("search-returns-the-same-for-everything", "搜什么都得到同样的结果", "假想", "19"),
    _fault("search-results-have-no-kinds", "搜索结果不分类", "WEB-19", "19k"),
    _fault("no-search-box", "首页没有搜索框", "WEB-30", "30"),
    _fault("the-search-page-is-gone", "搜索框 404", "WEB-30", "30"),
)

MARKS = (
    _fault("the-title-lacks-the-site-name", "首页标题没有网站名称", "WEB-20", "20"),
    _fault("party-and-government-mark-leads-nowhere", "党政机关网站标识没有链到查验页", "WEB-20", "20m"),
    _fault("no-error-reporting-entry", "没有找错入口", "WEB-21", "21"),
    _fault("the-error-reporting-icon-has-no-link", "找错图标无链接", "WEB-21", "21"),
    _fault("error-reporting-leads-elsewhere", "找错入口链到别处", "WEB-21", "21"),
    _fault("footer-lacks-the-site-name", "底部没有网站名称", "WEB-31", "31n"),
    _fault("footer-lacks-the-organiser", "底部没有主办单位", "WEB-31", "31o"),
    _fault("footer-lacks-a-contact", "底部没有联系方式", "WEB-31", "31t"),
    _fault("footer-lacks-the-site-code", "底部没有网站标识码", "WEB-31", "31c"),
    _fault("site-code-has-twelve-digits", "标识码 12 位", "WEB-31；S48", "31c"),
    _fault("footer-code-differs-from-the-tag", "底部的标识码与标签不同", "WEB-31", "31c"),
    _fault("footer-lacks-the-icp-number", "底部没有 ICP 备案号", "WEB-31", "31i"),
    _fault("footer-lacks-the-police-number", "底部没有公安备案号", "WEB-31", "31p"),
    _fault("footer-lacks-the-mark", "底部没有党政机关网站标识", "WEB-31", "20m", "31m"),
    _fault("site-tags-are-missing", "首页没有 SiteIDCode 标签", "WEB-32", "32"),
    _fault("site-tags-hold-null", "标签的内容是 null", "WEB-32", "32"),
    _fault("site-domain-tag-is-another", "SiteDomain 与域名不同", "WEB-32", "32"),
    _fault("a-column-lacks-its-type", "栏目页缺 ColumnType", "WEB-33", "33"),
    _fault("an-article-lacks-its-source-tag", "内容页缺 ContentSource", "WEB-34", "34"),
    _fault("the-title-tag-differs-from-the-heading", "ArticleTitle 与标题不同", "WEB-34", "34t"),
    _fault("the-date-tag-differs-from-the-shown-time", "PubDate 与正文时间差一天", "WEB-34", "34d"),
    _fault("articles-say-days-ago", "发布时间写“3 天前”", "WEB-27", "27"),
    _fault("articles-show-no-clock", "发布时间只有日期", "WEB-27", "27"),
    _fault("articles-show-no-time", "内容页没有发布时间", "假想", "27"),
    _fault("the-domain-is-no-government-domain", "门户用 .com.cn", "WEB-23", "23", "39"),
    _fault("the-portal-has-no-www", "门户的域名不是 www.□□□.gov.cn", "WEB-23", "23"),
    _fault("the-name-is-no-organisation", "只写“示例在线”", "WEB-41", "41"),
    _fault("the-administration-is-open", "/admin 与首页同主机可达", "WEB-44", "44"),
    _fault("a-database-port-is-open", "数据库的端口在公众网站的主机上开放", "WEB-44", "44d"),
)

PRIVACY = (
    _fault("page-shows-a-citizen-id", "页面有完整的身份证号", "WEB-36", "36"),
    _fault("page-shows-a-mobile-number", "页面有手机号", "WEB-36", "36"),
    _fault("page-shows-a-bank-card", "页面有银行卡号", "WEB-36", "36"),
    _fault("word-file-holds-a-citizen-id", "公示附件（Word）含完整身份证号", "WEB-36", "36a"),
    _fault("sheet-holds-mobile-numbers", "附件（Excel）含手机号", "WEB-36", "36a"),
    _fault("pdf-holds-a-citizen-id", "附件（PDF，压缩的内容流）含身份证号", "WEB-36", "36a"),
    _fault("text-file-holds-a-bank-card", "附件（文本）含银行卡号", "WEB-36", "36a"),
    _fault("zip-holds-a-citizen-id", "压缩包里的 Word 含身份证号", "WEB-36", "36a"),
)

IPV6 = (
    _fault("no-aaaa", "网站域名没有 AAAA", "WEB-42", "22", "42"),
    _fault("aaaa-of-a-dead-address", "AAAA 指向不通的地址", "WEB-42", "22h", "42h"),
    _fault("every-third-ipv6-visit-fails", "首页经 IPv6 每三次有一次 502", "WEB-42", "42v"),
    _fault("ipv6-serves-other-content", "IPv6 首页的内容不同", "WEB-43", "22s", "43"),
    _fault("ipv6-column-pages-are-forbidden", "二级页面经 IPv6 得到 403", "WEB-43", "22l", "43s"),
    _fault("ipv6-third-level-pages-fail", "三级页面经 IPv6 得到 500", "WEB-43", "43t"),
)

# Not in the matrix: what answers is not the site, and nothing at all may be found to conform.
WHOLE = (
    Fault("another-service-is-on-the-port", "端口上是别的服务（404 JSON）", "§0.5", (), WHOLE_SYSTEM),
    Fault("everything-is-behind-a-login", "任何地址都转到统一登录", "§4.2", (), WHOLE_SYSTEM),
    Fault("the-domain-is-parked", "域名停放页", "假想", (), WHOLE_SYSTEM),
)

# Those that need no browser, and all.
PLAIN: tuple[Fault, ...] = (*UPDATES, *DIALOGUE, *LINKS, *MARKS, *PRIVACY, *IPV6, *WHOLE)
FAULTS: tuple[Fault, ...] = (*PLAIN, *browsed.FAULTS, *browsed.REVIEWED)
