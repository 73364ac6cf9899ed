"""Means over single entries of e^-w and of w and w^2 times it, w = e^(s + X), at the places s of one lattice.

The nodes of ``nodes.py`` lie on the lattice too, so that each function at all places is one product of polynomials; in
whole multiples of a unit, whose rounding is counted. The lattice ends where what lies beyond is bounded:

* below, e^-w w^p <= w^b for 0 < b <= 1 <= p, and E w^b = e^(b s) E e^(b X). The sum of s^2 e^(b s) is held by its
  integral, since that rises up to s = -2/b, where the lattice begins at the latest;
* above, for each value of X the step times the sum over the places beyond S of w e^-w, and of w^2 e^-w, is at most 2e
  times e^(-w/2) at S, since it rises to its one largest value and falls, and steps are below 1.8; s^2 <= S^2 w/w(S)
  costs a factor E e^(-2 X), by Cauchy and Schwarz. The product of the E e^-w over the entries is no larger than any of
  them; where another entry brings w e^-w, that is below e^(-w/2), whose mean is at most the root of E e^-w, and where
  it brings |X - loc| e^-w, that root times the spread.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from math import ceil, floor, frexp, log, pi

import numpy as np
from flint import arb, ctx, fmpz_poly
from numpy.typing import NDArray

from conformance.definitions.weights import Entry
from conformance.oracle.numbers.exact import ratio
from conformance.oracle.statistics.problem import NotProvable
from conformance.oracle.weights.nodes import ANGLE, LAWS, Rule, rule, widest_step

_GUARD_BITS = 64
"""Beyond the goal: the units that rounding adds up, and the sizes in the bounds."""
_MARGIN_BITS = 40
"""Between the goal and what a remainder of the rule may be, for what the bounds multiply it by."""
_MOST_NODES = 80_000
"""A place takes about a kilobyte an entry, and so many a tenth of a second each time that they are multiplied."""
_STEP_BITS = 6
"""So that the step times a place is exact."""
_WIDEST_STEP = 1.8

Column = NDArray[np.object_]
"""Whole numbers of units, one for each place."""


class Lattice:
    """The functions of the entries at the places of one lattice, to about 2**-goal.

    NotProvable where the lattice would have too many places: for entries of a tiny or of a huge scale.
    """

    def __init__(self, entries: Sequence[Entry], goal: int) -> None:
        self.entries, self.bits = tuple(entries), goal + _GUARD_BITS
        self.laws = [LAWS[entry.noise] for entry in entries]
        self._polynomials: dict[tuple[tuple[object, ...], bool], fmpz_poly] = {}
        self.nats = (goal + _MARGIN_BITS) * log(2)
        with ctx.workprec(self.bits + 32):
            self.locs = [ratio(entry.loc) for entry in entries]
            self.scales = [ratio(entry.scale) for entry in entries]
            self.step = arb(self._chosen_step())
            if not self.step < _WIDEST_STEP:
                raise NotProvable("the goal is too rough for the bounds of the ends")
            self._bound_ends()
            self._refuse_too_many()
            kinds = {entry[::2]: at for at, entry in enumerate(self.entries)}  # By noise and scale.
            found = {
                kind: rule(self.laws[at], self.step / self.scales[at], ANGLE / float(self.scales[at]), self.nats)
                for kind, at in kinds.items()
            }
            self.rules = [found[entry[::2]] for entry in self.entries]

    def _chosen_step(self) -> float:
        """A float of few bits, with which every remainder is small enough."""
        widest = 2 * pi * ANGLE / self.nats
        for law, scale in zip(self.laws, self.scales, strict=True):
            widest = min(widest, float(scale) * widest_step(law, ANGLE / float(scale), self.nats))
        mantissa, exponent = frexp(widest)
        return floor(mantissa * 2**_STEP_BITS) * 2.0 ** (exponent - _STEP_BITS)

    def _refuse_too_many(self) -> None:
        for law, scale in zip(self.laws, self.scales, strict=True):
            low, high = law.reach(self.nats)
            if self.places + (high - low) * float(scale) / float(self.step) > _MOST_NODES:
                raise NotProvable(f"to {self.bits} bits entries of such scales need too many nodes")

    def _bound_ends(self) -> None:
        """The first and the last place; and what the sums beyond them may be, with a factor of up to s^2 (X - loc)."""
        nats, step, logs = self.nats, float(self.step), arb(0)
        self.power = min(
            1.0, *(law.steepest(nats) / float(scale) for law, scale in zip(self.laws, self.scales, strict=True))
        )
        b = arb(self.power)
        moments = sum((self._mgf(i, b) for i in range(len(self.entries))), arb(0))
        # |x| e^(b x) <= (e^((b + d) x) + e^((b - d) x))/d, and x^2 e^(-2 x) likewise.
        steep = arb(0)
        d, count = b / 20, len(self.entries)
        for i in range(count):
            steep = steep + (self._mgf(i, b + d) + self._mgf(i, b - d)) / d * (abs(d * self.locs[i])).exp()
            logs = logs + self.spread(i)
        below = (moments + steep + moments * logs) * count
        size = self._nats_below() + max(0.0, float(below.log()))
        low = (size + 3 * log(size / self.power)) / self.power
        self.first = -ceil(max(low, 2 / self.power, 2.0) / step)
        a = -self.first * self.step
        self.below = below * (-b * a).exp() * (a * a / b + 2 * a / b**2 + 2 / b**3)
        falling = sum((self._mgf(i, arb(-2)).sqrt() for i in range(count)), arb(0))
        bent = sum((self._bent(i) for i in range(count)), arb(0))
        self.factor = (1 + falling + bent + falling * logs) * count
        within_reach = self._nats_above() + 2 * float(self.factor.log())
        reach = [
            log(2 * within_reach) - float(loc) - float(scale) * law.lowest(within_reach)
            for law, loc, scale in zip(self.laws, self.locs, self.scales, strict=True)
        ]
        self.last = ceil((max(2.0, min(reach)) + 1) / step)
        end, least = self.last * self.step, 2 * (-arb(within_reach)).exp()
        self.above = 2 * arb(1).exp() * end * end * least.sqrt() * self.factor
        self.places = self.last - self.first + 1

    def _nats_below(self) -> float:
        """How small what lies below the first place is to be."""
        return self.nats + 16

    def _nats_above(self) -> float:
        """How small the product of P is to be beyond the last place: the bound there is a multiple of its root."""
        return 2 * self.nats + 8 * log(2 * self.nats) + 64

    def _mgf(self, i: int, t: arb) -> arb:
        """E e^(t X_i)."""
        return (t * self.locs[i] + self.laws[i].log_mgf(t * self.scales[i])).exp()

    def spread(self, i: int) -> arb:
        """At least E |X_i - loc_i|, and at least its root mean square."""
        return self.scales[i] * (self.laws[i].variance + self.laws[i].mean ** 2).sqrt()

    def _bent(self, i: int) -> arb:
        """At least the root of E (X_i - loc_i)^2 e^(-2 X_i), by x^2 <= 2 (e^(d x) + e^(-d x))/d^2."""
        law, scale = self.laws[i], self.scales[i]
        d = 1 / scale
        both = (law.log_mgf((d - 2) * scale)).exp() + (law.log_mgf((-d - 2) * scale)).exp()
        return (2 * both / d**2).sqrt() * (-self.locs[i]).exp()

    # -- the functions of one entry ------------------------------------------------------------------------------

    @cached_property
    def _kernels(self) -> list[tuple[list[int], list[int], list[int]]]:
        """For each entry e^-w, w e^-w and w^2 e^-w at loc + step k, for all k that places and nodes add up to, rounded
        to whole units of 2**-bits; off by less than two. At k far enough out all three are nothing."""
        with ctx.workprec(self.bits + 32):
            first = self.first + min(one.first for one in self.rules)
            last = self.last + max(one.first + len(one.weights) - 1 for one in self.rules)
            powers = [(self.step * k).exp() for k in range(first, last + 1)]
            found = []
            for one, loc in zip(self.rules, self.locs, strict=True):
                own = powers[self.first + one.first - first : self.last + one.first + len(one.weights) - first]
                found.append(self._three([loc.exp() * power for power in own]))
            return found

    def _three(self, sizes: Sequence[arb]) -> tuple[list[int], list[int], list[int]]:
        columns: tuple[list[int], list[int], list[int]] = ([], [], [])
        most, least = arb(2 * self.bits), self.unit
        for w in sizes:
            if w < least:  # 1 - w < e^-w < 1
                values = 1 << self.bits, 0, 0
            elif w > most:  # w^2 e^-w is below a unit from there on.
                values = 0, 0, 0
            else:
                value = (-w).exp()
                values = self._units(value), self._units(value * w), self._units(value * w * w)
            for column, each in zip(columns, values, strict=True):
                column.append(each)
        return columns

    def _units(self, value: arb) -> int:
        """Rounded down to whole units; the ball is narrower than a unit, so that it is off by less than two."""
        if not value.rad() < self.unit:
            raise NotProvable("the working precision is too low")
        mantissa, exponent = value.mid().man_exp()
        shift = int(exponent) + self.bits
        return int(mantissa) << shift if shift >= 0 else int(mantissa) >> -shift

    @cached_property
    def unit(self) -> arb:
        return arb(2) ** -self.bits

    def averaged(self, i: int, which: int, moved: bool) -> Column:
        """The mean over entry i of its ``which``-th kernel, times X - loc where ``moved``, at every place."""
        product = fmpz_poly(self._kernels[i][which]) * self._reversed_weights(i, moved)
        start = len(self.rules[i].weights) - 1
        return np.array([int(product[at]) >> self.bits for at in range(start, start + self.places)], object)

    def _reversed_weights(self, i: int, moved: bool) -> fmpz_poly:
        """The weights in units, so that a product of polynomials has their sums with every stretch of a kernel."""
        one, key = self.rules[i], (self.entries[i][::2], moved)
        if key not in self._polynomials:
            with ctx.workprec(self.bits + 32):
                weights = [
                    self._units(weight * (self.step * (one.first + k)) if moved else weight)
                    for k, weight in enumerate(one.weights)
                ]
            self._polynomials[key] = fmpz_poly(weights[::-1])
        return self._polynomials[key]

    @cached_property
    def off(self) -> arb:
        """What any value of any function may be off by, and of products of one for each entry."""
        with ctx.workprec(self.bits + 32):
            worst = arb(0)
            for one, scale in zip(self.rules, self.scales, strict=True):
                kernels = (
                    1 / self._cosine(one, scale)
                ) ** 2  # e^-w is at most 1 there, w e^-w 1/(e c), w^2 ... (2/(e c))^2
                between = (one.off + one.off_by_size * scale) * kernels
                # Weights and kernels are off by two units each, and sums of products are rounded down.
                largest = sum(one.weights, arb(0)) + one.size * scale
                worst = worst + between + (2 * largest + 2 * len(one.weights) + 1) * self.unit
            count = len(self.entries)
            largest = 2 + sum((self.spread(i) for i in range(count)), arb(0))
            return (worst + self.unit) * largest * (count + 1)

    def _cosine(self, one: Rule, scale: arb) -> arb:
        """cos of the angle that the strip of an entry is turned by; 1 without noise."""
        return (scale * one.strip).cos() if self.random(one) else arb(1)

    def random(self, one: Rule) -> bool:
        return len(one.weights) > 1
