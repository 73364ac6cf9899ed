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
from typing import Any

import numpy as np
from numpy.typing import NDArray

from conformance.definitions.registry import is_distribution, transform_definition
from conformance.definitions.transforms.correlation import matrix_size
from conformance.definitions.transforms.definition import TransformDefinition
from conformance.floats.enclosures import Certificate, Enclosures, Kind
from conformance.floats.formats import Format
from conformance.oracle.bulk.columns import GUARD_BITS
from conformance.oracle.numbers import array_balls as balls
from conformance.oracle.numbers.array_balls import Ball
from conformance.oracle.numbers.array_system import ArrayNumbers
from conformance.oracle.numbers.arrays import Element, NotOffered, Pulls, log_det, variables
from conformance.oracle.pointwise.correlation_truth import SLACK
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
_SWAPPED = {"forward": "inverse", "inverse": "forward", "fldj": "ildj", "ildj": "fldj"}
_SYSTEM = ArrayNumbers()


def enclose(subject: str, quantity: str, x: NDArray[Any], fmt: Format, worth: int = WORTH_ASKING) -> Enclosures | None:
    """The truth at the rows of ``x`` (N, event), vector results flattened in C order; UNDECIDED where Arb must answer.

    None where the tier has nothing to say about the subject or the format, and for fewer than ``worth`` rows.
    """
    if fmt.precision > MOST_PRECISION or x.ndim != 2 or len(x) < max(worth, 1) or not 0 < x.shape[1] <= WIDEST_EVENT:
        return None
    if is_distribution(subject):
        return None
    definition = transform_definition(subject)
    while definition.kind == "inverse":
        definition, quantity = definition.parts[0], _SWAPPED[quantity]
    if not definition.event_rank_in or not _bijective(definition):
        return None
    exact = x.astype(np.float64)
    with np.errstate(all="ignore"):
        usable = _usable(definition, quantity, exact, fmt)
        try:
            return _in_blocks(definition, quantity, exact, usable, fmt)
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


def _usable(definition: TransformDefinition, quantity: str, x: NDArray[np.float64], fmt: Format) -> NDArray[np.bool_]:
    """Rows inside the open set on which the quantity is a plain function. The rest is settled by Arb's own rules."""
    usable = np.asarray(np.isfinite(x).all(axis=1))
    back = quantity in ("inverse", "ildj")
    if definition.kind == "independent":
        part = definition.parts[0]
        home = part.codomain if back else part.domain
        low, high = float(home.lo), float(home.hi)
        if not home.exact or low != home.lo or high != home.hi:
            return np.zeros(len(x), np.bool_)
        usable &= ((x > low) & (x < high)).all(axis=1)
    elif back and definition.name == "stick_breaking":
        usable &= _inside_simplex(x, fmt)
    elif back and definition.name == "corr_cholesky":
        usable &= _inside_unit_rows(x)
    return usable


def _inside_simplex(y: NDArray[np.float64], fmt: Format) -> NDArray[np.bool_]:
    """Rows that are proved to be interior and to add up to 1 within the slack of VectorTruth."""
    rest = Ball(np.ones(len(y)), 0.0)
    inside: NDArray[np.bool_] = (y[:, -1] >= 0) & (y[:, :-1] > 0).all(axis=1)
    for i in range(y.shape[1] - 1):
        rest = balls.add(rest, Ball(-y[:, i], 0.0))
        inside &= rest.mid - rest.rad > 0
    off = balls.add(rest, Ball(-y[:, -1], 0.0))
    slack = 64.0 * y.shape[1] * 2.0**-fmt.precision
    inside &= (np.abs(off.mid) + off.rad) * (1 + 2.0**-40) <= slack
    return inside


def _inside_unit_rows(y: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Rows that ``correlation_truth.placed`` would find to be interior, by proof."""
    n = matrix_size(y.shape[1], 1)
    below = y.shape[1] - n
    inside = np.asarray((y[:, below:] >= 0).all(axis=1))
    column = 0
    for i in range(n):
        rest = Ball(np.ones(len(y)), 0.0)
        for _ in range(i):
            entry = Ball(y[:, column], 0.0)
            rest = balls.add(rest, balls.neg(balls.mul(entry, entry)))
            inside &= rest.mid - rest.rad > 0
            column += 1
        last = Ball(y[:, below + i], 0.0)
        off = balls.add(rest, balls.neg(balls.mul(last, last)))
        inside &= (np.abs(off.mid) + off.rad) * (1 + 2.0**-40) <= float(SLACK)
    return inside


# -- one block -------------------------------------------------------------------------------------------------------


def _in_blocks(
    definition: TransformDefinition, quantity: str, x: NDArray[np.float64], usable: NDArray[np.bool_], fmt: Format
) -> Enclosures:
    width = 1
    if quantity in ("forward", "inverse"):
        event = x.shape[1]
        width = definition.output_event(event) if quantity == "forward" else definition.input_event(event)
    # Coordinates of ``independent`` are scalars to VectorTruth: their condition numbers are derivatives, not steps.
    coupled = definition.kind != "independent"
    out = Enclosures.empty(len(x) * width)
    out.tier[:] = TIER_FLOAT64_BALLS
    out.certificate[:] = Certificate.CERTIFIED
    rows = np.flatnonzero(usable)
    back = quantity in ("inverse", "ildj")
    for at in range(0, len(rows), _BLOCK):
        chosen = rows[at : at + _BLOCK]
        columns = np.ascontiguousarray(x[chosen].T)
        block = {name: np.empty((len(chosen), width), getattr(out, name).dtype) for name in _FILLED}
        for component, element in enumerate(_evaluated(definition, quantity, columns)):
            _fill(block, component, element, fmt, coupled, back)
        for name, values in block.items():
            getattr(out, name).reshape(-1, width)[chosen] = values
    return out


def _evaluated(definition: TransformDefinition, quantity: str, columns: NDArray[np.float64]) -> list[Element]:
    inputs = variables(
        [Ball(column, 0.0) for column in columns], [Pulls(False, {j: column}) for j, column in enumerate(columns)]
    )
    if quantity == "forward":
        return list(definition.forward(_SYSTEM, inputs))
    if quantity == "fldj":
        return [log_det(list(definition.forward(_SYSTEM, inputs)), len(inputs))]
    found = list(definition.inverse_candidate(_SYSTEM, inputs))
    if quantity == "inverse":
        return found
    at = variables([element.ball for element in found], [element.pulls for element in found])
    return [-log_det(list(definition.forward(_SYSTEM, at)), len(at))]


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
