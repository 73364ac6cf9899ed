"""The anatomy of composites, and the part that is blamed: by running the parts, not by their names."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from adapters.interface import Spec
from adapters.numpy import Adapter as Reference
from conformance.causes.anatomy import anatomy_of, composed
from conformance.causes.asking import FrameworkAsker
from conformance.causes.attribution import Tracer, by_row
from conformance.causes.tests.planted.adapter import Adapter, Array, Plant, Right
from conformance.causes.tests.planted.defects import PLANTS
from conformance.execution.request import Reply
from conformance.floats.formats import format_named
from conformance.oracle.oracle import Oracle
from conformance.tests.in_process import InProcess

BENT = "transformed(normal(loc=0.25,scale=1.5),tanh)"


@pytest.mark.parametrize(
    ("subject", "quantity", "parts"),
    [
        ("inverse(tanh)", "fldj", ["tanh ildj"]),
        ("chain(affine(loc=0.5,scale=2.0),tanh)", "forward", ["affine(loc=0.5,scale=2.0) forward", "tanh forward"]),
        (
            "chain(affine(loc=0.5,scale=2.0),tanh)",
            "ildj",
            ["tanh ildj", "tanh inverse", "affine(loc=0.5,scale=2.0) ildj"],
        ),
        (BENT, "log_prob", ["tanh inverse", "normal(loc=0.25,scale=1.5) log_prob", "tanh ildj"]),
        ("tanh", "ildj", ["tanh inverse", "tanh fldj"]),
        ("inline(tanh)", "ildj", ["tanh ildj"]),
        ("tanh", "forward", None),
        ("transform_diagonal(softplus)", "ildj", ["softplus ildj"]),
        (
            "fill_scale_tril(exp)",
            "fldj",
            ["fill_triangular fldj", "fill_triangular forward", "transform_diagonal(exp) fldj"],
        ),
        ("normal(loc=0.25,scale=1.5)", "log_prob", None),
        (
            "inverse_gamma(concentration=2.5,scale=1.5)",
            "log_prob",
            [
                "power(exponent=-1.0) inverse",
                "gamma(concentration=2.5,rate=1.5) log_prob",
                "power(exponent=-1.0) ildj",
            ],
        ),
        ("chi(df=3.5)", "cdf", ["power(exponent=0.5) inverse", "chi2(df=3.5) cdf"]),
        ("concatenate(tanh,exp,lengths=[1.0,2.0])", "ildj", ["tanh ildj", "exp ildj"]),
    ],
)
def test_the_parts_of_a_quantity(subject: str, quantity: str, parts: list[str] | None) -> None:
    anatomy = anatomy_of(subject, quantity)
    assert (None if anatomy is None else [f"{node.subject} {node.quantity}" for node in anatomy.nodes]) == parts


def test_what_may_have_a_formula_of_its_own_is_not_composed_beyond_doubt() -> None:
    assert composed(BENT, "log_prob")
    assert not composed("tanh", "ildj")


def test_a_line_is_kept_without_the_measure_that_it_is_made_of() -> None:
    asker = FrameworkAsker(
        InProcess(lambda: Adapter(PLANTS["atanh_by_a_quotient"])), Oracle(), "float32", "eager", False, 1
    )
    line = asker.line("tanh", "inverse")
    assert line is not None
    assert line.bad.any()
    assert asker.line("tanh", "inverse") is line
    assert not asker.case("tanh")._told.measures


def _traced(plant: str, subject: str, quantity: str, at: float, oracle: Oracle) -> str:
    asker = FrameworkAsker(InProcess(lambda: Adapter(PLANTS[plant])), oracle, "float32", "eager", False, 1)
    x = np.array([at], np.float32)
    values = asker.ask(subject, quantity, x).values
    assert values is not None
    leaf = Tracer(asker).trace(subject, quantity, x, values)[0]
    return f"{leaf.subject} {leaf.quantity}"


@pytest.mark.parametrize(
    ("plant", "subject", "quantity", "at", "blamed"),
    [
        ("tanh_log_det_off_by_log_four", BENT, "log_prob", 0.5, "tanh fldj"),
        ("normal_density_without_its_scale", BENT, "log_prob", 0.5, "normal(loc=0.25,scale=1.5) log_prob"),
        ("atanh_by_a_quotient", "inverse(tanh)", "forward", 1e-9, "tanh inverse"),
        ("log_det_left_out", BENT, "log_prob", 0.5, f"{BENT} log_prob"),
        ("softplus_log_det_of_the_other_direction", "inverse(softplus)", "fldj", 2.0, "softplus ildj"),
    ],
)
def test_a_composite_is_explained_by_the_part_that_is_wrong(
    plant: str, subject: str, quantity: str, at: float, blamed: str
) -> None:
    assert _traced(plant, subject, quantity, at, Oracle()) == blamed


def test_the_diagonal_of_a_matrix_is_explained_by_its_scalar_part() -> None:
    subject = "transform_diagonal(tanh)"
    asker = FrameworkAsker(
        InProcess(lambda: Adapter(PLANTS["atanh_by_a_quotient"])), Oracle(), "float32", "eager", False, 1
    )
    x = np.array([[[0.5, 0.0], [2e-9, 1e-9]]], np.float32)
    values = asker.ask(subject, "inverse", x).values
    assert values is not None
    leaf = Tracer(asker).trace(subject, "inverse", x, values)[0]
    assert (leaf.subject, leaf.quantity, float(leaf.x)) == ("tanh", "inverse", float(np.float32(1e-9)))


@pytest.mark.parametrize(
    ("subject", "y", "place"),
    [
        ("concatenate(exp,tanh,lengths=[2.0,1.0])", [[1e-9, 0.5, 1e-9]], 1e-9),
        ("stack(tanh,exp,dim=0.0,ndims=2.0)", [[[0.5, 2e-9], [1e-9, 1e-9]]], 2e-9),
    ],
)
def test_a_slice_is_explained_by_the_part_that_takes_it(subject: str, y: list[object], place: float) -> None:
    """exp has the same inputs and no defect: what is wrong is wrong at the entries of tanh's slice."""
    asker = FrameworkAsker(
        InProcess(lambda: Adapter(PLANTS["atanh_by_a_quotient"])), Oracle(), "float32", "eager", False, 1
    )
    x = np.array(y, np.float32)
    values = asker.ask(subject, "inverse", x).values
    assert values is not None
    leaf = Tracer(asker).trace(subject, "inverse", x, values)[0]
    assert (leaf.subject, leaf.quantity, float(leaf.x)) == ("tanh", "inverse", float(np.float32(place)))


