"""The maps that a run asks beside the catalogue: the reference is right to half an ulp, and TFP's classes are those
maps as far as their documentation promises."""

from __future__ import annotations

import sys
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from adapters.interface import SpecError, parse
from adapters.interface.quantities import LOG_DETS, TRANSFORM_QUANTITIES
from adapters.numpy import Adapter as Reference
from adapters.tests.checking import ask, in_hex
from conformance.definitions.further import FURTHER_MAPS
from conformance.floats.enclosures import as_float
from conformance.floats.formats import format_named
from conformance.laws.promises import promise_of
from conformance.oracle.oracle import Oracle
from conformance.scoring.distance import distances

pytestmark = pytest.mark.frameworks

WIDE = format_named("float64")
FLOWS = [subject for subject in FURTHER_MAPS if subject.startswith("linear_flow")]
FLOORS = [subject for subject in FURTHER_MAPS if subject.startswith("softfloor")]
INLINE = [subject for subject in FURTHER_MAPS if subject.startswith("inline")]
EVENTS = np.random.default_rng(7).normal(size=(6, 2))
STEPS = {
    "forward": np.array([0.53125, 0.75, 0.96875, 1.125, 1.4375]),
    "inverse": np.array([0.625, 0.75, 1.0, 1.0625, 1.125]),
}
STEPS |= {"fldj": STEPS["forward"], "ildj": STEPS["inverse"]}
POINTS = np.array([-2.5, -0.375, 0.0, 1.25, 4.0])
LOGITS = np.array([[0.75, -1.5, 0.25], [-0.375, 0.0, 2.5]])
WEIGHTS = np.array([[0.25, 0.1875, 0.4375, 0.125], [0.015625, 0.625, 0.234375, 0.125]])


def inputs(subject: str, quantity: str) -> NDArray[np.float64]:
    """A few of them, exact in float64, and points of the spaces exactly."""
    if subject in FLOWS:
        return EVENTS
    if subject in FLOORS:
        return STEPS[quantity]
    if "softmax_centered" not in subject:
        return POINTS
    return LOGITS if quantity in ("forward", "fldj") else WEIGHTS


def answers(framework: str, subjects: list[str]) -> dict[tuple[str, str], NDArray[np.float64]]:
    """By subject and quantity the flattened float64 answers at ``inputs``."""
    asked: list[dict[str, Any]] = []
    for subject in subjects:
        for quantity in TRANSFORM_QUANTITIES:
            at = inputs(subject, quantity)
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
        truth = Oracle().truth(subject, quantity, inputs(subject, quantity), WIDE)
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


def test_a_class_that_is_handed_functions_answers_what_they_do() -> None:
    parts = {str(parse(subject).parts[0]) for subject in INLINE}
    assert len(parts) == len(INLINE) == 2
    own = answers("tfp", sorted(parts))
    for (subject, quantity), got in answers("tfp", INLINE).items():
        at = inputs(subject, quantity)
        truth = Oracle().truth(subject, quantity, at, WIDE)
        np.testing.assert_allclose(np.broadcast_to(got, (len(truth),)), as_float(truth), rtol=1e-12, atol=1e-14)
        assert got.tolist() == own[str(parse(subject).parts[0]), quantity].tolist()


def test_what_is_named_is_what_ran() -> None:
    asked: list[dict[str, Any]] = [
        {"subject": subject, "quantity": quantity, "dtype": "float32", "mode": "eager", "component": True}
        | {"values": in_hex(inputs(subject, quantity).tolist())}
        for subject in FURTHER_MAPS
        for quantity in TRANSFORM_QUANTITIES
    ]
    _, replies = ask("tfp", asked, fresh=True)
    named: dict[tuple[str, str], list[Any]] = {}
    for question, reply in zip(asked, replies, strict=True):
        assert reply["status"] == "ok", (question, reply)
        assert reply["component"][0], question
        assert not reply["unseen"], question
        named[question["subject"], question["quantity"]] = reply["component"]
    handed = named["inline(softmax_centered)", "ildj"]
    within = "tensorflow_probability.python.bijectors.softmax_centered.SoftmaxCentered._inverse_log_det_jacobian"
    assert handed[0] == "tensorflow_probability.python.bijectors.inline.Inline._maybe_implement"
    assert [part[0] for part in handed[1:]] == [within]


@pytest.mark.parametrize(
    "subject",
    ["softfloor(temperature=1e-10)", "softfloor(temperature=1e60)", "linear_flow(field=[[1e6,0.0],[0.0,1.0]])"],
)
def test_the_reference_refuses_what_its_constants_do_not_reach(subject: str) -> None:
    with pytest.raises(SpecError) as raised:
        Reference().transform(subject, "float64")
    assert "\n" not in str(raised.value)
