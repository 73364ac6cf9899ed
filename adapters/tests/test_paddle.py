"""The adapter of PaddlePaddle, run in its own environment and judged by plain mathematics."""

from __future__ import annotations

from typing import Any

import pytest

from adapters.interface import parse
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
from conformance.definitions.catalogue import DISTRIBUTION_SUBJECTS, ELEMENTWISE_SUBJECTS

pytestmark = pytest.mark.frameworks

MODES = ("eager", "to_static")
ABSENT = {"corr_cholesky", "inverse", "softplus", "gumbel_cdf", "normal_cdf", "inverse_box_cox", "logistic"}
DRAWN = {"count": 2000, "seed": 20240229}
REPRODUCED = (
    ("tanh", "fldj"),
    ("abs", "inverse"),
    ("stick_breaking", "forward"),
    ("affine(loc=0.75,scale=-2.5)", "fldj"),
    ("independent(tanh,ndims=1)", "fldj"),
    (BASES[0], "entropy"),
    (DISTRIBUTION_SUBJECTS[0], "log_prob"),
)
REFUSED = (("tanh", "float64", "lazy"), ("tanh", "float16", "eager"), ("affine(loc=1.0)", "float64", "eager"))


def everything() -> list[Request]:
    """Every subject and quantity eagerly at both dtypes, and a share of them compiled, which takes a second each: every
    subject in one quantity."""
    transforms = [(s, q) for s in PLAIN_SUBJECTS for q in ("forward", "inverse", "fldj", "ildj")]
    transforms += [("chain(exp,affine(loc=1.0,scale=2.0))", q) for q in ("forward", "fldj")]
    others = [(s, q) for s in DISTRIBUTION_SUBJECTS + BASES for q in ("log_prob", "log_prob_from_base", "cdf")]
    others += [(s, q) for s in DISTRIBUTION_SUBJECTS + BASES for q in ("entropy", "mean", "variance")]
    asked = [request(s, q, d, "eager") for d in ("float32", "float64") for s, q in transforms + others]
    asked += [request(s, q, "float32", "to_static") for s, q in spread(PLAIN_SUBJECTS, ("forward", "fldj"), 2)]
    asked += [request(s, "log_prob", "float32", "to_static") for s in DISTRIBUTION_SUBJECTS[:4]]
    asked += [request(s, q, "float32", "to_static") for s in BASES[:1] for q in ("cdf", "entropy")]
    asked += [request(DISTRIBUTION_SUBJECTS[0], q, "float32", "to_static") for q in ("cdf", "entropy", "mean")]
    asked += [request(s, "sample", "float32", "eager", **DRAWN) for s in DISTRIBUTION_SUBJECTS]
    return asked


@pytest.fixture(scope="module")
def answers() -> tuple[dict[str, Any], list[tuple[Request, Reply]]]:
    asked = everything() + [
        request(s, q, d, m, script=True) for m in MODES for s, q in REPRODUCED for d in ("float32", "float64")
    ]
    asked += [{"subject": s, "quantity": "forward", "dtype": d, "mode": m, "values": ["0x1p0"]} for s, d, m in REFUSED]
    description, replies = ask("paddle", asked)
    return description, list(zip(asked, replies, strict=True))


def names(subject: str) -> set[str]:
    spec = parse(subject)
    return {spec.name}.union(*(names(str(part)) for part in spec.parts))


def test_the_description_is_measured(answers: Any) -> None:
    description = answers[0]
    assert description["version"] == "3.3.1"
    assert description["dtypes"] == ["float32", "float64"]
    assert tuple(description["modes"]) == MODES
    assert description["flush_to_zero"] == {"float32": False, "float64": False}


def test_every_answer_is_the_function_that_its_subject_names(answers: Any) -> None:
    answered = [(a, r) for a, r in answers[1] if r["status"] == "ok" and a["quantity"] != "sample"]
    assert len(answered) > 150
    problems = [
        line
        for asked, reply in answered
        # Known and reported as findings: constants of single precision in what should be double.
        for line in misses(asked | {"dtype": "float32"} if single_inside(asked) else asked, reply)
    ]
    assert not problems, "\n".join(problems)


def single_inside(asked: Request) -> bool:
    return asked["dtype"] == "float64" and (asked["mode"] == "to_static" or asked["subject"] == "stick_breaking")


def test_draws_follow_the_distribution(answers: Any) -> None:
    drawn = [(a, r) for a, r in answers[1] if r["status"] == "ok" and a["quantity"] == "sample"]
    assert len(drawn) == sum(not names(s) & ABSENT for s in DISTRIBUTION_SUBJECTS)
    for asked, reply in drawn:
        # 2.2/sqrt(2000): a false alarm in 1 of 8000, and the seed is fixed.
        assert distance_of_draws(asked["subject"], [float.fromhex(v) for v in reply["values"]]) < 0.05, asked


def test_only_what_paddle_lacks_is_not_offered(answers: Any) -> None:
    for asked, reply in answers[1][: -len(REFUSED)]:
        subject, quantity = asked["subject"], asked["quantity"]
        lacking = bool(names(subject) & ABSENT) or quantity == "log_prob_from_base"
        lacking |= subject in ELEMENTWISE_SUBJECTS and not subject.startswith("power")
        lacking |= subject == "abs" and quantity == "fldj"
        bent = subject.startswith("transformed")
        lacking |= quantity == "cdf" and (bent or names(subject) & {"normal", "uniform", "student_t"} != set())
        lacking |= quantity in ("entropy", "mean", "variance") and bent
        lacking |= quantity in ("mean", "variance") and subject.startswith("uniform")
        assert reply["status"] == ("not offered" if lacking else "ok"), (asked, reply)


def test_what_is_refused_is_named(answers: Any) -> None:
    (_, mode), (_, dtype), (_, short) = answers[1][-len(REFUSED) :]
    assert mode["status"] == dtype["status"] == "not offered"
    assert "eager, to_static" in mode["message"]
    assert "float32, float64" in dtype["message"]
    assert short["status"] == "raised"
    assert "loc, scale" in short["message"]


def test_reproductions_print_what_the_adapter_answered(answers: Any) -> None:
    pairs = [(asked, reply) for asked, reply in answers[1] if asked.get("script")]
    assert len(pairs) == 2 * len(MODES) * len(REPRODUCED)
    assert_reproductions_agree("paddle", pairs)
