"""What each framework calls by such a name is the published law, in the suite's parameters."""

from __future__ import annotations

import sys

import numpy as np
import pytest

from adapters.tests.checking import ask, assert_reproductions_agree, request
from adapters.tests.published_laws import published
from conformance.definitions.catalogue import BARE_SUBJECTS, READY_MADE_SUBJECTS
from conformance.definitions.registry import distribution_definition

pytestmark = pytest.mark.frameworks

SHIFTED = "half_normal(scale=1.5,loc=0.25)"
SUBJECTS = (*READY_MADE_SUBJECTS, *BARE_SUBJECTS, SHIFTED)

OFFERED = {
    "torch": {
        *("log_normal", "weibull", "pareto", "generalized_pareto_law", "kumaraswamy", "relaxed_bernoulli"),
        *("logit_relaxed_bernoulli", "cauchy", "half_cauchy", "half_normal", "gamma", "chi2", "inverse_gamma"),
        *("continuous_bernoulli", "beta", "fisher_snedecor", "mixture_same_family", "von_mises"),
    },
    "tfp": {subject.partition("(")[0] for subject in SUBJECTS} - {"logit_relaxed_bernoulli", "fisher_snedecor"},
    "paddle": {"log_normal", "cauchy", "gamma", "chi2", "continuous_bernoulli", "beta"},
    "mindspore": {"log_normal", "cauchy", "half_normal", "gamma", "beta"},
    "numpy": {subject.partition("(")[0] for subject in SUBJECTS},
}

WRONG = {("tfp", "gamma_gamma", "variance")}
"""What is another number in a pinned release, and a known failure."""


def places(subject: str) -> list[float]:
    low, high = distribution_definition(subject).ordinary
    share = np.array([0.125, 0.375, 0.625])
    inner = low + (high - low) * share if low < 0 or high <= 3 else low * (high / low) ** share
    return [float(v) for v in inner.astype(np.float32)]


@pytest.mark.parametrize("framework", OFFERED)
def test_every_answer_is_the_published_one(framework: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONFORMANCE_PYTHON_NUMPY", sys.executable)  # The reference runs where the tests do.
    asked = []
    for subject in SUBJECTS:
        values = [value.hex() for value in places(subject)]
        # A base is scored by the value that was drawn, which is its own.
        scored = ("log_prob_from_base",) if subject in READY_MADE_SUBJECTS else ()
        for quantity in ("log_prob", "cdf", "mean", "variance", *scored):
            more = {} if quantity in ("mean", "variance") else {"values": values}
            script = {"script": True} if quantity == "log_prob" else {}
            one = request("cauchy(loc=0.0,scale=1.0)", "mean", "float32", "eager", **script)
            asked.append(one | {"subject": subject, "quantity": quantity} | more)
    _, replies = ask(framework, asked)
    told = set()
    for question, reply in zip(asked, replies, strict=True):
        subject, quantity = question["subject"], question["quantity"]
        if reply["status"] == "not offered":
            continue
        assert quantity != "log_prob_from_base", question
        if quantity in ("mean", "variance"):
            law = published(subject).frozen
            expected = (
                None if law is None else np.array([getattr(law, {"mean": "mean", "variance": "var"}[quantity])()])
            )
            if expected is None or not np.isfinite(expected).all():
                continue
            if (framework, subject.partition("(")[0], quantity) in WRONG:
                continue
        else:
            told.add(subject.partition("(")[0])
            law, at = published(subject), np.array(places(subject))
            expected = law.logpdf(at) if quantity == "log_prob" else law.cdf(at)
        assert reply["status"] == "ok", (question, reply)
        got = np.array([float.fromhex(text) for text in reply["values"]])
        np.testing.assert_allclose(got, expected, rtol=2e-4, atol=2e-4, err_msg=f"{framework} {subject} {quantity}")
    assert told == OFFERED[framework]
    scripts = [pair for pair in zip(asked, replies, strict=True) if pair[0].get("script") and pair[1]["status"] == "ok"]
    assert_reproductions_agree(framework, scripts[-1:])
