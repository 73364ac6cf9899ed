"""Ready-made laws of vectors that are independent normal entries through a map: defined as that, and in no formula of
their own. Each constructor returns the subject, with the laws of its entries where those are laws that have a name.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from math import sqrt
from typing import NamedTuple

from adapters.interface.spec import written
from conformance.definitions.gaussians import divergence
from conformance.definitions.moments import Family, Moments, Peak
from conformance.definitions.transforms import location_scale, matrix_location_scale
from conformance.definitions.transforms.location_scale import condition_number, condition_of, covariance_of
from conformance.definitions.transforms.parameters import BadChoice, BadParameter, vector, whole

Row = tuple[float, ...]
Rows = tuple[Row, ...]


class Made(NamedTuple):
    """The subject that a law is; for each entry a law of numbers that it follows, "" where none is known; its moments
    and where its density is largest, where those are worked out and the subject's own definition does not say them."""

    subject: str
    marginals: tuple[str, ...]
    moments: Moments | None = None
    peak: Peak | None = None
    family: Family | None = None


def _normals(loc: Sequence[float], scale: Sequence[float]) -> str:
    return f"independent(normal(loc={written(tuple(loc))},scale={written(tuple(scale))}),ndims=1.0)"


def multivariate_normal(
    loc: Row,
    scale_diag: Row | None = None,
    scale_tril: Rows | None = None,
    covariance_matrix: Rows | None = None,
    precision_matrix: Rows | None = None,
    scale_matrix: Rows | None = None,
    scale_perturb_diag: Row | None = None,
    scale_perturb_factor: Rows | None = None,
    cov_diag: Row | None = None,
    cov_factor: Rows | None = None,
) -> Made:
    """loc + L Z, Z standard normal, L L^T the covariance (Anderson, An Introduction to Multivariate Statistical
    Analysis (2003), section 2.3), given in one of the forms of ``location_scale``. Rounding the marginals' scales to
    float64 moves no probability by more than 2^-53."""
    every: dict[str, Row | Rows | None] = {
        "scale_diag": scale_diag,
        "scale_tril": scale_tril,
        "covariance_matrix": covariance_matrix,
        "precision_matrix": precision_matrix,
        "scale_matrix": scale_matrix,
        "scale_perturb_diag": scale_perturb_diag,
        "scale_perturb_factor": scale_perturb_factor,
        "cov_diag": cov_diag,
        "cov_factor": cov_factor,
    }
    given = location_scale.chosen("multivariate_normal", every)
    location_scale.fitting("multivariate_normal", loc, given)
    n = len(loc)
    base, parameters = _normals([0.0] * n, [1.0] * n), ",".join(f"{name}={written(v)}" for name, v in given.items())
    subject = f"transformed({base},location_scale(loc={written(loc)},{parameters}))"
    rows, exact = covariance_of("multivariate_normal", given), tuple(map(Fraction, loc))
    return Made(
        subject,
        tuple(f"normal(loc={m!r},scale={sqrt(rows[i][i])!r})" for i, m in enumerate(loc)),
        Moments(exact, lambda i, j: rows[i][j], of_covariance=condition_of(given)),
        Peak(exact),
        Family("multivariate_normal", (exact, rows), divergence, condition_number(rows)),
    )


def matrix_normal(loc: Rows, scale_row: Rows, scale_column: Rows) -> Made:
    """loc + A Z B^T, Z of standard normal entries, A A^T and B B^T the covariances of rows and of columns (Gupta &
    Nagar, Matrix Variate Distributions (1999), definition 2.2.1)."""
    matrix_location_scale.fitting("matrix_normal", loc, scale_row, scale_column)
    zeros, ones = (tuple((v,) * len(loc[0]) for _ in loc) for v in (0.0, 1.0))
    base = f"independent(normal(loc={written(zeros)},scale={written(ones)}),ndims=2.0)"
    given = f"loc={written(loc)},scale_column={written(scale_column)},scale_row={written(scale_row)}"
    rows, columns = (covariance_of("matrix_normal", {"scale_tril": factor}) for factor in (scale_row, scale_column))
    exact, width = tuple(Fraction(m) for one in loc for m in one), len(columns)

    def covariance(k: int, m: int) -> Fraction:
        (i, j), (p, q) = divmod(k, width), divmod(m, width)
        return rows[i][p] * columns[j][q]

    return Made(
        f"transformed({base},matrix_location_scale({given}))",
        tuple(f"normal(loc={float(m)!r},scale={sqrt(covariance(k, k))!r})" for k, m in enumerate(exact)),
        Moments(exact, covariance),
        Peak(exact),
    )


def logistic_normal(loc: Row, scale: Row) -> Made:
    """Stick-breaking of independent normal entries, with respect to Lebesgue measure on the first n weights (Aitchison
    & Shen, Biometrika 67 (1980), with the map of the Stan Reference Manual in the place of theirs)."""
    entries = [vector("logistic_normal", name, value) for name, value in (("loc", loc), ("scale", scale))]
    if len(entries[0]) != len(entries[1]):
        raise BadChoice("logistic_normal", "loc and scale have the same number of entries")
    return Made(f"transformed({_normals(*entries)},stick_breaking)", ())


def flat_dirichlet(size: int) -> Made:
    """Dirichlet's law whose ``size`` concentrations are all 1: uniform on the simplex."""
    count = whole("flat_dirichlet", "size", size)
    if not 2 <= count <= 1024:
        raise BadParameter("flat_dirichlet", "size", size, "a whole number from 2 to 1024")
    return Made(f"dirichlet(concentration={written((1.0,) * count)})", ())


READY_MADE_EVENTS: dict[str, Callable[..., Made]] = {
    made.__name__: made for made in (multivariate_normal, matrix_normal, logistic_normal, flat_dirichlet)
}
