"""Vector transforms: duals against known determinants, certified coordinates, and the simplex's boundary."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from flint import arb, ctx

from conformance.definitions.registry import transform_definition
from conformance.floats.enclosures import Enclosures, Kind
from conformance.floats.formats import format_named
from conformance.oracle.numbers.duals import variables
from conformance.oracle.oracle import Oracle
from conformance.oracle.pointwise.vector_jets import (
    DUALS,
    inverse_log_det_at,
    inverse_values_at,
    log_det_at,
    values_at,
)

F64, F32 = format_named("float64"), format_named("float32")
ORACLE = Oracle()
STICK = transform_definition("stick_breaking")
EVENTS = [[0.3, -1.2, 2.0], [0.0, 0.0, 0.0], [30.0, -40.0, 5.0], [-1e5, 3.0, 1e5], [1.7e308, 0.0, -1.7e308]]


@pytest.fixture(autouse=True)
def _precision() -> Iterator[None]:
    saved = ctx.prec
    ctx.prec = 1600
    yield
    ctx.prec = saved


def value(truth: Enclosures, i: int = 0) -> float:
    return math.ldexp(float(truth.hi[i]), int(truth.exponent[i]))


def kinds(truth: Enclosures) -> list[Kind]:
    return [Kind(int(k)) for k in truth.kind]


@pytest.mark.parametrize("event", EVENTS)
def test_the_log_det_of_stick_breaking_is_the_sum_of_the_logs_of_all_weights(event: list[float]) -> None:
    """An identity of this map (its Jacobian is triangular, dy_i/dx_i = y_i (1 - z_i)), used nowhere in the oracle."""
    x = [arb(v) for v in event]
    weights = values_at(STICK, x, (3,))
    assert log_det_at(STICK, x, (3,)).overlaps(sum((w.log() for w in weights), arb(0)))
    assert sum(weights, arb(0)).overlaps(arb(1))


@pytest.mark.parametrize("event", EVENTS[:4])
def test_the_certified_inverse_contains_the_point(event: list[float]) -> None:
    x = [arb(v) for v in event]
    weights = values_at(STICK, x, (3,))
    back = inverse_values_at(STICK, weights, (4,))
    if event[0] > -1e5:
        assert all(b.overlaps(v) for b, v in zip(back, x, strict=True))
        assert inverse_log_det_at(STICK, weights, (4,)).overlaps(-log_det_at(STICK, x, (3,)))


def test_independent_sums_what_the_determinant_of_its_jacobian_gives() -> None:
    definition = transform_definition("independent(tanh,ndims=1)")
    x = [arb(0.5), arb(-3), arb(1e-9)]
    outputs = definition.forward(DUALS, variables(x))
    rows = [output.partials for output in outputs]
    assert rows[0][1].is_zero()
    product = rows[0][0] * rows[1][1] * rows[2][2]
    assert log_det_at(definition, x, (3,)).overlaps(product.log())


@pytest.mark.parametrize(
    "subject", ["stick_breaking", "independent(tanh,ndims=1)", "chain(affine(loc=0.5,scale=-2.0),stick_breaking)"]
)
def test_mpmath_agrees(subject: str) -> None:
    events = np.array([[0.3, -1.2, 2.0], [20.0, -3.0, 1e-9]])
    weights = np.array([[0.25, 0.125, 0.5, 0.125], [2.0**-40, 0.5, 0.25, 0.25 - 2.0**-40]])
    for quantity in ("forward", "fldj", "inverse", "ildj"):
        back = quantity in ("inverse", "ildj")
        inputs = np.tanh(events / 8) if back and subject.startswith("independent") else weights if back else events
        for row in inputs:
            assert ORACLE.second_opinion(subject, quantity, row, F64).agrees, (quantity, row)


SLICED = "concatenate(exp,inverse(sigmoid),tanh,lengths=[1.0,1.0,1.0])"


def test_slices_are_right_by_mpmath_and_by_the_determinant() -> None:
    events = {"forward": [0.3, 0.25, 2.0], "fldj": [20.0, 0.75, 1e-9], "inverse": [2.5, -1.5, 0.25]}
    for quantity, row in {**events, "ildj": events["inverse"]}.items():
        assert ORACLE.second_opinion(SLICED, quantity, np.array(row), F64).agrees, quantity
    outputs = transform_definition(SLICED).forward(DUALS, variables([arb(0.5), arb(0.25), arb(-3)]))
    diagonal = [output.partials[index] for index, output in enumerate(outputs)]
    product = abs(diagonal[0] * diagonal[1] * diagonal[2])
    assert log_det_at(transform_definition(SLICED), [arb(0.5), arb(0.25), arb(-3)], (3,)).overlaps(product.log())


def test_every_slice_has_its_own_limits_and_its_own_domain() -> None:
    x = np.array([[-np.inf, 1.0, np.inf], [0.0, 1.5, 0.0], [np.inf, 0.5, -np.inf]])
    forward = kinds(ORACLE.truth(SLICED, "forward", x, F64))
    assert forward[:3] == [Kind.FINITE, Kind.POS_INF, Kind.FINITE]
    assert forward[4] == Kind.OUTSIDE
    assert forward[6] == Kind.POS_INF
    log_dets = kinds(ORACLE.truth(SLICED, "fldj", x, F64))
    # exp falls as logit rises; 1.5 is no probability; exp rises as tanh falls.
    assert log_dets == [Kind.UNDECIDED, Kind.OUTSIDE, Kind.UNDECIDED]
    alone = ORACLE.truth(SLICED, "fldj", np.array([[0.5, 0.25, np.inf]]), F64)
    assert kinds(alone) == [Kind.NEG_INF]


def test_a_chain_of_vector_maps_adds_its_log_dets() -> None:
    subject = "chain(affine(loc=0.5,scale=-2.0),stick_breaking)"
    x = np.array([[0.5, -1.0, 2.0]])
    inner = ORACLE.truth("stick_breaking", "fldj", 0.5 - 2 * x, F64)
    assert value(ORACLE.truth(subject, "fldj", x, F64)) == pytest.approx(value(inner) + 3 * math.log(2), rel=1e-15)
    y = ORACLE.truth(subject, "forward", x, F64)
    assert value(y, 0) == value(ORACLE.truth("stick_breaking", "forward", 0.5 - 2 * x, F64), 0)


def test_shapes_are_flattened_in_c_order() -> None:
    x = np.array([[0.0, 0.0, 0.0], [1.0, 2.0, 3.0]], np.float32)
    assert len(ORACLE.truth("stick_breaking", "forward", x, F32)) == 8
    assert len(ORACLE.truth("stick_breaking", "fldj", x, F32)) == 2
    y = np.array([[0.25, 0.25, 0.25, 0.25]], np.float32)
    assert len(ORACLE.truth("stick_breaking", "inverse", y, F32)) == 3
    assert len(ORACLE.truth("inverse(stick_breaking)", "forward", y, F32)) == 3


def test_infinite_coordinates_take_their_limits() -> None:
    x = np.array([[np.inf, 1.0, 2.0], [-np.inf, 0.0, 0.0], [np.nan, 0.0, 0.0]])
    truth = ORACLE.truth("stick_breaking", "forward", x, F64)
    assert [value(truth, i) for i in range(4)] == [1.0, 0.0, 0.0, 0.0]
    assert value(truth, 5) == pytest.approx(1 / 3)
    assert kinds(truth)[8:] == [Kind.NAN] * 4
    assert kinds(ORACLE.truth("stick_breaking", "fldj", x, F64)) == [Kind.NEG_INF, Kind.NEG_INF, Kind.NAN]
    tanh = ORACLE.truth("independent(tanh,ndims=1)", "fldj", x, F64)
    assert kinds(tanh) == [Kind.NEG_INF, Kind.NEG_INF, Kind.NAN]


def boundary(*weights: float, quantity: str = "inverse") -> Any:
    return kinds(ORACLE.truth("stick_breaking", quantity, np.array([weights]), F64))


def test_the_boundary_of_the_simplex() -> None:
    fin, minus, plus, out = Kind.FINITE, Kind.NEG_INF, Kind.POS_INF, Kind.OUTSIDE
    assert boundary(0.0, 0.25, 0.25, 0.5) == [minus, fin, fin]
    assert boundary(0.5, 0.5, 0.0, 0.0) == [fin, plus, out]
    assert boundary(1.0, 0.0, 0.0, 0.0) == [plus, out, out]
    assert boundary(0.25, 0.25, 0.5, 0.0) == [fin, fin, plus]
    assert boundary(-0.25, 0.5, 0.5, 0.25) == [out] * 3
    assert boundary(0.3, 0.3, 0.3, 0.3) == [out] * 3
    assert boundary(0.0, 0.25, 0.25, 0.5, quantity="ildj") == [plus]
    inside = ORACLE.truth("stick_breaking", "inverse", np.array([[0.0, 0.25, 0.25, 0.5]]), F64)
    assert value(inside, 1) == pytest.approx(math.log(0.25 / 0.75) + math.log(2), rel=1e-15)
    assert 0 < inside.condition[1] < 10


def test_conditions_of_vectors() -> None:
    truth = ORACLE.truth("stick_breaking", "forward", np.array([[-100.0, 0.0, 0.0]]), F64)
    assert truth.condition[0] == pytest.approx(100.0, rel=1e-3)
    log_det = ORACLE.truth("stick_breaking", "fldj", np.array([[-1e5, 0.0, 0.0]]), F64)
    assert log_det.condition[0] == pytest.approx(1.0, rel=1e-2)


def test_of_an_inverse_that_is_0_an_iteration_comes_near_enough() -> None:
    row = np.full(4, 0.25)
    assert ORACLE.second_opinion("stick_breaking", "inverse", row, F64).agrees
