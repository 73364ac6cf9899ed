"""Methods beside ``sample`` that draw, in each framework's own environment: what they draw, and who has none."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from adapters.tests.checking import Reply, Request, ask

pytestmark = pytest.mark.frameworks

NORMAL = "normal(loc=0.25,scale=1.5)"
EXP_NORMAL = f"transformed({NORMAL},exp)"
EXP_STUDENT = "transformed(student_t(df=5.0,loc=0.25,scale=1.5),affine(loc=0.75,scale=-2.5))"
VON_MISES = "von_mises(concentration=2.5,loc=0.75)"


def drawn(subject: str, quantity: str, dtype: str = "float32") -> Request:
    return {"subject": subject, "quantity": quantity, "dtype": dtype, "mode": "eager", "count": 500, "seed": 5}


def values(reply: Reply) -> np.ndarray:
    assert reply["status"] == "ok", reply
    return np.array([float.fromhex(one) for one in reply["values"]])


@pytest.mark.parametrize("framework", ["torch", "paddle"])
def test_a_reparameterised_draw_is_what_sample_draws(framework: str) -> None:
    asked = [drawn(subject, quantity) for subject in (NORMAL, EXP_NORMAL) for quantity in ("sample", "rsample")]
    replies = ask(framework, asked)[1]
    for plain, other in (replies[:2], replies[2:]):
        assert np.array_equal(values(plain), values(other))
        assert len(set(other["values"])) > 450


def test_what_has_no_rsample_is_not_offered() -> None:
    (reply,) = ask("torch", [drawn(VON_MISES, "rsample")])[1]
    assert reply["status"] == "not offered"
    replies = ask("paddle", [drawn(EXP_STUDENT, "rsample"), drawn(EXP_NORMAL, "rsample", "float64")])[1]
    # Student's law there has none, so neither has its image; and normal ones are documented to be float32.
    assert {reply["status"] for reply in replies} == {"not offered"}


def test_tfp_scores_what_it_draws_in_the_same_call() -> None:
    asked = [drawn(EXP_NORMAL, quantity) for quantity in ("sample", "scored_sample", "scored_log_prob")]
    plain, drew, scored = (values(reply) for reply in ask("tfp", asked)[1])
    assert np.array_equal(plain, drew)
    assert np.allclose(scored, stats.lognorm.logpdf(drew, 1.5, scale=np.exp(0.25)), rtol=1e-4, atol=1e-4)


def test_where_that_is_sample_and_log_prob_it_is_not_offered() -> None:
    replies = ask("tfp", [drawn(NORMAL, "scored_sample"), drawn(NORMAL, "scored_log_prob"), drawn(NORMAL, "rsample")])[
        1
    ]
    assert {reply["status"] for reply in replies} == {"not offered"}
