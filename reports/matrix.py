"""The matrix that stands in the page before any script runs: subjects by framework and mode, for one dtype."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from adapters.interface.quantities import names
from conformance.causes.records import CausesDocument, Verdict
from reports.numbers import number, percent, short
from reports.text import fragment, is_tanh_normal, subject_label
from reports.verdict import TOLD, reach_of, style_of, verdicts_by_axes, word_of
from reports.vocabulary import role_of

Json = dict[str, Any]
DEFAULT_DTYPE = "float32"
DEFAULT_QUANTITY = {"transform": "fldj", "distribution": "log_prob"}
QUANTITIES = names(takes=("x", "y", "draws"))
STATUS_TEXT = {
    "not_offered": "–",
    "raised": "raised",
    "crashed": "crashed",
    "timed_out": "timed out",
    "too_large": "too large",
}


@dataclass(frozen=True)
class Column:
    """One way of calling one framework."""

    framework: str
    version: str
    mode: str
    device: str
    label: str


@dataclass(frozen=True)
class Entry:
    """What one matrix cell shows. ``style`` is a CSS class; ``told`` reads the cell out in full.

    text: the verdict in a word; small: how far it goes, or the worst error.
    """

    text: str
    style: str
    small: str
    exact: bool
    wrong: bool
    href: str
    told: str


@dataclass(frozen=True)
class Row:
    """One subject across all columns."""

    subject: str
    label: str
    small: str
    highlight: bool
    href: str
    entries: list[Entry]


def columns(results: Json) -> list[Column]:
    """Framework × mode (× device where there are several), in the order of the frameworks and of their modes."""
    devices = {cell["device"] for cell in results["cells"]}
    found: dict[tuple[str, str, str], None] = {}
    for cell in results["cells"]:
        found[(cell["framework"], cell["mode"], cell["device"])] = None
    ordered = []
    for framework in results["frameworks"]:
        modes = list(framework.get("modes") or [])
        own = [key for key in found if key[0] == framework["name"]]
        own.sort(key=lambda key: (modes.index(key[1]) if key[1] in modes else len(modes), key[2]))
        for name, mode, device in own:
            label = f"{mode} on {device}" if len(devices) > 1 else mode
            ordered.append(Column(name, str(framework.get("version") or ""), mode, device, label))
    return ordered


def column_groups(ways: list[Column]) -> list[Json]:
    """The columns of one framework under one heading."""
    groups: list[Json] = []
    for way in ways:
        if not groups or groups[-1]["framework"] != way.framework:
            href = fragment("framework", way.framework)
            under = ", ".join(filter(None, (role_of(way.framework), way.version)))
            groups.append({"framework": way.framework, "under": under, "href": href, "columns": []})
        groups[-1]["columns"].append(way)
    return groups


def default_dtype(results: Json) -> str:
    """float32 where any cell has it, otherwise the first dtype there is."""
    found = {cell["dtype"]: None for cell in results["cells"]}
    return DEFAULT_DTYPE if DEFAULT_DTYPE in found else next(iter(found))


def default_quantities(results: Json) -> dict[str, str]:
    """For each kind of subject the quantity shown first: the usual one where it was asked, else the first there is."""
    kinds = {subject["id"]: subject["kind"] for subject in results["subjects"]}
    chosen = {}
    for kind, usual in DEFAULT_QUANTITY.items():
        asked = {cell["quantity"] for cell in results["cells"] if kinds[cell["subject"]] == kind}
        first = min(asked, key=lambda name: (QUANTITIES.index(name) if name in QUANTITIES else 99, name), default=usual)
        chosen[kind] = usual if usual in asked else first
    return chosen


def region(cell: Json, name: str) -> Json:
    """A region's record whatever the spelling of its name ("near zero", "near_zero", "NEAR_ZERO")."""
    wanted = name.replace("_", " ").lower()
    for key, record in (cell.get("regions") or {}).items():
        if key.replace("_", " ").lower() == wanted:
            return dict(record)
    return {}


def entry(cell: Json | None, subject: str, verdict: Verdict | None = None) -> Entry:
    """The matrix cell for one results cell; None means that the run did not ask for it."""
    if cell is None:
        return Entry("·", "st-none", "", False, False, fragment("subject", subject), "not part of this run")
    where = fragment("subject", subject, cell["dtype"], cell["quantity"])
    if cell["status"] != "scored":
        told = cell["status"].replace("_", " ")
        style = "st-absent" if cell["status"] in ("not_offered", "too_large") else "st-broken"
        return Entry(STATUS_TEXT.get(cell["status"], told), style, "", False, False, where, told)
    ulp = number((cell["accuracy"] or {}).get("worst_ulp"))
    exact = cell.get("coverage") == "exact maximum"
    word = word_of(cell)
    reach = reach_of(cell, word, verdict)
    told = TOLD[word] + (f": {reach}" if reach else "")
    told += "; no ordinary inputs" if ulp is None else f"; worst {short(ulp)} ulp ({cell.get('coverage')})"
    share = number((cell["stability"] or {}).get("share"))
    if share is not None:
        told += f", {percent(share)} of extreme inputs usable"
    small = reach or ("" if ulp is None else f"{short(ulp)} ulp")
    return Entry(word, style_of(cell, word), small, exact, word == "wrong", where, told)


def rows(results: Json, kind: str, dtype: str, document: CausesDocument | None = None) -> list[Row]:
    """Every subject of ``kind`` at the default quantity."""
    verdicts = verdicts_by_axes(document)
    quantity = default_quantities(results)[kind]
    found = {
        (cell["framework"], cell["mode"], cell["device"], cell["subject"]): cell
        for cell in results["cells"]
        if cell["dtype"] == dtype and cell["quantity"] == quantity
    }
    ways = columns(results)
    made = []
    for subject in results["subjects"]:
        if subject["kind"] != kind:
            continue
        name = subject["id"]
        main, small = subject_label(name)
        entries = [
            entry(
                found.get((way.framework, way.mode, way.device, name)),
                name,
                verdicts.get((way.framework, way.mode, dtype, name)),
            )
            for way in ways
        ]
        made.append(Row(name, main, small, is_tanh_normal(name), fragment("subject", name), entries))
    return made
