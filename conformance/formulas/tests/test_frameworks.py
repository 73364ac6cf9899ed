"""In every framework a function gets that framework's own tensors, and its scripts print what it answered."""

from __future__ import annotations

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
@pytest.mark.parametrize("numbers", [False, True])
@pytest.mark.parametrize("framework", FRAMEWORKS)
def test_values_and_parameters_are_its_own(framework: str, numbers: bool, tmp_path: Path) -> None:
    environment = existing(framework, home() / "environments")
    if environment.python is None:
        pytest.skip(f"{framework} is not installed")
    imports, row, number = KINDS[framework]
    text = FUNCTION.format(imports=imports, row=row, number="float" if numbers else number)
    (tmp_path / "mine.py").write_text(text, encoding="utf-8")
    asked = asked_for(
        f"{tmp_path / 'mine.py'}:log_prob",
        "normal(loc=LOC,scale=SCALE)",
        framework,
        grid=["LOC=0.1", "SCALE=3"],
        numbers=numbers,
    )
    plan = plan_for(asked, tmp_path, home())
    with FrameworkClient(environments_of(plan)["mine"], "mine") as client:
        description = client.describe()
        dtypes = [each for each in description["dtypes"] if not numbers or (framework, each) not in (WIDENED, NARROWED)]
        answered = [_answers_in(client, asked, dtype) for dtype in dtypes]
        # In one process, which starts for seconds: each script has its own imports, and prints its own two lines.
        printed = client.snippet("\n".join(script for script, _ in answered), fresh=True)
    assert printed.status == "ok", printed.message
    expected = [number for _, number in answered for _ in ("among others", "alone")]
    assert [float.fromhex(word) for word in printed.stdout.split()] == expected
    assert description["version"].startswith(f"{framework} ")
    assert description["modes"] == ["eager"]


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
