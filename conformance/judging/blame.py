"""Which part of a wrong log_prob is to blame: the base density, the inverse, or the log-det (L08)."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from adapters.interface.spec import parse
from conformance.floats.enclosures import Enclosures, as_float
from conformance.laws.case import Case
from conformance.scoring.distance import distances

Part = Literal["base", "inverse", "log-det"]

PARTS: tuple[Part, ...] = ("base", "inverse", "log-det")


def blame_for(case: Case, quantity: str, at: NDArray[Any]) -> Part | None:
    """The part with the largest share, in nats, of the error of log_prob at the one input ``at`` (shape ()).

    The framework is asked for its parts one by one, as far as it offers them:
    inverse: what its own x costs, |log p_X(x_framework) - log p_X(x_exact)| by the oracle's base density;
    log-det: the error of its log-det at ``at``; base: the error of its base log_prob at its own x.
    None where the subject is not a transformed distribution or no part is off by a visible amount.
    """
    spec = parse(case.subject)
    if spec.name != "transformed" or quantity not in ("log_prob", "log_prob_from_base"):
        return None
    base, transform = str(spec.parts[0]), str(spec.parts[1])
    here = np.asarray(at, case.fmt.dtype).reshape(1)
    shares: dict[Part, float] = dict.fromkeys(PARTS, 0.0)
    x = here
    if quantity == "log_prob":
        reply = case.ask("inverse", here, subject=transform)
        if reply.status != "ok" or reply.values is None or reply.values.size != 1:
            return None
        x = reply.values.astype(case.fmt.dtype).reshape(1)
        exact = case.oracle.truth(case.subject, "log_prob", here, case.fmt)
        slope = case.oracle.truth(transform, "ildj", here, case.fmt)
        with np.errstate(invalid="ignore"):
            here_base = as_float(exact) - as_float(slope)
        shares["inverse"] = _gap(here_base, _base_density(case, base, x))
    direction = "ildj" if quantity == "log_prob" else "fldj"
    shares["log-det"] = _error(case, transform, direction, here)
    shares["base"] = _error(case, base, "log_prob", x)
    worst = max(PARTS, key=lambda part: shares[part])
    return worst if shares[worst] > 2.0**-case.fmt.precision else None


def _base_density(case: Case, base: str, x: NDArray[Any]) -> NDArray[np.float64]:
    return as_float(case.oracle.truth(base, "log_prob", x, case.fmt))


def _gap(first: NDArray[np.float64], second: NDArray[np.float64]) -> float:
    with np.errstate(invalid="ignore"):
        off = abs(float(first[0]) - float(second[0]))
    return float("inf") if np.isnan(off) else off


def _error(case: Case, subject: str, quantity: str, at: NDArray[Any]) -> float:
    """The framework's error in nats in one part; 0 where it does not offer the part by itself."""
    reply = case.ask(quantity, at, subject=subject)
    if reply.status != "ok" or reply.values is None or reply.values.size != 1:
        return 0.0
    truth: Enclosures = case.oracle.truth(subject, quantity, at, case.fmt)
    off = distances(reply.values.astype(case.fmt.dtype).reshape(1), truth, case.fmt).nats[0]
    return 0.0 if np.isnan(off) else float(off)
