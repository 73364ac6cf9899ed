"""Mixtures: a law that is drawn from one of several laws, chosen by weights."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from functools import cmp_to_key, partial, reduce
from math import inf

from conformance.definitions.distributions.definition import DistributionDefinition, Mixed, ScalarMap
from conformance.definitions.numbers import CandidateNumbers, Element, NumberSystem, exact
from conformance.definitions.tails import Tail
from conformance.definitions.transforms import parameters

_MOST_OFF = Fraction(1, 1 << 20)
"""By how much weights may miss 1 in all: what rounding them to float32 leaves, and no more."""

_HALVINGS = 8
"""Of the bracket of a quantile, before Newton's iteration: it leads out of the flat stretch between two components."""


def mixture(*components: DistributionDefinition, weights: tuple[float, ...]) -> DistributionDefinition:
    """sum_k w_k p_k(x), for components p_k of one support and weights w_k > 0 in proportion to ``weights``.

    Guarantee: the log density and the logarithm of a tail are log-sum-exps around the component that falls slowest, so
    that far out nothing cancels; either tail is a sum of the components' own. ``weights`` add up to 1, up to 2^-20.

    BadParameter for components that are not of one support or have no density of their own (images under a map), and
    for weights that are no such numbers, one for each component. Source: McLachlan & Peel, Finite Mixture Models
    (2000), section 1.4.
    """
    return _mixed("mixture", components, weights)


def mixture_same_family(*components: DistributionDefinition, weights: tuple[float, ...]) -> DistributionDefinition:
    """``mixture`` of components of one family. BadParameter for others."""
    families = list(dict.fromkeys(one.name for one in components))
    if len(families) > 1:
        raise parameters.BadChoice("mixture_same_family", f"takes laws of one family, not {' and '.join(families)}")
    return _mixed("mixture_same_family", components, weights)


def _mixed(
    name: str, components: Sequence[DistributionDefinition], weights: tuple[float, ...]
) -> DistributionDefinition:
    if any(one.circular for one in components):
        raise parameters.BadChoice(name, "takes laws of numbers, and no angles, each of which has a turn of its own")
    mixed = _slowest_first(_weighted(name, components, weights))
    support = mixed[0].law.support

    def log_weight(ns: NumberSystem, one: Mixed) -> Element:
        return ns.log(exact(ns, one.weight))

    def log_sum(of: Callable[[DistributionDefinition], ScalarMap | None]) -> ScalarMap:
        """log sum_k w_k exp(f_k(x)), of what falls slowest first."""

        def total(ns: NumberSystem, x: Element) -> Element:
            terms = [log_weight(ns, one) + _asked(of(one.law))(ns, x) for one in mixed]
            return reduce(lambda most, term: most + ns.softplus(term - most), terms)

        return total

    def average(of: Callable[[DistributionDefinition], ScalarMap | None]) -> ScalarMap:
        """sum_k w_k f_k(x)."""

        def total(ns: NumberSystem, x: Element) -> Element:
            terms = [exact(ns, one.weight) * _asked(of(one.law))(ns, x) for one in mixed]
            return reduce(lambda a, b: a + b, terms)

        return total

    cdf, survival = average(lambda law: law.cdf), average(lambda law: law.survival)
    log_low = log_sum(lambda law: law.tail("log_cdf", lower=True))
    log_high = log_sum(lambda law: law.tail("log_survival", lower=False))

    def log_tail(own: ScalarMap, small: ScalarMap, other: ScalarMap) -> ScalarMap:
        """Of the two logarithms the one that does not cancel: a sum of logarithms near 0 does."""

        def logarithm(ns: NumberSystem, x: Element) -> Element:
            away = own(ns, x) - ns.const(0.5)
            return ns.piecewise(away, lambda _: small(ns, x), lambda _: ns.log1p(-other(ns, x)))

        return logarithm

    log_cdf, log_survival = log_tail(cdf, log_low, survival), log_tail(survival, log_high, cdf)
    log_density = log_sum(lambda law: law.log_density)

    def placed(ns: CandidateNumbers, q: Element, rest: Element) -> Element:
        """The point with q below it and ``rest`` above: the bracket of the components' own points is halved, and then
        Newton's iteration goes on with the logarithm of the smaller tail."""
        half = ns.const(0.5)

        def by_side(below: Callable[[], Element], above: Callable[[], Element]) -> Element:
            return ns.piecewise(q - half, lambda _: below(), lambda _: above())

        low, high = _bracket(ns, mixed, q, rest)
        for _ in range(_HALVINGS):
            low, high = _halved(
                ns, low, high, lambda x: by_side(lambda: cdf(ns, x) - q, lambda: rest - survival(ns, x))
            )

        def step(x: Element) -> Element:
            def left() -> Element:
                here = log_low(ns, x)
                return x + (ns.log(q) - here) * ns.exp(here - log_density(ns, x))

            def right() -> Element:
                here = log_high(ns, x)
                return x + (here - ns.log(rest)) * ns.exp(here - log_density(ns, x))

            return by_side(left, right)

        return ns.iterated((low + high) * half, step)

    some = all(one.law.quantile is not None for one in mixed)
    return DistributionDefinition(
        name=name,
        params={},
        log_density=log_density,
        cdf=cdf,
        survival=survival,
        support=support,
        formula=" + ".join(f"{float(one.weight):g}*{one.law.name}(x)" for one in mixed),
        reference="McLachlan & Peel, Finite Mixture Models (2000), section 1.4; "
        + "; ".join(dict.fromkeys(one.law.reference for one in mixed)),
        ordinary=(min(one.law.ordinary[0] for one in mixed), max(one.law.ordinary[1] for one in mixed)),
        lower_tail=_joined([(one, one.law.lower_tail) for one in mixed], abs(support.lo) == inf),
        upper_tail=_joined([(one, one.law.upper_tail) for one in mixed], abs(support.hi) == inf),
        free_ends=tuple(dict.fromkeys(end for one in mixed for end in one.law.free_ends)),
        log_cdf=log_cdf,
        log_survival=log_survival,
        quantile=(lambda ns, q: placed(ns, q, ns.const(1.0) - q)) if some else None,
        upper_quantile=(lambda ns, q: placed(ns, ns.const(1.0) - q, q)) if some else None,
        logarithm=all(one.law.logarithm for one in mixed),
        mixed=mixed,
    )


