"""Truth of every scalar cell of the catalogue, held against mpmath; and what needs no computing."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from conformance.definitions.catalogue import TRANSFORM_SUBJECTS
from conformance.definitions.registry import UnknownSubject
from conformance.floats.enclosures import Certificate, Enclosures, Kind
from conformance.floats.formats import FORMATS, Format, format_named
from conformance.oracle.opinion.second_opinion import Opinion, second_opinion
from conformance.oracle.oracle import Oracle
from conformance.oracle.pointwise.scalar_truth import UnknownQuantity
from conformance.oracle.tests.grids import REAL, scalar_cells

F64 = format_named("float64")
F32 = format_named("float32")
ORACLE = Oracle()


def value(truth: Enclosures, index: int = 0) -> float:
    return math.ldexp(float(truth.hi[index]), int(truth.exponent[index]))


def ask(subject: str, quantity: str, *x: float, fmt: Format = F64) -> Enclosures:
    return ORACLE.truth(subject, quantity, np.array(x, fmt.dtype), fmt)


@pytest.mark.slow
@pytest.mark.parametrize(("index", "cell"), list(enumerate(scalar_cells())), ids=lambda v: str(v))
def test_mpmath_agrees(index: int, cell: tuple[str, str]) -> None:
    """mpmath's value, by complex steps and Newton's iteration, lies in the enclosure; each cell has its own points."""
    subject, quantity = cell
    points = np.array([REAL[(index * 5 + k * 7) % len(REAL)] for k in range(7)])
    truth = ORACLE.truth(subject, quantity, points, F64)
    for i, x in enumerate(points):
        one = truth[np.array([i])]
        opinion = second_opinion(subject, quantity, x, one, F64)
        if one.kind[0] == Kind.FINITE:
            assert opinion.agrees or not opinion.possible, (x, opinion, value(one))


@pytest.mark.parametrize(("subject", "quantity"), scalar_cells())
def test_enclosures_are_narrow_and_certified(subject: str, quantity: str) -> None:
    for fmt in FORMATS.values():
        with np.errstate(over="ignore"):
            x = np.array(REAL).astype(fmt.dtype)
        truth = ORACLE.truth(subject, quantity, x[:9], fmt)
        finite = truth.kind == Kind.FINITE
        assert (truth.certificate == Certificate.CERTIFIED).all()
        binade = np.maximum(truth.exponent - fmt.precision, fmt.lowest_exponent)
        with np.errstate(divide="ignore"):
            assert (np.log2(truth.err[finite]) + truth.exponent[finite] <= binade[finite] - 20 + 2).all()


@pytest.mark.parametrize("subject", ["tanh", "transformed(normal(loc=0.25,scale=1.5),tanh)"])
def test_nan_in_nan_out_and_zeros_are_zero(subject: str) -> None:
    quantity = "forward" if subject == "tanh" else "log_prob"
    truth = ask(subject, quantity, math.nan, 0.0, -0.0)
    assert truth.kind[0] == Kind.NAN
    assert truth.kind[1] == truth.kind[2] == Kind.FINITE
    assert truth.hi[1] == truth.hi[2]


INF, MINUS, OUT = Kind.POS_INF, Kind.NEG_INF, Kind.OUTSIDE
SPLINE = next(subject for subject in TRANSFORM_SUBJECTS if subject.startswith("rational_quadratic_spline"))
LOG = "transformed(logistic(loc=0.25,scale=1.5),sigmoid)"
EXPECTED: list[tuple[str, str, float, Any]] = [
    ("exp", "forward", math.inf, INF),
    ("exp", "forward", -math.inf, 0.0),
    ("exp", "inverse", 0.0, MINUS),
    ("exp", "inverse", -1.0, OUT),
    ("exp", "fldj", -math.inf, MINUS),
    ("exp", "ildj", 0.0, INF),
    ("affine(loc=0.75,scale=-2.5)", "forward", math.inf, MINUS),
    ("affine(loc=0.75,scale=-2.5)", "fldj", math.inf, math.log(2.5)),
    ("power(exponent=2.5)", "forward", 0.0, 0.0),
    ("power(exponent=2.5)", "fldj", 0.0, MINUS),
    ("power(exponent=-1.5)", "forward", 0.0, INF),
    ("power(exponent=-1.5)", "fldj", 0.0, INF),
    ("power(exponent=2.5)", "forward", -1.0, OUT),
    ("reciprocal", "forward", math.inf, 0.0),
    ("reciprocal", "fldj", math.inf, MINUS),
    ("reciprocal", "fldj", 0.0, INF),
    # The other branch holds there, which has a subject of its own; and -0 belongs to it.
    ("reciprocal", "forward", -2.0, Kind.UNDECIDED),
    ("reciprocal", "forward", -0.0, Kind.UNDECIDED),
    ("reciprocal", "inverse", 0.0, INF),
    ("reciprocal(negative=true)", "inverse", -0.0, MINUS),
    ("reciprocal(negative=true)", "inverse", 0.0, Kind.UNDECIDED),
    ("reciprocal(negative=true)", "forward", -2.0, -0.5),
    ("reciprocal(negative=true)", "ildj", 2.0, Kind.UNDECIDED),
    ("chain(reciprocal,tanh)", "forward", -2.0, Kind.UNDECIDED),
    ("inverse(chain(reciprocal,exp))", "forward", 0.5, Kind.UNDECIDED),
    (SPLINE, "forward", math.inf, INF),
    (SPLINE, "fldj", -math.inf, 0.0),
    (SPLINE, "forward", -1.5, -1.0),
    (SPLINE, "fldj", -1.5, math.log(0.5)),
    (SPLINE, "ildj", 1.25, -math.log(1.25)),
    (SPLINE, "inverse", 2.5, 2.5),
    ("inverse_box_cox(power=0.5)", "forward", -2.0, 0.0),
    ("inverse_box_cox(power=0.5)", "inverse", 0.0, -2.0),
    ("inverse_box_cox(power=0.5)", "fldj", -2.0, MINUS),
    ("inverse_box_cox(power=0.5)", "forward", -2.5, OUT),
    ("tanh", "forward", math.inf, 1.0),
    ("tanh", "forward", -math.inf, -1.0),
    ("tanh", "inverse", 1.0, INF),
    ("tanh", "inverse", 1.5, OUT),
    ("tanh", "inverse", math.inf, OUT),
    ("tanh", "ildj", -1.0, INF),
    ("softplus", "fldj", math.inf, 0.0),
    ("softplus", "forward", -math.inf, 0.0),
    ("abs", "forward", -math.inf, INF),
    ("abs", "fldj", 0.0, 0.0),
    ("abs", "inverse", 0.0, 0.0),
    ("abs", "inverse", -1.0, OUT),
    ("abs", "ildj", math.inf, 0.0),
    ("gumbel_cdf(loc=0.5,scale=2.0)", "fldj", -math.inf, MINUS),
    ("gumbel_cdf(loc=0.5,scale=2.0)", "inverse", 1.0, INF),
    ("normal_cdf", "fldj", math.inf, MINUS),
    ("chain(affine(loc=0.5,scale=-1.5),exp)", "forward", math.inf, 0.0),
    ("chain(affine(loc=0.5,scale=-1.5),exp)", "fldj", math.inf, MINUS),
    ("chain(affine(loc=0.5,scale=-1.5),exp)", "inverse", 0.0, INF),
    ("inverse(tanh)", "fldj", 1.0, INF),
    ("inverse(softplus)", "forward", math.inf, INF),
    ("inverse(softplus)", "fldj", math.inf, 0.0),
    ("transformed(normal(loc=0.25,scale=1.5),tanh)", "log_prob", 1.0, MINUS),
    ("transformed(normal(loc=0.25,scale=1.5),tanh)", "log_prob", 2.0, MINUS),
    ("transformed(normal(loc=0.25,scale=1.5),tanh)", "cdf", 2.0, 1.0),
    ("transformed(normal(loc=0.25,scale=1.5),tanh)", "cdf", -1.0, 0.0),
    ("transformed(normal(loc=0.25,scale=1.5),exp)", "log_prob", 0.0, MINUS),
    (LOG, "log_prob", 0.0, INF),
    (LOG, "log_prob", 1.0, INF),
    (LOG, "log_prob", -0.5, MINUS),
    ("transformed(laplace(loc=0.25,scale=1.5),exp)", "log_prob", 0.0, INF),
    ("transformed(exponential(rate=1.5),power(exponent=2.5))", "log_prob", 0.0, INF),
    ("transformed(exponential(rate=1.5),power(exponent=2.5))", "cdf", 0.0, 0.0),
    ("transformed(gumbel(loc=0.5,scale=2.0),gumbel_cdf(loc=0.5,scale=2.0))", "log_prob", 1.0, 0.0),
    ("transformed(gumbel(loc=0.5,scale=2.0),gumbel_cdf(loc=0.5,scale=2.0))", "log_prob", 0.25, 0.0),
    ("transformed(uniform(low=-0.5,high=1.5),affine(loc=0.75,scale=-2.5))", "log_prob", 2.0, -math.log(5)),
    ("transformed(uniform(low=-0.5,high=1.5),affine(loc=0.75,scale=-2.5))", "log_prob", -3.0, Kind.UNDECIDED),
    ("transformed(uniform(low=-0.5,high=1.5),affine(loc=0.75,scale=-2.5))", "log_prob", math.inf, MINUS),
    ("transformed(uniform(low=-0.5,high=1.5),affine(loc=0.75,scale=-2.5))", "cdf", -3.0, 0.0),
    ("transformed(uniform(low=0.25,high=0.75),inverse(sigmoid))", "log_prob", 1.25, MINUS),
    ("transformed(uniform(low=0.25,high=0.75),inverse(sigmoid))", "log_prob_from_base", 0.125, MINUS),
    ("transformed(uniform(low=0.25,high=0.75),inverse(sigmoid))", "cdf", -1.25, 0.0),
    ("exponential(rate=1.5)", "log_prob", 0.0, math.log(1.5)),
    ("exponential(rate=1.5)", "log_prob", -1.0, MINUS),
    ("uniform(low=0.25,high=0.75)", "cdf", 2.0, 1.0),
]


@pytest.mark.parametrize(("subject", "quantity", "x", "wanted"), EXPECTED)
def test_limits_and_outsides(subject: str, quantity: str, x: float, wanted: Any) -> None:
    truth = ask(subject, quantity, x)
    if isinstance(wanted, Kind):
        assert Kind(int(truth.kind[0])) == wanted
    else:
        assert truth.kind[0] == Kind.FINITE
        assert value(truth) == pytest.approx(wanted, rel=1e-15, abs=1e-300)


def test_a_zero_of_the_log_det_has_every_bit() -> None:
    """Near 0, log sech^2 x = -x^2: the place where double precision has nothing left."""
    truth = ask("tanh", "fldj", 1e-150, 2.0**-40)
    assert value(truth, 0) == pytest.approx(-1e-300, rel=1e-15)
    assert value(truth, 1) == pytest.approx(-(2.0**-80), rel=1e-15)


def test_doubly_exponential_slopes_stay_finite_as_logarithms() -> None:
    truth = ask("gumbel_cdf(loc=0.5,scale=2.0)", "fldj", -2000.0, -1.7e308)
    assert truth.kind[0] == Kind.FINITE
    assert truth.exponent[0] > 1400
    assert truth.kind[1] == Kind.NEG_INF


def test_condition_numbers() -> None:
    truth = ask("exp", "forward", 100.0, 0.0)
    assert truth.condition[0] == pytest.approx(100.0, rel=1e-4)
    assert truth.condition[1] == 0.0
    assert ask("exp", "inverse", 1.0).condition[0] == math.inf
    assert ask("tanh", "fldj", 1e-3).condition[0] == pytest.approx(2.0, rel=1e-3)
    assert ask("tanh", "ildj", 0.5).condition[0] == pytest.approx(0.5 * (1 / 0.75) / math.log(4 / 3), rel=1e-3)


def test_unknown_subjects_quantities_and_shapes_are_named() -> None:
    with pytest.raises(UnknownSubject, match="known:"):
        ask("tanhh", "forward", 1.0)
    with pytest.raises(UnknownQuantity, match="known: forward, inverse, fldj, ildj"):
        ask("tanh", "log_prob", 1.0)
    with pytest.raises(UnknownQuantity, match="known: log_prob"):
        ask("normal(loc=0.0,scale=1.0)", "forward", 1.0)
    with pytest.raises(ValueError, match=r"shape \(N, \*event\)"):
        ask("stick_breaking", "forward", 1.0)
    with pytest.raises(ValueError, match=r"shape \(N,\)"):
        ORACLE.truth("tanh", "forward", np.zeros((2, 3)), F64)


def test_a_composite_domain_whose_end_is_no_float_is_decided_by_balls() -> None:
    subject = "chain(exp,affine(loc=-3.0,scale=1.0),power(exponent=2.0))"  # defined where e^x > 3
    truth = ask(
        subject, "forward", 1.0, 1.0986122886681096, 1.0986122886681098, 2.0
    )  # around log 3 = 1.09861228866810969
    assert [Kind(int(k)) for k in truth.kind] == [OUT, OUT, Kind.FINITE, Kind.FINITE]


def test_digits() -> None:
    assert ORACLE.digits("exp", "forward", 1.0).startswith("2.71828182845904523536028747135")
    assert ORACLE.digits("tanh", "inverse", 2.0) == "outside"
    assert ORACLE.digits("tanh", "inverse", 1.0) == "inf"
    assert ORACLE.digits("exp", "forward", 0.0, digits=5) == "1.0000"
    assert float(ORACLE.digits("tanh", "forward", 5e-324)) == 5e-324
    assert ORACLE.digits("transformed(gumbel(loc=0.5,scale=2.0),gumbel_cdf(loc=0.5,scale=2.0))", "log_prob", 0.3) == "0"
    assert len(ORACLE.digits("stick_breaking", "forward", np.zeros(3)).split()) == 4
    with pytest.raises(ValueError, match="between 1 and 30"):
        ORACLE.digits("exp", "forward", 1.0, digits=31)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("subject", "quantity", "x"),
    [
        ("inverse_box_cox(power=3.0)", "ildj", 1e-30),  # x lies within 1e-90 of the end of the domain
        ("inverse_box_cox(power=0.75)", "ildj", 5e-324),
        ("inverse_box_cox(power=-0.5)", "fldj", -1e30),
        ("chain(softplus,exp)", "fldj", -30.0),
        ("chain(normal_cdf,inverse(sigmoid))", "forward", 6.0),
        ("inverse(chain(affine(loc=0.5,scale=-2.0),tanh))", "ildj", 1e30),
        ("transformed(exponential(rate=1.5),chain(affine(loc=0.0,scale=-1.0),exp))", "cdf", 0.75),
        ("transformed(uniform(low=0.0,high=1.0),inverse(normal_cdf))", "log_prob", -30.0),
        ("student_t(df=3.0,loc=0.0,scale=1.0)", "cdf", -1e200),
    ],
)
def test_mpmath_agrees_beyond_the_catalogue(subject: str, quantity: str, x: float) -> None:
    assert ORACLE.second_opinion(subject, quantity, x, F64).agrees


@pytest.mark.parametrize("astray", [None, -1.0, 40.0, 1e6])
def test_nothing_of_a_second_opinion_rests_on_its_digits_of_lower_precision(
    astray: float | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = [("sigmoid", "inverse", 0.75), ("normal_cdf", "ildj", 0.125), ("chain(sigmoid,sigmoid)", "inverse", 0.625)]
    truths = [ORACLE.truth(subject, quantity, np.array([y]), F64) for subject, quantity, y in asked]
    usual = [second_opinion(*one, truth, F64) for one, truth in zip(asked, truths, strict=True)]
    assert all(opinion.agrees for opinion in usual)
    monkeypatch.setattr(Opinion, "_neared", lambda self, f, y, x: None if astray is None else self.ctx.mpf(astray))
    assert usual == [second_opinion(*one, truth, F64) for one, truth in zip(asked, truths, strict=True)]


def test_the_second_opinion_can_disagree_and_can_decline() -> None:
    truth = ask("tanh", "fldj", 1.25, fmt=F32)
    assert ORACLE.second_opinion("tanh", "fldj", np.float32(1.25), F32).agrees
    truth.hi[0] *= 1 + 2.0**-30
    wrong = second_opinion("tanh", "fldj", 1.25, truth, F32)
    assert wrong.possible
    assert not wrong.agrees
    limit = ORACLE.second_opinion("tanh", "inverse", 1.0, F64)
    assert not limit.possible
    assert limit.value_text.startswith("cannot")
    deep = ORACLE.second_opinion("gumbel_cdf(loc=0.5,scale=2.0)", "fldj", -1e5, F64)
    assert not deep.agrees
