"""One thing by its several names: which class of which framework is which map, under which parameters and measure."""

from __future__ import annotations

import re
from typing import Any

from adapters.interface.quantities import TRANSFORM_QUANTITIES
from reports.load import Loaded
from reports.text import fragment

Json = dict[str, Any]
_LEAF = re.compile(r"(?P<name>[a-z_0-9]+)(?:\((?P<inside>[a-z_0-9]+=[^()]*)\))?(?:@[0-9x]+)?")
_PARAMETER = re.compile(r"([a-z_0-9]+)=")


def names(loaded: Loaded) -> Json:
    """``frameworks`` with classes, and ``rows``: one per elementary map of the run, in the order of their names.

    A row has the map's name and parameters, formula, spaces, base measure and reference as the definition states them,
    and per framework the classes that its objects are made of, and the quantities that none of its cells offers.
    """
    frameworks = [row["name"] for row in loaded.results["frameworks"] if row.get("classes")]
    found: dict[str, Json] = {}
    for subject in loaded.results["subjects"]:
        match = _LEAF.fullmatch(subject["id"]) if subject["kind"] == "transform" else None
        if match is None:
            continue
        row = found.setdefault(match["name"], {"name": match["name"], "parameters": [], "ids": []} | _stated(subject))
        row["ids"].append(subject["id"])
        new = [name for name in _PARAMETER.findall(match["inside"] or "") if name not in row["parameters"]]
        row["parameters"] += new
    cells: dict[tuple[str, str], list[Json]] = {}
    for cell in loaded.results["cells"]:
        cells.setdefault((cell["framework"], cell["subject"]), []).append(cell)
    rows = []
    for name in sorted(found):
        row = found[name]
        row["href"] = fragment("subject", row["ids"][0])
        row["by"] = [
            _of_framework(
                loaded, framework, row["ids"], [one for id in row["ids"] for one in cells.get((framework, id), ())]
            )
            for framework in frameworks
        ]
        rows.append(row)
    return {"frameworks": frameworks, "rows": rows}


def _stated(subject: Json) -> Json:
    return {key: subject[key] for key in ("formula", "domain", "codomain", "base_measure", "reference")}


def _of_framework(loaded: Loaded, framework: str, ids: list[str], cells: list[Json]) -> Json:
    entry = next(row for row in loaded.results["frameworks"] if row["name"] == framework)
    classes = [
        {"short": each["name"].rpartition(".")[2], "name": each["name"]}
        for each in entry["classes"]
        if each["kind"] == "transform" and set(ids) & set(each["subjects"])
    ]
    lacking = [
        quantity
        for quantity in TRANSFORM_QUANTITIES
        if classes and {cell["status"] for cell in cells if cell["quantity"] == quantity} == {"not_offered"}
    ]
    return {"framework": framework, "classes": classes, "lacking": lacking}
