"""``conformance check``: a function of one's own under the laws, over a grid of parameters, without an adapter."""

from __future__ import annotations

import argparse
import contextlib
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from conformance.cli.checked import outcome_text
from conformance.cli.compare import verdict
from conformance.cli.wrapping import width
from conformance.cli.written import writable, write_files, write_report
from conformance.comparison.framework_run import oracle_dir
from conformance.comparison.plan import BadRequest, Plan
from conformance.comparison.run import SEVERITIES, compare, environments_of
from conformance.execution.client import FrameworkClient, FrameworkUnusable
from conformance.execution.environments import Environment
from conformance.execution.frameworks import FRAMEWORKS
from conformance.execution.home import home
from conformance.execution.interpreters import choose
from conformance.execution.plain import one_line
from conformance.floats.formats import FORMATS
from conformance.formulas.asked import Asked, asked_for, plan_for
from conformance.formulas.quantities import MEANINGS
from conformance.formulas.trial import try_out
from conformance.judging.profile import PROFILES
from conformance.oracle.oracle import Oracle

EPILOG = """\
examples:
  a policy's log density, of the action y, over a grid of parameters:
    conformance check my_policy.py:log_prob --as "transformed(normal(loc=LOC,scale=SCALE),tanh)" --framework torch

  with  def log_prob(y, loc, scale)  in my_policy.py. Names in capitals are the function's own arguments, in whatever
  case: for  def log_prob(y, mean, std)  write "transformed(normal(loc=MEAN,scale=STD),tanh)". The argument that is
  left is the value: a row of N values in, N answers out.

  the same density, scored by the x before the tanh, and a log-det alone:
    conformance check my_policy.py:score --as "transformed(normal(loc=LOC,scale=SCALE),tanh)" \\
        --quantity log_prob_from_base --framework torch
    conformance check my_policy.py:log_det --as tanh --framework torch --dtypes float32,float64,bfloat16

  a grid of one's own, parameters as Python numbers, and the whole report:
    conformance check flows.py:logpdf --as "transformed(normal(loc=MU,scale=2),softplus)" --framework numpy \\
        --grid MU=-3,0,12.5 --parameters numbers --out report --fail-on serious

  a policy that adds up its actions,  log_prob(y, loc, scale).sum(-1):  add --column. A method of an object that the
  file makes: my_policy.py:policy.log_prob. JAX: --framework numpy, whose arrays jax.numpy takes, in an interpreter
  that has jax, scipy and ml_dtypes ($CONFORMANCE_PYTHON_NUMPY names it).

Objects are written as everywhere in this suite; conformance list prints many. A parameter's usual values go by its
name (loc 0, 4, 10; scale 0.125, 1, 20); what the object does not allow is left out.
The function runs in the interpreter that $CONFORMANCE_PYTHON_<FRAMEWORK> names; else in this one, if its framework can
be imported here; else in the environment that conformance compare has made.

exit codes: 0 judged, whatever was found; 1 --fail-on was met; 2 the request makes no sense, or the function cannot be
judged (one line says why); 3 the framework could not be started, or nothing could be written; 70 a defect of this
suite; 130 interrupted
"""


