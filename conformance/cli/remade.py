"""A damaged ``causes.json`` made anew from what the comparison kept, without asking any framework."""

from __future__ import annotations

import sys
from pathlib import Path

from msgspec.structs import replace

from conformance.causes.records import CausesDocument
from conformance.causes.store import write_causes
from conformance.comparison.kept import found
from conformance.comparison.plan import BadRequest, Plan
from conformance.comparison.run import compare, environments_of
from conformance.findings.store import CorruptFile, read_findings, read_results


def remade(folder: Path) -> CausesDocument | None:
    """The causes of the run in ``folder``, written beside its two other files.

    None where these cannot be read, where not everything that the run came to is kept (by this version of the suite),
    or where it comes to other findings now.
    """
    try:
        results, findings = read_results(folder / "results.json"), read_findings(folder / "findings.json")
    except CorruptFile:
        return None
    plan = _plan_of(results.run.arguments)
    if plan is None or not (plan.home / "journal" / "results").is_dir():
        return None
    environments = environments_of(plan)
    if any(found(plan, environments[name]) is None for name in plan.frameworks):
        return None
    _, again, causes = compare(plan, results.run.arguments)
    if {one.id for one in again.findings} != {one.id for one in findings.findings}:
        return None
    causes = replace(causes, run=results.run)
    try:
        write_causes(folder / "causes.json", causes)
    except OSError as problem:
        print(f"conformance: cannot write to {folder}: {problem.strerror or problem}", file=sys.stderr)
    print(f"conformance: {folder / 'causes.json'} was damaged, and is made anew from what is kept", file=sys.stderr)
    return causes


def _plan_of(arguments: list[str]) -> Plan | None:
    """The plan of the recorded command line; None where it is no comparison of this version."""
    from conformance.cli.compare import plan_of
    from conformance.cli.main import parser_of

    if not arguments or arguments[0] != "compare":
        return None
    try:
        return plan_of(parser_of(arguments).parse_args(arguments))
    except (BadRequest, SystemExit):  # An option that is gone: argparse has said so.
        return None
