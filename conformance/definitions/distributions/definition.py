"""What a distribution on the line is made of: its density, both tails, support, and how the density ends."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import NamedTuple, cast

from adapters.interface.quantities import LOG_QUANTITIES
from conformance.definitions.combinators import chain, inverse
from conformance.definitions.intervals import UNIT, Interval
from conformance.definitions.lemmas import DensityLemmas
from conformance.definitions.moments import ClosedMoments
from conformance.definitions.numbers import CandidateNumbers, Element, NumberSystem, exact
from conformance.definitions.tails import Tail
from conformance.definitions.transforms.definition import TransformDefinition

ScalarMap = Callable[[NumberSystem, Element], Element]


class NoQuantile(ArithmeticError):
    """The oracle has no way to the quantiles of a law. One line."""


class Mixed(NamedTuple):
    """One component of a mixture, and its share of the whole."""

    weight: Fraction
    law: DistributionDefinition


@dataclass(frozen=True)
class DistributionDefinition:
    """A univariate distribution with a density.

    log_density(ns, x), cdf(ns, x) and survival(ns, x) hold on the support; the latter two are None where the
    distribution function is an integral without a closed form, and then nothing that needs it is asked. For
    ``transformed`` (``base`` and ``transform`` set) all are None: the oracle derives them through the transform
    (ACCEPTANCE A3).
    ``lower_tail`` and ``upper_tail`` expand log_density at the ends of the support.
    ``free_ends`` are ends of the support at which conventions differ (the density jumps from a nonzero value to 0,
    and half-open supports are in use): there the oracle claims nothing.
    ``zeros`` are points inside the support at which the density is 0, ``poles`` those towards which it grows without
    bound.
    ``ordinary`` is the closed interval of everyday values.
    ``log_cdf``, ``log_survival``: where a tail leaves every range long before its logarithm does; None: by the tail.
    ``quantile``: a candidate for the inverse of the cdf, certified through it; None where nobody wrote one.
    ``upper_quantile``: the same for the inverse of the survival function; None: by ``quantile`` of 1 - q.
    ``cdf_map``: the transform that the cdf is, where there is one; a base seen through it is uniform on (0, 1).
    ``logarithm``: a draw is the logarithm of a positive variable, which is what has an everyday size.
    ``other``: the second of two distributions that are asked together; all else is the first one's.
    ``circular``: a law of an angle: ``support`` is one turn around ``loc``, whose exact ends are loc - pi and loc + pi
    and no floats (see ``end``). Beyond it the formulas go on from turn to turn, and the oracle claims nothing.
    ``moments``: where the integrals of mean and variance take long, or no bound of them is declared, their closed
    forms, which the tests hold against integrals. Of a uniform variable seen through the inverse of a distribution
    function they are what that map declares (``TransformDefinition.law``).
    ``mixed``: of a mixture what it is mixed from, with weights that add up to 1; () for any other law.
    ``lemmas``: how the density falls, rises and bends, for proofs about its integrals.
    """

    name: str
    params: Mapping[str, float]
    log_density: ScalarMap | None
    cdf: ScalarMap | None
    survival: ScalarMap | None
    support: Interval
    formula: str
    reference: str
    ordinary: tuple[float, float]
    lower_tail: Tail | None = None
    upper_tail: Tail | None = None
    free_ends: tuple[float, ...] = ()
    zeros: tuple[float, ...] = ()
    poles: tuple[float, ...] = ()
    base: DistributionDefinition | None = None
    transform: TransformDefinition | None = field(default=None)
    event_rank: int = 0
    log_cdf: ScalarMap | None = None
    log_survival: ScalarMap | None = None
    quantile: Callable[[CandidateNumbers, Element], Element] | None = None
    upper_quantile: Callable[[CandidateNumbers, Element], Element] | None = None
    cdf_map: TransformDefinition | None = None
    logarithm: bool = False
    other: DistributionDefinition | None = None
    moments: ClosedMoments | None = None
    mixed: tuple[Mixed, ...] = ()
    circular: bool = False
    lemmas: DensityLemmas = field(default=DensityLemmas())

    def end(self, ns: NumberSystem, *, lower: bool) -> Element:
        """The exact end of the support on that side, which is finite."""
        if self.circular:
            return ns.const(self.params["loc"]) + (-ns.pi() if lower else ns.pi())
        return exact(ns, Fraction(self.support.lo if lower else self.support.hi))

    def tail(self, quantity: str, *, lower: bool) -> ScalarMap:
        """The probability on one side of a point of the support, or its logarithm where ``quantity`` is measured in
        nats: -log1p of the other side's where that is the smaller, so that neither tail cancels."""
        own, other = (self.cdf, self.survival) if lower else (self.survival, self.cdf)
        assert own is not None
        assert other is not None
        if quantity not in LOG_QUANTITIES:
            return own
        declared = self.log_cdf if lower else self.log_survival
        if declared is not None:
            return declared

        def logarithm(ns: NumberSystem, x: Element) -> Element:
            p, q = own(ns, x), other(ns, x)
            return ns.piecewise(p - ns.const(0.5), lambda _: ns.log(p), lambda _: ns.log1p(-q))

        return logarithm

    @property
    def uniform(self) -> bool:
        """Whether this is a base seen through its own cdf: then y is uniform on (0, 1), its log density 0."""
        own, seen = None if self.base is None else self.base.cdf_map, self.transform
        return own is not None and seen is not None and (own.name, own.params) == (seen.name, seen.params)


def quantile_map(definition: DistributionDefinition) -> TransformDefinition:
    """The quantile function as a transform of (0, 1): the base's, then the transform. Where that falls, q is what lies
    above the base's value. Raises NoQuantile where the base has none."""
    base, transform = definition.base or definition, definition.transform
    rises = transform is None or bool(transform.increasing)
    share, quantile = (base.cdf if rises else base.survival), base.quantile
    if share is None or quantile is None:
        raise NoQuantile(f"no candidate for the quantiles of {base.name} is written down")

    def candidate(ns: NumberSystem, q: Element) -> Element:
        numbers = cast(CandidateNumbers, ns)
        if rises:
            return quantile(numbers, q)
        return quantile(numbers, ns.const(1.0) - q) if base.upper_quantile is None else base.upper_quantile(numbers, q)

    name = "cdf" if rises else "survival"
    tail = TransformDefinition(
        name=f"{base.name}_{name}",
        params=base.params,
        forward=share,
        inverse_candidate=candidate,
        domain=Interval(base.support.lo, base.support.hi),
        codomain=UNIT,
        increasing=rises,
        formula=f"the {name} of {base.formula}",
        reference=base.reference,
        ordinary=base.ordinary,
        lower_tail=base.lower_tail,
        upper_tail=base.upper_tail,
        log_density=base.log_density,
    )
    return chain(inverse(tail), *([transform] if transform is not None else []))


def standardised(loc: float, scale: float) -> ScalarMap:
    return lambda ns, x: (x - ns.const(loc)) / ns.const(scale)
