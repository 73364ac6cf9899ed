"""From words on a command line to a function, the object that it computes, and a plan; nothing is run here."""

from __future__ import annotations

import ast
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from adapters.formula import Formula
from conformance.comparison.plan import BadRequest, Plan, chosen, make_plan
from conformance.execution.fingerprint import adapter_source, digest
from conformance.execution.frameworks import FRAMEWORKS
from conformance.formulas.grid import grid_of, names_in, points_of
from conformance.formulas.quantities import quantity_of
from conformance.laws.registry import LAWS

ABOUT_BATCHES = ("L07", "L09")
"""Laws that a function of a row of values is not under: it was not written for the batches that they make."""

DTYPES = ("float32",)

_ADAPTER = '''\
"""Written by ``conformance check``: a function under the contract of an adapter.

What it may import, as it was when this was written: {sources}
"""

from adapters.formula import Adapter as FormulaAdapter
from adapters.formula import Formula


class Adapter(FormulaAdapter):
    formula = {formula!r}
'''


@dataclass(frozen=True)
class Asked:
    """A checked request. guessed: the quantity was told by the function's name alone. left_out: combinations of
    parameters that the definition refuses, a line each."""

    formula: Formula
    guessed: bool
    left_out: tuple[str, ...] = ()

    @property
    def subjects(self) -> tuple[str, ...]:
        """The subjects of the grid, in its order."""
        return tuple(self.formula.points)


def asked_for(
    target: str,
    object_text: str,
    framework: str,
    *,
    quantity: str | None = None,
    grid: Sequence[str] = (),
    numbers: bool = False,
    column: bool = False,
) -> Asked:
    """What the words mean. Raises BadRequest, one line, for whatever makes no sense."""
    file, function = _target(target)
    host = chosen("framework", [framework], FRAMEWORKS)[0]
    values = grid_of(object_text, grid)
    points, refused = points_of(object_text, values, grid)
    formula = Formula(
        name=_name(file),
        framework=host,
        file=str(file.resolve()),
        function=function,
        quantity=quantity_of(function, next(iter(points)), quantity),
        names=tuple(names_in(object_text)),
        points=points,
        numbers=numbers,
        column=column,
    )
    return Asked(formula, quantity is None, tuple(refused))


def _target(text: str) -> tuple[Path, str]:
    name, mark, function = text.rpartition(":")
    if not mark:
        name, function = text, ""
    file = Path(name)
    if not file.is_file():
        raise BadRequest(f"{name}: {'a folder, not a file' if file.is_dir() else 'no such file'}")
    if not function:
        there = _functions(file)
        said = f"; its functions: {', '.join(there[:20])}" if there else ""
        raise BadRequest(f"which function of {name}? Write {name}:{there[0] if there else 'NAME'}{said}")
    if not re.fullmatch(r"[^\W\d]\w*(\.[^\W\d]\w*)*", function):
        raise BadRequest(f"{function!r} is not the name of a function; write {name}:NAME")
    return file, function


def _functions(file: Path) -> list[str]:
    """The functions that the text of the file defines; none where it cannot be read."""
    try:
        tree = ast.parse(file.read_bytes())
    except (OSError, SyntaxError, ValueError):
        return []
    return [one.name for one in tree.body if isinstance(one, ast.FunctionDef) and not one.name.startswith("_")]


def _name(file: Path) -> str:
    """What the results are listed under: the file's name, where it can be one and no framework has it."""
    stem = file.stem
    return stem if re.fullmatch(r"[A-Za-z][\w.-]{0,39}", stem) and stem not in FRAMEWORKS else "own_formula"


def plan_for(
    asked: Asked,
    folder: Path,
    home: Path,
    *,
    dtypes: Sequence[str] | None = None,
    profile: str = "default",
    seed: int = 20240229,
    jobs: int = 2,
    timeout: float = 60.0,
    outside: bool = False,
) -> Plan:
    """The plan, whose adapter is written into ``folder``. Raises BadRequest.

    outside: inputs outside the domain are asked too; a function is mostly written for those that can come.
    """
    adapter = folder / "adapter.py"
    adapter.write_text(_ADAPTER.format(sources=_sources(asked.formula), formula=asked.formula), encoding="utf-8")
    plan = make_plan(
        home=home,
        frameworks=[asked.formula.name],
        dtypes=dtypes or DTYPES,
        modes=["eager"],
        laws=[law for law in LAWS if law not in ABOUT_BATCHES],
        profile=profile,
        seed=seed,
        jobs=jobs,
        timeout=timeout,
        adapter_file=adapter,
    )
    formula = asked.formula
    plan = replace(plan, subjects=asked.subjects, quantities=(formula.quantity,))
    return replace(plan, inside=not outside, host=formula.framework)


def _sources(formula: Formula) -> str:
    """A digest of the file, the Python files beside it and the adapters between: what a kept result belongs to."""
    return digest(adapter_source("formula"), adapter_source(formula.framework), adapter_source("", Path(formula.file)))
