"""Two laws that are asked together: KL(p, q) and the cross-entropy, by quadrature over the base of the first.

Guarantee: within 2**-56 of exact relative to max(1, |value|), as the statistics of ``pushforward``; or infinite.
Offered for two bare bases and for two through the same map, which changes no divergence (Kullback & Leibler, On
information and sufficiency, 1951). Of a Laplace law against another the integral is the closed form (M. Gil, F.
Alajaji and T. Linder, Rényi divergence measures for commonly used univariate continuous distributions, 2013), since a
kink between its nodes spoils a quadrature; so it is of two von Mises laws, whose angles have no end.
"""

from __future__ import annotations

import functools
import math
from fractions import Fraction

from adapters.interface import NotOffered, Spec, SpecError
from adapters.numpy import functions as fn
from adapters.numpy.bases import Base, build_base
from adapters.numpy.bases.symmetric import Laplace
from adapters.numpy.bases.von_mises import VonMises
from adapters.numpy.pairs import Pair
from adapters.numpy.pushforward import Pushforward, Statistic
from adapters.numpy.ready_made import READY_MADE, made_of


class Both:
    """p and q of ``pair(p,q)``; ``law`` is p, which is averaged over. NotOffered where they go through other maps."""

    def __init__(self, spec: Spec, law: Pushforward) -> None:
        if len(spec.parts) != 2 or spec.params:
            raise SpecError(f"{spec}: pair takes two distributions")
        first, second = (made_of(part) if part.name in READY_MADE else part for part in spec.parts)
        if first.parts[1:] != second.parts[1:]:
            raise NotOffered("two laws that go through different maps")
        self.law, self.base = law, law.base
        self._p, self._q = (build_base(one.parts[0] if one.name == "transformed" else one) for one in (first, second))

    def kl(self) -> Statistic:
        return self._kl

    def cross_entropy(self) -> Statistic:
        kl, own = self._kl, self.law.entropy()
        return kl + own if isinstance(kl, Fraction) and isinstance(own, Fraction) else float(kl) + float(own)

    @functools.cached_property
    def _kl(self) -> Statistic:
        p, q = self._p, self._q
        if isinstance(p, VonMises) and isinstance(q, VonMises):
            return p.divergence(q)
        if p.support[0] < q.support[0] or p.support[1] > q.support[1]:
            return math.inf
        if isinstance(q, Laplace):
            if not isinstance(p, Laplace):
                raise NotOffered("the divergence of a law from one with a kink")
            return _of_laplace(p, q)

        def ratio(x: Pair) -> Pair:
            return p.log_density(x) - q.log_density(x)

        return Pushforward(p, None).expected(ratio)


def _of_laplace(p: Base, q: Base) -> Fraction:
    """log(b_q/b_p) + |m_p - m_q|/b_q + (b_p/b_q) exp(-|m_p - m_q|/b_p) - 1."""
    apart = abs(Fraction(p.location) - Fraction(q.location))
    scale, other = Fraction(p.spread), Fraction(q.spread)
    return fn.log_of(other) - fn.log_of(scale) + apart / other + scale / other * fn.exp_of(-apart / scale) - 1