def _asker_with(place: str, wrong: Callable[[Right, Array, Spec], Array]) -> FrameworkAsker:
    defect = Plant("unnamed", place, ("kernel accuracy",), (), "", wrong)
    return FrameworkAsker(InProcess(lambda: Adapter(defect)), Oracle(), "float32", "eager", False, 1)


def test_a_part_that_is_wrong_in_long_arrays_only_is_to_blame_all_the_same() -> None:
    """Vector and scalar kernels differ: the rows that failed, asked alone, may all be right."""
    asker = _asker_with("exp.forward", lambda right, x, spec: right() * np.float32(1.25 if np.size(x) >= 8 else 1.0))
    subject, x = "stack(tanh,exp)", np.full((16, 2), 0.5, np.float32)
    values = asker.ask(subject, "forward", x).values
    assert values is not None
    leaf = Tracer(asker).trace(subject, "forward", x[:1], values[:1])[0]
    assert (leaf.subject, leaf.quantity) == ("exp", "forward")


@pytest.mark.parametrize(("off", "blamed"), [(2e-5, "stack(tanh,exp) fldj"), (0.0, "exp fldj")])
def test_errors_that_pass_alone_add_up_and_a_combinator_has_its_own(off: float, blamed: str) -> None:
    """Three floats are within what a part is granted; where the sum cancels they are all there is. What is ``off``
    beside that is the combinator's."""
    asker = _asker_with("exp.fldj", lambda right, x, spec: right() + 3 * np.spacing(right()))
    x = np.array([[1.0, 0.8675]], np.float32)
    values = asker.ask("stack(tanh,exp)", "fldj", x).values
    assert values is not None
    leaf = Tracer(asker).trace("stack(tanh,exp)", "fldj", x, values + np.float32(off))[0]
    assert f"{leaf.subject} {leaf.quantity}" == blamed


class Careless(FrameworkAsker):
    """The reference, but for the inverse, which is off by ``off`` of itself, and the log-det, by roundoffs of 1; the
    inverse's log-det is made of both."""

    off = 0.01
    lost: float | None = None
    """What the log-det answers in the place of a number."""

    def ask(self, subject: str, quantity: str, x: Array) -> Reply:
        if quantity == "ildj":
            back = self.ask(subject, "inverse", x).values
            assert back is not None
            made = self.ask(subject, "fldj", back.astype(np.float32)).values
            assert made is not None
            return Reply("ok", -made)
        reply = super().ask(subject, quantity, x)
        assert reply.values is not None
        if quantity == "inverse":
            return replace(reply, values=reply.values * np.float32(1.0 + self.off))
        if quantity == "fldj" and self.lost is not None:
            return replace(reply, values=np.full_like(reply.values, self.lost))
        return replace(reply, values=reply.values + np.float32(4e-7)) if quantity == "fldj" else reply


@pytest.mark.parametrize(("off", "blamed"), [(0.01, "inverse"), (0.0, "fldj")])
def test_next_to_its_zero_a_log_det_explains_no_error_that_the_inverse_has_made(off: float, blamed: str) -> None:
    asker = Careless(InProcess(Reference), Oracle(), "float32", "eager", False, 1)
    asker.off = off
    subject, y = "softfloor(temperature=0.75)", np.array([1.119796], np.float32)
    values = asker.ask(subject, "ildj", y).values
    assert values is not None
    leaf = Tracer(asker).trace(subject, "ildj", y, values)[0]
    assert leaf.quantity == blamed
    # With the exact inverse this log-det is nearer to the truth, and still off by more than it may be.
    told = "its exact answer takes all but 1/16 of the error of" if off else "with its exact answer"
    assert f"is wrong at the exact value, and {told} ildj of {subject}" in leaf.steps[0]


@pytest.mark.parametrize("lost", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize(
    ("subject", "at"), [("softplus", 1.5), ("sigmoid", 0.375), ("softfloor(temperature=0.75)", 1.119796)]
)
def test_a_log_det_that_is_no_number_is_not_the_inverse_s_doing(subject: str, at: float, lost: float) -> None:
    """Infinite errors have no sixteenth, though one is no more than a part of the other."""
    asker = Careless(InProcess(Reference), Oracle(), "float32", "eager", False, 1)
    asker.lost = lost
    y = np.array([at], np.float32)
    values = asker.ask(subject, "ildj", y).values
    assert values is not None
    leaf = Tracer(asker).trace(subject, "ildj", y, values)[0]
    assert leaf.quantity == "fldj"


def test_a_constant_in_the_shape_of_its_parameters_is_one_answer_for_every_row() -> None:
    rows = by_row(np.array(0.5, np.float32), 3, format_named("float32"))
    assert rows is not None
    assert rows.tolist() == [0.5, 0.5, 0.5]
    assert by_row(np.zeros(2, np.float32), 3, format_named("float32")) is None
    assert by_row(None, 3, format_named("float32")) is None
