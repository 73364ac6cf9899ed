"""The command ``conformance``."""

from __future__ import annotations

import argparse
import sys
import traceback
from collections.abc import Callable, Sequence

from conformance.cli.output import patient_output

ABOUT = """\
Checks the probability transforms of deep-learning frameworks against a certified oracle.

  conformance compare                                    every framework, the default catalogue, and the report
  conformance compare --frameworks torch,tfp --subjects tanh --dtypes float32
  conformance explain tanh fldj 0x1p-14 --dtype float32  the truth at one input, to 30 digits
  conformance search tanh --quantity fldj --framework torch      the inputs at which it is worst
  conformance sweep tanh --quantity fldj --framework torch       all 2^32 floats, exactly
  conformance list                                       what can be asked for
"""

EXIT_CODES = """\
exit codes: 0 done; 1 done, and --fail-on was met; 2 the request makes no sense, or the report refuses to mix runs;
3 nothing could be compared, or nothing could be written, or what --fail-on guards was not examined; 70 a defect of this
suite, with its traceback; 130 interrupted (run the same command again: it resumes)
"""


SUITE_DEFECT = 70  # EX_SOFTWARE of sysexits.h.
INTERRUPTED = "conformance: interrupted; what was computed is kept, the same command resumes"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; the exit code. Mistakes of the user are one line on stderr, never a traceback, and so is
    Ctrl-C, from the first moment on."""
    try:
        # The commands bring NumPy, SciPy and Numba along, which takes a second: Ctrl-C may come before they are there.
        with patient_output():
            return _run(arguments)
    except KeyboardInterrupt:
        print(f"\n{INTERRUPTED}", file=sys.stderr)
        return 130


def _run(arguments: Sequence[str] | None) -> int:
    import conformance
    from conformance.cli import compare, explain, listing, search, sweep
    from conformance.comparison.plan import BadRequest

    parser = argparse.ArgumentParser(
        prog="conformance",
        description=ABOUT,
        epilog=EXIT_CODES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=conformance.__version__)
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    compare.add_parser(commands)
    explain.add_parser(commands)
    listing.add_parser(commands)
    search.add_parser(commands)
    sweep.add_parser(commands)
    options = parser.parse_args(arguments)
    run: Callable[[argparse.Namespace], int] = options.run
    try:
        return run(options)
    except BadRequest as problem:
        print(f"conformance: {problem}", file=sys.stderr)
        return 2
    except Exception:
        # Python's own exit code for this is 1, which says that a framework has new findings.
        traceback.print_exc()
        print("conformance: a defect of this suite, not of a framework; what was computed is kept", file=sys.stderr)
        return SUITE_DEFECT


if __name__ == "__main__":
    sys.exit(main())
