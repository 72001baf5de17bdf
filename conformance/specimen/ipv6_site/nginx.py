"""The same site given out by nginx (Debian package nginx): a process that nobody here wrote, with a configuration of ours.

The sockets are bound here and handed down (nginx takes over what the variable NGINX names, as it does for its own
upgrade), so that no port is guessed and lost in between. What its configuration does not listen on, nobody listens on.
A shell holds the process: it reads a pipe of ours and ends nginx when that closes, whatever becomes of us.
"""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import time
from collections.abc import Mapping
from pathlib import Path

from conformance.errors import MissingExtra
from conformance.specimen.fault import Deviations
from conformance.specimen.ipv6_site import names, text

PROGRAM = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin:/usr/local/sbin")
COMMAND = "apt-get install nginx"
_READY, _ENDED = 10.0, 5.0
_HOLD = '"$@" </dev/null & read -r _; kill $! 2>/dev/null; wait $!'
_TOPICS = "".join(f"<p>{t}：此栏目正在改版，暂不提供内容，请稍后访问。</p>" for t in text.TOPICS)

# What stands in the server that answers over IPv6, of its own; nothing for most of the faults.
_OF_IPV6: Mapping[str, str] = {
    "nginx-allows-ipv4-clients-only": "allow 127.0.0.0/8; deny all;",
    "nginx-closes-unnamed-ipv6-requests": "return 444;",
    "nginx-redirects-to-its-ipv4-address": "location = / { return 302 http://192.0.2.80/; }",
    "nginx-location-drops-headers-over-ipv6": "location = / { add_header x-family ipv6; try_files /index.html =404; }",
    "nginx-limits-downloads-over-ipv6": "location = /large.bin { limit_rate 900k; }",
    "nginx-lacks-assets-over-ipv6": r"location ~ \.(css|js|svg)$ { return 404; }",
    "nginx-passes-the-interface-to-a-dead-port": "location = /api/status { proxy_pass http://[::1]:%(closed)d; }",
}
_ROOT_OF_IPV6: Mapping[str, str] = {
    "nginx-default-server-answers-over-ipv6": "default",
    "nginx-serves-an-old-copy-over-ipv6": "old",
}

_MAIN = """\
%(user)sdaemon off; worker_processes 1; pid %(folder)s/nginx.pid; error_log %(folder)s/error.log;
events { worker_connections 512; }
http {
  access_log off; server_tokens off; keepalive_timeout 120s; keepalive_requests 10000; server_names_hash_bucket_size 128;
  client_body_temp_path %(folder)s/t1; proxy_temp_path %(folder)s/t2; fastcgi_temp_path %(folder)s/t3;
  uwsgi_temp_path %(folder)s/t4; scgi_temp_path %(folder)s/t5;
  types { text/html html; text/css css; text/javascript js; image/svg+xml svg; application/octet-stream bin; application/json json; }
  default_type text/html; charset utf-8;
  sub_filter_once off; sub_filter @nonce@ $request_id; sub_filter @clock@ $time_iso8601;
%(servers)s
}
"""
_SERVER = """\
  server {
    %(listens)s
    server_name %(names)s;
    root %(folder)s/%(root)s/$scheme; index index.html;
    %(certificate)s
    %(headers)s
    %(own)s
    location / { try_files $uri $uri.html $uri/index.html =404; }
    location ~ ^/(p|s)/ { try_files $uri.html =404; }
  }
"""


def write_pages(folder: Path, shape: text.Shape) -> None:
    """The site as files, for each scheme, with an old copy of it and the page that a fresh installation shows."""
    for scheme in ("http", "https"):
        for root, body in (("site", text.home(scheme, shape)), ("old", _TOPICS)):
            top = folder / root / scheme
            pages = {"index": _page(scheme, text.TITLE, body, home=True)}
            for a in range(shape.second):
                said = _page(scheme, f"栏目 {a}", text.second(scheme, a, shape))
                pages |= {f"{kind}/{a}": said for kind in ("p", "s")}
                for b in range(shape.third):
                    pages[f"p/{a}/{b}"] = _page(scheme, f"详情 {a}-{b}", text.third(a, b))
            for name, said in pages.items():
                path = top / f"{name}.html"
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(said, "utf-8")
            (top / "style.css").write_text(text.STYLE, "utf-8")
            (top / "app.js").write_text(text.script(), "utf-8")
            (top / "logo.svg").write_text(text.LOGO, "utf-8")
            (top / "large.bin").write_bytes(text.LARGE)
            (top / "api").mkdir()
            (top / "api" / "status").write_text(text.STATUS, "utf-8")
        (folder / "default" / scheme).mkdir(parents=True)
        welcome = (
            "<!DOCTYPE html><html><head><title>Welcome to nginx!</title></head><body><h1>Welcome to nginx!</h1></body>"
        )
        (folder / "default" / scheme / "index.html").write_text(welcome + "</html>", "utf-8")


