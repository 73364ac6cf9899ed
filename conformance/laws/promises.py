"""What frameworks promise of their accuracy: ``adapters/<framework>/promises.toml``, an array of tables ``promise``.

subject: a name without its parameters, as ``Spec.names`` writes it. Its inverse, with the quantities mirrored, and
``inline`` of it are the same functions and inherit what nothing else is said of; all else that is made of it has
promises of its own, or none. quantities: those it holds for. relative, absolute, of ("value" or "event") and source:
see ``Promise``.
"""

from __future__ import annotations

import tomllib
from functools import cache
from typing import Any

from adapters.interface.quantities import MIRROR, TABLE
from adapters.interface.spec import Spec, parse
from conformance.execution.frameworks import ADAPTERS_DIR
from conformance.scoring.promise import Promise

FILE = "promises.toml"
_KEYS: dict[str, type | tuple[type, ...]] = {
    "subject": str,
    "quantities": list,
    "relative": (int, float),
    "absolute": (int, float),
    "of": str,
    "source": str,
}


class PromiseError(ValueError):
    """The file is malformed; the message is one line that names it and the entry."""


@cache
def promise_of(framework: str, subject: str, quantity: str) -> Promise | None:
    """What ``framework`` promises of ``quantity`` of ``subject``; None where it promises nothing, and ulp count.

    Raises PromiseError for a file that is malformed.
    """
    known = promises_of(framework)
    return _inherited(known, parse(subject), quantity) if known else None


@cache
def promises_of(framework: str) -> dict[tuple[str, str], Promise]:
    """Every promise of ``framework`` by name and quantity; none where there is no such framework or file.

    Raises PromiseError for a file that is malformed, or says something twice.
    """
    path = ADAPTERS_DIR / framework / FILE
    if not framework or not path.is_file():
        return {}
    return read_promises(path.read_text(encoding="utf-8"), str(path))


def read_promises(text: str, place: str) -> dict[tuple[str, str], Promise]:
    """The promises that ``text`` holds. Raises PromiseError, which calls it ``place``."""
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as problem:
        raise PromiseError(f"{place}: {problem}") from None
    if unknown := sorted(set(document) - {"promise"}):
        raise PromiseError(f"{place}: {unknown} where promise alone is known")
    entries = document.get("promise", [])
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise PromiseError(f"{place}: promise is no array of tables")
    found: dict[tuple[str, str], Promise] = {}
    for number, entry in enumerate(entries, 1):
        promise = _promise(entry, f"{place}, entry {number}")
        for quantity in entry["quantities"]:
            if (entry["subject"], quantity) in found:
                raise PromiseError(f"{place}, entry {number}: {entry['subject']} {quantity} is promised a second time")
            found[entry["subject"], quantity] = promise
    return found


def _inherited(known: dict[tuple[str, str], Promise], spec: Spec, quantity: str) -> Promise | None:
    own = known.get((spec.names(), quantity))
    if own is None and spec.name in ("inverse", "inline") and spec.parts:
        mirrored = MIRROR.get(quantity, quantity) if spec.name == "inverse" else quantity
        return _inherited(known, spec.parts[0], mirrored)
    return own


def _promise(entry: dict[str, Any], place: str) -> Promise:
    if set(entry) != _KEYS.keys():
        raise PromiseError(f"{place}: has {sorted(_KEYS.keys() ^ set(entry))} too many or too few")
    wrong = [key for key, kind in _KEYS.items() if not isinstance(entry[key], kind)]
    wrong += [key for key in _KEYS if isinstance(entry[key], bool)]  # To Python true is an integer.
    if wrong:
        raise PromiseError(f"{place}: {wrong} of a type that says nothing there")
    if not entry["quantities"]:
        raise PromiseError(f"{place}: no quantities, so nothing is promised")
    unknown = [quantity for quantity in entry["quantities"] if not isinstance(quantity, str) or quantity not in TABLE]
    if unknown or entry["of"] not in ("value", "event"):
        raise PromiseError(f"{place}: {unknown or entry['of']!r} is no quantity, or neither value nor event")
    sizes = (entry["relative"], entry["absolute"])
    if not all(0.0 <= size < 1.0 for size in sizes) or not any(sizes):
        raise PromiseError(f"{place}: relative {sizes[0]} and absolute {sizes[1]} promise nothing, or everything")
    relative, absolute = map(float, sizes)
    return Promise(relative, absolute, of_event=entry["of"] == "event", source=entry["source"])
