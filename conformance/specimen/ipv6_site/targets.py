"""The target file of the specimen: what a laboratory would write to have this site tested in its closed laboratory."""

from __future__ import annotations

from typing import Any

from conformance.specimen.fault import Deviations
from conformance.specimen.ipv6_site import day, names
from conformance.specimen.ipv6_site.serving import ADMIN, Serving


def target(name: str, serving: Serving, faults: Deviations) -> dict[str, Any]:
    spec = "+".join((name, *faults))
    hosts = [host.rstrip(".") for host in (*names.HOSTS, names.OLD)]
    site = f"http://{names.WWW.rstrip('.')}/"
    root = names.SERVERS[names.ROOT_SERVER]
    return {
        "target": f"specimen:{spec}",
        "system": {
            "name": "政府网站样机（仅供测试）",
            "version": "1.0",
            "build": "20260101",
            "vendor": "conformance 样机",
        },
        "parameters": {
            "site": site,
            "stability_record": str(day.write(serving.folder / "visits.jsonl", site, faults)),
            "roots": list(root),
            "resolver": names.SERVERS[names.RESOLVER][0],
            "lab_prefixes": ["2001:db8::/32", "192.0.2.0/24"],
            "a_only_name": names.V4ONLY.rstrip("."),
            "large_name": names.BIG.rstrip("."),
            "large_type": "TXT",
            "download_url": f"http://{names.WWW.rstrip('.')}/large.bin",
            "app_hosts": [f"http://{names.API.rstrip('.')}/api/status"],
            "scan_ports": [22, 80, 443, ADMIN],
            "dns_timeout": 0.5,
            "delay_samples": 6,  # an even number: the median of a few that got by early and a few late ones is late
            "delay_floor": 100,
            "visit_interval": 0,
        },
        "declares": {"ipv4": True, "https": True, "app": True, "cdn": False},
        "limits": {"concurrency": 8, "timeout": "5s"},
        "tls": {"ca": str(serving.ca)},
        "hosts": hosts,
        "routes": dict(serving.routes),
    }
