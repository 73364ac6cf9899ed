"""The algebra of expansions: exact cancellation, dominance, and the limit that is left."""

from __future__ import annotations

import math
from fractions import Fraction

from conformance.definitions.float_numbers import FloatNumbers
from conformance.definitions.registry import distribution_definition, transform_definition
from conformance.definitions.tails import LOG, Tail, exp_term, power_term


def test_the_dominant_term_decides_the_limit() -> None:
    tail = Tail.of({power_term(2): -1, power_term(1): 100, LOG: 5})
    assert tail.limit(infinite_end=True) == -math.inf
    assert (tail + Tail.of({exp_term(0.125): 1})).limit(infinite_end=True) == math.inf


def test_terms_that_cancel_exactly_leave_the_constant() -> None:
    tail = Tail.of({power_term(1): 0.1}, constant=lambda ns: ns.const(2.0))
    rest = tail - Tail.of({power_term(1): 0.1}, constant=lambda ns: ns.const(0.5))
    assert rest.limit(infinite_end=True) is None
    assert rest.constant(FloatNumbers()) == 1.5


def test_a_logarithm_falls_at_a_finite_end() -> None:
    assert Tail.of({LOG: 1}).limit(infinite_end=False) == -math.inf
    assert Tail.of({LOG: 1}).limit(infinite_end=True) == math.inf


def test_an_affine_argument_is_expanded_exactly() -> None:
    tail = Tail.of({power_term(2): -3, LOG: 2}).after_affine(Fraction(2), Fraction(5), True)
    assert tail.terms[power_term(2)] == -12
    assert tail.terms[power_term(1)] == -60
    assert tail.constant(FloatNumbers()) == -75 + 2 * math.log(2)


def test_two_exponentials_of_one_rate_are_weighed() -> None:
    tail = Tail.of({exp_term(1, 0): -3, exp_term(1, 1): 1})  # (e - 3) exp(t)
    assert tail.limit(infinite_end=True) == -math.inf
    tail = Tail.of({exp_term(1, 0): -2, exp_term(1, 1): 1})
    assert tail.limit(infinite_end=True) == math.inf


def test_a_gumbel_pushed_through_its_own_cdf_is_uniform_to_the_end() -> None:
    definition = distribution_definition("transformed(gumbel(loc=0.5,scale=2.0),gumbel_cdf(loc=0.5,scale=2.0))")
    assert definition.base is not None
    assert definition.transform is not None
    for side in ("lower_tail", "upper_tail"):
        rest = getattr(definition.base, side) - getattr(definition.transform, side)
        assert rest.limit(infinite_end=True) is None
        assert rest.constant(FloatNumbers()) == 0.0


def test_only_affine_beginnings_have_a_known_tail() -> None:
    assert transform_definition("chain(affine(loc=0.5,scale=2.0),tanh)").upper_tail is not None
    assert transform_definition("chain(exp,tanh)").upper_tail is None
