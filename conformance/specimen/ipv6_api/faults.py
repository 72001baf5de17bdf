"""Every way in which the address book can be told to be wrong, and the checks that must notice it.

`source`: "T4" a fault reported in public, "T5" seen in the laboratory with a server in common use, "V" a known deviation
of a library, "假想" one that nobody reported but a clause must be able to find.
"""

from __future__ import annotations

from conformance.specimen.fault import WHOLE_SYSTEM, Fault

_PROFILE = "ipv6-api"


def _fault(name: str, title: str, source: str, *kills: str) -> Fault:
    return Fault(name, title, source, tuple(f"{_PROFILE}/{kill}" for kill in kills))


_ACCEPT = "V6A-01/every-legal-text-of-an-address-is-accepted"
_REFUSE = "V6A-02/every-other-text-is-refused"
_LEADING = "V6A-03/printed-groups-have-no-leading-zeros"
_SHORT = "V6A-04/printed-addresses-are-shortened-as-much-as-possible"
_SINGLE = "V6A-05/one-zero-group-is-printed-as-zero"
_LONGEST = "V6A-06/the-longest-first-run-is-shortened"
_LOWER = "V6A-07/printed-letters-are-lower-case"
_MIXED = "V6A-08/mapped-addresses-are-printed-with-a-dotted-tail"
_BITS = ("V6A-12/prefixes-match-bit-by-bit", "V6A-12/random-prefixes-match-bit-by-bit")
_MAPPED = ("V6A-22/ipv4-rules-hold-for-mapped-addresses", "V6A-22/ipv4-clients-of-a-dual-stack-socket-are-ipv4")
_WHOLE = "V6A-23/addresses-are-read-back-whole"
_ZONED = "V6A-23/zoned-addresses-are-read-back-whole"
_XFF = ("V6A-21/bare-client-addresses-are-understood", "V6A-21/bracketed-client-addresses-are-understood")
_CALLS = ("V6A-28/forbidden-callbacks-are-refused", "V6A-28/forbidden-callbacks-are-not-made")

TEXT = (
    _fault("home-made-pattern", "用自编的正则表达式校验地址，不认大写", "T4", _ACCEPT),
    _fault("mixed-notation-refused", "不认内嵌 IPv4 的写法", "T4", _ACCEPT),
    _fault("trims-input", "去掉首尾空白后接受", "T5", _REFUSE),
    _fault("strips-brackets", "去掉方括号后接受", "T5", _REFUSE),
    _fault("prefix-length-ignored", "地址字段接受带前缀长度的文本", "V", _REFUSE),
    _fault("full-width-digits-accepted", "接受全角数字", "假想", _REFUSE),
    _fault("invalid-dotted-part-crashes", "内嵌的 IPv4 部分有误时服务出错（500）", "假想", _REFUSE),
    _fault("exploded-output", "输出全部 32 位十六进制数字", "T5", _LEADING, _SHORT, _MIXED),
    _fault("leading-zeros-output", "输出的各组补足四位", "假想", _LEADING),
    _fault("zero-beside-compression", "“::”旁留下一组零", "假想", _SHORT),
    _fault("one-zero-compressed", "以“::”省去单独一组零", "T5", _SINGLE),
    _fault("last-run-compressed", "等长的两段零省去后一段", "T5", _LONGEST),
    _fault("upper-case-output", "输出大写字母", "T5", _LOWER),
    _fault("mapped-as-hex", "映射地址以十六进制输出", "V", _MIXED),
    _fault("column-of-15", "地址列只有 15 个字符", "T4", _WHOLE, _ZONED),
    _fault("column-of-39", "地址列只有 39 个字符", "T4", _WHOLE, _ZONED),
    _fault("export-cut-at-39", "导出的地址截为 39 个字符", "T4", "V6A-23/exported-addresses-are-whole"),
)

COMPARISON = (
    _fault("search-compares-text", "检索比较文本", "T4", "V6A-09/an-entry-is-found-by-every-spelling"),
    _fault("unique-compares-text", "去重比较文本", "T4", "V6A-09/a-second-spelling-is-a-duplicate"),
    _fault("acl-compares-text", "访问控制比较文本", "T5", "V6A-10/a-rule-holds-for-every-spelling"),
    _fault("short-prefix-accepted", "前缀里的地址不足八组也接受", "假想", "V6A-11/illegal-prefix-texts-are-refused"),
    _fault("prefix-length-not-checked", "不检查前缀长度", "假想", "V6A-11/illegal-prefix-texts-are-refused"),
    _fault(
        "prefix-padded-on-the-left",
        "2001:db8::cd30/60 当作 2001:db8:0:cd30::/60",
        "假想",
        "V6A-11/a-prefix-is-not-padded-on-the-left",
    ),
    _fault("prefix-printed-in-full", "前缀不压缩输出", "假想", "V6A-11/prefixes-are-printed-in-the-recommended-form"),
    _fault("inner-zeros-refused", "前缀里只认末尾的“::”", "假想", "V6A-11/legal-prefix-texts-are-one-prefix"),
    _fault("every-prefix-is-64", "前缀一律按 /64 匹配", "T5", *_BITS),
    _fault("prefix-matched-by-bytes", "前缀按整字节匹配", "假想", *_BITS),
    _fault("mapped-not-normalised", "IPv4 规则不适用于映射地址", "T5", *_MAPPED),
)

