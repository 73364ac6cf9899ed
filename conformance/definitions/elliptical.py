"""Densities that depend on the length of L^-1 (y - loc) alone."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from math import inf, nan, prod, sqrt

from conformance.definitions.event_laws import EventLaw
from conformance.definitions.moments import Exact, Moments, Peak
from conformance.definitions.numbers import ClosedFormNumbers, Element, NumberSystem
from conformance.definitions.spaces import Reals
from conformance.definitions.transforms.events import total
from conformance.definitions.transforms.location_scale import Given, covariance_of
from conformance.definitions.transforms.location_scale import fitting as vector_fitting
from conformance.definitions.transforms.matrices import solved
from conformance.definitions.transforms.matrix_location_scale import fitting, matrix_location_scale
from conformance.definitions.transforms.parameters import positive

Row = tuple[float, ...]
Rows = tuple[Row, ...]


def multivariate_student_t(df: float, loc: Row, scale_tril: Rows) -> EventLaw:
    """Gamma((df + n)/2) / (Gamma(df/2) (pi df)^(n/2) |L|) (1 + |z|^2/df)^(-(df + n)/2), where L is scale_tril and
    z = L^-1 (y - loc).

    Its entries follow Student's laws; rounding their scales to float64 moves no probability by more than 2^-53.
    Source: Kotz & Nadarajah, Multivariate t Distributions and Their Applications (2004), equation (1.1).
    """
    name = "multivariate_student_t"
    positive(name, df=df)
    given: Given = {"scale_tril": scale_tril}
    shift, factor = vector_fitting(name, loc, given)
    n, scale = len(loc), covariance_of(name, given)

    def standardised(ns: NumberSystem, y: Sequence[Element]) -> list[Element]:
        return solved(ns, factor(ns), [v - ns.const(by) for v, by in zip(y, shift, strict=True)])

    return _student_t(
        name,
        df,
        (n,),
        standardised,
        lambda ns: [ns.log(ns.const(scale_tril[i][i])) for i in range(n)],
        "gamma((df + n)/2) / (gamma(df/2) * (pi * df)**(n/2) * det(scale_tril)) "
        "* (1 + |inv(scale_tril) @ (y - loc)|**2/df)**(-(df + n)/2)",
        loc,
        lambda i, j: scale[i][j],
    )


def matrix_student_t(df: float, loc: Rows, scale_row: Rows, scale_column: Rows) -> EventLaw:
    """A multivariate Student's variable of n p entries in the shape of a matrix, its scale A in the rows and B in the
    columns: the density above with |A|^p |B|^n in the place of |L|, and Z = A^-1 (Y - loc) B^-T in that of z.

    As TFP's MatrixTLinearOperator documents it: one chi-squared variable belongs to all entries. In the law that is
    called matrix variate t elsewhere (Gupta & Nagar, Matrix Variate Distributions (1999), chapter 4) a Wishart matrix
    does.
    """
    name = "matrix_student_t"
    positive(name, df=df)
    made = matrix_location_scale(*fitting(name, loc, scale_row, scale_column))
    n, p = len(loc), len(loc[0])
    back = made.inverse_candidate

    def log_dets(ns: NumberSystem) -> list[Element]:
        rows = [ns.const(float(p)) * ns.log(ns.const(scale_row[i][i])) for i in range(n)]
        return rows + [ns.const(float(n)) * ns.log(ns.const(scale_column[i][i])) for i in range(p)]

    rows, columns = (covariance_of(name, {"scale_tril": factor}) for factor in (scale_row, scale_column))
    return _student_t(
        name,
        df,
        (n, p),
        lambda ns, y: list(back(ns, y)),
        log_dets,
        "gamma((df + n*p)/2) / (gamma(df/2) * (pi * df)**(n*p/2) * det(scale_row)**p * det(scale_column)**n) "
        "* (1 + |inv(scale_row) @ (y - loc) @ inv(scale_column).T|**2/df)**(-(df + n*p)/2)",
        [v for row in loc for v in row],
        lambda i, j: rows[i // p][j // p] * columns[i % p][j % p],
    )


def _student_t(
    name: str,
    df: float,
    shape: tuple[int, ...],
    standardised: Callable[[NumberSystem, Sequence[Element]], list[Element]],
    log_dets: Callable[[NumberSystem], list[Element]],
    formula: str,
    location: Sequence[float],
    scale: Callable[[int, int], Fraction],
) -> EventLaw:
    """The density of loc + L z in the length of z = standardised(y); log_dets: what log|L| is the sum of; location:
    loc, entry by entry; scale: of L L^T the entry in a row and a column."""
    n, exact = prod(shape), Fraction(df)
    power = (exact + n) / 2

    def constants(ns: NumberSystem) -> list[Element]:
        width = ns.rational(n, 2) * ns.log(ns.pi() * ns.rational(exact.numerator, exact.denominator))
        return [ns.lgamma(power), -ns.lgamma(exact / 2), -width, *(-log for log in log_dets(ns))]

    def log_terms(ns: NumberSystem, y: Sequence[Element]) -> list[Element]:
        squares = total(ns, [v * v for v in standardised(ns, y)]) / ns.rational(exact.numerator, exact.denominator)
        return [*constants(ns), -(ns.rational(power.numerator, power.denominator) * ns.log1p(squares))]

    def entropy(ns: ClosedFormNumbers) -> Element:
        # E log(1 + |z|^2/df) is the derivative of log of the integral of the power, in the power.
        mean = ns.rational(power.numerator, power.denominator) * (ns.digamma(power) - ns.digamma(exact / 2))
        return mean - total(ns, constants(ns))

    def covariance(i: int, j: int) -> Exact | None:
        # Kotz & Nadarajah 2004, section 1.7; up to 2 degrees of freedom the entries' own are infinite.
        if exact > 2:
            return scale(i, j) * exact / (exact - 2)
        return (inf if exact > 1 else nan) if i == j else None

    return EventLaw(
        name=name,
        space=Reals(shape),
        formula=formula,
        reference="Kotz & Nadarajah 2004, equation (1.1)",
        log_terms=log_terms,
        entropy=entropy,
        marginals=tuple(f"student_t(df={df!r},loc={m!r},scale={sqrt(scale(i, i))!r})" for i, m in enumerate(location)),
        moments=Moments(tuple(Fraction(m) if exact > 1 else nan for m in location), covariance),
        peak=Peak(tuple(map(Fraction, location))),
    )
