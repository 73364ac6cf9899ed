"""The door to torch.distributions: describe and look up, nothing else."""

from __future__ import annotations

import importlib
import os
import shutil
import sysconfig
from collections.abc import Sequence
from contextlib import AbstractContextManager
from pathlib import Path

from adapters.interface import Adapter as AdapterBase
from adapters.interface import BoundDistribution, BoundTransform, Description, NotOffered, PublicClass, Spec
from adapters.interface.operators import Watch

DTYPES = ("float16", "bfloat16", "float32", "float64")


class Adapter(AdapterBase):
    """torch.distributions, eager and (where a C++ compiler is found) torch.compile: on the CPU with one thread, or on
    the device that CONFORMANCE_DEVICE_TORCH names, as ``torch.set_default_device`` takes it."""

    name = "torch"

    def __init__(self) -> None:
        # One compiler at a time, in this process: a pool would outlive a worker that is killed.
        os.environ.setdefault("TORCHINDUCTOR_COMPILE_THREADS", "1")
        self._torch = importlib.import_module("torch")
        self._torch.set_num_threads(1)
        self._device = importlib.import_module("adapters.torch.source").DEVICE
        if self._device != "cpu":
            self._torch.set_default_device(self._device)
        self._transforms = importlib.import_module("adapters.torch.transforms")
        self._distributions = importlib.import_module("adapters.torch.distributions")

    def describe(self) -> Description:
        """Flush-to-zero is measured here, per dtype, by halving the smallest normal number."""
        torch, numpy = self._torch, importlib.import_module("numpy")
        halves = {
            name: torch.tensor([torch.finfo(getattr(torch, name)).tiny], dtype=getattr(torch, name)) * 0.5
            for name in DTYPES
        }
        return Description(
            framework=self.name,
            version=torch.__version__,
            packages={"torch": torch.__version__, "numpy": numpy.__version__},
            dtypes=DTYPES,
            modes=("eager", "compile") if _can_compile() else ("eager",),
            devices=(self._device,),
            flush_to_zero={name: bool((half == 0).item()) for name, half in halves.items()},
        )

    def public_classes(self) -> Sequence[PublicClass]:
        found: list[PublicClass] = importlib.import_module("adapters.torch.classes").every()
        return found

    def watching(self, watch: Watch) -> AbstractContextManager[object]:
        entered: AbstractContextManager[object] = importlib.import_module("adapters.torch.operators").Watching(watch)
        return entered

    def _transform(self, spec: Spec, dtype: str, mode: str) -> BoundTransform:
        _check(dtype, mode)
        bound: BoundTransform = self._transforms.TorchTransform(spec, dtype, mode)
        return bound

    def _distribution(self, spec: Spec, dtype: str, mode: str) -> BoundDistribution:
        _check(dtype, mode)
        bound: BoundDistribution = self._distributions.TorchDistribution(spec, dtype, mode)
        return bound


def _check(dtype: str, mode: str) -> None:
    if dtype not in DTYPES:
        raise NotOffered(f"dtype {dtype}: torch has {', '.join(DTYPES)}")
    if mode not in ("eager", "compile"):
        raise NotOffered(f"mode {mode}: torch has eager and compile")
    if mode == "compile" and not _can_compile():
        raise NotOffered("mode compile: torch.compile needs a C++ compiler and Python's headers, not found here")


def _can_compile() -> bool:
    compiler = any(shutil.which(name) for name in (os.environ.get("CXX", ""), "g++", "clang++") if name)
    return compiler and Path(sysconfig.get_path("include"), "Python.h").exists()
