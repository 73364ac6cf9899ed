"""Laws of events by SciPy and by hand: the densities and entropies that others publish, in the parameters asked."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import stats
from scipy.special import betaln, gammaln, logsumexp

from conformance.definitions.catalogue import EVENT_LAW_SUBJECTS

Rows = NDArray[np.float64]

LOGITS, TEMPERATURE = [0.75, -1.5, 0.25, -0.5], 0.375
LOC = [0.25, -1.5, 0.75]
NORMALS, LOGNORMALS, DIAGONAL = [1.5, 0.625, 2.5], [1.5, 0.625, 0.375], [1.5, 0.625, 2.75]
FACTOR = np.array([[1.5, 0.0, 0.0], [0.5, 2.25, 0.0], [-1.25, 0.75, 0.625]])
PERTURBATION = np.array([[1.5, -0.5], [0.75, 1.25], [-0.25, 0.625]])
ROOT = np.diag(DIAGONAL) + PERTURBATION @ np.diag([0.75, 1.5]) @ PERTURBATION.T
ANY = np.array([[1.5, -0.75, 0.25], [0.5, 2.25, -0.625], [-1.25, 0.75, 1.5]])
LOCS, ROWS = np.array([LOC, [1.25, 0.5, -0.25]]), np.array([[0.75, 0.0], [-0.5, 1.25]])
COVARIANCE = np.array([[2.5, 0.75, -0.5], [0.75, 1.25, 0.375], [-0.5, 0.375, 1.75]])
PRECISION = np.array([[1.25, -0.5, 0.375], [-0.5, 2.75, 0.625], [0.375, 0.625, 0.75]])


@dataclass(frozen=True)
class Published:
    """The log density at rows of events, and the entropy; None where nobody publishes one. at: three such events, of
    numbers that every format holds."""

    logpdf: Callable[[Rows], Any]
    entropy: float | None
    at: Rows


def _normal(covariance: Rows) -> Published:
    law = stats.multivariate_normal(LOC, covariance)
    return Published(law.logpdf, float(law.entropy()), _REALS)


def _logistic_normal(y: Rows) -> Rows:
    """The sticks' logits are normal, and each stick shortens what is left for the others."""
    before = 1 - np.concatenate([np.zeros((len(y), 1)), np.cumsum(y[:, :-2], axis=1)], axis=1)
    share = y[:, :-1] / before
    logits = np.log(share) - np.log1p(-share) + np.log([3.0, 2.0, 1.0])
    slopes = np.log(share) + np.log1p(-share) + np.log(before)
    return np.asarray((stats.norm(LOC, NORMALS).logpdf(logits) - slopes).sum(axis=1))


def _concrete(y: Rows) -> Rows:
    """Of the logarithms of the weights, as the paper has it: Maddison, Mnih & Teh 2017, appendix C."""
    n, t = len(LOGITS), TEMPERATURE
    scores = np.array(LOGITS) - t * y
    log_norm = gammaln(n) + (n - 1) * np.log(t)
    return np.asarray(log_norm + scores.sum(axis=1) - n * logsumexp(scores, axis=1))


def _wishart(scale: Rows) -> Published:
    law = stats.wishart(5.5, (scale + scale.T) / 2)
    return Published(lambda x: law.logpdf(x.transpose(1, 2, 0)), float(law.entropy()), _DEFINITE)


def _power_spherical(y: Rows) -> Rows:
    """De Cao & Aziz 2020, section 3."""
    a, b = 4.0, 1.5
    log_norm = (a + b) * np.log(2.0) + b * np.log(np.pi) + gammaln(a) - gammaln(a + b)
    return np.asarray(2.5 * np.log1p(y @ [0.5, -0.5, 0.5, 0.5]) - log_norm)


def _von_mises_fisher(towards: list[float], concentration: float) -> Published:
    """At three poles, the last of them opposite the second."""
    law, poles = stats.vonmises_fisher(towards, concentration), np.eye(len(towards))
    return Published(law.logpdf, float(law.entropy()), np.array([poles[0], poles[1], -poles[1]]))


def _lkj(y: Rows) -> Rows:
    """Lewandowski, Kurowicka & Joe 2009, equation (16), whose product is over the partial correlations of a vine."""
    d, eta = y.shape[-1], 1.5
    k = np.arange(1, d)
    shape = eta + (d - k - 1) / 2
    log_constant = np.sum((2 * eta - 2 + d - k) * (d - k) * np.log(2.0) + (d - k) * betaln(shape, shape))
    return np.asarray((eta - 1) * np.linalg.slogdet(y)[1] - log_constant)


def _lkj_cholesky(y: Rows) -> Rows:
    """That of L L^T, whose slopes are triangular in L."""
    powers = np.arange(y.shape[-1] - 1, -1, -1)
    return np.asarray(_lkj(y @ y.transpose(0, 2, 1)) + np.log(np.diagonal(y, axis1=1, axis2=2)) @ powers)


