"""Files with seals, for the benchmarks, each step in a process of its own.

    python bench/files.py make FOLDER               1,000 sealed OFD, one of 1 MB, and hostile packages of 200 MB
    python bench/files.py one FOLDER/NAME [ROUNDS]  CPU milliseconds of one file, nothing remembered from the round before
    python bench/files.py all FOLDER                every file of a folder, as a run does; seconds and peak memory as it goes

The files come from the specimen; real ones may be given too.
"""

from __future__ import annotations

import os
import resource
import sys
import time
import zipfile
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

COUNT = 1000
IMAGE = "Doc_0/Res/emblem.png"
HOSTILE = ("stored", "bomb", "many", "pages")


def make(folder: Path) -> None:
    from conformance.specimen.eseal.clock import SIGNED, Clock
    from conformance.specimen.eseal.conforming import recipes

    done = folder / "done"
    if done.exists():
        return
    (folder / "many").mkdir(parents=True, exist_ok=True)
    for number in range(COUNT):
        clock = Clock(SIGNED + timedelta(minutes=number))
        package = recipes(clock)["document.ofd"]
        (folder / "many" / f"{number:04d}.ofd").write_bytes(_larger(package, 20_000).make())
    (folder / "large.ofd").write_bytes(_larger(recipes(Clock(SIGNED))["document.ofd"], 1_000_000).make())
    for kind in HOSTILE:
        _hostile(folder / f"hostile-{kind}.ofd", kind)
    done.touch()


def _larger(package: object, size: int) -> object:
    """With an image that does not compress, put in before anything is signed."""

    def grow(files: dict[str, bytes]) -> dict[str, bytes]:
        return files | {IMAGE: files[IMAGE] + os.urandom(size)}

    return replace(package, before=(*package.before, grow))  # type: ignore[type-var,attr-defined]


def _hostile(path: Path, kind: str) -> None:
    namespace = 'xmlns:ofd="http://www.ofdspec.org/2016"'
    pages = "".join(f'<ofd:Page ID="{n + 1}" BaseLoc="{n}.xml"/>' for n in range(12))
    files: dict[str, Callable[[], bytes]] = {
        "OFD.xml": lambda: f'<ofd:OFD {namespace} Version="1.0" DocType="OFD"><ofd:DocBody><ofd:DocInfo/><ofd:DocRoot>D.xml</ofd:DocRoot></ofd:DocBody></ofd:OFD>'.encode(),
        "D.xml": lambda: f"<ofd:Document {namespace}><ofd:Pages>{pages}</ofd:Pages></ofd:Document>".encode(),
    }  # fmt: skip
    if kind == "stored":
        files |= {f"{n}.bin": lambda: os.urandom(5 << 20) for n in range(40)}
    elif kind == "bomb":
        files["big.bin"] = lambda: os.urandom(1 << 20) * 195
    elif kind == "many":
        files |= {f"{n}.bin": lambda: bytes(3300) for n in range(60_000)}
    else:
        files |= {
            f"{n}.xml": lambda: f"<ofd:Page {namespace}>".encode() + b"x" * (15 << 20) + b"</ofd:Page>"
            for n in range(12)
        }
    with zipfile.ZipFile(
        path, "w", zipfile.ZIP_DEFLATED if kind == "bomb" else zipfile.ZIP_STORED, compresslevel=1
    ) as out:
        for name, content in files.items():
            out.writestr(name, content())


def one(path: Path, rounds: int) -> None:
    from conformance.documents import chains, sm2
    from conformance.documents.file import examine_file

    times = []
    found = None
    for _ in range(rounds):
        sm2.verify_digest.cache_clear()
        chains._link.cache_clear()
        started = time.process_time()
        found = examine_file(path.name, path, _options())
        times.append(time.process_time() - started)
    times.sort()
    assert found is not None
    print(
        f"{path.name}: {path.stat().st_size} bytes, CPU median {times[len(times) // 2] * 1000:.1f} ms, least {times[0] * 1000:.1f} ms, "
        f"most {times[-1] * 1000:.1f} ms, peak {_peak():.0f} MB, failed: {', '.join(sorted(found.failed)) or 'none'}"
    )


def every(folder: Path) -> None:
    from conformance.documents.file import examine_file

    started, cpu, options, failed = time.monotonic(), time.process_time(), _options(), 0
    for number, path in enumerate(sorted(folder.iterdir()), 1):
        failed += bool(examine_file(path.name, path, options).failed)
        if number in (100, 250, 500, COUNT):
            print(
                f"{number} files: wall {time.monotonic() - started:.1f} s, CPU {time.process_time() - cpu:.1f} s, "
                f"peak {_peak():.0f} MB, with failures {failed}"
            )


def _options() -> object:
    from conformance.documents.file import Options, options_from
    from conformance.specimen.eseal import trust

    given = trust()
    options: Options = options_from(
        {"trust_anchors": list(given.anchors), "crls": list(given.crls), "validation_time": given.at}
    )
    return options


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main() -> None:
    step, path = sys.argv[1], Path(sys.argv[2])
    if step == "make":
        make(path)
    elif step == "one":
        one(path, int(sys.argv[3]) if len(sys.argv) > 3 else 15)
    else:
        every(path)


if __name__ == "__main__":
    main()
