"""The adapters of torch and of brax's notebook, run in torch's own environment and judged by plain mathematics."""

from __future__ import annotations

from typing import Any

import pytest

from adapters.tests.checking import (
    PLAIN_SUBJECTS,
    Reply,
    Request,
    ask,
    distance_of_draws,
    interpreter,
    misses,
    request,
    run_alone,
)
from adapters.tests.probes import ROOT
from conformance.definitions.catalogue import DISTRIBUTION_SUBJECTS, ELEMENTWISE_SUBJECTS

HAS = {"identity", "shift", "power", "weibull_cdf", "kumaraswamy_cdf"}
pytestmark = pytest.mark.frameworks

DTYPES = ("float16", "bfloat16", "float32", "float64")
BASES = (
    "normal(loc=0.25,scale=1.5)",
    "uniform(low=0.25,high=0.75)",
    "logistic(loc=0.25,scale=1.5)",
    "laplace(loc=0.25,scale=1.5)",
    "gumbel(loc=0.25,scale=1.5)",
    "exponential(rate=1.5)",
    "student_t(df=5.0,loc=0.25,scale=1.5)",
)
POLICY = DISTRIBUTION_SUBJECTS[0]
DRAWN = {"count": 2000, "seed": 20240229}
STATISTICS = ("entropy", "mean", "variance")
REPRODUCED = [
    request(subject, quantity, dtype, "eager", script=True)
    for dtype in ("float32", "bfloat16")
    for subject, quantity in (
        ("tanh", "fldj"),
        ("stick_breaking", "forward"),
        ("stick_breaking", "ildj"),
        ("corr_cholesky", "ildj"),
        ("affine(loc=0.75,scale=-2.5)", "fldj"),
        ("independent(tanh,ndims=1)", "fldj"),
        (POLICY, "log_prob_from_base"),
        (BASES[0], "entropy"),
    )
]


def everything() -> list[Request]:
    """Every subject and quantity at float32; values and densities at the other dtypes; a little compiled."""
    transforms = [(s, q) for s in PLAIN_SUBJECTS for q in ("forward", "inverse", "fldj", "ildj")]
    densities = [(s, q) for s in DISTRIBUTION_SUBJECTS + BASES for q in ("log_prob", "log_prob_from_base")]
    others = [(s, q) for s in DISTRIBUTION_SUBJECTS + BASES for q in ("cdf", *STATISTICS)]
    asked = [request(s, q, "float32", "eager") for s, q in transforms + densities + others]
    values = [(s, q) for s, q in transforms if q in ("forward", "fldj")] + densities[:3]
    asked += [request(s, q, d, "eager") for d in DTYPES if d != "float32" for s, q in values]
    asked += [request(s, "sample", "float32", "eager", **DRAWN) for s in DISTRIBUTION_SUBJECTS]
    return asked


Answers = tuple[dict[str, Any], list[tuple[Request, Reply]]]


def answered(framework: str, asked: list[Request]) -> Answers:
    description, replies = ask(framework, asked)
    return description, list(zip(asked, replies, strict=True))


@pytest.fixture(scope="module")
def torch() -> Answers:
    return answered("torch", everything() + REPRODUCED)


def test_it_describes_what_is_installed(torch: Answers) -> None:
    description = torch[0]
    assert description["version"].startswith("2.")
    assert description["modes"][0] == "eager"
    assert description["flush_to_zero"] == dict.fromkeys(DTYPES, False)


def test_every_answer_means_what_the_subject_says(torch: Answers) -> None:
    problems = []
    for asked, reply in torch[1]:
        if reply["status"] != "ok" or asked["quantity"] == "sample":
            continue
        assert reply["dtype"] == asked["dtype"], asked
        problems += misses(asked, reply)
    assert not problems, "\n".join(problems)


def test_exactly_what_torch_lacks_is_not_offered(torch: Answers) -> None:
    absent = {(a["subject"], a["quantity"]) for a, r in torch[1] if r["status"] == "not offered"}
    lacking = [s for s in ELEMENTWISE_SUBJECTS if s.split("(")[0] not in HAS and s != "scale(scale=-2.5)"]
    lacking.append("inverse_box_cox(power=0.5)")
    expected = {(s, q) for s in lacking for q in ("forward", "inverse", "fldj", "ildj")}
    expected |= {("abs", "fldj"), ("abs", "ildj")}
    expected |= {(s, q) for s in (*DISTRIBUTION_SUBJECTS, BASES[2]) for q in STATISTICS}
    expected |= {(s, "cdf") for s in (*DISTRIBUTION_SUBJECTS, *BASES) if "student_t" in s}
    assert absent == expected
    assert not [(a, r) for a, r in torch[1] if r["status"] == "raised"]


