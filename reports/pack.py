"""Pack the run into little JSON, compressed: columns of what is alike, texts once, nothing that the page derives.

What the front page needs is one part; details, laws, findings, curves and issues are parts of their own, unpacked when
a view asks.
"""

from __future__ import annotations

import json
import zlib
from typing import Any

import msgspec

from conformance.causes.records import CausesDocument
from conformance.findings.identity import IDENTITY
from reports.causes import MARKED, issues, light
from reports.columns import columns
from reports.coverage import counts
from reports.curves import drawable, pack_curves
from reports.dense import dense
from reports.load import Loaded
from reports.matrix import QUANTITIES
from reports.numbers import DIGITS, FORMATS, seen
from reports.pack_cells import pack_cells
from reports.pack_findings import PackedFindings, pack_findings
from reports.summary import exact_text
from reports.text import is_tanh_normal, safe_link, subject_label
from reports.verdict import TOLD
from reports.versions import install_line
from reports.vocabulary import API, WORDS, role_of

Json = dict[str, Any]
OFFER_FIELDS = ("framework", "mode", "dtype", "status", "got", "ulp", "verdict", "message")
LAW_FIELDS = ("framework", "mode", "dtype", "subject", "law", "status", "checks", "failed")


def _core(loaded: Loaded, document: CausesDocument | None, cells: Json) -> Json:
    """Everything that the front page and the matrix need."""
    results = loaded.results
    return {
        "formats": FORMATS,
        "digits": DIGITS,
        "id_of": IDENTITY,
        "issue": MARKED,
        "quantities": QUANTITIES,
        "words": WORDS,
        "api": API,
        "told": TOLD,
        "frameworks": [
            {
                **row,
                "role": role_of(row["name"]),
                "install": install_line(row.get("packages") or {}),
                "classes": counts(row.get("classes")),
            }
            for row in results["frameworks"]
        ],
        "subjects": [_subject(subject) for subject in results["subjects"]],
        "laws": results.get("laws") or [],
        "cells": cells,
        **_statistics(results.get("statistics") or []),
        "clusters": results.get("clusters") or [],
        "causes": light(document),
        "has_causes": document is not None,
        **_verdicts(document),
    }


def _statistics(rows: list[Json]) -> Json:
    """``statistics``, each of which says how many of the ``offers`` are its."""
    told = [
        {**{key: row[key] for key in ("subject", "quantity", "certificate")}, "exact": exact_text(row)} for row in rows
    ]
    own = [row.get("offers") or [] for row in rows]
    offers = [
        {**{key: offer.get(key) for key in OFFER_FIELDS}, "ulp": seen(offer.get("ulp"))}
        for each in own
        for offer in each
    ]
    counted = [{**row, "offers": len(each)} for row, each in zip(told, own, strict=True)]
    return {"statistics": columns(counted), "offers": columns(offers)}


def _law_results(loaded: Loaded) -> list[Json]:
    return [{field: row.get(field) for field in LAW_FIELDS} for row in loaded.results.get("law_results") or []]


def _subject(subject: Json) -> Json:
    main, small = subject_label(subject["id"])
    return {
        **subject,
        "label": main,
        "small": small,
        "tanh_normal": is_tanh_normal(subject["id"]),
        "link": safe_link(subject.get("reference")),
    }


def _verdicts(document: CausesDocument | None) -> Json:
    """``verdicts`` and ``remedies``: a verdict names its remedies by number, since hundreds of them have the same; of
    the inputs that one was tried at the page says how many."""
    numbers: dict[tuple[str, str, int, bool], int] = {}
    rows = []
    for verdict in document.verdicts if document else []:
        row = msgspec.to_builtins(verdict)
        own = [(each.words, each.code, len(each.inputs), each.right) for each in verdict.remedies]
        rows.append({**row, "remedies": [numbers.setdefault(each, len(numbers)) for each in own]})
    remedies = [dict(zip(("words", "code", "tried", "right"), each, strict=True)) for each in numbers]
    return {"verdicts": columns(rows), "remedies": columns(remedies)}


def parts(
    loaded: Loaded, document: CausesDocument | None = None, found: PackedFindings | None = None
) -> dict[str, Json]:
    """The parts by name, with everything in them. found: the findings, where they were packed before."""
    found = found or pack_findings(loaded, document)
    cells, rest = pack_cells(loaded.results, document)
    return {
        "core": _core(loaded, document, cells),
        "details": rest,
        "laws": columns(_law_results(loaded)),
        "findings": found.with_scripts(len(loaded.findings)),
        "curves": pack_curves(loaded.results, frozenset(drawable(loaded.results))),
        "issues": issues(document, loaded) if document else {},
    }


def squeezed(value: Json) -> str:
    """The JSON of ``value`` as raw deflate in dense characters, none of which means anything in markup."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    packer = zlib.compressobj(9, zlib.DEFLATED, -15, 9)
    return dense(packer.compress(text.encode("utf-8")) + packer.flush())
