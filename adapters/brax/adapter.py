"""The door to the notebook's formulas: describe and look up, nothing else."""

from __future__ import annotations

import importlib
from contextlib import AbstractContextManager
from dataclasses import replace

from adapters.interface import Adapter as AdapterBase
from adapters.interface import BoundDistribution, BoundTransform, Description, NotOffered, Spec
from adapters.interface.operators import Watch
from adapters.torch import Adapter as TorchAdapter


class Adapter(AdapterBase):
    """brax's training_torch formulas on real torch: dtypes and flush-to-zero are torch's; the one mode is eager."""

    name = "brax"

    def __init__(self) -> None:
        self._torch = TorchAdapter()
        self._transforms = importlib.import_module("adapters.brax.transforms")
        self._distributions = importlib.import_module("adapters.brax.distributions")

    def describe(self) -> Description:
        """The version is torch's, which the notebook's formulas run on; the packages say so."""
        torch = self._torch.describe()
        packages = {"formulas": "notebook training_torch of brax", **torch.packages}
        return replace(torch, framework=self.name, packages=packages, modes=("eager",))

    def watching(self, watch: Watch) -> AbstractContextManager[object]:
        return self._torch.watching(watch)

    def _transform(self, spec: Spec, dtype: str, mode: str) -> BoundTransform:
        self._check(dtype, mode)
        bound: BoundTransform = self._transforms.BraxTransform(spec, dtype)
        return bound

    def _distribution(self, spec: Spec, dtype: str, mode: str) -> BoundDistribution:
        self._check(dtype, mode)
        bound: BoundDistribution = self._distributions.BraxDistribution(spec, dtype)
        return bound

    def _check(self, dtype: str, mode: str) -> None:
        if dtype not in ("float16", "bfloat16", "float32", "float64"):
            raise NotOffered(f"dtype {dtype}: torch has float16, bfloat16, float32, float64")
        if mode != "eager":
            raise NotOffered(f"mode {mode}: only eager")
