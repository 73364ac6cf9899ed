"""An arrow between rooms runs down: each room imports the rooms of the layers below its own, and no other."""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path

import pytest

import conformance

ROOT = Path(conformance.__file__).resolve().parents[1]

LAYERS = (
    ("adapters.interface",),
    ("floats",),
    ("definitions",),
    ("inputs", "oracle", "scoring", "execution"),
    ("laws", "findings"),
    ("coverage",),
    ("judging",),
    ("causes",),
    ("comparison",),
    ("certification", "sweeps", "search", "formulas", "actions", "fuzzing"),
    ("benchmarks", "reports"),
    ("cli", "pytest_plugin"),
)
"""From the ground floor up. Rooms of one layer know nothing of each other."""
LAYER = {room: at for at, layer in enumerate(LAYERS) for room in layer}

GROUND = ("conformance/__init__.py", "conformance/rooms.py", "conformance/interrupts.py", "conformance/whole.py")
"""What every room may import."""
FRAMEWORKS = frozenset({"torch", "tensorflow", "tensorflow_probability", "jax", "brax", "paddle", "mindspore"})


def modules(*folders: str) -> dict[str, str]:
    """The text of every module, tests left out, by its path in the project."""
    found = [path for folder in folders for path in sorted((ROOT / folder).rglob("*.py"))]
    return {
        str(path.relative_to(ROOT)): path.read_text()
        for path in found
        if "tests" not in path.parts and path.name != "conftest.py"
    }


@cache
def imported(source: str) -> tuple[str, ...]:
    """The modules that are imported, inside functions too; every source is read once."""
    found: list[str] = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ImportFrom) and node.module:
            found += [f"{node.module}.{alias.name}" for alias in node.names]
        if isinstance(node, ast.Import):
            found += [alias.name for alias in node.names]
    return tuple(found)


def room_of(module: str) -> str | None:
    """The room that a module of ours belongs to; None for one of an adapter, which is no room, and for others'."""
    parts = module.split(".")
    if parts[0] == "adapters":
        return "adapters.interface" if parts[1:2] == ["interface"] else None
    if parts[0] == "reports":
        return "reports"
    return parts[1] if parts[0] == "conformance" and parts[1:2] and parts[1] in LAYER else None


def upward(path: str, source: str) -> list[str]:
    """The rooms that a module imports and may not."""
    own = room_of(path.removesuffix(".py").replace("/", "."))
    assert own is not None or path in GROUND, f"{path} is in no room: give it a layer"
    rooms = {room_of(name) for name in imported(source)} - {None, own}
    return sorted(room for room in rooms if room is not None and (own is None or LAYER[room] >= LAYER[own]))


def test_every_arrow_between_rooms_runs_down() -> None:
    found = {path: upward(path, source) for path, source in modules("conformance", "reports").items()}
    assert not {path: rooms for path, rooms in found.items() if rooms}


def test_every_folder_is_a_room() -> None:
    folders = {path.parent.name for path in (ROOT / "conformance").glob("*/__init__.py")} - {"tests", "bundled"}
    assert folders <= set(LAYER)
    assert set(LAYER) - folders == {"adapters.interface", "reports", "pytest_plugin"}


def test_no_framework_is_imported_outside_its_adapter() -> None:
    for path, source in modules("conformance", "reports", "adapters/interface").items():
        assert not {name.partition(".")[0] for name in imported(source)} & FRAMEWORKS, path


def test_adapters_import_nothing_of_the_suite() -> None:
    for path, source in modules("adapters").items():
        assert not {name.partition(".")[0] for name in imported(source)} & {"conformance", "reports"}, path


@pytest.mark.parametrize(
    ("path", "source", "rooms"),
    [
        ("conformance/comparison/swept.py", "from conformance.sweeps.known import finished", ["sweeps"]),
        ("conformance/comparison/swept.py", "def late():\n    import conformance.cli.main", ["cli"]),
        ("conformance/sweeps/known.py", "from conformance.search.run import search", ["search"]),
        ("conformance/oracle/oracle.py", "from conformance import scoring", ["scoring"]),
        ("conformance/floats/regions.py", "from adapters.interface.spec import parse", []),
        ("conformance/sweeps/known.py", "from conformance.comparison.plan import Plan", []),
        ("conformance/sweeps/known.py", "from conformance.sweeps.request import key_of", []),
    ],
)
def test_what_counts_as_an_arrow_that_runs_up(path: str, source: str, rooms: list[str]) -> None:
    assert upward(path, source) == rooms
