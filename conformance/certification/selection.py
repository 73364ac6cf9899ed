"""What a pytest session was asked to certify, checked before any framework starts."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any, get_args

from conformance.comparison.plan import BadRequest, Plan, make_plan, names_in
from conformance.execution.frameworks import ADAPTERS_DIR
from conformance.execution.home import home
from conformance.findings.expectations import KnownFailure, load_known_failures
from conformance.findings.records import Grade
from conformance.floats.formats import FORMATS

SEVERITIES: tuple[str, ...] = get_args(Grade)

DEFAULT_DTYPES = ("float32", "float64")
"""The 16-bit formats are judged at every value there is, which takes minutes the first time: they are asked for."""


@dataclass(frozen=True)
class Selection:
    """A checked request. adapter_file: one file with a class ``Adapter``, for a library that is no part of this
    project; the plan then has one framework, of any name. fail_on: the mildest grade that fails a test. known: files
    with known failures; shipped: whether the list beside the adapter counts too. write_known: where to write a
    baseline."""

    plan: Plan
    adapter_file: Path | None = None
    fail_on: str = "serious"
    known: tuple[Path, ...] = ()
    shipped: bool = True
    write_known: Path | None = None

    def known_failures(self, framework: str) -> list[KnownFailure]:
        """The entries about ``framework``: those of the files that were named, then those beside its adapter.

        Raises ExpectationError, one line, for a file that is malformed, or named and not there.
        """
        folder = self.adapter_file.parent if self.adapter_file else ADAPTERS_DIR / framework
        entries = [entry for path in self.known for entry in load_known_failures(path, missing="refuse")]
        if self.shipped:
            entries += load_known_failures(folder / "known_failures.toml")
        return [entry for entry in entries if fnmatchcase(framework, entry.framework)]

    @property
    def failing_grades(self) -> tuple[str, ...]:
        """The grades that fail a test."""
        return SEVERITIES[: SEVERITIES.index(self.fail_on) + 1]


def select(options: Mapping[str, Any]) -> Selection:
    """The session's Selection from its command-line options. Raises BadRequest, one line, for what does not exist.

    options: frameworks, subjects, dtypes, laws, modes (lists of texts, each with one or more names, or None), profile,
    conformance_home, adapter_file, fail_on and write_known (text or None), known_failures (list of texts or None) and
    no_shipped_list. The inputs are the gate points (ACCEPTANCE A16).
    """
    file, where = options["adapter_file"], options["conformance_home"]
    named = names_in(options["frameworks"])
    dtypes = options["dtypes"] or DEFAULT_DTYPES
    if options["fail_on"] not in SEVERITIES:
        raise BadRequest(f"--fail-on {options['fail_on']}: one of {', '.join(SEVERITIES)}")
    plan = make_plan(
        home=Path(where).expanduser().resolve() if where else home(),
        frameworks=None if file else options["frameworks"],
        subjects=options["subjects"],
        dtypes=None if "all" in names_in(dtypes) else dtypes,
        modes=options["modes"],
        laws=options["laws"],
        profile=options["profile"],
        jobs=1,
        role="gate",
    )
    selection = Selection(
        plan,
        fail_on=options["fail_on"],
        known=tuple(Path(name).expanduser() for name in options["known_failures"] or ()),
        shipped=not options["no_shipped_list"],
        write_known=_writable(options["write_known"]),
    )
    if file is None:
        return selection
    path = Path(file).expanduser().resolve()
    if not path.is_file():
        raise BadRequest(f"--adapter-file {file}: there is no such file")
    if len(named) != 1 or not named[0].isidentifier():
        raise BadRequest("--adapter-file takes exactly one --framework, a name of your choice")
    return replace(selection, plan=replace(plan, frameworks=(named[0],)), adapter_file=path)


def _writable(file: str | None) -> Path | None:
    """Where the baseline goes; BadRequest where it cannot, before minutes of work rather than after."""
    if file is None:
        return None
    path = Path(file).expanduser()
    if path.is_dir() or not os.access(path if path.exists() else path.resolve().parent, os.W_OK):
        raise BadRequest(f"--write-known {file}: cannot be written")
    return path


def offered(plan: Plan, description: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The (mode, dtype) pairs of the plan that a framework has, in the plan's order."""
    dtypes = [name for name in FORMATS if name in plan.dtypes and name in description["dtypes"]]
    return [(mode, dtype) for dtype in dtypes for mode in plan.modes if mode in description["modes"]]
