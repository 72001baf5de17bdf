"""What the site publishes: columns and their entries, guides, messages. Every date is so many days before the clock given."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, timezone

from conformance.codes import citizen_id
from conformance.specimen.fault import Deviations

BEIJING = timezone(timedelta(hours=8))
CLOCK = datetime(2026, 6, 18, 10, 0, tzinfo=BEIJING)
NEWS, NOTICE, POLICY, GUIDE, STATISTICS, MESSAGES, REPORT, OTHER = (
    "动态要闻", "通知公告", "政策文件", "办事指南", "办事统计", "留言公开", "年度报表", "其他",
)  # fmt: skip
LATER = (
    "an-article-text-was-changed",
    "a-new-article-is-dated-back",
    "an-old-article-is-dated-anew",
)  # since it was seen
ELEMENTS = ("事项名称", "设定依据", "申请条件", "办理材料")
_OTHERS = (
    "政策解读", "规划计划", "统计公报", "财政预决算", "重点项目", "应急管理",
    "招标采购", "人事任免", "建议提案", "行政执法", "食品药品监管", "回应关切",
)  # fmt: skip


# Nobody's: built as `conformance.generate.people` explains; the card is a number of an issuer's range, made right by Luhn.
def _numbers() -> tuple[str, str]:
    body = "622200112233445566"
    total = sum(
        (2 * int(d) - 9 if int(d) > 4 else 2 * int(d)) if n % 2 == 0 else int(d) for n, d in enumerate(body[::-1])
    )
    return citizen_id.build("110105", "19070812", "998"), body + str(-total % 10)


CITIZEN, CARD = _numbers()
PHONE = "15400001234"


@dataclass(frozen=True, slots=True)
class Article:
    """One content page. `listed`: the date that the list shows, where it is another than its own."""

    path: str
    title: str
    at: datetime
    body: tuple[str, ...]
    files: tuple[str, ...] = ()
    listed: date | None = None
    hidden_from_home: bool = False


@dataclass(frozen=True, slots=True)
class Section:
    """A column of the site."""

    name: str
    kind: str
    path: str
    update: str = ""
    articles: tuple[Article, ...] = ()


@dataclass(frozen=True, slots=True)
class Message:
    """One published message; `reply` is None while it waits."""

    number: int
    title: str
    kind: str
    asked: datetime
    reply: datetime | None


@dataclass(frozen=True, slots=True)
class Content:
    """The site at one moment."""

    now: datetime
    sections: tuple[Section, ...]
    messages: tuple[Message, ...]
    guides: tuple[tuple[str, str, dict[str, str]], ...] = field(default=())

    @property
    def articles(self) -> tuple[tuple[Section, Article], ...]:
        return tuple((s, a) for s in self.sections for a in s.articles)


def make(now: datetime, faults: Deviations) -> Content:
    """The site as it stands at `now`, with what the faults change about its dates and columns."""
    plan = [
        ("要闻动态", NEWS, "/xw/yw/", "14 天", 5, 1), ("部门动态", NEWS, "/xw/bm/", "14 天", 4, 2),
        ("通知公告", NOTICE, "/gk/tzgg/", "6 个月", 3, 3), ("公示公告", NOTICE, "/gk/gsgg/", "6 个月", 3, 5),
        ("招考公告", NOTICE, "/gk/zkgg/", "6 个月", 3, 20), ("政策文件", POLICY, "/gk/zcwj/", "6 个月", 3, 9),
        ("规范性文件", POLICY, "/gk/gfxwj/", "6 个月", 3, 30), ("办事统计", STATISTICS, "/bs/tj/", "3 个月", 3, 18),
    ]  # fmt: skip
    plan += [(name, OTHER, f"/zt/{n:02d}/", "6 个月", 2, 6 + n) for n, name in enumerate(_OTHERS)]
    sections = [_section(now, faults, n, *row) for n, row in enumerate(plan)]
    sections.append(Section("办事指南", GUIDE, "/bs/zn/"))
    sections.append(Section("留言公开", MESSAGES, "/hd/ly/"))
    sections.append(_reports(now, faults))
    return Content(now, tuple(sections), _messages(now, faults), _guides(faults))


def _section(
    now: datetime, faults: Deviations, number: int, name: str, kind: str, path: str, update: str, count: int, first: int
) -> Section:
    """`first`: days since the newest entry; the others lie a week apart."""
    if "news-and-notice-columns-are-stale" in faults and kind in (NEWS, NOTICE):
        first = 20 if kind == NEWS else 200
    if "ten-columns-are-a-year-old" in faults and kind == OTHER and number < 8 + 10:
        first = 400
    if "a-policy-column-is-stale" in faults and path == "/gk/gfxwj/":
        first = 215
    if "statistics-are-four-months-old" in faults and kind == STATISTICS:
        first = 125
    if "five-columns-are-blank" in faults and kind == OTHER and number < 8 + 5:
        count = 0
    if "one-column-is-blank" in faults and kind == OTHER and number == 8:
        count = 0
    articles = [_article(now, faults, name, path, k, first + 7 * k) for k in range(count)]
    if "a-new-article-is-dated-back" in faults and path == "/xw/bm/":
        articles.append(_article(now, faults, name, path, count, 20))
    return Section(name, kind, path, update, tuple(articles))


_TITLES = (
    "关于开展{}工作情况的公告", "{}有关事项的通知", "全市{}重点任务推进情况", "{}工作取得新进展",
)  # fmt: skip


def _article(now: datetime, faults: Deviations, column: str, path: str, number: int, days: int) -> Article:
    at = (now - timedelta(days=days)).replace(hour=9, minute=30, second=0, microsecond=0)
    title = _TITLES[number % 4].format(column) + f"（{at:%Y}年第{number + 1}期）"
    body = [
        f"为做好{column}相关工作，现将有关情况公布如下。本页内容由样机生成，仅供测试。",
        "各有关单位按照职责分工抓好落实，欢迎社会各界监督。咨询电话：0571-87654321。",
    ]
    files: tuple[str, ...] = ()
    listed: date | None = None
    if path == "/gk/gsgg/" and number == 0:
        body.append("公示名单见附件，身份证号码已作隐藏处理，如 110105********9988。")
        files = ("名单.docx", "补贴发放.xlsx", "公示.pdf", "说明.txt", "打包.zip")
        if "page-shows-a-citizen-id" in faults:
            body.append("张某，身份证号 " + CITIZEN + "。")
        if "page-shows-a-mobile-number" in faults:
            body.append("张某，手机 " + PHONE + "。")
        if "page-shows-a-bank-card" in faults:
            body.append("张某，账号 " + CARD + "。")
    if path == "/xw/yw/" and number == 0 and "a-list-date-is-made-younger" in faults:
        at -= timedelta(days=20)
        listed = now.date()
    if path == "/xw/bm/" and number == 1 and "an-article-text-was-changed" in faults:
        body.append("为回馈市民，扫描二维码即可领取补贴。")
    file = f"{path}{at:%Y%m}/t{at:%Y%m%d}_{number + 1}.html"
    if path == "/xw/bm/" and number == 2 and "an-old-article-is-dated-anew" in faults:
        at = now.replace(hour=9, minute=30, second=0, microsecond=0)
    return Article(file, title, at, tuple(body), files, listed)


def _reports(now: datetime, faults: Deviations) -> Section:
    """政府网站工作年度报表: of every year before this one, out in January."""
    path, out = "/gk/ndbb/", []
    for back in range(1, 3):
        year = now.year - back
        day = datetime(year + 1, 1, 15, 9, 0, tzinfo=BEIJING)
        if back == 1 and now < day:
            continue
        if back == 1 and "the-annual-report-is-late" in faults:
            day = datetime(year + 1, 2, 5, 9, 0, tzinfo=BEIJING)
        if back == 1 and "the-annual-report-is-missing" in faults:
            continue
        title = f"{year}年度政府网站工作年度报表"
        out.append(Article(f"{path}{year}.html", title, day, ("网站名称、栏目、信息发布、互动交流等情况见表。",)))
    return Section("年度报表", REPORT, path, "", tuple(out))


def _messages(now: datetime, faults: Deviations) -> tuple[Message, ...]:
    def at(days: int) -> datetime:
        return (now - timedelta(days=days)).replace(hour=15, minute=5, second=0, microsecond=0)

    late = 70 if "replies-are-seventy-days-old" in faults else 0
    out = [
        Message(1, "咨询灵活就业人员参保办理流程", "咨询", at(12 + late), at(10 + late)),
        Message(2, "建议增设公交站点", "建议", at(40 + late), at(36 + late)),
        Message(3, "咨询不动产登记所需材料", "咨询", at(60 + late), at(55 + late)),
        Message(4, "反映小区路灯不亮", "投诉", at(90 + late), at(84 + late)),
    ]
    if "an-inquiry-waits-a-hundred-days" in faults:
        out.append(Message(5, "咨询老旧小区加装电梯补贴", "咨询", at(100), None))
    return tuple(out)


def _guides(faults: Deviations) -> tuple[tuple[str, str, dict[str, str]], ...]:
    names = (
        "居民身份证补领",
        "个体工商户设立登记",
        "老年人优待证办理",
        "机动车驾驶证换领",
        "房屋租赁登记备案",
        "生育登记",
    )
    out = []
    for n, name in enumerate(names):
        said = {
            "事项名称": name,
            "设定依据": "有关法律、行政法规的规定（样机文字）",
            "申请条件": "符合办理条件的公民、法人和其他组织",
            "办理材料": "申请表；身份证明；其他有关材料",
            "办理流程": "申请、受理、审核、办结",
            "承诺期限": "5 个工作日",
        }
        if "guides-lack-elements" in faults:
            del said["设定依据"], said["办理材料"]
        if "guide-elements-are-empty" in faults:
            said["申请条件"] = ""
        out.append((f"/bs/zn/{n + 1}.html", name, said))
    return tuple(out)