HOSTS = (
    _fault("endpoint-without-brackets", "地址和端口之间没有方括号", "假想", "V6A-13/endpoints-are-printed-in-brackets"),
    _fault(
        "endpoint-split-at-the-last-colon",
        "按最后一个冒号拆出端口",
        "T4",
        "V6A-14/bare-addresses-are-not-split-into-host-and-port",
    ),
    _fault("url-literal-refused", "URL 的校验不认方括号", "假想", "V6A-15/legal-ipv6-urls-are-accepted"),
    _fault("url-junk-accepted", "URL 右方括号之后的内容不检查", "假想", "V6A-15/illegal-ipv6-urls-are-refused"),
    _fault(
        "url-without-brackets-accepted",
        "URL 的主机是裸 IPv6 地址也接受",
        "假想",
        "V6A-15/illegal-ipv6-urls-are-refused",
    ),
    _fault("url-zone-accepted", "URL 里的区域标识被接受", "假想", "V6A-16/zones-in-urls-are-refused"),
    _fault("ipv6-host-refused", "Host 是 IPv6 字面量时拒绝", "假想", "V6A-18/ipv6-hosts-are-answered"),
    _fault("malformed-host-answered", "Host 写法有误也照常应答", "T5", "V6A-18/malformed-ipv6-hosts-are-refused"),
    _fault("links-without-brackets", "生成的链接丢了方括号", "假想", "V6A-19/generated-links-keep-the-brackets"),
    _fault("location-without-brackets", "Location 丢了方括号", "假想", "V6A-19/the-location-keeps-the-brackets"),
    _fault(
        "forwarded-without-quotes",
        "Forwarded 里的 IPv6 没有引号",
        "T4",
        "V6A-20a/forwarded-ipv6-nodes-are-quoted-and-bracketed",
    ),
    _fault(
        "forwarded-without-brackets",
        "Forwarded 里的 IPv6 没有方括号",
        "T4",
        "V6A-20a/forwarded-ipv6-nodes-are-quoted-and-bracketed",
    ),
    _fault(
        "forwarded-in-full", "Forwarded 里的 IPv6 不压缩", "假想", "V6A-20b/forwarded-nodes-are-in-the-recommended-form"
    ),
)

CLIENTS = (
    _fault("zone-refused", "不能输入区域标识", "假想", "V6A-17a/zones-of-link-local-addresses-are-accepted"),
    _fault("zone-not-checked", "区域标识不检查", "假想", "V6A-17b/wrong-zones-are-refused"),
    _fault("zone-sent-out", "外呼的内容带有区域标识", "假想", "V6A-17b/zones-are-not-sent-to-other-systems"),
    _fault("xff-cut-at-the-first-colon", "X-Forwarded-For 取到第一个冒号", "T4", *_XFF),
    _fault("xff-cut-at-the-last-colon", "X-Forwarded-For 去掉最后一个冒号之后的部分", "T4", *_XFF),
    _fault("xff-brackets-not-understood", "X-Forwarded-For 不认方括号", "T4", _XFF[1]),
    _fault("log-cut-at-15", "日志的地址截为 15 个字符", "T4", "V6A-24/logged-addresses-are-whole"),
    _fault("limit-per-address", "按单个地址限流", "T4", "V6A-25/one-network-is-limited-as-one"),
    _fault("limit-per-site", "按 /32 限流，殃及别的前缀", "假想", "V6A-25/other-networks-are-not-limited-with-it"),
    _fault("no-ipv6-listener", "只监听 IPv4", "假想", "V6A-26/both-families-are-served"),
    _fault("no-ipv4-listener", "只监听 IPv6", "T5", "V6A-26/both-families-are-served"),
    _fault(
        "addresses-tried-one-by-one",
        "各地址依次连接，前一个超时才试下一个",
        "T5",
        "V6A-27/a-dead-ipv6-path-falls-back-quickly",
    ),
    _fault("only-ipv4-loopback-blocked", "回调黑名单只有 127.0.0.0/8", "假想", *_CALLS),
    _fault("blocklist-compares-text", "回调黑名单比较文本", "假想", *_CALLS),
    _fault("refused-after-the-call", "先试连，再拒绝", "假想", _CALLS[1]),
    _fault(
        "reverse-by-bytes", "反向域名按字节而不是半字节", "假想", "V6A-29/reverse-names-are-nibbles-in-reverse-order"
    ),
    _fault(
        "session-bound-to-address", "会话绑定单个地址", "假想", "V6A-30/sessions-survive-a-change-of-temporary-address"
    ),
)

HOLLOW = {"hollow-200-empty": 200, "all-401": 401, "all-404": 404, "all-500": 500}

WHOLE = (
    Fault("hollow-200-empty", "一律 200、空对象", "假想", kind=WHOLE_SYSTEM),
    Fault("all-401", "一律 401", "假想", kind=WHOLE_SYSTEM),
    Fault("all-404", "一律 404", "假想", kind=WHOLE_SYSTEM),
    Fault("all-500", "一律 500", "假想", kind=WHOLE_SYSTEM),
)

FAULTS: tuple[Fault, ...] = (*TEXT, *COMPARISON, *HOSTS, *CLIENTS, *WHOLE)
