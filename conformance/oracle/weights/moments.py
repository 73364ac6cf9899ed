"""Moments of weights that are made of independent entries, in the way that ``definitions/weights.py`` says."""

from __future__ import annotations

from fractions import Fraction

from flint import arb

from conformance.definitions.distributions import DistributionDefinition
from conformance.definitions.event_laws import EventLaw
from conformance.definitions.registry import distribution_definition
from conformance.definitions.weights import Entry, Noise, Shares, Sticks
from conformance.oracle.weights.modes import mode_of
from conformance.oracle.weights.shares import Line, line
from conformance.oracle.weights.sticks import Broken, broken

Structure = Shares | Sticks

_STEP = 16
"""Goals are rounded up to a multiple of this many bits, so that one lattice serves entries that ask for a few more."""


def structure_of(law: EventLaw) -> Structure | None:
    """How the entries of ``law`` are made of independent ones; None where nothing is said of it."""
    if law.shares is not None:
        return law.shares
    if law.base is None or law.transform is None or law.transform.weights is None:
        return None
    entries = [_entry(distribution_definition(member)) for member in law.base.members]
    known = tuple(entry for entry in entries if entry is not None)
    return law.transform.weights(known) if len(known) == len(entries) else None


def _entry(law: DistributionDefinition) -> Entry | None:
    if law.base is not None or not law.lemmas.gaussian:
        return None
    return Entry(Noise.NORMAL, Fraction(law.params["loc"]), Fraction(law.params["scale"]))


def mean_of(structure: Structure, i: int, goal: int) -> arb:
    """E of entry i, to about 2**-goal; as what follows NotProvable where that takes too many nodes."""
    found = _worked_out(structure, goal)
    if isinstance(structure, Shares) and isinstance(found, Line) and structure.logarithms:
        return found.mean(i) - found.log_sum
    return found.means[i]


def covariance_of(structure: Structure, i: int, k: int, goal: int) -> arb:
    """Cov of the entries i and k."""
    found = _worked_out(structure, goal)
    if isinstance(structure, Shares) and isinstance(found, Line) and structure.logarithms:
        own = found.variance(i) if i == k else arb(0)
        return own - found.with_log_sum[i] - found.with_log_sum[k] + found.variance_of_log_sum
    return found.seconds[i][k] - found.means[i] * found.means[k]


def sum_of_mean_logs(structure: Structure, goal: int) -> arb:
    """The sum over all weights of E log Y_i."""
    found = _worked_out(structure, goal)
    if isinstance(found, Broken):
        return found.sum_of_mean_logs
    count = len(structure.entries)
    return sum((found.mean(i) for i in range(count)), arb(0)) - count * found.log_sum


def _worked_out(structure: Structure, goal: int) -> Line | Broken:
    rounded = -(-goal // _STEP) * _STEP
    return broken(structure, rounded) if isinstance(structure, Sticks) else line(structure.entries, rounded)


def forget() -> None:
    """Drop what is kept in memory."""
    line.cache_clear()
    broken.cache_clear()
    mode_of.cache_clear()
