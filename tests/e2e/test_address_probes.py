"""DNS, TCP, TLS and HTTP to one given address of one family: what went wrong is told apart, and nothing else is reached."""

from __future__ import annotations

import socket
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import dns.flags
import dns.message
import dns.rcode
import dns.rrset
import pytest

from conformance.model.exchange import Exchange, Request
from conformance.model.target import Limits, System, Target
from conformance.probe import dns as probe
from conformance.probe.http import HttpPort
from conformance.run.redact import Redactor, stored_form
from conformance.run.replay import Replay

Reply = Callable[[bytes], bytes | None]


@contextmanager
def port(**more: object) -> Iterator[HttpPort]:
    target = Target("t", System("s"), "", ("www.example.cn",), limits=Limits(timeout=1.0, total_timeout=2.0), **more)
    made = HttpPort(target)
    try:
        yield made
    finally:
        made.close()


@contextmanager
def name_server(reply: Reply, family: socket.AddressFamily = socket.AF_INET6) -> Iterator[str]:
    """A server over UDP and TCP whose answers `reply` makes from raw queries."""
    host = "::1" if family == socket.AF_INET6 else "127.0.0.1"
    tcp = socket.create_server((host, 0), family=family)
    number = tcp.getsockname()[1]
    udp = socket.socket(family, socket.SOCK_DGRAM)
    udp.bind((host, number))
    stop = threading.Event()
    for one in (tcp, udp):
        one.settimeout(0.1)

    def datagrams() -> None:
        while not stop.is_set():
            try:
                data, where = udp.recvfrom(65535)
            except TimeoutError:
                continue
            except OSError:
                return
            answer = reply(data)
            if answer is not None:
                udp.sendto(answer, where)

    def streams() -> None:
        while not stop.is_set():
            try:
                connection, _ = tcp.accept()
            except TimeoutError:
                continue
            except OSError:
                return
            with connection:
                data = connection.recv(65535)
                answer = reply(data[2:])
                if answer is not None:
                    connection.sendall(struct.pack("!H", len(answer)) + answer)

    threads = [threading.Thread(target=t, daemon=True) for t in (datagrams, streams)]
    for thread in threads:
        thread.start()
    try:
        yield f"[{host}]:{number}" if family == socket.AF_INET6 else f"{host}:{number}"
    finally:
        stop.set()
        for thread in threads:
            thread.join(2)
        udp.close()
        tcp.close()


def good(raw: bytes) -> bytes:
    message = dns.message.make_response(dns.message.from_wire(raw))
    message.flags |= dns.flags.AA
    message.answer.append(dns.rrset.from_text("www.example.cn.", 60, "IN", "AAAA", "2001:DB8:0:0::80"))
    return message.to_wire()


def failing(raw: bytes) -> bytes:
    message = dns.message.make_response(dns.message.from_wire(raw))
    message.set_rcode(dns.rcode.SERVFAIL)
    return message.to_wire()


def ask(server: str, transport: str = "udp", **more: object) -> tuple[Exchange, probe.Reply]:
    with port(**more) as sender:
        exchange = sender.send(probe.query(server, "WWW.example.cn", "AAAA", transport=transport, timeout=0.3))
    return exchange, probe.read(exchange)


@pytest.mark.parametrize("family", [socket.AF_INET6, socket.AF_INET], ids=["IPv6", "IPv4"])
@pytest.mark.parametrize("transport", ["udp", "tcp"])
def test_an_answer_is_read_and_the_other_end_is_recorded(family: socket.AddressFamily, transport: str) -> None:
    with name_server(good, family) as server:
        exchange, reply = ask(server, transport)
    assert reply.authoritative
    assert [r.data for r in reply.records("www.example.cn", "AAAA")] == ["2001:db8::80"]
    assert exchange.peer == server
    assert exchange.response is not None
    assert ("rcode", "NOERROR") in exchange.response.headers


