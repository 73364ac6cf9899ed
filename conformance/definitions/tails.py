"""How a log density or a log slope behaves at an end of its domain, as an exact expansion that can be added up.

The limit of log p(f(x)) = log p_base(x) - log|f'(x)| at an end is often inf - inf, and evaluating along a sequence
proves nothing. So each definition declares its expansion in a scale whose members dominate one another; expansions
add exactly (their coefficients are rationals), and the limit is read off the dominant term that survives.

The scale, in the distance t: at an infinite end t = |x| and exp(rate t + shift) >> t^k >> log t >> 1; at a finite
end t = |x - end| and t^k >> log t >> 1 with k < 0. A dropped remainder always tends to 0.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from math import exp, inf, nan
from typing import Any

from conformance.definitions.numbers import NumberSystem

Term = tuple[str, Fraction, Fraction]
"""("exp", rate, shift) with rate > 0 · ("power", k, 0) with k > 0, or k < 0 at a finite end · ("log", 0, 0)."""

LOG: Term = ("log", Fraction(0), Fraction(0))
_RANK = {"exp": 2, "power": 1, "log": 0}

Constant = Callable[[NumberSystem], Any]


def exp_term(rate: float | Fraction, shift: float | Fraction = 0) -> Term:
    """exp(rate t + shift)."""
    return ("exp", Fraction(rate), Fraction(shift))


def power_term(k: float | Fraction) -> Term:
    """t**k, where k > 0 at an infinite end and k < 0 at a finite one."""
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
        leading = max(self.terms, key=lambda term: (_RANK[term[0]], abs(term[1])))
        rivals = [(shift, c) for (kind, rate, shift), c in self.terms.items() if (kind, rate) == leading[:2]]
        top = max(float(shift) for shift, _ in rivals)
        weight = sum(float(c) * exp(float(shift) - top) for shift, c in rivals)
        if abs(weight) < 1e-9 * sum(abs(float(c)) * exp(float(shift) - top) for shift, c in rivals):
            return nan
        positive = weight > 0
        if not infinite_end and leading[0] == "log":  # log t tends to -inf there
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
            elif rate > 0:
                total += shifted_power(rate, stretch, offset, coefficient)
            else:  # at a finite end, where the offset is 0
                total += Tail({power_term(rate): coefficient * power_of(stretch, rate)})
        return total


def power_of(base: Fraction, exponent: Fraction) -> Fraction:
    """base**exponent, for base > 0: exact for whole exponents, else the nearest float or next to it.

    An expansion with such a coefficient tells a sign, and cancels against another that was made in the same way.
    """
    return base ** int(exponent) if exponent.denominator == 1 else Fraction(float(base) ** float(exponent))


def shifted_power(k: Fraction, stretch: Fraction, offset: Fraction, coefficient: Fraction) -> Tail:
    """coefficient * (stretch t + offset)**k at an infinite end, k > 0: its binomial series down to the constant."""
    total, binomial, j = Tail(), Fraction(1), 0
    while k - j >= 0:
        c = coefficient * binomial * offset**j
        if k - j == 0:
            total += Tail({}, ((1, _ratio(c)),))
        elif c:
            total += Tail({power_term(k - j): c * power_of(stretch, k - j)})
        binomial *= (k - j) / (j + 1)
        j += 1
    return total


def _ratio(value: Fraction) -> Constant:
    return lambda ns: ns.rational(value.numerator, value.denominator)


def _scaled_log(stretch: Fraction, coefficient: Fraction) -> Constant:
    return lambda ns: (
        ns.log(ns.rational(stretch.numerator, stretch.denominator))
        * ns.rational(coefficient.numerator, coefficient.denominator)
    )
