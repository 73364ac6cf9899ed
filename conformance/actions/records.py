"""``actions.json``: what is true of squashed policies and what frameworks make of their own draws, as typed records."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from conformance.causes.records import Remedy
from conformance.findings.names import Dtype, Framework, Version
from conformance.findings.records import Number


class PolicyName(msgspec.Struct, frozen=True, kw_only=True):
    """tanh(X), X normal."""

    loc: Annotated[float, Meta(description="Mean of X.")]
    scale: Annotated[float, Meta(gt=0, description="Standard deviation of X.")]


class PolicyTruth(msgspec.Struct, frozen=True, kw_only=True):
    """The certified values of one policy, and what the usual short cuts are off by."""

    policy: PolicyName
    mode_x: Annotated[list[float], Meta(min_length=1, description="The base value of each mode; two where they tie.")]
    mode: Annotated[list[str], Meta(min_length=1, description="The action of each mode, decimal.")]
    median: Annotated[str, Meta(description="tanh(loc), decimal.")]
    mean: Annotated[str, Meta(description="The mean action, decimal.")]
    nats_of_median: Annotated[Number, Meta(description="How much less log density tanh(loc) has than the mode, nats.")]
    nats_of_mean: Annotated[Number, Meta(description="How much less the mean action has, nats.")]
    entropy: Annotated[Number, Meta(description="Of the policy, nats.")]
    base_entropy: Annotated[Number, Meta(description="Of its normal base, nats.")]
    spread: Annotated[Number, Meta(description="Standard deviation of -log p of one draw, nats.")]
    clipped: Annotated[Number, Meta(description="Share of draws beyond the clip.")]
    nats_of_clip: Annotated[Number, Meta(description="How far log p of the clip is from that of the median such draw.")]
    saturated: Annotated[Number, Meta(description="Share of actions that round to 1 or -1 in the dtype.")]
    nats_of_rounding: Annotated[Number, Meta(description="What rounding the other actions costs at worst, nats.")]


class ScoredDraws(msgspec.Struct, frozen=True, kw_only=True):
    """What a framework's log density of draws came to."""

    offered: Annotated[bool, Meta(description="Whether the framework answers at all.")]
    lost: Annotated[Number, Meta(description="Share of answers that are nan or infinite where a number is right.")]
    worst: Annotated[Number, Meta(description="Largest error of the others, nats.")]


class PolicyAnswers(msgspec.Struct, frozen=True, kw_only=True):
    """One framework on one policy."""

    framework: Framework
    version: Version
    policy: PolicyName
    status: Annotated[
        Literal["ok", "not offered", "failed"], Meta(description="failed: the framework could not be started.")
    ]
    message: Annotated[str, Meta(description="Why, on one line, where it is not ok.")]
    saturated: Annotated[Number, Meta(description="Share of its own draws that are exactly 1 or -1.")]
    again: Annotated[ScoredDraws, Meta(description="log_prob of its own draws, which has to find x again.")]
    kept: Annotated[ScoredDraws, Meta(description="log_prob_from_base at the x that were drawn.")]
    remedy: Annotated[Remedy | None, Meta(description="What to write instead where draws are lost.")]


class ActionsDocument(msgspec.Struct, frozen=True, kw_only=True):
    """What ``conformance actions`` found, at one dtype."""

    format: Literal["conformance-actions"] = "conformance-actions"
    format_version: Literal[1] = 1
    suite_version: Annotated[str, Meta(description="Version of this project.")]
    dtype: Dtype
    clip: Annotated[float, Meta(description="The clip to (-1, 1) that is asked about.")]
    draws: Annotated[int, Meta(description="How many draws a framework scores of each policy.")]
    policies: Annotated[list[PolicyTruth], Meta(description="In the order in which they were asked for.")]
    frameworks: Annotated[list[PolicyAnswers], Meta(description="Each framework with each policy.")]
