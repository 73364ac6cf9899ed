"""The divergence of two multivariate normal laws, whose covariances are exact."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from conformance.definitions.numbers import ClosedFormNumbers, Element, exact
from conformance.definitions.spaces.definite import pivots
from conformance.definitions.transforms.location_scale import inverse_of

Gaussian = tuple[Sequence[Fraction], list[list[Fraction]]]
"""Mean and covariance."""


def divergence(ns: ClosedFormNumbers, p: Gaussian, q: Gaussian) -> Element:
    """KL(p, q) = (tr(V^-1 U) - n + d^T V^-1 d + log(det V/det U))/2, U and V the covariances, d the difference of the
    means: everything but the logarithm is a fraction.

    Source: Kullback, Information Theory and Statistics (1959), chapter 9.
    """
    (first, u), (second, v) = p, q
    n, inverse = len(first), inverse_of(v)
    apart = [a - b for a, b in zip(first, second, strict=True)]
    share = sum((inverse[i][j] * (u[j][i] + apart[i] * apart[j]) for i in range(n) for j in range(n)), Fraction(0))
    ratio = Fraction(1)
    for below, above in zip(pivots(u), pivots(v), strict=True):
        ratio *= above / below
    return (exact(ns, share - n) + ns.log(exact(ns, ratio))) * ns.rational(1, 2)