def _bracket(ns: CandidateNumbers, mixed: Sequence[Mixed], q: Element, rest: Element) -> tuple[Element, Element]:
    """Points on either side of that with q below it and ``rest`` above.

    It lies between the components' own. And what one component alone has on a side is no more than all of them have,
    which makes the bracket narrow far out, where one of them has its point much farther out than the others.
    """
    points = [_quantile(one)(ns, q) for one in mixed]
    low, high, half = reduce(partial(_smaller, ns), points), reduce(partial(_larger, ns), points), ns.const(0.5)

    def narrowed(one: Mixed, low: Element, high: Element) -> tuple[Element, Element]:
        share, above = exact(ns, one.weight), one.law.upper_quantile

        def from_above() -> Element:
            beyond = rest / share
            return _quantile(one)(ns, ns.const(1.0) - beyond) if above is None else above(ns, beyond)

        return (
            ns.piecewise(rest / share - half, lambda _: _larger(ns, low, from_above()), lambda _: low),
            ns.piecewise(
                q / share - half,
                lambda _: _smaller(ns, high, _quantile(one)(ns, q / share)),
                lambda _: high,
            ),
        )

    for one in mixed:
        low, high = narrowed(one, low, high)
    return low, high


def _halved(
    ns: NumberSystem, low: Element, high: Element, beyond: Callable[[Element], Element]
) -> tuple[Element, Element]:
    """The half of a bracket that holds the zero of a rising function."""
    middle = (low + high) / ns.const(2.0)
    off = beyond(middle)
    return ns.piecewise(off, lambda _: middle, lambda _: low), ns.piecewise(off, lambda _: high, lambda _: middle)


def _smaller(ns: NumberSystem, a: Element, b: Element) -> Element:
    return ns.piecewise(a - b, lambda _: a, lambda _: b)


def _larger(ns: NumberSystem, a: Element, b: Element) -> Element:
    return ns.piecewise(a - b, lambda _: b, lambda _: a)


def _quantile(one: Mixed) -> Callable[[CandidateNumbers, Element], Element]:
    assert one.law.quantile is not None
    return one.law.quantile


def _asked(of: ScalarMap | None) -> ScalarMap:
    assert of is not None
    return of


def _weighted(name: str, components: Sequence[DistributionDefinition], weights: tuple[float, ...]) -> tuple[Mixed, ...]:
    """The components with weights that add up to 1 exactly. BadParameter as ``mixture`` says."""
    shares = [Fraction(w) for w in parameters.vector(name, "weights", weights)]
    if len(shares) != len(components):
        raise parameters.BadParameter(name, "weights", weights, f"as many numbers as there are laws, {len(components)}")
    whole = sum(shares, Fraction(0))
    if min(shares) <= 0 or abs(whole - 1) > _MOST_OFF:
        raise parameters.BadParameter(name, "weights", weights, "positive, and 1 in all")
    for one in components:
        if one.log_density is None:
            raise parameters.BadChoice(name, f"takes laws with a density of their own, and {one.name} is an image")
        if one.support != components[0].support:
            raise parameters.BadChoice(
                name, f"takes laws of one support, not {components[0].support} and {one.support}"
            )
    return tuple(Mixed(share / whole, one) for share, one in zip(shares, components, strict=True))


def _slowest_first(mixed: tuple[Mixed, ...]) -> tuple[Mixed, ...]:
    """In order of how slowly the densities fall; where the two ends do not agree, as they were given."""

    def later(a: Mixed, b: Mixed) -> int:
        votes = 0
        for end, ours, theirs in (
            (a.law.support.lo, a.law.lower_tail, b.law.lower_tail),
            (a.law.support.hi, a.law.upper_tail, b.law.upper_tail),
        ):
            limit = None if ours is None or theirs is None else (ours - theirs).limit(abs(end) == inf)
            votes += {inf: -1, -inf: 1}.get(0.0 if limit is None else limit, 0)
        return votes

    return tuple(sorted(mixed, key=cmp_to_key(later)))


def _joined(tails: Sequence[tuple[Mixed, Tail | None]], infinite_end: bool) -> Tail | None:
    """The expansion of log sum_k w_k p_k: that of the slowest, with the constants of all that fall alike added up."""
    alike: list[tuple[Mixed, Tail]] = []
    for one, tail in tails:
        if tail is None:
            return None
        behind = None if not alike else (tail - alike[0][1]).limit(infinite_end)
        if behind == inf:
            alike = []
        if behind is None or behind == inf:
            alike.append((one, tail))
        elif behind != -inf:
            return None
    slowest = alike[0][1]

    def height(ns: NumberSystem) -> Element:
        """log sum_k w_k exp(c_k - c), c that of the slowest, which its own expansion holds."""
        shares = [exact(ns, one.weight) * ns.exp((tail - slowest).constant(ns)) for one, tail in alike]
        return ns.log(reduce(lambda a, b: a + b, shares))

    return slowest + Tail.of(constant=height)
