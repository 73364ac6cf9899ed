"""The maps of vectors and matrices once more, in plain mpmath, with numerical Jacobians and inverses.

Written from the documentation of the classes, and without the project's definitions, reference or oracle: it settles
what a subject of this kind means, and how many ulp an implementation is off.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import mpmath as mp
import numpy as np
from numpy.typing import NDArray

Entries = list[Any]
BITS = 400
_STEP = mp.mpf(2) ** -120


@dataclass(frozen=True)
class EventForm:
    """forward: flat entries in, flat entries out. free_in, free_out: which of them are coordinates (None: all).

    density: log of the base measure's density with respect to them. draw: ordinary events. targets: events of the
    output that are points of its space exactly, where rounding an image gives none. section: the inverse of a map that
    is no injection, which has no log-det.
    """

    forward: Callable[[Entries], Entries]
    shape_in: tuple[int, ...]
    shape_out: tuple[int, ...]
    free_in: Sequence[int] | None = None
    free_out: Sequence[int] | None = None
    density: Callable[[Entries], Any] = lambda y: mp.mpf(0)
    draw: Callable[[np.random.Generator, int], NDArray[np.float64]] | None = None
    targets: Sequence[Sequence[float]] = field(default=())
    section: Callable[[Entries], Entries] | None = None

    def rows(self, count: int, seed: int = 3) -> NDArray[np.float64]:
        """Ordinary events, flattened."""
        generator = np.random.default_rng(seed)
        if self.draw is not None:
            return self.draw(generator, count).reshape(count, -1)
        return generator.normal(size=(count, int(np.prod(self.shape_in))))

    def log_det(self, x: Entries) -> Any:
        """log|det| of the Jacobian between the coordinates, by central differences, in the base measure."""
        free_in, free_out = self._free(self.free_in, x), self._free(self.free_out, self.forward(x))
        return mp.log(abs(mp.det(self._jacobian(x, free_in, free_out)))) + self.density(self.forward(x))

    def inverse(self, y: Entries, start: Entries) -> Entries:
        """The event with these coordinates of its image, by Newton's iteration from ``start``."""
        if self.section is not None:
            return self.section(y)
        x = list(start)
        free_in, free_out = self._free(self.free_in, x), self._free(self.free_out, y)
        for _ in range(12):
            image = self.forward(x)
            off = mp.matrix([image[i] - y[i] for i in free_out])
            move = mp.lu_solve(self._jacobian(x, free_in, free_out), off)
            for place, by in zip(free_in, move, strict=True):
                x[place] -= by
        return x

    def _jacobian(self, x: Entries, free_in: Sequence[int], free_out: Sequence[int]) -> Any:
        found = mp.matrix(len(free_out), len(free_in))
        for column, place in enumerate(free_in):
            sides = []
            for sign in (1, -1):
                moved = list(x)
                moved[place] += sign * _STEP
                sides.append(self.forward(moved))
            for row, at in enumerate(free_out):
                found[row, column] = (sides[0][at] - sides[1][at]) / (2 * _STEP)
        return found

    @staticmethod
    def _free(chosen: Sequence[int] | None, entries: Entries) -> Sequence[int]:
        return range(len(entries)) if chosen is None else chosen


def matrix(x: Entries) -> Any:
    """Flat entries as a square matrix."""
    n = round(len(x) ** 0.5)
    return mp.matrix([x[i * n : i * n + n] for i in range(n)])


def flat(m: Any) -> Entries:
    """The other way."""
    return [m[i, j] for i in range(m.rows) for j in range(m.cols)]


def _softmax(x: Entries) -> Entries:
    weights = [mp.exp(v) for v in [*x, mp.mpf(0)]]
    return [w / mp.fsum(weights) for w in weights]


def _ascending(x: Entries) -> Entries:
    return [x[0] + mp.fsum(mp.exp(v) for v in x[1 : i + 1]) for i in range(len(x))]


def _sphere(x: Entries) -> Entries:
    square = mp.fsum(v * v for v in x)
    return [*(2 * v / (square + 1) for v in x), (square - 1) / (square + 1)]


def _correlation(x: Entries) -> Entries:
    """TFP's own example: FillTriangular of [1, 2, 3] is [[3, 0], [2, 1]]."""
    rows = [[mp.mpf(1)], [x[2], mp.mpf(1)], [x[1], x[0], mp.mpf(1)]]
    lengths = [mp.sqrt(mp.fsum(v * v for v in row)) for row in rows]
    return [v / s for row, s in zip(rows, lengths, strict=True) for v in [*row, *[mp.mpf(0)] * (3 - len(row))]]


