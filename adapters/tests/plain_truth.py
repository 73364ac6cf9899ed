"""The subjects once more, in plain mpmath and on purpose without the project's own definitions or oracle.

It settles one question for the adapters' tests: does an adapter's subject mean the function that its name says?
Only the forward maps and the base distributions are written down; derivative and inverse are found numerically, and so
is a cdf, by integration. The other tails are those of ``closed_laws``, and a quantile is a root of them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

import mpmath as mp

from adapters.interface import Spec, parse
from adapters.tests.closed_elementwise import closed
from adapters.tests.closed_laws import lower_and_upper

Map = Callable[[Any], Any]


def forward_map(spec: Spec) -> Map:
    """The scalar map that the subject names."""
    elementwise = closed(spec.name, spec.params)
    if elementwise is not None:
        return elementwise.forward
    p = {key: mp.mpf(value) for key, value in spec.params.items()}
    if spec.name == "chain":
        maps = [forward_map(part) for part in spec.parts]

        def chained(x: Any) -> Any:
            for each in maps:
                x = each(x)
            return x

        return chained
    if spec.name == "inverse":
        return inverse_map(spec.parts[0])
    if spec.name == "independent":
        return forward_map(spec.parts[0])
    maps_by_name: dict[str, Map] = {
        "exp": mp.exp,
        "affine": lambda x: p["loc"] + p["scale"] * x,
        "power": lambda x: x ** p["exponent"],
        "inverse_box_cox": lambda x: (1 + p["power"] * x) ** (1 / p["power"]) if p["power"] else mp.exp(x),
        "sigmoid": lambda x: 1 / (1 + mp.exp(-x)),
        "tanh": mp.tanh,
        "softplus": lambda x: mp.log(1 + mp.exp(x)),
        "abs": abs,
        "gumbel_cdf": lambda x: mp.exp(-mp.exp(-(x - p["loc"]) / p["scale"])),
        "normal_cdf": mp.ncdf,
    }
    return maps_by_name[spec.name]


def inverse_map(spec: Spec) -> Map:
    """The inverse by bracketing on the real line (on the positive half of it for powers)."""
    elementwise = closed(spec.name, spec.params)
    if elementwise is not None:
        return elementwise.inverse
    f = forward_map(spec)
    low, high = (mp.mpf(2) ** -20, mp.mpf(40)) if spec.name == "power" else (mp.mpf(-60), mp.mpf(60))
    if spec.name == "inverse_box_cox" and spec.params["power"]:
        low = -1 / mp.mpf(spec.params["power"])
    if spec.name == "abs":
        return mp.mpf
    if spec.name == "inverse":
        return forward_map(spec.parts[0])

    def inverse(y: Any) -> Any:
        a, b = low, high
        rising = f(b) > f(a)
        for _ in range(mp.mp.prec + 8):
            middle = (a + b) / 2
            a, b = (middle, b) if (f(middle) < y) == rising else (a, middle)
        return (a + b) / 2

    return inverse


def stick_breaking(x: Sequence[Any]) -> list[Any]:
    """Stan's construction: sigmoid(x_i - log(n - i)) of what is left of the stick, i = 0 .. n-1."""
    left, pieces = mp.mpf(1), []
    for index, each in enumerate(x):
        piece = left / (1 + (len(x) - index) * mp.exp(-each))
        pieces.append(piece)
        left -= piece
    return [*pieces, left]


def inverse_stick_breaking(y: Sequence[Any]) -> list[Any]:
    left, found = mp.mpf(1), []
    for index, piece in enumerate(y[:-1]):
        share = piece / left
        found.append(mp.log(share / (1 - share)) + mp.log(len(y) - 1 - index))
        left -= piece
    return found


def corr_cholesky(x: Sequence[Any]) -> list[Any]:
    """Stan's construction: tanh(x_ij) of the root of what the row has left; the diagonal is that root in the end."""
    entries, below, diagonal = iter(x), [], [mp.mpf(1)]
    for i in range(1, round((2 * len(x) + 0.25) ** 0.5 + 0.5)):
        left = mp.mpf(1)
        for _ in range(i):
            below.append(mp.tanh(next(entries)) * mp.sqrt(left))
            left -= below[-1] ** 2
        diagonal.append(mp.sqrt(left))
    return [*below, *diagonal]


