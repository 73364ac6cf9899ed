"""TensorFlow's tensors, for functions that people wrote themselves. Importing this module imports TensorFlow."""

from __future__ import annotations

from typing import Any

import tensorflow as tf

from adapters.interface import fresh_copy
from adapters.interface.contract import Array
from adapters.interface.tensors import Tensors
from adapters.tfp.source import COPIES, constant


class TensorFlowTensors(Tensors):
    """Eager ones; a variable that comes back is read."""

    imports = "import numpy as np\nimport tensorflow as tf\n"
    kind = "tf.Tensor"
    copies = COPIES

    def tensor(self, array: Array, dtype: str) -> Any:
        return tf.constant(fresh_copy(array, dtype))

    def array(self, tensor: Any) -> Array | None:
        return tensor.numpy() if isinstance(tensor, tf.Tensor | tf.Variable) else None

    def row(self, values: str, dtype: str) -> str:
        return f"tf.constant({values}, tf.{dtype})"

    def number(self, value: float, dtype: str) -> str:
        return constant(value, dtype)

    def shown(self, name: str) -> str:
        return f"{name}.numpy()"


TENSORS = TensorFlowTensors()
