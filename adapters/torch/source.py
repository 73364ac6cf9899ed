"""One text for two uses: what the adapter evaluates and what a reproduction prints.

A subject becomes lines of Python in torch's public API. The adapter executes those lines to build its objects, and a
reproduction shows the same lines, so that the two can't drift apart.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from typing import Any

import ml_dtypes
import numpy as np
import torch

from adapters.interface import NotOffered, Reproduction, Spec, fresh_copy
from adapters.interface.contract import Array
from adapters.interface.kernels import missing_kernel
from adapters.interface.scripts import expression, first_line, literal

DEVICE = os.environ.get("CONFORMANCE_DEVICE_TORCH", "").strip() or "cpu"
"""Where everything is computed: torch's default device in the worker, and in the first lines of every script."""
IMPORTS = "import torch\nfrom torch.distributions import *\nfrom torch.distributions.transforms import *\n"
if DEVICE != "cpu":
    IMPORTS += f"torch.set_default_device({DEVICE!r})\n"
COPIES = 64


def constructor(spec: Spec, table: Mapping[str, str], part: Callable[[Spec], str] = str, plain: bool = False) -> str:
    """The constructor call of ``spec`` from its template in ``table``; NotOffered or SpecError where there is none."""
    # Parameters are tensors of the tested dtype, since a Python float may become the default dtype; ``plain`` asks for
    # that form too.
    number = repr if plain else lambda value: f"torch.tensor({value!r}, dtype=dtype)"
    return expression(spec, table, number, part, "torch.distributions")


def run(lines: str, dtype: str) -> dict[str, Any]:
    """The namespace after the imports and ``lines``, with ``dtype`` bound to the torch dtype of that name.

    NotOffered where constructing an object needs a kernel that torch lacks in this dtype (a covariance is factored).
    """
    namespace: dict[str, Any] = {"dtype": getattr(torch, dtype)}
    try:
        exec(IMPORTS + lines, namespace)
    except Exception as problem:
        lacking = missing_kernel(problem, dtype)
        if lacking:
            raise NotOffered(lacking) from problem
        raise
    return namespace


def function(text: str, namespace: dict[str, Any], mode: str) -> Callable[..., torch.Tensor]:
    """``text`` as a function of ``value``, compiled where the mode asks for it."""
    built: Callable[..., torch.Tensor] = eval(f"lambda value: {text}", namespace)
    # Each text is a code object of its own: sharing one would exhaust Dynamo's recompile limit and end in eager.
    return torch.compile(built) if mode == "compile" else built


def said(texts: Mapping[str, str], name: str, namespace: dict[str, Any], dtype: str, value: Array | None) -> Array:
    """What an object says of itself, by the text under ``name``; NotOffered where there is none, or torch has none."""
    if name not in texts:
        raise NotOffered(f"torch.distributions declares no {name}")
    tensor = None if value is None else to_torch(value, dtype)
    return offered(lambda: function(texts[name], namespace, "eager")(tensor), name, dtype)


def as_users_have_it(lines: str) -> str:
    """``lines`` with torch's own default validation of arguments."""
    return lines.replace(", validate_args=False", "")


def refused(lines: str, text: str, dtype: str, value: Array | None) -> list[bool]:
    """Per row (or for the one call without a value): whether torch's default validation makes ``text`` raise.

    Asked in eager mode: the check is the same in every mode. A method or a kernel that is missing is missing either
    way, and refuses nothing.
    """
    usual = as_users_have_it(lines)
    rows = [None] if value is None else [to_torch(value[at : at + 1], dtype) for at in range(len(value))]
    if usual == lines:
        return [False] * len(rows)
    try:
        evaluate = function(text, run(usual, dtype), "eager")
    except ValueError:  # Of the parameters.
        return [True] * len(rows)
    return [_raises(evaluate, row) for row in rows]


def _raises(evaluate: Callable[..., torch.Tensor], value: torch.Tensor | None) -> bool:
    try:
        evaluate(value)
    except ValueError:
        return True
    except Exception:
        return False
    return False


def script(lines: str, text: str, dtype: str, mode: str, value: Array | None) -> Reproduction:
    """A script that builds the objects of ``lines`` and prints ``text`` at ``value``, on one line, as hex floats.

    Validation is torch's default where that takes the value. When compiling it stays off, as in the arrays of a run:
    torch.compile cuts the graph in two at the check, and the halves may have other bits than the whole.
    The point is repeated, because below two vector registers torch's eager kernels take a scalar path with other bits
    than in the arrays of a run (float32 tanh log-det: on 4 inputs of 10).
    """
    if mode == "eager" and not any(refused(lines, text, dtype, None if value is None else np.asarray(value)[None])):
        lines = as_users_have_it(lines)
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
    shown = f"print(*[float(v).hex() for v in {first}.double().flatten()])\n"
    parts.append(shown)
    # Compiling for another length would take longer than everything else.
    alone = value is not None and mode == "eager"
    return Reproduction("".join(parts), f"value = value[:1]\nresult = {text}\n{shown}" if alone else "")


def to_torch(array: Array, dtype: str) -> torch.Tensor:
    """A fresh tensor with the array's bits; bfloat16 crosses as 16-bit integers, which torch can take from NumPy.

    Raises TypeError for an array of another dtype than the bound one.
    """
    fresh = fresh_copy(array, dtype)
    if fresh.dtype == ml_dtypes.bfloat16:
        return torch.from_numpy(fresh.view(np.int16)).view(torch.bfloat16).to(DEVICE)
    return torch.from_numpy(fresh).to(DEVICE)


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