def inverse_corr_cholesky(y: Sequence[Any]) -> list[Any]:
    entries, found = iter(y), []
    for i in range(1, round((2 * len(y) + 0.25) ** 0.5 - 0.5)):
        left = mp.mpf(1)
        for _ in range(i):
            entry = next(entries)
            found.append(mp.atanh(entry / mp.sqrt(left)))
            left -= entry**2
    return found


Vectors = Callable[[Sequence[Any]], list[Any]]
VECTOR_MAPS: dict[str, tuple[Vectors, Vectors]] = {
    "stick_breaking": (stick_breaking, inverse_stick_breaking),
    "corr_cholesky": (corr_cholesky, inverse_corr_cholesky),
}


def as_matrix(flat: Sequence[Any]) -> list[Any]:
    """Strictly lower entries by row and then the diagonal, as the entries of the matrix in C order."""
    n = round((2 * len(flat) + 0.25) ** 0.5 - 0.5)
    below, diagonal = iter(flat[:-n]), flat[-n:]
    rows = [[*(next(below) for _ in range(i)), diagonal[i], *[mp.mpf(0)] * (n - 1 - i)] for i in range(n)]
    return [entry for row in rows for entry in row]


def from_matrix(rows: Sequence[Sequence[Any]]) -> list[Any]:
    """The other way."""
    return [*(row[j] for i, row in enumerate(rows) for j in range(i)), *(row[i] for i, row in enumerate(rows))]


def vector_log_det(f: Vectors, x: Sequence[Any]) -> Any:
    """log|det| of the derivative of the first n results, column by column from differences."""
    n, h = len(x), mp.mpf(10) ** -12
    columns = []
    for j in range(n):
        up, down = list(x), list(x)
        up[j] += h
        down[j] -= h
        columns.append([(a - b) / (2 * h) for a, b in zip(f(up)[:n], f(down)[:n], strict=True)])
    return mp.log(abs(mp.det(mp.matrix(columns))))


def log_slope(f: Map, x: Any) -> Any:
    return mp.log(abs(mp.diff(f, x, h=mp.mpf(10) ** -13)))


def log_density(base: Spec) -> Map:
    """The log density of a base distribution inside its support."""
    p = {key: mp.mpf(value) for key, value in base.params.items()}

    def standard(x: Any) -> Any:
        return (x - p["loc"]) / p["scale"]

    def student(x: Any) -> Any:
        n = p["df"]
        tail = -(n + 1) / 2 * mp.log(1 + standard(x) ** 2 / n)
        return mp.log(mp.gamma((n + 1) / 2) / (mp.gamma(n / 2) * mp.sqrt(n * mp.pi) * p["scale"])) + tail

    densities: dict[str, Map] = {
        "normal": lambda x: -(standard(x) ** 2) / 2 - mp.log(p["scale"] * mp.sqrt(2 * mp.pi)),
        "uniform": lambda x: -mp.log(p["high"] - p["low"]),
        "logistic": lambda x: -standard(x) - mp.log(p["scale"]) - 2 * mp.log(1 + mp.exp(-standard(x))),
        "laplace": lambda x: -abs(standard(x)) - mp.log(2 * p["scale"]),
        "gumbel": lambda x: -standard(x) - mp.exp(-standard(x)) - mp.log(p["scale"]),
        "exponential": lambda x: mp.log(p["rate"]) - p["rate"] * x,
        "student_t": student,
    }
    return densities[base.name]


def support(base: Spec) -> list[Any]:
    """End points and inner points between which the density is smooth."""
    if base.name == "uniform":
        return [mp.mpf(base.params["low"]), mp.mpf(base.params["high"])]
    if base.name == "exponential":
        return [mp.mpf(0), mp.mpf(4), mp.inf]
    if base.name == "gumbel":  # Below, the density is under exp(-exp(8)), and exp(-exp(-x)) leaves mpmath's range.
        return [mp.mpf(base.params["loc"]) + k * mp.mpf(base.params["scale"]) for k in (-8, -2, 0)] + [mp.inf]
    return [-mp.inf, mp.mpf(base.params["loc"]), mp.inf]


