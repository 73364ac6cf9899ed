"""The tables of ``actions.json`` in words, for the terminal and for the page alike."""

from __future__ import annotations

from math import isnan

from conformance.actions.records import ActionsDocument, PolicyName, ScoredDraws
from conformance.findings.records import Number

TRUTHS = (
    *("loc, scale", "mode", "at x", "median short by", "mean", "short by", "entropy", "base's", "one draw"),
    *("clipped", "off by", "rounded to 1", "others off by"),
)
"""The headings of ``truth_rows``; what they mean is in ``meanings``."""

ANSWERS = ("framework", "loc, scale", "draws at 1", "log_prob lost", "others off by", "scored by x: lost", "off by")
"""The headings of ``answer_rows``."""

Rows = list[tuple[str, ...]]


def meanings(clip: float, draws: int) -> str:
    """What the headings mean, in sentences."""
    return f"""\
mode: the action of the largest density, in a certified bracket; two where they tie. short by: how many nats of log
density tanh(loc), which is the median, and the mean action lack of the mode's. one draw: the standard deviation of
-log p of one draw, which is often used as the entropy. clipped: the share of draws beyond {clip}, and by how many nats
log p of the clip is off for the median one of them. rounded: the share of actions that round to 1 or -1 in the dtype,
and what rounding the others costs at worst of {draws} draws, whoever inverts them again."""


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
            _share(one.clipped),
            _nats(one.nats_of_clip),
            _share(one.saturated),
            _nats(one.nats_of_rounding),
        )
        for one in document.policies
    ]


def answer_rows(document: ActionsDocument) -> Rows:
    """One row for each framework and policy, under ANSWERS."""
    rows: Rows = []
    for one in document.frameworks:
        if one.status != "ok":
            rows.append((one.framework, _named(one.policy), f"{one.status}: {one.message}"[:80], "", "", "", ""))
            continue
        cells = [text for scored in (one.again, one.kept) for text in _cells(scored)]
        rows.append((one.framework, _named(one.policy), _share(one.saturated), *cells))
    return rows


def _named(policy: PolicyName) -> str:
    return f"{policy.loc:g}, {policy.scale:g}"


def _cells(scored: ScoredDraws) -> tuple[str, str]:
    if not scored.offered:
        return "not offered", ""
    return _share(scored.lost), "-" if scored.lost == 1 else f"{float(scored.worst):.1e}"


def _nats(value: Number) -> str:
    return "-" if isnan(float(value)) else f"{float(value):.4g}"


def _share(value: Number) -> str:
    return "0" if float(value) < 1e-14 else f"{100 * float(value):.3g} %"
