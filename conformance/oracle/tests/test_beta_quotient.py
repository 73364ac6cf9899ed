"""The ratio of two beta variables: its density and shares against integrals over both, and its moments."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import mpmath
import pytest
from flint import acb, arb, ctx

from conformance.definitions.distributions import beta_quotient
from conformance.definitions.lemmas import DensityRate
from conformance.definitions.registry import UnknownSubject, distribution_definition
from conformance.floats.enclosures import Certificate
from conformance.oracle.numbers.balls import BallNumbers
from conformance.oracle.statistics import problem as problems
from conformance.oracle.statistics.bounds import BoundViolated, density_rate
from conformance.oracle.statistics.truth import forget, statistic

BALLS = BallNumbers()
CONCENTRATIONS = [(1.5, 2, 3.75, 3), (2.5, 5, 0.625, 1), (0.375, 1, 2.5, 1), (4.0, 16, 6.0, 7), (0.0625, 3, 3.5, 16)]
"""First and second of the numerator, then of the denominator."""


def parameters(a: float, b: int, c: float, d: int) -> str:
    return (
        f"(concentration0_denominator={d:.1f},concentration0_numerator={b:.1f},"
        f"concentration1_denominator={c!r},concentration1_numerator={a!r})"
    )


@pytest.mark.parametrize("given", CONCENTRATIONS)
@pytest.mark.parametrize("x", [-30.0, -1.5, -0.0625, 0.0, 2.0**-20, 0.75, 25.0])
def test_the_density_is_the_integral_over_both_variables(given: tuple[float, int, float, int], x: float) -> None:
    """Of the density of U at r v times v times that of V at v, by r, and by hypergeometric functions."""
    a, b, c, d = given
    law: Any = distribution_definition("exp_beta_quotient" + parameters(*given))
    with ctx.workprec(200), mpmath.workdps(30):
        r = mpmath.exp(x)
        integral = mpmath.quad(
            lambda t: r**a * t ** (a + c - 1) * (1 - r * t) ** (b - 1) * (1 - t) ** (d - 1), [0, min(1, 1 / r)]
        )
        integral /= mpmath.beta(a, b) * mpmath.beta(c, d)
        own = mpmath.mpf(law.log_density(BALLS, arb(x)).exp().str(40, radius=False))
        assert mpmath.almosteq(own, integral, rel_eps=1e-12)
        first, second, third, fourth = (a, b, c, d) if x < 0 else (c, d, a, b)
        constant = mpmath.beta(a + c, fourth) / (mpmath.beta(first, second) * mpmath.beta(third, fourth))
        named = mpmath.hyp2f1(a + c, 1 - second, a + c + fourth, mpmath.exp(-abs(x))) * mpmath.exp(-abs(x) * first)
        assert mpmath.almosteq(own, constant * named, rel_eps=1e-24)


@pytest.mark.parametrize("given", CONCENTRATIONS)
def test_the_sides_are_shares_that_add_up_to_1_and_integrals(
    given: tuple[float, int, float, int],
) -> None:
    """In certified integrals of r^(a - 1) P(1 - r), from a place where what lies below is the declared share."""
    a, b, c, d = Fraction(given[0]), given[1], Fraction(given[2]), given[3]
    sides = [beta_quotient.Side(a, beta_quotient.density_of(a, b, c, d))]
    sides.append(beta_quotient.Side(c, beta_quotient.density_of(c, d, a, b)))
    assert sides[0].below[0] + sides[1].below[0] == 1
    assert sides[0].density[0] == sides[1].density[0], "the density is continuous"
    for side in sides:
        assert min(side.density) > 0
        assert min(side.below) > 0
        with ctx.workprec(150):

            def at(x: acb, _: bool, side: beta_quotient.Side = side) -> acb:
                polynomial = acb(0)
                for one in side.density[::-1]:
                    polynomial = polynomial * (1 - x.exp()) + acb(one.numerator) / one.denominator
                return (x * acb(side.a.numerator) / side.a.denominator).exp() * polynomial

            between = acb.integral(at, acb(-40), acb(0)).real
            rest = side.share(BALLS, arb(-40))
            assert (between + rest).overlaps(side.share(BALLS, arb(0)))
            assert between.rel_accuracy_bits() > 100


@pytest.mark.parametrize("given", [CONCENTRATIONS[0], CONCENTRATIONS[3]])
def test_statistics_are_products_of_the_variables_moments(given: tuple[float, int, float, int]) -> None:
    """E[U^k] E[V^-k], and by certified integrals."""
    a, b, c, d = (Fraction(one) for one in given)
    mean = a / (a + b) * (c + d - 1) / (c - 1)
    square = mean * (a + 1) / (a + b + 1) * (c + d - 2) / (c - 2)
    subject = "beta_quotient" + parameters(*given)
    found = {one: statistic(subject, one) for one in ("mean", "variance")}
    for name, exact in (("mean", mean), ("variance", square - mean**2)):
        assert Fraction(found[name].lo) <= exact <= Fraction(found[name].hi)
        assert found[name].certificate is Certificate.CERTIFIED


def test_moments_that_the_denominator_is_too_often_near_0_for_are_infinite() -> None:
    subject = "beta_quotient" + parameters(2.5, 5, 0.625, 1)
    assert [statistic(subject, one).text for one in ("mean", "variance")] == ["inf", "inf"]
    assert statistic("beta_quotient" + parameters(2.5, 5, 1.625, 1), "variance").text == "inf"


@pytest.mark.parametrize("side", [-1, 1])
def test_a_wrong_rate_of_a_tail_is_a_violation(side: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Seen red: the audit can fail."""

    def steeper(base: Any, towards: int, length: arb) -> DensityRate | None:
        rate = density_rate(base, towards, length)
        assert rate is not None
        return rate if towards != side else DensityRate(rate.lo, rate.hi - arb("0.01"))

    monkeypatch.setattr(problems, "density_rate", steeper)
    forget()
    with pytest.raises(BoundViolated):
        statistic("beta_quotient" + parameters(*CONCENTRATIONS[0]), "mean")
    forget()


@pytest.mark.parametrize("given", CONCENTRATIONS)
@pytest.mark.parametrize("q", [1e-300, 1e-9, 0.25, 0.625, 1 - 2.0**-40])
def test_candidates_for_quantiles_are_good_to_the_working_precision(
    given: tuple[float, int, float, int], q: float
) -> None:
    law: Any = distribution_definition("exp_beta_quotient" + parameters(*given))
    with ctx.workprec(1200):
        assert abs(law.cdf(BALLS, law.quantile(BALLS, BALLS.const(q))) / q - 1) < 2.0**-120
        assert abs(law.survival(BALLS, law.upper_quantile(BALLS, BALLS.const(q))) / q - 1) < 2.0**-120


@pytest.mark.parametrize(
    ("name", "wrong"), [("concentration0_numerator", "2.5"), ("concentration0_denominator", "17.0")]
)
@pytest.mark.parametrize("law", ["beta_quotient", "exp_beta_quotient"])
def test_second_concentrations_are_small_whole_numbers(law: str, name: str, wrong: str) -> None:
    right = {"concentration0_denominator": "3.0", "concentration0_numerator": "2.0"} | {name: wrong}
    given = ",".join(f"{one}={value}" for one, value in right.items())
    with pytest.raises(UnknownSubject, match=f"{name} must be a whole number.*not {wrong.removesuffix('.0')}"):
        distribution_definition(f"{law}({given},concentration1_denominator=3.75,concentration1_numerator=1.5)")
