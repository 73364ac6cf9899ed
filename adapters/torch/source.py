"""One text for two uses: what the adapter evaluates and what a reproduction prints.

A subject becomes lines of Python in torch's public API. The adapter executes those lines to build its objects, and a
reproduction shows the same lines, so that the two can't drift apart.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import ml_dtypes
import numpy as np
import torch

from adapters.interface import NotOffered, Spec, fresh_copy
from adapters.interface.contract import Array
from adapters.interface.kernels import missing_kernel
from adapters.interface.scripts import expression, first_line, literal

IMPORTS = "import torch\nfrom torch.distributions import *\nfrom torch.distributions.transforms import *\n"
COPIES = 64


def constructor(spec: Spec, table: Mapping[str, str], part: Callable[[Spec], str] = str) -> str:
    """The constructor call of ``spec`` from its template in ``table``; NotOffered or SpecError where there is none."""
    # Parameters are tensors of the tested dtype, since a Python float would become the default dtype.
    return expression(spec, table, lambda value: f"torch.tensor({value!r}, dtype=dtype)", part, "torch.distributions")


def run(lines: str, dtype: str) -> dict[str, Any]:
    """The namespace after the imports and ``lines``, with ``dtype`` bound to the torch dtype of that name."""
    namespace: dict[str, Any] = {"dtype": getattr(torch, dtype)}
    exec(IMPORTS + lines, namespace)
    return namespace


def function(text: str, namespace: dict[str, Any], mode: str) -> Callable[..., torch.Tensor]:
    """``text`` as a function of ``value``, compiled where the mode asks for it."""
    built: Callable[..., torch.Tensor] = eval(f"lambda value: {text}", namespace)
    # Each text is a code object of its own: sharing one would exhaust Dynamo's recompile limit and end in eager.
    return torch.compile(built) if mode == "compile" else built


def script(lines: str, text: str, dtype: str, mode: str, value: Array | None) -> str:
    """A script that builds the objects of ``lines`` and prints ``text`` at ``value``, on one line, as hex floats.

    The point is repeated, because below two vector registers torch's eager kernels take a scalar path with other bits
    than in the arrays of a run (float32 tanh log-det: on 4 inputs of 10).
    """
    parts = [IMPORTS, f"dtype = torch.{dtype}\n", lines]
    first = "result"
    if value is not None:
        parts.append(f"value = torch.tensor([{literal(value)}] * {COPIES}, dtype=dtype)  # fills vector registers\n")
        first = "result[0]"
    if mode == "compile":
        argument = "value" if value is not None else "None"
        parts.append(f"evaluate = torch.compile(lambda value: {text})\nresult = evaluate({argument})\n")
    else:
        parts.append(f"result = {text}\n")
    parts.append(f"print(*[float(v).hex() for v in {first}.double().flatten()])\n")
    return "".join(parts)


def to_torch(array: Array, dtype: str) -> torch.Tensor:
    """A fresh tensor with the array's bits; bfloat16 crosses as 16-bit integers, which torch can take from NumPy.

    Raises TypeError for an array of another dtype than the bound one.
    """
    fresh = fresh_copy(array, dtype)
    if fresh.dtype == ml_dtypes.bfloat16:
        return torch.from_numpy(fresh.view(np.int16)).view(torch.bfloat16)
    return torch.from_numpy(fresh)


def to_numpy(tensor: torch.Tensor) -> Array:
    """The tensor's bits, dtype and shape as torch returned them."""
    tensor = tensor.detach().cpu().contiguous()
    if tensor.dtype == torch.bfloat16:
        return np.asarray(tensor.view(torch.int16).numpy().view(ml_dtypes.bfloat16))
    return np.asarray(tensor.numpy())


def offered(compute: Callable[[], torch.Tensor], what: str, dtype: str) -> Array:
    """Evaluate; what torch says it lacks becomes NotOffered: a whole method, or an operation's kernel in a dtype.

    torch.distributions raises a bare NotImplementedError where a class lacks a method, and the same class, or a
    RuntimeError, with a text such as ``"gamma_cpu" not implemented for 'Half'`` where a dtype has no kernel.
    """
    try:
        return to_numpy(compute())
    except Exception as problem:
        lacking = missing_kernel(problem, dtype)
        if lacking:
            raise NotOffered(lacking) from problem
        if not isinstance(problem, NotImplementedError):
            raise
        raise NotOffered(f"{what}: torch raises {first_line(problem)}") from None
