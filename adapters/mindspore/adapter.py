"""The door to MindSpore."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager
from importlib import metadata

import numpy as np

from adapters import interface
from adapters.interface import BoundDistribution, BoundTransform, Description, NotOffered, PublicClass, Spec
from adapters.interface.operators import Watch
from adapters.mindspore import classes, operators
from adapters.mindspore.distributions import MindSporeDistribution
from adapters.mindspore.source import DTYPES, MODES, Runner
from adapters.mindspore.transforms import MindSporeTransform

_TRIED = 40
"""Multiplications until their trial is certainly over: a run that began in its middle had other subnormal answers."""


class Adapter(interface.Adapter):
    """Everything that ``mindspore.nn.probability`` offers of the catalogue, on the CPU."""

    name = "mindspore"

    def __init__(self) -> None:
        self._runner = Runner()

    def describe(self) -> Description:
        return Description(
            framework=self.name,
            version=self._runner.ms.__version__,
            packages={name: metadata.version(name) for name in ("mindspore", "numpy")},
            dtypes=DTYPES,
            modes=MODES,
            devices=("cpu",),
            flush_to_zero={name: self._flushes(name) for name in DTYPES},
        )

    def public_classes(self) -> Sequence[PublicClass]:
        names = self._runner.names("")
        return classes.every(names["msb"], names["msd"])

    def watching(self, watch: Watch) -> AbstractContextManager[object]:
        return operators.watching(self._runner.ms, watch)

    def _transform(self, spec: Spec, dtype: str, mode: str) -> BoundTransform:
        self._check(dtype, mode)
        return MindSporeTransform(self._runner, spec, dtype, mode)

    def _distribution(self, spec: Spec, dtype: str, mode: str) -> BoundDistribution:
        self._check(dtype, mode)
        return MindSporeDistribution(self._runner, spec, dtype, mode)

    def _check(self, dtype: str, mode: str) -> None:
        if dtype not in DTYPES:
            raise NotOffered(f"dtype {dtype!r}: mindspore computes in {', '.join(DTYPES)} on the CPU")
        if mode not in MODES:
            raise NotOffered(f"mode {mode!r}: mindspore runs {', '.join(MODES)}")

    def _flushes(self, dtype: str) -> bool:
        ms = self._runner.ms
        smallest = ms.Tensor(np.full(64, np.finfo(dtype).tiny, dtype))
        half = ms.Tensor(np.full(64, 0.5, dtype))
        # The first calls of an operator are spread over threads on trial, and only the threads' part is flushed.
        return any(bool(np.any((smallest * half).asnumpy() == 0)) for _ in range(_TRIED))
