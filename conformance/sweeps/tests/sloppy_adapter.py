"""A framework that is right but for a few floats, in the formats that a test can sweep in seconds. One file.

SLOPPY_SLEEP, a number of seconds, makes every answer about negative numbers late. SLOPPY_MENDED makes it right after
all. SLOPPY_GONE, a path, makes it die at the first negative number, leave a file there, and never start again.
SLOPPY_NAN_FROM, a number: exp is nan from its negative on, down to -4.
"""

from __future__ import annotations

import os
import time
from typing import Any

import numpy as np
from numpy.typing import NDArray

from adapters.interface import Adapter as AdapterBase
from adapters.interface import BoundDistribution, BoundTransform, Description, NotOffered, Reproduction, Spec
from adapters.numpy import Adapter as Reference

Array = NDArray[Any]

WRONG_AT = 1.5
"""exp is off by a quarter here, and nowhere else."""

FORGETS_AT = -0.25
"""tanh is off by a quarter here, but never in a process's first block."""


class Adapter(AdapterBase):
    name = "sloppy"

    def __init__(self) -> None:
        if os.path.exists(os.environ.get("SLOPPY_GONE", "")):
            raise ImportError("sloppy is gone")
        self._reference = Reference()

    def describe(self) -> Description:
        return Description(self.name, "1.0", dtypes=("float16", "bfloat16"), flush_to_zero={})

    def _transform(self, spec: Spec, dtype: str, mode: str) -> BoundTransform:
        if spec.name == "softplus":
            raise NotOffered("sloppy has no softplus")
        return _Sloppy(self._reference.transform(spec, dtype, mode), spec, dtype)

    def _distribution(self, spec: Spec, dtype: str, mode: str) -> BoundDistribution:
        return self._reference.distribution(spec, dtype, mode)


class _Sloppy(BoundTransform):
    def __init__(self, own: BoundTransform, spec: Spec, dtype: str) -> None:
        self._own, self._spec, self._dtype = own, spec, dtype
        self._blocks = 0

    def forward(self, x: Array) -> Array:
        if len(x) > 1 and np.signbit(x[0]):
            time.sleep(float(os.environ.get("SLOPPY_SLEEP", "0")))
            if "SLOPPY_GONE" in os.environ:
                open(os.environ["SLOPPY_GONE"], "w").close()
                os._exit(1)
        y = self._own.forward(x)
        if self._spec.name == "exp" and "SLOPPY_MENDED" not in os.environ:
            y = np.where(x == WRONG_AT, y * y.dtype.type(1.25), y)
            spoiled = (x <= -float(os.environ.get("SLOPPY_NAN_FROM", "9"))) & (x >= -4.0)
            y = np.where(spoiled, y.dtype.type(np.nan), y)
        self._blocks += len(x) > 1
        if self._spec.name == "tanh" and self._blocks > 1:
            y = np.where(x == FORGETS_AT, y * y.dtype.type(1.25), y)
        return np.asarray(y)

    def inverse(self, y: Array) -> Array:
        return self._own.inverse(y)

    def log_det_jacobian(self, value: Array, direction: str = "forward") -> Array:
        return self._own.log_det_jacobian(value, direction)

    def reproduction(self, quantity: str, value: Array) -> Reproduction:
        return Reproduction(
            "import numpy as np\n"
            "import ml_dtypes\n"
            "from adapters.interface import evaluate\n"
            "from adapters.worker import load_adapter\n"
            f"bound = load_adapter(None, {__file__!r}).transform({str(self._spec)!r}, {self._dtype!r})\n"
            f"x = np.array([float.fromhex({float(value).hex()!r})]).astype({self._dtype!r})\n"
            f"print(float(evaluate(bound, {quantity!r}, x)[0]).hex())\n"
        )
