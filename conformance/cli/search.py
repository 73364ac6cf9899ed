"""``conformance search``: the inputs at which one framework is at its worst."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from adapters.interface.quantities import DISTRIBUTION_FUNCTIONS, TRANSFORM_QUANTITIES
from conformance.cli.written import not_written
from conformance.comparison.plan import MODES, BadRequest
from conformance.execution.frameworks import FRAMEWORKS
from conformance.execution.home import home
from conformance.floats.formats import FORMATS
from conformance.inputs.corpus import keep
from conformance.search.run import Search, run_search
from conformance.search.table import text_of
from conformance.sweeps.known import write

EPILOG = """\
examples:
  conformance search tanh --quantity fldj --framework torch
  conformance search softplus --quantity forward --framework tfp --evaluations 200000 --seed 7 --keep
  conformance search "transformed(student_t(df=5.0,loc=0.25,scale=1.5),exp)" --quantity log_prob \\
      --framework torch --parameters

The same --seed and --evaluations give the same inputs and the same result; a search that --seconds ends is the
beginning of a longer one. Ctrl-C prints what was found so far.

exit codes: 0 searched, whatever was found; 2 the request makes no sense, or the framework cannot be started or lacks
what was asked; 3 the output cannot be written; 70 a defect of this suite; 130 interrupted
"""


def add_parser(commands: argparse._SubParsersAction[argparse.ArgumentParser], about: str) -> None:
    """Add the command to ``commands``, told there in the words of ``about``."""
    parser = commands.add_parser(
        "search",
        help=about,
        description="Zooms in on the largest errors, on every kind of failure and on the jumps of the error.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("subject", help="a catalogue name (conformance list) or any well-formed subject")
    parser.add_argument(
        "--quantity",
        required=True,
        help=f"of a transform: {', '.join(TRANSFORM_QUANTITIES)}; "
        f"of a distribution: {', '.join(DISTRIBUTION_FUNCTIONS)}",
    )
    parser.add_argument("--framework", required=True, help=f"of: {', '.join(FRAMEWORKS)}; any name with --adapter-file")
    parser.add_argument("--dtype", default="float64", help=f"of: {', '.join(FORMATS)} (default %(default)s)")
    parser.add_argument("--mode", default="eager", help=f"of: {', '.join(MODES)} (default %(default)s)")
    parser.add_argument("--seconds", type=float, help="search for so long (default 20, without --evaluations)")
    parser.add_argument("--evaluations", type=int, help="search so many inputs")
    parser.add_argument("--seed", type=int, default=20240229, help="of the drawn inputs (default %(default)s)")
    parser.add_argument(
        "--parameters", action="store_true", help="share the search among variants with other parameters"
    )
    parser.add_argument(
        "--random", type=int, default=0, metavar="N", help="try N random points too, to compare with (scalar subjects)"
    )
    parser.add_argument("--keep", action="store_true", help="add the worst inputs to the corpus of the comparison")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write everything that was found")
    parser.add_argument("--adapter-file", type=Path, help="search an adapter that lives in this file")
    parser.add_argument("--timeout", type=float, default=60.0, help="seconds per request (default %(default)g)")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """The command; its exit code."""
    if options.json is not None and (options.json.is_dir() or not options.json.resolve().parent.is_dir()):
        raise BadRequest(f"--json {options.json}: no such folder, or a folder itself")
    seconds = 20.0 if options.seconds is None and options.evaluations is None else options.seconds
    outcome = run_search(
        Search(
            framework=options.framework,
            subject=options.subject,
            quantity=options.quantity,
            dtype=options.dtype,
            mode=options.mode,
            seed=options.seed,
            home=home(),
            evaluations=options.evaluations,
            seconds=seconds,
            parameters=options.parameters,
            random=options.random,
            timeout=options.timeout,
            adapter_file=options.adapter_file,
        )
    )
    print(text_of(outcome.document))
    if options.json is not None:
        try:
            write(options.json, outcome.document)
        except OSError as problem:
            return not_written(options.json, problem)
        print(f"\nwritten: {options.json}")
    if options.keep:
        for subject, cases in outcome.kept.items():
            if cases:
                try:
                    path = keep(subject, cases)
                except OSError as problem:
                    raise BadRequest(f"--keep: {problem}") from None
                print(f"\nkept {len(cases)} inputs in {path.name}")
    if outcome.interrupted:
        print("conformance: interrupted; the same command begins with what was computed", file=sys.stderr)
        return 130
    return 0
