"""One thing by its several names: which class of which framework is which map or law, told in which parameters, with
respect to which measure, and what is set beside its defaults.

Everything comes from the run: spaces, measures and references from the definitions, constructor calls and classes from
the frameworks' own processes, what is lacking from the cells.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from adapters.interface.quantities import TRANSFORM_QUANTITIES
from reports.load import Loaded
from reports.text import fragment

Json = dict[str, Any]
Form = tuple[str, frozenset[str]]
_LEAF = re.compile(r"(?P<name>[a-z_0-9]+)(?:\((?P<inside>[a-z_0-9]+=[^()]*)\))?(?:@[0-9x]+)?")
_WORD = "document"
"""In the reasons of adapters that leave something out because the framework's documentation does."""
_PARAMETER = re.compile(r"([a-z_0-9]+)=")


def names(loaded: Loaded) -> Json:
    """``frameworks`` with classes, and ``maps`` and ``laws``: one row each per elementary one, in the order of names.

    A row has the name and parameters, formula, spaces, base measure, reference and what is left open as the definition
    states them; and per framework the ``calls`` that construct its objects, or where none is known the ``classes`` that
    they are made of; what it is ``without``: dtypes in which none of its cells is offered, and of a map quantities
    likewise; and what is ``documented``: why, where that is the framework's own word.
    """
    results = loaded.results
    frameworks = [row for row in results["frameworks"] if row.get("classes")]
    cells: dict[tuple[str, str], list[Json]] = {}
    for cell in results["cells"]:
        cells.setdefault((cell["framework"], cell["subject"]), []).append(cell)
    for row in results["statistics"]:
        for offer in row["offers"]:
            told = {"quantity": row["quantity"], "status": offer["status"], "message": offer["message"], "dtype": ""}
            cells.setdefault((offer["framework"], row["subject"]), []).append(told)
    tables: dict[str, dict[str, Json]] = {"transform": {}, "distribution": {}}
    own = {subject["id"] for subject in results["subjects"]}
    for subject in [*results["subjects"], *results.get("parts", ())]:
        match = _LEAF.fullmatch(subject["id"])
        if match is None:
            continue
        row = tables[subject["kind"]].setdefault(match["name"], _row(match["name"], subject))
        row["ids"].append(subject["id"])
        row["parameters"] += [
            name for name in _PARAMETER.findall(match["inside"] or "") if name not in row["parameters"]
        ]
        if row["href"] is None and subject["id"] in own:
            row["href"] = fragment("subject", subject["id"])
    for kind, rows in tables.items():
        for row in rows.values():
            row["by"] = [_of_framework(entry, kind, row["ids"], cells) for entry in frameworks]
    maps, laws = ([rows[name] for name in sorted(rows)] for rows in tables.values())
    return {"frameworks": [entry["name"] for entry in frameworks], "maps": maps, "laws": laws}


def _form(subject: str) -> Form:
    """The name of what has no parts, and which parameters it has: a run may be over other values than the catalogue."""
    return subject.partition("(")[0].partition("@")[0], frozenset(_PARAMETER.findall(subject))


def _row(name: str, subject: Json) -> Json:
    stated = {key: subject[key] for key in ("formula", "domain", "codomain", "base_measure", "reference")}
    return {"name": name, "parameters": [], "ids": [], "href": None, "left_open": subject.get("left_open", [])} | stated


def _of_framework(entry: Json, kind: str, ids: list[str], cells: dict[tuple[str, str], list[Json]]) -> Json:
    told: dict[Form, list[str]] = {}
    for subject, call in entry.get("calls", {}).items():
        told.setdefault(_form(subject), []).append(call)
    calls = list(dict.fromkeys(call for id in ids for call in told.get(_form(id), ())))
    classes = [
        {"short": each["name"].rpartition(".")[2], "name": each["name"]}
        for each in entry["classes"]
        if each["kind"] == kind and set(ids) & set(each["subjects"])
    ]
    here = [cell for id in ids for cell in cells.get((entry["name"], id), ())]
    without = []
    if classes or calls:
        without = _absent(here, "dtype", entry["dtypes"])
        if kind == "transform":
            without += _absent(here, "quantity", TRANSFORM_QUANTITIES)
    said = dict.fromkeys(one["message"] for one in here if one["status"] == "not_offered" and _WORD in one["message"])
    return {
        "framework": entry["name"],
        "calls": calls,
        "classes": [] if calls else classes,
        "without": without,
        "documented": list(said),
    }


def _absent(cells: list[Json], axis: str, values: Iterable[str]) -> list[str]:
    """Those values of an axis at which there are cells and every one is not offered."""
    found = {value: {cell["status"] for cell in cells if cell[axis] == value} for value in values}
    return [value for value, statuses in found.items() if statuses == {"not_offered"}]
