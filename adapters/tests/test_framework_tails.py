"""Densities, tails, their logarithms and quantiles in every framework that has them: the functions of those names."""

from __future__ import annotations

from itertools import product

import pytest

from adapters.tests.checking import BASES, ask, assert_reproductions_agree, misses, request

pytestmark = pytest.mark.frameworks

QUANTITIES = ("prob", "log_cdf", "survival", "log_survival", "icdf")
LAWS = (
    *BASES,
    "transformed(normal(loc=0.25,scale=1.5),exp)",
    "transformed(normal(loc=0.25,scale=1.5),tanh)",
    "transformed(gumbel(loc=0.25,scale=1.5),affine(loc=0.75,scale=-2.5))",
)
OFFERED = {
    "torch": {"icdf"},
    "tfp": set(QUANTITIES),
    "paddle": {"prob", "icdf"},
    "mindspore": {"prob", "log_cdf", "survival", "log_survival"},
}
FALLING = LAWS[-1]
SCRIPTED = LAWS[-3:-1]


def lacking(framework: str, subject: str, quantity: str) -> bool:
    """What a framework that has the quantity has it not for."""
    if framework == "torch":
        return "student_t" in subject
    if framework == "paddle":
        return subject.startswith("logistic") or (quantity == "icdf" and not subject.startswith(("laplace", "expon")))
    if framework == "mindspore":
        if "tanh" in subject:
            return True
        return subject.startswith(("laplace", "student_t")) and quantity != "prob"
    return False


@pytest.mark.parametrize("framework", OFFERED)
def test_every_answer_is_the_function_that_its_name_says(framework: str) -> None:
    asked = [request(s, q, "float32", "eager", script=s in SCRIPTED) for s, q in product(LAWS, QUANTITIES)]
    _, replies = ask(framework, asked)
    problems, scripts = [], []
    for question, reply in zip(asked, replies, strict=True):
        subject, quantity = question["subject"], question["quantity"]
        if quantity not in OFFERED[framework] or lacking(framework, subject, quantity):
            assert reply["status"] == "not offered", (question, reply)
            continue
        assert reply["status"] == "ok", (question, reply)
        # MindSpore's tails of a falling map are those of the other side: its defect, not the adapter's.
        if framework != "mindspore" or subject != FALLING or quantity == "prob":
            problems += misses(question, reply)
        if question["script"]:
            scripts.append((question, reply))
    assert not problems
    assert_reproductions_agree(framework, scripts)
