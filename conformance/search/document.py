"""From the points that a search chose to a document: digits, second opinion and reproduction for each of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from msgspec import to_builtins
from numpy.typing import NDArray

from adapters.interface.quantities import LOG_QUANTITIES
from conformance.floats.ordinals import from_ordinal
from conformance.floats.regions import Region, regions_of
from conformance.judging.confirm import Opinions, Reproducer, decimal_text, finding_of, hex_text, json_number
from conformance.judging.groups import Group, shown_point
from conformance.laws.case import Case
from conformance.laws.measure import Measure
from conformance.scoring.failures import Failure
from conformance.search.pick import Threshold, thresholds_found, worst_points
from conformance.search.scalar_search import Found, asked_again
from conformance.search.vector_search import FoundRows

Document = dict[str, Any]

MOST_THRESHOLDS = 12
"""Jumps of the error that are shown, the highest first."""

_SHOWN = ("region", "kind", "severity", "blame", "certificate", "confirmed_by", "confirmed", "reproduction")

_LABELS = [kind.label for kind in Failure if kind != Failure.NONE]


@dataclass(frozen=True)
class Witness:
    """Who explains a point: the oracle, and the framework's own scripts. axes: framework, version, device."""

    axes: Mapping[str, str]
    oracle: Opinions
    framework: Reproducer


def line_document(found: Found, case: Case, quantity: str, witness: Witness | None) -> Document:
    """What was found on a line, as plain JSON values. The chosen points are evaluated and scored once more.

    Without a ``witness`` the points come without digits, second opinion and reproduction (``confirmed`` is None).
    """
    seen, line = found.seen, found.line
    chosen = worst_points(seen, line, log_quantity=quantity in LOG_QUANTITIES)
    jumps = thresholds_found(seen, line)[:MOST_THRESHOLDS]
    ordinals = [int(seen.ordinal[index]) for _, index in chosen] + [one.low + side for one in jumps for side in (0, 1)]
    document = {
        "subject": case.subject,
        "quantity": quantity,
        "points": len(seen),
        "coverage": found.coverage,
        "rounds": found.rounds,
        "ended": found.ended,
        "failures": _counted(seen.failure),
        "worst": [],
        "thresholds": [],
    }
    if ordinals:
        values = from_ordinal(np.array(ordinals, np.int64), line.fmt)
        measure = asked_again(case, quantity, values, regions_of(values, line.fmt, line.frame))
        document["worst"] = [_worst(measure, at, why, case, witness) for at, (why, _) in enumerate(chosen)]
        document["thresholds"] = [_pair(measure, len(chosen) + 2 * k, one) for k, one in enumerate(jumps)]
    return document


def rows_document(found: FoundRows, case: Case, quantity: str, witness: Witness | None) -> Document:
    """What was found among events; as ``line_document``, without jumps."""
    document = {
        "subject": case.subject,
        "quantity": quantity,
        "points": found.points,
        "coverage": "lower bound",
        "rounds": found.rounds,
        "ended": found.ended,
        "failures": _counted(found.failures),
        "worst": [],
        "thresholds": [],
    }
    chosen = found.worst()
    if chosen:
        rows = np.array([found.rows[index] for _, index, _ in chosen])
        measure = asked_again(case, quantity, rows, case.inputs.regions(quantity, rows))
        width = len(measure.got) // len(rows)
        entries = [
            _worst(measure, at * width + component, why, case, witness) for at, (why, _, component) in enumerate(chosen)
        ]
        document["worst"] = entries
    return document


def _worst(measure: Measure, at: int, why: Sequence[str], case: Case, witness: Witness | None) -> Document:
    kind = Failure(int(measure.failures[at]))
    # A kind that was seen among other inputs and is gone now: the result depends on what stands beside it (L22).
    gone = kind.label not in why and any(label in why for label in _LABELS)
    group = Group(
        law="",
        quantity=measure.quantity,
        kind=kind,
        region=Region(int(measure.region[at])),
        count=1,
        total=1,
        measure=measure,
        worst=at,
        grade=shown_point(case, measure, np.array([at]))[1],
        low=measure.inputs[measure.row[at]],
        high=measure.inputs[measure.row[at]],
        note="",
    )
    if witness is None:
        off = measure.distances
        short = {
            "input": decimal_text(group.input),
            "input_hex": hex_text(group.input),
            "got": decimal_text(measure.got[at]),
            "got_hex": hex_text(measure.got[at]),
            "ulp": json_number(off.ulp[at]),
            "nats": json_number(off.nats[at]) if measure.quantity in LOG_QUANTITIES else None,
            "excess_bits": json_number(off.excess[at]),
        }
        return {
            "why": list(why),
            **short,
            "region": group.region.label,
            "kind": kind.label,
            "confirmed": None,
            "gone": gone,
        }
    finding = finding_of(group, case, witness.axes, witness.oracle, witness.framework)
    told = to_builtins(finding)
    return {"why": list(why), **told["worst"], **{name: told[name] for name in _SHOWN}, "gone": gone}


def _pair(measure: Measure, at: int, one: Threshold) -> Document:
    def side(index: int) -> Document:
        return {
            "input": decimal_text(measure.inputs[measure.row[index]]),
            "input_hex": hex_text(measure.inputs[measure.row[index]]),
            "got": decimal_text(measure.got[index]),
            "ulp": json_number(measure.distances.ulp[index]),
            "kind": Failure(int(measure.failures[index])).label,
        }

    return {
        "below": side(at),
        "above": side(at + 1),
        "bits": one.bits,
        "worse": "above" if one.rising else "below",
        "others_near": one.others,
    }


def _counted(failures: NDArray[np.uint8]) -> dict[str, int]:
    codes, counts = np.unique(failures, return_counts=True)
    return {Failure(int(code)).label: int(count) for code, count in zip(codes, counts, strict=True)}
