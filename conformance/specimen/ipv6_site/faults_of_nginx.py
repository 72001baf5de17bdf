"""Ways in which the configuration of an nginx leaves IPv6 out, each a line or two that operators do write."""

from __future__ import annotations

from conformance.specimen.fault import Fault
from conformance.specimen.ipv6_site.faults import fault

NGINX: tuple[Fault, ...] = (
    fault("nginx-listens-on-ipv4-only", "nginx 没有 listen [::]", "3.4", "05", "20", "29"),
    fault("nginx-has-tls-on-ipv4-only", "nginx 的 listen 443 ssl 没有 [::]", "V6W-07", "07"),
    fault(
        "nginx-default-server-answers-over-ipv6",
        "IPv6 请求落入 nginx 的默认站点",
        "V6W-14",
        "14",
        "15A",
        "17",
        "18",
        "20",
    ),
    fault("nginx-serves-an-old-copy-over-ipv6", "IPv6 的 server 指向旧的目录", "3.4", "14"),
    fault("nginx-allows-ipv4-clients-only", "nginx 的 allow 只列了 IPv4 网段", "V6W-15", "05", "15", "17", "18", "20"),
    fault("nginx-closes-unnamed-ipv6-requests", "IPv6 上的 server 对请求 return 444", "假想", "05", "20", "29"),
    fault(
        "nginx-location-drops-headers-over-ipv6", "IPv6 的 location 另有 add_header，上层的不再继承", "V6W-15", "15A"
    ),
    fault("nginx-redirects-to-its-ipv4-address", "IPv6 的首页 return 302 到 IPv4 地址", "T3 1295", "16"),
    fault("nginx-lacks-assets-over-ipv6", "静态资源的 location 在 IPv6 的 server 里答 404", "3.4", "20"),
    fault("nginx-limits-downloads-over-ipv6", "IPv6 的 server 对大文件 limit_rate", "V6W-24", "24d"),
    fault("nginx-default-certificate-over-ipv6", "IPv6 的 server 用了别的名字的证书", "V6W-26", "26"),
    fault("nginx-passes-the-interface-to-a-dead-port", "IPv6 的 server 把接口转给没有人监听的端口", "V6W-29", "29"),
)
