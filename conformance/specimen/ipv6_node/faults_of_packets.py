"""Faults that no kernel commits: what stands between node and tester changes packets (`changes`)."""

from __future__ import annotations

from dataclasses import replace

from conformance.specimen.fault import Fault
from conformance.specimen.ipv6_node.faults_of_kernel import HOST, LONG, ROUTER, SEEN, Row, key
from conformance.specimen.ipv6_node.node import Setup

_SUPPOSED = "假想"


def _fault(name: str, title: str, *kills: str, source: str = _SUPPOSED, shape: str = HOST) -> Row:
    return Fault(name, title, source, kills, shapes=(shape,)), Setup(between=name)


_GROUP = key(29, "solicitation-to-the-group-is-answered")
_UNICAST = key(29, "unicast-solicitation-is-answered")
_TO_ALL = key(29, "probe-from-nobody-is-answered-to-all-nodes")
_LATE = _fault(
    "last-fragment-reported",
    "没有首片也回重组超时，且 3 秒即放弃重组",
    key(23, "incomplete-reassembly-is-reported-after-sixty-seconds"),
    key(23, "incomplete-reassembly-without-the-first-fragment-is-silent"),
    shape=LONG,
)

ROWS: tuple[Row, ...] = (
    _fault("echo-data-cut", "应答的数据不全", key(1, "echo-request-is-answered-with-the-same-data")),
    _fault("echo-from-another-address", "由另一个地址应答", key(2, "echo-reply-comes-from-the-address-asked")),
    _fault(
        "unknown-message-answered", "对未知的信息类消息回差错", key(3, "unknown-informational-message-is-discarded")
    ),
    _fault("error-quotes-everything", "差错报文携带整个原报文", key(4, "error-message-quotes-up-to-the-minimum-mtu")),
    _fault("error-answers-an-error", "对差错报文回差错", key(5, "error-message-is-not-answered-by-an-error")),
    _fault("error-answers-a-group", "对组播报文回差错", key(5, "multicast-packet-is-not-answered-by-an-error")),
    _fault(
        "unknown-header-wrong-pointer",
        "无法识别的 Next Header，指针不对",
        key(11, "unknown-next-header-is-reported"),
        key(11, "unknown-next-header-after-options-is-reported"),
        key(11, "misplaced-hop-by-hop-header-is-reported"),
        source=SEEN,
    ),
    _fault("discard-option-skipped", "选项 01 被跳过", key(13, "discard-option-is-discarded-silently")),
    _fault(
        "report-option-unreported",
        "选项 10 静默丢弃",
        key(14, "report-option-is-reported"),
        key(14, "report-option-to-a-group-is-reported"),
    ),
    _fault(
        "unicast-report-option-answers-a-group",
        "选项 11 对组播也回差错",
        key(15, "unicast-report-option-to-a-group-is-silent"),
    ),
    _fault(
        "unknown-routing-type-processed",
        "未知的路由类型不看 Segments Left",
        key(16, "unknown-routing-type-with-segments-is-reported"),
    ),
    _fault("routing-type-zero-processed", "处理类型 0 的路由首部", key(17, "routing-type-zero-is-reported")),
    _fault("no-next-header-reported", "对 Next Header 59 回差错", key(18, "no-next-header-is-silent")),
    _fault("late-first-fragment-lost", "首片后到时不能重组", key(19, "fragments-in-reverse-order-are-reassembled")),
    _fault("large-packet-not-reassembled", "不能重组 1500 字节", key(19, "packet-of-1500-octets-is-reassembled")),
    _fault("overlap-merged", "合并重叠的分片", key(20, "overlapping-fragments-are-discarded"), source=SEEN),
    _fault(
        "atomic-fragment-dropped",
        "丢弃原子分片",
        key(21, "atomic-fragment-is-answered"),
        key(21, "atomic-fragment-leaves-the-queue-alone"),
    ),
    _fault(
        "atomic-fragment-spoils-the-queue",
        "原子分片并入同一标识的队列",
        key(21, "atomic-fragment-leaves-the-queue-alone"),
    ),
    _fault(
        "atomic-fragments-sent",
        "PTB 小于 1280 时产生原子分片",
        key(22, "small-packets-stay-whole-after-a-small-mtu-report"),
    ),
    _fault("odd-fragment-unreported", "长度不是 8 的倍数的分片不回差错", key(24, "fragment-of-odd-length-is-reported")),
    _fault("oversized-reassembly-unreported", "重组超长不回差错", key(25, "oversized-reassembly-is-reported")),
    _fault("udp-checksum-optional", "接受校验和为 0 的 UDP", key(27, "udp-without-checksum-is-discarded")),
    _fault("multicast-source-answered", "应答源为组播地址的请求", key(28, "multicast-source-is-discarded")),
    _fault("advertisement-with-router-flag", "主机的邻居通告 R=1", _GROUP, _UNICAST, _TO_ALL, source=SEEN),
    _fault("advertisement-without-address", "邻居通告不带链路层地址", _GROUP, _TO_ALL),
    _fault(
        "solicitation-hop-limit-unchecked",
        "不看邻居请求的跳限",
        key(30, "solicitation-from-beyond-the-link-is-discarded"),
        source=SEEN,
    ),
    _fault(
        "solicitation-code-unchecked",
        "不看邻居请求的代码",
        key(31, "solicitation-with-a-wrong-message-is-discarded"),
        source=SEEN,
    ),
    _fault(
        "solicitation-checksum-unchecked",
        "不看邻居请求的校验和",
        key(31, "solicitation-with-a-wrong-message-is-discarded"),
    ),
    _fault(
        "zero-length-option-accepted",
        "接受长度为 0 的选项",
        key(31, "solicitation-with-a-wrong-target-or-option-is-discarded"),
    ),
    _fault(
        "nobody-with-address-accepted",
        "接受源为 :: 而带链路层地址的邻居请求",
        key(31, "solicitation-from-nobody-with-a-wrong-form-is-discarded"),
    ),
    _fault(
        "conflict-by-advertisement-ignored",
        "收到冲突的邻居通告仍使用地址",
        key(33, "address-in-conflict-by-advertisement-stays-unused"),
    ),
    _fault(
        "conflict-by-probe-ignored",
        "收到他人的重复地址检测仍使用地址",
        key(33, "address-in-conflict-by-probe-stays-unused"),
    ),
    _fault(
        "advertisement-hop-limit-unchecked",
        "不看路由器通告的跳限",
        key(35, "advertisement-from-beyond-the-link-is-discarded"),
    ),
    _fault(
        "advertisement-source-unchecked",
        "不看路由器通告的源地址",
        key(35, "advertisement-from-a-global-address-is-discarded"),
    ),
    _fault("prefix-without-autonomy-used", "用 A=0 的前缀配置地址", key(37, "unusable-prefixes-are-ignored")),
    _fault(
        "prefix-preferred-over-valid-used", "用首选期大于有效期的前缀配置地址", key(37, "unusable-prefixes-are-ignored")
    ),
    _fault("lifetime-cut-at-once", "未经认证的路由器通告使地址立即失效", key(38, "lifetime-is-not-cut-at-once")),
    _fault(
        "advertised-mtu-unchecked", "采用小于 1280 的 MTU 选项", key(39, "advertised-mtu-below-the-minimum-is-ignored")
    ),
    _fault("neighbour-never-probed", "不探测沉默的邻居", key(40, "silent-neighbour-is-probed")),
    _fault("redirect-hop-limit-unchecked", "不看重定向的跳限", key(41, "false-redirects-are-ignored")),
    _fault("redirect-source-unchecked", "不看重定向的源", key(41, "false-redirects-are-ignored")),
    _fault("atomic-solicitation-answered", "应答原子分片里的邻居请求", key(42, "fragmented-solicitation-is-discarded")),
    _fault(
        "fragmented-advertisement-accepted", "接受分片的路由器通告", key(42, "fragmented-advertisement-is-discarded")
    ),
    _fault(
        "small-mtu-accepted", "PTB 小于 1280 时减小发送尺寸", key(44, "packet-too-big-below-the-minimum-is-ignored")
    ),
    _fault("mtu-raised", "PTB 增大路径 MTU", key(44, "packet-too-big-never-raises-the-mtu")),
    _fault(
        "foreign-segment-accepted",
        "不核验 PTB 内嵌的 TCP 报文段",
        key(45, "packet-too-big-for-a-foreign-segment-is-ignored"),
    ),
    _fault("hop-limit-kept", "转发时跳限不减", key(10, "forwarding-decrements-the-hop-limit"), shape=ROUTER),
    _fault(
        "link-local-forwarded",
        "转发源为链路本地地址的报文",
        key(10, "link-local-packets-stay-on-their-link"),
        shape=ROUTER,
    ),
    _fault(
        "wrong-mtu-reported", "PTB 中的 MTU 不对", key(9, "packet-too-big-for-the-next-link-is-reported"), shape=ROUTER
    ),
    (_LATE[0], replace(_LATE[1], settings=(("net.ipv6.ip6frag_time", "3"),))),
)
