"""NumPy's arrays, for functions that people wrote themselves, and whatever reads as one (such as a jax.Array)."""

from __future__ import annotations

from typing import Any

import numpy as np

from adapters.interface import fresh_copy
from adapters.interface.contract import Array
from adapters.interface.tensors import Tensors


class Arrays(Tensors):
    """Arrays, and scalars of NumPy's own where the rank is 0."""

    imports = "import numpy as np\n"
    kind = "numpy.ndarray"

    def tensor(self, array: Array, dtype: str) -> Array:
        return fresh_copy(array, dtype)

    def array(self, tensor: Any) -> Array | None:
        known = isinstance(tensor, np.ndarray | np.generic) or hasattr(tensor, "__array__")
        return np.asarray(tensor) if known else None

    def row(self, values: str, dtype: str) -> str:
        return f"np.array({values}, {_kind(dtype)})"

    def number(self, value: float, dtype: str) -> str:
        return f"{_kind(dtype)}({value!r})"

    def shown(self, name: str) -> str:
        return f"np.asarray({name})"


def _kind(dtype: str) -> str:
    # NumPy knows the type once ml_dtypes is imported, and has no name of its own for it.
    return '__import__("ml_dtypes").bfloat16' if dtype == "bfloat16" else f"np.{dtype}"


TENSORS = Arrays()
