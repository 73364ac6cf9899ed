"""The bulk tier for scalars against Arb, over the whole range of every format that it serves."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from conformance.definitions.catalogue import CATALOGUE
from conformance.definitions.registry import functions_of, is_pair, takes_events, transform_definition
from conformance.floats.enclosures import Kind
from conformance.floats.formats import FORMATS, Format
from conformance.floats.ordinals import all_values, from_ordinal, infinity_ordinal
from conformance.oracle.bulk import bracket, scalars
from conformance.oracle.bulk.audit import audit
from conformance.oracle.bulk.columns import GUARD_BITS
from conformance.oracle.numbers import array_kernels
from conformance.oracle.numbers.array_balls import Ball
from conformance.oracle.oracle import Oracle
from conformance.oracle.tiers import TIER_ARB, TIER_FLOAT64_BALLS

SHORT = ("float16", "bfloat16", "float32")
LEAVES = (
    "laplace(loc=0.25,scale=1.5)",
    "student_t(df=2.5,loc=0.25,scale=1.5)",
    "uniform(low=0.1,high=0.7)",
    "transformed(uniform(low=0.1,high=0.7),tanh)",
    "inverse_box_cox(power=-0.7)",
    "inverse(gumbel_cdf(loc=0.5,scale=2.0))",
    "inverse(power(exponent=-1.5))",
)
SUBJECTS = [s for s in CATALOGUE if not takes_events(s) and not is_pair(s)]


def quantities(subject: str) -> tuple[str, ...]:
    return tuple(
        one
        for one in ("log_prob", "log_prob_from_base", "cdf", "forward", "inverse", "fldj", "ildj")
        if one in functions_of(subject)
    )


def drawn(fmt: Format, count: int, seed: int = 0) -> Any:
    """Floats even over the ordinals, and the special ones."""
    top = infinity_ordinal(fmt)
    ordinals = np.random.default_rng(seed).integers(-top + 1, top, count)
    special = np.array([0.0, -0.0, np.inf, -np.inf, np.nan, 1.0, -1.0, 0.5]).astype(fmt.dtype)
    return np.concatenate([from_ordinal(ordinals, fmt), special])


@pytest.mark.parametrize("subject", [*SUBJECTS, *LEAVES])
@pytest.mark.slow
def test_every_answer_holds_the_truth(subject: str) -> None:
    for quantity in quantities(subject):
        for name in SHORT:
            fmt = FORMATS[name]
            x = drawn(fmt, 100)
            got = scalars.enclose(subject, quantity, x, fmt)
            if got is None:  # A primitive without an array version: its subjects keep their other tiers.
                continue
            found = audit(subject, quantity, x, fmt)
            assert not found.violations, (quantity, name, x[list(found.violations)])
            # Far out Arb's own condition is the coarser: for a Rayleigh's log-det 2.25 at 1.5e14, where 2 is right.
            assert found.condition_gap < 0.3, (quantity, name)
            finite = got.kind == Kind.FINITE
            last_bit = np.maximum(got.exponent[finite] - 1.0 - fmt.precision, fmt.lowest_exponent)
            inside = got.exponent[finite] <= fmt.emax + 1
            with np.errstate(over="ignore"):
                allowed = np.exp2(last_bit - GUARD_BITS - got.exponent[finite])
            assert (got.err[finite] <= 2 * allowed)[inside].all(), (quantity, name)


@pytest.mark.slow
def test_most_of_the_catalogue_is_answered() -> None:
    """What is left costs a hundred times as long per point."""
    every = all_values(FORMATS["float16"])
    # An odd stride meets every last digit; an even one asks round floats alone.
    shares, x = [], np.concatenate([every[:2], every[5::17], every[-4:]])
    for subject in SUBJECTS:
        for quantity in quantities(subject):
            got = scalars.enclose(subject, quantity, x, FORMATS["float16"])
            shares.append(0.0 if got is None else float((got.kind != Kind.UNDECIDED).mean()))
    assert np.mean(np.array(shares) > 0.99) > 0.7
    assert np.mean(shares) > 0.75


def test_the_oracle_asks_it_first_and_arb_for_the_rest() -> None:
    x = drawn(FORMATS["float32"], 100)
    truth = Oracle(None).truth("tanh", "fldj", x, FORMATS["float32"])
    assert set(np.unique(truth.tier)) == {TIER_ARB, TIER_FLOAT64_BALLS}
    assert (truth.kind != Kind.UNDECIDED).all()


def test_a_wrong_kernel_is_a_violation(monkeypatch: pytest.MonkeyPatch) -> None:
    """Seen red: the audit can fail."""
    right = array_kernels.exp

    def wrong(x: Any) -> Any:
        return right(x) * (1 + 2.0**-40)

    monkeypatch.setattr(array_kernels, "exp", wrong)
    x = drawn(FORMATS["float32"], 200)
    assert audit("sigmoid", "forward", x, FORMATS["float32"]).violations


def test_a_wrong_inverse_is_never_certified(monkeypatch: pytest.MonkeyPatch) -> None:
    """The closed form is a guess: one that is off by more than its bracket has no certificate."""
    x = np.linspace(0.1, 0.9, 64).astype(np.float16)
    tanh = transform_definition("tanh")
    assert (scalars.enclose("tanh", "inverse", x, FORMATS["float16"]).kind == Kind.FINITE).all()  # type: ignore[union-attr]
    monkeypatch.setattr(scalars, "certified", lambda d, y, ns: bracket.certified(_shifted(tanh), y, ns))
    got = scalars.enclose("tanh", "inverse", x, FORMATS["float16"])
    assert got is not None
    assert (got.kind == Kind.UNDECIDED).all()


@pytest.mark.parametrize("subject", ["tanh", "affine(loc=0.5,scale=-3.0)"])
@pytest.mark.parametrize("by", [0.0, 2.0**-20, -(2.0**-20)])
def test_a_bracket_beside_the_solution_has_no_certificate(
    subject: str, by: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However sure of itself the estimate of its width is: the forward map has the last word."""
    x, definition = np.linspace(0.1, 0.4, 64).astype(np.float16), transform_definition(subject)
    monkeypatch.setattr(bracket, "_WIDENED", (1.0,))
    monkeypatch.setattr(bracket, "_width", lambda definition, mid, y, ns: np.abs(mid) * 2.0**-36)
    monkeypatch.setattr(scalars, "certified", lambda d, y, ns: bracket.certified(_shifted(definition, by), y, ns))
    got = scalars.enclose(subject, "inverse", x, FORMATS["float16"])
    assert got is not None
    assert (got.kind == (Kind.UNDECIDED if by else Kind.FINITE)).all()


