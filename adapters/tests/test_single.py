"""A script asks one value alone too: in the same run, in every framework that has kernels for full registers."""

from __future__ import annotations

import pytest

from adapters.tests.checking import ask, interpreter

GUMBEL = "transformed(gumbel(loc=0.25,scale=1.5),affine(loc=0.75,scale=-2.5))"
MODES = {
    "torch": ("eager", "compile"),
    "brax": ("eager",),
    "tfp": ("eager", "function", "xla"),
    "paddle": ("eager", "to_static"),
    "mindspore": ("eager", "graph"),
}


@pytest.mark.frameworks
@pytest.mark.parametrize("framework", MODES)
def test_both_halves_of_a_script_print_a_number(framework: str, monkeypatch: pytest.MonkeyPatch) -> None:
    subject, quantity = ("tanh", "fldj") if framework == "brax" else (GUMBEL, "log_prob")
    if framework == "brax":
        monkeypatch.setenv("CONFORMANCE_PYTHON_BRAX", str(interpreter("torch")))
    asked = [
        {"subject": subject, "quantity": quantity, "dtype": "float64", "mode": mode, "values": [v], "script": "single"}
        for mode in MODES[framework]
        for v in ((0.5).hex(), (25.0).hex())
    ]
    for request, reply in zip(asked, ask(framework, asked)[1], strict=True):
        assert reply["status"] == "ok", reply
        if request["mode"] == "compile":
            assert reply["single"] == ""
            continue
        for line in (reply["printed"] + reply["single"]).splitlines():
            float.fromhex(line)
        assert reply["single"].count("\n") >= 1
        if framework == "paddle" and request["values"] == [(25.0).hex()] and request["mode"] == "eager":
            # exp overflows its vector form later than its scalar form.
            assert float.fromhex(reply["single"]) == -float("inf")
            assert -712 < float.fromhex(reply["printed"]) < -711
