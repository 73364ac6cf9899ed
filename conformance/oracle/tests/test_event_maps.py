"""The oracle on maps of vectors and matrices: against plain mpmath, on the boundary, and against planted candidates."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import product
from math import inf, nan
from typing import Any

import mpmath as mp
import numpy as np
import pytest
from flint import arb, arb_mat, ctx

from adapters.tests.event_forms import BITS, EVENT_FORMS, events
from conformance.definitions.registry import transform_definition
from conformance.definitions.spaces import Sphere
from conformance.floats.enclosures import Enclosures, Kind
from conformance.floats.formats import format_named
from conformance.oracle.numbers.duals import log_abs_det
from conformance.oracle.oracle import Oracle
from conformance.oracle.pointwise import vector_inverse
from conformance.oracle.pointwise.vector_inverse import BALLS, certified_inverse
from conformance.oracle.pointwise.vector_truth import VectorTruth

F64, F32 = format_named("float64"), format_named("float32")
ORACLE = Oracle()
MATVEC = next(name for name in EVENT_FORMS if name.startswith("scale_matvec("))
REFLECTION = next(name for name in EVENT_FORMS if name.startswith("householder"))


def _off(truth: Enclosures, exact: list[Any]) -> float:
    """The largest distance beyond the enclosures, relative to max(1, |exact|)."""
    assert (truth.kind == Kind.FINITE).all()
    worst = mp.mpf(0)
    for i, value in enumerate(exact):
        middle = mp.ldexp(mp.mpf(float(truth.hi[i])) + mp.mpf(float(truth.lo[i])), int(truth.exponent[i]))
        radius = mp.ldexp(mp.mpf(float(truth.err[i])), int(truth.exponent[i]))
        worst = max(worst, (abs(middle - value) - radius) / max(1, abs(value)))
    return float(worst)


@pytest.mark.slow
@pytest.mark.parametrize("subject", EVENT_FORMS)
def test_values_and_log_dets_are_those_of_the_documentation(subject: str) -> None:
    form = EVENT_FORMS[subject]
    with mp.workprec(BITS):
        x, y, starts = events(subject, "float64", 3)
        rows = [[mp.mpf(float(v)) for v in row] for row in x]
        given = x.reshape(-1, *form.shape_in)
        assert _off(ORACLE.truth(subject, "forward", given, F64), [v for r in rows for v in form.forward(r)]) < 1e-50
        if form.section is None:
            assert _off(ORACLE.truth(subject, "fldj", given, F64), [form.log_det(row) for row in rows]) < 1e-50
        else:
            assert (ORACLE.truth(subject, "fldj", given, F64).kind == Kind.UNDECIDED).all()
        back = [form.inverse([mp.mpf(float(v)) for v in row], at) for row, at in zip(y, starts, strict=True)]
        given = y.reshape(-1, *form.shape_out)
        assert _off(ORACLE.truth(subject, "inverse", given, F64), [v for row in back for v in row]) < 1e-50
        if form.section is None:
            assert _off(ORACLE.truth(subject, "ildj", given, F64), [-form.log_det(row) for row in back]) < 1e-50


@pytest.mark.slow
@pytest.mark.parametrize("subject", EVENT_FORMS)
def test_mpmath_agrees(subject: str) -> None:
    form = EVENT_FORMS[subject]
    with mp.workprec(BITS):
        x, y, _ = events(subject, "float32", 1)
    for quantity, given in (("forward", x), ("fldj", x), ("inverse", y), ("ildj", y)):
        if form.section is not None and quantity.endswith("ldj"):
            continue
        shape = form.shape_out if quantity in ("inverse", "ildj") else form.shape_in
        assert ORACLE.second_opinion(subject, quantity, given[0].reshape(shape), F32).agrees, quantity


def kinds(subject: str, quantity: str, row: object) -> list[Kind]:
    truth = ORACLE.truth(subject, quantity, np.array([row], np.float32), F32)
    return [Kind(int(code)) for code in truth.kind]


@pytest.mark.parametrize(
    ("subject", "quantity", "row", "kind"),
    [
        ("ascending", "inverse", [1.0, 0.5, 2.0], Kind.OUTSIDE),
        ("ascending", "ildj", [0.0, 0.0, 1.0], Kind.UNDECIDED),
        ("softmax_centered", "inverse", [0.5, 0.5, 0.5, 0.5], Kind.OUTSIDE),
        ("unit_vector", "ildj", [0.5, 0.5, 0.5, 0.75], Kind.OUTSIDE),
        ("correlation_cholesky", "ildj", [[1, 0, 0], [2, 0, 0], [0, 0, 1]], Kind.OUTSIDE),
        ("cholesky_outer_product", "ildj", [[1.0, 2.0, 0.0], [2.0, 1.0, 0.0], [0.0, 0.0, 1.0]], Kind.OUTSIDE),
        ("cholesky_outer_product", "ildj", [[1.0, 0.5, 0.0], [0.25, 1.0, 0.0], [0.0, 0.0, 1.0]], Kind.OUTSIDE),
        ("cholesky_outer_product", "fldj", [[1.0, 0.0, 0.0], [0.0, 0.0, 0.0], [0.0, 0.0, 1.0]], Kind.UNDECIDED),
        ("matrix_inverse_tril", "fldj", [[1.0, 0.5, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]], Kind.OUTSIDE),
        ("pad(before=1.0,after=2.0,value=0.75)", "ildj", [0.75, 1.0, 2.0, 3.0, 0.75, 0.5], Kind.OUTSIDE),
        ("fill_triangular", "ildj", [[1.0, 1.0], [0.0, 1.0]], Kind.OUTSIDE),
        (MATVEC, "fldj", [1.0, nan, 1.0], Kind.NAN),
        (MATVEC, "fldj", [1.0, inf, 1.0], Kind.FINITE),
        ("ascending", "fldj", [1.0, inf, 1.0], Kind.UNDECIDED),
    ],
)
def test_what_is_no_inner_point_is_known_as_such(subject: str, quantity: str, row: object, kind: Kind) -> None:
    assert set(kinds(subject, quantity, row)) == {kind}


def test_a_shape_that_a_map_does_not_take_is_named() -> None:
    for subject, shape in (("cholesky_outer_product", (2, 3)), ("fill_triangular", (5,)), (MATVEC, (4,))):
        with pytest.raises(ValueError, match="not"):
            VectorTruth(subject, "forward", shape, F32)


def test_discrete_cosines_have_log_det_zero_and_are_orthogonal() -> None:
    """log|det J| = 0 is declared and not computed: what proves it is that rows times columns enclose the identity."""
    x = np.array([[0.25, 1.0, -2.0], [inf, 0.0, 1.0]], np.float32)
    truth = ORACLE.truth("discrete_cosine_transform(dct_type=2.0)", "fldj", x, F32)
    assert (truth.kind == Kind.FINITE).all()
    assert all(not part.any() for part in (truth.hi, truth.err, truth.condition))
    for kind, size in product(("2.0", "3.0"), (1, 3, 20)):
        definition = transform_definition(f"discrete_cosine_transform(dct_type={kind})@{size}")
        assert definition.isometry
        unit = [[arb(int(i == j)) for j in range(size)] for i in range(size)]
        columns = arb_mat([definition.forward(BALLS, row) for row in unit])
        off = columns * columns.transpose() - arb_mat([[int(i == j) for j in range(size)] for i in range(size)])
        assert all(v.contains(0) and v.rad() < 1e-12 for v in off.entries())


def test_a_reflection_has_log_det_zero_and_not_next_to_it() -> None:
    truth = ORACLE.truth(REFLECTION, "fldj", np.array([[0.25, 1.0, -2.0, 0.5, 3.0]], np.float32), F32)
    assert (truth.kind[0], truth.hi[0], truth.err[0], truth.condition[0]) == (Kind.FINITE, 0.0, 0.0, 0.0)
    assert log_abs_det([{0: arb(0.5), 1: arb(0.75)}, {0: arb(-2), 1: arb(-1)}]).is_zero()


@pytest.fixture
def _precise() -> Iterator[None]:
    saved = ctx.prec
    ctx.prec = 200
    yield
    ctx.prec = saved


@pytest.mark.usefixtures("_precise")
@pytest.mark.parametrize("subject", ["unit_vector", "softmax_centered", "correlation_cholesky", MATVEC])
def test_a_wrong_candidate_is_mended_or_refused_and_never_believed(
    subject: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    definition = transform_definition(subject)
    x = [arb(v) for v in (0.25, -0.5, 0.75)]
    y = definition.forward(BALLS, x)
    wrong = replace(definition, inverse_candidate=lambda ns, y: [v * 1.125 for v in x])
    mended = certified_inverse(wrong, y, definition.output_event((3,)))
    assert all(ball.overlaps(v) for ball, v in zip(mended, x, strict=True))
    # On the sphere Newton's iteration ends in the other half, at another point with the same coordinates.
    assert all(ball.is_finite() == (subject != "unit_vector") for ball in mended)
    monkeypatch.setattr(vector_inverse, "_REFINEMENTS", 0)
    refused = certified_inverse(wrong, y, definition.output_event((3,)))
    assert all(ball.overlaps(v) for ball, v in zip(refused, x, strict=True))
    # The Krawczyk step is exact for a linear map, however wide the box.
    assert subject == MATVEC or not any(ball.is_finite() and ball.rad() < 1e-3 for ball in refused)


@pytest.mark.usefixtures("_precise")
def test_a_box_that_no_solution_lies_in_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """From the steep middle Newton's step falls far short of a point where the map is flat: so does the box."""
    monkeypatch.setattr(vector_inverse, "_REFINEMENTS", 0)
    definition = transform_definition("softmax_centered")
    y = definition.forward(BALLS, [arb(v) for v in (12.0, -9.0, 3.0)])
    wrong = replace(definition, inverse_candidate=lambda ns, y: [arb(v) for v in (0.0, 0.25, -0.25)])
    assert not any(ball.is_finite() for ball in certified_inverse(wrong, y, (4,)))


