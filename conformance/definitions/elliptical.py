"""Densities of vectors that depend on the length of L^-1 (y - loc) alone."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from math import inf, nan, sqrt

from conformance.definitions.event_laws import EventLaw
from conformance.definitions.moments import Exact, Moments, Peak
from conformance.definitions.numbers import ClosedFormNumbers, Element, NumberSystem
from conformance.definitions.spaces import Reals
from conformance.definitions.transforms.events import total
from conformance.definitions.transforms.location_scale import Given, covariance_of, fitting
from conformance.definitions.transforms.matrices import solved
from conformance.definitions.transforms.parameters import positive

Row = tuple[float, ...]


def multivariate_student_t(df: float, loc: Row, scale_tril: tuple[Row, ...]) -> EventLaw:
    """Gamma((df + n)/2) / (Gamma(df/2) (pi df)^(n/2) |L|) (1 + |z|^2/df)^(-(df + n)/2), where L is scale_tril and
    z = L^-1 (y - loc).

    Its entries follow Student's laws; rounding their scales to float64 moves no probability by more than 2^-53.
    Source: Kotz & Nadarajah, Multivariate t Distributions and Their Applications (2004), equation (1.1).
    """
    name = "multivariate_student_t"
    positive(name, df=df)
    given: Given = {"scale_tril": scale_tril}
    shift, factor = fitting(name, loc, given)
    n, exact = len(loc), Fraction(df)
    power, scale = (exact + n) / 2, covariance_of(name, given)

    def constants(ns: NumberSystem) -> list[Element]:
        width = ns.rational(n, 2) * ns.log(ns.pi() * ns.rational(exact.numerator, exact.denominator))
        diagonal = [-ns.log(ns.const(scale_tril[i][i])) for i in range(n)]
        return [ns.lgamma(power), -ns.lgamma(exact / 2), -width, *diagonal]

    def log_terms(ns: NumberSystem, y: Sequence[Element]) -> list[Element]:
        z = solved(ns, factor(ns), [v - ns.const(by) for v, by in zip(y, shift, strict=True)])
        squares = total(ns, [v * v for v in z]) / ns.rational(exact.numerator, exact.denominator)
        return [*constants(ns), -(ns.rational(power.numerator, power.denominator) * ns.log1p(squares))]

    def entropy(ns: ClosedFormNumbers) -> Element:
        # E log(1 + |z|^2/df) is the derivative of log of the integral of the power, in the power.
        mean = ns.rational(power.numerator, power.denominator) * (ns.digamma(power) - ns.digamma(exact / 2))
        return mean - total(ns, constants(ns))

    def covariance(i: int, j: int) -> Exact | None:
        # Kotz & Nadarajah 2004, section 1.7; up to 2 degrees of freedom the entries' own are infinite.
        if exact > 2:
            return scale[i][j] * exact / (exact - 2)
        return (inf if exact > 1 else nan) if i == j else None

    return EventLaw(
        name=name,
        space=Reals((n,)),
        formula="gamma((df + n)/2) / (gamma(df/2) * (pi * df)**(n/2) * det(scale_tril)) "
        "* (1 + |inv(scale_tril) @ (y - loc)|**2/df)**(-(df + n)/2)",
        reference="Kotz & Nadarajah 2004, equation (1.1)",
        log_terms=log_terms,
        entropy=entropy,
        marginals=tuple(f"student_t(df={df!r},loc={m!r},scale={sqrt(scale[i][i])!r})" for i, m in enumerate(loc)),
        moments=Moments(tuple(Fraction(m) if exact > 1 else nan for m in loc), covariance),
        peak=Peak(tuple(map(Fraction, loc))),
    )
