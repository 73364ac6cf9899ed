"""The reference's formulas at the working precision: right at extreme inputs, or said not to be, and able to fail."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from adapters.interface.quantities import DISTRIBUTION_FUNCTIONS, TRANSFORM_QUANTITIES
from adapters.numpy.plain import scalar_maps
from conformance.causes import formulas
from conformance.causes.better import TAILS, better_for, is_sum, scored
from conformance.causes.formula_table import NoFormula, functions, words_of
from conformance.definitions.catalogue import CATALOGUE
from conformance.definitions.ready_made import READY_MADE
from conformance.definitions.registry import functions_of, is_distribution, is_pair, takes_events
from conformance.floats.enclosures import Kind
from conformance.floats.formats import format_named
from conformance.judging.cases import standard_points
from conformance.judging.profile import profile_named
from conformance.oracle.oracle import Oracle

BASES = (
    "normal(loc=0.25,scale=1.5)",
    "logistic(loc=0.25,scale=1.5)",
    "laplace(loc=0.25,scale=1.5)",
    "gumbel(loc=0.25,scale=1.5)",
    "student_t(df=5.0,loc=0.25,scale=1.5)",
    "uniform(low=0.25,high=0.75)",
    "exponential(rate=1.5)",
)
TAIL_SUBJECTS = {
    ("transformed(gumbel(loc=0.5,scale=2.0),gumbel_cdf(loc=0.5,scale=2.0))", "log_prob"),
    ("transformed(gumbel(loc=0.5,scale=2.0),gumbel_cdf(loc=0.5,scale=2.0))", "log_prob_from_base"),
    ("transformed(gumbel(loc=0.5,scale=2.0),gumbel_cdf(loc=0.5,scale=2.0))", "cdf"),
    ("transformed(logistic(loc=0.25,scale=1.5),sigmoid)", "cdf"),
    ("transformed(laplace(loc=0.25,scale=1.5),exp)", "cdf"),
    ("transformed(normal(loc=0.25,scale=1.5),exp)", "cdf"),
    ("transformed(normal(loc=0.25,scale=1.5),sigmoid)", "cdf"),
    ("transformed(normal(loc=0.25,scale=1.5),softplus)", "cdf"),
    ("transformed(gumbel(loc=0.5,scale=2.0),gumbel_cdf(loc=0.5,scale=2.0))", "prob"),
    ("transformed(uniform(low=0.25,high=0.75),inverse(sigmoid))", "prob"),
    ("transformed(uniform(low=0.25,high=0.75),inverse(sigmoid))", "log_cdf"),
    ("log_logistic(loc=0.25,scale=0.375)", "prob"),
    ("lambert_w_normal(loc=0.25,scale=1.5,tailweight=0.375)", "icdf"),
}
"""Where ``TAILS`` applies."""


MAGNIFIED = ("prob", "survival", "log_cdf", "log_survival", "icdf")
TO_ROUNDOFFS, NO_SUBNORMALS = ("sinh_arcsinh",), ("moyal_cdf",)
"""What their docstrings say."""
ORDINARY, OTHER_END = 16, 100
"""These, and all that is asked of a ready-made law, are held to results between 2^-16 and 2^16 at inputs between 2^-100
and 2^100: beyond lies what ``TAILS`` says. A density is the exponential of a sum, and what the inverse map rounds is
magnified by the size of a logarithm."""


def is_ready_made(subject: str) -> bool:
    return subject.partition("(")[0] in READY_MADE


@pytest.fixture(scope="module")
def oracle() -> Iterator[Oracle]:
    with Oracle(None) as made:
        yield made


def wrong(subject: str, quantity: str, dtype: str, oracle: Oracle) -> list[Any]:
    """The finite standard inputs, every sixth, at which the formula is not right; nor usable, where it is a sum."""
    fmt = format_named(dtype)
    points = standard_points(oracle, subject, quantity, fmt, profile_named("quick"), 7, "gate").values
    wide = points.astype(np.float64).reshape(len(points), -1)
    rows = points[np.isfinite(wide).all(axis=1)][::6]
    truth = oracle.truth(subject, quantity, rows, fmt)
    got = evaluated(subject, quantity, rows, dtype)
    score = scored(subject, quantity, rows, got, fmt, oracle)
    name = subject.partition("(")[0]
    fine = (score.usable if is_sum(subject) or name in TO_ROUNDOFFS else score.right) | (truth.kind != Kind.FINITE)
    if name in NO_SUBNORMALS:
        fine |= np.abs(rows) < fmt.min_normal
    if quantity in MAGNIFIED or is_ready_made(subject):
        size = np.frexp(np.abs(rows.astype(np.float64)))[1]
        fine |= (np.abs(truth.exponent) > ORDINARY) | (np.abs(size) > OTHER_END)
    return [rows[at // (len(truth) // len(rows))] for at in np.flatnonzero(~fine)]


def evaluated(subject: str, quantity: str, rows: NDArray[Any], dtype: str) -> NDArray[Any]:
    """The script's own lines over all rows at once."""
    code = formulas.script(subject, quantity, rows[0], dtype)
    name = formulas.formula_of(subject, quantity).variable
    lines = [f"{name} = ROWS" if line.startswith(f"{name} = np.array") else line for line in code.splitlines()]
    space: dict[str, Any] = {"ROWS": rows, "print": lambda *words: None}
    exec("\n".join(lines), space)
    return np.asarray(space["result"]).astype(rows.dtype).ravel()


