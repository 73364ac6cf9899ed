"""The door to TensorFlow Probability."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager
from importlib import metadata
from typing import Any

import numpy as np

from adapters import interface
from adapters.interface import BoundDistribution, BoundTransform, Description, NotOffered, PublicClass, Spec
from adapters.interface.operators import Watch
from adapters.tfp import classes, operators
from adapters.tfp.distributions import TFPDistribution
from adapters.tfp.source import DTYPES, MODES, Runner
from adapters.tfp.transforms import TFPTransform

_PACKAGES = ("tensorflow-cpu", "tensorflow", "tensorflow-probability", "tf-keras", "ml-dtypes", "numpy")


class Adapter(interface.Adapter):
    """Everything that ``tfp.bijectors`` and ``tfp.distributions`` offer of the catalogue, on the CPU, on one thread."""

    name = "tfp"

    def __init__(self) -> None:
        self._runner = Runner()
        self._dtypes = tuple(name for name in DTYPES if self._computes(name))

    def describe(self) -> Description:
        packages = {}
        for package in _PACKAGES:
            try:
                packages[package] = metadata.version(package)
            except metadata.PackageNotFoundError:
                continue
        return Description(
            framework=self.name,
            version=self._runner.tfp.__version__,
            packages=packages,
            dtypes=self._dtypes,
            modes=MODES,
            devices=("cpu",),
            flush_to_zero={name: self._flushes(name) for name in self._dtypes},
        )

    def public_classes(self) -> Sequence[PublicClass]:
        return classes.every(self._runner.tfp)

    def watching(self, watch: Watch) -> AbstractContextManager[object]:
        return operators.watching(self._runner.tf, watch)

    def _transform(self, spec: Spec, dtype: str, mode: str) -> BoundTransform:
        self._check(dtype, mode)
        return TFPTransform(self._runner, spec, dtype, mode)

    def _distribution(self, spec: Spec, dtype: str, mode: str) -> BoundDistribution:
        self._check(dtype, mode)
        return TFPDistribution(self._runner, spec, dtype, mode)

    def _check(self, dtype: str, mode: str) -> None:
        if dtype not in self._dtypes:
            raise NotOffered(f"dtype {dtype!r}: tfp computes in {', '.join(self._dtypes)}")
        if mode not in MODES:
            raise NotOffered(f"mode {mode!r}: tfp runs {', '.join(MODES)}")

    def _computes(self, dtype: str) -> bool:
        """Whether the simplest bijector and the simplest distribution answer at all in ``dtype``."""
        tf, tfp = self._runner.tf, self._runner.tfp
        try:
            half = tf.constant(0.5, getattr(tf, dtype))
            tfp.distributions.Normal(half, half).log_prob(tfp.bijectors.Exp().forward(half))
        except Exception:
            return False
        return True

    def _flushes(self, dtype: str) -> bool:
        tf = self._runner.tf
        kind: Any = getattr(tf, dtype)
        smallest = np.full(64, tf.experimental.numpy.finfo(dtype).tiny if dtype != "bfloat16" else 2.0**-126)
        product = tf.constant(smallest.astype(kind.as_numpy_dtype)) * tf.constant(0.5, kind)
        return bool(np.all(product.numpy() == 0))
