"""The adapter of TensorFlow Probability, run in its own environment and judged by plain mathematics."""

from __future__ import annotations

from typing import Any

import pytest

from adapters.tests.checking import (
    BASES,
    PLAIN_SUBJECTS,
    Reply,
    Request,
    ask,
    assert_reproductions_agree,
    distance_of_draws,
    misses,
    request,
    spread,
)
from conformance.definitions.catalogue import DISTRIBUTION_SUBJECTS

pytestmark = pytest.mark.frameworks

MODES = ("eager", "function", "xla")
DTYPES = ("float16", "bfloat16", "float32", "float64")
OTHERS = ("log_prob_from_base", "cdf", "entropy", "mean", "variance")
DRAWN = {"count": 2000, "seed": 20240229}
LINEAR = [s for s in DISTRIBUTION_SUBJECTS if s.split("),")[1].startswith("affine")]


REPRODUCED = (
    ("tanh", "fldj"),
    ("abs", "inverse"),
    ("stick_breaking", "forward"),
    ("stick_breaking", "ildj"),
    ("affine(loc=0.75,scale=-2.5)", "fldj"),
    ("independent(tanh,ndims=1)", "fldj"),
    (DISTRIBUTION_SUBJECTS[0], "log_prob_from_base"),
    (BASES[0], "entropy"),
)
REFUSED = (("tanh", "lazy"), ("cube", "eager"), ("affine(loc=1.0)", "eager"), ("tanh(loc=1.0)", "eager"))


def everything() -> list[Request]:
    """Every subject and quantity at float32, and a share of them at the other dtypes and in the compiled modes, where
    every map and every quantity has its turn, and every second density: XLA takes 0.1 s for each, and so does an
    integral."""
    transforms = [(s, q) for s in PLAIN_SUBJECTS for q in ("forward", "inverse", "fldj", "ildj")]
    transforms += [("chain(exp,affine(loc=1.0,scale=2.0))", q) for q in ("forward", "fldj")]
    densities = [(s, "log_prob") for s in DISTRIBUTION_SUBJECTS + BASES]
    others = [(s, q) for s in DISTRIBUTION_SUBJECTS + BASES for q in OTHERS]
    asked = [request(s, q, "float32", "eager") for s, q in transforms + densities + others]
    asked += [request(s, q, d, "eager") for d in DTYPES if d != "float32" for s, q in transforms + densities]
    asked += [request(s, q, "float64", "function") for s, q in spread(DISTRIBUTION_SUBJECTS + BASES, OTHERS, 3)]
    compiled = spread(PLAIN_SUBJECTS, ("forward", "inverse", "fldj", "ildj"), 4) + densities[::2]
    asked += [request(s, q, "float32", "xla") for s, q in compiled]
    asked += [request(s, "sample", "float32", "eager", **DRAWN) for s in DISTRIBUTION_SUBJECTS]
    asked += [request(s, "sample", "float32", "xla", **DRAWN) for s in DISTRIBUTION_SUBJECTS[:2]]
    return asked


def refused() -> list[Request]:
    return [
        {"subject": s, "quantity": "forward", "dtype": "float64", "mode": m, "values": ["0x1p0"]} for s, m in REFUSED
    ]


def reproduced() -> list[Request]:
    """Every script in every mode, and either dtype in its turn."""
    turns = [(s, q, m, (at + turn) % 2) for turn, m in enumerate(MODES) for at, (s, q) in enumerate(REPRODUCED)]
    cells = [(s, q, ("float32", "bfloat16")[other], m) for s, q, m, other in turns]
    return [request(s, q, d, m, script=True) for s, q, d, m in cells]


@pytest.fixture(scope="module")
def answers() -> tuple[dict[str, Any], list[tuple[Request, Reply]]]:
    asked = everything() + reproduced() + refused()
    description, replies = ask("tfp", asked)
    return description, list(zip(asked, replies, strict=True))


