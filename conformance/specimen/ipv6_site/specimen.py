"""The specimen as the registry offers it."""

from __future__ import annotations

from dataclasses import dataclass, field

from conformance.errors import MissingExtra
from conformance.specimen.fault import Deviations, Fault
from conformance.specimen.ipv6_site.faults import FAULTS
from conformance.specimen.ipv6_site.faults_of_nginx import NGINX
from conformance.specimen.ipv6_site.nginx import COMMAND, PROGRAM
from conformance.specimen.registry import Made


@dataclass(frozen=True, slots=True)
class Ipv6Site:
    """A site with its name servers. `second` and `third`: links of each level, for measurements with more pages."""

    name: str = "ipv6-site"
    title: str = "政府网站与域名服务器（IPv6、IPv4 回环）"
    second: int = 0
    third: int = 0
    faults: tuple[Fault, ...] = field(default=FAULTS)
    nginx: bool = False
    program: str | None = PROGRAM

    @property
    def missing(self) -> str:
        """The command that installs what this machine lacks for this specimen, or ""."""
        return COMMAND if self.nginx and self.program is None else ""

    def make(self, active: tuple[str, ...]) -> Made:
        try:
            import dns  # noqa: F401 - the servers speak with dnspython
        except ImportError:
            raise MissingExtra("dnspython", "ipv6") from None
        if self.missing:
            raise MissingExtra("nginx", "", self.missing)
        from conformance.specimen.ipv6_site import targets, text
        from conformance.specimen.ipv6_site.serving import Serving

        deviations = Deviations(active, (fault.name for fault in (*FAULTS, *NGINX)))
        shape = text.Shape(self.second or text.SECOND, self.third or text.THIRD)
        running: list[Serving] = []

        def serve(port: int) -> Serving:
            running.append(Serving(deviations, shape, port, nginx=self.nginx).start())
            return running[-1]

        return Made(None, lambda _base_url: targets.target(self.name, running[-1], deviations), serve)


SPECIMENS = (
    Ipv6Site(),
    Ipv6Site("ipv6-site-nginx", "政府网站由 nginx 提供，与域名服务器（IPv6、IPv4 回环）", faults=NGINX, nginx=True),
)
