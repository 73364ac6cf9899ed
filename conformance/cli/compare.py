"""``conformance compare``: run the comparison, write the files, print the table."""

from __future__ import annotations

import argparse
import json
import shutil
import sys
import tempfile
from dataclasses import replace
from pathlib import Path

from conformance.cli.table import summary_table
from conformance.cli.written import writable, write_files, write_report
from conformance.comparison.plan import MODES, BadRequest, Plan, make_plan
from conformance.comparison.run import SEVERITIES, compare
from conformance.execution.frameworks import FRAMEWORKS
from conformance.execution.home import home
from conformance.findings.records import FindingsDocument
from conformance.floats.formats import FORMATS
from conformance.judging.profile import PROFILES, QUICKLY
from conformance.laws.registry import LAWS
from conformance.sweeps.known import Finished

EPILOG = """\
examples:
  conformance compare --frameworks torch,tfp --subjects tanh,sigmoid --dtypes float32
  conformance compare --subjects "chain(affine(loc=0.5,scale=2.0),tanh)" --laws L01,L02
  conformance compare --adapter-file mylib/adapter.py --frameworks mylib,torch     your own library beside torch
  conformance compare --profile quick --fail-on grave          for CI: exit code 1 on an unknown grave finding

Environments are installed on first use under .conformance (or $CONFORMANCE_HOME).
$CONFORMANCE_PYTHON_TORCH=/path/to/python (likewise _TFP, _PADDLE, _MINDSPORE) uses a framework that is installed
already, and $CONFORMANCE_DEVICE_TORCH=cuda computes there. Everything computed is kept: a second run, or the same
command after Ctrl-C, reuses it. With --adapter-file your library runs in this interpreter, or in the one that
$CONFORMANCE_PYTHON_<ITS NAME> names.

exit codes: 0 compared, whatever was found; 1 --fail-on was met; 2 the request makes no sense, or the report refuses to
mix runs; 3 no framework could be started, nothing could be written, or what --fail-on guards was not examined; 70 a
defect of this suite; 130 interrupted (the same command resumes)
"""


