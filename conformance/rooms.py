"""Where ``adapters`` and ``reports`` come from: short names, which other projects' packages have too.

In a checkout they are folders beside this package. A wheel carries them inside it, under ``bundled``, so that
installing and uninstalling it leaves every other project's files alone. What is imported by these names is then a
matter of the process: in one of the suite's own (the command, a certifying pytest session) it is the suite's, and a
stranger of the same name is mentioned; in anybody else's it is whatever is installed there, and the suite's only where
nothing is.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder
from pathlib import Path
from types import ModuleType

NAMES = ("adapters", "reports")
PACKAGE = Path(__file__).resolve().parent
BUNDLED = PACKAGE / "bundled"
ROOT = BUNDLED if BUNDLED.is_dir() else PACKAGE.parent
_CLAIMED = "CONFORMANCE_ROOMS_CLAIMED"
"""Set for the processes that this one starts, which import the same packages."""


class RoomTaken(ImportError):
    """Another project's package of the same name is loaded in this process; the message is one line."""


class _Finder(MetaPathFinder):
    """Finds the packages under ROOT; asked for a module inside a stranger, it says so."""

    def find_spec(
        self, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        head, _, rest = name.partition(".")
        if head not in NAMES:
            return None
        if not rest:
            return PathFinder.find_spec(name, [str(ROOT)])
        # Asked last of all: nobody has it. Inside a stranger that tells more than "no module named".
        place = ROOT / name.replace(".", "/")
        known = place.is_dir() or place.with_name(f"{place.name}.py").is_file()
        if known and head in sys.modules and not _ours(sys.modules[head]) and sys.meta_path[-1] is self:
            raise RoomTaken(_taken(head), name=name)
        return None


_FINDER = _Finder()


def lend() -> None:
    """Make the packages importable by their short names where nothing else has them."""
    if _FINDER not in sys.meta_path:
        sys.meta_path.append(_FINDER)
    if os.environ.get(_CLAIMED) == str(ROOT):
        claim()


def claim() -> list[str]:
    """Take the short names for this process and those that it starts: a line for every stranger that is installed.

    Raises RoomTaken, one line, where a stranger has been imported already.
    """
    for name in NAMES:
        if name in sys.modules and not _ours(sys.modules[name]):
            raise RoomTaken(_taken(name))
    if _FINDER in sys.meta_path:
        sys.meta_path.remove(_FINDER)
    sys.meta_path.insert(0, _FINDER)
    os.environ[_CLAIMED] = str(ROOT)
    return [
        f"another package called {name} is installed here ({where}); this process uses the suite's own"
        for name, where in _strangers()
    ]


def _strangers() -> list[tuple[str, str]]:
    found = []
    for name in NAMES:
        spec = PathFinder.find_spec(name)
        places = list(spec.submodule_search_locations or [spec.origin or ""]) if spec else []
        found += [(name, place) for place in places[:1] if Path(place).resolve() != ROOT / name]
    return found


def _ours(module: ModuleType) -> bool:
    return any(Path(place).resolve() == ROOT / module.__name__ for place in getattr(module, "__path__", ()))


def _taken(name: str) -> str:
    where = next(iter(getattr(sys.modules[name], "__path__", ())), getattr(sys.modules[name], "__file__", "?"))
    return (
        f"the package {name} that is loaded here ({where}) is another project's, and this suite has one of that name "
        "too: run it in a process, or an environment, that does not import the other"
    )
