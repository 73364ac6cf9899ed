"""``conformance coverage``: which of a framework's public classes this suite judges."""

from __future__ import annotations

import argparse
import contextlib
import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Literal, get_args

import msgspec

from adapters.interface.spec import parse
from conformance.cli.table import aligned
from conformance.cli.wrapping import paragraph, width
from conformance.cli.written import not_written
from conformance.comparison.plan import BadRequest, chosen, names_in, with_own
from conformance.comparison.run import subject_entry
from conformance.coverage.decisions import DecisionError
from conformance.coverage.measuring import decisions_of, measure
from conformance.definitions.registry import UnknownSubject
from conformance.execution.client import FrameworkClient, FrameworkUnusable
from conformance.execution.environments import existing
from conformance.execution.frameworks import FRAMEWORKS
from conformance.execution.home import home, journal_dir
from conformance.execution.interpreters import choose
from conformance.execution.plain import one_line
from conformance.findings.results import ClassEntry, ClassStatus, SubjectKind
from conformance.sweeps.known import write

EPILOG = """\
examples:
  conformance coverage                                     every framework that is installed
  conformance coverage --framework torch,tfp --kind transform
  conformance coverage --framework torch --calls           what each map and law is called there, and its parameters
  conformance coverage --json all.json && jq '.frameworks[].classes[] | select(.status == "uncovered")' all.json

covered: objects of some subject are made of the class, as seen in the framework's own process. The others were decided
by somebody, in coverage.toml beside the adapter: out of scope, with the reason, or uncovered, with what covering needs.
A class that is neither is undecided, and a decision about a class that is covered or gone is stale; both are errors.
Nothing is installed: conformance compare --frameworks NAME does that.

exit codes: 0 everything is decided; 1 a class is undecided, or a decision stale; 2 the request makes no sense, or a
coverage.toml is malformed; 3 no framework could be asked, or the output cannot be written
"""

CALLS = ("here", "with respect to", "there")
STATUSES: tuple[ClassStatus, ...] = get_args(ClassStatus)
KINDS: tuple[SubjectKind, ...] = get_args(SubjectKind)


