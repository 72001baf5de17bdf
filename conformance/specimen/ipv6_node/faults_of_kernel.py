"""Faults that the kernel itself can be told to have: sysctl values, nftables rules, routes."""

from __future__ import annotations

from conformance.specimen.fault import Fault
from conformance.specimen.ipv6_node.node import Setup

HOST, ROUTER, LONG = "ipv6-node", "ipv6-node-router", "ipv6-node-long"
SEEN = "实测"  # demonstrated in the notes' own laboratory
Row = tuple[Fault, Setup]


def key(clause: int, check: str) -> str:
    return f"ipv6-node/V6N-{clause:02d}/{check}"


def _sysctl(*pairs: tuple[str, str]) -> Setup:
    return Setup(settings=tuple((f"net.ipv6.{name}", value) for name, value in pairs))


def _dropped(where: str, rule: str) -> Setup:
    """An nftables rule; each brace closes on a line of its own, or the rule may fail to load."""
    return Setup(
        rules=f"table ip6 faults {{\n chain c {{\n type filter hook {where} priority 0; policy accept;\n {rule} drop\n }}\n}}\n"
    )


def _fault(name: str, title: str, setup: Setup, *kills: str, source: str = SEEN, shape: str = HOST) -> Row:
    return Fault(name, title, source, kills, shapes=(shape,)), setup


