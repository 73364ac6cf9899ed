"""Paddle's tensors, for functions that people wrote themselves. Importing this module imports Paddle."""

from __future__ import annotations

from typing import Any

import paddle

from adapters.interface import fresh_copy
from adapters.interface.contract import Array
from adapters.interface.tensors import Tensors
from adapters.paddle.source import COPIES, constant


class PaddleTensors(Tensors):
    """On the CPU, in dynamic graphs."""

    imports = "import numpy as np\nimport paddle\n"
    kind = "paddle.Tensor"
    copies = COPIES

    def tensor(self, array: Array, dtype: str) -> Any:
        return paddle.to_tensor(fresh_copy(array, dtype))

    def array(self, tensor: Any) -> Array | None:
        return tensor.numpy() if isinstance(tensor, paddle.Tensor) else None

    def row(self, values: str, dtype: str) -> str:
        return f'paddle.to_tensor(np.array({values}, dtype="{dtype}"))'

    def number(self, value: float, dtype: str) -> str:
        return constant(value, dtype)

    def shown(self, name: str) -> str:
        return f'{name}.astype("float64").numpy()'


TENSORS = PaddleTensors()
