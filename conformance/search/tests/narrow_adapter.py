"""A framework with defects in narrow places, each out of reach of thresholds that anyone would list. One file."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from adapters.interface import Adapter as AdapterBase
from adapters.interface import BoundDistribution, BoundTransform, Description, NotOffered, Reproduction, Spec
from adapters.numpy import Adapter as Reference

Array = NDArray[Any]

STEP = 7.3
"""exp loses nine bits from here on."""

CUT = 3.371234567891
"""sigmoid changes its formula here, which costs 40 ulp; the first five floats are wrong by a million ulp."""

NARROW = 5


class Adapter(AdapterBase):
    name = "narrow"

    def __init__(self) -> None:
        self._reference = Reference()

    def describe(self) -> Description:
        return Description(self.name, "1.0", dtypes=("float32", "float64"), flush_to_zero={})

    def _transform(self, spec: Spec, dtype: str, mode: str) -> BoundTransform:
        if spec.name == "softplus":
            raise NotOffered("narrow has no softplus")
        return _Narrow(self._reference.transform(spec, dtype, mode), spec, dtype)

    def _distribution(self, spec: Spec, dtype: str, mode: str) -> BoundDistribution:
        raise NotOffered("narrow has no distributions")


class _Narrow(BoundTransform):
    def __init__(self, own: BoundTransform, spec: Spec, dtype: str) -> None:
        self._own, self._spec, self._dtype = own, spec, dtype

    def forward(self, x: Array) -> Array:
        return _spoiled(self._spec, x, self._own.forward(x))

    def inverse(self, y: Array) -> Array:
        return self._own.inverse(y)

    def log_det_jacobian(self, value: Array, direction: str = "forward") -> Array:
        result = self._own.log_det_jacobian(value, direction)
        if self._spec.name == "stick_breaking" and direction == "forward":
            # A tie in the coordinates: no row of drawn numbers has one.
            result = np.where(value[:, 0] == value[:, 1], result + 0.125, result)
        return result

    def reproduction(self, quantity: str, value: Array) -> Reproduction:
        words = ", ".join(f'float.fromhex("{float(v).hex()}")' for v in np.atleast_1d(value))
        rows = f"[{words}]" if np.ndim(value) == 0 else f"[[{words}]]"
        return Reproduction(
            "import numpy as np\n"
            "from adapters.interface import evaluate\n"
            "from adapters.worker import load_adapter\n"
            f"bound = load_adapter(None, {__file__!r}).transform({str(self._spec)!r}, {self._dtype!r})\n"
            f"result = evaluate(bound, {quantity!r}, np.array({rows}, {self._dtype!r}))\n"
            "print(*[float(v).hex() for v in np.ravel(result)])\n"
        )


def _spoiled(spec: Spec, x: Array, y: Array) -> Array:
    unit = np.where(np.isfinite(y), np.spacing(np.where(np.isfinite(y), np.abs(y), 1.0)), 0.0)
    if spec.name == "exp":
        return np.asarray(np.where(x >= STEP, y + 500 * unit, y), y.dtype)
    if spec.name == "sigmoid":
        off = np.where(x >= CUT, 40.0, 0.0)
        last = CUT
        for _ in range(NARROW - 1):
            last = float(np.nextafter(last, np.inf))
        off = np.where((x >= CUT) & (x <= last), 1e6, off)
        return np.asarray(y - off * unit, y.dtype)
    if spec.name == "tanh":
        # The vector body is wrong, the scalar tail is right.
        tail = np.arange(len(y)) == len(y) - 1
        return np.asarray(np.where(tail, y, y + 100 * unit), y.dtype)
    if spec.name == "affine" and spec.params["loc"] == 100.0:
        return y + 1000 * unit
    return y