ROWS: tuple[Row, ...] = (
    _fault(
        "no-echo-reply",
        "不应答 Echo Request",
        _sysctl(("icmp.echo_ignore_all", "1")),
        key(1, "echo-request-is-answered-with-the-same-data"),
    ),
    _fault(
        "no-rate-limit",
        "差错报文不限速",
        _sysctl(("icmp.ratelimit", "0"), ("icmp.ratemask", "")),
        key(6, "error-messages-are-rate-limited"),
    ),
    _fault(
        "closed-port-unreported",
        "UDP 端口无监听时不回差错",
        _dropped("output", "icmpv6 type destination-unreachable icmpv6 code 4"),
        key(7, "closed-udp-port-is-reported"),
        source="假想",
    ),
    _fault(
        "hop-limit-zero-dropped",
        "作为目的节点丢弃跳限 0 的报文",
        _dropped("input", "ip6 hoplimit 0"),
        key(10, "hop-limit-zero-reaches-its-destination"),
        source="假想",
    ),
    _fault(
        "unknown-header-unreported",
        "无法识别的 Next Header 不回差错",
        _dropped("output", "icmpv6 type parameter-problem icmpv6 code 1"),
        key(11, "unknown-next-header-is-reported"),
        key(11, "unknown-next-header-after-options-is-reported"),
        key(11, "misplaced-hop-by-hop-header-is-reported"),
    ),
    _fault(
        "destination-options-dropped",
        "丢弃带 Destination Options 的报文",
        _dropped("input", "ip6 nexthdr 60"),
        key(11, "unknown-next-header-after-options-is-reported"),
        key(11, "misplaced-hop-by-hop-header-is-reported"),
        key(12, "skippable-option-is-skipped"),
        key(14, "report-option-is-reported"),
        key(14, "report-option-to-a-group-is-reported"),
        key(15, "unicast-report-option-is-reported"),
    ),
    _fault(
        "routing-header-dropped",
        "丢弃带路由首部的报文",
        _dropped("prerouting", "ip6 nexthdr 43"),
        key(16, "unknown-routing-type-without-segments-is-ignored"),
        key(16, "unknown-routing-type-with-segments-is-reported"),
        key(17, "routing-type-zero-is-reported"),
        source="假想",
    ),
    _fault(
        "fragments-dropped",
        "丢弃分片",
        _dropped("input", "ip6 nexthdr 44"),
        key(19, "fragments-in-order-are-reassembled"),
        key(19, "fragments-in-reverse-order-are-reassembled"),
        key(19, "packet-of-1500-octets-is-reassembled"),
        key(21, "atomic-fragment-is-answered"),
        key(21, "atomic-fragment-leaves-the-queue-alone"),
        key(24, "fragment-of-odd-length-is-reported"),
        key(25, "oversized-reassembly-is-reported"),
        key(26, "first-fragment-without-upper-header-is-reported"),
    ),
    _fault(
        "short-first-fragment-unreported",
        "未含上层首部的首片不回差错",
        _dropped("output", "icmpv6 type parameter-problem icmpv6 code 3"),
        key(26, "first-fragment-without-upper-header-is-reported"),
        source="假想",
    ),
    _fault(
        "no-neighbour-advertisement",
        "不应答邻居请求",
        _dropped("input", "icmpv6 type nd-neighbor-solicit"),
        key(29, "solicitation-to-the-group-is-answered"),
        key(29, "unicast-solicitation-is-answered"),
        key(29, "probe-from-nobody-is-answered-to-all-nodes"),
        key(33, "address-in-conflict-by-probe-stays-unused"),
    ),
    _fault(
        "no-duplicate-detection",
        "不检测重复地址",
        _sysctl(("conf.vn.dad_transmits", "0")),
        key(32, "new-address-is-probed"),
        key(32, "link-local-address-is-probed-after-link-up"),
    ),
    _fault(
        "no-router-solicitation",
        "接口启用后不发送路由器请求",
        _sysctl(("conf.vn.router_solicitations", "0")),
        key(34, "router-is-solicited-after-link-up"),
        source="假想",
    ),
    _fault(
        "no-autoconfiguration",
        "不接受路由器通告的前缀",
        _sysctl(("conf.vn.accept_ra_pinfo", "0")),
        key(36, "advertised-prefix-gives-an-address"),
    ),
    _fault(
        "advertised-mtu-unused",
        "不采用路由器通告的 MTU",
        _sysctl(("conf.vn.accept_ra_mtu", "0")),
        key(39, "advertised-mtu-is-used"),
        source="假想",
    ),
    _fault(
        "packet-too-big-dropped",
        "丢弃 Packet Too Big（路径 MTU 黑洞）",
        _dropped("input", "icmpv6 type packet-too-big"),
        key(43, "echo-reply-shrinks-after-a-packet-too-big"),
        key(43, "tcp-segments-shrink-after-a-packet-too-big"),
    ),
    _fault(
        "identifier-from-the-hardware",
        "接口标识由 MAC 地址得出",
        _sysctl(("conf.vn.addr_gen_mode", "0")),
        key(46, "slaac-identifier-is-opaque"),
    ),
    _fault(
        "no-listener-report",
        "不发送 MLDv2 报告",
        _dropped("output", "icmpv6 type 143"),
        key(47, "multicast-listener-report-names-the-groups"),
        source="假想",
    ),
    _fault(
        "no-route-unreported",
        "没有路由时静默丢弃",
        Setup(commands=("route add blackhole ::/0",)),
        key(8, "packet-without-a-route-is-reported"),
        source="假想",
        shape=ROUTER,
    ),
    _fault(
        "unresolved-unreported",
        "地址解析失败时不回差错",
        _dropped("output", "icmpv6 type destination-unreachable icmpv6 code 3"),
        key(8, "unreachable-neighbour-is-reported"),
        source="假想",
        shape=ROUTER,
    ),
    _fault(
        "packet-too-big-unsent",
        "转发时报文太大不回差错",
        _dropped("output", "icmpv6 type packet-too-big"),
        key(9, "packet-too-big-for-the-next-link-is-reported"),
        source="假想",
        shape=ROUTER,
    ),
    _fault(
        "time-exceeded-unsent",
        "跳限减至 0 时不回差错",
        _dropped("output", "icmpv6 type time-exceeded"),
        key(10, "hop-limit-one-expires-at-the-router"),
        source="假想",
        shape=ROUTER,
    ),
    _fault(
        "reassembly-given-up-early",
        "3 秒即放弃重组",
        _sysctl(("ip6frag_time", "3")),
        key(23, "incomplete-reassembly-is-reported-after-sixty-seconds"),
        shape=LONG,
    ),
)  # fmt: skip
