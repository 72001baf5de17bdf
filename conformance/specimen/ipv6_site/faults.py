"""Every way in which this specimen can be told to be wrong, and the checks that must notice it.

`source`: the sections and keys of the notes where the fault was seen or asked for; "假想" where nobody reported one.
"""

from __future__ import annotations

from conformance.specimen.fault import WHOLE_SYSTEM, Fault

_CHECKS = {
    "01": "V6W-01/every-authoritative-server-gives-aaaa-records",
    "01r": "V6W-01/the-recursive-resolver-gives-aaaa-records",
    "02": "V6W-02/every-aaaa-is-a-global-unicast-address",
    "03": "V6W-03/an-ipv4-only-name-gets-an-empty-answer",
    "04": "V6W-04/all-servers-give-the-same-aaaa-set",
    "05": "V6W-05/the-home-page-answers-over-ipv6",
    "06": "V6W-06/every-aaaa-address-accepts-connections",
    "07": "V6W-07/ports-open-over-ipv4-are-open-over-ipv6",
    "08": "V6W-08/repeated-visits-over-ipv6-succeed",
    "09": "V6W-09/visits-over-a-day-succeed",
    "10": "V6W-10/the-name-resolves-over-ipv6-alone",
    "11": "V6W-11/at-least-two-name-servers-have-aaaa",
    "12": "V6W-12/every-name-server-answers-over-ipv6",
    "12l": "V6W-12/a-large-answer-arrives-over-ipv6",
    "13": "V6W-13/the-parent-gives-aaaa-glue",
    "14": "V6W-14/home-pages-of-both-families-agree",
    "15": "V6W-15/both-families-give-the-same-status",
    "15A": "V6W-15A/both-families-send-the-same-security-headers",
    "16": "V6W-16/no-redirect-leads-away-from-ipv6",
    "17": "V6W-17/second-level-links-answer-over-ipv6",
    "18": "V6W-18/third-level-links-answer-over-ipv6",
    "19": "V6W-19/pages-hold-no-ipv4-literal-in-a-link",
    "20": "V6W-20/hosts-of-page-resources-answer-over-ipv6",
    "21": "V6W-21/name-resolution-over-ipv6-is-not-slower",
    "22": "V6W-22/connections-over-ipv6-are-not-slower",
    "23": "V6W-23/first-bytes-over-ipv6-are-not-slower",
    "24": "V6W-24/the-home-page-over-ipv6-is-not-slower",
    "24d": "V6W-24/downloads-over-ipv6-are-not-slower",
    "25": "V6W-25/connections-over-ipv6-succeed-as-often",
    "26": "V6W-26/both-families-present-a-valid-certificate",
    "29": "V6W-29/interface-hosts-of-the-app-answer-over-ipv6",
    "32": "V6W-32/ipv6-exposes-no-port-that-ipv4-hides",
}


def fault(name: str, title: str, source: str, *kills: str) -> Fault:
    """A fault by the short keys of the checks that it fails."""
    return Fault(name, title, source, tuple(f"ipv6-support/{_CHECKS[k]}" for k in kills))


NAMES = (
    fault("no-aaaa", "网站域名没有 AAAA", "3.4", "01", "01r"),
    fault("aaaa-is-servfail", "AAAA 查询得到 SERVFAIL", "3.4、3.5 第 7 条", "01"),
    fault("aaaa-is-dropped", "AAAA 查询没有应答", "3.5 第 13 条", "01"),
    fault("one-server-fails-on-aaaa", "一台权威服务器对 AAAA 查询得到 SERVFAIL", "假想", "01"),
    fault("second-server-has-no-aaaa", "一台权威服务器没有 AAAA", "假想", "01"),
    fault("resolver-fails-on-aaaa", "递归解析器对 AAAA 得到 SERVFAIL", "假想", "01r"),
    fault("resolver-withholds-aaaa", "递归解析器对 AAAA 得到 NXDOMAIN", "假想", "01r"),
    fault("aaaa-is-ipv4-mapped", "AAAA 是 IPv4 映射地址", "3.5 第 12 条", "02"),
    fault("aaaa-is-link-local", "AAAA 是链路本地地址", "V6W-02", "02"),
    fault("aaaa-is-unique-local", "AAAA 是唯一本地地址", "V6W-02", "02"),
    fault("one-aaaa-is-unique-local", "两个 AAAA 中有一个是唯一本地地址", "假想", "02"),
    fault("aaaa-of-ipv4-only-name-is-servfail", "只有 A 的名字，AAAA 得到 SERVFAIL", "V6W-03", "03"),
    fault("aaaa-of-ipv4-only-name-is-dropped", "只有 A 的名字，AAAA 没有应答", "V6W-03", "03"),
    fault("aaaa-of-ipv4-only-name-is-nxdomain", "只有 A 的名字，AAAA 得到 NXDOMAIN", "V6W-03", "03"),
    fault("aaaa-of-ipv4-only-name-is-late", "只有 A 的名字，AAAA 的应答晚 250 ms", "V6W-03", "03"),
    fault("second-server-has-an-old-zone", "一台权威服务器的 AAAA 是旧的", "V6W-04", "04"),
    fault("parent-zone-has-no-ipv6-server", "gov.cn 的服务器没有 IPv6 地址", "V6W-10", "10"),
    fault("parent-has-no-aaaa-glue", "上级没有给出 AAAA 胶水", "3.4", "10", "13"),
    fault("glue-of-one-server-only", "上级只给出一台服务器的 AAAA 胶水", "V6W-13", "13"),
    fault("single-ipv6-name-server", "只有一台权威服务器有 AAAA", "T3 253", "11"),
    fault("second-name-server-is-dead-over-ipv6", "一台权威服务器的 IPv6 地址没有应答", "3.4", "12"),
    fault("second-server-is-lame", "一台权威服务器不负责这个区（lame）", "假想", "12"),
    fault("second-server-refuses-over-ipv6", "一台权威服务器经 IPv6 拒绝查询", "假想", "12"),
    fault("servers-refuse-over-ipv6", "全部权威服务器经 IPv6 拒绝查询", "T3 1597", "10", "12"),
    fault("tcp-53-is-filtered-over-ipv6", "一台权威服务器的 TCP 53 经 IPv6 连不上", "V6W-12", "12"),
    fault("large-answer-is-cut-without-a-sign", "大应答被截断而没有 TC", "V6W-12", "12l"),
    fault("large-answer-fails-over-tcp", "大应答经 TCP 得到 SERVFAIL", "V6W-12", "12l"),
    fault("aaaa-is-late", "AAAA 的应答晚 250 ms", "V6W-21", "21"),
)