_REALS = np.array([[0.5, -1.0, 2.0], [-1.25, 0.375, 0.75], [2.5, -2.0, -0.625]])
_POSITIVE = np.array([[0.5, 1.0, 2.0], [1.25, 0.375, 0.75], [2.5, 0.125, 0.625]])
_WEIGHTS = np.array([[0.125, 0.25, 0.5, 0.125], [0.5, 0.0625, 0.375, 0.0625], [0.25, 0.25, 0.125, 0.375]])
_LOG_WEIGHTS = np.array(
    [[-2.0, -1.5, -1.25, -1.03125], [-0.75, -2.75, -1.5, -1.4375], [-1.375, -1.5, -2.125, -0.90625]]
)
_MATRICES = np.array(
    [[[0.5, -1.0, 2.0], [-1.25, 0.375, 0.75]], [[2.5, -2.0, -0.625], [1.5, 0.25, -0.5]], np.zeros((2, 3))]
)
_FACTORS = np.array(
    [
        np.eye(4),
        [[1.0, 0.0, 0.0, 0.0], [0.0, 1.0, 0.0, 0.0], [0.0, 0.0, 1.0, 0.0], [0.5, -0.5, 0.5, 0.5]],
        [[1.0, 0.0, 0.0, 0.0], [0.6, 0.8, 0.0, 0.0], [-2 / 3, 1 / 3, 2 / 3, 0.0], [-0.1, 0.5, -0.5, 0.7]],
    ]
)
_ROOTS = np.array(
    [
        np.eye(3),
        [[0.5, 0.0, 0.0], [1.5, 2.0, 0.0], [-1.0, 0.5, 1.5]],
        [[2.5, 0.0, 0.0], [0.5, 0.5, 0.0], [1.0, -1.5, 0.75]],
    ]
)
_DEFINITE = _ROOTS @ _ROOTS.transpose(0, 2, 1)
_DIRECTIONS = np.array([[0.0, 1.0, 0.0, 0.0], [0.0, 0.0, 0.0, -1.0], [0.0, 0.0, 1.0, 0.0]])
_STUDENT = stats.multivariate_t(LOC, FACTOR @ FACTOR.T, df=4.5)
_MATRIX = stats.matrix_normal(LOCS, ROWS @ ROWS.T, FACTOR @ FACTOR.T)
_MATRIX_STUDENT = stats.multivariate_t(np.ravel(LOCS), np.kron(ROWS @ ROWS.T, FACTOR @ FACTOR.T), df=4.5)
_DIRICHLET = stats.dirichlet([0.5, 2.5, 1.5, 4.0])
_PEAKED = stats.dirichlet([1.5, 2.5, 1.25, 4.0])
_LOGNORMAL = stats.lognorm(LOGNORMALS, scale=np.exp(LOC))

PUBLISHED = dict(
    zip(
        EVENT_LAW_SUBJECTS,
        (
            _normal(np.diag(np.square(NORMALS))),
            Published(lambda y: _LOGNORMAL.logpdf(y).sum(axis=1), float(_LOGNORMAL.entropy().sum()), _POSITIVE),
            _normal(np.diag(np.square(DIAGONAL))),
            _normal(FACTOR @ FACTOR.T),
            _normal(COVARIANCE),
            _normal(np.linalg.inv(PRECISION)),
            Published(_logistic_normal, None, _WEIGHTS),
            Published(lambda y: _DIRICHLET.logpdf(y.T), float(_DIRICHLET.entropy()), _WEIGHTS),
            _normal(np.diag([1.25, 0.5, 2.75]) + PERTURBATION @ PERTURBATION.T),
            _normal(ROOT @ ROOT.T),
            _normal(ANY @ ANY.T),
            Published(_STUDENT.logpdf, float(_STUDENT.entropy()), _REALS),
            Published(_MATRIX.logpdf, float(_MATRIX.entropy()), _MATRICES),
            Published(_lkj, None, _FACTORS @ _FACTORS.transpose(0, 2, 1)),
            Published(_lkj_cholesky, None, _FACTORS),
            *(_wishart(scale) for scale in (FACTOR @ FACTOR.T, COVARIANCE, np.linalg.inv(PRECISION))),
            Published(lambda y: np.full(len(y), -np.log(4 * np.pi)), float(np.log(4 * np.pi)), _DIRECTIONS[:, 1:]),
            Published(_power_spherical, None, _DIRECTIONS),
            _von_mises_fisher([0.0, 1.0], 4.0),
            _von_mises_fisher([0.0, 0.0, -1.0], 48.0),
            _von_mises_fisher([0.5, -0.5, 0.5, 0.5], 2.5),
            _von_mises_fisher([0.5, -0.5, 0.0, 0.5, 0.5], 0.625),
            Published(lambda y: np.full(len(y), np.log(6.0)), -np.log(6.0), _WEIGHTS),
            Published(lambda y: _concrete(np.log(y)) - np.log(y).sum(axis=1), None, _WEIGHTS),
            Published(_concrete, None, _LOG_WEIGHTS),
            Published(lambda y: _PEAKED.logpdf(y.T), float(_PEAKED.entropy()), _WEIGHTS),
            Published(
                lambda y: _MATRIX_STUDENT.logpdf(y.reshape(len(y), 6)), float(_MATRIX_STUDENT.entropy()), _MATRICES
            ),
        ),
        strict=True,
    )
)
