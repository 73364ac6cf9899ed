"""No room but ``definitions`` knows a transform or a distribution by its name: what a room has to know of one is
declared with its definition, so that a new one is added in one place."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

import conformance
from conformance.definitions.numbers import CandidateNumbers
from conformance.definitions.ready_made import READY_MADE
from conformance.definitions.ready_made_events import READY_MADE_EVENTS
from conformance.definitions.registry import signature_of
from conformance.definitions.tables import DIAGONAL, DISTRIBUTIONS, EVENT_LAWS, MIXTURES, SLICED, TRANSFORMS

ROOT = Path(conformance.__file__).resolve().parents[1]
FOLDERS = ("conformance", "reports")
KNOWING = "conformance/definitions/"

LEAVES = (TRANSFORMS, DISTRIBUTIONS, READY_MADE, EVENT_LAWS, READY_MADE_EVENTS)
NAMES = frozenset().union(*LEAVES, MIXTURES, SLICED, DIAGONAL)
PARAMETERS = frozenset(parameter for table in LEAVES for name in table for parameter in signature_of(name))
"""Some of them are names of transforms as well: ``scale``, ``shift``, ``power``."""
PRIMITIVES = frozenset(name for one in CandidateNumbers.__mro__ for name in vars(one))

EXCEPTIONS: dict[str, tuple[frozenset[str], str]] = {
    "conformance/actions/": (frozenset({"normal", "tanh"}), "the page about policies: a normal law squashed by tanh"),
    "conformance/benchmarks/oracle.py": (
        NAMES,
        "which subjects are timed, beside what plain libraries write",
    ),
    "conformance/benchmarks/sweeps.py": (NAMES, "which subjects are timed"),
    "conformance/benchmarks/vectors.py": (
        NAMES,
        "which subjects are timed, beside what plain libraries write",
    ),
    "conformance/oracle/numbers/": (NAMES & PRIMITIVES, "what the primitives of a number system are called"),
    "conformance/oracle/piecewise/slopes.py": (NAMES & PRIMITIVES, "what the primitives are called"),
    "conformance/oracle/statistics/slopes.py": (NAMES & PRIMITIVES, "what the primitives are called"),
    "conformance/oracle/pointwise/elementary.py": (NAMES & PRIMITIVES, "what operators of frameworks are called"),
    "conformance/fuzzing/compositions.py": (frozenset(SLICED), "the grammar that compositions are drawn from"),
    "conformance/laws/relatives.py": (frozenset({"reshape"}), "the grammar of composites that are made alike"),
    "conformance/execution/": (frozenset({"log"}), "a worker's log"),
}
"""By the beginning of a path: names that mean something else there, or are data for people; and why."""


def modules() -> dict[str, str]:
    """The text of every module that has to do without the names, by its path in the project."""
    found = (path for folder in FOLDERS for path in sorted((ROOT / folder).rglob("*.py")))
    paths = {str(path.relative_to(ROOT)): path for path in found if "tests" not in path.parts}
    return {name: path.read_text() for name, path in paths.items() if not name.startswith(KNOWING)}


def known(source: str) -> Iterator[tuple[int, str]]:
    """The lines that a name is written on, as a text or the beginning of a subject's, or by which a definition is
    imported. The name of a parameter counts where something's name is compared with it, and nowhere else."""
    tree = ast.parse(source)
    prose = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    compared = {id(each) for node in ast.walk(tree) for each in _compared_with_names(node)}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("conformance.definitions"):
            yield from ((node.lineno, alias.name) for alias in node.names if alias.name in NAMES)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in prose:
            name = node.value.partition("(")[0]
            if name in NAMES and (name not in PARAMETERS or id(node) in compared):
                yield node.lineno, name


def _compared_with_names(node: ast.AST) -> Iterator[ast.AST]:
    """What stands beside an attribute ``name``, or beside a tuple of them, in a comparison or a match."""
    if isinstance(node, ast.Compare) and _about_names([node.left, *node.comparators]):
        for operand in [node.left, *node.comparators]:
            yield from ast.walk(operand)
    if isinstance(node, ast.Match) and _about_names([node.subject]):
        for case in node.cases:
            yield from ast.walk(case.pattern)


def _about_names(operands: list[ast.expr]) -> bool:
    inner = [one for each in operands for one in (each.elts if isinstance(each, ast.Tuple) else [each])]
    return any(isinstance(one, ast.Attribute) and one.attr == "name" for one in inner)


@cache
def findings() -> list[tuple[str, int, str]]:
    """Every place where a name is known: its module, the line and the name."""
    return [(path, line, name) for path, source in modules().items() for line, name in known(source)]


def excused(path: str, name: str) -> bool:
    return any(path.startswith(head) and name in names for head, (names, _) in EXCEPTIONS.items())


def test_no_room_but_the_definitions_knows_a_transform_by_name() -> None:
    assert [f"{path}:{line} {name}" for path, line, name in findings() if not excused(path, name)] == []


@pytest.mark.parametrize("head", EXCEPTIONS)
def test_every_exception_is_needed(head: str) -> None:
    assert any(path.startswith(head) and name in EXCEPTIONS[head][0] for path, _, name in findings())


@pytest.mark.parametrize(
    ("source", "names"),
    [
        ('if definition.name == "stick_breaking":\n    pass', ["stick_breaking"]),
        ('ENTRIES = {"corr_cholesky": 3}', ["corr_cholesky"]),
        ('text = f"transform_diagonal({part})"', ["transform_diagonal"]),
        ('case = "student_t(df=4.0,loc=0.25,scale=1.5)"', ["student_t"]),
        ('if (base.name, map.name) == ("normal", "power"):\n    pass', ["normal", "power"]),
        ('if base.name in ("laplace", "scale"):\n    pass', ["laplace", "scale"]),
        ('match base.name:\n    case "shift":\n        pass', ["shift"]),
        ("from conformance.definitions.transforms.squashing import tanh", ["tanh"]),
        ('scale = base.params["scale"]', []),
        ('"""softplus"""', []),
        ('words = "the softplus of x"', []),
        ("from conformance.definitions.registry import transform_definition", []),
    ],
)
def test_what_counts_as_knowing_a_name(source: str, names: list[str]) -> None:
    assert [name for _, name in known(source)] == names
