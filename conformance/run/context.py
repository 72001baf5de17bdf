"""What a check has in its hands: `Procedure`. It calls, looks, asserts; the verdict is computed from what it noted.

The class is used by the YAML executor and by the Python procedures in `suites/` alike. Everything it returns comes
from the system or from the record; a replayed check sees the same values, times and examples as the first time.
What it notes is in `notebook`, how it sends in `calls`; here is what it may ask of its target, its run and its files.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from conformance.model.exchange import Exchange, Request, Response
from conformance.model.verdict import Cause
from conformance.run.calls import Calls
from conformance.run.gathered import Batch, gathered
from conformance.target.access import host_of
from conformance.target.declare import evaluate

if TYPE_CHECKING:
    from conformance.run.filing import HeldFile
    from conformance.run.link import Link

T = TypeVar("T")
_MOST_FILE = 64 << 20  # octets of a file that a check reads and the record keeps
Sending = Callable[[str, list[Request]], list[Exchange]]


class Procedure(Calls):
    """The hands and the notebook of one attempt at one check. Used by one thread, except inside `parallel`."""

    # What the profile and the target say -----------------------------------------------------------------

    def parameter(self, name: str) -> Any:
        """A parameter of the target; `require` stops the check when it has none."""
        value = self._run.target.parameters.get(name)
        self.require(value is not None, f"target 未给出参数 {name}", Cause.CONFIGURATION)
        return value

    def optional(self, name: str) -> Any:
        """A parameter of the target, or None when it has none."""
        return self._run.target.parameters.get(name)

    def pairs(self, name: str) -> dict[str, str]:
        """A parameter that is a list of “名=值” as a mapping; a line that is none stops the check."""
        out = {}
        for line in self.parameter(name):
            key, equals, value = str(line).partition("=")
            self.require(bool(key.strip() and equals), f"参数 {name} 的 {line!r} 应写成“名=值”")
            out[key.strip()] = value.strip()
        return out

    def declared(self, capability: str) -> bool:
        return bool(evaluate(capability, self._run.target.declares, self._run.profile_capabilities)[0])

    @property
    def proxied(self) -> bool:
        """Whether requests go through a proxy: then the other end of a connection is not the system."""
        return bool(self._run.target.proxy)

    @property
    def concurrency(self) -> int:
        """Requests that the target allows to be under way at the same time."""
        return self._run.target.limits.concurrency

    @property
    def patience(self) -> float:
        """Seconds that the target allows one thing to take (`limits.timeout`)."""
        return self._run.target.limits.timeout

    def may_visit(self, url: str) -> bool:
        """Whether an address is of a host that the target names."""
        return host_of(url) in self._run.target.hosts

    def page_names(self) -> tuple[str, ...]:
        """The names of the pages that the target hands in, in its order."""
        return tuple(self._run.target.pages)

    def page(self, name: str) -> Mapping[str, Any]:
        """A page that the target hands in: url, marker (a list of texts) and perhaps device."""
        self.require(name in self._run.target.pages, f"target 没有列出页面 {name}（pages）", Cause.CONFIGURATION)
        return self._run.target.pages[name]

    # What the run holds ----------------------------------------------------------------------------------

    def gathered(self, name: str, gather: Callable[[Sending], Batch], read: Callable[[Batch], T]) -> T:
        """What `read` makes of exchanges that are made once for all checks of the run (`run.gathered`).

        `gather(send)` makes them: `send(operation, requests)` gives their exchanges in order. Its evidence is the index.
        """
        found, evidence = gathered(
            self._run, name, lambda: gather(lambda op, wanted: self._sent(op, wanted, True)), read
        )
        if evidence is not None and evidence not in self.evidence:
            self.evidence.append(evidence)
        return found

    def file(self, parameter: str) -> bytes:
        """The content of a file that the target names; it becomes evidence, so that a replay reads the same."""
        name = str(self.parameter(parameter))
        request = Request("FILE", f"file:{parameter}")
        if self._run.replaying:
            exchange = self._run.sender.send(request, operation="file")
        else:
            try:
                with Path(name).open("rb") as opened:
                    content = opened.read(_MOST_FILE + 1)
            except OSError as error:
                self.stop(
                    Cause.CONFIGURATION, f"参数 {parameter} 的文件读不出来: {error.strerror}", expected="可以读取的文件"
                )
            self.require(len(content) <= _MOST_FILE, f"参数 {parameter} 的文件超过 {_MOST_FILE >> 20} MB，未读取")
            exchange = Exchange(request, Response(0, (), content, "FILE"), operation="file")
        self.count += 1
        kept = self._run.keep(exchange, f"文件 {parameter}")
        if kept is not None:
            self.evidence.append(kept)
        return exchange.response.body if exchange.response else b""

    def files(self, most: int = 20) -> list[HeldFile]:
        """Files of the run with their bytes, at most so many; the same ones in a replay, if the record holds them."""
        from conformance.run.filing import held

        return held(self._run, most)

    def genuine(self, name: str, data: bytes) -> bool | None:
        """Our own word on a signed file: unchanged and rightly signed (True), not (False), not decided (None)."""
        from conformance.run.filing import genuine

        return genuine(self._run, name, data)

    def tampered(self, name: str, data: bytes) -> list[tuple[str, bytes]]:
        """A signed file changed in several ways, each of which makes it not genuine: what was changed, and the bytes."""
        from conformance.run.filing import tampered

        return tampered(self._run, name, data)

    # Other ways to look ----------------------------------------------------------------------------------

    def link(self) -> Link:
        """The link to a node that is tested by packets; used as `with check.link() as link` (extra `packet`)."""
        from conformance.run.link import Link

        return Link(self, self._run, self._key)

    def for_all(
        self, generate: Mapping[str, Any], body: Callable[[dict[str, Any]], object], *, examples: int = 50
    ) -> None:
        """Hypothesis: `body(example)` must hold for every generated example; a counterexample is shrunk."""
        from conformance.run.properties import for_all

        for_all(self, self._run, self._key, generate, body, examples)