def cumulative(base: Spec, x: Any) -> Any:
    """P(X <= x) by integrating the density."""
    density = log_density(base)
    points = support(base)
    inner = [point for point in points if point < x]
    return mp.quad(lambda t: mp.exp(density(t)), [*inner, x]) if inner else mp.mpf(0)


_INSIDE = (mp.mpf(1) / 2, mp.mpf(5) / 8)
"""Points in the support of every base."""


@cache
def truth(subject: str, quantity: str, values: tuple[Any, ...], digits: int = 30) -> tuple[Any, ...]:
    """The exact result at each value (a number, or a tuple for an event), worked out to ``digits``; flattened."""
    with mp.workdps(digits):
        spec = parse(subject)
        results: list[Any] = []
        for value in values:
            found = _vector(spec, quantity, value) if isinstance(value, tuple) else _scalar(spec, quantity, value)
            results += found if isinstance(found, list) else [found]
        return tuple(results)


def _vector(spec: Spec, quantity: str, value: tuple[float, ...]) -> Any:
    value = tuple(from_matrix(value)) if value and isinstance(value[0], tuple) else value
    point = [mp.mpf(v) for v in value]
    if spec.name == "corr_cholesky" and quantity == "forward":
        return as_matrix(corr_cholesky(point))
    if spec.name in VECTOR_MAPS:
        forward, inverse = VECTOR_MAPS[spec.name]
        if quantity == "fldj":
            return vector_log_det(forward, point)
        if quantity == "ildj":
            return -vector_log_det(forward, inverse(point))
        return forward(point) if quantity == "forward" else inverse(point)
    each = [_scalar(spec, quantity, v) for v in value]
    return mp.fsum(each) if quantity in ("fldj", "ildj") else each


def _scalar(spec: Spec, quantity: str, value: float) -> Any:
    v = mp.mpf(value)
    base, transform = spec.parts if spec.name == "transformed" else (spec, None)
    if quantity == "prob":
        return mp.exp(_scalar(spec, "log_prob", value))
    if quantity in ("log_cdf", "survival", "log_survival", "icdf"):
        f = forward_map(transform) if transform is not None else mp.mpf
        rising = f(_INSIDE[0]) < f(_INSIDE[1])
        lower, upper = lower_and_upper(base) if rising else lower_and_upper(base)[::-1]
        if quantity == "icdf":
            return f(mp.findroot(lambda x: lower(x) - v, _INSIDE, tol=mp.mpf(10) ** (-2 * mp.mp.dps // 3)))
        x = v if transform is None else inverse_map(transform)(v)
        share = lower(x) if quantity == "log_cdf" else upper(x)
        return share if quantity == "survival" else mp.log(share)
    if quantity in ("log_prob", "log_prob_from_base", "cdf"):
        if transform is None:
            return cumulative(base, v) if quantity == "cdf" else log_density(base)(v)
        f = forward_map(transform)
        x = v if quantity == "log_prob_from_base" else inverse_map(transform)(v)
        if quantity == "cdf":
            below = cumulative(base, x)
            return below if mp.diff(f, x) > 0 else 1 - below
        return log_density(base)(x) - log_slope(f, x)
    f, inverse = forward_map(spec), inverse_map(spec)
    return {
        "forward": lambda: f(v),
        "inverse": lambda: inverse(v),
        "fldj": lambda: log_slope(f, v),
        "ildj": lambda: -log_slope(f, inverse(v)),
    }[quantity]()


@cache
def statistic(subject: str, quantity: str) -> Any:
    """Entropy, mean or variance of a distribution, by quadrature over its base."""
    with mp.workdps(20):
        spec = parse(subject)
        base, transform = spec.parts if spec.name == "transformed" else (spec, None)
        density = log_density(base)
        f: Map = forward_map(transform) if transform is not None else (lambda x: x)

        def expected(g: Map) -> Any:
            return mp.quad(lambda x: mp.exp(density(x)) * g(x), support(base))

        if quantity == "entropy":
            slope = (lambda x: log_slope(f, x)) if transform is not None else (lambda x: 0)
            return expected(lambda x: slope(x) - density(x))
        mean = expected(f)
        return mean if quantity == "mean" else expected(lambda x: (f(x) - mean) ** 2)
