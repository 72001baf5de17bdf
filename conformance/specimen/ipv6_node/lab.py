"""The link between tester and node: namespaces, veth pairs with known addresses, offloads off, the tester's own stack mute.

tester  vt ────────────── vn  node          the link on which everything is judged
        vt ─── ma [] mb ── vn               the same, with something between (a fault that no kernel commits)
        wt ────────────── wn                a second link of MTU 1280, for a node that forwards
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from conformance.specimen.ipv6_node.namespaces import Namespace, Namespaces

TESTER, NODE = "02:00:00:00:00:01", "02:00:00:00:00:02"
FAR_TESTER, FAR_NODE = "02:00:00:00:00:03", "02:00:00:00:00:04"
NODE_LOCAL = "fe80::ff:fe00:2"  # of NODE by EUI-64 (RFC 4291 appendix A)
PREFIX, NODE_GLOBAL = "2001:db8:1::/64", "2001:db8:1::2"
FAR_PREFIX, FAR_NODE_GLOBAL = "2001:db8:2::/64", "2001:db8:2::2"
FAR_MTU = 1280  # the IPv6 minimum link MTU (RFC 8200 section 5)
_OFF = ("tx", "off", "rx", "off", "tso", "off", "gso", "off", "gro", "off")


@dataclass(slots=True)
class Lab:
    """The namespaces of one lab. `middle` is None where tester and node share one cable."""

    namespaces: Namespaces
    tester: Namespace
    node: Namespace
    middle: Namespace | None = None

    def close(self) -> None:
        self.namespaces.close()

    def __enter__(self) -> Lab:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()


def build(
    *, router: bool = False, between: bool = False, settings: Iterable[tuple[str, str]] = (), rules: str = ""
) -> Lab:
    """A lab whose node has had its settings and rules before its interface came up. Takes about 0.2 s."""
    made = Namespaces()
    try:
        tester, node = made.make(), made.make()
        middle = made.make() if between else None
        if middle is None:
            _cable(tester, "vt", TESTER, node, "vn", NODE)
        else:
            _cable(tester, "vt", TESTER, middle, "ma", "02:00:00:00:00:05")
            _cable(middle, "mb", "02:00:00:00:00:06", node, "vn", NODE)
            middle.sysctl([("net.ipv6.conf.all.disable_ipv6", "1")])
        if router:
            _cable(tester, "wt", FAR_TESTER, node, "wn", FAR_NODE)
            tester.ip([f"link set dev wt mtu {FAR_MTU}"])
            node.ip([f"link set dev wn mtu {FAR_MTU}"])
        # The tester's kernel stays silent: whatever answers for the tester is the tester itself.
        tester.sysctl([("net.ipv6.conf.all.disable_ipv6", "1"), ("net.ipv6.conf.default.disable_ipv6", "1")])
        node.sysctl(
            [
                ("net.ipv6.conf.vn.accept_ra", "0" if router else "1"),
                ("net.ipv6.conf.vn.keep_addr_on_down", "1"),  # a configured address outlives a bounced interface
                ("net.ipv6.conf.vn.addr_gen_mode", "3"),  # stable and opaque (RFC 7217)
                ("net.ipv6.conf.all.forwarding", "1" if router else "0"),
                *settings,
            ]
        )
        if rules:
            node.nft(rules)
        far = ["wn"] if router else []
        tester.ip(f"link set dev {name} up" for name in ("vt", *(["wt"] if router else [])))
        if middle is not None:
            middle.ip(["link set dev ma up", "link set dev mb up"])
        node.ip(f"link set dev {name} up" for name in ("vn", *far))
        node.ip(
            [
                f"addr add {NODE_GLOBAL}/64 dev vn nodad",
                *(f"addr add {FAR_NODE_GLOBAL}/64 dev {name} nodad" for name in far),
            ]
        )
    except BaseException:
        made.close()
        raise
    return Lab(made, tester, node, middle)


def _cable(a: Namespace, a_name: str, a_mac: str, b: Namespace, b_name: str, b_mac: str) -> None:
    a.ip([f"link add name {a_name} address {a_mac} type veth peer name {b_name} address {b_mac} netns {b.pid}"])
    for space, name in ((a, a_name), (b, b_name)):
        # Otherwise TCP leaves the node in segments larger than any frame, and checksums are filled in by nobody.
        space.run("ethtool", "-K", name, *_OFF)
