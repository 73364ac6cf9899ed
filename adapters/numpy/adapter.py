"""The door to the reference implementation: describe and look up, nothing else."""

from __future__ import annotations

import importlib

from adapters.interface import Adapter as AdapterBase
from adapters.interface import BoundDistribution, BoundTransform, Description, NotOffered, Spec


class Adapter(AdapterBase):
    """Every subject of the catalogue in plain NumPy, eager, in all four dtypes."""

    name = "numpy"

    def __init__(self) -> None:
        self._bound = importlib.import_module("adapters.numpy.bound")
        self._batches = importlib.import_module("adapters.numpy.batches")
        self._events = importlib.import_module("adapters.numpy.bound_events")
        self._event_batches = importlib.import_module("adapters.numpy.event_batches")
        self._event_pairs = importlib.import_module("adapters.numpy.event_pairs")

    def describe(self) -> Description:
        """The version is NumPy's; SciPy's, which decides bits too, is among the packages."""
        numpy, scipy, ml_dtypes = (importlib.import_module(name) for name in ("numpy", "scipy", "ml_dtypes"))
        halves = {}
        for name, kind in self._bound.DTYPES.items():
            tiny = numpy.array([ml_dtypes.finfo(kind).tiny]).astype(kind)
            halves[name] = bool((tiny * kind(0.5) == 0)[0])
        return Description(
            framework=self.name,
            version=numpy.__version__,
            packages={"numpy": numpy.__version__, "scipy": scipy.__version__, "ml-dtypes": ml_dtypes.__version__},
            dtypes=tuple(self._bound.DTYPES),
            flush_to_zero=halves,
        )

    def _transform(self, spec: Spec, dtype: str, mode: str) -> BoundTransform:
        self._check(dtype, mode)
        kind = self._batches.BatchedTransform if self._batches.batch_shape(spec) else self._bound.NumpyTransform
        bound: BoundTransform = kind(spec, dtype)
        return bound

    def _distribution(self, spec: Spec, dtype: str, mode: str) -> BoundDistribution:
        self._check(dtype, mode)
        kind: type
        if self._events.is_event_law(spec):
            batch = self._event_batches.batch_shape(spec)
            kind = self._event_batches.BatchedEventLaw if batch else self._events.NumpyEventLaw
        else:
            batch = self._batches.batch_shape(spec)
            kind = self._batches.BatchedDistribution if batch else self._bound.NumpyDistribution
        if spec.name == "pair" and any(map(self._events.is_event_law, spec.parts)):
            kind = self._event_pairs.NumpyEventPair
        bound: BoundDistribution = kind(spec, dtype)
        return bound

    def _check(self, dtype: str, mode: str) -> None:
        if dtype not in self._bound.DTYPES:
            raise NotOffered(f"dtype {dtype}: there are {', '.join(self._bound.DTYPES)}")
        if mode != "eager":
            raise NotOffered(f"mode {mode}: there is only eager")
