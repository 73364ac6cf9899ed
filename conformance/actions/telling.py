"""The tables of ``actions.json`` in words, for the terminal and for the page alike."""

from __future__ import annotations

from math import isfinite, isnan

from conformance.actions.records import ActionsDocument, PolicyAnswers, PolicyName, ScoredDraws, StatedValue
from conformance.actions.stated import ESTIMATE, HALF, OF_ACTIONS, OF_BASES, OF_DRAWS, OF_LOC
from conformance.causes.records import Remedy
from conformance.findings.records import Number

ANSWERED = ("ok", "mixed")

TRUTHS = (
    *("loc, scale", "mode", "at x", "median short by", "mean", "short by", "entropy", "base's", "one draw"),
    *("one log-det", "clipped", "off by", "rounded to 1", "others off by"),
)
"""The headings of ``truth_rows``; what they mean is in ``meanings``."""

STATED = (
    *("framework", "loc, scale", "mode", "median", "tanh(loc)", "mean", "mean of draws"),
    *("entropy", "-mean log_prob", "by x"),
)
"""The headings of ``stated_rows``; what they mean is in ``meanings_of_stated``."""

ANSWERS = (
    *("framework", "loc, scale", "draws at 1", "log_prob lost", "others off by", "tanh(x): lost", "off by"),
    *("on average", "clipped: lost", "off by", "on average", "scored by x: lost", "off by"),
)
"""The headings of ``answer_rows``; what they mean is in ``meanings_of_answers``."""

Rows = list[tuple[str, ...]]


def meanings(clip: float, draws: int) -> str:
    """What the headings of TRUTHS mean, in sentences."""
    return f"""\
mode: the action of the largest density, in a certified bracket; two where they tie. short by: how many nats of log
density tanh(loc), which is the median, and the mean action lack of the mode's. one draw: the standard deviation of
-log p of one draw, which is often used as the entropy; one log-det: that of the base's entropy and the log-det at one
draw, the other estimate. clipped: the share of draws beyond {clip}, and by how many nats
log p of the clip is off for the median one of them. rounded: the share of actions that round to 1 or -1 in the dtype,
and what rounding the others costs at worst of {draws} draws, whoever inverts them again."""


def meanings_of_stated(draws: int) -> str:
    """What the headings of STATED mean, in sentences."""
    return f"""\
mode, median, mean, entropy: what the framework's own transformed law gives (median: its icdf at 0.5 where there is no
such method; est.: the average of {draws} one-sample estimates of the entropy). tanh(loc), mean of draws, -mean log_prob
of draws, and the same by x (log_prob_from_base of x before tanh): what people use instead. In parentheses how far off:
a mode by nats of log density, an entropy by nats, the others by as much of the action. An average over {draws} draws is
off by chance too."""


def meanings_of_answers(clip: float) -> str:
    """What the headings of ANSWERS mean, in sentences."""
    return f"""\
Lost: nan or infinite where a number is right. log_prob: of its own draws, against the truth at those floats. tanh(x),
clipped: log_prob of its own tanh(x), and of that clipped to {clip}, against the truth at x, so that
what rounding and clipping lose counts; * marks where the framework scores no action, and its log_prob_from_base was
asked at the exact inverse of the action. Scored by x: log_prob_from_base at x. On average: with its sign."""


def truth_rows(document: ActionsDocument) -> Rows:
    """One row for each policy, under TRUTHS."""
    return [
        (
            _named(one.policy),
            " ".join(f"{float(text):.7g}" if "(" not in text and "to" not in text else text for text in one.mode),
            " ".join(f"{x if abs(x) > 1e-40 else 0.0:.5g}" for x in one.mode_x),
            _nats(one.nats_of_median),
            f"{float(one.mean):.6g}",
            _nats(one.nats_of_mean),
            _nats(one.entropy),
            _nats(one.base_entropy),
            _nats(one.spread),
            _nats(one.spread_of_log_det),
            _share(one.clipped),
            _nats(one.nats_of_clip),
            _share(one.saturated),
            _nats(one.nats_of_rounding),
        )
        for one in document.policies
    ]


