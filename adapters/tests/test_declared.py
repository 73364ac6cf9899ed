"""What the frameworks' objects declare of themselves, in their own environments, and parameters in either form."""

from __future__ import annotations

import numpy as np
import pytest

from adapters.tests.checking import Request, ask, in_hex

FALLING, EXP_NORMAL = "affine(loc=0.75,scale=-2.5)", "transformed(normal(loc=0.25,scale=1.5),exp)"
SAID: dict[str, dict[tuple[str, str], list[float] | str]] = {
    "torch": {
        (FALLING, "increasing"): [0.0],
        ("tanh", "increasing"): [1.0],
        ("abs", "injective"): [0.0],
        ("tanh", "codomain"): [0.0, 1.0, 0.0],
        ("log", "domain"): "not offered",
        ("corr_cholesky", "event_rank_out"): [2.0],
        ("tanh", "constant_log_det"): "not offered",
        (EXP_NORMAL, "support"): [0.0, 1.0, 1.0],
        (EXP_NORMAL, "event_rank"): [0.0],
    },
    "tfp": {
        (FALLING, "increasing"): [0.0],
        (FALLING, "constant_log_det"): [1.0],
        ("scale(scale=-2.5)", "map_bits"): [64.0],
        ("tanh", "map_bits"): "not offered",
        ("independent(tanh,ndims=1)", "event_rank_in"): "not offered",
        ("fill_triangular", "event_rank_out"): [2.0],
        ("tanh", "codomain"): "not offered",
        (EXP_NORMAL, "law_bits"): [64.0],
    },
    "paddle": {
        ("abs", "injective"): [0.0],
        ("exp", "codomain"): [0.0, 1.0, 1.0],
        ("stick_breaking", "event_rank_in"): [1.0],
        ("exp", "increasing"): "not offered",
    },
    "mindspore": {
        (FALLING, "constant_log_det"): [1.0],
        ("exp", "constant_log_det"): [0.0],
        ("exp", "injective"): [1.0],
        ("exp", "map_bits"): "not offered",
        ("normal(loc=0.25,scale=1.5)", "law_bits"): [64.0],
    },
}
"""Per framework what is declared of (subject, property); sets are asked about -2, 0.5 and 3."""

LONG = "normal(loc=0.1,scale=1.5)"


def declared(subject: str, name: str, **more: object) -> Request:
    asked: Request = {"subject": subject, "quantity": name, "dtype": "float64", "mode": "eager", **more}
    if name in ("domain", "codomain", "support"):
        asked["values"] = in_hex([-2.0, 0.5, 3.0])
    return asked


@pytest.mark.frameworks
@pytest.mark.parametrize("framework", SAID)
def test_what_an_object_declares_comes_in_one_vocabulary(framework: str) -> None:
    wanted = SAID[framework]
    _, replies = ask(framework, [declared(*key) for key in wanted])
    got = {
        key: [float.fromhex(text) for text in reply["values"]] if reply["status"] == "ok" else reply["status"]
        for key, reply in zip(wanted, replies, strict=True)
    }
    assert got == wanted


@pytest.mark.frameworks
@pytest.mark.parametrize("framework", SAID)
def test_a_script_prints_what_is_declared(framework: str) -> None:
    wanted = [key for key, said in SAID[framework].items() if said != "not offered"]
    _, replies = ask(framework, [declared(*key, script=True) for key in wanted])
    for key, reply in zip(wanted, replies, strict=True):
        assert reply["status"] == "ok", (key, reply)
        assert float.fromhex(reply["printed"].split()[0]) == float.fromhex(reply["values"][0]), (key, reply["printed"])


@pytest.mark.frameworks
def test_plain_numbers_are_another_form_of_the_same_parameters() -> None:
    """Where torch is given Python numbers, a float64 density is that of float32 parameters."""
    points = in_hex([0.5, 1.5])
    asked = {"subject": LONG, "quantity": "log_prob", "dtype": "float64", "mode": "eager", "values": points}
    _, replies = ask("torch", [{**asked, "form": "arrays"}, {**asked, "form": "plain"}])
    assert [reply["dtype"] for reply in replies] == ["float64", "float64"]
    slopes = []
    for reply in replies:
        at, beyond = (float.fromhex(text) for text in reply["values"])
        slopes.append(beyond - at)
    for slope, loc in zip(slopes, (0.1, float(np.float32(0.1))), strict=True):
        assert slope == pytest.approx(-((1.5 - loc) ** 2 - (0.5 - loc) ** 2) / 4.5, abs=1e-14)