def _spiral(x: Entries, upper: bool = False) -> Entries:
    """TFP's own examples, for [1, 2, 3, 4, 5, 6]."""
    places = [1, 2, 3, 0, 5, 6, 0, 0, 4] if upper else [4, 0, 0, 6, 5, 0, 3, 2, 1]
    return [x[at - 1] if at else mp.mpf(0) for at in places]


def _arranged(change: Callable[[NDArray[Any]], NDArray[Any]]) -> Callable[[Entries], Entries]:
    return lambda x: list(change(np.array(x, dtype=object)).ravel())


def _linear(m: Any) -> Callable[[Entries], Entries]:
    return lambda x: list(m * mp.matrix(x))


def cosines(n: int) -> Any:
    """The orthonormal DCT-II of the literature, with the digits that the module works in."""
    with mp.workprec(BITS):
        return mp.matrix(
            [
                [mp.sqrt(mp.mpf(2 if k else 1) / n) * mp.cos(mp.pi * (2 * i + 1) * k / (2 * n)) for i in range(n)]
                for k in range(n)
            ]
        )


def _lu(both: list[list[float]], permutation: list[int]) -> Any:
    n = len(both)
    lower = mp.matrix([[both[i][j] if j < i else float(i == j) for j in range(n)] for i in range(n)])
    upper = mp.matrix([[both[i][j] if j >= i else 0.0 for j in range(n)] for i in range(n)])
    product, placed = lower * upper, mp.matrix(n, n)
    for i, at in enumerate(permutation):
        placed[at, :] = product[i, :]
    return placed


def _reflection(axis: list[float]) -> Callable[[Entries], Entries]:
    def reflected(x: Entries) -> Entries:
        along = mp.fsum(a * v for a, v in zip(axis, x, strict=True)) / mp.fsum(a * a for a in axis)
        return [v - 2 * a * along for a, v in zip(axis, x, strict=True)]

    return reflected


def _diagonal(change: Callable[[Any], Any]) -> Callable[[Entries], Entries]:
    return lambda x: [change(v) if i % 4 == 0 else v for i, v in enumerate(x)]


def _softplus(v: Any) -> Any:
    return mp.log1p(mp.exp(v))


def _outer(x: Entries) -> Entries:
    return flat(matrix(x) * matrix(x).T)


def _lower_rows(positive: bool) -> Callable[[np.random.Generator, int], NDArray[np.float64]]:
    def drawn(generator: np.random.Generator, count: int) -> NDArray[np.float64]:
        rows = np.tril(generator.normal(size=(count, 3, 3)))
        if positive:
            rows[:, range(3), range(3)] = np.exp(0.5 * generator.normal(size=(count, 3)))
        return rows

    return drawn


def _network(weights: dict[str, Any]) -> Callable[[Entries], tuple[Entries, Entries]]:
    """One hidden layer of tanh; the shifts, and the logarithms of the scales."""

    def dense(name: str, x: Entries) -> Entries:
        pairs = zip(weights[name], weights[f"{name}_bias"], strict=True)
        return [mp.fdot(row, x) + bias for row, bias in pairs]

    def given(x: Entries) -> tuple[Entries, Entries]:
        units = [mp.tanh(v) for v in dense("hidden", x)]
        return dense("shift", units), dense("log_scale", units)

    return given


def _coupling(masked: int, weights: dict[str, Any]) -> EventForm:
    """The example of TFP's documentation: y[d:D] = x[d:D] * exp(log_scale_fn(x[0:d])) + shift_fn(x[0:d])."""
    given = _network(weights)

    def forward(x: Entries) -> Entries:
        kept, moved = (x[:masked], x[masked:]) if masked > 0 else (x[masked:], x[:masked])
        found = [v * mp.exp(s) + t for v, t, s in zip(moved, *given(kept), strict=True)]
        return [*kept, *found] if masked > 0 else [*found, *kept]

    return EventForm(forward, (3,), (3,))


def _autoregressive(weights: dict[str, Any]) -> EventForm:
    """As documented: as many passes as there are entries, each over what the last one gave, from zeros on."""
    given = _network(weights)

    def forward(x: Entries) -> Entries:
        y = [mp.mpf(0)] * len(x)
        for _ in x:
            y = [v * mp.exp(s) + t for v, t, s in zip(x, *given(y), strict=True)]
        return y

    return EventForm(forward, (3,), (3,))