def add_parser(commands: argparse._SubParsersAction[argparse.ArgumentParser], about: str) -> None:
    """Add the command to ``commands``, told there in the words of ``about``."""
    parser = commands.add_parser(
        "compare",
        help=about,
        description="Evaluates every framework, scores it against the certified oracle and writes the report.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    several = {"action": "append", "metavar": "NAME[,NAME]"}
    parser.add_argument(
        "--frameworks",
        "--framework",
        help=f"of: {', '.join(FRAMEWORKS)}; with --adapter-file also a name for that library",
        **several,  # type: ignore[arg-type]
    )
    parser.add_argument(
        "--adapter-file",
        type=Path,
        metavar="FILE",
        help="Python file with a class Adapter: compare your own library too, in this interpreter; it may import what "
        "lies beside it",
    )
    parser.add_argument(
        "--subjects",
        "--transforms",
        "--subject",
        "--transform",
        help="catalogue names (conformance list) or any well-formed subject",
        **several,  # type: ignore[arg-type]
    )
    parser.add_argument("--dtypes", "--dtype", help=f"of: {', '.join(FORMATS)}", **several)  # type: ignore[arg-type]
    parser.add_argument("--laws", "--law", help=f"of: {', '.join(LAWS)}", **several)  # type: ignore[arg-type]
    parser.add_argument("--modes", "--mode", help=f"of: {', '.join(MODES)}, all (default: eager,graph)", **several)  # type: ignore[arg-type]
    parser.add_argument("--profile", default="default", help=_profiles())
    parser.add_argument(
        "--seed", type=int, default=20240229, help="of the drawn inputs and samples (default %(default)s)"
    )
    parser.add_argument("--jobs", type=int, default=2, help="processes at a time (default %(default)s)")
    parser.add_argument(
        "--timeout", type=float, default=60.0, help="seconds per request to a framework (default %(default)g)"
    )
    parser.add_argument(
        "--out", type=Path, default=Path("reports/out"), help="folder for the results (default %(default)s)"
    )
    parser.add_argument(
        "--fail-on", choices=SEVERITIES, help="exit with 1 when a new finding of this severity or above exists"
    )
    parser.add_argument(
        "--against", type=Path, metavar="RESULTS", help="an earlier results.json to compare with in the report"
    )
    parser.add_argument(
        "--allow-changed-cells",
        action="store_true",
        help="with --against: where the two runs measured different cells, or other numbers of points, compare the "
        "cells that both have and list the rest (default: refuse, since counts over other cells mean nothing)",
    )
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """The command; its exit code."""
    if options.jobs < 1 or not 0 < options.timeout < float("inf"):
        raise BadRequest("--jobs and --timeout must be positive")
    if options.allow_changed_cells and options.against is None:
        raise BadRequest("--allow-changed-cells says how to compare with an earlier run; name one by --against")
    plan = plan_of(options)
    writable(options.out)
    with tempfile.TemporaryDirectory() as folder:
        options.against = _kept(options.against, Path(folder))
        return _compared(plan, options)


def plan_of(options: argparse.Namespace) -> Plan:
    """What the options ask for. Raises BadRequest, one line."""
    asked: dict[str, list[str] | None] = {name: getattr(options, name) for name in QUICKLY}
    if options.profile == "quick":
        asked = {name: given or list(QUICKLY[name]) for name, given in asked.items()}
    plan = make_plan(
        home=home(),
        frameworks=options.frameworks,
        subjects=options.subjects,
        dtypes=asked["dtypes"],
        modes=asked["modes"],
        laws=asked["laws"],
        profile=options.profile,
        seed=options.seed,
        jobs=options.jobs,
        timeout=options.timeout,
        adapter_file=options.adapter_file,
        further=options.profile != "quick",
    )
    return replace(plan, sweeps=Finished)


def _compared(plan: Plan, options: argparse.Namespace) -> int:
    results, findings, causes = compare(plan, options.arguments)
    unwritten = write_files(options.out, results, findings, causes)
    if unwritten:
        return unwritten
    print(summary_table(results, findings))
    missing = [one.name for one in results.frameworks if one.status != "ready"]
    if len(missing) == len(results.frameworks):
        print("conformance: no framework could be started; the reasons are above", file=sys.stderr)
        return 3
    code = write_report(options.out, options.against, options.allow_changed_cells)
    code = code or verdict(findings, options.fail_on)
    if not code and missing and options.fail_on:
        # A gate must not open because what it guards was never looked at.
        print(f"conformance: --fail-on: {', '.join(missing)} could not be examined", file=sys.stderr)
        return 3
    return code


def _kept(earlier: Path | None, folder: Path) -> Path | None:
    """A copy of the earlier results, since the run may be about to replace the very file that it is compared with.

    Raises BadRequest, one line, where it is not a file of results: before minutes of work rather than after.
    """
    if earlier is None:
        return None
    from reports.load import load_results
    from reports.refusal import ReportRefused

    try:
        kept = Path(shutil.copyfile(earlier, folder / earlier.name))
        load_results(earlier)
    except ReportRefused as refusal:
        raise BadRequest(f"--against: {refusal}") from None
    except OSError as problem:
        raise BadRequest(f"--against {earlier}: {(problem.strerror or str(problem)).lower()}") from None
    return kept


def verdict(findings: FindingsDocument, threshold: str | None) -> int:
    """1 where a new confirmed finding of the grade ``threshold`` or a worse one exists, which is said; else 0."""
    if threshold is None:
        return 0
    enough = SEVERITIES[: SEVERITIES.index(threshold) + 1]
    new = [one for one in findings.findings if one.severity in enough and one.confirmed and not one.known]
    for one in new[:10]:
        print(f"{one.severity}: {one.framework} {json.dumps(one.summary, ensure_ascii=False)}", file=sys.stderr)
    return 1 if new else 0


def _profiles() -> str:
    return "; ".join(f"{profile.name}: {profile.about}" for profile in PROFILES.values()) + " (default: default)"
