"""The pages of the site as HTML: the frame that all share, and what the faults change about it."""

from __future__ import annotations

from datetime import timedelta
from html import escape

from conformance.specimen.fault import Deviations
from conformance.specimen.govsite import browsed, content
from conformance.specimen.govsite.content import Article, Content, Message, Section

ORGANISATION = "示例市人民政府"
SITE, CODE, MARK_HOST, ERROR_HOST = "示例市人民政府门户网站", "3301000001", "bszs.conac.cn", "zfwzgl.www.gov.cn"
ELSEWHERE = "www.elsewhere.example"
OUTSIDE = (ELSEWHERE, MARK_HOST, ERROR_HOST)


class Pages:
    """Renders one site. `host`: how the site calls itself."""

    def __init__(self, site: Content, faults: Deviations, host: str) -> None:
        self._site, self._faults, self.host = site, faults, host
        self.name = "示例在线" if "the-name-is-no-organisation" in faults else SITE

    # The frame ------------------------------------------------------------------------------------------------

    def frame(self, title: str, body: str, tags: dict[str, str], *, home: bool = False, extra: str = "") -> str:
        on = self._faults.__contains__
        head = "".join(f'<meta name="{k}" content="{escape(v)}">' for k, v in {**self.tags(), **tags}.items() if v)
        said = self.name if home else f"{title}_{self.name}"
        if home and on("the-title-lacks-the-site-name"):
            said = "首页"
        nav = "".join(f'<a href="{s.path}">{s.name}</a> ' for s in self._site.sections)
        return (
            f'<!doctype html><html lang="zh-CN"><head><meta charset="utf-8"><title>{said}</title>{head}'
            f'<link rel="stylesheet" href="/static/site.css"><script src="/static/site.js"></script>{extra}</head><body>'
            f'<header><div class="logo"><img src="/static/logo.png" alt="{self.name}"></div>'
            f'<div>今天是{self._site.now:%Y年%m月%d日}</div><nav><a href="/">首页</a> {nav}'
            '<a href="/hd/xx/">我要写信</a> <a href="/map.html">网站地图</a></nav></header>'
            f"<main>{body}</main>{self.footer()}</body></html>"
        )

    def tags(self) -> dict[str, str]:
        """网页标签 of every page (国办发〔2017〕47号 附件)."""
        on = self._faults.__contains__
        out = {"SiteName": self.name, "SiteDomain": self.host, "SiteIDCode": CODE}
        if on("site-tags-are-missing"):
            out["SiteIDCode"] = ""
        if on("site-tags-hold-null"):
            out["SiteName"] = "null"
        if on("site-domain-tag-is-another"):
            out["SiteDomain"] = "old.example.gov.cn"
        if on("footer-code-differs-from-the-tag"):
            out["SiteIDCode"] = "3301000002"
        return out

    def footer(self) -> str:
        on = self._faults.__contains__
        code = "310000000044" if on("site-code-has-twelve-digits") else CODE
        mark = "/" if on("party-and-government-mark-leads-nowhere") else f"http://{MARK_HOST}/sitename?method=show"
        parts = {
            "footer-lacks-the-site-name": f"<p>{self.name}</p>",
            "footer-lacks-the-organiser": f"<p>主办单位：{self._organiser()}</p>",
            "footer-lacks-a-contact": "<p>联系电话：0571-12345678　邮箱：web@example.gov.cn</p>",
            "footer-lacks-the-site-code": f"<p>政府网站标识码：{code}</p>",
            "footer-lacks-the-icp-number": "<p>浙ICP备00000000号-1</p>",
            "footer-lacks-the-police-number": "<p>浙公网安备 33010000000000号</p>",
            "footer-lacks-the-mark": f'<p><a href="{mark}"><img src="/static/mark.png" alt="党政机关"></a></p>',
        }
        return f"<footer>{''.join(v for k, v in parts.items() if not on(k))}</footer>"

    def _organiser(self) -> str:
        return "网站编辑部" if "the-name-is-no-organisation" in self._faults else f"{ORGANISATION}办公室"

    # Pages ----------------------------------------------------------------------------------------------------

    def home(self) -> str:
        on = self._faults.__contains__
        parts = [] if on("the-name-is-no-organisation") else [f"<h1>{ORGANISATION}</h1>"]
        if not on("no-search-box"):
            parts.append(
                '<form action="/search" method="get"><input type="text" name="q" placeholder="请输入关键词" aria-label="搜索">'
                '<button type="submit">搜索</button></form>'
            )
        for section in self._site.sections[:9]:
            chosen = section.articles
            if on("home-shows-only-old-entries"):
                chosen = tuple(a for a in chosen if (self._site.now - a.at).days > 15)
            elif section.kind != content.NEWS:
                chosen = chosen[:2]
            parts.append(f'<h2><a href="{section.path}">{section.name}</a></h2>{self._list(chosen)}')
        parts.append(self._error_link())
        parts.append(f'<p>友情链接：<a href="http://{ELSEWHERE}/">上级网站</a></p>')
        parts.append('<p><img src="/static/banner.jpg" alt="横幅"></p>')
        parts.append(self._planted())
        parts.append(browsed.home(self._faults))
        extra = (
            '<script src="http://cdn.unknown.example/count.js"></script>' if on("a-script-from-an-unknown-host") else ""
        )
        if on("a-hidden-link-by-a-class"):
            extra += "<style>.nv{display:none}</style>"
        return self.frame(self.name, "".join(parts), {}, home=True, extra=extra)

    def _error_link(self) -> str:
        if "no-error-reporting-entry" in self._faults:
            return ""
        picture = '<img src="/static/jiucuo.png" alt="我为政府网站找错">'
        if "the-error-reporting-icon-has-no-link" in self._faults:
            return f"<p>{picture}</p>"
        host = "www.example.com" if "error-reporting-leads-elsewhere" in self._faults else ERROR_HOST
        return f'<p><a href="http://{host}/exposure/jiucuo.html">{picture}</a></p>'

    def _planted(self) -> str:
        """Links that the faults put on the home page."""
        on = self._faults.__contains__
        out = ""
        bad = '<a href="http://casino.example/">查看</a>'
        if on("a-hidden-link-leads-elsewhere"):
            out += f'<div style="display:none">{bad}</div>'
        if on("a-link-off-the-screen-leads-elsewhere"):
            out += f'<div style="position:absolute;left:-9999px">{bad}</div>'
        if on("a-hidden-link-by-a-class"):
            out += f'<p class="nv">{bad}</p>'
        if on("a-hidden-link-by-a-style-sheet"):
            out += f'<div class="tail"><ul class="more"><li>{bad}</li></ul></div>'
        if on("a-link-leads-to-nothing"):
            out += '<a href="/old/gone.html">历史专题</a>'
        if on("a-link-leads-to-a-server-error"):
            out += '<a href="/broken">数据开放</a>'
        if on("a-link-redirects-for-ever"):
            out += '<a href="/loop/1">旧版首页</a>'
        if on("an-image-is-missing"):
            out += '<img src="/static/gone.png" alt="专题">'
        if on("an-attachment-is-missing"):
            out += '<a href="/files/gone.pdf">下载</a>'
        if on("an-outside-link-is-dead"):
            out += f'<a href="http://{ELSEWHERE}/gone">外部专题</a>'
        return out

    def _list(self, articles: tuple[Article, ...]) -> str:
        rows = (
            f'<li><a href="{a.path}">{escape(a.title)}</a><span>{a.listed or a.at.date()}</span></li>' for a in articles
        )
        return f"<ul>{''.join(rows)}</ul>"

    def column(self, section: Section) -> str:
        body = f"<h1>{section.name}</h1>{self._list(section.articles)}"
        return self.frame(section.name, body, self._column_tags(section))

    def _column_tags(self, section: Section) -> dict[str, str]:
        tags = {
            "ColumnName": section.name,
            "ColumnDescription": f"{section.name}栏目发布有关信息",
            "ColumnKeywords": section.name,
            "ColumnType": section.kind,
        }
        if "a-column-lacks-its-type" in self._faults and section.path == "/gk/tzgg/":
            tags["ColumnType"] = ""
        return tags

    def article(self, section: Section, article: Article) -> str:
        on = self._faults.__contains__
        tags = {
            **self._column_tags(section), "ArticleTitle": article.title, "PubDate": f"{article.at:%Y-%m-%d %H:%M}",
            "ContentSource": f"{ORGANISATION}办公室",
        }  # fmt: skip
        wrong = section.path == "/xw/bm/"
        if "a-column-lacks-its-type" in self._faults:
            tags["ColumnType"] = section.kind
        if on("an-article-lacks-its-source-tag") and wrong:
            tags["ContentSource"] = ""
        if on("the-title-tag-differs-from-the-heading") and wrong:
            tags["ArticleTitle"] = "无标题文档"
        if on("the-date-tag-differs-from-the-shown-time") and wrong:
            tags["PubDate"] = f"{article.at - timedelta(days=1):%Y-%m-%d %H:%M}"
        shown = f"{article.at:%Y-%m-%d %H:%M}"
        if wrong and on("articles-say-days-ago"):
            shown = "3 天前"
        if wrong and on("articles-show-no-clock"):
            shown = f"{article.at:%Y-%m-%d}"
        when = "" if wrong and on("articles-show-no-time") else f"<span>发布时间：{shown}</span>"
        body = f"<h1>{escape(article.title)}</h1><p>{when} <span>来源：{ORGANISATION}办公室</span></p>"
        body += "".join(f"<p>{line}</p>" for line in article.body)
        body += "".join(f'<p><a href="/files/{name}">附件：{name}</a></p>' for name in article.files)
        style = browsed.article(self._faults, section.path, section.articles.index(article))
        return self.frame(article.title, body, tags, extra=style)

    def guides(self, section: Section) -> str:
        rows = "".join(f'<li><a href="{path}">{name}</a></li>' for path, name, _ in self._site.guides)
        return self.frame(section.name, f"<h1>{section.name}</h1><ul>{rows}</ul>", self._column_tags(section))

    def guide(self, section: Section, name: str, said: dict[str, str]) -> str:
        rows = "".join(f"<tr><th>{k}</th><td>{v}</td></tr>" for k, v in said.items())
        return self.frame(name, f"<h1>{name}</h1><table>{rows}</table>", self._column_tags(section))

    def messages(self, section: Section) -> str:
        rows = "".join(
            f'<li><a href="/hd/ly/{m.number}.html">{m.title}</a><span>{(m.reply or m.asked).date()}</span></li>'
            for m in self._site.messages
        )
        count = "" if "no-statistics-of-messages" in self._faults else "<p>累计受理留言 128 件，已答复 127 件。</p>"
        return self.frame(section.name, f"<h1>{section.name}</h1>{count}<ul>{rows}</ul>", self._column_tags(section))

    def message(self, section: Section, m: Message) -> str:
        on = self._faults.__contains__
        first = m.number == 1
        lines = [f"留言类别：{m.kind}"]
        if not (first and on("a-message-lacks-its-time")):
            lines.append(f"留言时间：{m.asked:%Y-%m-%d %H:%M}")
        lines.append("留言内容：请问应当如何办理？")
        if m.reply is not None:
            lines.append(f"答复单位：{ORGANISATION}办公室")
            if not (first and on("a-reply-lacks-its-time")):
                lines.append(f"答复时间：{m.reply:%Y-%m-%d %H:%M}")
            lines.append("答复内容：" + ("" if first and on("a-reply-is-empty") else "您好，请持有效证件到窗口办理。"))
        body = f"<h1>{m.title}</h1>" + "".join(f"<p>{line}</p>" for line in lines)
        return self.frame(m.title, body, self._column_tags(section))

    def write(self) -> str:
        """The form for a message."""
        on = self._faults.__contains__
        form = (
            '<form action="/hd/submit" method="post"><input type="hidden" name="site" value="1">'
            '<p><label>标题 <input type="text" name="title"></label></p>'
            '<p><label>内容 <textarea name="content"></textarea></label></p>'
            '<button type="submit">提交</button></form>'
        )
        if on("no-message-form"):
            form = "<p>栏目建设中。</p>"
        if on("the-message-form-has-no-text-field"):
            form = '<form action="/hd/query"><input type="text" name="code"><button type="submit">查询</button></form>'
        return self.frame("我要写信", f"<h1>我要写信</h1>{form}", {})

    def signin(self) -> str:
        return self.frame("用户登录", browsed.signin(), {})

    def account(self) -> str:
        return self.frame("个人中心", browsed.account(), {})

    def map(self) -> str:
        rows = "".join(f'<li><a href="{s.path}">{s.name}</a></li>' for s in self._site.sections)
        return self.frame("网站地图", f"<h1>网站地图</h1><ul>{rows}</ul>", {})

    def found(self, query: str) -> str:
        """The results of a search."""
        on = self._faults.__contains__
        every = [(a.path, a.title, a.at.date()) for _, a in self._site.articles]
        hits = [(path, title, day) for path, title, day in every if query and query in title]
        if on("search-finds-nothing"):
            hits = []
        if on("search-returns-the-same-for-everything"):
            hits = every
        tabs = "" if on("search-results-have-no-kinds") else (
            '<ul><li><a href="?q=">全部</a></li><li><a href="?q=&amp;t=1">政务动态</a></li>'
            '<li><a href="?q=&amp;t=2">政策文件</a></li><li><a href="?q=&amp;t=3">办事服务</a></li></ul>'
        )  # fmt: skip
        rows = "".join(f'<li><a href="{path}">{title}</a><span>{day}</span></li>' for path, title, day in hits)
        body = f"<h1>搜索结果</h1><p>共 {len(hits)} 条</p>{tabs}<ul>{rows}</ul>"
        return self.frame("搜索", body, {})
