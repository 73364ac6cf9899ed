"""What laws of directions have in common: their constants, their mean along the mean direction, and divergences.

Source: Mardia & Jupp, Directional Statistics (2000), sections 9.3.1 and 9.3.2; De Cao & Aziz, The Power Spherical
distribution (2020), section 3.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import NamedTuple

from conformance.definitions.numbers import ClosedFormNumbers, Element, NumberSystem, exact
from conformance.definitions.transforms.events import total


class Pointed(NamedTuple):
    """A law on the sphere in ``size`` dimensions whose density is a function of m . y, m the direction ``towards``:
    exp(k m . y), or where ``power`` (1 + m . y)^k, k the concentration; uniform for k = 0."""

    size: int
    towards: tuple[Fraction, ...]
    concentration: Fraction
    power: bool

    @property
    def shapes(self) -> tuple[Fraction, Fraction]:
        """Of a power: (1 + m . y)/2 is a Beta(a, b) variable."""
        b = Fraction(self.size - 1, 2)
        return b + self.concentration, b


class NotInClosedForm(ArithmeticError):
    """No closed form is known of the divergence of these two laws."""


def constants(ns: NumberSystem, law: Pointed) -> list[Element]:
    """The terms of the log density that do not depend on the direction."""
    half = Fraction(law.size, 2)
    if not law.concentration:
        return [ns.lgamma(half), -ns.log(ns.const(2.0)), -(exact(ns, half) * ns.log(ns.pi()))]
    if law.power:
        a, b = law.shapes
        halves = exact(ns, a + b) * ns.log(ns.const(2.0))
        return [ns.lgamma(a + b), -halves, -(exact(ns, b) * ns.log(ns.pi())), -ns.lgamma(a)]
    k = law.concentration
    return [
        exact(ns, half - 1) * ns.log(exact(ns, k)),
        -(exact(ns, half) * ns.log(ns.const(2.0) * ns.pi())),
        -ns.log_bessel_i(half - 1, k),
    ]


def length(ns: NumberSystem, law: Pointed) -> Element:
    """E m . y."""
    half, k = Fraction(law.size, 2), law.concentration
    if law.power or not k:
        a, b = law.shapes
        return exact(ns, (a - b) / (a + b))
    return ns.exp(ns.log_bessel_i(half, k) - ns.log_bessel_i(half - 1, k))


def mean_logarithm(ns: ClosedFormNumbers, law: Pointed, opposite: bool = False) -> Element:
    """E log(1 + m . y) of a power, or with -m in the place of m."""
    a, b = law.shapes
    return ns.log(ns.const(2.0)) + ns.digamma(b if opposite else a) - ns.digamma(a + b)


def entropy(ns: ClosedFormNumbers, law: Pointed) -> Element:
    """Minus the mean of the log density."""
    return -total(ns, [*constants(ns, law), *_along(ns, law, law)])


def divergence(ns: ClosedFormNumbers, p: Pointed, q: Pointed) -> Element:
    """KL(p, q). NotInClosedForm where q is a power, and p neither uniform nor a power along the same line."""
    return -entropy(ns, p) - total(ns, [*constants(ns, q), *_along(ns, p, q)])


def _along(ns: ClosedFormNumbers, p: Pointed, q: Pointed) -> Sequence[Element]:
    """The mean under p of what the log density of q has beside its constant."""
    k = exact(ns, q.concentration)
    if not q.concentration:
        return ()
    if not q.power:
        between = sum((u * v for u, v in zip(p.towards, q.towards, strict=True)), Fraction(0))
        return (k * exact(ns, between) * length(ns, p),)
    opposite = q.towards == tuple(-m for m in p.towards)
    if p.concentration and not (p.power and (opposite or p.towards == q.towards)):
        raise NotInClosedForm(
            "the mean of a power spherical log density is worked out under uniform laws and powers along its line"
        )
    return (k * mean_logarithm(ns, p, opposite and bool(p.concentration)),)
