"""MindSpore's tensors, for functions that people wrote themselves. Importing this module imports MindSpore."""

from __future__ import annotations

from typing import Any

import mindspore as ms

from adapters.interface import fresh_copy
from adapters.interface.contract import Array
from adapters.interface.tensors import Tensors
from adapters.mindspore.source import COPIES


class MindSporeTensors(Tensors):
    """On the CPU, in PYNATIVE_MODE."""

    imports = "import mindspore as ms\nimport numpy as np\n\nms.set_context(mode=ms.PYNATIVE_MODE)\n"
    kind = "mindspore.Tensor"
    copies = COPIES

    def tensor(self, array: Array, dtype: str) -> Any:
        return ms.Tensor(fresh_copy(array, dtype))

    def array(self, tensor: Any) -> Array | None:
        return tensor.asnumpy() if isinstance(tensor, ms.Tensor) else None

    def row(self, values: str, dtype: str) -> str:
        return f'ms.Tensor(np.array({values}, dtype="{dtype}"))'

    def shown(self, name: str) -> str:
        return f"{name}.asnumpy()"


TENSORS = MindSporeTensors()
