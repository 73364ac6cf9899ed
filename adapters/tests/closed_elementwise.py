"""Closed forms in mpmath of the elementwise maps with parameters of their own: a continuation of ``closed_forms``."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import mpmath as mp

Map = Callable[[Any], Any]


@dataclass(frozen=True)
class Forms:
    """f, its inverse, and log|f'| as mpmath functions; ``backward`` is log|(f^-1)'| where that is known better."""

    forward: Map
    inverse: Map
    fldj: Map
    backward: Map | None = None

    def truth(self, quantity: str) -> Map:
        if quantity == "ildj" and self.backward is not None:
            return self.backward
        if quantity == "ildj":
            return lambda y: -self.fldj(self.inverse(y))
        return {"forward": self.forward, "inverse": self.inverse, "fldj": self.fldj}[quantity]


def exp(x: Any) -> Any:
    """exp, cut where it is beyond every format's range: mpmath would spend minutes on the digits of exp(exp(1e30))."""
    return mp.exp(min(max(x, -5000), 5000))


def softplus(x: Any) -> Any:
    return x + mp.log1p(exp(-x)) if x > 0 else mp.log1p(exp(x))


def log_cosh(x: Any) -> Any:
    return mp.log1p(mp.sinh(x) ** 2) / 2 if abs(x) < 1000 else abs(x) - mp.log(2)


def log1m_exp(u: Any) -> Any:
    """log(1 - e^-u) for u > 0."""
    return mp.log(-mp.expm1(-u)) if u < 1 else mp.log1p(-exp(-u))


def sinh(x: Any) -> Any:
    return mp.sinh(min(max(x, -5000), 5000))


def _elementary(name: str, p: Mapping[str, Any]) -> Forms | None:
    zero = mp.mpf(0)
    if name == "scale":
        c = mp.exp(p["log_scale"]) if "log_scale" in p else p["scale"]
        return Forms(lambda x: c * x, lambda y: y / c, lambda x: mp.log(abs(c)))
    if name == "sigmoid" and p:
        a, b = p["low"], p["high"]
        return Forms(
            lambda x: a + (b - a) / (1 + exp(-x)) if x < 0 else b - (b - a) / (1 + exp(x)),
            lambda y: mp.log((y - a) / (b - y)),
            lambda x: mp.log(b - a) - softplus(x) - softplus(-x),
        )
    if name == "softplus" and p:
        c, low = p.get("hinge_softness", mp.mpf(1)), p.get("low", zero)
        return Forms(
            lambda x: low + c * softplus(x / c),
            lambda y: y - low + c * log1m_exp((y - low) / c),
            lambda x: -softplus(-x / c),
            lambda y: -log1m_exp((y - low) / c),
        )
    if name == "sinh_arcsinh":
        s, t = p["skewness"], p["tailweight"]
        m = 2 / mp.sinh(mp.asinh(2) * t)
        return Forms(
            lambda x: m * sinh((mp.asinh(x) + s) * t),
            lambda y: sinh(mp.asinh(y / m) / t - s),
            lambda x: mp.log(m * t) + log_cosh((mp.asinh(x) + s) * t) - mp.log1p(x * x) / 2,
            lambda y: log_cosh(mp.asinh(y / m) / t - s) - mp.log1p((y / m) ** 2) / 2 - mp.log(m * t),
        )
    return {
        "identity": lambda: Forms(lambda x: x, lambda y: y, lambda x: zero),
        "shift": lambda: Forms(lambda x: x + p["shift"], lambda y: y - p["shift"], lambda x: zero),
        "log": lambda: Forms(mp.log, exp, lambda x: -mp.log(x), lambda y: y),
        "expm1": lambda: Forms(lambda x: mp.expm1(min(x, 5000)), mp.log1p, lambda x: x, lambda y: -mp.log1p(y)),
        "log1p": lambda: Forms(mp.log1p, lambda y: mp.expm1(min(y, 5000)), lambda x: -mp.log1p(x), lambda y: y),
        "square": lambda: Forms(lambda x: x * x, mp.sqrt, lambda x: mp.log(2 * x), lambda y: -mp.log(4 * y) / 2),
        "sinh": lambda: Forms(sinh, mp.asinh, log_cosh, lambda y: -mp.log1p(y * y) / 2),
        "softsign": lambda: Forms(
            lambda x: x / (1 + abs(x)),
            lambda y: y / (1 - abs(y)),
            lambda x: -2 * mp.log1p(abs(x)),
            lambda y: -2 * mp.log1p(-abs(y)),
        ),
    }.get(name, lambda: None)()