def stated_rows(document: ActionsDocument) -> Rows:
    """One row for each framework and policy, under STATED; of a framework that has none of the policies one alone."""
    rows: Rows = []
    for one in document.frameworks:
        if one.status != "ok":
            told = (one.framework, _lacking(document, one), f"{one.status}: {one.message}"[:80], *[""] * 7)
            rows += [] if told in rows else [told]
            continue
        found = {(each.quantity, each.by): each for each in one.stated}
        entropy, estimate = found["entropy", "entropy"], found["entropy", ESTIMATE]
        estimated = entropy.status not in ANSWERED and estimate.status in ANSWERED
        cells = [
            _stated(found["mode", "mode"]),
            _stated(found["median", "median"], found["median", HALF]),
            _stated(found["median", OF_LOC]),
            _stated(found["mean", "mean"]),
            _stated(found["mean", OF_DRAWS]),
            ("est. " if estimated else "") + _stated(entropy, estimate),
            _stated(found["entropy", OF_ACTIONS]),
            _stated(found["entropy", OF_BASES]),
        ]
        rows.append((one.framework, _named(one.policy), *cells))
    return rows


def answer_rows(document: ActionsDocument) -> Rows:
    """One row for each framework and policy, under ANSWERS; of a framework that has none of the policies one alone."""
    rows: Rows = []
    for one in document.frameworks:
        if one.status != "ok":
            told = (one.framework, _lacking(document, one), f"{one.status}: {one.message}"[:80], *[""] * 10)
            rows += [] if told in rows else [told]
            continue
        mark = "*" if one.inverted_by == "log_prob_from_base" else ""
        cells = [
            *_cells(one.again)[:2],
            *_cells(one.inverted, mark),
            *_cells(one.cut, mark),
            *_cells(one.kept)[:2],
        ]
        rows.append((one.framework, _named(one.policy), _share(one.saturated), *cells))
    return rows


def scripts(document: ActionsDocument) -> list[tuple[str, str, Remedy, str]]:
    """(framework, what it computes, the script, how often it was right), once for each framework and purpose.

    The script is that of the first policy for which it was right, else of the first.
    """
    found = []
    for name in dict.fromkeys(one.framework for one in document.frameworks):
        own = [one for one in document.frameworks if one.framework == name]
        for what, every in (("score", [one.remedy for one in own]), ("mode", [one.action for one in own])):
            run = [each for each in every if each is not None]
            if run:
                right = sum(each.right for each in run)
                said = f"Run for {len(run)} of {len(own)} policies and right for {right}."
                found.append((name, what, next((each for each in run if each.right), run[0]), said))
    return found


def _lacking(document: ActionsDocument, lacking: PolicyAnswers) -> str:
    """The policy that a framework lacks, or that it lacks any."""
    some = any(one.status == "ok" for one in document.frameworks if one.framework == lacking.framework)
    return _named(lacking.policy) if some else "any"


def _named(policy: PolicyName) -> str:
    return f"{policy.loc:g}, {policy.scale:g}"


def _cells(scored: ScoredDraws, mark: str = "") -> tuple[str, str, str]:
    if not scored.offered:
        return "not offered", "", ""
    if scored.lost == 1:
        return _share(1) + mark, "-", "-"
    return _share(scored.lost) + mark, f"{float(scored.worst):.1e}", f"{float(scored.mean):+.1e}"


def _stated(*ways: StatedValue) -> str:
    """The first of several ways that was answered; else what came of the first."""
    one = next((each for each in ways if each.status in ANSWERED), ways[0])
    if one.status not in ANSWERED:
        return one.status.replace("_", " ")
    value = float(one.value)
    return f"{value:.6g} ({float(one.off):.2g})" if isfinite(value) else f"{value:g}"


def _nats(value: Number) -> str:
    return "-" if isnan(float(value)) else f"{float(value):.4g}"


def _share(value: Number) -> str:
    return "0" if float(value) < 1e-14 else f"{100 * float(value):.3g} %"