def _step_of_glow(both: list[list[float]], permutation: list[int], weights: dict[str, Any]) -> EventForm:
    """The documented chain, from latent numbers to the image: the coupling and the convolution, both turned round."""
    given, mixing = _network(weights), _lu(both, permutation)

    def forward(z: Entries) -> Entries:
        shifts, raw = given(z[:2])
        rest = [(v - t) * (1 + mp.exp(-s - 2)) for v, t, s in zip(z[2:], shifts, raw, strict=True)]
        return list(mp.lu_solve(mixing, mp.matrix([*z[:2], *rest])))

    return EventForm(forward, (4,), (2, 2, 1))


_LOWER, _STRICTLY = (0, 3, 4, 6, 7, 8), (3, 6, 7)
_MATVEC = [[0.75, 2.5, -1.25], [-1.5, 0.625, 0.5], [2.25, -0.375, 1.75]]
_TRIL = [[1.5, 0.0, 0.0], [0.5, -2.25, 0.0], [-1.25, 0.75, 0.625]]
_BLOCKS = [[0.75, 2.5, 0.0], [-1.5, 0.625, 0.0], [2.25, -0.375, 1.75]]
_BOTH = [[2.5, -0.75, 1.25], [0.5, -1.75, 0.625], [-0.25, 0.375, 1.5]]
_AXIS = [0.75, 0.5, -0.25, 0.25, -0.25]
_FIRST_MASKED = {
    "hidden": [[0.75], [-1.5]],
    "hidden_bias": [0.25, 0.375],
    "shift": [[1.25, -0.5], [0.375, 0.875]],
    "shift_bias": [-0.375, 2.5],
    "log_scale": [[0.5, 0.25], [-0.375, 0.125]],
    "log_scale_bias": [0.625, 1.25],
}
_LAST_MASKED = {
    "hidden": [[0.75, -0.5], [1.25, 0.375]],
    "hidden_bias": [-0.25, 0.5],
    "shift": [[-0.625, 1.5]],
    "shift_bias": [0.375],
    "log_scale": [[0.375, -0.25]],
    "log_scale_bias": [-0.875],
}
_MIXING = [
    [0.75, -0.5, 0.25, 1.25],
    [0.5, -1.25, 0.625, -0.375],
    [-0.25, 0.375, 0.875, 0.5],
    [0.625, -0.125, -0.5, 0.75],
]
_COUPLED = {
    "hidden": [[0.75, -0.5], [1.25, 0.375]],
    "hidden_bias": [-0.25, 0.5],
    "shift": [[1.25, -0.5], [0.375, 0.875]],
    "shift_bias": [-0.375, 2.5],
    "log_scale": [[0.5, 0.25], [-0.375, 0.125]],
    "log_scale_bias": [-0.625, 0.25],
}
_MASKED = {
    "hidden": [[0.75, 0.0, 0.0], [-1.5, 0.625, 0.0]],
    "hidden_bias": [0.25, 0.375],
    "shift": [[0.0, 0.0], [1.25, 0.0], [0.375, 0.875]],
    "shift_bias": [-0.375, 0.625, 2.5],
    "log_scale": [[0.0, 0.0], [0.5, 0.0], [-0.375, 0.125]],
    "log_scale_bias": [-0.25, 0.625, 1.25],
}


_NORMALIZATION = {
    "beta": [0.25, -1.5, 0.75],
    "epsilon": 0.015625,
    "gamma": [1.5, 0.625, 2.75],
    "moving_mean": [-0.5, 1.25, 0.375],
    "moving_variance": [0.875, 2.5, 1.75],
}


def _denormalized(x: Entries) -> Entries:
    """What batch normalisation makes x of, solved for."""
    weights = zip(x, *(value for value in _NORMALIZATION.values() if isinstance(value, list)), strict=True)
    return [m + (v - b) * mp.sqrt(mp.mpf(s) + mp.mpf(0.015625)) / g for v, b, g, m, s in weights]


def _text(value: Any) -> str:
    return f"[{','.join(map(_text, value))}]" if isinstance(value, list) else repr(float(value))


def _weights(network: dict[str, Any]) -> str:
    return ",".join(f"{name}={_text(value)}" for name, value in network.items())


def _of_matrices(forward: Callable[[Entries], Entries], positive: bool = True) -> EventForm:
    return EventForm(forward, (3, 3), (3, 3), _LOWER, _LOWER, draw=_lower_rows(positive))