def quantities(subject: str) -> tuple[str, ...]:
    if is_distribution(subject):
        return DISTRIBUTION_FUNCTIONS if takes_events(subject) else functions_of(subject)
    return TRANSFORM_QUANTITIES


def without_formula(subject: str, quantity: str) -> bool:
    try:
        formulas.formula_of(subject, quantity)
    except NoFormula:
        return True
    return False


@pytest.mark.slow
@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("subject", [*(one for one in CATALOGUE if not is_pair(one)), *BASES])
def test_every_formula_is_right_at_extreme_inputs(subject: str, dtype: str, oracle: Oracle) -> None:
    for quantity in quantities(subject):
        if (subject, quantity) in TAIL_SUBJECTS or without_formula(subject, quantity):
            continue
        bad = wrong(subject, quantity, dtype, oracle)
        assert not bad, f"{quantity}: {len(bad)} inputs, such as {bad[:3]}"


def test_what_is_said_of_tails_is_so(oracle: Oracle) -> None:
    for subject, quantity in TAIL_SUBJECTS:
        assert any(wrong(subject, quantity, dtype, oracle) for dtype in ("float32", "float64")), (subject, quantity)


@pytest.mark.parametrize("df", [32.0, 64.0, 1e4, 1e6, 1e8])
def test_student_t_with_many_degrees_of_freedom(df: float, oracle: Oracle) -> None:
    subject = f"student_t(df={df!r},loc=0.0,scale=1.0)"
    for dtype in ("float32", "float64"):
        rows = np.array([0.0, 0.5, -3.0, 40.0]).astype(dtype)
        got = evaluated(subject, "log_prob", rows, dtype)
        assert scored(subject, "log_prob", rows, got, format_named(dtype), oracle).right.all(), dtype


@pytest.mark.parametrize("df", [0.25, 9.0, 30.0, 300.0, 1e4, 1e6])
def test_student_t_tails_have_logarithms_where_they_underflow(df: float, oracle: Oracle) -> None:
    subject = f"student_t(df={df!r},loc=0.0,scale=1.0)"
    for dtype in ("float32", "float64"):
        rows = np.array([-1e30, -1e7, -300.0, -30.0, -4.5, -3.5, -0.5, 0.5, 5.0]).astype(dtype)
        for quantity, at in (("log_cdf", rows), ("log_survival", -rows)):
            got = evaluated(subject, quantity, at, dtype)
            score = scored(subject, quantity, at, got, format_named(dtype), oracle)
            assert score.right.all(), (dtype, quantity, at[~score.right])


def test_a_textbook_formula_is_seen_to_fail(oracle: Oracle, monkeypatch: pytest.MonkeyPatch) -> None:
    def tanh_fldj(x: Any) -> Any:
        """log(1 - tanh(x)^2)."""
        return np.log(1 - np.tanh(x) ** 2)

    monkeypatch.setitem(functions(), "tanh_fldj", tanh_fldj)
    assert wrong("tanh", "fldj", "float32", oracle)
    assert better_for("tanh", "fldj", (1e-4).hex(), "float32", oracle) is None


@pytest.mark.parametrize("dtype", ["float16", "bfloat16", "float32", "float64"])
def test_the_script_stands_alone_and_prints_what_is_shown(dtype: str, oracle: Oracle) -> None:
    better = better_for("tanh", "fldj", (2.0**-7).hex(), dtype, oracle)
    assert better is not None
    assert float(better.ulp) <= 16
    assert formulas.run(better.code) == better.printed
    assert "log1p(sinh(x)^2)" in better.words
    assert "adapters" not in better.code


def test_composites_say_where_they_end(oracle: Oracle) -> None:
    subject = "transformed(normal(loc=0.25,scale=1.5),chain(affine(loc=0.5,scale=2.0),tanh))"
    better = better_for(subject, "log_prob", (0.875).hex(), "float32", oracle)
    assert better is not None
    assert TAILS in better.words
    inline = better_for("inline(chain(affine(loc=0.5,scale=2.0),tanh))", "fldj", (0.375).hex(), "float32", oracle)
    assert inline is not None
    event = better_for("stick_breaking", "inverse", "0x1p-1 0x1p-2 0x1p-2", "float32", oracle)
    assert event is not None
    assert len(event.printed.split()) == 2
    assert better_for("tanh", "entropy", (0.5).hex(), "float32", oracle) is None


