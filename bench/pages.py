"""Visits to a page of 40 KB, as a portal's list page is, in one warm browser: python bench/pages.py

Milliseconds a visit: measured alone, with axe-core, and through the gateway that a private CA or a proxy needs. The
start of the browser is told apart.
"""

from __future__ import annotations

import resource
import statistics
import sys
import time

from govsite import _answer
from starlette.applications import Starlette
from starlette.routing import Route

VISITS = 10


def main() -> int:
    from conformance.errors import MissingExtra
    from conformance.model.target import System, Target
    from conformance.probe.http import HttpPort
    from conformance.probe.page import browser, visit
    from conformance.specimen.server import running

    with running(Starlette(routes=[Route("/{path:path}", _answer)])) as base:
        place = base.removeprefix("http://")
        direct = Target("bench", System("bench"), base, ("127.0.0.1",))
        routed = Target("bench", System("bench"), base, ("127.0.0.1",), routes={place: place})
        for what, target, axe in (("alone", direct, False), ("with axe", direct, True), ("gateway", routed, False)):
            port = HttpPort(target)
            times = []
            try:
                for n in range(VISITS + 1):
                    begun = time.perf_counter()
                    exchange = port.send(visit.request(f"{base}/p/{n}", axe=axe))
                    times.append(time.perf_counter() - begun)
                    if exchange.response is None:
                        print(f"{what}: {exchange.fault}")
                        return 1
            except MissingExtra as missing:
                print(f"not measured: {missing}")
                return 0
            finally:
                port.close()
            first, later = times[0], sorted(times[1:])
            print(f"{what}: {1000 * statistics.median(later):.0f} ms a visit ({1000 * later[0]:.0f}–{1000 * later[-1]:.0f}), the first {first:.1f} s")  # fmt: skip
    browser.close()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"this process: CPU {time.process_time():.1f} s, {peak:.0f} MB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
