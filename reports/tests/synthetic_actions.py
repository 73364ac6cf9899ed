"""What a made-up ``conformance actions`` found, through the types that actions.json comes from."""

from __future__ import annotations

from typing import Any

import msgspec

from conformance.actions.records import (
    ActionsDocument,
    PolicyAnswers,
    PolicyName,
    PolicyTruth,
    ScoredDraws,
    StatedValue,
)
from conformance.actions.stated import ESTIMATE, HALF, OF_ACTIONS, OF_BASES, OF_DRAWS, OF_LOC
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
    lost = ScoredDraws(offered=True, lost=0.025, worst=0.5, mean=-0.125)
    kept = ScoredDraws(offered=True, lost=0.0, worst=1e-7, mean=1e-9)
    nothing = ScoredDraws(offered=False, lost=0.0, worst=0.0, mean=0.0)
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
                inverted_by="log_prob",
                inverted=lost,
                cut=kept,
                stated=_stated(),
                remedy=remedy,
                action=Remedy(
                    words="Solve for x.",
                    code="x = loc  # of <the mode>\n",
                    inputs=["4.0"],
                    printed=["22.0", "1.0"],
                    right=False,
                ),
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
                inverted_by="",
                inverted=nothing,
                cut=nothing,
                stated=[],
                remedy=None,
                action=None,
            ),
        ],
    )
    plain: Json = msgspec.to_builtins(found)
    return plain


def _stated() -> list[StatedValue]:
    """A median by the quantile function, an estimate of the entropy, an average that is nan, and nothing else."""
    answered = {
        ("median", HALF): (0.75, 1e-7),
        ("mode", OF_LOC): (0.75, 0.5),
        ("median", OF_LOC): (0.75, 2e-7),
        ("mean", OF_DRAWS): (0.5, 0.01),
        ("entropy", ESTIMATE): (-4.5, 0.125),
        ("entropy", OF_ACTIONS): ("nan", "nan"),
    }
    nothing = dict.fromkeys((*((one, one) for one in ("mode", "median", "mean", "entropy")), ("entropy", OF_BASES)))
    found = [
        {"quantity": quantity, "by": by, "status": "ok" if numbers else "not_offered", "message": ""}
        | dict(zip(("value", "off"), numbers or ("nan", "nan"), strict=True))
        for (quantity, by), numbers in (answered | nothing).items()
    ]
    return msgspec.convert(found, list[StatedValue])


def _truth(policy: PolicyName, mode: list[str], x: list[float]) -> PolicyTruth:
    return PolicyTruth(
        policy=policy,
        mode_x=x,
        mode=mode,
        median="0.46211715726000975",
        mean="0.393469",
        nats_of_median=0.1641,
        nats_of_mean="inf",
        most=0.25,
        entropy=0.2984,
        base_entropy=0.7258,
        spread=0.6036,
        spread_of_log_det=0.5123,
        clipped=0.0,
        nats_of_clip="nan",
        saturated=0.125,
        nats_of_rounding=2.8e-6,
    )
