"""``conformance sweep``: every float of a 32-bit or 16-bit format through one function of a framework."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from adapters.interface.quantities import DISTRIBUTION_FUNCTIONS, TRANSFORM_QUANTITIES
from conformance.cli.sampled import run_sampled
from conformance.cli.written import not_written
from conformance.comparison.plan import MODES, BadRequest, names_in
from conformance.comparison.run import end_pool
from conformance.comparison.truths import process_pool
from conformance.execution.environments import Environment, ensure
from conformance.execution.frameworks import FRAMEWORKS
from conformance.execution.home import home
from conformance.floats.formats import format_named
from conformance.oracle.piecewise import eval as piecewise_eval
from conformance.sweeps.known import write
from conformance.sweeps.request import DTYPES, SWEPT_BY_ALL, Sweep, checked, environment_of, named_frameworks
from conformance.sweeps.run import NotStarted, SweepStopped, Swept, run_sweep, sizes
from conformance.sweeps.sample import checked_stride

EPILOG = """\
examples:
  conformance sweep tanh --quantity fldj --framework torch
  conformance sweep tanh,sigmoid,exp --quantity forward,fldj --framework torch,tfp
  conformance sweep --all --framework torch        every scalar transform and density that it offers
  conformance sweep --all --framework numpy --quantity forward,inverse,fldj,ildj --every 4099
                               a million floats of each of 240 functions, in 22 minutes beside other work

A sweep asks for all 2^32 inputs in blocks of 2^20 and scores every answer. Each chapter (a 64th) is kept when it is
done: the same command after Ctrl-C goes on where it was, with the same result to the byte. 'conformance compare' uses
finished sweeps of the same framework, version and processor: such cells are labelled "exact maximum".

