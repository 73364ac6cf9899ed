"""Events of 1 and of 20 entries, matrices of 2, 5 and 20 rows: every framework that has a map or a law has it at that
size, and what it answers at ordinary events is right."""

from __future__ import annotations

import sys
from functools import cache
from math import prod
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from adapters.interface.quantities import LOG_DETS, variable
from adapters.tests.checking import ask, in_hex
from conformance.definitions.declared import spaces_of
from conformance.definitions.registry import is_event_law, transform_definition
from conformance.definitions.sizes import FURTHER_SIZES
from conformance.floats.enclosures import as_float
from conformance.floats.formats import format_named
from conformance.floats.regions import Region
from conformance.oracle.cost import seconds_per_event
from conformance.oracle.oracle import Oracle

pytestmark = pytest.mark.frameworks

WIDE = format_named("float64")
DEAR = 0.1
"""Seconds; an event whose truth takes longer is left to the comparison."""

DEAREST = ("corr_cholesky@190", "cholesky_outer_product@20x20", "matrix_inverse_tril@20x20")

LEAST = {"numpy": 52, "tfp": 38, "torch": 12}
"""Subjects with an answer, so that the test looks at some."""


@cache
def _question(subject: str, quantity: str) -> tuple[NDArray[Any], NDArray[np.float64]] | None:
    """Two ordinary events and the truth there."""
    space = spaces_of(subject)[variable(quantity) == "y"]
    assert space is not None
    if seconds_per_event(subject, quantity, space.shape) > DEAR:
        return None
    rows = space.draw(WIDE, 8, (7, 0))
    rows = rows[space.regions(rows, WIDE) == Region.ORDINARY][:2]
    assert len(rows) == 2, subject
    return rows, as_float(Oracle().truth(subject, quantity, rows, WIDE))


def _quantities(subject: str) -> tuple[str, ...]:
    if is_event_law(subject):
        return ("log_prob",)
    return ("forward", "inverse", "fldj", "ildj") if transform_definition(subject).has_log_det else ("forward",)


@pytest.mark.parametrize("framework", LEAST)
def test_every_size_is_right_at_ordinary_events(framework: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONFORMANCE_PYTHON_NUMPY", sys.executable)  # The reference runs where the tests do.
    asked: list[dict[str, Any]] = []
    for subject in FURTHER_SIZES:
        for quantity in _quantities(subject):
            made = _question(subject, quantity)
            if made is not None:
                one = {"subject": subject, "quantity": quantity, "dtype": "float64", "mode": "eager"}
                asked.append(one | {"values": in_hex(made[0].tolist())})
    _, replies = ask(framework, asked)
    seen = set()
    for question, reply in zip(asked, replies, strict=True):
        subject, quantity = question["subject"], question["quantity"]
        if reply["status"] == "not offered":
            continue
        assert reply["status"] == "ok", (question, reply)
        made = _question(subject, quantity)
        assert made is not None
        got = np.array([float.fromhex(text) for text in reply["values"]])
        exact = made[1]
        if quantity in LOG_DETS and got.size == 1:  # A constant log-det may come once for all.
            got = np.broadcast_to(got, exact.shape)
        assert got.size == prod(exact.shape), (subject, quantity, reply["shape"])
        np.testing.assert_allclose(got, exact, rtol=1e-6, atol=1e-6, err_msg=f"{framework} {subject} {quantity}")
        seen.add(subject)
    assert len(seen) >= LEAST[framework]
    if framework == "numpy":
        assert seen == set(FURTHER_SIZES) - set(DEAREST)
