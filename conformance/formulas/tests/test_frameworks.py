"""In every framework a function gets that framework's own tensors, and its scripts print what it answered."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path

import ml_dtypes
import numpy as np
import pytest

from adapters.interface.scripts import halves
from conformance.comparison.run import environments_of
from conformance.execution.client import FrameworkClient
from conformance.execution.environments import existing
from conformance.execution.frameworks import FRAMEWORKS
from conformance.execution.home import home
from conformance.execution.request import Request
from conformance.floats.formats import format_named
from conformance.formulas.asked import Asked, asked_for, plan_for

KINDS = {
    "numpy": ("import numpy as np", "np.ndarray", "np.generic"),
    "torch": ("import torch", "torch.Tensor", "torch.Tensor"),
    "brax": ("import torch", "torch.Tensor", "torch.Tensor"),
    "tfp": ("import tensorflow as tf", "tf.Tensor", "tf.Tensor"),
    "paddle": ("import paddle", "paddle.Tensor", "paddle.Tensor"),
    "mindspore": ("import mindspore as ms", "ms.Tensor", "ms.Tensor"),
}
"""What a function imports, and what a row of values and a parameter are."""

WIDENED, NARROWED = ("numpy", "bfloat16"), ("mindspore", "float64")
"""A bfloat16 array and a Python number make a float32 array in NumPy; MindSpore rounds a Python number to float32
before it meets a float64 tensor. Both are what users of ``--parameters numbers`` have, and are told."""

FUNCTION = """
{imports}

def log_prob(y, loc, scale):
    assert isinstance(y, {row}), type(y)
    assert y.shape[0] > 0 and not callable(y)
    for one in (loc, scale):
        assert isinstance(one, {number}), type(one)
    return (y - loc) * scale
"""


@pytest.mark.slow
@pytest.mark.frameworks
@pytest.mark.parametrize("framework", FRAMEWORKS)
def test_values_and_parameters_are_its_own(framework: str, tmp_path: Path) -> None:
    environment = existing(framework, home() / "environments")
    if environment.python is None:
        pytest.skip(f"{framework} is not installed")
    with ExitStack() as running:
        answered = []
        for stem, numbers in (("tensors", False), ("numbers", True)):
            client, asked = _asked(framework, tmp_path / f"{stem}.py", numbers)
            running.enter_context(client)
            description = client.describe()
            assert description["version"].startswith(f"{framework} ")
            assert description["modes"] == ["eager"]
            others = () if not numbers else (WIDENED, NARROWED)
            dtypes = [each for each in description["dtypes"] if (framework, each) not in others]
            answered += [_answers_in(client, asked, dtype) for dtype in dtypes]
        # In one process, which starts for seconds: each script has its own imports, and prints its own two lines.
        printed = client.snippet("\n".join(script for script, _ in answered), fresh=True)
    assert printed.status == "ok", printed.message
    expected = [number for _, number in answered for _ in ("among others", "alone")]
    assert [float.fromhex(word) for word in printed.stdout.split()] == expected


def _asked(framework: str, file: Path, numbers: bool) -> tuple[FrameworkClient, Asked]:
    """A client of the function, written to that file, and what is asked of it."""
    imports, row, number = KINDS[framework]
    file.write_text(FUNCTION.format(imports=imports, row=row, number="float" if numbers else number), encoding="utf-8")
    law, grid = "normal(loc=LOC,scale=SCALE)", ["LOC=0.1", "SCALE=3"]
    asked = asked_for(f"{file}:log_prob", law, framework, grid=grid, numbers=numbers)
    return FrameworkClient(environments_of(plan_for(asked, file.parent, home()))[file.stem], file.stem), asked


def _answers_in(client: FrameworkClient, asked: Asked, dtype: str) -> tuple[str, float]:
    """The script of one value, both halves, and the number that either must print."""
    kind = ml_dtypes.bfloat16 if dtype == "bfloat16" else np.dtype(dtype)
    values = np.linspace(-2, 2, 37).astype(kind)
    [subject] = asked.subjects
    reply = client.evaluate(Request(subject, "log_prob", dtype, "eager", values))
    assert reply.status == "ok", reply.message
    assert reply.values is not None
    assert reply.values.dtype.name == dtype
    # One rounding after the other; a kernel in 16 bits may keep what lies between.
    expected = (values.astype(np.float64) - float(np.asarray(0.1).astype(kind))) * 3.0
    off = np.abs(reply.values.astype(np.float64) - expected)
    assert off.max() <= 16 * 2.0 ** -format_named(dtype).precision
    script = client.reproduction(Request(subject, "log_prob", dtype, "eager", values[5]))
    return "\n".join(halves(script.code)), float(reply.values[5])
