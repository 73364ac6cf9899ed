"""The command ``conformance``."""

from __future__ import annotations

import argparse
import sys
import traceback
from collections.abc import Callable, Sequence
from importlib import import_module

from conformance.cli.output import patient_output
from conformance.cli.parser import Parser

ABOUT = """\
Checks the probability transforms of deep-learning frameworks against a certified oracle.

  conformance compare                                    every framework, the default catalogue, and the report
  conformance compare --frameworks torch,tfp --subjects tanh --dtypes float32
  conformance check my_policy.py:log_prob --as "transformed(normal(loc=LOC,scale=SCALE),tanh)" --framework torch
                                                         a function of your own: where it is safe, what to write
  conformance causes --framework torch                   what there is to mend in the last run, worst first
  conformance explain ID                                 a cause or a finding in words
  conformance explain tanh fldj 0x1p-14 --dtype float32  the truth at one input, to 30 digits
  conformance reproduce ID                               run its script again: does it still misbehave?
  conformance issue ID                                   Markdown for the framework's tracker
  conformance search tanh --quantity fldj --framework torch      the inputs at which it is worst
  conformance fuzz --framework torch --minutes 10        random compositions that go wrong where their parts do not
  conformance sweep tanh --quantity fldj --framework torch       all 2^32 floats, exactly
  conformance actions                                    the mode of tanh-squashed policies, and what short cuts cost
  conformance list                                       what can be asked for
  conformance coverage                                   which classes of the frameworks are covered, and which are not
"""

EXIT_CODES = """\
exit codes: 0 done; 1 done, and --fail-on was met, or what 'reproduce' ran still misbehaves; 2 the request makes no
sense, the files of a run are damaged, or the report refuses to mix runs; 3 nothing could be compared or started, or
nothing could be written (standard output included), or what --fail-on guards was not examined; 70 a defect of this
suite, with its traceback; 130 interrupted (run the same command again: it resumes)
"""


UNWRITTEN = 3
SUITE_DEFECT = 70  # EX_SOFTWARE of sysexits.h.
INTERRUPTED = "conformance: interrupted; what was computed is kept, the same command resumes"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; the exit code. Mistakes of the user are one line on stderr, never a traceback, and so is
    Ctrl-C, from the first moment on."""
    try:
        # The commands bring NumPy, SciPy and Numba along, which takes a second: Ctrl-C may come before they are there.
        with patient_output() as output:
            code = _run(arguments)
            output.flush()
            # What was asked for went nowhere, which a script that reads it must not take for an answer.
            return UNWRITTEN if output.failed and not code else code
    except KeyboardInterrupt:
        print(f"\n{INTERRUPTED}", file=sys.stderr)
        return 130


COMMANDS = {
    "compare": ("compare", "compare frameworks with the truth and with each other, and write the report"),
    "check": ("check", "put a function of your own under the laws: a Python file, no adapter"),
    "causes": ("causes", "list what is to mend in the last run, worst first"),
    "explain": ("explain", "print the certified truth at one input, or all about a cause or a finding"),
    "reproduce": ("reproduce", "run a recorded script again: does the framework still misbehave?"),
    "issue": ("issue", "print a cause as Markdown for the framework's tracker"),
    "list": ("listing", "list frameworks, subjects, laws, dtypes, modes and profiles"),
    "coverage": ("coverage", "list which public classes of the frameworks are covered"),
    "search": ("search", "search for the inputs at which a framework is at its worst"),
    "fuzz": ("fuzz", "draw random compositions and show where they go wrong and their parts do not"),
    "sweep": ("sweep", "try every float32 there is"),
    "actions": ("actions", "the mode of tanh-squashed policies, and what the usual short cuts are off by"),
}
"""Name: its module, which is imported only where the command is asked for, and what it does in a line."""


def parser_of(arguments: Sequence[str]) -> Parser:
    """The parser of ``arguments``: of all commands it knows the names, of the one that is asked for the options too."""
    import conformance

    parser = Parser(
        prog="conformance",
        description=ABOUT,
        epilog=EXIT_CODES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=conformance.__version__)
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    asked = next((word for word in arguments if not word.startswith("-")), "")
    for name, (module, about) in COMMANDS.items():
        if name == asked:
            import_module(f"conformance.cli.{module}").add_parser(commands, about)
            commands.choices[name].set_defaults(parser=commands.choices[name], command=name)
        else:
            commands.add_parser(name, help=about)
    return parser


def _run(arguments: Sequence[str] | None) -> int:
    from conformance.rooms import RoomTaken, claim

    try:
        for stranger in claim():
            print(f"conformance: {stranger}", file=sys.stderr)
    except RoomTaken as problem:
        print(f"conformance: {problem}", file=sys.stderr)
        return 2
    words = list(sys.argv[1:] if arguments is None else arguments)
    options, rest = parser_of(words).parse_known_args(words)
    options.arguments = words  # A run records how it was made.
    if rest:  # The command's own parser knows what may have been meant.
        options.parser.error(f"unrecognized arguments: {' '.join(rest)}")
    from conformance.comparison.plan import BadRequest
    from conformance.definitions.parameters import BeyondFormat
    from conformance.execution.plain import one_line

    run: Callable[[argparse.Namespace], int] = options.run
    try:
        return run(options)
    except (BadRequest, BeyondFormat) as problem:
        # It may quote what a framework said.
        print(f"conformance: {one_line(problem, 2000)}", file=sys.stderr)
        return 2
    except Exception:
        # Python's own exit code for this is 1, which says that a framework has new findings.
        traceback.print_exc()
        print("conformance: a defect of this suite, not of a framework; what was computed is kept", file=sys.stderr)
        return SUITE_DEFECT


if __name__ == "__main__":
    sys.exit(main())
