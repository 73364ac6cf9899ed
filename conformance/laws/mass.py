"""The mass under a framework's density: its own log densities at the nodes of a quadrature, against the exact ones.

Let w be the weights of any rule (``quadrature``), p the exact density at its nodes and q the exponentials of what the
framework answered there. Both sums, of w p and of w q, are enclosed: the answers are floats, exp is the proved one of
``array_balls``, and each sum is rounded once. So their difference D is certified, whatever the rule is like. A right
answer may be off by some nats at each node, and p exp(those nats) - p is what that may add to the mass there; where an
answer accuses nobody for another reason, what it is off by is granted in full. D is an accusation only beyond the sum
of all that is granted, and beyond the nats by which a usable log density may be off: a mass that is known so well is 1.
In 16 bits too what a node is allowed is granted in full: roundings have either sign and all but add up to nothing
(correctly rounded ones to 1e-4 of the mass in float16), but a right formula may round a constant, which is off the same
way everywhere. Then one node at least accuses by itself: the finding shows the gravest of those, which is an input that
anybody can try, and tells the mass.

How well the rule integrates is known from the exact density, whose mass between the ends is a difference of the
distribution function: the error stands beside the mass, and where it is above POOR (a law of which floats resolve
little, such as one that is saturated) nothing is said.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import fsum, isnan, log1p
from typing import Any

import numpy as np
from numpy.typing import NDArray

from conformance.definitions.parameters import in_format
from conformance.definitions.registry import functions_of
from conformance.floats.enclosures import Enclosures, Kind, among, as_float
from conformance.floats.formats import format_named
from conformance.laws.batches import MODE
from conformance.laws.case import Case
from conformance.laws.law import Check
from conformance.laws.measure import Measure
from conformance.laws.quadrature import Rule, Truth, rule_for
from conformance.oracle.numbers.array_balls import Ball, exp, mul, neg
from conformance.oracle.numbers.array_balls import add as sum_of
from conformance.scoring.failures import ACCUSES_NOBODY, Failure, allowed_nats

LEAST_PRECISION = 11
"""Bits of a format's significand from which on the mass is asked for. Of fewer, as bfloat16 has, what right answers may
be off by is a quarter of the mass: that a quarter of the support is missing would not be told."""

POOR = 2.0**-6
"""A rule whose sum over the exact density is off by more than this share of its mass says nothing."""


@dataclass(frozen=True)
class Mass:
    """log_ratio: log of the framework's sum over the exact one, in nats; -inf or nan where it has none. granted: what
    right answers may be off by, as a share of the exact sum, our own radii included. error: how far the exact sum is
    from the exact mass, relative. nodes: how many were summed."""

    log_ratio: float
    granted: float
    error: float
    nodes: int

    @property
    def explained(self) -> bool:
        """Whether right answers may come to that."""
        return abs(np.expm1(self.log_ratio)) <= self.granted

    def __str__(self) -> str:
        known = f"{np.exp(self.log_ratio):.9g} (log: {self.log_ratio:.3g} nats)"
        integral = "its density cannot be summed" if isnan(self.log_ratio) else f"its density integrates to {known}"
        return (
            f"{integral} by {self.nodes} nodes, as a share of the exact mass between them, which these have up to "
            f"{self.error:.1g}; {self.granted:.1g} is granted"
        )


def normalised(case: Case) -> Iterator[Check]:
    """The framework's log densities at the nodes, of a law of numbers in a format of LEAST_PRECISION bits or more, in
    eager mode: those that accuse by themselves, and only where the mass is off."""
    if case.mode != MODE or case.fmt.precision < LEAST_PRECISION or case.declared.target is not None:
        return
    if "log_prob" not in case.quantities:
        return
    rule = rule_for(case.oracle, in_format(case.subject, case.fmt), case.fmt)
    if not len(rule.nodes):
        return
    measure = _measured(case, rule.nodes)
    if measure.status != "ok" or among(measure.failures, (Failure.SHAPE_WRONG,)).any():
        return  # What befell the call is told of the standard points.
    mass = mass_of(case, rule, measure)
    if mass is None:
        return
    told = np.full(len(measure.failures), Failure.NONE, np.uint8) if mass.explained else measure.failures
    yield Check(measure.with_failures(told.astype(np.uint8)), str(mass))


def _measured(case: Case, nodes: NDArray[Any]) -> Measure:
    """The log densities at the nodes; out of those at every float, where every float was asked."""
    points = case.inputs.points("log_prob")
    if not points.exhaustive:
        return case.measure_at("log_prob", nodes, case.inputs.regions("log_prob", nodes))
    whole, order = case.measure("log_prob"), np.argsort(points.values.view(np.uint16))
    if not whole.offered:
        return whole
    return whole.where(order[np.searchsorted(points.values.view(np.uint16), nodes.view(np.uint16), sorter=order)])


def mass_of(case: Case, rule: Rule, measure: Measure) -> Mass | None:
    """What the answers at the nodes come to; None where the exact sum is not known, or the rule is poor."""
    known = among(measure.truth.kind, (Kind.FINITE, Kind.NEG_INF))
    weights = Ball(rule.weights[known], 0.0)
    exact = mul(weights, _density(_ball(measure.truth[known])))
    whole, radius = fsum(exact.mid), fsum(exact.rad) * (1 + 2.0**-40)
    covered = _covered(case, rule)
    if not (whole - radius > 0 and covered > 0) or not np.isfinite(radius + covered):
        return None
    error = (abs(whole - covered) + radius) / covered
    if error > POOR:
        return None
    answers = measure.got[known].astype(np.float64)
    off = sum_of(mul(weights, _density(Ball(answers, 0.0))), neg(exact))
    total = fsum(off.mid) if np.isfinite(off.rad).all() else np.nan
    fine = among(measure.failures[known], ACCUSES_NOBODY)
    terms = None if measure.terms is None else measure.terms[known]
    with np.errstate(over="ignore", invalid="ignore"):
        nats = allowed_nats(measure.truth[known], case.fmt, case.tolerance("log_prob"), terms)
        share = np.where(exact.mid == 0, 0.0, exact.mid * np.expm1(nats))
        granted = np.maximum(share, np.where(fine, np.abs(off.mid), 0.0)) + off.rad
    ratio, enough = total / whole, case.tolerance("log_prob").nats
    summed = fsum(granted[~np.isnan(granted)]) / (whole - radius) * (1 + 2.0**-40)
    return Mass(
        log_ratio=ratio if isnan(ratio) else log1p(ratio) if ratio > -1 else -np.inf,
        granted=max(summed, enough),
        error=error,
        nodes=int(np.count_nonzero(known)),
    )


def prepare(oracle: Truth, subject: str, dtype: str) -> None:
    """Have the oracle know, before any framework is asked, what ``normalised`` will ask it about a law of numbers."""
    fmt = format_named(dtype)
    exact = in_format(subject, fmt)
    if fmt.precision < LEAST_PRECISION:
        return
    rule = rule_for(oracle, exact, fmt)
    if fmt.bits > 16 and len(rule.nodes):  # Of 16 bits every float is asked.
        oracle.truth(exact, "log_prob", rule.nodes, fmt)


def _covered(case: Case, rule: Rule) -> float:
    """The mass between the rule's ends; 1 where no distribution function is declared or known.
    As a rule's error is told to a digit, the last bits of the distribution function say nothing."""
    if "cdf" not in functions_of(case.subject):
        return 1.0
    with np.errstate(over="ignore"):
        ends = np.asarray(rule.ends).astype(case.fmt.dtype)
    low, high = as_float(case.oracle.roughly(case.subject, "cdf", ends, case.fmt))
    return 1.0 if isnan(high - low) else float(high - low)


def _ball(truth: Enclosures) -> Ball:
    """Log densities as balls; -inf as what it is."""
    with np.errstate(over="ignore", under="ignore"):
        power = np.clip(truth.exponent, -2000, 2000).astype(np.int32)
        mid, rad = np.ldexp(truth.hi + truth.lo, power), np.ldexp(truth.err, power)
    # The sum of both words is rounded.
    rad = rad * (1 + 2.0**-40) + np.abs(mid) * 2.0**-53 + 2.0**-990
    nothing = truth.kind == Kind.NEG_INF
    return Ball(np.where(nothing, -np.inf, mid), np.where(nothing, 0.0, rad))


def _density(logarithms: Ball) -> Ball:
    """e to these; exactly 0 at -inf."""
    nothing = logarithms.mid == -np.inf
    with np.errstate(over="ignore", invalid="ignore"):
        found = exp(Ball(np.where(nothing, 0.0, logarithms.mid), logarithms.rad))
    unknown = np.isnan(logarithms.mid)
    rad = np.where(unknown, np.inf, np.where(nothing, 0.0, found.rad))
    return Ball(np.where(nothing | unknown, 0.0, found.mid), rad)
