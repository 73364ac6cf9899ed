"""``conformance fuzz``: random compositions of a framework's transforms that go wrong where their parts do not."""

from __future__ import annotations

import argparse
import importlib.util
import sys
from pathlib import Path

import msgspec

from conformance.cli.written import not_written
from conformance.comparison.framework_run import oracle_dir
from conformance.comparison.plan import BadRequest
from conformance.execution.client import FrameworkClient, FrameworkUnusable
from conformance.execution.environments import Environment, ensure
from conformance.execution.frameworks import FRAMEWORKS
from conformance.execution.home import home
from conformance.execution.interpreters import choose
from conformance.execution.plain import block, one_line
from conformance.findings.records import GRADES
from conformance.floats.formats import FORMATS
from conformance.oracle.oracle import Oracle

EPILOG = """\
examples:
  conformance fuzz --framework torch --minutes 10
  conformance fuzz --framework tfp --examples 300 --seed 7 --json surprises.json
  conformance fuzz --framework mylib --adapter-file mylib/adapter.py --least serious

Chains, inverses, events and transformed distributions are drawn from the catalogue's entries, with other parameters
too. What the parts show by themselves is no surprise; what is left is shrunk to the simplest subject that shows it.
The same --seed draws the same compositions.

exit codes: 0 nothing was found; 1 something was; 2 the request makes no sense; 3 the framework cannot be started, or
the output cannot be written; 70 a defect of this suite; 130 interrupted (what was found is printed)
"""


def add_parser(commands: argparse._SubParsersAction[argparse.ArgumentParser], about: str) -> None:
    """Add the command to ``commands``, told there in the words of ``about``."""
    parser = commands.add_parser(
        "fuzz",
        help=about,
        description="Looks for compositions that go wrong where their parts are right.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--framework", required=True, help=f"of: {', '.join(FRAMEWORKS)}; any name with --adapter-file")
    parser.add_argument("--minutes", type=float, help="go on for so long (default 5, without --examples)")
    parser.add_argument("--examples", type=int, help="examine so many compositions")
    parser.add_argument("--seed", type=int, default=1, help="of what is drawn (default %(default)s)")
    parser.add_argument("--dtype", default="float32", help=f"of: {', '.join(FORMATS)} (default %(default)s)")
    parser.add_argument("--least", default="serious", help=f"of: {', '.join(GRADES)} (default %(default)s)")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write what was found")
    parser.add_argument("--adapter-file", type=Path, help="an adapter that lives in this file")
    parser.add_argument("--timeout", type=float, default=60.0, help="seconds per request (default %(default)g)")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """The command; its exit code."""
    _checked(options)
    if importlib.util.find_spec("hypothesis") is None:
        raise BadRequest("fuzz needs the package hypothesis: pip install hypothesis")
    from conformance.fuzzing.examination import Examiner, Surprise
    from conformance.fuzzing.run import Budget, surprises

    seconds = 60 * options.minutes if options.minutes is not None else None if options.examples is not None else 300.0
    found: list[Surprise] = []
    interrupted = False
    environment = _environment(options)
    journal = None if options.adapter_file else home() / "journal"
    name, timeout = options.framework, options.timeout
    with FrameworkClient(environment, name, journal, timeout, options.adapter_file) as client:
        try:
            description = client.describe()
        except FrameworkUnusable as problem:
            print(f"conformance: {name} cannot be started: {one_line(problem)}", file=sys.stderr)
            return 3
        if options.dtype not in description["dtypes"]:
            raise BadRequest(f"{name} has no {options.dtype}; it has {', '.join(description['dtypes'])}")
        examiner = Examiner(client, Oracle(oracle_dir(home())), description, options.dtype, options.seed, options.least)
        try:
            for one in surprises(examiner, Budget(seconds, options.examples), options.seed, _say):
                found.append(one)
                print(_text(one))
        except KeyboardInterrupt:
            interrupted = True
    print(f"{examiner.examined} compositions examined, {len(found)} surprises")
    if options.json is not None:
        try:
            options.json.write_bytes(msgspec.json.format(msgspec.json.encode(found)))
        except OSError as problem:
            return not_written(options.json, problem)
    return 130 if interrupted else 1 if found else 0


def _environment(options: argparse.Namespace) -> Environment:
    if options.adapter_file is not None:
        environment = choose(options.framework, home(), options.adapter_file).environment
    else:
        environment = ensure(options.framework, home() / "environments", _say)
    if environment.python is None:
        raise BadRequest(f"{options.framework} cannot be started: {environment.reason}")
    return environment


def _checked(options: argparse.Namespace) -> None:
    if options.adapter_file is None and options.framework not in FRAMEWORKS:
        raise BadRequest(f"unknown framework {options.framework!r}; valid: {', '.join(FRAMEWORKS)}")
    for name, valid in (("dtype", FORMATS), ("least", GRADES)):
        if getattr(options, name) not in valid:
            raise BadRequest(f"unknown {name} {getattr(options, name)!r}; valid: {', '.join(valid)}")
    for name in ("minutes", "examples", "timeout"):
        value = getattr(options, name)
        if value is not None and not 0 < value < float("inf"):
            raise BadRequest(f"--{name} must be positive and finite")
    if options.seed < 0:
        raise BadRequest("--seed must not be negative")
    if options.json is not None and (options.json.is_dir() or not options.json.resolve().parent.is_dir()):
        raise BadRequest(f"--json {options.json}: no such folder, or a folder itself")


def _say(text: str) -> None:
    print(f"  {one_line(text)}", file=sys.stderr)


def _text(one: object) -> str:
    from conformance.fuzzing.examination import Surprise

    assert isinstance(one, Surprise)
    worst = one.finding.worst
    batches = f", in batches {one.inputs} of inputs and {one.parameters} of parameters"
    return block(
        f"{one.finding.severity}: {one.component}, {one.mechanism}\n"
        f"  {one.finding.quantity} of {one.subject} ({one.finding.law}, {one.finding.kind})"
        f"{batches if one.inputs or one.parameters else ''}\n"
        f"  at {worst.input} ({worst.input_hex}): {worst.got}, exactly {worst.exact[:40]}\n"
        f"  {one.finding.note}"
    ).rstrip()
