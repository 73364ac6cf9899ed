"""L20: what an object declares of itself equals what its definition is.

Declared are, where a framework says anything of the kind: the direction of a scalar map, whether it is one to one,
whether its log-det is constant, how many axes an event has, its dtype; and sets, which are asked about points: the
domain, the codomain, the support. All of it is held against the definition, and not against the framework's own
answers.

A declaration that promises less than holds misleads nobody: a codomain that is wider than the image, a constant log-det
that is not said to be one. So a set is wrong only where it excludes what is attained, or an ordinary input, and the
domain of an elementary map also where it admits what has no image. Minor is what leads no calculation astray: an end
that is attained at one point and excluded, a domain with points too many, a property that cannot be read.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from adapters.interface.quantities import SETS
from adapters.interface.spec import Spec, parse
from conformance.definitions.registry import is_distribution, transform_definition
from conformance.definitions.transforms.definition import TransformDefinition
from conformance.execution.request import Reply, Request
from conformance.floats.enclosures import Kind
from conformance.floats.regions import Region
from conformance.floats.rounding import round_enclosures
from conformance.laws.batches import DTYPE, MODE
from conformance.laws.case import Case
from conformance.laws.law import Check, Law
from conformance.laws.measure import Measure
from conformance.laws.scored import CLOSING_FATES
from conformance.laws.truths import exactly
from conformance.scoring.distance import distances
from conformance.scoring.failures import Failure

Rows = NDArray[Any]
Mask = NDArray[np.bool_]

POINTS = 32
"""Points of each region that a set is asked about."""

BITS = "map_bits", "law_bits"
"""What is asked in both wide formats; everything else is the same in each and asked in float32."""


def check(case: Case) -> Iterator[Check]:
    if case.mode != MODE or case.fmt.name not in (DTYPE, "float64"):
        return
    if not any(case.measure(quantity).offered for quantity in case.quantities):
        return
    for name, expected in _expected(case):
        if case.fmt.name == DTYPE or name in BITS:
            yield from _of_number(case, name, expected)
    if case.fmt.name == DTYPE:
        for name in ("support",) if case.declared.is_distribution else ("domain", "codomain"):
            yield from _of_set(case, name)


def _expected(case: Case) -> Iterator[tuple[str, float]]:
    """The declarations that are single numbers, each with what is true."""
    yield BITS[case.declared.is_distribution], float(case.fmt.bits)
    if case.declared.is_distribution:
        yield "event_rank", 0.0 if case.declared.target is None else float(len(case.declared.target.shape))
        return
    yield from _of_definition(transform_definition(case.subject)).items()
    if _log_det_varies(case):
        yield "constant_log_det", 0.0  # That a constant one is not said to be so costs time and nothing else.


def _of_definition(definition: TransformDefinition) -> dict[str, float]:
    """What a definition says of its map, as far as it says the same of every framework's."""
    found = {"event_rank_in": float(definition.event_rank_in), "event_rank_out": float(definition.event_rank_out)}
    if definition.increasing is not None and not definition.event:
        found["increasing"] = float(definition.increasing)
    if not definition.event or not definition.bijective:
        # A map of events may be declared on a larger set, on which it is not one to one.
        found["injective"] = float(definition.bijective)
    return found


def _log_det_varies(case: Case) -> bool:
    measure = case.measure("fldj")
    truth = measure.truth[(measure.region == Region.ORDINARY) & (measure.truth.kind == Kind.FINITE)]
    return len(truth) > 1 and bool((np.diff(truth.hi) != 0).any() or (np.diff(truth.exponent) != 0).any())


def _of_number(case: Case, name: str, expected: float) -> Iterator[Check]:
    reply = _asked(case, name, None)
    if reply.status == "not_offered":
        return
    wrong, got = False, np.nan
    if reply.values is not None:
        # A batch of parameters has a direction each; an answer of several numbers is about several branches.
        if reply.values.size != 1:
            return
        got = float(reply.values.reshape(()))
        wrong = got != expected
    nothing = np.full(1, np.nan).astype(case.fmt.dtype)
    harmless = np.array([name == "injective"])
    yield _checked(case, name, reply, nothing, np.array([got]), np.array([expected]), np.array([wrong]), harmless)


