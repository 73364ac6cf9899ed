"""What the frameworks' objects declare of themselves, in their own environments, and parameters in either form."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from adapters.interface.quantities import SHAPES
from adapters.tests.checking import Request, ask, in_hex

FALLING, EXP_NORMAL = "affine(loc=0.75,scale=-2.5)", "transformed(normal(loc=0.25,scale=1.5),exp)"
RESHAPE = "reshape(event_in=[2.0,3.0],event_out=[3.0,2.0])"
STACKED = "stack(exp,tanh,dim=0.0,ndims=2.0)"
BATCH = "normal(loc=[[0.25],[0.5]],scale=[1.5,2.5,0.75])"
GAUSSIANS = (
    "multivariate_normal(loc=[[0.25,-1.5,0.75],[0.5,0.25,1.5]],"
    "scale_tril=[[1.5,0.0,0.0],[0.5,2.25,0.0],[1.25,0.75,2.5]])"
)
ASKED = {
    (RESHAPE, "forward_shape"): [5, 2, 3],
    (RESHAPE, "inverse_shape"): [5, 3, 2],
    (f"inverse({RESHAPE})", "inverse_shape"): [5, 2, 3],
    (STACKED, "forward_shape"): [5, 2, 3],
    (STACKED, "inverse_shape"): [5, 2, 3],
    (RESHAPE, "forward_event_shape"): [2, 3],
    (RESHAPE, "inverse_event_shape"): [3, 2],
    ("tanh", "forward_event_shape"): [],
}
"""The shapes that are asked about."""
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
        (RESHAPE, "forward_shape"): [5.0, 3.0, 2.0],
        (RESHAPE, "inverse_shape"): [5.0, 2.0, 3.0],
        (f"inverse({RESHAPE})", "inverse_shape"): [5.0, 3.0, 2.0],
        (STACKED, "forward_shape"): [5.0, 2.0, 3.0],
        (RESHAPE, "forward_event_shape"): "not offered",
        (BATCH, "batch_shape"): [2.0, 3.0],
        (BATCH, "event_shape"): [],
        (GAUSSIANS, "batch_shape"): [2.0],
        (GAUSSIANS, "event_shape"): [3.0],
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
        (RESHAPE, "forward_event_shape"): [3.0, 2.0],
        (RESHAPE, "inverse_event_shape"): [2.0, 3.0],
        ("tanh", "forward_event_shape"): [],
        (RESHAPE, "forward_shape"): "not offered",
        (BATCH, "batch_shape"): [2.0, 3.0],
        (BATCH, "event_shape"): [],
        (GAUSSIANS, "batch_shape"): [2.0],
        (GAUSSIANS, "event_shape"): [3.0],
    },
    "paddle": {
        ("abs", "injective"): [0.0],
        ("exp", "codomain"): [0.0, 1.0, 1.0],
        ("stick_breaking", "event_rank_in"): [1.0],
        ("exp", "increasing"): "not offered",
        (RESHAPE, "forward_shape"): [5.0, 3.0, 2.0],
        (RESHAPE, "inverse_shape"): [5.0, 2.0, 3.0],
        (STACKED, "inverse_shape"): [5.0, 2.0, 3.0],
        (BATCH, "batch_shape"): [2.0, 1.0],  # The scale's axis is forgotten.
        (GAUSSIANS, "batch_shape"): [2.0],
        (GAUSSIANS, "event_shape"): [3.0],
    },
    "mindspore": {
        (FALLING, "constant_log_det"): [1.0],
        ("exp", "constant_log_det"): [0.0],
        ("exp", "injective"): [1.0],
        ("exp", "map_bits"): "not offered",
        ("normal(loc=0.25,scale=1.5)", "law_bits"): [64.0],
        (BATCH, "batch_shape"): [2.0, 3.0],
        ("normal(loc=0.25,scale=1.5)", "batch_shape"): [],
        (BATCH, "event_shape"): "not offered",
    },
}
"""Per framework what is declared of (subject, property); sets are asked about -2, 0.5 and 3."""


def declared(subject: str, name: str, **more: object) -> Request:
    asked: Request = {"subject": subject, "quantity": name, "dtype": "float64", "mode": "eager", **more}
    if name in ("domain", "codomain", "support"):
        asked["values"] = in_hex([-2.0, 0.5, 3.0])
    if (subject, name) in ASKED:
        asked |= {"asked": ASKED[subject, name], "event": 0 if subject == "tanh" else 2}
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
        # Of a shape every size is printed, and of points the first.
        count = len(reply["values"]) if key[1] in SHAPES else 1
        printed, values = (
            [float.fromhex(text) for text in texts] for texts in (reply["printed"].split(), reply["values"])
        )
        assert printed[:count] == values[:count], (key, reply["printed"])
        assert key[1] not in SHAPES or len(printed) == count, (key, reply["printed"])


@pytest.mark.frameworks
@pytest.mark.parametrize(
    ("framework", "subject", "exact"),
    [
        ("torch", "power(exponent=0.1)", lambda number: 0.5**number),
        ("tfp", "power(exponent=0.1)", lambda number: 0.5**number),
        ("tfp", "inverse_box_cox(power=0.1)", lambda number: (1 + 0.5 * number) ** (1 / number)),
        ("mindspore", "affine(loc=0.1,scale=1.5)", lambda number: 0.75 + number),
    ],
)
def test_parameters_come_in_either_form(framework: str, subject: str, exact: Callable[[float], float]) -> None:
    """As arrays they are float64 numbers; where these frameworks are given Python numbers, float32 ones."""
    asked = {"subject": subject, "quantity": "forward", "dtype": "float64", "mode": "eager", "values": in_hex([0.5])}
    _, replies = ask(framework, [{**asked, "form": form} for form in ("arrays", "plain")])
    assert [reply["dtype"] for reply in replies] == ["float64", "float64"]
    got = [float.fromhex(reply["values"][0]) for reply in replies]
    wanted = [exact(0.1), exact(float(np.float32(0.1)))]
    assert got == pytest.approx(wanted, rel=1e-13)
    assert got[0] != got[1]
