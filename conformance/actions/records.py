"""``actions.json``: what is true of squashed policies and what frameworks make of their own draws, as typed records."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from conformance.causes.records import Remedy
from conformance.findings.names import Dtype, Framework, Version
from conformance.findings.records import Number
from conformance.findings.results import OfferStatus


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
    most: Annotated[Number, Meta(description="Log density at the mode, nats.")]
    entropy: Annotated[Number, Meta(description="Of the policy, nats.")]
    base_entropy: Annotated[Number, Meta(description="Of its normal base, nats.")]
    spread: Annotated[Number, Meta(description="Standard deviation of -log p of one draw, nats.")]
    spread_of_log_det: Annotated[Number, Meta(description="Standard deviation of the log-det at one draw, nats.")]
    clipped: Annotated[Number, Meta(description="Share of draws beyond the clip.")]
    nats_of_clip: Annotated[Number, Meta(description="How far log p of the clip is from that of the median such draw.")]
    saturated: Annotated[Number, Meta(description="Share of actions that round to 1 or -1 in the dtype.")]
    nats_of_rounding: Annotated[Number, Meta(description="What rounding the other actions costs at worst, nats.")]


class ScoredDraws(msgspec.Struct, frozen=True, kw_only=True):
    """What a framework's log density of draws came to."""

    offered: Annotated[bool, Meta(description="Whether the framework answers at all.")]
    lost: Annotated[Number, Meta(description="Share of answers that are nan or infinite where a number is right.")]
    worst: Annotated[Number, Meta(description="Largest error of the others, nats.")]
    mean: Annotated[Number, Meta(description="Mean error of the others, signed, nats.")]


class StatedValue(msgspec.Struct, frozen=True, kw_only=True):
    """What a framework has for one statistic of the policy, or what people use in its place."""

    quantity: Annotated[Literal["mode", "median", "mean", "entropy"], Meta(description="Which statistic.")]
    by: Annotated[str, Meta(description="What was asked, such as icdf(0.5), or made of answers.")]
    status: Annotated[OfferStatus, Meta(description="What came of it.")]
    message: Annotated[str, Meta(description="Why, on one line, where it is not ok.")]
    value: Annotated[Number, Meta(description="The value; nan where there is none.")]
    off: Annotated[
        Number,
        Meta(description="How far from the truth: of a mode nats of log density, of an entropy nats, else distance."),
    ]


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
    inverted_by: Annotated[
        Literal["", "log_prob", "log_prob_from_base"],
        Meta(description="log_prob_from_base: at the exact inverse of the action, where there is no log_prob."),
    ]
    inverted: Annotated[ScoredDraws, Meta(description="Of its own tanh(x) against the truth at x.")]
    cut: Annotated[ScoredDraws, Meta(description="Of the same actions clipped, against the truth at x.")]
    stated: Annotated[list[StatedValue], Meta(description="Mode, median, mean and entropy.")]
    remedy: Annotated[Remedy | None, Meta(description="What to write to score an action, run at saturated ones.")]
    action: Annotated[Remedy | None, Meta(description="What to write for the mode: prints its x and its tanh(x).")]


class ActionsDocument(msgspec.Struct, frozen=True, kw_only=True):
    """What ``conformance actions`` found, at one dtype."""

    format: Literal["conformance-actions"] = "conformance-actions"
    format_version: Literal[2] = 2
    suite_version: Annotated[str, Meta(description="Version of this project.")]
    dtype: Dtype
    clip: Annotated[float, Meta(description="The clip to (-1, 1) that is asked about.")]
    draws: Annotated[int, Meta(description="How many draws a framework scores of each policy.")]
    policies: Annotated[list[PolicyTruth], Meta(description="In the order in which they were asked for.")]
    frameworks: Annotated[list[PolicyAnswers], Meta(description="Each framework with each policy.")]
