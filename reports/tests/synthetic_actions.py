"""What a made-up ``conformance actions`` found, through the types that actions.json comes from."""

from __future__ import annotations

from typing import Any

import msgspec

from conformance.actions.records import ActionsDocument, PolicyAnswers, PolicyName, PolicyTruth, ScoredDraws
from conformance.causes.records import Remedy

Json = dict[str, Any]
HOSTILE = "<marquee onstart=alert(1)>"


def document() -> Json:
    """Two policies; a framework that loses draws, one that failed and says something hostile."""
    narrow, wide = PolicyName(loc=0.5, scale=0.5), PolicyName(loc=4.0, scale=3.0)
    remedy = Remedy(
        words="Keep the value before the tanh and score that.",
        code="t = TanhTransform(cache_size=1)\nprint(d.log_prob(t(x)))\n",
        inputs=["1.0"],
        printed=["-0.25"],
        right=True,
    )
    lost = ScoredDraws(offered=True, lost=0.025, worst=0.5)
    kept = ScoredDraws(offered=True, lost=0.0, worst=1e-7)
    nothing = ScoredDraws(offered=False, lost=0.0, worst=0.0)
    found = ActionsDocument(
        suite_version="0.1.0",
        dtype="float32",
        clip=1 - 1e-6,
        draws=4096,
        policies=[_truth(narrow, ["0.68789"], [0.84395]), _truth(wide, ["-0.5", "1 to 27 digits"], [-0.55, 40.0])],
        frameworks=[
            PolicyAnswers(
                framework="torch",
                version="2.13.0",
                policy=wide,
                status="ok",
                message="",
                saturated=0.1,
                again=lost,
                kept=kept,
                remedy=remedy,
            ),
            PolicyAnswers(
                framework="mindspore",
                version="",
                policy=narrow,
                status="failed",
                message=f"did not start: {HOSTILE}",
                saturated=0.0,
                again=nothing,
                kept=nothing,
                remedy=None,
            ),
        ],
    )
    plain: Json = msgspec.to_builtins(found)
    return plain


def _truth(policy: PolicyName, mode: list[str], x: list[float]) -> PolicyTruth:
    return PolicyTruth(
        policy=policy,
        mode_x=x,
        mode=mode,
        median="0.46211715726000975",
        mean="0.393469",
        nats_of_median=0.1641,
        nats_of_mean="inf",
        entropy=0.2984,
        base_entropy=0.7258,
        spread=0.6036,
        clipped=0.0,
        nats_of_clip="nan",
        saturated=0.125,
        nats_of_rounding=2.8e-6,
    )
