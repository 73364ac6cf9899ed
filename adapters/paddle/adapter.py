"""The door to PaddlePaddle."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager
from importlib import metadata

import numpy as np

from adapters import interface
from adapters.interface import BoundDistribution, BoundTransform, Description, NotOffered, PublicClass, Spec
from adapters.interface.operators import Watch
from adapters.paddle import classes, operators
from adapters.paddle.distributions import PaddleDistribution
from adapters.paddle.source import DTYPES, MODES, Runner
from adapters.paddle.transforms import PaddleTransform


class Adapter(interface.Adapter):
    """Everything that ``paddle.distribution`` offers of the catalogue, on the CPU."""

    name = "paddle"

    def __init__(self) -> None:
        self._runner = Runner()
        self._dtypes = tuple(name for name in DTYPES if self._computes(name))

    def describe(self) -> Description:
        return Description(
            framework=self.name,
            version=self._runner.paddle.__version__,
            packages={name: metadata.version(name) for name in ("paddlepaddle", "numpy")},
            dtypes=self._dtypes,
            modes=MODES,
            devices=("cpu",),
            flush_to_zero={name: self._flushes(name) for name in self._dtypes},
        )

    def public_classes(self) -> Sequence[PublicClass]:
        return classes.every(self._runner.paddle.distribution)

    def watching(self, watch: Watch) -> AbstractContextManager[object]:
        return operators.watching(self._runner.paddle, watch)

    def _transform(self, spec: Spec, dtype: str, mode: str) -> BoundTransform:
        self._check(dtype, mode)
        return PaddleTransform(self._runner, spec, dtype, mode)

    def _distribution(self, spec: Spec, dtype: str, mode: str) -> BoundDistribution:
        self._check(dtype, mode)
        return PaddleDistribution(self._runner, spec, dtype, mode)

    def _check(self, dtype: str, mode: str) -> None:
        if dtype not in self._dtypes:
            raise NotOffered(f"dtype {dtype!r}: paddle computes in {', '.join(self._dtypes)} on the CPU")
        if mode not in MODES:
            raise NotOffered(f"mode {mode!r}: paddle runs {', '.join(MODES)}")

    def _computes(self, dtype: str) -> bool:
        """Whether an affine map, tanh and the normal density have kernels in ``dtype``."""
        paddle = self._runner.paddle
        pd = paddle.distribution
        try:
            half = paddle.to_tensor(0.5, dtype=dtype)
            y = pd.ChainTransform([pd.AffineTransform(half, half), pd.TanhTransform()]).forward(half)
            pd.Normal(half, half).log_prob(y)
        except Exception:
            return False
        return True

    def _flushes(self, dtype: str) -> bool:
        paddle = self._runner.paddle
        smallest = paddle.to_tensor(np.full(64, np.finfo(dtype).tiny, dtype))
        return bool(np.all((smallest * paddle.to_tensor(0.5, dtype=dtype)).numpy() == 0))
