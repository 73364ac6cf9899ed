"""How an offer of a statistic is shown: by a sign, and what is told beside it."""

from __future__ import annotations

import pytest

from reports.summary import _offer


@pytest.mark.parametrize(
    ("verdict", "sign"), [("right", "✓"), ("estimate: unbiased (+0.1 standard errors, 9 draws)", "≈")]
)
def test_an_estimate_without_bias_is_not_shown_as_wrong(verdict: str, sign: str) -> None:
    shown = _offer([{"status": "ok", "got": 1.5, "verdict": verdict, "dtype": "float32", "mode": "eager"}])
    assert shown["sign"] == sign
    biased = {"status": "ok", "got": 1.5, "verdict": "estimate: biased", "dtype": "float32", "mode": "eager"}
    assert _offer([biased])["sign"] == "✗"


def test_what_own_draws_say_is_shown_beside_what_is_not_offered() -> None:
    shown = _offer([{"status": "not_offered", "message": "-log_prob", "dtype": "float32", "mode": "eager"}])
    assert (shown["text"], shown["told"], shown["absent"]) == ("not offered", "-log_prob", True)
