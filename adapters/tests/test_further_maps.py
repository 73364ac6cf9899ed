"""The maps that a run asks beside the catalogue: the reference is right to half an ulp, and TFP's classes are those
maps as far as their documentation promises."""

from __future__ import annotations

import sys
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from adapters.interface.quantities import LOG_DETS, TRANSFORM_QUANTITIES
from adapters.tests.checking import ask, in_hex
from conformance.definitions.catalogue import FURTHER_MAPS
from conformance.floats.enclosures import as_float
from conformance.floats.formats import format_named
from conformance.laws.promises import promise_of
from conformance.oracle.oracle import Oracle
from conformance.scoring.distance import distances

pytestmark = pytest.mark.frameworks

WIDE = format_named("float64")
FLOWS = [subject for subject in FURTHER_MAPS if subject.startswith("linear_flow")]
FLOORS = [subject for subject in FURTHER_MAPS if subject.startswith("softfloor")]
EVENTS = np.random.default_rng(7).normal(size=(6, 2))
STEPS = {
    "forward": np.array([0.53125, 0.75, 0.96875, 1.125, 1.4375]),
    "inverse": np.array([0.625, 0.75, 1.0, 1.0625, 1.125]),
}
STEPS |= {"fldj": STEPS["forward"], "ildj": STEPS["inverse"]}


def answers(framework: str, subjects: list[str]) -> dict[tuple[str, str], NDArray[np.float64]]:
    """By subject and quantity the flattened float64 answers at EVENTS or STEPS."""
    asked: list[dict[str, Any]] = []
    for subject in subjects:
        for quantity in TRANSFORM_QUANTITIES:
            at = EVENTS if subject in FLOWS else STEPS[quantity]
            one = {"subject": subject, "quantity": quantity, "dtype": "float64", "mode": "eager"}
            asked.append(one | {"values": in_hex(at.tolist())})
    _, replies = ask(framework, asked)
    found = {}
    for question, reply in zip(asked, replies, strict=True):
        assert reply["status"] == "ok", (question, reply)
        got = np.array([float.fromhex(text) for text in reply["values"]])
        found[question["subject"], question["quantity"]] = got
    return found


@pytest.mark.parametrize("subject", FURTHER_MAPS)
def test_the_reference_is_right_to_half_an_ulp(subject: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONFORMANCE_PYTHON_NUMPY", sys.executable)  # The reference runs where the tests do.
    for (_, quantity), got in answers("numpy", [subject]).items():
        at = EVENTS if subject in FLOWS else STEPS[quantity]
        truth = Oracle().truth(subject, quantity, at, WIDE)
        assert float(distances(np.broadcast_to(got, (len(truth),)), truth, WIDE).ulp.max()) <= 0.51, quantity


def test_a_solver_keeps_its_promise_and_needs_it() -> None:
    worst = 0.0
    for (subject, quantity), got in answers("tfp", FLOWS).items():
        promise = promise_of("tfp", subject, quantity)
        assert promise is not None
        exact = as_float(Oracle().truth(subject, quantity, EVENTS, WIDE))
        off, size = np.abs(got - exact), np.abs(exact)
        if quantity not in LOG_DETS:
            off, size = off.reshape(-1, 2).max(axis=1), np.linalg.norm(exact.reshape(-1, 2), axis=1)
        assert (off <= promise.absolute + promise.relative * size).all(), (subject, quantity)
        assert off.max() > 1e4 * np.spacing(size.max()), "a bound in ulp would do"
        worst = max(worst, float((off / size).max()) / promise.relative)
    assert worst > 0.01, "a hundredth of the promise would do"


def test_the_smooth_floor_is_its_forward_map_and_its_inverse_is_not_its_inverse() -> None:
    for (subject, quantity), got in answers("tfp", FLOORS).items():
        exact = as_float(Oracle().truth(subject, quantity, STEPS[quantity], WIDE))
        right = np.abs(got - exact) <= 1e-13
        if quantity in ("forward", "fldj"):
            assert right.all(), (subject, quantity)
        else:
            assert not right.any(), (subject, quantity)
