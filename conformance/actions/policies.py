"""What is true of one tanh-Normal policy, and what the usual short cuts are off by, in nats.

Densities, shares, entropy and mean are the oracle's certified values, the mode is a certified bracket
(``oracle/statistics/modes.py``), and the spread of one-sample estimates is mpmath's quadrature to six digits.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from math import inf, nan
from typing import Any

import numpy as np
from numpy.typing import NDArray

from conformance.floats.enclosures import as_float
from conformance.floats.formats import Format, format_named
from conformance.floats.rounding import round_enclosures
from conformance.oracle.opinion.second_opinion import spread_of_information, spread_of_log_det
from conformance.oracle.oracle import Oracle
from conformance.oracle.statistics.modes import modes_of

CLIP = 1.0 - 1e-6
"""The clip to (-1, 1) that is copied most."""
DRAWS = 4096
SEED = 20240229
_WIDE = format_named("float64")


@dataclass(frozen=True)
class Policy:
    """tanh(X), X normal with this loc and scale."""

    loc: float
    scale: float

    @property
    def base(self) -> str:
        return f"normal(loc={self.loc!r},scale={self.scale!r})"

    @property
    def subject(self) -> str:
        return f"transformed({self.base},tanh)"


@dataclass(frozen=True)
class Truth:
    """mode_x, mode: the base value and the action of the largest density, two of each where two tie. median: tanh(loc).
    nats_of_median, nats_of_mean: how much less log density tanh(loc) and the mean action have than the mode; inf where
    the mean is 1 to the last bit. most: the log density at the mode. entropy of the policy and of its base, in nats.
    spread: the standard deviation of -log p of one draw, the one-sample estimate of the entropy. spread_of_log_det:
    likewise of the base's entropy and the log-det at one draw, the other estimate that is in use. clipped: the share of
    draws beyond CLIP; nats_of_clip: by how much log p of the clip differs from that of the median one of those draws,
    nan where there is none. saturated: the share of actions that round to ±1 in the dtype; nats_of_rounding: how far
    the exact log density at a rounded action is, at worst of 4096 others, from that at the x it was made of, which is
    what inverting it again costs anybody.
    """

    policy: Policy
    mode_x: tuple[float, ...]
    mode: tuple[str, ...]
    median: str
    mean: str
    nats_of_median: float
    nats_of_mean: float
    most: float
    entropy: float
    base_entropy: float
    spread: float
    spread_of_log_det: float
    clipped: float
    nats_of_clip: float
    saturated: float
    nats_of_rounding: float


def truth_of(policy: Policy, fmt: Format, oracle: Oracle) -> Truth:
    """Everything about one policy. NotProvable where the mode has no bracket."""
    modes = modes_of(policy.subject).points
    best = float(modes[0].log_density.mid())
    mean = oracle.statistic(policy.subject, "mean").text
    median = _action(policy.loc, oracle)
    entropy, base_entropy = (float(oracle.statistic(one, "entropy").text) for one in (policy.subject, policy.base))
    clipped, off = _clipped(policy, oracle)
    saturated, rounding = _rounded(policy, fmt, oracle)
    return Truth(
        policy=policy,
        mode_x=tuple(float(mode.x.mid()) for mode in modes),
        mode=tuple(_action(float(mode.x.mid()), oracle) for mode in modes),
        median=median,
        mean=mean,
        nats_of_median=max(0.0, best - _log_prob_from_base(policy, policy.loc, oracle)),
        nats_of_mean=_short_of(best, policy, float(mean), oracle),
        most=best,
        entropy=entropy,
        base_entropy=base_entropy,
        spread=spread_of_information(policy.subject, entropy),
        spread_of_log_det=spread_of_log_det(policy.subject, entropy - base_entropy),
        clipped=clipped,
        nats_of_clip=off,
        saturated=saturated,
        nats_of_rounding=rounding,
    )


def _action(x: float, oracle: Oracle) -> str:
    """tanh(x) to 17 digits; beyond 1 - 1e-6 as ±1 less what is left, as far as 30 digits tell that."""
    if abs(x) < 1e-40:
        return "0"
    text = oracle.digits("tanh", "forward", x)
    left = 1 - abs(Decimal(text))
    sign = "-" if x < 0 else ""
    if left >= Decimal("1e-6"):
        return oracle.digits("tanh", "forward", x, 17)
    return f"{sign}(1 - {left:.2e})" if left > Decimal("1e-27") else f"{sign}1 to 27 digits"


def _log_prob_from_base(policy: Policy, x: float, oracle: Oracle) -> float:
    return _value(oracle, policy.subject, "log_prob_from_base", x)


def _value(oracle: Oracle, subject: str, quantity: str, at: float) -> float:
    return float(as_float(oracle.truth(subject, quantity, np.array([at]), _WIDE))[0])


def _short_of(best: float, policy: Policy, y: float, oracle: Oracle) -> float:
    found = _value(oracle, policy.subject, "log_prob", y)
    return max(0.0, best - found) if np.isfinite(found) else inf


def _clipped(policy: Policy, oracle: Oracle) -> tuple[float, float]:
    """The share of draws beyond the clip, and log p(clip) - log p(y) at the median y of those."""
    end = _value(oracle, "tanh", "inverse", CLIP)
    above = _value(oracle, policy.base, "survival", end)
    below = _value(oracle, policy.base, "cdf", -end)
    if above + below < 1e-12:
        return above + below, nan
    upper = above >= below
    share = above if upper else below
    x = _value(oracle, policy.base, "icdf", share / 2)
    x = 2 * policy.loc - x if upper else x  # The quantile of the upper tail, by symmetry.
    clip = _value(oracle, policy.subject, "log_prob", CLIP if upper else -CLIP)
    return above + below, clip - _log_prob_from_base(policy, x, oracle)


def draws_of(policy: Policy, fmt: Format) -> NDArray[Any]:
    """Base values in the dtype, the same in every run."""
    return np.random.default_rng(SEED).normal(policy.loc, policy.scale, DRAWS).astype(fmt.dtype)


def _rounded(policy: Policy, fmt: Format, oracle: Oracle) -> tuple[float, float]:
    """The share of actions that round to an end, and the largest change of log p that rounding the others makes."""
    x = draws_of(policy, fmt)
    y = round_enclosures(oracle.truth("tanh", "forward", x, fmt), fmt)[0]
    inside = np.abs(y.astype(np.float64)) < 1.0
    if not inside.any():
        return 1.0, nan
    from_x = as_float(oracle.truth(policy.subject, "log_prob_from_base", x[inside], fmt))
    from_y = as_float(oracle.truth(policy.subject, "log_prob", y[inside], fmt))
    return float(np.mean(~inside)), float(np.abs(from_x - from_y).max())
