"""Operators are watched without a trace, what is put in their place goes on, and a forged reply names nothing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from adapters.interface.operators import Watch
from conformance.definitions.further import DEAR_LAWS
from conformance.execution.client import FrameworkClient
from conformance.execution.operators import watched_from
from conformance.execution.request import Fate, Request

X = np.full(64, 0.75, np.float32)
SEEN = [
    ("torch", "exp", "torch.exp"),
    ("torch", "power(exponent=2.5)", "torch.pow"),
    ("torch", "softplus", "torch.nn.functional.softplus"),
    ("brax", "tanh", "torch.tanh"),
    ("tfp", "exp", "tf.math.exp"),
    ("tfp", "power(exponent=2.5)", "tf.math.pow"),
    ("paddle", "exp", "paddle.exp"),
    ("paddle", "power(exponent=2.5)", "paddle.pow"),
    ("mindspore", "exp", "mindspore.ops.Exp"),
    ("mindspore", "inverse_box_cox(power=1.75)", "mindspore.ops.Log1p"),
]


@pytest.mark.frameworks
@pytest.mark.parametrize("framework", ["torch", "brax", "tfp", "paddle", "mindspore"])
def test_a_framework_is_watched_and_left_as_it_was(framework: str, client_of: Callable[[str], FrameworkClient]) -> None:
    client = client_of(framework)
    for subject, name in [(subject, name) for owner, subject, name in SEEN if owner == framework]:
        request = Request(subject, "forward", "float32", values=X)
        before = client.evaluate(request)
        seen = client.operators(request, {})
        assert seen is not None
        assert name in [one.name for one in seen.operators]
        assert before.values is not None
        assert np.array_equal(seen.values, before.values)
        last = len(seen.operators) - 1
        # The place after the last would be that of the next call's first, were the watch still there.
        output = np.full_like(seen.operators[last].output, 0.3125)
        other = client.operators(request, {last: output, last + 1: output})
        assert other is not None
        if len(seen.operators) == 1:  # The answer is that operator's, and nothing else.
            assert (other.values == 0.3125).all()
        after = client.evaluate(request)
        assert after.values is not None
        assert np.array_equal(after.values, before.values)


@pytest.mark.frameworks
def test_a_framework_that_cannot_be_watched_has_no_operators(client_of: Callable[[str], FrameworkClient]) -> None:
    assert client_of("numpy").operators(Request("exp", "forward", "float32", values=X), {}) is None


@pytest.mark.frameworks
def test_what_takes_thousands_of_steps_is_neither_watched_nor_asked_at_what_takes_all_of_them(
    client_of: Callable[[str], FrameworkClient],
) -> None:
    """tfp's sum of a 2F1: a nan or -inf in a call takes half a minute of processor time for every row."""
    (law,) = (subject for subject in DEAR_LAWS if subject.startswith("beta_quotient("))
    request = Request(law, "log_prob", "float32", values=np.array([0.5, np.nan, 2.0, -np.inf, np.inf], np.float32))
    client = client_of("tfp")
    assert client.operators(request, {}) is None
    reply = client.evaluate(request)
    assert reply.status == "ok"
    assert "which that of a nan or of -inf never does" in reply.message
    assert reply.fate is not None
    assert reply.fate.tolist() == [Fate.OK, Fate.LEFT_OUT, Fate.OK, Fate.LEFT_OUT, Fate.OK]
    assert reply.values is not None
    assert np.isnan(reply.values).tolist() == [False, True, False, True, False]


ONE = np.ones(2, np.float32)


@pytest.mark.parametrize(
    ("header", "arrays"),
    [
        ({"status": "raised"}, [ONE]),
        ({"status": "ok"}, [ONE]),
        ({"status": "ok", "operators": []}, []),
        ({"status": "ok", "operators": [["a", "exp", 1]]}, [ONE, ONE]),
        ({"status": "ok", "operators": [["a", "exp", 1]]}, [ONE, ONE, ONE, ONE]),
        ({"status": "ok", "operators": [["a", "exp", 2]]}, [ONE, ONE, ONE, ONE]),
        ({"status": "ok", "operators": [["a", "power of ten", 1]]}, [ONE, ONE, ONE]),
        ({"status": "ok", "operators": [["a", "exp", 1]]}, [ONE, ONE, ONE[:1]]),
        ({"status": "ok", "operators": [["a", "exp", 1]]}, [ONE, ONE.astype(np.float64), ONE]),
        ({"status": "ok", "operators": [[["a"], "exp", 1]]}, [ONE, ONE, ONE]),
        ({"status": "ok", "operators": ["exp"]}, [ONE, ONE, ONE]),
        ({"status": "ok", "operators": [5]}, [ONE, ONE, ONE]),
    ],
)
def test_a_reply_of_another_form_names_no_operator(header: dict[str, Any], arrays: list[Any]) -> None:
    assert watched_from(header, arrays) is None


def test_a_watch_keeps_what_entries_are_and_replaces_like_by_like() -> None:
    watch = Watch({0: np.zeros(2, np.float32), 1: np.zeros(3, np.float32)})
    assert watch.passed("a.exp", "exp", [ONE.astype(np.float64)], ONE) is None  # Another dtype: another operator.
    assert not watch.seen
    first = watch.passed("a.pow", "pow", [ONE, np.array(2.5, np.float32)], ONE)
    assert first is not None
    assert (first == 0).all()
    assert watch.seen[0].inputs[1].tolist() == [2.5, 2.5]
    assert watch.passed("a.exp", "exp", [ONE], ONE) is None  # Of another shape than the output.
    assert len(watch.seen) == 2
