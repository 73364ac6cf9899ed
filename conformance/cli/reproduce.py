"""``conformance reproduce``: run a recorded script again, and say whether the framework still misbehaves."""

from __future__ import annotations

import argparse
import sys
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from adapters.interface.quantities import DECLARED, DRAWN, LOG_SUMS, SHAPES, STATISTICS
from conformance.causes.markdown import shown_script
from conformance.causes.records import Cause
from conformance.cli.check import checked_again
from conformance.cli.recorded import Recorded, add_folder
from conformance.cli.wrapping import facts, quoted, width
from conformance.comparison.framework_run import oracle_dir
from conformance.comparison.plan import BadRequest
from conformance.execution.client import FrameworkClient, FrameworkUnusable
from conformance.execution.environments import Environment, ensure
from conformance.execution.frameworks import FRAMEWORKS
from conformance.execution.home import home
from conformance.execution.interpreters import choose
from conformance.execution.plain import one_line
from conformance.findings.names import asked_at
from conformance.floats.enclosures import Enclosures
from conformance.floats.regions import Region
from conformance.judging.accused import OBSERVED, Accused
from conformance.judging.cases import build_case
from conformance.judging.confirm import NO_SIZES
from conformance.judging.profile import PROFILES
from conformance.laws.case import Case
from conformance.laws.l11_statistics import measured
from conformance.laws.l15_dtype import full_length
from conformance.laws.l18_smoke import SIZES
from conformance.oracle.oracle import Oracle
from conformance.scoring.failures import ACCUSES_NOBODY, Failure

EPILOG = """\
examples:
  conformance reproduce 3f9c21d0ab54
  conformance reproduce 3f9c21d0ab54 --print > reproduce.py && python reproduce.py
  CONFORMANCE_PYTHON_TORCH=./build/bin/python conformance reproduce 3f9c21d0ab54      another build of it
  git bisect run conformance reproduce 3f9c21d0ab54                                   with that variable set

The script of a cause (or of the finding with that id) is run in a fresh process of the framework's environment, and
what it prints is judged as the comparison judged it. Run a printed script from a file: graph compilers look for the
source of what they compile, and under "python -c" there is none (some then print nothing at all).

exit codes: 0 it does not misbehave any more; 1 it still misbehaves, or fails in another way; 2 no such run or id, its
files are damaged, or there is no script; 3 the framework cannot be started, the script raises what it was not accused
of or prints no number, or the output cannot be written; 70 a defect of this suite
"""