exit codes: 0 swept, whatever was found; 2 the request makes no sense, or the framework cannot be started; 3 nothing, or
not everything, could be swept, or the output cannot be written; 70 a defect of this suite; 130 interrupted
"""


def add_parser(commands: argparse._SubParsersAction[argparse.ArgumentParser], about: str) -> None:
    """Add the command to ``commands``, told there in the words of ``about``."""
    parser = commands.add_parser(
        "sweep",
        help=about,
        description="Scores every float of a format: the exact maximum and its input, histogram, failures, safe range.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("subject", nargs="?", help="catalogue names (conformance list) or well-formed scalar subjects")
    parser.add_argument("--all", action="store_true", help="every scalar subject of the catalogue")
    parser.add_argument(
        "--quantity",
        action="append",
        metavar="NAME[,NAME]",
        help=f"of a transform: {', '.join(TRANSFORM_QUANTITIES)}; "
        f"of a distribution: {', '.join(DISTRIBUTION_FUNCTIONS)} "
        f"(with --all and none named: {', '.join(SWEPT_BY_ALL)})",
    )
    parser.add_argument(
        "--framework", "--frameworks", action="append", required=True, metavar="NAME[,NAME]",
        help=f"of: {', '.join(FRAMEWORKS)}; any name with --adapter-file",
    )  # fmt: skip
    parser.add_argument("--dtype", default="float32", help=f"of: {', '.join(DTYPES)} (default %(default)s)")
    parser.add_argument("--mode", default="eager", help=f"of: {', '.join(MODES)} (default %(default)s)")
    parser.add_argument("--jobs", type=int, default=2, help="processes at a time (default %(default)s)")
    parser.add_argument("--timeout", type=float, default=60.0, help="seconds per block (default %(default)g)")
    parser.add_argument(
        "--json",
        type=Path,
        metavar="FILE",
        help="write the result (of one sweep), or the results as a list named sweeps",
    )
    parser.add_argument(
        "--every",
        type=int,
        metavar="N",
        help="try every N-th float (N odd) and what a search begins at, where all are too dear: the worst of a sample, "
        "of which no result is kept; -0 and NaN are not asked",
    )
    parser.add_argument("--adapter-file", type=Path, help="sweep an adapter that lives in this file")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """The command; its exit code."""
    if options.jobs < 1 or not 0 < options.timeout < float("inf"):
        raise BadRequest("--jobs and --timeout must be positive")
    if options.json is not None and (options.json.is_dir() or not options.json.resolve().parent.is_dir()):
        raise BadRequest(f"--json {options.json}: no such folder, or a folder itself")
    if bool(options.subject) == options.all:
        raise BadRequest("name what to sweep, or say --all: conformance sweep tanh --quantity fldj --framework torch")
    quantities = names_in(options.quantity)
    if not options.all and not quantities:
        raise BadRequest(
            f"which --quantity? of a transform: {', '.join(TRANSFORM_QUANTITIES)}; "
            f"of a distribution: {', '.join(DISTRIBUTION_FUNCTIONS)}"
        )
    pairs = checked([options.subject] if options.subject else [], quantities, options.dtype, options.mode)
    if options.every is not None:
        checked_stride(options.every, format_named(options.dtype))
        if options.json is not None:
            raise BadRequest("--every prints a table: --json is the document of a sweep over every float")
    names = named_frameworks(names_in(options.framework), options.adapter_file)
    if not piecewise_eval.compiles():
        print("numba is not installed: every input goes the slow way, with the same verdicts", file=sys.stderr)
    environments = _environments(names, options.adapter_file)
    sweeps = [
        Sweep(
            name, subject, quantity, options.dtype, options.mode,
            environments[name], home(), options.timeout, options.adapter_file,
        )
        for name in environments
        for subject, quantity in pairs
    ]  # fmt: skip
    lacking = len(environments) < len(names)
    if options.every is not None:
        return run_sampled(sweeps, options.every, options.jobs) or (3 if lacking else 0)
    alone = len(names) * len(pairs) == 1
    if len(sweeps) > 1:
        print(sizes(sweeps), file=sys.stderr)
    pool = process_pool(options.jobs)
    done: list[Swept] = []
    stopped = False
    try:
        for sweep in sweeps:
            try:
                done.append(run_sweep(sweep, pool, options.jobs))
            except BadRequest as problem:
                # One sweep that makes no sense is a mistake; among many it is news of what is not offered.
                if alone:
                    raise
                lacking |= isinstance(problem, NotStarted)
                print(f"  {problem}", file=sys.stderr)
            except SweepStopped as problem:
                stopped = True
                print(f"conformance: {problem}; what was scored is kept, the same command resumes", file=sys.stderr)
                end_pool(pool)
                pool = process_pool(options.jobs)
    except BaseException:
        end_pool(pool)
        if done:
            print(table(done))
        raise
    pool.shutdown()
    if not done:
        if not alone:
            print("conformance: nothing could be swept; the reasons are above", file=sys.stderr)
        return 3
    print(table(done))
    if len(done) == 1:
        print(details(done[0]))
    if options.json is not None:
        documents = [one.document for one in done]
        try:
            write(options.json, documents[0] if alone else {"sweeps": documents})
        except OSError as problem:
            return not_written(options.json, problem)
        print(f"\nwritten: {options.json}")
    return 3 if stopped or lacking else 0


def table(done: list[Swept]) -> str:
    """One line per sweep."""
    head = (
        "framework",
        "quantity",
        "subject",
        "seconds",
        "worst ulp",
        "at",
        "ordinary ulp",
        "failures",
        "safe from",
        "to",
    )
    rows = [head]
    for one in done:
        cell, worst = one.document.cell, one.document.maximum
        ordinary, safe = cell.accuracy, cell.safe_range
        rows.append(
            (
                f"{cell.framework} {cell.version}",
                cell.quantity,
                cell.subject,
                f"{one.seconds:.0f}" + ("*" if one.reused else ""),
                _short(worst.ulp) if worst else "-",
                worst.input if worst else "-",
                f"{_short(ordinary.worst_ulp)} at {ordinary.worst_input}" if ordinary else "-",
                f"{sum(cell.failures.values()):,}",
                _short(safe.low) if safe else "nowhere",
                _short(safe.high) if safe else "nowhere",
            )
        )
    widths = [max(len(row[column]) for row in rows) for column in range(len(head))]
    lines = ["  ".join(text.ljust(width) for text, width in zip(row, widths, strict=True)).rstrip() for row in rows]
    if any(one.reused for one in done):
        lines.append("* some or all of it was there already")
    return "\n".join(lines)


def details(one: Swept) -> str:
    """The rest of one sweep's result: failures by kind, the tail of the histogram, tiers, findings."""
    document = one.document
    cell = document.cell
    lines = [f"\n{document.inputs:,} inputs; answered by " + _counts(cell.tiers) + f"; {cell.undecided:,} undecided"]
    if document.unclaimed:
        lines[0] += f", {document.unclaimed:,} of them where nothing is claimed (another branch, or beyond one turn)"
    lines.append("failures: " + (_counts(cell.failures) or "none"))
    for name, region in cell.regions.items():
        lines.append(
            f"  {name:<12} {region.points:>13,} inputs, {region.unusable:>13,} unusable, "
            f"worst {_short(region.worst_ulp)} ulp at {region.worst_input_hex}"
        )
    lines.append("errors, inputs by ulp:")
    counts: dict[str, int] = {}
    for end, count in document.histogram.all:
        size = float(end)
        label = next((f"below {bound:g}" for bound in _BOUNDS if size <= bound), "more, or no number")
        counts[label] = counts.get(label, 0) + count
    lines += [f"  {label:<20} {count:>13,}" for label, count in counts.items()]
    lines += [f"{finding.severity}: {finding.summary}" for finding in document.findings]
    return "\n".join(lines)


_BOUNDS = (0.5, 1.0, 2.0, 4.0, 16.0, 256.0, 2.0**16, 2.0**24, 2.0**70)


def _counts(counts: dict[str, int]) -> str:
    return ", ".join(f"{count:,} {name}" for name, count in counts.items())


def _short(value: Any) -> str:
    return f"{float(value):.4g}" if value is not None else "-"


def _environments(names: Sequence[str], adapter_file: Path | None) -> dict[str, Environment]:
    """By framework. One that is not there is a mistake if it was the only one, and else does not stop the others."""
    ready: dict[str, Environment] = {}
    for name in names:
        if adapter_file is not None:
            found = environment_of(name, home(), adapter_file)
        else:
            found = ensure(name, home() / "environments", lambda text: print(text, file=sys.stderr))
        if found.python is not None:
            ready[name] = found
        elif len(names) == 1:
            raise BadRequest(f"{name} cannot be started: {found.reason}")
        else:
            print(f"  {name} cannot be started: {found.reason}", file=sys.stderr)
    return ready