def _page(scheme: str, title: str, body: str, *, home: bool = False) -> str:
    """With marks in place of what nginx writes anew into every answer (sub_filter)."""
    return text.page(title, body, scheme=scheme, nonce="@nonce@", clock="@clock@", home=home)


def configuration(
    folder: Path,
    faults: Deviations,
    ports: Mapping[tuple[int, int], int],
    pairs: Mapping[str, tuple[Path, Path]],
    closed: int,
) -> str:
    """nginx.conf. ports: (family, 80 or 443) → the port on loopback; what is not in it is not listened on."""
    apart = [f for f in (*_OF_IPV6, *_ROOT_OF_IPV6) if f in faults]
    other = "other-name" in pairs
    groups = [(4,), (6,)] if apart or other else [(4, 6)]
    servers = []
    for families in groups:
        six = families == (6,)
        listens = []
        for (family, number), port in ports.items():
            if family in families:
                at = f"[::1]:{port}" if family == 6 else f"127.0.0.1:{port}"
                listens.append(f"listen {at} default_server{' ssl' if number == 443 else ''};")
        if not listens:
            continue
        own = " ".join(_OF_IPV6[f] for f in apart if f in _OF_IPV6) if six else ""
        root = next((_ROOT_OF_IPV6[f] for f in apart if f in _ROOT_OF_IPV6), "site") if six else "site"
        certificate, key = pairs["other-name" if other and six else ""]
        headers = "".join(f'add_header {k} "{v}"; ' for k, v in text.HSTS.items())
        servers.append(
            _SERVER
            % {
                "listens": " ".join(listens),
                "names": " ".join(host.rstrip(".") for host in names.HOSTS) if root != "default" else "_",
                "folder": folder,
                "root": root,
                "certificate": f"ssl_certificate {certificate}; ssl_certificate_key {key};",
                "headers": headers if root != "default" else "",
                "own": own % {"closed": closed} if "%(" in own else own,
            }
        )
    return _MAIN % {"user": _user(), "folder": folder, "servers": "".join(servers)}


def _user() -> str:
    """Started by root, the process that answers gives root up, for Debian's user of web servers where there is one."""
    if os.geteuid() != 0:
        return ""
    try:
        return f"user {pwd.getpwnam('www-data').pw_name}; "
    except KeyError:
        return ""


class Nginx:
    """One nginx over the sockets it was given; `stop` ends it."""

    def __init__(self, folder: Path, conf: str, sockets: list[socket.socket]) -> None:
        if PROGRAM is None:
            raise MissingExtra("nginx", "", COMMAND)
        folder.chmod(0o711)  # the pages are for that user; the keys, each 0600, are read before root is given up
        path = folder / "nginx.conf"
        path.write_text(conf, "utf-8")
        handed = [one.fileno() for one in sockets]
        self._process = subprocess.Popen(  # noqa: S603 - our own command line
            ["/bin/sh", "-c", _HOLD, "sh", PROGRAM, "-p", str(folder), "-e", str(folder / "error.log"), "-c", str(path)],
            stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            pass_fds=handed, env={"PATH": os.defpath, "NGINX": "".join(f"{n};" for n in handed)},
        )  # fmt: skip
        self._log = folder / "error.log"
        try:
            self._wait(folder / "nginx.pid")
        except BaseException:
            self.stop()
            raise

    def _wait(self, pid: Path) -> None:
        """Until it has written its process number: it reads its configuration and takes its sockets before."""
        end = time.monotonic() + _READY
        while not (pid.exists() and pid.read_text().strip()):
            said = self._log.read_text("utf-8", "replace") if self._log.exists() else ""
            if "[emerg]" in said or time.monotonic() > end:
                raise OSError(f"nginx 没有启动: {said.strip()[-300:]}")
            time.sleep(0.01)

    def stop(self) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        try:
            self._process.wait(_ENDED)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait(_ENDED)
