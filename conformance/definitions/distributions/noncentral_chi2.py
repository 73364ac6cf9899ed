"""The law of the logarithm of a noncentral chi-squared variable with three degrees of freedom."""

from __future__ import annotations

from fractions import Fraction
from math import log, sqrt

from conformance.definitions.distributions.definition import DistributionDefinition
from conformance.definitions.intervals import REALS
from conformance.definitions.lemmas import DensityLemmas, DensityRate, OrderedNumbers
from conformance.definitions.numbers import Element, NumberSystem, exact
from conformance.definitions.tails import Tail, exp_term, power_of, power_term
from conformance.definitions.transforms import parameters
from conformance.definitions.transforms.parameters import BadParameter


def exp_noncentral_chi2(df: int, noncentrality: float) -> DistributionDefinition:
    """log X, X the squared length of three normal variables of variance 1 whose means have the squared length lambda =
    ``noncentrality``: e^(x - (r - m)^2/2) (1 - e^(-2 r m))/(2 m sqrt(2 pi)), r = e^(x/2) and m = sqrt(lambda).

    In general X has the density (v/lambda)^(df/4 - 1/2) e^(-(v + lambda)/2) I_(df/2 - 1)(sqrt(lambda v))/2, I the
    modified Bessel function of the first kind. At three degrees of freedom that is I_(1/2)(u) = sqrt(2/(pi u)) sinh u
    (DLMF 10.39.1), an elementary function; others are not declared. Nor is the distribution function: its closed form
    Phi(r - m) - Phi(-r - m) - (phi(r - m) - phi(r + m))/m, phi and Phi the normal density and distribution function,
    is of size r^3, a difference of terms of size 1. BadParameter for a df other than 3 and for a noncentrality that is
    not positive.

    On the line both ends of the density are entire functions; on the half-line it is no analytic function at 0.
    """
    parameters.positive("exp_noncentral_chi2", noncentrality=noncentrality)
    if parameters.whole("exp_noncentral_chi2", "df", df) != 3:
        raise BadParameter("exp_noncentral_chi2", "df", df, "3, where the Bessel function is elementary")
    square = Fraction(noncentrality)

    def root(ns: NumberSystem) -> Element:
        return ns.sqrt(ns.const(noncentrality))

    def half_log(ns: NumberSystem) -> Element:
        """log sqrt(2 pi)."""
        return ns.log(ns.const(2.0) * ns.pi()) / ns.const(2.0)

    def log_density(ns: NumberSystem, x: Element) -> Element:
        m, r = root(ns), ns.exp(x / ns.const(2.0))
        off = r - m
        share = ns.log(-ns.expm1(-(ns.const(2.0) * m * r)))
        return x - off * off / ns.const(2.0) + share - ns.log(ns.const(2.0) * m) - half_log(ns)

    def upper_constant(ns: NumberSystem) -> Element:
        return -exact(ns, square / 2) - ns.log(ns.const(2.0) * root(ns)) - half_log(ns)

    def lower_constant(ns: NumberSystem) -> Element:
        """1 - e^(-2 r m) is about 2 m e^(x/2)."""
        return -exact(ns, square / 2) - half_log(ns)

    middle, spread = df + noncentrality, sqrt(2 * (df + 2 * noncentrality))
    half = Fraction(1, 2)

    def rate(ns: OrderedNumbers, side: int, length: Element) -> DensityRate | None:
        """(log p)' = 1 + (u coth u - r^2)/2, r = e^(x/2), u = m r and m = sqrt(lambda); 1 <= u coth u <= 1 + u, u > 0.

        Downwards r shrinks to 0. Upwards 1 + u - r^2 falls once r is m/2 or more.
        """
        m, r = ns.sqrt(ns.const(noncentrality)), ns.exp(side * length / 2)
        if side < 0:
            return DensityRate(-(3 + m * r) / 2, (r * r - 3) / 2)
        return DensityRate(None, (3 + m * r - r * r) / 2) if 2 * r > m else None

    return DistributionDefinition(
        name="exp_noncentral_chi2",
        params={"df": float(df), "noncentrality": noncentrality},
        log_density=log_density,
        cdf=None,
        survival=None,
        support=REALS,
        formula="exp(x - (r**2 + noncentrality)/2)*sinh(r*m)/(m*sqrt(2*pi)), r = exp(x/2), m = sqrt(noncentrality)",
        reference="Johnson, Kotz & Balakrishnan, Continuous Univariate Distributions 2 (1995), ch. 29, equation 29.4; "
        "DLMF 10.39.1",
        ordinary=(log(0.0625 * df), log(middle + 5 * spread)),
        lower_tail=Tail.of({power_term(1): Fraction(-3, 2)}, constant=lower_constant),
        upper_tail=Tail.of(
            {exp_term(1): -half, exp_term(half): power_of(square, half), power_term(1): 1},
            constant=upper_constant,
        ),
        logarithm=True,
        lemmas=DensityLemmas(rate=rate),
    )
