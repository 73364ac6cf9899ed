"""Number systems for a density that is another function on either side of a point: what is asked of it next to one."""

from __future__ import annotations

from typing import Any

from flint import arb

from conformance.oracle.numbers.complex_balls import ComplexNumbers
from conformance.oracle.numbers.series import SeriesNumbers
from conformance.oracle.pointwise.jets import FIRST


class OneSided(ComplexNumbers):
    """Complex balls on one side of a kink: ``piecewise`` is the continuation of that side's branch.

    For the density alone, and only where the integration is split at its kink.
    """

    def __init__(self, analytic: bool, side: int) -> None:
        super().__init__(analytic)
        self.side = side

    def piecewise(self, x: Any, below: Any, above: Any) -> Any:
        return above(x) if self.side > 0 else below(x)


class BetweenKnots(ComplexNumbers):
    """Complex balls around stretches between neighbouring knots: ``piecewise`` is the continuation of the branch that
    holds in the middle of the ball, which lies on the stretch. Not finite where the middle is no clear side.

    For a density whose branches are told by distances from knots, and only where the integration is split at them all.
    """

    def piecewise(self, x: Any, below: Any, above: Any) -> Any:
        middle = x.real.mid()
        if not abs(middle) * 4 > x.real.rad():
            return super().piecewise(x, below, above)
        return above(x) if middle > 0 else below(x)


class JoinedSeries(SeriesNumbers):
    """Series over a ball across the join of two branches: the union of both, since the function is continuous there.

    Of slopes alone: where that of such a ball has one sign the function is monotone over it.
    """

    def piecewise(self, x: Any, below: Any, above: Any) -> Any:
        if isinstance(x, arb) or x[0] >= 0 or x[0] < 0:
            return super().piecewise(x, below, above)
        both = zip(self.coefficients(below(x)), self.coefficients(above(x)), strict=True)
        return self._series([one.union(other) for one, other in both])


JOINED = JoinedSeries(FIRST.length)
BETWEEN_KNOTS = {flag: BetweenKnots(flag) for flag in (False, True)}
COMPLEX = {flag: ComplexNumbers(flag) for flag in (False, True)}
