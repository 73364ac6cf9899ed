"""The base distributions once more, as closed forms in mpmath: log density, cdf and survival function.

All hold at any finite argument inside the support, tails included.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import mpmath as mp

from adapters.interface import Spec
from adapters.tests.closed_elementwise import Map, softplus
from adapters.tests.closed_forms import forms


def log_density(spec: Spec) -> Map:
    """The log density of a bare base distribution."""
    p = {key: mp.mpf(value) for key, value in spec.params.items()}

    def z(x: Any) -> Any:
        return (x - p["loc"]) / p["scale"]

    def student(x: Any) -> Any:
        n = p["df"]
        constant = mp.loggamma((n + 1) / 2) - mp.loggamma(n / 2) - mp.log(n * mp.pi) / 2 - mp.log(p["scale"])
        return constant - (n + 1) / 2 * mp.log1p(z(x) ** 2 / n)

    table: dict[str, Map] = {
        "normal": lambda x: -(z(x) ** 2) / 2 - mp.log(2 * mp.pi) / 2 - mp.log(p["scale"]),
        "uniform": lambda x: -mp.log(p["high"] - p["low"]),
        "logistic": lambda x: -softplus(z(x)) - softplus(-z(x)) - mp.log(p["scale"]),
        "laplace": lambda x: -abs(z(x)) - mp.log(2 * p["scale"]),
        "gumbel": lambda x: -z(x) - mp.exp(-z(x)) - mp.log(p["scale"]),
        "exponential": lambda x: mp.log(p["rate"]) - p["rate"] * x,
        "student_t": student,
    }
    return table[spec.name]


def lower_and_upper(spec: Spec) -> tuple[Map, Map]:
    """P(X <= x) and P(X > x), each to full relative accuracy."""
    p = {key: mp.mpf(value) for key, value in spec.params.items()}

    def z(x: Any) -> Any:
        return (x - p["loc"]) / p["scale"]

    def normal(v: Any) -> Any:
        return mp.erfc(-v / mp.sqrt(2)) / 2

    def laplace(v: Any) -> Any:
        return mp.exp(v) / 2 if v < 0 else 1 - mp.exp(-v) / 2

    def student(v: Any) -> Any:
        n = p["df"]
        outer = mp.betainc(n / 2, mp.mpf(0.5), 0, n / (n + v * v), regularized=True) / 2
        return outer if v < 0 else 1 - outer

    def sides(f: Callable[[Any], Any]) -> tuple[Map, Map]:
        return (lambda x: f(z(x))), (lambda x: f(-z(x)))

    if spec.name == "uniform":
        width = p["high"] - p["low"]
        return (lambda x: (x - p["low"]) / width), (lambda x: (p["high"] - x) / width)
    if spec.name == "exponential":
        return (lambda x: -mp.expm1(-p["rate"] * x)), (lambda x: mp.exp(-p["rate"] * x))
    if spec.name == "gumbel":
        return (lambda x: mp.exp(-mp.exp(-z(x)))), (lambda x: -mp.expm1(-mp.exp(-z(x))))
    chosen = {"normal": normal, "laplace": laplace, "student_t": student, "logistic": lambda v: 1 / (1 + mp.exp(-v))}
    return sides(chosen[spec.name])


def law(spec: Spec, increasing: bool) -> dict[str, Map]:
    """log_prob(y), log_prob_from_base(x) and cdf(y) of ``transformed(base, transform)``."""
    base, transform = spec.parts
    density, f, (lower, upper) = log_density(base), forms(transform), lower_and_upper(base)
    share = lower if increasing else upper
    return {
        "log_prob": lambda y: density(f.inverse(y)) + f.truth("ildj")(y),
        "log_prob_from_base": lambda x: density(x) - f.fldj(x),
        "cdf": lambda y: share(f.inverse(y)),
    }
