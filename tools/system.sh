#!/bin/sh
# Debian packages: root installs what is missing, anybody else is told in one line what is skipped for it.
# usage: system.sh        what the tests need (openssl, chromium with fonts, Pango, nsd, nginx)
#        system.sh venv   what a virtual environment needs
set -eu
have() { command -v "$1" >/dev/null 2>&1; }

missing=""
if [ "${1:-}" = venv ]; then
    python3 -c 'import ensurepip, venv' 2>/dev/null || missing="python3-venv"
else
    have openssl || missing="$missing openssl"
    have curl || missing="$missing curl"
    if ! have chromium; then missing="$missing chromium fonts-noto-cjk"; fi
    have chromium-headless-shell || missing="$missing chromium-headless-shell" # pages are tested with it, in half the time
    # The PDF of a report: what lays text out, and what the tests read it with.
    have pdftotext || missing="$missing poppler-utils"
    ldconfig -p 2>/dev/null | grep -q libpangoft2 || missing="$missing libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0"
    have ip || missing="$missing iproute2"
    have nft || missing="$missing nftables"
    have ethtool || missing="$missing ethtool"
    # A name server and a web server that nobody here wrote; tests start them, they are no services of this machine.
    if ! have nginx && [ ! -x /usr/sbin/nginx ]; then missing="$missing nginx"; fi
    if ! have nsd && [ ! -x /usr/sbin/nsd ]; then missing="$missing nsd"; fi
fi
[ -n "$missing" ] || exit 0

if [ "$(id -u)" = 0 ] && have apt-get; then
    echo "安装系统软件包:$missing"
    export DEBIAN_FRONTEND=noninteractive
    for service in nsd nginx; do
        case "$missing " in
            *" $service "*)
                mkdir -p /etc/systemd/system
                [ -e "/etc/systemd/system/$service.service" ] || ln -s /dev/null "/etc/systemd/system/$service.service"
                ;;
        esac
    done
    apt-get update -qq >/dev/null
    # shellcheck disable=SC2086 - a list of names
    apt-get install -y -qq --no-install-recommends $missing >/dev/null
elif [ "${1:-}" = venv ]; then
    echo "缺少系统软件包 $missing，请先安装: apt-get install $missing" >&2
    exit 1
else
    echo "缺少系统软件包$missing：需要它们的测试将跳过（以 root 运行 make test 会自动安装）"
fi
