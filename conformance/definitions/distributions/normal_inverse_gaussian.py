"""The law of a normal variable whose mean and variance follow an inverse Gaussian one."""

from __future__ import annotations

from fractions import Fraction
from math import sqrt

from conformance.definitions.distributions.definition import DistributionDefinition
from conformance.definitions.intervals import REALS
from conformance.definitions.lemmas import DensityLemmas, DensityRate, OrderedNumbers
from conformance.definitions.moments import ClosedMoments
from conformance.definitions.numbers import Element, NumberSystem, exact
from conformance.definitions.tails import LOG, Tail, power_term
from conformance.definitions.transforms import parameters
from conformance.definitions.transforms.parameters import BadParameter


def normal_inverse_gaussian(loc: float, scale: float, tailweight: float, skewness: float) -> DistributionDefinition:
    """a s K_1(a g)/(pi g) exp(s c + b (x - m)), g = sqrt(s^2 + (x - m)^2), c = sqrt(a^2 - b^2); m is ``loc``, s
    ``scale``, a ``tailweight``, b ``skewness``, |b| < a, and K_1 the modified Bessel function of the second kind.

    It is the law of m + b V + sqrt(V) N, N standard normal and V inverse Gaussian of mean s/c and shape s^2. The
    distribution function has no closed form, so it is not declared.
    """
    parameters.finite("normal_inverse_gaussian", loc=loc, skewness=skewness)
    parameters.positive("normal_inverse_gaussian", scale=scale, tailweight=tailweight)
    if not abs(skewness) < tailweight:
        raise BadParameter("normal_inverse_gaussian", "skewness", skewness, "smaller in size than tailweight")
    m, s, a, b = (Fraction(value) for value in (loc, scale, tailweight, skewness))

    def root(ns: NumberSystem) -> Element:
        return ns.sqrt(exact(ns, a * a - b * b))

    def constant(ns: NumberSystem) -> Element:
        return ns.log(exact(ns, a * s) / ns.pi()) + exact(ns, s) * root(ns)

    def log_density(ns: NumberSystem, x: Element) -> Element:
        """In e^(a g) K_1(a g), since K_1 by itself underflows."""
        off = x - ns.const(loc)
        g = ns.sqrt(exact(ns, s * s) + off * off)
        reach = ns.const(tailweight) * g
        return constant(ns) + ns.const(skewness) * off - reach + ns.log_scaled_bessel_k1(reach) - ns.log(g)

    def far(ns: NumberSystem) -> Element:
        """e^z K_1(z) is about sqrt(pi/(2 z))."""
        return constant(ns) + ns.log(ns.pi() / exact(ns, 2 * a)) / ns.const(2.0)

    def tail(side: int) -> Tail:  # |x - m| = t - side m
        standard = Tail.of({power_term(1): side * b - a, LOG: Fraction(-3, 2)}, constant=far)
        return standard.after_affine(Fraction(1), -side * m, infinite_end=True)

    flat = sqrt(a * a - b * b)
    middle, spread = loc + scale * skewness / flat, tailweight * sqrt(scale / flat**3)

    def rate(ns: OrderedNumbers, side: int, length: Element) -> DensityRate:
        """(log p)' = b - a t/g K_0(a g)/K_1(a g) - 2 t/g^2 outwards, g = sqrt(s^2 + t^2) and b by the sign of the side.

        t/g and K_0/K_1 rise to 1, and 0 <= t/g^2 <= 1/t.
        """
        heavy, skewed, wide = ns.const(tailweight), ns.const(skewness), ns.const(scale)
        g = ns.sqrt(wide * wide + length * length)
        outwards = side * skewed
        return DensityRate(outwards - heavy - 2 / length, outwards - heavy * length / g * ns.bessel_k_ratio(heavy * g))

    return DistributionDefinition(
        name="normal_inverse_gaussian",
        params={"loc": loc, "scale": scale, "tailweight": tailweight, "skewness": skewness},
        log_density=log_density,
        cdf=None,
        survival=None,
        support=REALS,
        formula="tailweight*scale*besselk(1, tailweight*g)/(pi*g)*exp(scale*sqrt(tailweight**2 - skewness**2) + "
        "skewness*(x - loc)), g = sqrt(scale**2 + (x - loc)**2)",
        reference="Barndorff-Nielsen, Normal inverse Gaussian distributions and stochastic volatility modelling, "
        "Scandinavian Journal of Statistics 24 (1997), equation 2.4",
        ordinary=(middle - 5 * spread, middle + 5 * spread),
        lower_tail=tail(-1),
        upper_tail=tail(1),
        moments=ClosedMoments(
            lambda ns: exact(ns, m) + exact(ns, s * b) / root(ns),
            lambda ns: exact(ns, s * a * a / (a * a - b * b)) / root(ns),
        ),
        lemmas=DensityLemmas(rate=rate),
    )
