"""What the name servers do instead of answering, by the faults in force."""

from __future__ import annotations

from collections.abc import Callable

from conformance.specimen.fault import Deviations
from conformance.specimen.ipv6_site import names
from conformance.specimen.ipv6_site.nameserver import Behaviour, Question

LATE = 0.25
_LEAF = (names.NS1, names.NS2)
_NOTHING = Behaviour()


def behaviour(faults: Deviations) -> Callable[[Question], Behaviour]:
    """The deviation of one question under `faults`."""

    def behave(asked: Question) -> Behaviour:
        for fault, applies, what in _DEVIATIONS:
            if fault in faults and applies(asked):
                return what
        return _NOTHING

    return behave


def _site_aaaa(q: Question) -> bool:
    return q.server in _LEAF and q.type == "AAAA" and q.name == names.WWW


def _any_aaaa(q: Question) -> bool:
    return q.server in _LEAF and q.type == "AAAA" and q.name in (names.WWW, names.V4ONLY)


def _v4_only_aaaa(q: Question) -> bool:
    return q.server in _LEAF and q.type == "AAAA" and q.name == names.V4ONLY


_DEVIATIONS: tuple[tuple[str, Callable[[Question], bool], Behaviour], ...] = (
    ("aaaa-is-servfail", _site_aaaa, Behaviour(rcode="SERVFAIL")),
    ("aaaa-is-dropped", _site_aaaa, Behaviour(drop=True)),
    ("one-server-fails-on-aaaa", lambda q: _site_aaaa(q) and q.server == names.NS2, Behaviour(rcode="SERVFAIL")),
    ("aaaa-of-ipv4-only-name-is-servfail", _v4_only_aaaa, Behaviour(rcode="SERVFAIL")),
    ("aaaa-of-ipv4-only-name-is-dropped", _v4_only_aaaa, Behaviour(drop=True)),
    ("aaaa-of-ipv4-only-name-is-nxdomain", _v4_only_aaaa, Behaviour(rcode="NXDOMAIN")),
    ("aaaa-of-ipv4-only-name-is-late", _v4_only_aaaa, Behaviour(delay=LATE)),
    ("aaaa-is-late", _site_aaaa, Behaviour(delay=LATE)),
    ("servers-refuse-over-ipv6", lambda q: q.server in _LEAF and q.family == 6, Behaviour(rcode="REFUSED")),
    ("second-server-refuses-over-ipv6", lambda q: q.server == names.NS2 and q.family == 6, Behaviour(rcode="REFUSED")),
    (
        "large-answer-is-cut-without-a-sign",
        lambda q: q.server in _LEAF and q.name == names.BIG and q.family == 6,
        Behaviour(truncate_silently=True),
    ),
    (
        "large-answer-fails-over-tcp",
        lambda q: q.server in _LEAF and q.name == names.BIG and q.family == 6 and q.transport == "tcp",
        Behaviour(rcode="SERVFAIL"),
    ),
    ("resolver-fails-on-aaaa", lambda q: q.server == names.RESOLVER and q.type == "AAAA", Behaviour(rcode="SERVFAIL")),
    (
        "resolver-withholds-aaaa",
        lambda q: q.server == names.RESOLVER and q.type == "AAAA" and q.name == names.WWW,
        Behaviour(rcode="NXDOMAIN"),
    ),
)