def add_parser(commands: argparse._SubParsersAction[argparse.ArgumentParser], about: str) -> None:
    """Add the command to ``commands``, told there in the words of ``about``."""
    parser = commands.add_parser(
        "check",
        help=about,
        description="Says where a function of your own can be used, and what to write instead where it cannot.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    several = {"action": "append", "metavar": "NAME[,NAME]"}
    parser.add_argument("target", metavar="FILE.py:FUNCTION", help="the function, and the file that it is in")
    parser.add_argument(
        "--as",
        dest="object",
        required=True,
        metavar="OBJECT",
        help="what it computes a quantity of, such as 'transformed(normal(loc=LOC,scale=SCALE),tanh)'; names in "
        "capitals are parameters",
    )
    parser.add_argument(
        "--framework", required=True, help=f"whose tensors it takes, one of: {', '.join(FRAMEWORKS)} (brax: torch's)"
    )
    parser.add_argument(
        "--quantity",
        help="what it computes, where its name does not say: " + ", ".join(f"{k} ({v})" for k, v in MEANINGS.items()),
    )
    parser.add_argument(
        "--grid",
        action="append",
        default=[],
        metavar="NAME=NUMBER[,NUMBER]",
        help="values of one parameter, instead of the usual ones; once per parameter",
    )
    parser.add_argument(
        "--parameters",
        choices=("tensors", "numbers"),
        default="tensors",
        help="how the parameters come: as tensors of rank 0 in the dtype, or as Python numbers (default %(default)s)",
    )
    parser.add_argument(
        "--column", action="store_true", help="values come as rows of one value, (N, 1), for a function that adds up"
    )
    parser.add_argument(
        "--outside", action="store_true", help="ask outside the domain too: a log density is -inf there, a cdf 0 or 1"
    )
    parser.add_argument(
        "--dtypes",
        "--dtype",
        help=f"of: {', '.join(FORMATS)} (default float32)",
        **several,  # type: ignore[arg-type]
    )
    parser.add_argument("--profile", default="default", help=f"{', '.join(PROFILES)} (default: default)")
    parser.add_argument("--seed", type=int, default=20240229, help="of the drawn inputs (default %(default)s)")
    parser.add_argument("--jobs", type=int, default=2, help="processes at a time (default %(default)s)")
    parser.add_argument("--timeout", type=float, default=60.0, help="seconds per call (default %(default)g)")
    parser.add_argument("--out", type=Path, help="folder for the files and the report (default: none is written)")
    parser.add_argument(
        "--fail-on", choices=SEVERITIES, help="exit with 1 where it is wrong in this grade or a worse one"
    )
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """The command; its exit code."""
    if options.jobs < 1 or not 0 < options.timeout < float("inf"):
        raise BadRequest("--jobs and --timeout must be positive")
    asked = _asked(options)
    chosen = choose(asked.formula.framework, home()).environment
    if chosen.python is None:
        raise BadRequest(chosen.reason)
    if options.out is not None:
        writable(options.out)
    with tempfile.TemporaryDirectory(prefix="conformance-check-") as folder:
        plan = _plan(asked, Path(folder), options)
        for line in asked.left_out:
            print(f"conformance: left out: {one_line(line)}", file=sys.stderr)
        try:
            doubt = _tried(asked, plan)
        except FrameworkUnusable as problem:
            name = asked.formula.framework
            there = f"install it there, or name another interpreter by CONFORMANCE_PYTHON_{name.upper()}"
            print(
                f"conformance: {name} cannot be used in {chosen.python}: {one_line(problem)}; {there}", file=sys.stderr
            )
            return 3
        return _judged(asked, plan, doubt, options)


def _asked(options: argparse.Namespace) -> Asked:
    return asked_for(
        options.target,
        options.object,
        options.framework,
        quantity=options.quantity,
        grid=options.grid,
        numbers=options.parameters == "numbers",
        column=options.column,
    )


def _plan(asked: Asked, folder: Path, options: argparse.Namespace) -> Plan:
    names = ("dtypes", "profile", "seed", "jobs", "timeout", "outside")
    return plan_for(asked, folder, home(), **{name: getattr(options, name) for name in names})


def _tried(asked: Asked, plan: Plan) -> str:
    environment = environments_of(plan)[plan.own]
    with FrameworkClient(environment, plan.own, None, plan.timeout) as client:
        return try_out(client, Oracle(oracle_dir(plan.home)), asked, plan, client.describe())


def _judged(asked: Asked, plan: Plan, doubt: str, options: argparse.Namespace) -> int:
    results, findings, causes = compare(plan, options.arguments)
    entry = results.frameworks[0]
    if entry.status != "ready":
        print(f"conformance: {entry.name}: {one_line(entry.reason)}", file=sys.stderr)
        return 3
    if options.out is not None:
        unwritten = write_files(options.out, results, findings, causes)
        if unwritten:
            return unwritten
    print(outcome_text(asked, results, findings, causes, doubt, width()))
    code = write_report(options.out) if options.out is not None else 0
    return code or verdict(findings, options.fail_on)


@contextlib.contextmanager
def checked_again(arguments: Sequence[str]) -> Iterator[Environment | None]:
    """The environment of the function that a recorded command line checked, as it is now; None for another command's.

    Raises BadRequest where the function is gone.
    """
    from conformance.cli.main import parser_of

    if not arguments or arguments[0] != "check":
        yield None
        return
    try:
        options = parser_of(arguments).parse_args(list(arguments))
    except SystemExit:  # argparse has said what is no option any more.
        raise BadRequest("the check that left these files was one of another version; check again") from None
    with tempfile.TemporaryDirectory(prefix="conformance-check-") as folder:
        plan = _plan(_asked(options), Path(folder), options)
        yield environments_of(plan)[plan.own]
