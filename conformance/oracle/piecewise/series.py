"""Taylor series over balls of every quantity of a scalar subject, derived from its forward map and its base density.

The series of a quantity at a wide ball encloses the Taylor coefficients at every point of the ball: sums, products
and compositions keep that, and so does reversion, since the coefficients of an inverse are rational functions of the
coefficients of f at the preimage, which the certified inverse of the ball encloses.
"""

from __future__ import annotations

from dataclasses import replace
from math import inf
from typing import Any

from flint import arb, arb_series, ctx

from conformance.definitions.intervals import REALS
from conformance.definitions.transforms.definition import TransformDefinition
from conformance.oracle.numbers.series import SeriesNumbers
from conformance.oracle.piecewise.huge import Huge, HugeNumbers, side_of
from conformance.oracle.piecewise.slopes import Sloped, SlopedNumbers
from conformance.oracle.piecewise.small import SmallNumbers
from conformance.oracle.pointwise.certified_inverse import certified_inverse
from conformance.oracle.pointwise.scalar_truth import ScalarTruth

_NAN = arb("nan")


class Signed(SeriesNumbers):
    """SeriesNumbers that can tell the sign of an element, as the log-slopes need."""

    def side(self, x: Any) -> int | None:
        return side_of(x)


class QuantitySeries:
    """The series of ``truth``'s quantity; calling it is a Series of ``piecewise_build``."""

    def __init__(self, truth: ScalarTruth) -> None:
        self.truth = truth
        # Of a probability what is beyond every ball is mostly one that vanishes; where a ball holds it, products of
        # what vanishes may leave its logarithm no digit, so that this is asked first.
        self._wide: type[HugeNumbers] = SmallNumbers if truth.row.tail else HugeNumbers
        self._systems: tuple[Any, ...] = (SmallNumbers, Signed) if truth.row.tail else (Signed, HugeNumbers)

    def __call__(self, x: arb, terms: int) -> arb_series:
        """The quantity at x + t. All coefficients not-a-number where this precision knows nothing.

        What lies between may be beyond every ball where the quantity is not: the logarithms of slopes are small.
        """
        for system in self._systems:
            found = self._guarded(system(terms), x, terms)
            if not isinstance(found, Huge) and found[0].is_finite():
                return found
        return arb_series([_NAN] * terms, prec=terms)

    def log_magnitude(self, x: arb, terms: int) -> tuple[int, arb_series]:
        """Sign and series of log|quantity|, for values too large for any ball; not-a-number where not known."""
        found = self._guarded(self._wide(terms), x, terms, held=False)
        if isinstance(found, Huge):
            return found.sign, found.log
        return 1, arb_series([_NAN] * terms, prec=terms)

    def wide_value(self, x: arb) -> arb:
        """An enclosure over a ball so wide that exponentials over it fit no ball; not-a-number where not known."""
        found = self._guarded(self._wide(1), x, 1)
        return _NAN if isinstance(found, Huge) else found[0]

    def _guarded(self, ns: Any, x: arb, terms: int, held: bool = True) -> Any:
        """The quantity by ``ns``; what is known by its logarithm is a series of its own where one holds it, if ``held``
        (made here, since beyond ``ctx.cap`` coefficients any series ends in exact zeros)."""
        cap = ctx.cap
        ctx.cap = terms
        try:
            found = self._evaluate(ns, ns.variable(x))
            found = found.ns.ordinary(found) if held and isinstance(found, Huge) else found
            return arb_series([found], prec=terms) if isinstance(found, arb) else found
        except (ValueError, ZeroDivisionError):
            return arb_series([_NAN] * terms, prec=terms)
        finally:
            ctx.cap = cap

    def _evaluate(self, ns: Any, x: Any) -> Any:
        truth, transform = self.truth, self.truth.transform
        if truth.base is None:
            assert transform is not None
            if truth.quantity == "forward":
                return _forward(ns, transform, x)
            if truth.quantity == "fldj":
                return _log_slope(ns, transform, x)[1]
            return (
                _inverse(ns, transform, x) if truth.quantity == "inverse" else _inverse_log_slope(ns, transform, x)[1]
            )
        if truth.row.tail:
            at = x if transform is None else _inverse(ns, transform, x)
            return truth.base.tail(truth.quantity, lower=truth.lower)(ns, at)
        assert truth.base.log_density is not None
        if truth.quantity == "log_prob_from_base":
            density = truth.base.log_density(ns, x)
            return density if transform is None else density - _log_slope(ns, transform, x)[1]
        at, slope = (x, arb(0)) if transform is None else _inverse_log_slope(ns, transform, x)
        log_density = truth.base.log_density(ns, at) + slope
        return ns.exp(log_density) if truth.quantity == "prob" else log_density


