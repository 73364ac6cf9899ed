"""The bulk tier for scalars: certified truth for many inputs at once, for formats of at most 24 bits.

GUARANTEE: where ``enclose`` answers, the truth lies in the enclosure, whose radius is at most 2**-14 ulp of the format,
or 2**-14 of its least subnormal (most are below 2**-20); values beyond float64 are known to 2**-8 of their size.
Everything else is UNDECIDED and belongs to the other tiers: infinities, zeros, the ends of domains, sums that cancel,
what has no array version. (A log density that is declared to be 0 everywhere is answered in every format.)

Everything follows from the forward map and the base's density, as in ``pointwise``: running bounds over IEEE arithmetic
(``numbers.arrays``), and every inverse certified by a bracket that the forward map proves. Whether an input lies inside
is proved stage by stage; whole runs beyond a domain are settled by their two ends, since a domain is an interval.
Condition numbers are estimates in float64.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from adapters.interface.quantities import variable
from conformance.definitions.intervals import Interval
from conformance.definitions.registry import takes_events
from conformance.definitions.transforms.definition import TransformDefinition
from conformance.floats.enclosures import Certificate, Enclosures, Kind
from conformance.floats.formats import Format
from conformance.oracle.bulk.bracket import certified, inside
from conformance.oracle.bulk.columns import fill
from conformance.oracle.numbers.array_balls import Ball
from conformance.oracle.numbers.array_system import ArrayNumbers
from conformance.oracle.numbers.arrays import Element, NotOffered, Pulls, log_det, variables
from conformance.oracle.pointwise.scalar_truth import ScalarTruth, Settled
from conformance.oracle.tiers import TIER_FLOAT64_BALLS

MOST_PRECISION = 24
WORTH_ASKING = 32
"""Points in a request below which Arb answers alone."""

MOST = 1 << 17
"""Points in a request above which polynomials are quicker, once their tables are made: beyond every 16-bit format."""

_BLOCK = 16384
_SYSTEM = ArrayNumbers()
_NEAREST = 4
"""Inputs next to an end that are left to Arb, since they may be too close to be told."""


def enclose(subject: str, quantity: str, x: NDArray[Any], fmt: Format, worth: int = WORTH_ASKING) -> Enclosures | None:
    """The truth at ``x`` (N,), of ``fmt``; UNDECIDED where another tier must answer.

    None where the tier has nothing to say about the subject or the format, for fewer than ``worth`` points, and for
    more than MOST.
    """
    if x.ndim != 1 or not max(worth, 1) <= len(x) <= MOST:
        return None
    if takes_events(subject):
        return None
    truth, exact = ScalarTruth(subject, quantity), x.astype(np.float64)
    if fmt.precision > MOST_PRECISION and not truth.flat:
        return None
    out = Enclosures.empty(len(exact))
    out.tier[:], out.certificate[:] = TIER_FLOAT64_BALLS, Certificate.CERTIFIED
    _settle_beyond(truth, exact, out)
    rows = np.flatnonzero(np.isfinite(exact) & (exact != 0) & (out.kind == Kind.UNDECIDED))
    if truth.flat:
        _put_flat(truth, exact, rows, out)
        return out
    with np.errstate(all="ignore"):
        for at in range(0, len(rows), _BLOCK):
            chosen = rows[at : at + _BLOCK]
            try:
                walk = _Walk(exact[chosen])
                element = walk.quantity(truth)
                fill(out, chosen, element, walk.inside, fmt)
            except NotOffered:
                return None
    return out


# -- what needs no value ---------------------------------------------------------------------------------------------


def _settle_beyond(truth: ScalarTruth, x: NDArray[np.float64], out: Enclosures) -> None:
    """Fill in nan, and the runs of finite inputs beyond the ends of where the quantity is a function."""
    out.kind[np.isnan(x)] = Kind.NAN
    order = np.argsort(x, kind="stable")
    order = order[np.isfinite(x[order])]
    if not len(order):
        return
    low, high = _ends(truth)
    for rows in (order[x[order] < low], order[x[order] > high]):
        _settle_run(truth, x, rows, out)


def _settle_run(truth: ScalarTruth, x: NDArray[np.float64], rows: NDArray[np.intp], out: Enclosures) -> None:
    """Fill in the ascending inputs ``rows``, all on one side of where the quantity is a function.

    What is beyond is an interval, and so is what is further beyond (no point of the support, no point of the domain):
    where both ends of a run are the same, so is all between. Otherwise its halves are looked at.
    """
    if not len(rows):
        return
    value = _constant(truth.classify(float(x[rows[0]])), truth.classify(float(x[rows[-1]])))
    if value is not None:
        _put(out, rows, value)
    elif len(rows) > _NEAREST:
        middle = len(rows) // 2
        _settle_run(truth, x, rows[:middle], out)
        _settle_run(truth, x, rows[middle:], out)


def _ends(truth: ScalarTruth) -> tuple[float, float]:
    """Where to look for what is beyond: the nearest floats to the ends of where the quantity has a value of its own."""
    if truth.base is None:
        assert truth.transform is not None
        home = truth.transform.domain if variable(truth.quantity) == "x" else truth.transform.codomain
    else:
        home = truth.base.support if truth.quantity == "log_prob_from_base" else truth.definition.support
    return float(home.lo), float(home.hi)


def _constant(far: Settled | None, near: Settled | None) -> tuple[Kind, float] | None:
    """What both say, where they say one and the same thing that holds for every input between them too."""
    if far is None or near is None or far.kind != near.kind:
        return None
    if far.kind in (Kind.OUTSIDE, Kind.NEG_INF):
        return far.kind, 0.0
    if far.kind != Kind.FINITE or far.value is None or near.value is None:
        return None
    first, second = far.value(), near.value()
    alike = first.is_exact() and second.is_exact() and first == second and first in (0, 1)
    return (Kind.FINITE, float(first)) if alike else None


def _put(out: Enclosures, rows: NDArray[np.intp], value: tuple[Kind, float]) -> None:
    kind, number = value
    out.kind[rows] = kind
    if kind == Kind.FINITE:
        out.condition[rows] = 0.0
        out.hi[rows], out.exponent[rows] = (0.5, 1) if number else (0.0, 0)


def _put_flat(truth: ScalarTruth, x: NDArray[np.float64], rows: NDArray[np.intp], out: Enclosures) -> None:
    """Fill in the log density 0, or the density 1, at the inputs ``rows`` that lie inside: a base seen through its own
    cdf."""
    low, high = _ends(truth)
    rows = rows[(x[rows] > low) & (x[rows] < high)]
    out.kind[rows], out.condition[rows] = Kind.FINITE, np.inf
    if truth.quantity == "prob":
        out.hi[rows], out.exponent[rows] = 0.5, 1


# -- values ----------------------------------------------------------------------------------------------------------


class _Walk:
    """One block of inputs on its way through a subject. ``inside``: where every stage was proved to be in its domain.

    The steps mirror ``piecewise.series``, over arrays instead of Taylor series.
    """

    def __init__(self, x: NDArray[np.float64]) -> None:
        self.inside: NDArray[np.bool_] = np.ones(len(x), np.bool_)
        self._x = variables([Ball(x, 0.0)], [Pulls(False, {0: x})])[0]

    def quantity(self, truth: ScalarTruth) -> Element:
        """The quantity of ``truth`` at the inputs. NotOffered where a primitive has no array version."""
        x, transform, base, quantity = self._x, truth.transform, truth.base, truth.quantity
        if base is None:
            assert transform is not None
            step = {
                "forward": lambda: self._forward(transform, x),
                "inverse": lambda: self._inverse(transform, x),
                "fldj": lambda: self._log_slope(transform, x)[1],
                "ildj": lambda: self._inverse_log_slope(transform, x)[1],
            }
            return step[quantity]()
        assert base.log_density is not None
        if quantity == "log_prob_from_base":
            density = base.log_density(_SYSTEM, self._within(base.support, x))
            return density if transform is None else density - self._log_slope(transform, x)[1]
        if truth.row.tail:
            at = x if transform is None else self._inverse(transform, x)
            return base.tail(quantity, lower=truth.lower)(_SYSTEM, self._within(base.support, at))
        if transform is None:
            log_density = base.log_density(_SYSTEM, self._within(base.support, x))
        else:
            at, slope = self._inverse_log_slope(transform, x)
            log_density = base.log_density(_SYSTEM, self._within(base.support, at)) + slope
        return _SYSTEM.exp(log_density) if quantity == "prob" else log_density

    def _within(self, home: Interval, x: Element) -> Element:
        self.inside &= inside(x.ball, home)
        return x

    def _forward(self, definition: TransformDefinition, x: Element) -> Element:
        if definition.kind == "chain":
            for part in definition.parts:
                x = self._forward(part, x)
            return x
        if definition.kind == "inverse":
            return self._inverse(definition.parts[0], x)
        return definition.forward(_SYSTEM, self._within(definition.domain, x))

    def _inverse(self, definition: TransformDefinition, y: Element) -> Element:
        if definition.kind == "chain":
            for part in reversed(definition.parts):
                y = self._inverse(part, y)
            return y
        if definition.kind == "inverse":
            return self._forward(definition.parts[0], y)
        return certified(definition, y, _SYSTEM)

    def _log_slope(self, definition: TransformDefinition, x: Element) -> tuple[Element, Element]:
        """f(x) and log|f'| at x."""
        if definition.kind == "chain":
            return self._summed(definition.parts, x, self._log_slope)
        if definition.kind == "inverse":
            return self._inverse_log_slope(definition.parts[0], x)
        own = variables([self._within(definition.domain, x).ball], [x.pulls])[0]
        out = definition.forward(_SYSTEM, own)
        return out, log_det([out], 1)

    def _inverse_log_slope(self, definition: TransformDefinition, y: Element) -> tuple[Element, Element]:
        """f^-1(y) and log|(f^-1)'| at y."""
        if definition.kind == "chain":
            return self._summed(tuple(reversed(definition.parts)), y, self._inverse_log_slope)
        if definition.kind == "inverse":
            return self._log_slope(definition.parts[0], y)
        at = self._inverse(definition, y)
        return at, -self._log_slope(definition, at)[1]

    @staticmethod
    def _summed(parts: tuple[TransformDefinition, ...], x: Element, step: Any) -> tuple[Element, Element]:
        total: Element | None = None
        for part in parts:
            x, slope = step(part, x)
            total = slope if total is None else total + slope
        assert total is not None
        return x, total
