"""``python -m reports RESULTS FINDINGS OUT``: exit code 0 when the page was written, 2 when it was refused."""

from __future__ import annotations

import argparse
import sys

from reports.build import build
from reports.refusal import ReportRefused


def main(arguments: list[str] | None = None) -> int:
    """Print the summary line, or one line that says why there is no report."""
    parser = argparse.ArgumentParser(prog="reports", description="Print a run's results as one self-contained page.")
    parser.add_argument("results", help="results.json of the run")
    parser.add_argument("findings", help="findings.json of the same run")
    parser.add_argument("out", help="the page to write, for example index.html")
    parser.add_argument("--against", metavar="OTHER_RESULTS", help="an earlier results.json to compare with")
    parser.add_argument(
        "--allow-changed-cells",
        action="store_true",
        help="compare although the cells differ, and print the difference in the page",
    )
    given = parser.parse_args(arguments)
    try:
        print(
            build(
                given.results,
                given.findings,
                given.out,
                against=given.against,
                allow_changed_cells=given.allow_changed_cells,
            )
        )
    except ReportRefused as refusal:
        print(f"report refused: {refusal}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