def _shifted(definition: Any, by: float = 2.0**-20) -> Any:
    def candidate(ns: Any, y: Any) -> Any:
        return definition.inverse_candidate(ns, y) + ns.const(by)

    return type(definition)(**{**definition.__dict__, "inverse_candidate": candidate})


def test_a_ball_at_an_end_is_not_inside() -> None:
    home = transform_definition("power(exponent=2.5)").domain
    ball = Ball(np.array([1.0, 2.0**-30, -1.0, np.inf]), np.array([0.5, 2.0**-30, 0.0, 0.0]))
    assert bracket.inside(ball, home).tolist() == [True, False, False, False]


@pytest.mark.parametrize("quantity", ["log_prob", "log_prob_from_base", "cdf"])
def test_runs_beyond_an_end_are_settled_whole(quantity: str) -> None:
    """Outside the domain, outside the support, and inside, told apart where two ends lie on one side."""
    subject, fmt = "transformed(uniform(low=0.25,high=0.75),inverse(sigmoid))", FORMATS["float16"]
    x = all_values(fmt)
    got = scalars.enclose(subject, quantity, x, fmt)
    assert got is not None
    assert (got.kind == Kind.UNDECIDED).mean() < 0.001
    assert not audit(subject, quantity, x[::37], fmt).violations
    if quantity == "log_prob_from_base":
        assert (got.kind[(x < -0.5) & np.isfinite(x)] == Kind.OUTSIDE).all()
        assert (got.kind[(x > 0.01) & (x < 0.2)] == Kind.NEG_INF).all()


@pytest.mark.slow
@pytest.mark.parametrize("df", [0.25, 1.0, 2.5, 5.0, 64.0, 65.0])
@pytest.mark.parametrize("name", SHORT)
@pytest.mark.parametrize("law", ["student_t", "half_student_t"])
def test_both_tails_of_students_law_are_enclosed(df: float, name: str, law: str) -> None:
    fmt, subject = FORMATS[name], f"{law}(df={df},loc=0.25,scale=1.5)"
    near = np.linspace(-12.0, 12.0, 65).astype(fmt.dtype)  # either series, and where they meet
    x = np.concatenate([drawn(fmt, 150), near])
    for quantity in ("cdf", "survival", "log_cdf", "log_survival"):
        found = audit(subject, quantity, x, fmt)
        assert not found.violations, (quantity, x[list(found.violations)])
        assert found.condition_gap < 0.3
        assert found.answered > 0.8 * len(x), quantity  # 1/2 - inner cancels where 64 degrees of freedom end it
    q = np.abs(x[np.isfinite(x.astype(np.float64))])
    assert not audit(subject, "icdf", q[(q > 0) & (q < 1)], fmt).violations
