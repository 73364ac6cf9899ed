"""Rows that an adapter makes no call with: what it may name, and what stands in the place of their answers."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from adapters.interface import BoundTransform, Reproduction
from adapters.interface.contract import Array, evaluate_but_left_out


class Doubled(BoundTransform):
    """Events of three numbers, doubled; ``told`` is what it leaves out."""

    def __init__(self, told: Any) -> None:
        self.told = told

    def left_out(self, quantity: str, value: Array) -> Array:
        return self.told  # type: ignore[no-any-return]

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
        evaluate_but_left_out(Doubled(told), "forward", np.ones((2, 3)))


@pytest.mark.parametrize("told", [[False, False], [True, False], [True, True]])
def test_the_filler_has_the_shape_of_an_answer(told: list[bool]) -> None:
    x = np.ones((2, 3), np.float32)
    for quantity, shape in (("forward", (2, 3)), ("inverse", (2, 3)), ("fldj", (2,))):
        answers, rows = evaluate_but_left_out(Doubled(np.array(told)), quantity, x)
        assert answers.shape == shape
        assert rows == np.flatnonzero(told).tolist()
        assert np.isnan(answers).reshape(2, -1).all(axis=1).tolist() == told
