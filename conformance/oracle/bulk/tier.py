"""The bulk tier for vectors: certified truth for many events at once, for formats of at most 24 bits.

GUARANTEE: where ``enclose`` answers, the truth lies in the enclosure (running bounds over IEEE arithmetic and proved
kernels), whose radius is at most 2**-14 ulp of the format, or 2**-14 of its least subnormal; most are below 2**-20.
Everything else is UNDECIDED and belongs to Arb: rows with an infinity, a nan or a point on a boundary, sums that
cancel, values beyond float64, whatever a definition needs that has no array version.

Values and log-determinants follow mechanically from the forward definition. The inverse is the definition's closed
form, which ``vector_audit`` holds against Arb's certified bracket. Condition numbers are estimates in float64.
"""

from __future__ import annotations

from collections.abc import Callable
from math import prod
from typing import Any

import numpy as np
from numpy.typing import NDArray

from adapters.interface.quantities import MIRROR, variable
from conformance.definitions.registry import is_distribution, transform_definition
from conformance.definitions.spaces import Shape
from conformance.definitions.transforms.definition import TransformDefinition
from conformance.floats.enclosures import Certificate, Enclosures, Kind
from conformance.floats.formats import Format
from conformance.oracle.bulk.columns import GUARD_BITS
from conformance.oracle.numbers.array_balls import Ball
from conformance.oracle.numbers.array_system import ArrayNumbers
from conformance.oracle.numbers.arrays import Element, NotOffered, Pulls, log_det, variables
from conformance.oracle.tiers import TIER_FLOAT64_BALLS

MOST_PRECISION = 24
WIDEST_EVENT = 64
WORTH_ASKING = 32
"""Rows in a request below which Arb answers alone."""

_BLOCK = 8192
"""Rows at a time: enough that the work on arrays outweighs the walk through the definition (measured at 10 x 10)."""

_STEP = 2.0**-30
_STEEP = 2.0**20
"""VectorTruth reads condition numbers off relative steps of 2**-30: for an exponential they saturate beyond 2**20, and
near a boundary of the domain the step may leave it: inverses that are so steep are left to Arb."""

_FILLED = ("hi", "err", "exponent", "kind", "condition")
_SYSTEM = ArrayNumbers()


def enclose(subject: str, quantity: str, x: NDArray[Any], fmt: Format, worth: int = WORTH_ASKING) -> Enclosures | None:
    """The truth at the rows of ``x`` (N, *event), results flattened in C order; UNDECIDED where Arb must answer.

    None where the tier has nothing to say about the subject or the format, and for fewer than ``worth`` rows.
    """
    shape = x.shape[1:]
    if fmt.precision > MOST_PRECISION or not shape or len(x) < max(worth, 1) or not 0 < prod(shape) <= WIDEST_EVENT:
        return None
    if is_distribution(subject):
        return None
    definition = transform_definition(subject)
    while definition.kind == "inverse":
        definition, quantity = definition.parts[0], MIRROR[quantity]
    if not definition.event_rank_in or not _bijective(definition):
        return None
    exact = x.reshape(len(x), -1).astype(np.float64)
    with np.errstate(all="ignore"):
        try:
            usable = _usable(definition, quantity, exact, shape, fmt)
            return _in_blocks(definition, quantity, exact, shape, usable, fmt)
        except NotOffered:
            return None


def settle(truth: Enclosures, rows: int, by_arb: Callable[[NDArray[np.intp]], Enclosures]) -> None:
    """Have Arb answer for the components of ``truth`` that are UNDECIDED, row by row; the others stay as they are."""
    if not (truth.kind == Kind.UNDECIDED).any():
        return
    width = len(truth) // rows
    components = np.arange(len(truth)).reshape(rows, width)
    open_rows = np.flatnonzero((truth.kind[components] == Kind.UNDECIDED).any(axis=1))
    if open_rows.size:
        asked = components[open_rows].ravel()
        answers = by_arb(open_rows)
        still = truth.kind[asked] == Kind.UNDECIDED
        truth[asked[still]] = answers[still]


def _bijective(definition: TransformDefinition) -> bool:
    return definition.bijective and all(_bijective(part) for part in definition.parts)


# -- which rows ------------------------------------------------------------------------------------------------------


def _usable(
    definition: TransformDefinition, quantity: str, x: NDArray[np.float64], shape: Shape, fmt: Format
) -> NDArray[np.bool_]:
    """Rows that are proved to lie in the open set on which the quantity is a plain function. The rest is settled by
    Arb's own rules."""
    usable = np.asarray(np.isfinite(x).all(axis=1))
    back = variable(quantity) == "y"
    if definition.kind == "entrywise":
        for part, column in zip(definition.each(x.shape[1]), x.T, strict=True):
            home = part.codomain if back else part.domain
            low, high = float(home.lo), float(home.hi)
            if not home.exact or low != home.lo or high != home.hi:
                return np.zeros(len(x), np.bool_)
            usable &= (column > low) & (column < high)
        return usable
    space = definition.target_at(shape) if back else definition.source_at(shape)
    entries = [_known(column) for column in np.ascontiguousarray(x.T)]
    for condition in space.positive(_SYSTEM, entries):
        usable &= condition.ball.mid - condition.ball.rad > 0
    for condition in space.not_negative(_SYSTEM, entries):
        usable &= condition.ball.mid - condition.ball.rad >= 0
    for value, slack in space.vanishing(_SYSTEM, entries, fmt.precision):
        usable &= (np.abs(value.ball.mid) + value.ball.rad) * (1 + 2.0**-40) <= float(slack)
    return usable


