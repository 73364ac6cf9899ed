"""One value that is no row, as laws about shapes ask it, goes to a worker and back."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from conformance.execution import FrameworkClient, Request


def test_a_value_without_rows_is_answered(hostile: Callable[..., FrameworkClient]) -> None:
    reply = hostile().evaluate(Request("exp", "forward", "float64", values=np.array(-2.0)))
    assert (reply.status, reply.fate) == ("ok", None)
    assert reply.values is not None
    assert reply.values.shape == ()
    assert reply.values == np.exp(-2.0)
    raised = hostile().evaluate(Request("exp", "forward", "float64", values=np.array(5.0)))
    assert (raised.status, raised.message) == ("raised", "FloatingPointError: hostile input 5.0")
