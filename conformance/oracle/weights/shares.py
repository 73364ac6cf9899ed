"""Weights e^X_i / S, S = sum_k e^X_k, of independent entries X: their moments, and those of their logarithms.

With s = log t the moments are integrals over one line, of products of functions of one entry each, w = e^(s + X_i):

    P_i(s) = E e^-w,  D_i = E w e^-w,  Q_i = E w^2 e^-w,  X_i = E (X_i - loc_i) e^-w,  Y_i = E (X_i - loc_i) w e^-w;
    E[e^X_i / S] = int D_i prod P ds, by 1/S = int e^(-tS) dt, and E[e^X_i e^X_k / S^2] = int D_i D_k prod P ds, or with
    Q_i for i = k, by 1/S^2 = int t e^(-tS) dt.

For an exponential variable E beside them log(E/S) > s with probability prod P(s). So L = log S is log E less a variable
whose density is minus the derivative of that product, from which its mean, its variance and, with X_i and Y_i in the
place of P_i and D_i, its covariances with the entries follow.

The integrals are sums over the lattice of ``lattice.py``, by the trapezoidal rule, whose remainder ``nodes.py`` states:
with c = cos(angle) on the line Im s = angle e^-w is e^(-c w) in size, so that D_i prod P is at most what it is at
s + log c divided by c, whose integral is a mean of a weight and so at most 1/c; and likewise for the others.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property, lru_cache

import numpy as np
from flint import arb, ctx

from conformance.oracle.weights.lattice import Column, Lattice
from conformance.oracle.weights.nodes import ANGLE, within


class Line(Lattice):
    """The integrals, to about 2**-goal. NotProvable as for the lattice."""

    @cached_property
    def _p(self) -> list[Column]:
        return [self.averaged(i, 0, False) for i in range(len(self.entries))]

    @cached_property
    def _d(self) -> list[Column]:
        return [self.averaged(i, 1, False) for i in range(len(self.entries))]

    @cached_property
    def _others(self) -> list[Column]:
        """The product of P over all entries but each."""
        return [self._product([p for j, p in enumerate(self._p) if j != i]) for i in range(len(self._p))]

    def _product(self, columns: Sequence[Column]) -> Column:
        found = np.array([1 << self.bits] * self.places, object)
        for column in columns:
            found = (found * column) >> self.bits
        return found

    @cached_property
    def _fall(self) -> Column:
        """Minus the derivative of the product of all P."""
        return np.sum([d * rest >> self.bits for d, rest in zip(self._d, self._others, strict=True)], axis=0)

    def _integral(self, column: Column, size: arb, power: int = 0, terms: int = 1) -> arb:
        """The integral of s^power times a function. size: at least that of its size along a line of the strip; terms:
        how many products the function is a sum of."""
        with ctx.workprec(self.bits + 32):
            places = np.arange(self.first, self.last + 1).astype(object) ** power
            total = arb(int(np.sum(column * places))) * self.unit * self.step ** (power + 1)
            widest = max(-self.first, self.last) * self.step
            rounding = self.step * self.places * widest**power * terms * self.off
            between = 2 * size / (2 * arb.pi() * arb(ANGLE) / self.step).expm1()
            return total + within(rounding + between + self.below + self.above)

    @cached_property
    def _turned(self) -> arb:
        return 1 / arb(ANGLE).cos()

    @cached_property
    def means(self) -> list[arb]:
        """E Y_i."""
        columns = [d * rest >> self.bits for d, rest in zip(self._d, self._others, strict=True)]
        return [self._integral(column, self._turned) for column in columns]

    @cached_property
    def seconds(self) -> list[list[arb]]:
        """E Y_i Y_k."""
        count = len(self.entries)
        found = [[arb(0)] * count for _ in range(count)]
        for i in range(count):
            both = self.averaged(i, 2, False) * self._others[i] >> self.bits
            found[i][i] = self._integral(both, self._turned**2)
            for k in range(i):
                rest = self._product([p for j, p in enumerate(self._p) if j not in (i, k)])
                both = (self._d[i] * self._d[k] >> self.bits) * rest >> self.bits
                found[i][k] = found[k][i] = self._integral(both, self._turned**2)
        return found

    @cached_property
    def _size_of_log(self) -> arb:
        """At least the mean square of |log(E/S)| + |log c| + angle, E an exponential variable."""
        count = len(self.entries)
        squares = sum((self._square(i) for i in range(count)), arb(0))
        of_log = 2 * (2 + 2 * squares + 2 * arb(count).log() ** 2)
        return 2 * of_log + 2 * (self._turned.log() + arb(ANGLE)) ** 2

    def _square(self, i: int) -> arb:
        """At least E X_i^2."""
        return 2 * self.locs[i] ** 2 + 2 * self.spread(i) ** 2

    @cached_property
    def mean_log(self) -> arb:
        """E log(E/S)."""
        return self._integral(self._fall, self._turned * (1 + self._size_of_log), 1, len(self.entries))

    @cached_property
    def log_sum(self) -> arb:
        """E log S."""
        return -arb.const_euler() - self.mean_log

    @cached_property
    def variance_of_log_sum(self) -> arb:
        """Var log S, which that of log E, pi^2/6, is the rest of."""
        square = self._integral(self._fall, self._turned * self._size_of_log, 2, len(self.entries))
        return square - self.mean_log**2 - arb.pi() ** 2 / 6

    @cached_property
    def with_log_sum(self) -> list[arb]:
        """Cov(X_i, log S)."""
        found = []
        for i in range(len(self.entries)):
            if not self.random(self.rules[i]):
                found.append(arb(0))
                continue
            plain, steep = (self.averaged(i, which, True) for which in (0, 1))
            column = steep * self._others[i] >> self.bits
            for k in range(len(self.entries)):
                if k != i:
                    rest = self._product([p for j, p in enumerate(self._p) if j not in (i, k)])
                    column = column + ((plain * self._d[k] >> self.bits) * rest >> self.bits)
            size = self._turned * (1 + self.spread(i) ** 2 + self._size_of_log)  # |u v| <= u^2 + v^2.
            both = self._integral(column, size, 1, len(self.entries))
            found.append(self.scales[i] * self.laws[i].mean * self.mean_log - both)
        return found

    def mean(self, i: int) -> arb:
        """E X_i."""
        return self.locs[i] + self.scales[i] * self.laws[i].mean

    def variance(self, i: int) -> arb:
        """Var X_i."""
        return self.scales[i] ** 2 * self.laws[i].variance


line = lru_cache(maxsize=4)(Line)
"""Megabytes each: the four formats of one law, one after the other."""
