"""What torch's own default validation refuses, and scripts that show the code as users have it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from adapters.tests.checking import Reply, Request, ask, run_alone

UNIFORM = "transformed(uniform(low=-0.5,high=1.5),affine(loc=0.75,scale=-2.5))"
ASKED = {
    "outside": (UNIFORM, "log_prob", [0.25, 9.0]),
    "cdf": ("uniform(low=0.25,high=0.75)", "cdf", [0.5, -1.0, 2.0]),
    "base": ("transformed(exponential(rate=1.5),power(exponent=2.5))", "log_prob_from_base", [0.5, -1.0]),
    "nan": ("normal(loc=0.25,scale=1.5)", "log_prob", [0.5, float("inf"), float("nan")]),
    "map": ("gumbel_cdf(loc=0.5,scale=2.0)", "fldj", [0.5, float("nan")]),
    "plain": ("sigmoid", "inverse", [0.5, 2.0]),
}


def point(subject: str, quantity: str, values: list[float], mode: str, **more: Any) -> Request:
    texts = [value.hex() for value in values]
    return {"subject": subject, "quantity": quantity, "dtype": "float64", "mode": mode, "values": texts, **more}


@pytest.fixture(scope="module")
def replies() -> dict[tuple[str, str], Reply]:
    cells = [(name, "refused") for name in ASKED] + [("outside", "in"), ("outside", "out")]
    asked = [point(*ASKED[name], "eager", refused=True) for name in ASKED]
    subject, quantity, values = ASKED["outside"]
    asked += [point(subject, quantity, [value], "eager", script="single") for value in values]
    return dict(zip(cells, ask("torch", asked)[1], strict=True))


@pytest.mark.frameworks
def test_the_default_refuses_what_users_are_refused(replies: dict[tuple[str, str], Reply]) -> None:
    assert {name: replies[name, "refused"]["refused"] for name in ASKED} == {
        "outside": [False, True],
        "cdf": [False, True, True],
        "base": [False, True],
        "nan": [False, False, True],
        "map": [False, True],
        "plain": [False, False],
    }


@pytest.mark.frameworks
def test_a_script_turns_validation_off_only_where_it_must(replies: dict[tuple[str, str], Reply]) -> None:
    usual, refused = replies["outside", "in"], replies["outside", "out"]
    assert "validate_args" not in usual["code"]
    assert refused["code"].count("validate_args=False") == 3
    assert np.isfinite(float.fromhex(usual["printed"]))
    assert refused["printed"] == "-inf\n"
    assert usual["single"] == usual["printed"]
    assert run_alone("torch", usual["code"]) == usual["printed"]