@pytest.mark.usefixtures("_precise")
@pytest.mark.parametrize("subject", ["cholesky_to_inv_cholesky", "cholesky_outer_product"])
def test_a_solution_outside_the_source_is_refused(subject: str) -> None:
    """With the signs of a column turned round a factor gives the same matrix, and is no point of the space."""
    definition = transform_definition(subject)
    a, b, c = arb(2).sqrt(), arb(3).sqrt(), arb(5).sqrt()
    y = definition.forward(BALLS, [a, arb(0), b, c])
    assert all(ball.is_finite() for ball in certified_inverse(definition, y, (2, 2)))
    wrong = replace(definition, inverse_candidate=lambda ns, y: [-a, arb(0), -b, c])
    assert not any(ball.is_finite() for ball in certified_inverse(wrong, y, (2, 2)))


@pytest.mark.usefixtures("_precise")
def test_two_diagonals_are_two_maps() -> None:
    """What is triangular and grows is remembered per map; maps of one name with other parts are others."""
    for part, y in (("softplus", (0.25, 0.0, -1.5, 0.75)), ("affine(loc=0.5,scale=-3.0)", (-2.0, 0.0, -1.5, 0.75))):
        definition = transform_definition(f"transform_diagonal({part})")
        goal = [arb(v) for v in y]
        back = certified_inverse(definition, goal, (2, 2))
        assert all(ball.is_finite() for ball in back), part
        assert all(h.overlaps(v) for h, v in zip(definition.forward(BALLS, back), goal, strict=True)), part


def test_digits_are_those_of_a_point_that_the_format_rounded() -> None:
    """A row of float32 has length 1 up to its own rounding, not up to that of the digits that are asked for."""
    fmt = format_named("float32")
    row = Sphere((4,)).draw(fmt, 8, (1, 0))[0]
    assert Oracle().digits("unit_vector", "inverse", row, fmt=fmt).split()[0] not in ("outside", "undecided")
