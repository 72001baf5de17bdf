"""One step in a fresh process, for the benchmarks: nothing | load | lint PROFILE."""

from __future__ import annotations

import sys


def main() -> None:
    step, path = sys.argv[1:3]
    from conformance.profile import load
    from conformance.profile.lint import lint

    if step == "load":
        print(sum(len(c.checks) for c in load(f"./{path}").clauses))
    elif step == "lint":
        print(len(lint(f"./{path}")))


if __name__ == "__main__":
    main()
