#!/usr/bin/env bash
# The built wheel, in a clean environment, from an empty directory: the main jobs of a newcomer.
# usage: wheel_test.sh WHEEL
set -euo pipefail
wheel=$(realpath "$1")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/python" -m pip install --quiet --disable-pip-version-check "$wheel"
mkdir "$work/empty"
cd "$work/empty"
export PATH="$work/venv/bin:$PATH" XDG_STATE_HOME="$work/state" XDG_CACHE_HOME="$work/cache"

conformance list
conformance lint
pytest --profile=gbt-36904-2018 --target=specimen:elicense --record=r0 -q # without any extra
"$work/venv/bin/python" -m pip install --quiet --disable-pip-version-check "$wheel[documents,barcode,pdf]"
pytest --profile=eseal --target=specimen:eseal --record=r4 -q
# Beside each other: they wait for most of their time.
pytest --profile=elicense --target=specimen:elicense-gd --record=r2 -q >r2.txt 2>&1 &
second=$!
pytest --profile=elicense --target=specimen:elicense+wrong-check-character --record=r3 -q >r3.txt 2>&1 &
third=$!
pytest --profile=elicense --target=specimen:elicense --record=r1 -q
status=0
wait "$second" || status=$?
cat r2.txt
[ "$status" = 0 ]
status=0
wait "$third" || status=$?
cat r3.txt
if [ "$status" != 1 ]; then # 1: pytest ran, and something failed
    echo "a faulty specimen passed" >&2
    exit 1
fi
conformance verify r1
conformance rejudge r1
conformance compare r1 r1
if conformance compare r1 r3 >/dev/null; then
    echo "a faulty record equals a conforming one" >&2
    exit 1
fi
conformance init --profile=elicense >target.yaml
test -s r1/report.html
cd "$work/empty" && [ -z "$(find . -maxdepth 1 -name '.hypothesis' -o -maxdepth 1 -name '.conformance')" ]
echo "wheel: ok"
