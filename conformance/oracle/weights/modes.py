"""Where the density of weights that are broken off one after the other is largest, with normal entries.

The log-det is the sum of the logarithms of the weights, so that the log density of Y, at the image of x, is a sum of
functions of one entry each: with m weights after it, -((x - loc)^2/(2 scale^2) + log z + m log(1 - z)). The slope
-(x - loc)/scale^2 - 1 + (m + 1) z is positive up to loc - scale^2 and negative from loc + m scale^2 on. Between them it
is halved until every stretch has a slope of one sign, or one that rises or falls all along and so has one zero.
"""

from __future__ import annotations

from functools import lru_cache
from math import prod

from flint import arb, ctx

from conformance.definitions.weights import Entry, Noise, Sticks
from conformance.oracle.numbers.exact import ratio
from conformance.oracle.statistics.problem import NotProvable

_MOST_STRETCHES = 4000
_MOST_STEPS = 200


class _Height:
    """The log density as a function of one entry, up to a constant, and its slope and bend."""

    def __init__(self, entry: Entry, odds: int, after: int) -> None:
        self.loc, self.scale = (ratio(one) for one in entry[1:])
        self.odds, self.after = odds, after

    def ends(self) -> tuple[arb, arb]:
        """Beyond which there is no zero of the slope."""
        square = self.scale * self.scale
        return self.loc - square, self.loc + self.after * square

    def share(self, x: arb) -> arb:
        """z, monotone in x, so that two ends enclose it."""
        low, high = (1 / (1 + self.odds * (-end).exp()) for end in (x.lower(), x.upper()))
        return low.union(high)

    def value(self, x: arb) -> arb:
        v = (x - self.loc) / self.scale
        z = self.share(x)
        return -(v * v) / 2 - z.log() - self.after * (1 - z).log()

    def slope(self, x: arb) -> arb:
        return -(x - self.loc) / self.scale**2 - 1 + (self.after + 1) * self.share(x)

    def bend(self, x: arb) -> arb:
        z = self.share(x)
        return -1 / self.scale**2 + (self.after + 1) * z * (1 - z)


@lru_cache(maxsize=64)
def mode_of(sticks: Sticks, goal: int) -> tuple[arb, ...]:
    """The weights at the one point of the largest density, to about 2**-goal.

    NotProvable where two points cannot be told apart by their heights, or entries are not normal.
    """
    if any(entry.noise is not Noise.NORMAL for entry in sticks.entries):
        raise NotProvable("the mode of weights of entries that are not normal is not worked out")
    count, shares = len(sticks.entries), list[arb]()
    with ctx.workprec(goal + 64):
        for i, (entry, odds) in enumerate(zip(sticks.entries, sticks.odds, strict=True)):
            height = _Height(entry, odds, count - i)
            shares.append(height.share(_highest(height, goal)))
        rests = [1 - share for share in shares]
        return tuple(prod(rests[:i], start=one) for i, one in enumerate([*shares, arb(1)]))


def _highest(height: _Height, goal: int) -> arb:
    tops = [_narrowed(height, low, high, goal) for low, high in _falling(height)]
    for top in tops:
        if all(height.value(top) > height.value(other) for other in tops if other is not top):
            return top
    raise NotProvable("two points at which the density cannot be told to be larger")


def _falling(height: _Height) -> list[tuple[arb, arb]]:
    """Stretches on which the slope falls from above 0 to below, of all on which it has a zero."""
    low, high = height.ends()
    open_ones, found = [(low.mid() - 1, high.mid() + 1)], list[tuple[arb, arb]]()
    for _ in range(_MOST_STRETCHES):
        if not open_ones:
            return found
        a, b = open_ones.pop()
        whole = a.union(b)
        slope, bend = height.slope(whole), height.bend(whole)
        if slope > 0 or slope < 0 or bend > 0:
            continue  # No zero, or one at which the density is least.
        if bend < 0:
            at_ends = height.slope(a), height.slope(b)
            if at_ends[0] > 0 and at_ends[1] < 0:
                found.append((a, b))
                continue
            if at_ends[0] < 0 or at_ends[1] > 0:
                continue
        middle = ((a * 63 + b * 65) / 128).mid()  # Not where a symmetric law has its zero.
        open_ones += [(a, middle), (middle, b)]
    raise NotProvable("the zeros of the density's slope could not be told apart")


def _narrowed(height: _Height, low: arb, high: arb, goal: int) -> arb:
    """The zero of the slope between two points, by Newton's steps on balls: each holds it, as the bend has one sign."""
    at = low.union(high)
    for _ in range(_MOST_STEPS):
        middle = arb(at.mid())
        nearer = middle - height.slope(middle) / height.bend(at)
        if nearer.rad() >= at.rad():
            below = height.slope(middle)
            if not (below > 0 or below < 0):
                return at
            at = middle.union(at.upper()) if below > 0 else at.lower().union(middle)
            continue
        at = nearer if at.contains(nearer) else at.intersection(nearer)
        if at.rad() < arb(2) ** -(goal + 16):
            return at
    raise NotProvable("the zero of the density's slope could not be narrowed")