def test_draws_follow_the_law(torch: Answers) -> None:
    drawn = [(a, r) for a, r in torch[1] if a["quantity"] == "sample"]
    assert len(drawn) == len(DISTRIBUTION_SUBJECTS)
    for asked, reply in drawn:
        # Kolmogorov-Smirnov: beyond 1.95/sqrt(n) one time in a thousand; the seed is fixed.
        values = [float.fromhex(text) for text in reply["values"]]
        assert distance_of_draws(asked["subject"], values) < 1.95 / 2000**0.5, asked


def test_a_reproduction_prints_what_was_answered(torch: Answers) -> None:
    printed = [(a, r) for a, r in torch[1] if "code" in r]
    assert len(printed) == len(REPRODUCED)
    for asked, reply in printed:
        assert len(reply["printed"].splitlines()) == 1
        fresh = [float.fromhex(text) for text in reply["printed"].split()]
        per_point = len(fresh)
        first = [float.fromhex(text) for text in reply["values"]][:per_point]
        # The few points of this test take torch's scalar path, the script the vector one.
        room = {"float32": 2.0**-20, "bfloat16": 2.0**-5}[asked["dtype"]]
        assert all(abs(a - b) <= room * max(1, abs(a)) for a, b in zip(first, fresh, strict=True)), asked


def test_a_script_runs_outside_the_project(torch: Answers) -> None:
    reply = next(r for a, r in torch[1] if "code" in r and a["subject"] == POLICY)
    assert run_alone("torch", reply["code"]) == reply["printed"]
    assert "adapters" not in reply["code"]


def test_brax_scores_the_value_before_the_tanh(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONFORMANCE_PYTHON_BRAX", str(interpreter("torch")))
    asked = [request("tanh", q, d, "eager", script=True) for q in ("forward", "fldj") for d in DTYPES]
    asked += [request(POLICY, "log_prob_from_base", d, "eager", script=True) for d in DTYPES]
    refused = [request("tanh", q, "float32", "eager") for q in ("inverse", "ildj")]
    refused += [request(POLICY, q, "float32", "eager") for q in ("log_prob", "cdf", "entropy")]
    refused += [request("sigmoid", "forward", "float32", "eager"), request("tanh", "forward", "float32", "compile")]
    drawn = [request(POLICY, q, "float32", "eager", count=20000, seed=5) for q in ("sample", "entropy_estimate")]
    for each in drawn:
        each.pop("values", None)
    description, answers = answered("brax", asked + refused + drawn)
    assert description["version"] == description["packages"]["torch"]  # The formulas have no version of their own.
    assert [r["status"] for _, r in answers] == ["ok"] * len(asked) + ["not offered"] * len(refused) + ["ok"] * 2
    assert not [line for a, r in answers[: len(asked)] for line in misses(a, r)]
    assert all(r["printed"] == f"{run}\n" for _, r in answers[: len(asked)] for run in r["printed"].split())
    assert next(r["message"] for a, r in answers if a["quantity"] == "log_prob").startswith(
        "brax scores the value before"
    )
    draws, estimates = ([float.fromhex(v) for v in r["values"]] for _, r in answers[-2:])
    assert distance_of_draws(POLICY, draws[:2000]) < 1.95 / 2000**0.5
    # The exact entropy is 0.39388267633...; one estimate spreads by less than 3 nats.
    assert abs(sum(estimates) / len(estimates) - 0.3938826763) < 5 * 3 / 20000**0.5


def test_brax_answers_a_lone_value_in_the_shape_of_a_scalar() -> None:
    asked = "from adapters.brax import Adapter; import numpy as np; "
    asked += f"bound = Adapter().distribution({POLICY!r}, dtype='float32'); "
    asked += "print([bound.log_prob_from_base(np.full(shape, 0.5, np.float32)).shape for shape in ((), (1,), (2, 3))])"
    assert run_alone("torch", asked, ROOT) == "[(), (1,), (2, 3)]\n"


def test_a_law_whose_construction_lacks_a_kernel_is_not_offered() -> None:
    subject = "multivariate_normal(covariance_matrix=[[2.5,0.75],[0.75,1.25]],loc=[0.25,-1.5])"
    asked = [request(subject, "entropy", dtype, "eager") for dtype in ("float16", "bfloat16", "float32")]
    for each in asked:
        each.pop("values", None)
    _, answers = answered("torch", asked)
    assert [reply["status"] for _, reply in answers] == ["not offered", "not offered", "ok"]
    assert "cholesky" in answers[0][1]["message"]