PAGES = (
    fault("aaaa-of-a-dead-address", "AAAA 指向不通的地址", "3.4", "05"),
    fault("one-of-two-aaaa-is-dead", "两个 AAAA 中有一个不通", "V6W-06", "06", "25"),
    fault("ipv6-home-page-is-missing", "IPv6 上没有这个站点（404）", "V6W-05", "05", "15"),
    fault("ipv6-home-page-is-forbidden", "首页经 IPv6 得到 403", "V6W-15", "05", "15"),
    fault("ipv6-lacks-port-443", "IPv6 上没有开放 443 端口", "V6W-07", "07"),
    fault("every-third-ipv6-visit-fails", "首页经 IPv6 每三次有一次 502", "3.4", "08"),
    fault("an-outage-every-hour", "长时观测中每小时有一次中断", "V6W-09", "09"),
    fault("ipv6-serves-a-stub-page", "IPv6 首页是占位页面", "V6W-14", "14"),
    fault("ipv6-serves-other-content", "IPv6 首页的内容不同", "3.4", "14"),
    fault("ipv6-lacks-security-headers", "IPv6 上没有 HSTS 和 CSP", "V6W-15", "15A"),
    fault("ipv6-redirects-to-an-ipv4-literal", "IPv6 首页重定向到 IPv4 地址", "T3 1295", "16"),
    fault("ipv6-redirects-to-an-ipv4-only-host", "IPv6 首页重定向到只有 A 的主机", "T3 143", "16"),
    fault("sub-host-without-aaaa", "子站主机没有 AAAA", "3.4", "17", "18"),
    fault("ipv6-sub-pages-are-forbidden", "二级页面经 IPv6 得到 403", "3.4", "17"),
    fault("third-level-links-lead-to-an-ipv4-only-host", "三级链接在只有 A 的主机上", "V6W-18", "18"),
    fault("ipv6-third-level-pages-fail", "三级页面经 IPv6 得到 500", "V6W-18", "18"),
    fault("link-to-an-ipv4-literal", "首页上有 IPv4 地址的链接", "3.4", "19"),
    fault("link-to-an-ipv4-literal-on-a-sub-page", "二级页面上有 IPv4 地址的链接", "假想", "19"),
    fault("ipv4-literal-in-a-script", "脚本里有 IPv4 地址的接口", "V6W-19", "19"),
    fault("static-host-without-aaaa", "静态资源的主机没有 AAAA", "V6W-20", "20"),
    fault("ipv6-assets-fail", "静态资源经 IPv6 得到 404", "假想", "20"),
    fault("ipv6-connections-are-late", "TCP 连接经 IPv6 晚 1 s", "V6W-22", "22"),
    fault("ipv6-answers-late", "首页经 IPv6 晚 250 ms", "3.4", "23", "24"),
    fault("ipv6-assets-are-late", "静态资源经 IPv6 晚 250 ms", "V6W-24", "24"),
    fault("ipv6-download-is-late", "大文件经 IPv6 晚 250 ms", "假想", "24d"),
    fault("ipv6-certificate-is-self-signed", "IPv6 上是自签名的默认证书", "V6W-26", "26"),
    fault("ipv6-certificate-is-expired", "IPv6 上的证书已过期", "假想", "26"),
    fault("ipv6-certificate-is-other-name", "IPv6 上的证书属于别的名字", "假想", "26"),
    fault("app-host-without-aaaa", "APP 的接口主机没有 AAAA", "V6W-29", "29"),
    fault("app-interface-fails-over-ipv6", "APP 的接口经 IPv6 得到 503", "假想", "29"),
    fault("admin-port-is-open-over-ipv6-only", "管理端口只在 IPv6 上开放", "V6W-32", "32"),
)

WHOLE = (Fault("every-page-is-empty", "每个地址都答 200 和空内容", "假想", kind=WHOLE_SYSTEM),)

FAULTS: tuple[Fault, ...] = (*NAMES, *PAGES, *WHOLE)