def normal_quantile(y: Any) -> Any:
    """Newton's iteration on the logarithm of the lower tail, from a double-precision start."""
    if y > 0.5:
        return -normal_quantile(1 - y)
    from scipy import special

    if y == 0.5:
        return mp.mpf(0)
    x = mp.mpf(float(special.ndtri(max(float(y), 5e-324))))
    if abs(x) < 1e-3:  # The start is only as good as a float allows.
        for _ in range(6):
            x -= (mp.erf(x / mp.sqrt(2)) / 2 - (y - mp.mpf(0.5))) * mp.sqrt(2 * mp.pi) * mp.exp(x * x / 2)
        return x
    for _ in range(6):
        below = mp.erfc(-x / mp.sqrt(2)) / 2
        x -= (mp.log(below) - mp.log(y)) * below * mp.sqrt(2 * mp.pi) * mp.exp(x * x / 2)
    return x


def _bent(name: str, p: Mapping[str, Any]) -> Forms | None:
    """The maps onto intervals by softplus, and the heavy tail."""
    if name == "generalized_pareto":
        if p["concentration"] < 0:
            return _elementary("sigmoid", {"low": p["loc"], "high": p["loc"] + p["scale"] / -p["concentration"]})
        return _elementary("softplus", {"low": p["loc"]})
    if name == "soft_clip" and not {"low", "high"} <= set(p):
        side, end = (1, p["low"]) if "low" in p else (-1, p["high"])
        inner = _elementary("softplus", {"hinge_softness": side * p.get("hinge_softness", mp.mpf(1)), "low": end})
        assert inner is not None
        assert inner.backward is not None
        return Forms(
            lambda x: inner.forward(x - end),
            lambda y: inner.inverse(y) + end,
            lambda x: inner.fldj(x - end),
            inner.backward,
        )
    if name == "soft_clip":
        a, b, c = p["low"], p["high"], p.get("hinge_softness", mp.mpf(1))
        total = softplus((b - a) / c)

        def log_over(u: Any) -> Any:
            """The inner bound as documented, where nothing cancels; from the lower end by what is lost."""
            return softplus((b - a) / c - softplus(u))

        def forward(x: Any) -> Any:
            u = (x - a) / c
            if u < 0:
                return a - (b - a) / total * mp.log1p(-1 / (1 + mp.exp((a - b) / c)) / (1 + exp(-u)))
            return b - (b - a) / total * log_over(u)

        def back(y: Any) -> Any:
            share = (y - a) * total / (b - a)
            return a + c * (share + log1m_exp(share) - log1m_exp(total - share))

        def slope(x: Any) -> Any:
            u = (x - a) / c
            rest = log_over(u) if u >= 0 else total + mp.log1p(-1 / (1 + mp.exp((a - b) / c)) / (1 + exp(-u)))
            return mp.log((b - a) / c / total) - softplus(u) - softplus(-u) + (b - a) / c - rest

        return Forms(forward, back, slope)
    if name == "lambert_w_tail":
        m, s, d = p["shift"], p["scale"], p["tailweight"]

        def w(y: Any) -> Any:
            return mp.lambertw(d * ((y - m) / s) ** 2).real

        return Forms(
            lambda x: m + (x - m) * exp(d * ((x - m) / s) ** 2 / 2),
            lambda y: m + (y - m) * mp.exp(-w(y) / 2),
            lambda x: mp.log1p(d * ((x - m) / s) ** 2) + d * ((x - m) / s) ** 2 / 2,
            lambda y: -mp.log1p(w(y)) - w(y) / 2,
        )
    return None


