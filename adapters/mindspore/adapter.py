"""The door to MindSpore."""

from __future__ import annotations

from importlib import metadata

import numpy as np

from adapters import interface
from adapters.interface import BoundDistribution, BoundTransform, Description, NotOffered, Spec
from adapters.mindspore.distributions import MindSporeDistribution
from adapters.mindspore.source import DTYPES, MODES, Runner
from adapters.mindspore.transforms import MindSporeTransform


class Adapter(interface.Adapter):
    """Everything that ``mindspore.nn.probability`` offers of the catalogue, on the CPU, on one thread."""

    name = "mindspore"

    def __init__(self) -> None:
        self._runner = Runner()
        self._dtypes = tuple(name for name in DTYPES if self._computes(name))

    def describe(self) -> Description:
        return Description(
            framework=self.name,
            version=self._runner.ms.__version__,
            packages={name: metadata.version(name) for name in ("mindspore", "numpy")},
            dtypes=self._dtypes,
            modes=MODES,
            devices=("cpu",),
            flush_to_zero={name: self._flushes(name) for name in self._dtypes},
        )

    def _transform(self, spec: Spec, dtype: str, mode: str) -> BoundTransform:
        self._check(dtype, mode)
        return MindSporeTransform(self._runner, spec, dtype, mode)

    def _distribution(self, spec: Spec, dtype: str, mode: str) -> BoundDistribution:
        self._check(dtype, mode)
        return MindSporeDistribution(self._runner, spec, dtype, mode)

    def _check(self, dtype: str, mode: str) -> None:
        if dtype not in self._dtypes:
            raise NotOffered(f"dtype {dtype!r}: mindspore computes in {', '.join(self._dtypes)}")
        if mode not in MODES:
            raise NotOffered(f"mode {mode!r}: mindspore runs {', '.join(MODES)}")

    def _computes(self, dtype: str) -> bool:
        """Whether the simplest bijector and the simplest distribution answer at all in ``dtype``."""
        ms = self._runner.ms
        ms.set_context(mode=ms.PYNATIVE_MODE)
        probability = ms.nn.probability
        try:
            half = ms.Tensor(0.5, getattr(ms, dtype))
            y = probability.bijector.Exp().forward(half)
            probability.distribution.Normal(half, half, dtype=getattr(ms, dtype)).log_prob(y).asnumpy()
        except Exception:
            return False
        return True

    def _flushes(self, dtype: str) -> bool:
        ms = self._runner.ms
        ms.set_context(mode=ms.PYNATIVE_MODE)
        smallest = ms.Tensor(np.full(64, np.finfo(dtype).tiny, dtype))
        return bool(np.all((smallest * ms.Tensor(0.5, getattr(ms, dtype))).asnumpy() == 0))
