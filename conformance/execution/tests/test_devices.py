"""Another device than the processor: asked for by name, recorded, and never quietly replaced."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from conformance.execution import FrameworkClient, existing
from conformance.execution.aside import FrameworkUnusable
from conformance.execution.environments import device_asked, inspected
from conformance.execution.request import Request
from conformance.floats.formats import format_named

FLOAT32 = format_named("float32").dtype


def test_what_one_device_computed_is_not_taken_for_anothers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CONFORMANCE_DEVICE_NUMPY", raising=False)
    here = inspected("numpy", Path(sys.executable))
    assert device_asked("numpy") == ""
    fingerprints = {here.fingerprint}
    for device in ("cuda", "cuda:1"):
        monkeypatch.setenv("CONFORMANCE_DEVICE_NUMPY", device)
        fingerprints.add(inspected("numpy", Path(sys.executable)).fingerprint)
    assert len(fingerprints) == 3


@pytest.mark.slow
def test_an_adapter_that_computes_elsewhere_is_not_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONFORMANCE_DEVICE_NUMPY", "cuda")
    with FrameworkClient(existing("numpy"), "numpy") as client:
        with pytest.raises(FrameworkUnusable, match=r"CONFORMANCE_DEVICE_NUMPY asks for 'cuda', .* computes on 'cpu'"):
            client.describe()
        reply = client.evaluate(Request("tanh", "forward", "float32", "eager", np.zeros(1, FLOAT32)))
    assert reply.values is None
    monkeypatch.setenv("CONFORMANCE_DEVICE_NUMPY", "cpu")
    with FrameworkClient(existing("numpy"), "numpy") as client:
        assert client.describe()["devices"] == ["cpu"]


@pytest.mark.frameworks
def test_torch_computes_there_or_says_what_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONFORMANCE_DEVICE_TORCH", "cuda")
    torch = existing("torch")
    if torch.python is None:
        pytest.skip(f"torch: {torch.reason}")
    probe = [str(torch.python), "-c", "import torch; print(torch.cuda.is_available())"]
    there = subprocess.run(probe, capture_output=True, text=True, check=True).stdout.strip() == "True"
    values = np.array([0.5], FLOAT32)
    asked = Request("tanh", "forward", "float32", "eager", values)
    with FrameworkClient(torch, "torch") as client:
        if not there:
            with pytest.raises(FrameworkUnusable, match=r"\Adid not start: .*CUDA.*\Z"):
                client.describe()
            return
        assert client.describe()["devices"] == ["cuda"]
        reply, script = client.evaluate(asked), client.reproduction(asked)
        printed = client.snippet(script.code).stdout
    assert reply.values is not None
    np.testing.assert_allclose(reply.values, np.tanh(values), rtol=1e-6)
    assert "torch.set_default_device('cuda')" in script.code
    assert abs(float.fromhex(printed.split()[0]) - np.tanh(0.5)) < 1e-6
