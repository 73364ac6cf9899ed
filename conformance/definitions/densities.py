"""Laws of events that have a density of their own, written as the terms that its logarithm is the sum of."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction

from conformance.definitions.event_laws import EventLaw, LogTerms
from conformance.definitions.moments import Family, Moments, Peak
from conformance.definitions.numbers import ClosedFormNumbers, Element, NumberSystem, exact
from conformance.definitions.spaces import LogSimplex, Simplex
from conformance.definitions.transforms.events import total
from conformance.definitions.transforms.parameters import BadParameter, positive, vector
from conformance.definitions.weights import Entry, Noise, Shares


def dirichlet(concentration: tuple[float, ...]) -> EventLaw:
    """Gamma(a_0 + ... + a_n) prod_i y_i^(a_i - 1)/Gamma(a_i) on the simplex of n + 1 weights, a the concentration, with
    respect to Lebesgue measure on the first n weights.

    Source: Kotz, Balakrishnan & Johnson, Continuous Multivariate Distributions 1 (2000), equation (49.1).
    """
    weights = vector("dirichlet", "concentration", concentration)
    if len(weights) < 2 or min(weights) <= 0:
        raise BadParameter("dirichlet", "concentration", concentration, "two or more positive numbers")
    shares = [Fraction(a) for a in weights]
    whole = sum(shares, Fraction(0))

    def log_terms(ns: NumberSystem, y: Sequence[Element]) -> list[Element]:
        powers = [
            ns.rational((a - 1).numerator, (a - 1).denominator) * ns.log(v)
            for a, v in zip(shares, y, strict=True)
            if a != 1  # Whatever the weight is.
        ]
        return [*powers, ns.lgamma(whole), *(-ns.lgamma(a) for a in shares)]

    def entropy(ns: ClosedFormNumbers) -> Element:
        # E log y_i is the derivative of log B(a) with respect to a_i, as in every exponential family.
        total = -ns.lgamma(whole)
        for a in shares:
            mean_log = ns.digamma(a) - ns.digamma(whole)
            total = total + ns.lgamma(a) - ns.rational((a - 1).numerator, (a - 1).denominator) * mean_log
        return total

    def covariance(i: int, j: int) -> Fraction:
        # Equations (49.8) and (49.9) there.
        return shares[i] * (whole * (i == j) - shares[j]) / (whole**2 * (whole + 1))

    return EventLaw(
        name="dirichlet",
        space=Simplex((len(weights),)),
        formula="gamma(sum(concentration)) * prod(y**(concentration - 1) / gamma(concentration))",
        reference="Kotz, Balakrishnan & Johnson 2000, equation (49.1)",
        log_terms=log_terms,
        entropy=entropy,
        # Of one weight against all others together (equation (49.9) there).
        marginals=tuple(f"beta(concentration1={float(a)!r},concentration0={float(whole - a)!r})" for a in shares),
        moments=Moments(tuple(a / whole for a in shares), covariance),
        peak=_peak_of(shares),
        family=Family("dirichlet", tuple(shares), _divergence),
    )


def _divergence(ns: ClosedFormNumbers, p: Sequence[Fraction], q: Sequence[Fraction]) -> Element:
    """log B(b) - log B(a) + sum_i (a_i - b_i) E log y_i, of concentrations a and b, by the log density's terms."""
    first, second = sum(p, Fraction(0)), sum(q, Fraction(0))
    found = [ns.lgamma(first), -ns.lgamma(second)]
    for a, b in zip(p, q, strict=True):
        mean_log = ns.digamma(a) - ns.digamma(first)
        found += [ns.lgamma(b), -ns.lgamma(a), ns.rational((a - b).numerator, (a - b).denominator) * mean_log]
    return total(ns, found)


def _peak_of(powers: Sequence[Fraction]) -> Peak:
    """Where prod_i y_i^(a_i - 1) is largest on the closed simplex, by Lagrange's multiplier."""
    rest = sum(powers, Fraction(0)) - len(powers)
    if min(powers) < 1 or rest == 0:
        return Peak(flat=set(powers) == {1})
    return Peak(tuple((a - 1) / rest for a in powers), boundary=min(powers) == 1)


