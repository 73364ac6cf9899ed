"""The modes of a transformed distribution, in certified brackets, from the definitions alone.

h(x) = log p_X(x) - log|f'(x)| is the log density at f(x). Beyond a length L the declared and audited rates say that it
falls; within, intervals over which the ball of h' has one sign are monotone, and what is left is halved until it is
narrow. Between a rising and a falling interval lies a local maximum, and the largest of them are the modes.
"""

from __future__ import annotations

from dataclasses import dataclass

from flint import arb, ctx

from conformance.definitions.registry import distribution_definition
from conformance.oracle.pointwise.jets import FIRST, jet_at
from conformance.oracle.statistics.bounds import ratio
from conformance.oracle.statistics.integrals import FEWEST_AUDITED
from conformance.oracle.statistics.problem import NotProvable, Problem

_PRECISION = 192
_NARROW = 2.0**-24
"""Share of the searched interval below which an interval is halved no further; then bisection goes on."""
_HALVINGS = 70


@dataclass(frozen=True)
class Mode:
    """x: a bracket of the base value, y: of its image, log_density: of log p_Y there (nats). Balls of 192 bits."""

    x: arb
    y: arb
    log_density: arb


def modes_of(subject: str) -> list[Mode]:
    """The modes, ascending in x: one, or all between whose densities the bracket cannot tell.

    Raises NotProvable for a law whose density does not fall in both directions, with what is missing.
    """
    saved = ctx.prec
    ctx.prec = _PRECISION
    try:
        return _Search(subject).found()
    finally:
        ctx.prec = saved


class _Search:
    def __init__(self, subject: str) -> None:
        definition = distribution_definition(subject)
        if definition.base is None or definition.transform is None or definition.base.log_density is None:
            raise NotProvable(f"{subject} is no base seen through a transform")
        self._problem = Problem(definition)
        if self._problem.substituted or any(end.point is not None for end in self._problem.ends()):
            raise NotProvable(f"the modes of {subject}: only bases on the whole line are searched")
        self._log_density, self._transform = definition.base.log_density, definition.transform

    def slope(self, x: arb) -> arb:
        """h' over the ball x."""
        return self._log_density(FIRST, FIRST.variable(x))[1] - jet_at(self._transform, x).bend

    def mode_at(self, x: arb) -> Mode:
        jet = jet_at(self._transform, x)
        return Mode(x, jet.value, self._log_density(FIRST, FIRST.variable(x))[0] - jet.log_slope)

    def found(self) -> list[Mode]:
        low, high = self._end(-1), self._end(1)
        peaks, rising, last = [], True, low
        for a, b, sign in [*self._pieces(low, high), (high, high, -1)]:
            if sign == 0:
                continue
            if rising and sign < 0:
                peaks.append(self._refined(last, a))
            elif last < a and rising == (sign > 0):  # Two turns may hide in what was not decided.
                raise NotProvable(f"whether the density turns near x = {float(a.mid()):.6g} could not be decided")
            rising, last = sign > 0, b
        modes = [self.mode_at(x) for x in peaks]
        best = max(modes, key=lambda mode: float(mode.log_density.mid()))
        return [mode for mode in modes if not mode.log_density < best.log_density]

    def _end(self, side: int) -> arb:
        """A point beyond which h falls outwards."""
        length = arb(1)
        for _ in range(200):
            rates = self._problem.rates(side, length)
            if rates is not None and rates[1].lo is not None and rates[0].hi < rates[1].lo:
                if self._problem.audit(side, length) < FEWEST_AUDITED:
                    raise NotProvable("the declared rates could not be audited")
                return ratio(self._problem.centre) + side * length
            length *= 2
        raise NotProvable("the density is not shown to fall in both directions")

    def _pieces(self, low: arb, high: arb) -> list[tuple[arb, arb, int]]:
        """Ascending intervals with the sign of h' over each, 0 where it is not known."""
        narrow = (high - low) * _NARROW
        waiting, done = [(low, high)], []
        while waiting:
            a, b = waiting.pop()
            slope = self.slope(a.union(b))
            sign = 1 if slope > 0 else -1 if slope < 0 else 0
            if sign or b - a < narrow:
                done.append((a, b, sign))
            else:
                middle = ((a + b) / 2).mid()
                waiting += [(middle, b), (a, middle)]
        return done

    def _refined(self, a: arb, b: arb) -> arb:
        """A narrower bracket with h' > 0 at its lower end and h' < 0 at its upper one."""
        for _ in range(_HALVINGS):
            known = False
            for share in (0.5, 0.25, 0.75):  # The root may be a point of the first grid.
                between = (a + (b - a) * share).mid()
                slope = self.slope(between)
                if slope > 0 or slope < 0:
                    a, b, known = (between, b, True) if slope > 0 else (a, between, True)
            if not known:
                break
        return a.union(b)
