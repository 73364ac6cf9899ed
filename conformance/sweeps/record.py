"""What sweeps of the reference found, beside it: ``python -m conformance.sweeps.record SWEEP.json ...``.

Guarantee: of every function that a document is given of, ``adapters/numpy/every_float32.toml`` has, as the document has
them, the largest error in ulp over all finite float32 but zero, its input, the answer there, and how many of all 2**32
answers are not right or not decided; and to how many inputs another branch of the map answers, of which nothing is
claimed, where there are any. It keeps what it has of other functions. The documents are those that
``conformance sweep --framework numpy --json`` writes, of one sweep or of several.
"""

from __future__ import annotations

import argparse
import json
import tomllib
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import msgspec

import adapters.numpy
from adapters.interface.quantities import TRANSFORM_QUANTITIES
from conformance.definitions.registry import is_distribution
from conformance.findings.sweeps import SweepDocument
from conformance.sweeps.request import scalar_subjects

RECORD = Path(adapters.numpy.__file__).with_name("every_float32.toml")
_ABOVE = """\
# Every float32 that there is, put to the reference: of each function the largest error, in ulp, over all finite inputs
# but zero, where it is, what the reference answers there, and of all 2^32 answers those that are not right, or not
# decided; `unclaimed` are inputs of another branch of the map, of which nothing is claimed. As
# `conformance sweep SUBJECT --quantity QUANTITY --framework numpy --json FILE` found it, written down by
# `python -m conformance.sweeps.record FILE ...`.
"""


def functions() -> list[tuple[str, str]]:
    """(subject, quantity) of every function of one number of the catalogue's maps, in its order."""
    maps = [subject for subject in scalar_subjects() if not is_distribution(subject)]
    return [(subject, quantity) for subject in maps for quantity in TRANSFORM_QUANTITIES]


def documents(paths: Iterable[Path]) -> Iterator[SweepDocument]:
    """Every document in the files. ValueError, in one line, for what is no sweep of the reference in float32, or of
    none of ``functions``."""
    for path in paths:
        try:
            found = json.loads(path.read_bytes())
            several = msgspec.convert(found.get("sweeps", [found]), list[SweepDocument])
        except (OSError, ValueError, AttributeError, msgspec.ValidationError) as problem:
            raise ValueError(f"{path}: {' '.join(str(problem).split())}") from None
        for document in several:
            cell = document.cell
            of, asked = (cell.framework, cell.dtype, cell.mode), document.inputs
            if of != ("numpy", "float32", "eager") or asked != 1 << 32:
                raise ValueError(
                    f"{path}: a sweep of {asked:,} inputs of {cell.framework} in {cell.dtype}, {cell.mode}"
                )
            if (cell.subject, cell.quantity) not in functions():
                raise ValueError(f"{path}: {cell.quantity} of {cell.subject} is no function of a map of the catalogue")
            yield document


def entry(document: SweepDocument) -> dict[str, Any]:
    """What the file has of one function."""
    cell, most = document.cell, document.maximum
    found: dict[str, Any] = {"subject": cell.subject, "quantity": cell.quantity}
    if most is not None:
        found |= {"ulp": float(most.ulp), "at": most.input_hex, "got": most.got_hex}
    found |= {"not_right": sum(cell.failures.values()), "undecided": cell.undecided - document.unclaimed}
    return {**found, "unclaimed": document.unclaimed} if document.unclaimed else found


def recorded(path: Path = RECORD) -> dict[tuple[str, str], dict[str, Any]]:
    """The file's functions."""
    if not path.exists():
        return {}
    return {(one["subject"], one["quantity"]): one for one in tomllib.loads(path.read_text()).get("function", [])}


def text_of(found: dict[tuple[str, str], dict[str, Any]]) -> str:
    """The file, in the catalogue's order; a function that the catalogue has no more is left out."""
    parts = [_ABOVE]
    for function in functions():
        if function in found:
            # TOML writes inf as Python does, and texts and whole numbers as JSON does.
            lines = (
                f"{name} = {value if isinstance(value, float) else json.dumps(value)}"
                for name, value in found[function].items()
            )
            parts.append("\n".join(["[[function]]", *lines]) + "\n")
    return "\n".join(parts)


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the file, and say what it has. SystemExit of 2, with one line, for what is no such document."""
    parser = argparse.ArgumentParser(prog="python -m conformance.sweeps.record", description=__doc__)
    parser.add_argument("sweep", nargs="+", type=Path, help="what conformance sweep --json wrote")
    parser.add_argument("--into", type=Path, default=RECORD, help="the file (default: the reference's own)")
    given = parser.parse_args(arguments)
    try:
        new = [entry(document) for document in documents(given.sweep)]
        known = recorded(given.into) | {(one["subject"], one["quantity"]): one for one in new}
        if not known:
            raise ValueError(f"no sweep in {', '.join(map(str, given.sweep))}")
        given.into.write_text(text_of(known))
    except (OSError, ValueError) as problem:  # TOML's and JSON's own errors are ValueErrors.
        parser.exit(2, f"{parser.prog}: {problem}\n")
    kept = list(known.values())
    worst = max(kept, key=lambda one: float(one.get("ulp", 0.0)))
    where = f"{worst['quantity']} of {worst['subject']} at {worst.get('at')}"
    wrong, undecided = (sum(one[name] > 0 for one in kept) for name in ("not_right", "undecided"))
    print(f"{len(kept)} of {len(functions())} functions: every float32 was tried")
    print(f"the largest error is {worst.get('ulp')} ulp, {where}")
    print(f"{wrong} have answers that are not right, {undecided} undecided ones")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