def add_parser(commands: argparse._SubParsersAction[argparse.ArgumentParser], about: str) -> None:
    """Add the command to ``commands``, told there in the words of ``about``."""
    parser = commands.add_parser(
        "reproduce",
        help=about,
        description="Runs the script of a cause or a finding in the framework's environment and judges what it prints.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("id", metavar="ID", help="of a cause or of a finding; its first characters do")
    parser.add_argument("--print", dest="only_print", action="store_true", help="print the script, and run nothing")
    parser.add_argument(
        "--adapter-file", type=Path, help="where the adapter lies now, if its library was compared by one"
    )
    parser.add_argument("--timeout", type=float, default=60.0, help="seconds for the script (default %(default)g)")
    add_folder(parser)
    parser.set_defaults(run=run)


@dataclass(frozen=True)
class Shown:
    """A script, and the accusation that it was written for."""

    id: str
    law: str
    framework: str
    version: str
    subject: str
    quantity: str
    mode: str
    dtype: str
    kind: str
    input: str
    input_hex: str
    got_hex: str
    code: str
    printed: str


def run(options: argparse.Namespace) -> int:
    """Run the script and judge it: 0 where it is right now, 1 where it still misbehaves."""
    if not 0 < options.timeout < float("inf"):
        raise BadRequest("--timeout must be positive")
    recorded = Recorded(options.folder)
    shown = shown_by(recorded, options.id)
    if options.only_print:
        print(shown.code, end="" if shown.code.endswith("\n") else "\n")
        return 0
    with ExitStack() as later:
        environment = later.enter_context(checked_again(recorded.results.run.arguments))
        adapter_file = None
        if environment is None:
            environment = environment_of(shown.framework, recorded, options.adapter_file)
            adapter_file = options.adapter_file or adapter_file_of(recorded, shown.framework)
        client = FrameworkClient(environment, shown.framework, None, options.timeout, adapter_file)
        later.enter_context(client)
        try:
            description = client.describe()
        except FrameworkUnusable as problem:
            return _absent(shown.framework, str(problem))
        case, values = asked_again(shown, client, description)
        accused = accused_of(shown, case, values)
        ran = client.snippet(shown.code)
        printed, misbehaves = accused.shown_by(ran)
        if accused.kind == Failure.SHAPE_WRONG:
            # The script shows values; the form of the answer is seen in the evaluation alone.
            printed, misbehaves = shapes(case, shown.quantity, values)
        if client.unusable is not None:
            return _absent(shown.framework, str(client.unusable))
    said, code = verdict(shown, accused, one_line(description["version"], 60), printed, ran.status, misbehaves)
    print(f"{_about(shown, description['version'])}\n  printed\n{quoted(printed or '(nothing)')}\n{said}")
    return code


def shown_by(recorded: Recorded, wanted: str) -> Shown:
    """The script of the cause or the finding ``wanted``. Raises BadRequest, one line, where none was kept."""
    found = recorded.find(wanted)
    if isinstance(found, Cause):
        script = shown_script(found)
        if script is None:
            raise BadRequest(f"no script of the cause {found.id} shows it by itself; conformance explain {found.id}")
        code, printed, finding = script.code, script.printed, recorded.finding(script.finding)
        if finding is None:
            raise BadRequest(
                f"{recorded.folder}: causes.json names the finding {script.finding}, and findings.json has none"
            )
    else:
        finding = found
        code, printed = finding.reproduction.code, finding.reproduction.printed
        if not code:
            why = one_line(printed) or "it was drawn, or has no single input"
            raise BadRequest(f"the finding {finding.id} has no script: {why}")
    worst = finding.worst
    axes = {
        name: getattr(finding, name)
        for name in ("id", "law", "framework", "version", "subject", "quantity", "mode", "dtype", "kind")
    }
    values = {name: getattr(worst, name) for name in ("input", "input_hex", "got_hex")}
    return Shown(**axes, **values, code=code, printed=printed)


def environment_of(framework: str, recorded: Recorded, adapter_file: Path | None) -> Environment:
    """Where the framework runs: as in a comparison; for a library with an adapter file, the running interpreter."""
    if framework in FRAMEWORKS:
        return ensure(framework, home() / "environments", lambda text: print(text, file=sys.stderr))
    lies = adapter_file or adapter_file_of(recorded, framework)
    if lies is None or not lies.is_file():
        raise BadRequest(f"{framework} was compared by an adapter file; say where it is: --adapter-file FILE")
    return choose(framework, home(), lies).environment


def adapter_file_of(recorded: Recorded, framework: str) -> Path | None:
    """The adapter file that the run was given, for a framework that is none of the suite's own."""
    if framework in FRAMEWORKS:
        return None
    words = recorded.results.run.arguments
    for word, following in zip(words, [*words[1:], ""], strict=True):
        name, given, value = word.partition("=")
        if name == "--adapter-file":
            return Path(value if given else following)
    return None


def asked_again(shown: Shown, client: FrameworkClient, description: dict[str, Any]) -> tuple[Case, NDArray[Any]]:
    """The case that the script is about, and its input as one row."""
    oracle = Oracle(oracle_dir(home()))
    flushes = bool(description.get("flush_to_zero", {}).get(shown.dtype, False))
    case = build_case(client, oracle, shown.subject, shown.dtype, shown.mode, PROFILES["default"], 0, flushes=flushes)
    if shown.quantity in SHAPES:  # Declared of no value.
        return case, np.zeros((1, 0), case.fmt.dtype)
    if shown.quantity in STATISTICS:  # Asked at no input.
        return case, np.full(1, np.nan).astype(case.fmt.dtype)
    return case, case.shaped(shown.quantity, [[float.fromhex(word) for word in shown.input_hex.split()]])


def accused_of(shown: Shown, case: Case, values: NDArray[Any]) -> Accused:
    """The accusation, with the truth that the oracle has for it today."""
    if shown.quantity in DRAWN or shown.quantity in DECLARED:
        declared = next(kind for kind in Failure if kind.label == shown.kind)
        if shown.quantity in SHAPES:
            shape = tuple(int(float.fromhex(word)) for word in shown.got_hex.split() if word != NO_SIZES)
            accused = Accused.of(case, shown.quantity, declared, float(len(shape)), Enclosures.empty(1), 0)
            return replace(accused, shape=shape)
        return Accused.of(case, shown.quantity, declared, float.fromhex(shown.got_hex), Enclosures.empty(1), 0)
    # Of parameters in a narrower dtype the script has others than the subject.
    longer = full_length(shown.subject) if shown.kind == Failure.PARAMETERS_NARROWED.label else None
    truth = case.oracle.truth(longer or shown.subject, shown.quantity, values, case.fmt)
    summed = case.inputs.terms is not None and shown.quantity in LOG_SUMS
    terms = np.repeat(case.inputs.terms(shown.quantity, values), len(truth)) if summed and case.inputs.terms else None
    kind = next(kind for kind in Failure if kind.label == shown.kind)
    got = float.fromhex(shown.got_hex)
    component = _element(shown.printed, got) if len(truth) > 1 else 0
    if component is not None and component < len(truth):
        truth, terms = truth[np.array([component])], None if terms is None else terms[:1]
    accused = Accused.of(case, shown.quantity, kind, got, truth, component, terms)
    return replace(accused, anywhere=shown.law == "L22")


def shapes(case: Case, quantity: str, values: NDArray[Any]) -> tuple[str, bool]:
    """The shapes of the answers to batches of the input, or of the statistic, and whether one of them is wrong."""
    if quantity in STATISTICS:
        reply = case.ask(quantity)
        shape = None if reply.values is None else reply.values.shape
        misfits = measured(case, case.subject, quantity, reply).failures == Failure.SHAPE_WRONG
        return f"shape {shape}", bool(misfits.any())
    lines, wrong = [], False
    for size in SIZES:
        measure = case.measure_at(quantity, np.repeat(values, size, axis=0), np.full(size, Region.ORDINARY, np.uint8))
        lines.append(f"shape {measure.returned_shape} for a batch of {size}")
        wrong |= bool((measure.failures == Failure.SHAPE_WRONG).any())
    return "\n".join(lines), wrong


def _element(printed: str, got: float) -> int | None:
    """The place of the accused value in what the script printed when it was confirmed; None where that is not clear."""
    words = printed.splitlines()[:1] and printed.splitlines()[0].split()
    places = [at for at, word in enumerate(words) if _same(word, got)]
    return places[0] if len(places) == 1 else None


def _same(word: str, got: float) -> bool:
    try:
        value = float.fromhex(word)
    except (ValueError, OverflowError):
        return False
    return value == got or (value != value and got != got)


def verdict(
    shown: Shown, accused: Accused, version: str, printed: str, status: str, misbehaves: bool
) -> tuple[str, int]:
    """What it means, in a line, and the exit code."""
    where = f"{shown.framework} {version}"
    if misbehaves:
        return f"{where} still misbehaves: {shown.kind}", 1
    gone = f"{where} does not show {shown.kind} any more"
    if status == "raised":
        # Another interface, a package that is missing: nothing that it was accused of.
        return f"{gone}, and cannot be judged: the script raised", 3
    codes = {int(code) for code in accused.failures(printed)} - set(ACCUSES_NOBODY)
    others = [Failure(code).label for code in sorted(codes)] if status == "ok" else [status.replace("_", " ")]
    if others:
        return f"{gone}, and fails in another way: {', '.join(others)}", 1
    if status == "ok" and not accused.failures(printed).size and accused.kind not in OBSERVED:
        return f"{gone}, and cannot be judged: the script printed no number", 3
    return f"{where} does not misbehave any more", 0


def _about(shown: Shown, version: str) -> str:
    recorded = f"; recorded with {shown.version}" if shown.version != version else ""
    rows = [
        ("asked", f"{asked_at(shown.quantity, shown.subject, shown.input)}, {shown.dtype}, {shown.mode}"),
        ("accused of", f"{shown.kind}, by {shown.id}{recorded}"),
    ]
    return facts(rows, width())


def _absent(framework: str, why: str) -> int:
    print(f"conformance: {framework} cannot be started: {one_line(why)}", file=sys.stderr)
    return 3