def test_an_exchange_is_replayed_as_it_was() -> None:
    with name_server(good) as server:
        exchange, reply = ask(server)
    stored = stored_form(exchange, Redactor())
    again = Replay([stored]).send(probe.query(server, "WWW.example.cn", "AAAA", timeout=0.3))
    assert probe.read(again) == reply


def test_the_identifier_that_goes_out_is_drawn_anew() -> None:
    seen: list[bytes] = []

    def reply(raw: bytes) -> bytes:
        seen.append(raw[:2])
        return good(raw)

    with name_server(reply) as server:
        for _ in range(4):
            ask(server)
    assert len(set(seen)) > 1


def test_servfail_is_an_answer_and_silence_is_none() -> None:
    with name_server(failing) as server:
        assert ask(server)[1].rcode == "SERVFAIL"
    with name_server(lambda raw: None) as server:
        assert ask(server)[1].fault == "timeout"


@pytest.mark.parametrize(
    "wrong",
    [
        lambda raw: raw[:2] + b"\x80",
        lambda raw: raw[:2] + b"\x84\x00" + b"\xff" * 40,
        lambda raw: raw[:2] + b"\x84\x00\x00\x01\x00\x01\x00\x00\x00\x00" + b"\xc0\x0c" * 30,
        lambda raw: b"",
    ],
    ids=["cut", "counts", "pointer-loop", "empty"],
)
def test_what_is_no_message_is_malformed_or_no_answer(wrong: Reply) -> None:
    with name_server(wrong) as server:
        assert ask(server)[1].fault in ("malformed", "timeout")


def test_an_answer_to_another_question_is_not_taken() -> None:
    with name_server(lambda raw: bytes([raw[0] ^ 1, raw[1]]) + good(raw)[2:]) as server:
        assert ask(server)[1].fault == "timeout"


def test_a_closed_port_refuses() -> None:
    with socket.socket(socket.AF_INET6, socket.SOCK_DGRAM) as taken:
        taken.bind(("::1", 0))
        number = taken.getsockname()[1]
    assert ask(f"[::1]:{number}")[1].fault == "refused"
    assert ask(f"[::1]:{number}", "tcp")[1].fault == "refused"


def test_a_mapped_address_is_never_contacted() -> None:
    with name_server(good, socket.AF_INET) as server:
        number = server.rpartition(":")[2]
        assert ask(f"[::ffff:127.0.0.1]:{number}")[1].fault == "mapped"
        with port() as sender:
            for request in (
                Request("TCP", f"tcp://[::ffff:127.0.0.1]:{number}"),
                Request("GET", "http://www.example.cn/", {}, b"", f"[::ffff:127.0.0.1]:{number}"),
            ):
                exchange = sender.send(request)
                assert exchange.fault is not None
                assert exchange.fault.kind == "mapped"


def test_with_routes_only_what_the_table_names_is_reached() -> None:
    with name_server(good) as server:
        routes = {"[2001:db8::53]:53": server}
        exchange, reply = ask("[2001:db8::53]:53", routes=routes)
        assert reply.answered
        assert exchange.peer == server
        assert ask(server, routes=routes)[1].fault == "not-routed"


def test_a_multicast_address_is_not_contacted() -> None:
    assert ask("[ff02::1]:53")[1].fault == "request"


def test_queries_count_against_the_limits_of_the_target() -> None:
    with name_server(good) as server:
        made = HttpPort(Target("t", System("s"), "", (), limits=Limits(requests=2, timeout=1.0)))
        try:
            kinds = [made.send(probe.query(server, "a.cn", "AAAA")).fault for _ in range(3)]
        finally:
            made.close()
    assert kinds[:2] == [None, None]
    assert kinds[2] is not None
    assert kinds[2].kind == "budget"


# HTTP and TCP ----------------------------------------------------------------------------------------------


