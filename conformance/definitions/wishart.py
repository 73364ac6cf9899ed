"""Wishart's law of positive definite matrices."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from itertools import product

from conformance.definitions.event_laws import EventLaw
from conformance.definitions.moments import Moments, Peak
from conformance.definitions.numbers import ClosedFormNumbers, Element, NumberSystem
from conformance.definitions.spaces import PositiveDefinite
from conformance.definitions.spaces.definite import pivots
from conformance.definitions.transforms.events import total
from conformance.definitions.transforms.location_scale import chosen, condition_of, covariance_of, inverse_of
from conformance.definitions.transforms.parameters import BadParameter, positive

Rows = tuple[tuple[float, ...], ...]

_NAME = "wishart"


def wishart(
    df: float,
    scale_tril: Rows | None = None,
    covariance_matrix: Rows | None = None,
    precision_matrix: Rows | None = None,
) -> EventLaw:
    """det(X)^((df - n - 1)/2) exp(-tr(V^-1 X)/2) / (2^(df n/2) det(V)^(df/2) Gamma_n(df/2)) on the positive definite
    matrices of n rows, with respect to Lebesgue measure on the lower entries: the law of a sum of df products Z Z^T of
    normal vectors of covariance V, which is given as for ``location_scale``.

    X_ii/V_ii is chi-squared; rounding the rate of that law to a normal float64 moves no probability by more than 2^-53
    sqrt(df/(4 pi)): below 2^-50 for df up to 800. For with a = df/2 the derivative of P(a, x) in log x is
    x^a e^-x/Gamma(a) (DLMF 8.8.13), which is largest at x = a, and there below sqrt(a/(2 pi)) (DLMF 5.6.1).
    Source: Anderson, An Introduction to Multivariate Statistical Analysis (2003), section 7.2.
    """
    positive(_NAME, df=df)
    every = {"scale_tril": scale_tril, "covariance_matrix": covariance_matrix, "precision_matrix": precision_matrix}
    given = chosen(_NAME, every)
    scale = covariance_of(_NAME, given)
    n, exact = len(scale), Fraction(df)
    if exact <= n - 1:
        raise BadParameter(_NAME, "df", df, f"above {n - 1} for matrices of {n} rows")
    inverse, power = inverse_of(scale), (exact - n - 1) / 2

    def log_constant(ns: NumberSystem) -> list[Element]:
        """Terms of the logarithm of what the density is divided by."""
        halves = ns.rational((exact * n).numerator, 2 * (exact * n).denominator) * ns.log(ns.const(2.0))
        spread = ns.rational(exact.numerator, 2 * exact.denominator) * _log_det(ns)
        return [halves, spread, *_log_multivariate_gamma(ns, exact / 2, n)]

    def _log_det(ns: NumberSystem) -> Element:
        return total(ns, [ns.log(ns.rational(v.numerator, v.denominator)) for v in pivots(scale)])

    def log_terms(ns: NumberSystem, x: Sequence[Element]) -> list[Element]:
        rows = [[x[i * n + j] for j in range(n)] for i in range(n)]
        logs = [ns.rational(power.numerator, power.denominator) * ns.log(v) for v in pivots(rows)] if power else []
        shares = [
            ns.rational(inverse[i][j].numerator, 2 * inverse[i][j].denominator) * rows[i][j]
            for i, j in product(range(n), repeat=2)
        ]
        return [*logs, -total(ns, shares), *(-v for v in log_constant(ns))]

    def entropy(ns: ClosedFormNumbers) -> Element:
        # E tr(V^-1 X) is df n, and E log det(X) = log det(V) + n log 2 + the derivative of log Gamma_n.
        digammas = [ns.digamma(exact / 2 - Fraction(j, 2)) for j in range(n)]
        mean_log = total(ns, [_log_det(ns), ns.const(float(n)) * ns.log(ns.const(2.0)), *digammas])
        half_trace = ns.rational((exact * n).numerator, 2 * (exact * n).denominator)
        rest = half_trace - ns.rational(power.numerator, power.denominator) * mean_log
        return total(ns, [*log_constant(ns), rest])

    def covariance(k: int, m: int) -> Fraction:
        # Muirhead, Aspects of Multivariate Statistical Theory (1982), section 3.2.
        (i, j), (p, q) = divmod(k, n), divmod(m, n)
        return exact * (scale[i][p] * scale[j][q] + scale[i][q] * scale[j][p])

    # Where the derivative of the log density, power X^-1 - V^-1/2, vanishes.
    peak = Peak(tuple(2 * power * v for row in scale for v in row), boundary=power == 0) if power >= 0 else Peak()
    condition = condition_of(given)
    marginals = [""] * (n * n)
    for i in range(n):
        marginals[i * n + i] = f"gamma(concentration={df / 2!r},rate={float(1 / (2 * scale[i][i]))!r})"
    return EventLaw(
        name=_NAME,
        space=PositiveDefinite((n, n)),
        formula="det(X)**((df - n - 1)/2) * exp(-trace(inv(V) @ X)/2) "
        "/ (2**(df * n/2) * det(V)**(df/2) * multigamma(df/2, n))",
        reference="Anderson 2003, section 7.2",
        log_terms=log_terms,
        entropy=entropy,
        marginals=tuple(marginals),
        sums=True,
        moments=Moments(
            tuple(exact * v for row in scale for v in row), covariance, of_mean=condition, of_covariance=condition
        ),
        peak=peak,
    )


def _log_multivariate_gamma(ns: NumberSystem, a: Fraction, n: int) -> list[Element]:
    """Terms of log(pi^(n (n - 1)/4) prod_j Gamma(a - j/2)), j from 0 to n - 1 (DLMF 35.3.4)."""
    return [ns.rational(n * (n - 1), 4) * ns.log(ns.pi()), *(ns.lgamma(a - Fraction(j, 2)) for j in range(n))]
