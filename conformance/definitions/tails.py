"""How a log density or a log slope behaves at an end of its domain, as an exact expansion that can be added up.

The limit of log p(f(x)) = log p_base(x) - log|f'(x)| at an end is often inf - inf, and evaluating along a sequence
proves nothing. So each definition declares its expansion in a scale whose members dominate one another; expansions
add exactly (their coefficients are rationals), and the limit is read off the dominant term that survives.

The scale, in the distance t: at an infinite end t = |x| and exp(rate t + shift) >> t^k >> log t >> 1; at a finite
end t = |x - end| and log t >> 1. A dropped remainder always tends to 0.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from math import comb, exp, inf, nan
from typing import Any

from conformance.definitions.numbers import NumberSystem

Term = tuple[str, Fraction, Fraction]
"""("exp", rate, shift) with rate > 0 · ("power", k, 0) with k > 0 · ("log", 0, 0)."""

LOG: Term = ("log", Fraction(0), Fraction(0))
_RANK = {"exp": 2, "power": 1, "log": 0}

Constant = Callable[[NumberSystem], Any]


def exp_term(rate: float | Fraction, shift: float | Fraction = 0) -> Term:
    """exp(rate t + shift)."""
    return ("exp", Fraction(rate), Fraction(shift))


def power_term(k: float | Fraction) -> Term:
    """t**k."""
    return ("power", Fraction(k), Fraction(0))


@dataclass(frozen=True)
class Tail:
    """sum(coefficient * term) + sum(constants) + o(1), as the end is approached from inside."""

    terms: Mapping[Term, Fraction] = field(default_factory=dict)
    constants: tuple[tuple[int, Constant], ...] = ()

    @staticmethod
    def of(terms: Mapping[Term, float | Fraction] | None = None, constant: Constant | None = None) -> Tail:
        """A tail from float coefficients (taken exactly) and an optional constant."""
        kept = {term: Fraction(c) for term, c in (terms or {}).items() if c}
        return Tail(kept, () if constant is None else ((1, constant),))

    def __add__(self, other: Tail) -> Tail:
        total = dict(self.terms)
        for term, coefficient in other.terms.items():
            total[term] = total.get(term, Fraction(0)) + coefficient
        return Tail({t: c for t, c in total.items() if c}, self.constants + other.constants)

    def __neg__(self) -> Tail:
        return Tail({t: -c for t, c in self.terms.items()}, tuple((-sign, value) for sign, value in self.constants))

    def __sub__(self, other: Tail) -> Tail:
        return self + (-other)

    def limit(self, infinite_end: bool) -> float | None:
        """inf or -inf where a term survives; None where the limit is the finite ``constant``; nan where unknown.

        (Unknown: two exponentials of one rate with coefficients of opposite sign that floats cannot tell apart.)
        """
        if not self.terms:
            return None
        leading = max(self.terms, key=lambda term: (_RANK[term[0]], term[1]))
        rivals = [(shift, c) for (kind, rate, shift), c in self.terms.items() if (kind, rate) == leading[:2]]
        top = max(float(shift) for shift, _ in rivals)
        weight = sum(float(c) * exp(float(shift) - top) for shift, c in rivals)
        if abs(weight) < 1e-9 * sum(abs(float(c)) * exp(float(shift) - top) for shift, c in rivals):
            return nan
        positive = weight > 0
        if not infinite_end:  # log t tends to -inf at a finite end
            positive = not positive
        return inf if positive else -inf

    def constant(self, ns: NumberSystem) -> Any:
        """The constant part: the limit itself where no term survives."""
        total = ns.const(0.0)
        for sign, value in self.constants:
            total = total + value(ns) if sign > 0 else total - value(ns)
        return total

    def after_affine(self, stretch: Fraction, offset: Fraction, infinite_end: bool) -> Tail:
        """This tail in t where its own variable is ``stretch * t + offset`` (stretch > 0; offset 0 at a finite end)."""
        total = Tail({}, self.constants)
        for (kind, rate, shift), coefficient in self.terms.items():
            if kind == "exp":
                total += Tail({("exp", rate * stretch, shift + rate * offset): coefficient})
            elif kind == "log":
                total += Tail({LOG: coefficient}, ((1, _scaled_log(stretch, coefficient)),))
            elif rate.denominator == 1:
                total += _binomial(int(rate), stretch, offset, coefficient)
            else:
                raise ValueError(f"t**{rate} has no exact expansion under an affine map")
        return total


def _binomial(k: int, stretch: Fraction, offset: Fraction, coefficient: Fraction) -> Tail:
    terms: dict[Term, Fraction] = {}
    for j in range(1, k + 1):
        c = coefficient * comb(k, j) * stretch**j * offset ** (k - j)
        if c:
            terms[power_term(j)] = c
    return Tail(terms, ((1, _ratio(coefficient * offset**k)),))


def _ratio(value: Fraction) -> Constant:
    return lambda ns: ns.rational(value.numerator, value.denominator)


def _scaled_log(stretch: Fraction, coefficient: Fraction) -> Constant:
    return lambda ns: (
        ns.log(ns.rational(stretch.numerator, stretch.denominator))
        * ns.rational(coefficient.numerator, coefficient.denominator)
    )