@contextmanager
def web(answer: bytes, *, drip: float = 0.0) -> Iterator[int]:
    listener = socket.create_server(("::1", 0), family=socket.AF_INET6)
    listener.settimeout(0.1)
    stop = threading.Event()
    heard: list[bytes] = []

    def run() -> None:
        while not stop.is_set():
            try:
                connection, _ = listener.accept()
            except TimeoutError:
                continue
            with connection:
                heard.append(connection.recv(65535))
                if not drip:
                    connection.sendall(answer)
                for n in range(len(answer) if drip else 0):
                    if stop.wait(drip):
                        break
                    try:
                        connection.sendall(answer[n : n + 1])
                    except OSError:
                        break

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    web.heard = heard  # type: ignore[attr-defined]
    try:
        yield listener.getsockname()[1]
    finally:
        stop.set()
        thread.join(3)
        listener.close()


def _get(number: int, **more: object) -> Exchange:
    with port(**more) as sender:
        return sender.send(Request("GET", "http://www.example.cn/x?y=1", {}, b"", f"[::1]:{number}"))


def test_a_page_comes_from_the_given_address_and_is_asked_for_by_name() -> None:
    with web(b"HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nhello") as number:
        exchange = _get(number)
        heard = web.heard[0]  # type: ignore[attr-defined]
    assert exchange.response is not None
    assert exchange.response.body == b"hello"
    assert exchange.peer == f"[::1]:{number}"
    assert {"connect", "first_byte"} <= set(exchange.times)
    assert heard.startswith(b"GET /x?y=1 HTTP/1.1\r\n")
    assert b"\r\nhost: www.example.cn\r\n" in heard.lower()


def test_a_host_that_the_target_does_not_name_is_not_asked() -> None:
    with web(b"") as number, port() as sender:
        exchange = sender.send(Request("GET", "http://other.example/", {}, b"", f"[::1]:{number}"))
        assert web.heard == []  # type: ignore[attr-defined]
    assert exchange.fault is not None
    assert exchange.fault.kind == "host-not-named"


def test_a_server_that_drips_is_cut_at_the_total_time() -> None:
    with web(b"HTTP/1.1 200 OK\r\n" + b"x: y\r\n" * 999, drip=0.05) as number:
        exchange = _get(number)
    assert exchange.fault is not None
    assert exchange.fault.kind == "timeout"
    assert exchange.elapsed < 4


def test_a_body_beyond_the_limit_is_cut() -> None:
    body = b"x" * 5000
    target = Target("t", System("s"), "", ("www.example.cn",), limits=Limits(timeout=1.0, body=1000))
    with web(b"HTTP/1.1 200 OK\r\ncontent-length: 5000\r\n\r\n" + body) as number:
        made = HttpPort(target)
        try:
            exchange = made.send(Request("GET", "http://www.example.cn/", {}, b"", f"[::1]:{number}"))
        finally:
            made.close()
    assert exchange.fault is not None
    assert exchange.fault.kind == "too-large"
    assert exchange.response is not None
    assert len(exchange.response.body) == 1000


@pytest.mark.parametrize(
    "answer", [b"", b"HTTP/1.1 ", b"nonsense\r\n\r\n", b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nx"]
)
def test_a_broken_answer_is_a_fault_of_the_other_side(answer: bytes) -> None:
    with web(answer) as number:
        exchange = _get(number)
    assert exchange.fault is not None
    assert exchange.fault.kind in ("closed", "protocol")


def test_a_connection_says_whether_a_port_is_open() -> None:
    with web(b"") as number, port() as sender:
        opened = sender.send(Request("TCP", f"tcp://[::1]:{number}"))
    with port() as sender:
        closed = sender.send(Request("TCP", f"tcp://[::1]:{number}"))
    assert opened.fault is None
    assert opened.times["connect"] >= 0
    assert closed.fault is not None
    assert closed.fault.kind == "refused"


def test_where_the_tester_stands_is_told_without_sending() -> None:
    with port() as sender:
        response = sender.send(Request("VANTAGE", "vantage:///?towards=[::1]:53,127.0.0.1:53")).response
    assert response is not None
    assert b'"source": "::1"' in response.body
    assert b'"source": "127.0.0.1"' in response.body
