"""Weights that are broken off one after the other, Y_i = Z_i prod_{j<i} (1 - Z_j) with Z_i = 1/(1 + odds_i e^-X_i) of
independent entries X: moments are products of those of one entry each.

Means of Z, Z^2 and of the logarithms of Z and 1 - Z are sums over the nodes of ``nodes.py``. Where |Im X| stays below
pi/2, |1 + e^v| is at least 1 and at least |e^v|, so that Z and 1 - Z are at most 1 in size, and |log(1 + e^v)| at most
|Re v| + log 2 + pi/2.
"""

from __future__ import annotations

from functools import cached_property, lru_cache
from math import log, prod
from typing import NamedTuple

from flint import arb, ctx

from conformance.definitions.weights import Entry, Noise, Sticks
from conformance.oracle.numbers.exact import ratio
from conformance.oracle.statistics.problem import NotProvable
from conformance.oracle.weights.nodes import ANGLE, LAWS, rule, widest_step, within

_GUARD_BITS = 32
_MOST_NODES = 60_000
_SIZE_OF_LOG = 3
"""More than log 2 + pi/2."""


class Piece(NamedTuple):
    """Of one Z: its mean, that of its square, that of (1 - Z)^2, and those of log Z and log(1 - Z)."""

    mean: arb
    square: arb
    rest_squared: arb
    log: arb
    log_rest: arb


class Broken:
    """The moments of the weights, to about 2**-goal. NotProvable where the nodes would be too many."""

    def __init__(self, sticks: Sticks, goal: int) -> None:
        with ctx.workprec(goal + _GUARD_BITS):
            pieces = [_piece(entry, odds, goal) for entry, odds in zip(sticks.entries, sticks.odds, strict=True)]
        self._pieces = pieces

    @cached_property
    def _means(self) -> list[arb]:
        """Of each Z, and of the 1 that takes what is left."""
        return [*(piece.mean for piece in self._pieces), arb(1)]

    @cached_property
    def means(self) -> list[arb]:
        """E Y_i."""
        rests = [1 - piece.mean for piece in self._pieces]
        return [prod(rests[:i], start=one) for i, one in enumerate(self._means)]

    @cached_property
    def seconds(self) -> list[list[arb]]:
        """E Y_i Y_k: of what comes before both the square, of Z_i its product with 1 - Z_i, between them the rest."""
        count = len(self._means)
        rests = [1 - piece.mean for piece in self._pieces]
        left = [prod((piece.rest_squared for piece in self._pieces[:i]), start=arb(1)) for i in range(count)]
        squares = [*(piece.square for piece in self._pieces), arb(1)]
        found = [[arb(0)] * count for _ in range(count)]
        for i in range(count):
            found[i][i] = left[i] * squares[i]
            for k in range(i + 1, count):
                broken = self._means[i] - squares[i]
                found[i][k] = found[k][i] = left[i] * broken * prod(rests[i + 1 : k], start=self._means[k])
        return found

    @cached_property
    def sum_of_mean_logs(self) -> arb:
        """sum_i E log Y_i: log(1 - Z_i) counts once for every weight after it."""
        count = len(self._pieces)
        return sum((one.log + (count - i) * one.log_rest for i, one in enumerate(self._pieces)), arb(0))


def _piece(entry: Entry, odds: int, goal: int) -> Piece:
    law, nats = LAWS[entry.noise], (goal + 16) * log(2)
    assert entry.noise is not Noise.NONE
    loc, scale = (ratio(one) for one in entry[1:])
    widest = ANGLE / float(scale)
    step = arb(widest_step(law, widest, nats))
    low, high = law.reach(nats)
    if (high - low) / float(step) > _MOST_NODES:
        raise NotProvable("an entry of such a scale needs too many nodes")
    one = rule(law, step, widest, nats)
    totals = [arb(0)] * 5
    for k, weight in enumerate(one.weights):
        up = odds * (-(loc + scale * step * (one.first + k))).exp()
        whole = 1 + up
        z, rest, log_z = 1 / whole, up / whole, -whole.log()
        values = (z, z * z, rest * rest, log_z, log_z + up.log())
        totals = [total + weight * value for total, value in zip(totals, values, strict=True)]
    off = within(one.off)
    of_log = within(one.off * (_SIZE_OF_LOG + abs(loc) + arb(odds).log()) + one.off_by_size * scale)
    return Piece(*(total + off for total in totals[:3]), *(total + of_log for total in totals[3:]))


broken = lru_cache(maxsize=16)(Broken)
