"""torch's tensors, for functions that people wrote themselves. Importing this module imports torch."""

from __future__ import annotations

from typing import Any

import torch

from adapters.interface.contract import Array
from adapters.interface.tensors import Tensors
from adapters.torch.source import COPIES, to_numpy, to_torch


class TorchTensors(Tensors):
    """On the CPU; what comes back is detached."""

    imports = "import numpy as np\nimport torch\n"
    kind = "torch.Tensor"
    copies = COPIES

    def tensor(self, array: Array, dtype: str) -> torch.Tensor:
        return to_torch(array, dtype)

    def array(self, tensor: Any) -> Array | None:
        return to_numpy(tensor) if isinstance(tensor, torch.Tensor) else None

    def row(self, values: str, dtype: str) -> str:
        return f"torch.tensor({values}, dtype=torch.{dtype})"

    def shown(self, name: str) -> str:
        return f"{name}.detach().double().numpy()"


TENSORS = TorchTensors()
