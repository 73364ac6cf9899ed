"""Rows that an adapter makes no call with: what it may name, and what stands in the place of their answers."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from adapters.interface import BoundTransform, Reproduction
from adapters.interface.contract import Array, evaluate_but, rows_left_out
from adapters.tests.hostile import Adapter
from adapters.worker import Worker


class Doubled(BoundTransform):
    """Events of three numbers, doubled; ``told`` is what it leaves out."""

    def __init__(self, told: Any) -> None:
        self.told = told

    def left_out(self, quantity: str, value: Array) -> Array:
        return self.told

    def forward(self, x: Array) -> Array:
        return 2 * x

    def inverse(self, y: Array) -> Array:
        return y / 2

    def log_det_jacobian(self, value: Array, direction: str = "forward") -> Array:
        return np.full(len(value), 3 * np.log(2.0))

    def reproduction(self, quantity: str, value: Array) -> Reproduction:
        return Reproduction("")


@pytest.mark.parametrize(
    "told", [np.array([0]), np.array([True]), np.zeros((2, 3), bool), np.array([0.0, 1.0]), True, None]
)
def test_what_is_no_mask_of_the_rows_is_an_error(told: Any) -> None:
    with pytest.raises(ValueError, match=r"^left_out of forward: a boolean mask of shape \(2,\) is wanted, not .*$"):
        rows_left_out(Doubled(told), "forward", np.ones((2, 3)))


@pytest.mark.parametrize("told", [[False, False], [True, False], [True, True]])
def test_the_filler_has_the_shape_of_an_answer(told: list[bool]) -> None:
    x = np.ones((2, 3), np.float32)
    for quantity, shape in (("forward", (2, 3)), ("inverse", (2, 3)), ("fldj", (2,))):
        bound = Doubled(np.array(told))
        answers = evaluate_but(bound, quantity, x, rows_left_out(bound, quantity, x))
        assert answers.shape == shape
        assert np.isnan(answers).reshape(2, -1).all(axis=1).tolist() == told


def test_what_raises_tells_what_was_left_out_too() -> None:
    asked = {"op": "evaluate", "subject": "exp", "quantity": "forward", "dtype": "float64", "mode": "eager"}
    worker = Worker(Adapter)
    header, _ = worker.answer(asked, [np.array([5.0, 2.25, 0.5])])
    assert (header["status"], header["type"], header["left_out"]) == ("raised", "FloatingPointError", [1])
    assert header["message"] == "hostile input 5.0"
    assert "left_out" not in worker.answer(asked, [np.array([5.0, 0.5])])[0]
    assert worker.answer(asked, [np.array([14.0, 2.25])])[0]["status"] == "not_offered"
