"""What a pytest session was asked to certify, checked before any framework starts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from conformance.comparison.plan import BadRequest, Plan, make_plan, names_in
from conformance.execution.frameworks import ADAPTERS_DIR
from conformance.execution.home import home
from conformance.floats.formats import FORMATS

DEFAULT_DTYPES = ("float32", "float64")
"""The 16-bit formats are judged at every value there is, which takes minutes the first time: they are asked for."""


@dataclass(frozen=True)
class Selection:
    """A checked request. adapter_file: one file with a class ``Adapter``, for a library that is no part of this
    project; the plan then has one framework, of any name."""

    plan: Plan
    adapter_file: Path | None = None

    def known_failures(self, framework: str) -> Path:
        """Where the known failures of ``framework`` are listed: beside its adapter."""
        folder = self.adapter_file.parent if self.adapter_file else ADAPTERS_DIR / framework
        return folder / "known_failures.toml"


def select(options: Mapping[str, Any]) -> Selection:
    """The session's Selection from its command-line options. Raises BadRequest, one line, for what does not exist.

    options: framework, subjects, dtypes, laws, modes (lists of texts, each with one or more names, or None), profile,
    home and adapter_file (text or None). The inputs are the gate points (ACCEPTANCE A16).
    """
    file = options["adapter_file"]
    named = names_in(options["framework"])
    dtypes = options["dtypes"] or DEFAULT_DTYPES
    plan = make_plan(
        home=Path(options["home"]).expanduser().resolve() if options["home"] else home(),
        frameworks=None if file else options["framework"],
        subjects=options["subjects"],
        dtypes=None if "all" in names_in(dtypes) else dtypes,
        modes=options["modes"],
        laws=options["laws"],
        profile=options["profile"],
        jobs=1,
        role="gate",
    )
    if file is None:
        return Selection(plan)
    path = Path(file).expanduser().resolve()
    if not path.is_file():
        raise BadRequest(f"--adapter-file {file}: there is no such file")
    if len(named) != 1 or not named[0].isidentifier():
        raise BadRequest("--adapter-file takes exactly one --framework, a name of your choice")
    return Selection(replace(plan, frameworks=(named[0],)), path)


def offered(plan: Plan, description: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The (mode, dtype) pairs of the plan that a framework has, in the plan's order."""
    dtypes = [name for name in FORMATS if name in plan.dtypes and name in description["dtypes"]]
    return [(mode, dtype) for dtype in dtypes for mode in plan.modes if mode in description["modes"]]