def _cdf(name: str, p: Mapping[str, Any]) -> Forms | None:
    c: Any = p.get("concentration")
    if name in ("weibull_cdf", "rayleigh_cdf"):
        s, k = (p["scale"], c) if name == "weibull_cdf" else (p["scale"] * mp.sqrt(2), mp.mpf(2))
        return Forms(
            lambda x: -mp.expm1(-exp(k * mp.log(x / s))),
            lambda y: s * (-mp.log1p(-y)) ** (1 / k),
            lambda x: mp.log(k / s) + (k - 1) * mp.log(x / s) - exp(k * mp.log(x / s)),
            lambda y: mp.log(s / k) + (1 / k - 1) * mp.log(-mp.log1p(-y)) - mp.log1p(-y),
        )
    if name == "kumaraswamy_cdf":
        a, b = p["concentration1"], p["concentration0"]

        def root(y: Any) -> Any:
            return mp.exp(log1m_exp(-mp.log1p(-y) / b) / a)

        def slope(x: Any) -> Any:
            return mp.log(a * b) + (a - 1) * mp.log(x) + (b - 1) * log1m_exp(-a * mp.log(x))

        return Forms(
            lambda x: -mp.expm1(b * log1m_exp(-a * mp.log(x))),
            root,
            slope,
            lambda y: -(mp.log(a * b) + (a - 1) * mp.log(root(y)) + (b - 1) * mp.log1p(-y) / b),
        )
    if name == "moyal_cdf":
        m, s = p["loc"], p["scale"]

        def log_slope(x: Any) -> Any:
            return -((x - m) / s + exp((m - x) / s) + mp.log(2 * mp.pi)) / 2 - mp.log(s)

        def quantile(y: Any) -> Any:
            return m - 2 * s * mp.log(-normal_quantile(y / 2))

        return Forms(lambda x: mp.erfc(min(exp((m - x) / (2 * s)), mp.mpf(150)) / mp.sqrt(2)), quantile, log_slope)
    if name == "gompertz_cdf":
        r = p["rate"]
        return Forms(
            lambda x: -mp.expm1(-c * mp.expm1(min(r * x, mp.mpf(50)))),
            lambda y: mp.log1p(-mp.log1p(-y) / c) / r,
            lambda x: r * x + mp.log(c * r) - c * mp.expm1(min(r * x, mp.mpf(5000))),
            lambda y: -mp.log1p(-y) - mp.log1p(-mp.log1p(-y) / c) - mp.log(c * r),
        )
    if name == "shifted_gompertz_cdf":
        r = p["rate"]

        def back(y: Any) -> Any:
            return -mp.log1p(-c * mp.lambertw(y / c * mp.exp(1 / c)).real) / r

        return Forms(
            lambda x: -mp.expm1(-min(r * x, mp.mpf(5000))) * mp.exp(-exp(-r * x) / c),
            back,
            lambda x: mp.log(r) - r * x - exp(-r * x) / c + mp.log1p(-mp.expm1(-min(r * x, mp.mpf(5000))) / c),
        )
    if name == "frechet_cdf":
        m, s = p["loc"], p["scale"]
        return Forms(
            lambda x: exp(-exp(-c * mp.log((x - m) / s))),
            lambda y: m + s * (-mp.log(y)) ** (-1 / c),
            lambda x: mp.log(c / s) - (1 + c) * mp.log((x - m) / s) - exp(-c * mp.log((x - m) / s)),
            lambda y: mp.log(s / c) - mp.log(y) - (1 + 1 / c) * mp.log(-mp.log(y)),
        )
    if name == "generalized_extreme_value_cdf":
        m, s = p["loc"], p["scale"]

        def log_w(x: Any) -> Any:
            return -mp.log1p(c * (x - m) / s) / c

        return Forms(
            lambda x: exp(-exp(log_w(x))),
            lambda y: m + s * mp.expm1(-c * mp.log(-mp.log(y))) / c,
            lambda x: (1 + c) * log_w(x) - exp(log_w(x)) - mp.log(s),
            lambda y: mp.log(s) - mp.log(y) - (1 + c) * mp.log(-mp.log(y)),
        )
    return None


def _spline(p: Mapping[str, Any]) -> Forms:
    """Neural Spline Flows (2019), equations (4) to (8); the root in the form that cancels, with digits to spare."""
    start = mp.mpf(p["range_min"])
    x, y = [start], [start]
    for width, height in zip(p["bin_widths"], p["bin_heights"], strict=True):
        x.append(x[-1] + width)
        y.append(y[-1] + height)
    slopes = [mp.mpf(1), *map(mp.mpf, p["knot_slopes"]), mp.mpf(1)]

    def at(v: Any, knots: list[Any]) -> int | None:
        inside = [k for k in range(len(knots) - 1) if knots[k] <= v < knots[k + 1]]
        return inside[0] if inside else None

    def shape(k: int) -> tuple[Any, Any, Any, Any, Any]:
        width, height = x[k + 1] - x[k], y[k + 1] - y[k]
        return width, height, height / width, slopes[k], slopes[k + 1]

    def forward(v: Any) -> Any:
        k = at(v, x)
        if k is None:
            return v
        width, height, s, d, e = shape(k)
        xi = (v - x[k]) / width
        return y[k] + height * (s * xi**2 + d * xi * (1 - xi)) / (s + (e + d - 2 * s) * xi * (1 - xi))

    def inverse(v: Any) -> Any:
        k = at(v, y)
        if k is None:
            return v
        width, height, s, d, e = shape(k)
        a = height * (s - d) + (v - y[k]) * (e + d - 2 * s)
        b = height * d - (v - y[k]) * (e + d - 2 * s)
        c = -s * (v - y[k])
        return x[k] + width * ((-b + mp.sqrt(b * b - 4 * a * c)) / (2 * a) if a else -c / b)

    def fldj(v: Any) -> Any:
        k = at(v, x)
        if k is None:
            return mp.mpf(0)
        width, _, s, d, e = shape(k)
        xi = (v - x[k]) / width
        slope = s**2 * (e * xi**2 + 2 * s * xi * (1 - xi) + d * (1 - xi) ** 2)
        return mp.log(slope) - 2 * mp.log(s + (e + d - 2 * s) * xi * (1 - xi))

    return Forms(forward, inverse, fldj)


def closed(name: str, params: Mapping[str, Any]) -> Forms | None:
    """The closed forms of the elementwise map of this name; None where it is none of those here."""
    if name == "reciprocal":
        return Forms(lambda x: 1 / x, lambda y: 1 / y, lambda x: -2 * mp.log(abs(x)))
    if name == "rational_quadratic_spline":
        return _spline(params)
    exact = {key: mp.mpf(value) for key, value in params.items()}
    return _elementary(name, exact) or _cdf(name, exact) or _bent(name, exact)