def relaxed_one_hot_categorical(temperature: float, logits: tuple[float, ...]) -> EventLaw:
    """(n - 1)! t^(n - 1) prod_i (a_i y_i^(-t - 1) / sum_k a_k y_k^-t) on the simplex of n weights, t the temperature
    and a_i = exp(logits_i), with respect to Lebesgue measure on the first n - 1 weights.

    Source: Maddison, Mnih & Teh, The Concrete Distribution (ICLR 2017), definition 1.
    """
    name = "relaxed_one_hot_categorical"
    log_density = _concrete(name, temperature, logits)

    def log_terms(ns: NumberSystem, y: Sequence[Element]) -> list[Element]:
        logs = [ns.log(v) for v in y]
        # The two base measures differ by the product of all weights: see LogSimplex.
        return [*log_density(ns, logs), *(-v for v in logs)]

    return EventLaw(
        name=name,
        space=Simplex((len(logits),)),
        formula="gamma(n) * temperature**(n - 1) * "
        "prod(exp(logits) * y**(-temperature - 1)) / sum(exp(logits) * y**-temperature)**n",
        reference="Maddison, Mnih & Teh 2017, definition 1",
        log_terms=log_terms,
        # Where all weights but one are of a size u the density is u^(t - n + 1) times what has a limit.
        peak=Peak() if temperature < len(logits) - 1 else None,
        shares=_gumbel_shares(temperature, logits, logarithms=False),
    )


def exp_relaxed_one_hot_categorical(temperature: float, logits: tuple[float, ...]) -> EventLaw:
    """(n - 1)! t^(n - 1) prod_i (a_i e^(-t y_i) / sum_k a_k e^(-t y_k)): the law of the logarithms of the weights of
    ``relaxed_one_hot_categorical``, with respect to Lebesgue measure on the differences y_i - y_n.

    Source: Maddison, Mnih & Teh, The Concrete Distribution (ICLR 2017), appendix C.
    """
    name = "exp_relaxed_one_hot_categorical"
    return EventLaw(
        name=name,
        space=LogSimplex((len(logits),)),
        formula="gamma(n) * temperature**(n - 1) * "
        "prod(exp(logits - temperature * y)) / sum(exp(logits - temperature * y))**n",
        reference="Maddison, Mnih & Teh 2017, appendix C",
        log_terms=_concrete(name, temperature, logits),
        entropy=_entropy_of_logarithms(temperature, len(logits)),
        peak=_peak_of_logarithms(temperature, logits),
        shares=_gumbel_shares(temperature, logits, logarithms=True),
    )


def _gumbel_shares(temperature: float, logits: Sequence[float], logarithms: bool) -> Shares:
    """softmax((logits + G)/t), G standard Gumbel variables (Maddison, Mnih & Teh 2017, section 3.1)."""
    t = Fraction(temperature)
    entries = tuple(Entry(Noise.GUMBEL, Fraction(a) / t, 1 / t) for a in logits)
    return Shares(entries, logarithms, _entropy_of_logarithms(temperature, len(logits)))


def _entropy_of_logarithms(temperature: float, n: int) -> Callable[[ClosedFormNumbers], Element]:
    """-log (n - 1)! - (n - 1) log t - n psi(1) + n psi(n), whatever the logits are.

    With y_i = (a_i + g_i)/t - L the log density is log (n - 1)! + (n - 1) log t - sum_i g_i - n log sum_i e^-g_i, where
    E g_i = -psi(1), and the e^-g_i are exponential variables, whose sum is a gamma variable of concentration n.
    """
    t = Fraction(temperature)

    def entropy(ns: ClosedFormNumbers) -> Element:
        logs = ns.lgamma(n) + ns.const(n - 1.0) * ns.log(exact(ns, t))
        return ns.const(float(n)) * (ns.digamma(n) - ns.digamma(1)) - logs

    return entropy


def _peak_of_logarithms(temperature: float, logits: Sequence[float]) -> Peak:
    """log softmax(logits/t): with z_i = a_i - t y_i the density is a multiple of prod_i (e^z_i / sum_k e^z_k), which is
    largest where all z are the same, and nowhere else, by the inequality of the two means."""
    shares = [Fraction(a) / Fraction(temperature) for a in logits]

    def at(own: Fraction) -> Callable[[ClosedFormNumbers], Element]:
        return lambda ns: -ns.log(total(ns, [ns.exp(exact(ns, other - own)) for other in shares]))

    return Peak(tuple(map(at, shares)))


def _concrete(name: str, temperature: float, logits: tuple[float, ...]) -> LogTerms:
    """The logarithm of the density of the logarithms of the weights."""
    positive(name, temperature=temperature)
    shares = vector(name, "logits", logits)
    n, power = len(shares), Fraction(temperature)
    if n < 2:
        raise BadParameter(name, "logits", logits, "two or more numbers")

    def log_terms(ns: NumberSystem, y: Sequence[Element]) -> list[Element]:
        t = exact(ns, power)
        scores = [ns.const(a) - t * v for a, v in zip(shares, y, strict=True)]
        whole = ns.log(total(ns, [ns.exp(score) for score in scores]))
        return [ns.lgamma(n), ns.const(n - 1.0) * ns.log(t), *scores, -(ns.const(float(n)) * whole)]

    return log_terms