def _forward(ns: Any, definition: TransformDefinition, x: Any) -> Any:
    if definition.kind == "chain":
        for part in definition.parts:
            x = _forward(ns, part, x)
        return x
    if definition.kind == "inverse":
        return _inverse(ns, definition.parts[0], x)
    return definition.forward(ns, x)


def _inverse(ns: Any, definition: TransformDefinition, y: Any) -> Any:
    if definition.kind == "chain":
        for part in reversed(definition.parts):
            y = _inverse(ns, part, y)
        return y
    if definition.kind == "inverse":
        return _forward(ns, definition.parts[0], y)
    if not isinstance(y, arb_series):
        raise ValueError("the inverse of a huge value is not taken")
    side = _huge_side(definition, y[0])
    if not side:
        return _reverted(ns.length, definition, y)
    log = _reverted(ns.length, _in_logarithms(definition, side), y)
    return Huge(side, log, ns) if isinstance(ns, HugeNumbers) else side * log.exp()


def _reverted(length: int, definition: TransformDefinition, y: arb_series) -> arb_series:
    """The inverse of a leaf at the series ``y``: its certified value at y[0], and from there the reversion of f."""
    at = _preimage(definition, y[0])
    if not at.is_finite():
        raise ValueError("the inverse is not certified at this precision")
    if length == 1:
        return arb_series([at], prec=1)
    plain = SeriesNumbers(length)
    back = arb_series([0, *rise(definition, at, length)], prec=length).reversion()
    return at + back(arb_series([0, *plain.coefficients(y)[1:]], prec=length))


def rise(definition: TransformDefinition, at: arb, length: int) -> list[arb]:
    """The coefficients of f from the first degree on, below ``length``, at every point of the ball ``at``, for a leaf.

    Of a distribution function they are the density's, each over its degree, where the density is known over the whole
    ball: a function of a function of x, as I_w(a, b) is, encloses them many times as wide.
    """
    plain = SeriesNumbers(length)
    x = plain.variable(at)
    if definition.log_density is not None:
        slope = plain.coefficients(plain.exp(definition.log_density(plain, x)))
        if all(one.is_finite() for one in slope[: length - 1]):
            side = 1 if definition.increasing else -1
            return [side * slope[n - 1] / n for n in range(1, length)]
    return plain.coefficients(definition.forward(plain, x))[1:]


def _huge_side(definition: TransformDefinition, y: arb) -> int:
    """The sign of the inverse where the candidate for it, which need not be right, is known by its logarithm, and the
    map takes back just that: y itself, with a slope of 1. 0 elsewhere: the inverse is as good a series by itself."""
    two = HugeNumbers(2)
    try:
        candidate = definition.inverse_candidate(two, two.plain.variable(y.mid()))
    except (AttributeError, ValueError):  # It is one of floats and balls: of a quantile there is no series.
        return 0
    if not isinstance(candidate, Huge) or definition.increasing is None:
        return 0
    home = definition.domain
    whole = home.lo <= 0 and home.hi == inf if candidate.sign > 0 else home.lo == -inf and home.hi >= 0
    image = definition.forward(two, candidate) if whole else candidate
    taken_back = not isinstance(image, Huge) and bool(image[1] == 1 and image[0] == y.mid())
    return candidate.sign if taken_back else 0


