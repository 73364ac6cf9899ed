"""One adapter, by itself, in its own environment, in five lines: nothing else of the project is needed."""

from __future__ import annotations

import pytest

from adapters.tests.checking import run_alone
from adapters.tests.probes import ROOT

pytestmark = pytest.mark.frameworks

FIVE_LINES = """
import sys, numpy as np; from adapters.{name} import Adapter
assert not any(m in sys.modules for m in ("torch", "tensorflow", "paddle", "mindspore", "scipy")), "imported too early"
bound = Adapter().transform("{subject}", "float32")
y = bound.forward(np.array([0.5], np.float32))
print(float(y[0]), any(m.split(".")[0] == "conformance" for m in sys.modules))
"""
ANOTHER_DTYPE = """
for function in (bound.forward, bound.log_det_jacobian):
    try:
        function(np.array([0.5]))
    except TypeError as refused:
        print(refused)
"""


@pytest.mark.parametrize("name", ["numpy", "torch", "brax", "tfp", "paddle", "mindspore"])
def test_five_lines_suffice_and_no_dtype_is_converted(name: str) -> None:
    # MindSpore has no tanh.
    subject, expected = ("exp", 1.64872127) if name == "mindspore" else ("tanh", 0.46211716)
    code = FIVE_LINES.format(name=name, subject=subject) + ANOTHER_DTYPE
    *_, answer, first, second = run_alone("torch" if name == "brax" else name, code, ROOT).splitlines()
    assert first == second == "bound at float32, called with float64"
    value, foreign = answer.split()
    assert abs(float(value) - expected) < 1e-5
    assert foreign == "False"