def of(answers: Any, status: str) -> list[tuple[Request, Reply]]:
    return [(asked, reply) for asked, reply in answers[1] if reply["status"] == status]


def test_the_description_is_measured(answers: Any) -> None:
    description = answers[0]
    assert description["version"] == "0.25.0"
    assert set(description["dtypes"]) == set(DTYPES)
    assert tuple(description["modes"]) == MODES
    assert description["flush_to_zero"]["float32"] is True
    assert description["flush_to_zero"]["float16"] is False


def coarse(asked: Request) -> bool:
    """The log-dets of sinh in float16, where TFP's log_cosh has hardly a right digit: findings, not another subject."""
    return asked["dtype"] == "float16" and asked["subject"].startswith("sinh") and asked["quantity"].endswith("ldj")


def test_every_answer_is_the_function_that_its_subject_names(answers: Any) -> None:
    answered = [pair for pair in of(answers, "ok") if pair[0]["quantity"] != "sample"]
    assert len(answered) > 500
    problems = [line for asked, reply in answered if not coarse(asked) for line in misses(asked, reply)]
    assert not problems, "\n".join(problems)


def test_draws_follow_the_distribution(answers: Any) -> None:
    drawn = [pair for pair in of(answers, "ok") if pair[0]["quantity"] == "sample"]
    assert len(drawn) == 2 + len(DISTRIBUTION_SUBJECTS)
    for asked, reply in drawn:
        # 2.2/sqrt(2000): a false alarm in 1 of 8000, and the seed is fixed.
        assert distance_of_draws(asked["subject"], [float.fromhex(v) for v in reply["values"]]) < 0.05, asked


def test_only_what_tfp_lacks_is_not_offered(answers: Any) -> None:
    absent: set[tuple[str, str, str]] = set()
    without_kernel: set[tuple[str, str, str]] = set()
    for asked, reply in of(answers, "not offered"):
        kernel = reply["message"].startswith("no kernel: ")
        (without_kernel if kernel else absent).add((asked["subject"], asked["quantity"], asked["dtype"]))
    assert without_kernel
    assert {dtype for _, _, dtype in without_kernel} <= {"float16", "bfloat16"}
    for subject, quantity, dtype in absent - {("tanh", "forward", "float64"), ("cube", "forward", "float64")}:
        bent = subject in DISTRIBUTION_SUBJECTS and subject not in LINEAR
        statistic = bent and quantity in ("entropy", "mean", "variance")
        wide = dtype in ("float32", "float64")
        documented = not wide and quantity in ("forward", "cdf") and ("norm" in subject or "student" in subject)
        lacking = subject == "corr_cholesky" or (subject, quantity) == ("abs", "fldj")
        assert statistic or documented or lacking, (subject, quantity, dtype)


def test_what_raises_is_a_16_bit_gap(answers: Any) -> None:
    """But for RayleighCDF's log-det of the inverse, which divides by a root of 2 in single precision."""
    for asked, reply in of(answers, "raised")[:-2]:
        mixed = asked["subject"].startswith("rayleigh_cdf") and asked["quantity"] == "ildj"
        assert mixed or asked["dtype"] in ("float16", "bfloat16"), (asked, reply["message"])


def test_unknown_mode_subject_and_parameter_are_named(answers: Any) -> None:
    (_, mode), (_, name), (_, short), (_, long) = answers[1][-len(REFUSED) :]
    assert mode["status"] == name["status"] == "not offered"
    assert "eager, function, xla" in mode["message"]
    assert "cube" in name["message"]
    assert short["status"] == long["status"] == "raised"
    assert "loc, scale" in short["message"]
    assert "no parameters" in long["message"]


def test_reproductions_print_what_the_adapter_answered(answers: Any) -> None:
    pairs = [(asked, reply) for asked, reply in answers[1] if asked.get("script")]
    assert len(pairs) == len(MODES) * len(REPRODUCED)
    assert_reproductions_agree("tfp", pairs)