def _in_logarithms(definition: TransformDefinition, side: int) -> TransformDefinition:
    """u -> f(side e^u) on the line, monotone as f is: its inverse is a ball where that of f is beyond every ball."""

    def candidate(ns: Any, y: arb) -> arb:
        one = HugeNumbers(1)
        found = definition.inverse_candidate(one, one.plain.variable(y))
        return found.log[0] if isinstance(found, Huge) and found.sign == side else _NAN

    def forward(ns: Any, u: Any) -> Any:
        huge = HugeNumbers(1 if isinstance(u, arb) else ns.length)
        value = definition.forward(huge, Huge(side, huge.plain.variable(u) if isinstance(u, arb) else u, huge))
        if isinstance(value, Huge):
            raise ValueError("the image of a huge value is not compared")
        return value[0] if isinstance(u, arb) else value

    return replace(
        definition,
        forward=forward,
        log_density=None,
        inverse_candidate=candidate,
        domain=REALS,
        increasing=definition.increasing == (side > 0),
    )


def _preimage(definition: TransformDefinition, y: arb) -> arb:
    """An enclosure of f^-1 over the ball: for a wide one the hull of the inverses of its two ends, f being monotone."""
    if definition.increasing is None or y.rad() < abs(y.mid()) * 2.0**-30:
        return certified_inverse(definition, y)
    return certified_inverse(definition, y.lower()).union(certified_inverse(definition, y.upper()))


def _log_slope(ns: Any, definition: TransformDefinition, x: Any) -> tuple[Any, Any]:
    """f(x) and log|f'| at x, both as series in the variable of ``x``."""
    if definition.kind == "chain":
        total: Any = arb(0)
        for part in definition.parts:
            x, slope = _log_slope(ns, part, x)
            total = total + slope
        return x, total
    if definition.kind == "inverse":
        return _inverse_log_slope(ns, definition.parts[0], x)
    try:
        out = definition.forward(SlopedNumbers(ns), Sloped(x, 1, arb(0), ns))
    except ValueError:  # Functions of x are added or divided; where that ranges over little, the derivative will do.
        if not isinstance(x, arb_series):
            raise
        literal = arb_series(literal_log_slope(definition, x[0], ns.length), prec=ns.length)
        return definition.forward(ns, x), literal(arb_series([0, *(x[n] for n in range(1, ns.length))], prec=ns.length))
    return out.value, out.log_slope


def _inverse_log_slope(ns: Any, definition: TransformDefinition, y: Any) -> tuple[Any, Any]:
    """f^-1(y) and log|(f^-1)'| at y. The inverse of an inverse is the map itself, which never cancels."""
    if definition.kind == "chain":
        total: Any = arb(0)
        for part in reversed(definition.parts):
            y, slope = _inverse_log_slope(ns, part, y)
            total = total + slope
        return y, total
    if definition.kind == "inverse":
        return _log_slope(ns, definition.parts[0], y)
    at = _inverse(ns, definition, y)
    return at, -_log_slope(ns, definition, at)[1]


def literal_log_slope(definition: TransformDefinition, x: arb, terms: int) -> list[arb]:
    """The coefficients of log|f'| of a leaf from the series of f itself: what the log-slopes must overlap."""
    ns = SeriesNumbers(terms + 1)
    cap, ctx.cap = ctx.cap, max(ctx.cap, terms + 1)  # A shorter series would end in an exact 0, and so would its slope.
    try:
        slope = definition.forward(ns, ns.variable(x)).derivative()
    finally:
        ctx.cap = cap
    plain = SeriesNumbers(terms)
    return plain.coefficients(plain.log(slope if slope[0] > 0 else -slope))
