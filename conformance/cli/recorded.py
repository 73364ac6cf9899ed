"""The files that the last comparison left, for the commands that speak about it: read, checked, and searched by id."""

from __future__ import annotations

import argparse
import shlex
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cached_property
from pathlib import Path
from typing import Any

from conformance.causes.records import Cause, CausesDocument
from conformance.causes.store import read_causes
from conformance.comparison.plan import BadRequest
from conformance.execution.plain import one_line
from conformance.findings.records import Finding
from conformance.findings.results import FrameworkEntry, ResultsDocument
from conformance.findings.store import CorruptFile, read_findings, read_results

GRADES = ("grave", "serious", "minor")

SHORTEST_ID = 4


def add_folder(parser: argparse.ArgumentParser) -> None:
    """The option that says which run is meant."""
    parser.add_argument(
        "--from",
        dest="folder",
        type=Path,
        default=Path("reports/out"),
        metavar="DIR",
        help="folder that 'conformance compare --out DIR' wrote (default %(default)s)",
    )


@dataclass(frozen=True)
class Recorded:
    """One run in ``folder``. Every file is read when it is first asked for.

    BadRequest, one line with the command that makes it, where it is not there, damaged or of another version.
    """

    folder: Path

    @cached_property
    def causes(self) -> CausesDocument:
        """``causes.json``; where it is damaged, made anew if everything that the run came to is kept."""
        path = self.folder / "causes.json"
        try:
            return read_causes(path)
        except CorruptFile as problem:
            from conformance.cli.remade import remade  # It brings the whole comparison along.

            anew = remade(self.folder)
            if anew is not None:
                return anew
            raise BadRequest(f"{problem}; {self._made_by()}") from None

    @cached_property
    def findings(self) -> list[Finding]:
        """The findings of ``findings.json``."""
        try:
            return read_findings(self.folder / "findings.json").findings
        except CorruptFile as problem:
            raise BadRequest(f"{problem}; {self._made_by()}") from None

    @cached_property
    def results(self) -> ResultsDocument:
        """``results.json``."""
        try:
            return read_results(self.folder / "results.json")
        except CorruptFile as problem:
            raise BadRequest(f"{problem}; {self._made_by()}") from None

    def entry(self, name: str) -> FrameworkEntry:
        """The entry of the framework ``name`` in results.json."""
        for entry in self.results.frameworks:
            if entry.name == name:
                return entry
        raise BadRequest(f"{self.folder / 'results.json'}: nothing about {name}; {self._made_by()}")

    def find(self, wanted: str) -> Cause | Finding:
        """The cause or the finding whose id begins with ``wanted``; causes first, and among them first what has the id
        itself, then what has it of a run with other subjects (``Cause.also``).

        A finding is found without causes.json too. Raises BadRequest where there is none, or several, and where
        causes.json cannot be read and no finding has the id.
        """
        causes, damage = self._causes_or_why()
        found = _by_id(wanted, causes) or _by_id(wanted, _also(causes.values()))
        if found is not None:
            return found
        try:
            findings = {finding.id: finding for finding in self.findings}
        except BadRequest as problem:
            raise damage or problem from None
        found = _by_id(wanted, findings)
        if found is not None:
            return found
        if damage is not None:
            raise damage
        near = get_close_matches(wanted, [*causes, *findings], n=1, cutoff=0.7)
        hint = f" (did you mean {near[0]}?)" if near else ""
        raise BadRequest(
            f"no cause or finding {one_line(wanted, 40)!r} in {self.folder}{hint}; "
            f"conformance causes{self._said()} lists the causes"
        )

    def cause(self, wanted: str) -> Cause:
        """The cause whose id begins with ``wanted``, or the one that the finding of that id belongs to."""
        found = self.find(wanted)
        if isinstance(found, Cause):
            return found
        for cause in self.causes.causes:
            if found.id in cause.findings:
                return cause
        raise BadRequest(
            f"the finding {found.id} is not confirmed and belongs to no cause: an issue about it would accuse "
            f"without a witness; conformance explain {found.id}{self._said()}"
        )

    def cause_of(self, finding_id: str) -> Cause | None:
        """The cause that a finding belongs to; None also where causes.json cannot be read."""
        causes, _ = self._causes_or_why()
        return next((cause for cause in causes.values() if finding_id in cause.findings), None)

    def finding(self, wanted: str) -> Finding | None:
        """The finding of exactly this id."""
        return next((finding for finding in self.findings if finding.id == wanted), None)

    def _causes_or_why(self) -> tuple[dict[str, Cause], BadRequest | None]:
        try:
            return {cause.id: cause for cause in self.causes.causes}, None
        except BadRequest as problem:
            return {}, problem

    def _said(self) -> str:
        return "" if self.folder == Path("reports/out") else f" --from {shlex.quote(str(self.folder))}"

    def _made_by(self) -> str:
        """The command that makes the files: the one of the run, where one of its files can still be read."""
        for reader, name in ((read_results, "results.json"), (read_findings, "findings.json")):
            try:
                arguments = reader(self.folder / name).run.arguments
            except CorruptFile:
                continue
            if arguments and arguments[0] in ("compare", "check"):
                return f"this makes it anew: {one_line(shlex.join(['conformance', *arguments]), 400)}"
        where = "" if self.folder == Path("reports/out") else f" --out {shlex.quote(str(self.folder))}"
        return f"a comparison makes it: conformance compare{where}"


def _also(causes: Collection[Cause]) -> dict[str, Cause]:
    """Causes by the ids that parts of them have in other runs; not those that several have."""
    counts = Counter(name for cause in causes for name in cause.also)
    return {name: cause for cause in causes for name in cause.also if counts[name] == 1}


def _by_id(wanted: str, known: dict[str, Any]) -> Any:
    if wanted in known:
        return known[wanted]
    found = [name for name in known if name.startswith(wanted)] if len(wanted) >= SHORTEST_ID else []
    if len(found) > 1:
        raise BadRequest(f"{wanted!r} begins several ids: {', '.join(found[:6])}")
    return known[found[0]] if found else None


def ranked(causes: Sequence[Cause]) -> list[Cause]:
    """Worst first: by grade, then by what they explain; what could not be attributed after the others of its grade."""
    return sorted(
        causes,
        key=lambda one: (
            GRADES.index(one.grade),
            one.mechanism == "unattributed",
            -one.breaks.findings,
            one.framework,
            one.component,
        ),
    )
