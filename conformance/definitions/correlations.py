"""Laws of correlation matrices and of their Cholesky factors."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction

from conformance.definitions.event_laws import EventLaw
from conformance.definitions.moments import Exact, Moments, Peak
from conformance.definitions.numbers import ClosedFormNumbers, Element, NumberSystem, exact
from conformance.definitions.spaces import Correlation, RoundedFactors
from conformance.definitions.spaces.definite import pivots
from conformance.definitions.transforms.events import total
from conformance.definitions.transforms.parameters import BadParameter, positive, whole

_LARGEST = 32


def lkj(dimension: int, concentration: float) -> EventLaw:
    """det(C)^(a - 1)/c on the correlation matrices of n rows, a the concentration, with respect to Lebesgue measure on
    the entries below the diagonal.

    Source: Lewandowski, Kurowicka & Joe, Journal of Multivariate Analysis 100 (2009), section 3; ``_log_constant``.
    """
    name = "lkj"
    n, a = _given(name, dimension, concentration)

    def log_terms(ns: NumberSystem, entries: Sequence[Element]) -> list[Element]:
        power = ns.rational((a - 1).numerator, (a - 1).denominator)
        rows = [[entries[i * n + j] for j in range(n)] for i in range(n)]
        # The first pivot is 1.
        logs = [power * ns.log(pivot) for pivot in pivots(rows)[1:]] if a != 1 else []
        return [*logs, *(-v for v in _log_constant(ns, n, a))]

    def entropy(ns: ClosedFormNumbers) -> Element:
        return _entropy(ns, n, a, [a - 1] * (n - 1))  # As if of factors: det(C) is the product of the L_ii^2.

    def covariance(k: int, m: int) -> Fraction:
        # Changing the sign of a row and its column leaves the law: only an entry and itself go together.
        (i, j), other = divmod(k, n), divmod(m, n)
        return Fraction(0) if i == j or other not in ((i, j), (j, i)) else 1 / (2 * a + n - 1)

    identity = tuple(Fraction(i == j) for i in range(n) for j in range(n))
    return EventLaw(
        name=name,
        space=Correlation((n, n)),
        formula="det(C)**(concentration - 1) / c",
        reference=_REFERENCE,
        log_terms=log_terms,
        entropy=entropy,
        sums=True,
        marginals=tuple(_of_an_entry(n, a) if j < i else "" for i in range(n) for j in range(n)),
        moments=Moments(identity, covariance),
        # By Hadamard's inequality det(C) is largest, and 1, for the identity alone.
        peak=Peak(identity) if a > 1 else Peak(flat=a == 1),
    )


def lkj_cholesky(dimension: int, concentration: float) -> EventLaw:
    """prod_i L_ii^(n - i + 2 a - 2)/c, rows counted from 1, on the Cholesky factors of correlation matrices, with
    respect to Lebesgue measure on the entries below the diagonal; c is that of ``lkj``.

    Source: as there; the slopes of L L^T below the diagonal are triangular in L, with L_jj in the place of (i, j).
    """
    name = "lkj_cholesky"
    n, a = _given(name, dimension, concentration)
    powers = [n - i + 2 * a - 2 for i in range(2, n + 1)]

    def log_terms(ns: NumberSystem, entries: Sequence[Element]) -> list[Element]:
        logs = [
            ns.rational(power.numerator, power.denominator) * ns.log(entries[i * n + i])
            for i, power in enumerate(powers, 1)
            if power
        ]
        return [*logs, *(-v for v in _log_constant(ns, n, a))]

    def entropy(ns: ClosedFormNumbers) -> Element:
        return _entropy(ns, n, a, [power / 2 for power in powers])

    identity = tuple(Fraction(i == j) for i in range(n) for j in range(n))
    return EventLaw(
        name=name,
        space=RoundedFactors((n, n)),
        formula="prod(diag(L)**(n - i + 2*concentration - 2)) / c, rows counted from 1",
        reference=_REFERENCE,
        log_terms=log_terms,
        entropy=entropy,
        # Of the first column the entries are correlations.
        marginals=tuple(_of_an_entry(n, a) if j == 0 < i else "" for i in range(n) for j in range(n)),
        moments=_moments_of_factors(n, a),
        # Every power is positive for a > 1, and no entry of the diagonal exceeds 1; at a = 1 all but the last is. That
        # of the last row is 2 a - 2: below it the density grows without bound where L_nn falls to 0.
        peak=Peak(identity) if a > 1 else None if a == 1 and n > 2 else Peak(flat=a == 1),
    )


def _moments_of_factors(n: int, a: Fraction) -> Moments:
    """Of row m + 1, a point of the unit ball of m dimensions with what it leaves of 1, where L_mm^2 is a variable
    Beta(s, m/2) and the direction is uniform (Lewandowski, Kurowicka & Joe 2009, section 3.2).

    E L_mm^p = Gamma(s + p/2) Gamma(s + m/2)/(Gamma(s) Gamma(s + m/2 + p/2)), with s + m/2 = a + (n - 1)/2 in every row
    (NIST DLMF 5.12.1). Rows are independent, and changing the sign of an entry below the diagonal leaves the law.
    """
    whole_power = a + Fraction(n - 1, 2)

    def on_the_diagonal(m: int) -> Callable[[ClosedFormNumbers], Element]:
        s, half = whole_power - Fraction(m, 2), Fraction(1, 2)
        return lambda ns: ns.exp(
            ns.lgamma(s + half) - ns.lgamma(s) + ns.lgamma(whole_power) - ns.lgamma(whole_power + half)
        )

    def mean(i: int, j: int) -> Exact:
        return Fraction(i == j) if i != j or i == 0 else on_the_diagonal(i)

    def covariance(k: int, m: int) -> Exact:
        i, j = divmod(k, n)
        if k != m or j > i or i == 0:
            return Fraction(0)
        if j < i:
            return 1 / (2 * whole_power)
        first, second = on_the_diagonal(i), 1 - Fraction(i, 2) / whole_power
        return lambda ns: exact(ns, second) - first(ns) * first(ns)

    return Moments(tuple(mean(i, j) for i in range(n) for j in range(n)), covariance)


_REFERENCE = "Lewandowski, Kurowicka & Joe, Journal of Multivariate Analysis 100 (2009), section 3"


def stretched_beta(concentration: Fraction) -> str:
    """The law of 2 B - 1, B beta of this concentration twice, as a subject: that of one coordinate of a point which is
    drawn from a ball or a sphere without a preferred direction."""
    twice = f"concentration1={float(concentration)!r},concentration0={float(concentration)!r}"
    return f"transformed(logistic_beta({twice}),chain(sigmoid,affine(loc=-1.0,scale=2.0)))"


def _of_an_entry(n: int, a: Fraction) -> str:
    """The law of each correlation (Lewandowski, Kurowicka & Joe 2009, section 3)."""
    return stretched_beta(a - 1 + Fraction(n, 2))


def _given(name: str, dimension: int, concentration: float) -> tuple[int, Fraction]:
    n = whole(name, "dimension", dimension)
    if not 2 <= n <= _LARGEST:
        raise BadParameter(name, "dimension", dimension, f"a whole number from 2 to {_LARGEST}")
    positive(name, concentration=concentration)
    return n, Fraction(concentration)


def _log_constant(ns: NumberSystem, n: int, a: Fraction) -> list[Element]:
    """Terms of log c: row m + 1 of the factor, below the diagonal, is a point of the unit ball of m dimensions, over
    which (1 - r^2)^(s - 1) integrates to pi^(m/2) Gamma(s)/Gamma(s + m/2), with s = a + (n - 1 - m)/2."""
    whole_power = a + Fraction(n - 1, 2)
    found = [ns.rational(n * (n - 1), 4) * ns.log(ns.pi())]
    for m in range(1, n):
        found += [ns.lgamma(whole_power - Fraction(m, 2)), -ns.lgamma(whole_power)]
    return found


def _entropy(ns: ClosedFormNumbers, n: int, a: Fraction, weights: Sequence[Fraction]) -> Element:
    """Of a density prod_i L_ii^(2 weights_i)/c: E log L_ii^2 is the derivative of the row's log constant in s."""
    whole_power = a + Fraction(n - 1, 2)
    found = total(ns, _log_constant(ns, n, a))
    for m, weight in enumerate(weights, 1):
        mean_log = ns.digamma(whole_power - Fraction(m, 2)) - ns.digamma(whole_power)
        found = found - ns.rational(weight.numerator, weight.denominator) * mean_log
    return found
