"""``python -m conformance.execution [FRAMEWORK ...]``: install the frameworks' environments, and nothing else."""

from __future__ import annotations

import argparse
import sys

from conformance.execution.environments import ensure_all
from conformance.execution.frameworks import FRAMEWORKS


def main() -> int:
    """0 when every framework asked for is ready, 1 when one is not, 2 for an unknown name."""
    parser = argparse.ArgumentParser(prog="python -m conformance.execution", description=__doc__)
    parser.add_argument(
        "frameworks", nargs="*", metavar="FRAMEWORK", help=f"among {', '.join(FRAMEWORKS)}; all if none"
    )
    chosen = parser.parse_args().frameworks or list(FRAMEWORKS)
    unknown = [name for name in chosen if name not in FRAMEWORKS]
    if unknown:
        print(f"unknown framework {', '.join(unknown)}; known: {', '.join(FRAMEWORKS)}", file=sys.stderr)
        return 2
    failed = 0
    for name, environment in ensure_all(chosen).items():
        if environment.status != "ready":
            failed += 1
            print(f"{name}: {environment.reason}", file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