def _of_set(case: Case, name: str) -> Iterator[Check]:
    """Points of the set, which it has to hold; of an elementary map's domain also points that it must not hold."""
    points, ends = _inside(case, name)
    holds = np.ones(len(points), bool)
    if name == "domain" and not parse(case.subject).parts and case.declared.source is None:
        outside = _picked(case, "forward", Region.OUTSIDE)
        points, holds = np.concatenate([points, outside]), np.concatenate([holds, np.zeros(len(outside), bool)])
        ends = np.concatenate([ends, np.ones(len(outside), bool)])
    if not len(points):
        return
    if _asked(case, name, points[:1]).values is None:  # Of what cannot be asked one point tells as much as all.
        points, holds, ends = points[:1], holds[:1], ends[:1]
    reply = _asked(case, name, points)
    if reply.status == "not_offered":
        return
    got, wrong = np.full(len(points), np.nan), np.zeros(len(points), bool)
    if reply.values is not None:
        if reply.values.shape != (len(points),):
            return  # The answer of a constraint that is not about events of this rank, which event_rank_in tells.
        got = reply.values.astype(np.float64)
        wrong = got != holds
        if case.declared.source is not None and 2 * np.count_nonzero(wrong) < len(points):
            wrong[:] = False  # Events that rounding pushed off a thin set.
    yield _checked(case, name, reply, points, got, holds.astype(np.float64), wrong, ends)


def _inside(case: Case, name: str) -> tuple[Rows, Mask]:
    """Points that the set has to hold, and which of them are an end of it."""
    if name != "codomain":
        points = _picked(case, "log_prob" if name == "support" else "forward", Region.ORDINARY)
        return points, np.zeros(len(points), bool)
    measure = case.measure("forward")
    if not measure.offered or not len(measure.row):
        return measure.inputs[:0], np.zeros(0, bool)
    rows = np.concatenate([_places(case, "forward", region) for region in Region if region != Region.OUTSIDE])
    x = measure.inputs[rows]
    declared = _asked(case, "domain", x).values
    if declared is not None and declared.shape == (len(x),):
        x, rows = x[declared.astype(bool)], rows[declared.astype(bool)]  # What is not taken has no image.
    if not len(x):
        return measure.inputs[:0], np.zeros(0, bool)
    width = len(measure.row) // len(measure.inputs)
    truth = measure.truth[(rows[:, None] * width + np.arange(width)).ravel()]
    images = case.shaped("inverse", round_enclosures(truth, case.fmt)[0].reshape(len(x), width))
    kept = np.isfinite(images.astype(np.float64)).reshape(len(x), -1).all(axis=1)
    kept &= (truth.kind == Kind.FINITE).reshape(len(x), -1).all(axis=1)
    if case.declared.target is not None:
        return images[kept], np.zeros(int(np.count_nonzero(kept)), bool)
    low, high = (float(end) for end in case.declared.codomain("forward") or (-np.inf, np.inf))
    wide = images.astype(np.float64)
    end = (wide <= low) | (wide >= high)
    kept &= ~end | (truth.err == 0)  # Rounding reaches an open end; what is attained exactly is a point of the image.
    return images[kept], end[kept]


def _picked(case: Case, quantity: str, region: Region) -> Rows:
    """Finite standard inputs of the region, evenly picked."""
    return case.inputs.points(quantity).values[_places(case, quantity, region)]


def _places(case: Case, quantity: str, region: Region) -> NDArray[np.intp]:
    points = case.inputs.points(quantity)
    finite = np.isfinite(points.values.astype(np.float64)).reshape(len(points), -1).all(axis=1)
    rows = np.flatnonzero(finite & (points.region == region))
    return rows[np.unique(np.linspace(0, len(rows) - 1, POINTS).astype(int))] if len(rows) else rows


