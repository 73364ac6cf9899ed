"""The transforms and base densities once more, as closed forms in mpmath that hold at any magnitude of the input.

It settles one question: how many ulp the reference implementation is off, at extreme inputs too. (``plain_truth``
settles whether a subject means what its name says, with numerical derivatives, at ordinary inputs.)
"""

from __future__ import annotations

from typing import Any

import mpmath as mp
import numpy as np
from numpy.typing import NDArray

from adapters.interface import Spec
from adapters.tests.closed_elementwise import Forms, Map, closed, exp, log_cosh, normal_quantile, softplus

BITS = 400
_FORMATS = {"float16": (11, -14), "bfloat16": (8, -126), "float32": (24, -126), "float64": (53, -1022)}


def forms(spec: Spec) -> Forms:
    """The closed forms of a scalar transform. Exact to BITS bits relative to their own terms."""
    if spec.name == "chain":
        parts = [forms(part) for part in spec.parts]
        return Forms(_composed([p.forward for p in parts]), _composed([p.inverse for p in parts[::-1]]), _total(parts))
    if spec.name == "inverse":
        part = forms(spec.parts[0])
        return Forms(part.inverse, part.forward, part.truth("ildj"), part.fldj)
    elsewhere = closed(spec.name, spec.params)
    if elsewhere is not None:
        return elsewhere
    p = {key: mp.mpf(value) for key, value in spec.params.items()}
    if spec.name == "affine":
        return Forms(
            lambda x: p["loc"] + p["scale"] * x,
            lambda y: (y - p["loc"]) / p["scale"],
            lambda x: mp.log(abs(p["scale"])),
        )
    if spec.name == "power":
        a = p["exponent"]
        return Forms(
            lambda x: exp(a * mp.log(x)),
            lambda y: exp(mp.log(y) / a),
            lambda x: mp.log(abs(a)) + (a - 1) * mp.log(x),
        )
    if spec.name == "inverse_box_cox" and not spec.params["power"]:
        return forms(Spec("exp"))
    if spec.name == "inverse_box_cox":
        a = p["power"]
        return Forms(
            lambda x: exp(mp.log1p(a * x) / a),
            lambda y: mp.expm1(a * mp.log(y)) / a,
            lambda x: (1 / a - 1) * mp.log1p(a * x),
            lambda y: (a - 1) * mp.log(y),
        )
    if spec.name == "gumbel_cdf":
        m, s = p["loc"], p["scale"]
        return Forms(
            lambda x: mp.exp(-exp((m - x) / s)),
            lambda y: m - s * mp.log(-mp.log(y)),
            lambda x: (m - x) / s - exp((m - x) / s) - mp.log(s),
        )
    return {
        "exp": Forms(exp, mp.log, lambda x: x),
        "sigmoid": Forms(
            lambda x: 1 / (1 + exp(-x)),
            lambda y: mp.log(y) - mp.log1p(-y),
            lambda x: -softplus(x) - softplus(-x),
        ),
        "tanh": Forms(
            lambda x: mp.tanh(min(max(x, mp.mpf(-2000)), mp.mpf(2000))), mp.atanh, lambda x: -2 * log_cosh(x)
        ),
        "softplus": Forms(softplus, lambda y: mp.log(mp.expm1(y)), lambda x: -softplus(-x)),
        "abs": Forms(abs, lambda y: y, lambda x: mp.mpf(0)),
        "normal_cdf": Forms(
            lambda x: mp.erfc(-max(x, mp.mpf(-150)) / mp.sqrt(2)) / 2,
            normal_quantile,
            lambda x: -x * x / 2 - mp.log(2 * mp.pi) / 2,
        ),
    }[spec.name]


def _composed(maps: list[Map]) -> Map:
    def composed(x: Any) -> Any:
        for each in maps:
            x = each(x)
        return x

    return composed


def _total(parts: list[Forms]) -> Map:
    def total(x: Any) -> Any:
        found = mp.mpf(0)
        for part in parts:
            found += part.fldj(x)
            x = part.forward(x)
        return found

    return total


def ulps(got: NDArray[Any], exact: list[Any], dtype: str) -> NDArray[np.float64]:
    """|got - exact| in ulp of the exact value at the dtype; 0 for the right infinity, inf for a wrong or missing one.

    An exact value beyond the largest float rounds to infinity, and infinity is then the right answer.
    """
    bits, least = _FORMATS[dtype]
    top = mp.ldexp(2 - mp.ldexp(1, -bits), 15 if dtype == "float16" else 1023 if dtype == "float64" else 127)
    found = []
    for g, e in zip(np.ravel(got).astype(np.float64), exact, strict=True):
        if mp.isinf(e) or abs(e) >= top:
            found.append(0.0 if np.isinf(g) and (g > 0) == (e > 0) else np.inf)
        elif not np.isfinite(g):
            found.append(np.inf)
        else:
            exponent = mp.frexp(e)[1] if e else -(10**6)
            found.append(float(abs(mp.mpf(float(g)) - e) / mp.ldexp(1, max(int(exponent) - bits, least - bits + 1))))
    return np.array(found)


def spread(dtype: Any, low: float, high: float, count: int, seed: int = 0) -> NDArray[Any]:
    """Numbers of the dtype spread evenly in the logarithm, without rounding to less than the smallest float."""
    generator = np.random.default_rng(seed)
    return np.exp(generator.uniform(np.log(low), np.log(high), count)).astype(dtype)
