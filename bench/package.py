"""A package of 7 MB against the profile govapp-package, in a process of its own.

python bench/package.py make FILE     the package: code of 20,001 classes and 6 MB of assets, signed v1, v2, v3
python bench/package.py run FILE      CPU seconds of the profile, without and with imports, and the peak of memory
"""

from __future__ import annotations

import random
import resource
import sys
import time
from collections import Counter
from dataclasses import replace
from pathlib import Path


def make(path: Path) -> None:
    from conformance.specimen.apk import dexfile
    from conformance.specimen.apk.recipe import PACKAGE, Recipe

    chance = random.Random(7)
    good = Recipe()
    names = tuple(f"{PACKAGE}.m{n % 400}.C{n}" for n in range(20_000))
    texts = tuple(f"{chance.getrandbits(640):x} https://h{n}.example/{n}" for n in range(12_000))
    code = dexfile.write(names, (), texts)
    assets = {f"assets/{n}.bin": chance.randbytes(500_000) for n in range(12)}
    grown = replace(good, assets={**good.assets, **assets, "classes2.dex": code})
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(grown.make())


def run(path: Path) -> int:
    from conformance.profile import load
    from conformance.run.batch import live_run, run_batch
    from conformance.specimen.apk.specimen import parameters
    from conformance.target import load_target

    profile = load("govapp-package")
    target = load_target(
        {
            "target": "bench",
            "system": {"name": "bench"},
            "parameters": parameters(),
            "documents": {"paths": [str(path)]},
        },
        profile,
    )
    started = time.process_time()
    results = run_batch(live_run(profile, target, seed=1))
    spent = time.process_time() - started
    verdicts = Counter(str(r.verdict) for r in results.values())
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    size = path.stat().st_size / 1e6
    print(f"{size:.1f} MB: {spent:.2f} s of {time.process_time():.2f} s CPU, {peak:.0f} MB, {dict(verdicts)}")
    return int(set(verdicts) - {"PASS", "NOT_TESTED"} != set())


if __name__ == "__main__":
    sys.exit(run(Path(sys.argv[2])) if sys.argv[1] == "run" else make(Path(sys.argv[2])))