def _saying(spec: Spec, case: Case, name: str) -> tuple[str, str] | None:
    """The smallest part of ``spec`` that declares something wrong of the same kind, and the declaration."""
    for part in spec.parts:
        expected = None if is_distribution(part) else _of_definition(transform_definition(part)).get(name)
        values = None if expected is None else _asked(case, name, None, str(part)).values
        if values is not None and values.size == 1 and float(values.reshape(())) != expected:
            return _saying(part, case, name) or (str(part), name)
    return None


def _owner(spec: Spec, name: str) -> tuple[Spec, str] | None:
    """The part, and its own declaration, that a composite's set follows from; None for a subject without parts."""
    if not spec.parts:
        return None
    if spec.name in ("chain", "inline"):
        return (spec.parts[0] if name == "domain" else spec.parts[-1]), name
    if spec.name == "inverse":
        return spec.parts[0], "codomain" if name == "domain" else "domain"
    return spec.parts[-1], "codomain" if name == "support" else name


def _source(spec: Spec, case: Case, name: str, points: Rows) -> tuple[str, str] | None:
    """The smallest part that the set follows from and that says the same of points that it has to hold."""
    owner = _owner(spec, name)
    if owner is None:
        return None
    part, own = owner
    if is_distribution(part):
        return None
    rows = points if transform_definition(part).event else points.reshape(-1)
    values = _asked(case, own, rows, str(part)).values
    if values is None or np.all(values):
        return None
    return _source(part, case, own, rows) or (str(part), own)


def _asked(case: Case, name: str, points: Rows | None, subject: str = "") -> Reply:
    return case.framework.evaluate(Request(subject or case.subject, name, case.fmt.name, case.mode, points))


def _checked(
    case: Case, name: str, reply: Reply, points: Rows, got: Rows, expected: Rows, wrong: Mask, harmless: Mask
) -> Check:
    """One component per point, or per number; ``harmless`` are those that are minor where they are wrong."""
    failures = np.where(wrong, Failure.DECLARED_WRONG, Failure.NONE).astype(np.uint8)
    message = ""
    if reply.values is None:
        fate = CLOSING_FATES.get(reply.status, Failure.RAISED)
        # Nothing is calculated with what cannot be read.
        failures[:] = Failure.DECLARED_WRONG if fate == Failure.RAISED else fate
        message, harmless = reply.message, np.ones(len(points), bool)
    elif wrong.any():
        message = _said(name, got, expected, points, wrong, harmless)
    values = got.astype(case.fmt.dtype)
    truth = exactly(expected)
    measure = Measure(
        quantity=name,
        status=reply.status,
        message=message,
        inputs=points,
        region=np.full(len(points), Region.ORDINARY, np.uint8),
        row=np.arange(len(points)),
        component=np.zeros(len(points), np.int64),
        got=values,
        truth=truth,
        failures=failures,
        usable=(failures == Failure.NONE) | (harmless & (failures == Failure.DECLARED_WRONG)),
        distances=distances(values, truth, case.fmt),
        excused=np.zeros(len(points), bool),
        attainable=np.full(len(points), "", "U16"),
    )
    blamed = None
    if wrong.any():
        spec = parse(case.subject)
        blamed = _source(spec, case, name, points[wrong]) if name in SETS else _saying(spec, case, name)
    return Check(measure, blamed=blamed)


def _said(name: str, got: Rows, expected: Rows, points: Rows, wrong: Mask, harmless: Mask) -> str:
    """What is declared and what holds, at the point that a finding shows."""
    some = np.flatnonzero(wrong & ~harmless)
    some = some if len(some) else np.flatnonzero(wrong)
    with np.errstate(divide="ignore"):  # The point whose size is nearest to 1.
        size = np.abs(points[some].astype(np.float64)).reshape(len(some), -1).max(axis=1)
        at = int(some[np.argmin(np.abs(np.log2(np.nan_to_num(size, nan=1.0))))])
    if name not in SETS:
        return f"{got[at]:g} is declared where {expected[at]:g} holds"
    point = " ".join(str(value) for value in np.ravel(points[at]))
    if expected[at]:
        return f"{point} is not in what is declared, and is attained"
    return f"{point} is in what is declared, and has no image"


LAW = Law("L20", "what an object declares of itself equals its definition", check)