def add_parser(commands: argparse._SubParsersAction[argparse.ArgumentParser], about: str) -> None:
    """Add the command to ``commands``, told there in the words of ``about``."""
    parser = commands.add_parser(
        "coverage",
        help=about,
        description="Finds every public transform and distribution class of each installed framework, and says whether "
        "this suite covers it.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    several: dict[str, Any] = {"action": "append", "metavar": "NAME[,NAME]"}
    names = f"of: {', '.join(FRAMEWORKS)}; with --adapter-file also a name for that library"
    parser.add_argument("--framework", "--frameworks", help=names, **several)
    parser.add_argument("--kind", "--kinds", help=f"of these only: {', '.join(KINDS)}", **several)
    parser.add_argument(
        "--calls", action="store_true",
        help="also how the objects of maps and laws are constructed: ours by name, theirs as mean=loc, and the measure "
        "that log-dets and densities are with respect to",
    )  # fmt: skip
    parser.add_argument("--json", type=Path, metavar="FILE", help="write every class with its status and reason")
    parser.add_argument("--adapter-file", type=Path, help="your own library's adapter; coverage.toml lies beside it")
    parser.add_argument("--timeout", type=float, default=60.0, help="seconds per request (default %(default)g)")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Print the tables; the exit code."""
    file: Path | None = options.adapter_file
    names = (
        chosen("framework", options.framework, FRAMEWORKS)
        if file is None
        else with_own(names_in(options.framework), file)
    )
    kinds = chosen("kind", options.kind, KINDS)
    if options.json is not None and (options.json.is_dir() or not options.json.resolve().parent.is_dir()):
        raise BadRequest(f"--json {options.json}: no such folder, or a folder itself")
    if not 0 < options.timeout < float("inf"):
        raise BadRequest("--timeout must be positive")
    asked = []
    for name in names:
        asked.append(_asked(name, file if name == names[-1] else None, options.timeout, kinds))
        print(("\n" if len(asked) > 1 else "") + told(asked[-1], kinds, width()))
        if options.calls and asked[-1].calls:
            print("\n".join(f"  {line}" for line in aligned([CALLS, *call_rows(asked[-1].calls)], names=3)))
    for one in asked:
        for problem in one.problems:
            print(f"conformance: {one.framework}: {one_line(problem, 1000)}", file=sys.stderr)
    if options.json is not None:
        try:
            write(options.json, {"frameworks": [msgspec.to_builtins(one) for one in asked]})
        except OSError as problem:
            return not_written(options.json, problem)
    if not any(one.status == "ready" for one in asked):
        return 3
    return int(any(one.problems for one in asked))


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """What one framework was seen to have; ``status`` is "failed", with a ``reason``, where it could not be asked."""

    framework: str
    version: str = ""
    status: Literal["ready", "failed"] = "ready"
    reason: str = ""
    classes: list[ClassEntry] = []
    problems: list[str] = []
    calls: dict[str, str] = {}


def _asked(name: str, adapter_file: Path | None, timeout: float, kinds: Sequence[str]) -> Asked:
    try:
        decisions = decisions_of(name, adapter_file)
    except DecisionError as problem:
        raise BadRequest(str(problem)) from None
    # Not ``choose`` for the suite's own: what pytest finds in the running interpreter is not what a comparison asks.
    environment = choose(name, home(), adapter_file).environment if adapter_file else existing(name)
    if environment.python is None:
        reason = environment.reason
        if reason == "not installed":
            reason += f"; conformance compare --frameworks {name} installs it"
        return Asked(framework=name, status="failed", reason=reason)
    own = replace(environment, adapter_file=adapter_file)
    with FrameworkClient(own, name, journal_dir(), timeout=timeout) as client:
        try:
            version = str(client.describe()["version"])
            coverage = measure(client, decisions, kinds)
        except FrameworkUnusable as problem:
            return Asked(framework=name, status="failed", reason=str(problem))
    return Asked(
        framework=name, version=version, classes=coverage.entries, problems=coverage.problems, calls=coverage.calls
    )


def told(asked: Asked, kinds: Sequence[str], columns: int) -> str:
    """One framework: its counts, then the names by status and reason."""
    if asked.status != "ready":
        return one_line(f"{asked.framework}: cannot be asked: {asked.reason}", 1000)
    head = one_line(f"{asked.framework} {asked.version}", 100)
    if not asked.classes:
        return f"{head}: it has no public {' or '.join(kinds)} classes"
    rows = [("", "classes", *(status.replace("_", " ") for status in STATUSES))]
    for kind in kinds:
        own = [each.status for each in asked.classes if each.kind == kind]
        rows.append((f"{kind}s", str(len(own)), *(str(own.count(status)) for status in STATUSES)))
    groups = [paragraph(text, columns, "  ", "    ") for kind in kinds for text in _groups(asked.classes, kind)]
    return "\n".join([head, *(f"  {line}" for line in aligned(rows, names=1)), *groups])


def call_rows(calls: Mapping[str, str]) -> list[tuple[str, str, str]]:
    """A row under CALLS for each map and law and each way in which it is constructed, in the order of names."""
    rows: dict[tuple[str, str, str], None] = {}
    for subject, call in calls.items():
        with contextlib.suppress(UnknownSubject):  # A batch of laws, which is none.
            rows[parse(subject).name, subject_entry(subject).base_measure, one_line(call, 1000)] = None
    return sorted(rows)


def _groups(classes: Sequence[ClassEntry], kind: str) -> list[str]:
    """A paragraph for each status and reason that classes of ``kind`` have, in the order of STATUSES."""
    groups: dict[tuple[ClassStatus, str], list[str]] = {}
    for status in STATUSES:
        for each in classes:
            if (each.kind, each.status) == (kind, status):
                groups.setdefault((status, each.reason), []).append(each.name.rpartition(".")[2])
    return [
        one_line(f"{kind}s {status.replace('_', ' ')}{f' ({reason})' if reason else ''}: {', '.join(names)}", 20_000)
        for (status, reason), names in groups.items()
    ]