def test_a_parameter_without_a_formula_is_no_traceback(oracle: Oracle) -> None:
    """The limits for 0, which are other functions."""
    for subject in ("inverse_box_cox(power=0.0)", "generalized_extreme_value(concentration=0.0,loc=0.25,scale=1.5)"):
        for quantity in ("forward", "inverse") if subject.startswith("inverse") else ("cdf", "icdf", "log_prob"):
            better = better_for(subject, quantity, (0.5).hex(), "float32", oracle)
            assert better is None or float(better.ulp) <= 64, (subject, quantity)
    assert better_for("inverse_box_cox(power=0.0)", "forward", (0.5).hex(), "float32", oracle) is None


def test_outside_the_domain_a_nan_is_right_and_nothing_else(oracle: Oracle, monkeypatch: pytest.MonkeyPatch) -> None:
    better = better_for("square", "inverse", (-1.0).hex(), "float32", oracle)
    assert better is not None
    assert better.printed == "nan"

    def square_inverse(y: Any) -> Any:
        """The root, and an infinity where there is none."""
        return np.where(y < 0, np.inf, np.sqrt(np.abs(y)))

    monkeypatch.setitem(functions(), "square_inverse", square_inverse)
    assert better_for("square", "inverse", (-1.0).hex(), "float32", oracle) is None
    assert better_for("square", "inverse", (1.0).hex(), "float32", oracle) is not None


@pytest.mark.parametrize(
    ("subject", "quantity", "names"),
    [
        ("transformed(normal(loc=0.25,scale=1.5),exp)", "log_survival", ["exp_inverse", "normal_log_survival"]),
        (
            "transformed(gumbel(loc=0.25,scale=1.5),affine(loc=0.75,scale=-2.5))",
            "cdf",
            ["affine_inverse", "gumbel_survival"],
        ),
        (
            "transformed(gumbel(loc=0.25,scale=1.5),affine(loc=0.75,scale=-2.5))",
            "icdf",
            ["gumbel_isf", "affine_forward"],
        ),
        ("log_normal(loc=0.25,scale=1.5)", "log_cdf", ["exp_inverse", "normal_log_cdf"]),
        ("cauchy(loc=0.25,scale=1.5)", "log_prob", ["student_t_log_prob"]),
        ("cauchy(loc=0.25,scale=1.5)", "cdf", ["cauchy_cdf"]),
        ("normal(loc=0.25,scale=1.5)", "prob", ["normal_log_prob"]),
    ],
)
def test_a_law_is_written_by_its_base_and_the_direction_of_its_map(
    subject: str, quantity: str, names: list[str]
) -> None:
    assert formulas.formula_names(subject, quantity) == names


def test_a_tail_beyond_the_codomain_is_a_constant(oracle: Oracle) -> None:
    for quantity, below, above in (
        ("cdf", 0, 1),
        ("survival", 1, 0),
        ("log_cdf", -np.inf, 0),
        ("log_survival", 0, -np.inf),
    ):
        got = evaluated("logit_normal(loc=0.25,scale=1.5)", quantity, np.array([-0.5, 1.5]), "float64")
        assert got.tolist() == [below, above]
    got = evaluated("logit_normal(loc=0.25,scale=1.5)", "icdf", np.array([-0.5, 0.0, 1.0, 1.5]), "float64")
    assert np.isnan(got).tolist() == [True, False, False, True]
    assert got[1:3].tolist() == [0, 1]


COMPLETE = {
    "abs",
    "affine",
    "cauchy",
    "chain",
    "corr_cholesky",
    "exp",
    "expm1",
    "frechet_cdf",
    "generalized_extreme_value",
    "generalized_extreme_value_cdf",
    "generalized_pareto",
    "generalized_pareto_law",
    "gompertz_cdf",
    "gumbel_cdf",
    "identity",
    "inverse",
    "inverse_box_cox",
    "johnson_su",
    "kumaraswamy",
    "kumaraswamy_cdf",
    "lambert_w_tail",
    "log",
    "log1p",
    "log_logistic",
    "log_normal",
    "logit_normal",
    "logit_relaxed_bernoulli",
    "moyal_cdf",
    "normal_cdf",
    "pareto",
    "power",
    "rayleigh_cdf",
    "relaxed_bernoulli",
    "shift",
    "shifted_gompertz_cdf",
    "sigmoid",
    "sinh",
    "sinh_arcsinh",
    "sinh_arcsinh_normal",
    "soft_clip",
    "softplus",
    "softsign",
    "square",
    "stick_breaking",
    "tanh",
    "transformed",
    "weibull",
    "weibull_cdf",
}
"""The maps and laws of numbers of which the table holds everything."""


def test_what_has_a_formula_keeps_it() -> None:
    lost = [
        (subject, quantity)
        for subject in CATALOGUE
        if subject.partition("(")[0] in COMPLETE
        for quantity in quantities(subject)
        if without_formula(subject, quantity)
    ]
    assert lost == []


def test_every_function_has_words_and_takes_arrays() -> None:
    assert scalar_maps.tanh_fldj.__name__ in functions()
    for name in functions():
        assert words_of(name).endswith((".", ":")), name