def _known(column: NDArray[np.float64]) -> Element:
    return Element(lambda: Ball(column, 0.0))


# -- one block -------------------------------------------------------------------------------------------------------


def _in_blocks(
    definition: TransformDefinition,
    quantity: str,
    x: NDArray[np.float64],
    shape: Shape,
    usable: NDArray[np.bool_],
    fmt: Format,
) -> Enclosures:
    width = 1
    if quantity in ("forward", "inverse"):
        width = prod(definition.output_event(shape) if quantity == "forward" else definition.input_event(shape))
    # Entries that are mapped by themselves are scalars to VectorTruth: condition numbers are derivatives, not steps.
    coupled = definition.kind != "entrywise"
    out = Enclosures.empty(len(x) * width)
    out.tier[:] = TIER_FLOAT64_BALLS
    out.certificate[:] = Certificate.CERTIFIED
    rows = np.flatnonzero(usable)
    back = variable(quantity) == "y"
    for at in range(0, len(rows), _BLOCK):
        chosen = rows[at : at + _BLOCK]
        columns = np.ascontiguousarray(x[chosen].T)
        block = {name: np.empty((len(chosen), width), getattr(out, name).dtype) for name in _FILLED}
        for component, element in enumerate(_evaluated(definition, quantity, columns, shape)):
            _fill(block, component, element, fmt, coupled, back)
        for name, values in block.items():
            getattr(out, name).reshape(-1, width)[chosen] = values
    return out


def _evaluated(
    definition: TransformDefinition, quantity: str, columns: NDArray[np.float64], shape: Shape
) -> list[Element]:
    inputs = variables(
        [Ball(column, 0.0) for column in columns], [Pulls(False, {j: column}) for j, column in enumerate(columns)]
    )
    if quantity == "forward":
        return list(definition.forward(_SYSTEM, inputs))
    if quantity == "fldj":
        return [_log_det(definition, inputs, shape)]
    found = list(definition.inverse_candidate(_SYSTEM, inputs))
    if quantity == "inverse":
        return found
    return [-_log_det(definition, found, definition.input_event(shape))]


def _log_det(definition: TransformDefinition, at: list[Element], shape: Shape) -> Element:
    """log|det J| at the entries ``at`` of an event of ``shape``, with respect to the base measures of its spaces."""
    source, target = definition.source_at(shape), definition.target_at(definition.output_event(shape))
    chosen = [at[index] for index in source.free]
    coordinates = variables([element.ball for element in chosen], [element.pulls for element in chosen])
    outputs = definition.forward(_SYSTEM, source.completed(_SYSTEM, coordinates))
    total = log_det([outputs[index] for index in target.free], len(coordinates))
    for space, entries, sign in ((target, outputs, 1.0), (source, at, -1.0)):
        volume = space.log_volume(_SYSTEM, entries)
        if volume is not None:
            total = total + volume if sign > 0 else total - volume
    return total


def _fill(
    block: dict[str, NDArray[Any]], component: int, element: Element, fmt: Format, coupled: bool, back: bool
) -> None:
    """One column: the normal form of Enclosures where the ball is narrow enough for ``fmt``, UNDECIDED elsewhere."""
    shape = block["hi"].shape[:1]
    mid, rad = (np.broadcast_to(np.asarray(part, np.float64), shape) for part in element.ball)
    hi, exponent = np.frexp(mid)
    # One bit below the midpoint's exponent: the value itself may lie just under a power of two.
    unit = np.maximum(exponent - (1 + fmt.precision), fmt.lowest_exponent)
    narrow = (rad <= np.ldexp(1.0, unit - GUARD_BITS)) & np.isfinite(mid)
    err = np.where(rad == 0, 0.0, np.maximum(np.ldexp(rad, -exponent), 2.0**-1000) * (1 + 2.0**-50))
    none = (hi == 0) & (rad > 0)
    if none.any():
        exponent = np.where(none, np.frexp(rad)[1], exponent)
        err = np.where(none, 1.0, err)
    condition = _condition(element, shape, coupled)
    if back and coupled:
        narrow &= condition <= _STEEP
    block["kind"][:, component] = np.where(narrow, Kind.FINITE, Kind.UNDECIDED)
    if not narrow.all():
        hi, err, exponent = (np.where(narrow, values, 0) for values in (hi, err, exponent))
        condition = np.where(narrow, condition, np.nan)
    for name, values in (("hi", hi), ("err", err), ("exponent", exponent), ("condition", condition)):
        block[name][:, component] = values


def _condition(element: Element, shape: tuple[int, ...], coupled: bool) -> NDArray[np.float64]:
    """sum_j |x_j dq/dx_j| / |q|: 0 where nothing moves it, inf where q may be 0 otherwise."""
    pulls = element.pulls
    total = np.zeros(shape)
    for pull in pulls.by.values():
        size = np.abs(pull)
        if coupled and pulls.relative and (steep := size > _STEEP).any():
            size = np.where(steep, np.abs(np.expm1(np.clip(pull * _STEP, -800.0, 800.0))) / _STEP, size)
        total += size
    mid = np.abs(element.ball.mid)
    if pulls.relative:
        return np.where((mid == 0) & (element.ball.rad == 0), 0.0, total)
    return np.where(total == 0, 0.0, np.where(mid <= element.ball.rad, np.inf, total / mid))