def _sigmoid(v: Any) -> Any:
    return 1 / (1 + mp.exp(-v))


def _sides(places: Sequence[int], *maps: Callable[[Any], Any]) -> Callable[[Entries], Entries]:
    """places: for every entry in C order, which of the maps it goes through."""
    return lambda x: [maps[at](v) for at, v in zip(places, x, strict=True)]


EVENT_FORMS: dict[str, EventForm] = {
    "permute(permutation=[2.0,0.0,3.0,1.0])": EventForm(_arranged(lambda x: x[[2, 0, 3, 1]]), (4,), (4,)),
    "reshape(event_in=[2.0,3.0],event_out=[3.0,2.0])": EventForm(_arranged(lambda x: x), (2, 3), (3, 2)),
    "transpose(event_in=[2.0,3.0],perm=[1.0,0.0])": EventForm(
        _arranged(lambda x: x.reshape(2, 3).transpose(1, 0)), (2, 3), (3, 2)
    ),
    "pad(before=1.0,after=2.0,value=0.75)": EventForm(
        lambda x: [mp.mpf(0.75), *x, mp.mpf(0.75), mp.mpf(0.75)], (3,), (6,), None, (1, 2, 3)
    ),
    "fill_triangular": EventForm(_spiral, (6,), (3, 3), None, _LOWER),
    "fill_triangular(upper=true)": EventForm(lambda x: _spiral(x, True), (6,), (3, 3), None, (0, 1, 2, 4, 5, 8)),
    "cumsum": EventForm(lambda x: [mp.fsum(x[: i + 1]) for i in range(len(x))], (3,), (3,)),
    "scale_matvec_diag(scale_diag=[1.5,-0.625,2.75])": EventForm(_linear(mp.diag([1.5, -0.625, 2.75])), (3,), (3,)),
    f"scale_matvec_tril(scale_tril={_text(_TRIL)})": EventForm(_linear(mp.matrix(_TRIL)), (3,), (3,)),
    f"scale_matvec_lu(lower_upper={_text(_BOTH)},permutation=[2.0,0.0,1.0])": EventForm(
        _linear(_lu(_BOTH, [2, 0, 1])), (3,), (3,)
    ),
    f"scale_matvec(matrix={_text(_MATVEC)})": EventForm(_linear(mp.matrix(_MATVEC)), (3,), (3,)),
    "permute_blocks(lengths=[2.0,1.0,2.0],order=[2.0,0.0,1.0])": EventForm(
        lambda x: [*x[3:], *x[:2], x[2]], (5,), (5,)
    ),
    f"scale_matvec_blocks(lengths=[2.0,1.0],matrix={_text(_BLOCKS)})": EventForm(
        _linear(mp.matrix(_BLOCKS)), (3,), (3,)
    ),
    f"householder(reflection_axis={_text(_AXIS)})": EventForm(_reflection(_AXIS), (5,), (5,)),
    "discrete_cosine_transform(dct_type=2.0)": EventForm(_linear(cosines(3)), (3,), (3,)),
    "discrete_cosine_transform(dct_type=3.0)@5": EventForm(_linear(cosines(5).T), (5,), (5,)),
    "discrete_cosine_transform(dct_type=2.0)@1": EventForm(_linear(cosines(1)), (1,), (1,)),
    f"real_nvp(num_masked=1.0,{_weights(_FIRST_MASKED)})": _coupling(1, _FIRST_MASKED),
    f"real_nvp(num_masked=-2.0,{_weights(_LAST_MASKED)})": _coupling(-2, _LAST_MASKED),
    f"masked_autoregressive_flow({_weights(_MASKED)})": _autoregressive(_MASKED),
    f"glow(lower_upper={_text(_MIXING)},permutation=[2.0,0.0,3.0,1.0],{_weights(_COUPLED)})": _step_of_glow(
        _MIXING, [2, 0, 3, 1], _COUPLED
    ),
    f"batch_normalization({_weights(_NORMALIZATION)})": EventForm(_denormalized, (3,), (3,)),
    "softmax": EventForm(
        lambda x: [mp.exp(v) / mp.fsum(map(mp.exp, x)) for v in x],
        (3,),
        (3,),
        targets=((0.25, 0.1875, 0.5625), (0.015625, 0.75, 0.234375)),
        section=lambda y: [mp.log(v) for v in y],
    ),
    "softmax_centered": EventForm(
        _softmax,
        (3,),
        (4,),
        None,
        (0, 1, 2),
        lambda y: mp.log(len(y)) / 2,
        targets=((0.25, 0.1875, 0.4375, 0.125), (0.015625, 0.625, 0.234375, 0.125)),
    ),
    "ascending": EventForm(_ascending, (3,), (3,)),
    "unit_vector": EventForm(
        _sphere,
        (3,),
        (4,),
        None,
        (0, 1, 2),
        lambda y: -mp.log(abs(y[-1])),
        targets=((0.5, -0.5, 0.5, -0.5), (-0.5, -0.5, 0.5, 0.5)),
    ),
    "correlation_cholesky": EventForm(_correlation, (3,), (3, 3), None, _STRICTLY),
    "cholesky_outer_product": _of_matrices(_outer),
    "cholesky_to_inv_cholesky": _of_matrices(lambda x: flat(mp.cholesky(mp.inverse(matrix(_outer(x)))))),
    "matrix_inverse_tril": _of_matrices(lambda x: flat(mp.inverse(matrix(x)))),
    "lower_cholesky": _of_matrices(_diagonal(mp.exp), False),
    "positive_definite": _of_matrices(lambda x: _outer(_diagonal(mp.exp)(x)), False),
    "transform_diagonal(softplus)": _of_matrices(_diagonal(_softplus), False),
    "fill_scale_tril(softplus)": EventForm(lambda x: _diagonal(_softplus)(_spiral(x)), (6,), (3, 3), None, _LOWER),
    "concatenate(tanh,exp,lengths=[1.0,2.0])": EventForm(_sides([0, 1, 1], mp.tanh, mp.exp), (3,), (3,)),
    "concatenate(sigmoid,affine(loc=0.75,scale=-2.5),exp,lengths=[2.0,1.0,1.0])": EventForm(
        _sides([0, 0, 1, 2], _sigmoid, lambda v: 0.75 - 2.5 * v, mp.exp), (4,), (4,)
    ),
    "concatenate(exp,tanh,dim=0.0,lengths=[1.0,2.0],ndims=2.0)": EventForm(
        _sides([0, 0, 1, 1, 1, 1], mp.exp, mp.tanh), (3, 2), (3, 2)
    ),
    "concatenate(tanh,affine(loc=-1.25,scale=3.0),dim=-2.0,lengths=[2.0,1.0],ndims=2.0)": EventForm(
        _sides([0, 0, 0, 0, 1, 1], mp.tanh, lambda v: 3 * v - 1.25), (3, 2), (3, 2)
    ),
    "stack(affine(loc=0.75,scale=-2.5),exp)": EventForm(_sides([0, 1], lambda v: 0.75 - 2.5 * v, mp.exp), (2,), (2,)),
    "stack(exp,tanh,dim=0.0,ndims=2.0)": EventForm(_sides([0, 0, 1, 1], mp.exp, mp.tanh), (2, 2), (2, 2)),
    "stack(sigmoid,affine(loc=-1.25,scale=3.0),dim=-2.0,ndims=2.0)": EventForm(
        _sides([0, 0, 1, 1], _sigmoid, lambda v: 3 * v - 1.25), (2, 2), (2, 2)
    ),
}


def events(subject: str, dtype: str, count: int = 6) -> tuple[NDArray[Any], NDArray[Any], list[Entries]]:
    """Ordinary inputs, ordinary inputs of the inverse (flattened, in the dtype), and where Newton starts for these."""
    form = EVENT_FORMS[subject]
    x = form.rows(count).astype(dtype)
    starts = [[mp.mpf(float(v)) for v in row] for row in x]
    if form.targets:
        y = np.array(form.targets, dtype)
        starts = [[mp.mpf(v) for v in _guess(subject, row)] for row in y.astype(np.float64).tolist()]
    else:
        y = np.array([[float(v) for v in form.forward(row)] for row in starts]).astype(dtype)
        if form.shape_out == (3, 3) and subject in ("cholesky_outer_product", "positive_definite"):
            square = y.reshape(-1, 3, 3)
            y = np.where(np.tri(3, dtype=bool), square, square.transpose(0, 2, 1)).reshape(len(y), -1)
    return x, y, starts


def _guess(subject: str, y: list[float]) -> list[float]:
    """The inverse in floats, where it is started from without an image."""
    if subject == "unit_vector":
        return [v / (1 - y[-1]) for v in y[:-1]]
    return [float(np.log(v / y[-1])) for v in y[:-1]]
