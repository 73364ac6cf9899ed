"""The second opinion on an accusation (ACCEPTANCE A18): mpmath, on the definition's forward map and nothing else.

Derivatives come from complex steps, inverses from Newton's iteration on the forward map with a sign check around the
root found; working precision grows with the argument's exponent. Work is capped: where the cap is reached, or where
mpmath would not come back, the opinion says that it cannot form itself.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import frexp, inf, isfinite
from typing import Any

import numpy as np

from adapters.interface.quantities import MIRROR, OF_PAIRS, STATISTICS, TABLE
from adapters.interface.spec import parse
from conformance.definitions.distributions import DistributionDefinition, quantile_map
from conformance.definitions.event_laws import EventLaw
from conformance.definitions.float_numbers import FloatNumbers
from conformance.definitions.registry import (
    bases_of,
    distribution_definition,
    event_law,
    is_distribution,
    is_event_law,
    statistic_event,
    transform_definition,
)
from conformance.definitions.spaces import Shape
from conformance.definitions.transforms.definition import TransformDefinition
from conformance.floats.enclosures import Enclosures, Kind
from conformance.floats.formats import Format
from conformance.oracle.opinion.entries import each_entry
from conformance.oracle.opinion.modes import mode
from conformance.oracle.opinion.moments import Averages
from conformance.oracle.opinion.mp_numbers import CannotCompute, MpNumbers

BASE_DIGITS = 160
MOST_DIGITS = 2500
_FEW_DIGITS = 60
"""Where points are told apart that are 2**-20 away from each other."""
_ITERATIONS = 80
_RUNG_ITERATIONS = 12
_ENOUGH_DIGITS = 1000
"""At this precision a slope within 10**-400 of 1 may count as 1: its logarithm is below every format."""


@dataclass(frozen=True)
class SecondOpinion:
    """``value_text``: mpmath's value to 30 digits (vectors: space-separated), or why it cannot be had.

    ``agrees``: every component lies within the oracle's enclosure, widened by 2**-20 ulp of the format. ``possible``
    is False where mpmath has no value; ``agrees`` is then False too.
    """

    value_text: str
    agrees: bool
    possible: bool = True


def second_opinion(subject: str, quantity: str, x: Any, truth: Enclosures, fmt: Format) -> SecondOpinion:
    """mpmath's value of ``quantity`` at the exact input ``x`` (scalar or event), held against ``truth``."""
    shape = np.shape(x)
    inputs = [float(v) for v in np.atleast_1d(np.asarray(x, np.float64)).ravel()]
    if quantity in STATISTICS:  # It is asked at no point.
        inputs = [0.0]
    if not all(isfinite(v) for v in inputs) or (truth.kind != Kind.FINITE).any():
        return SecondOpinion("cannot: a limit or a special value, not a computed number", False, False)
    try:
        opinion, values = _formed(subject, quantity, inputs, shape)
        agrees = len(values) == len(truth) and all(opinion.close(v, truth, i, fmt) for i, v in enumerate(values))
    except CannotCompute as reason:
        return SecondOpinion(f"cannot: {reason}", False, False)
    except (ArithmeticError, ValueError, TypeError, OverflowError) as problem:
        return SecondOpinion(f"cannot: {type(problem).__name__}: {problem}", False, False)
    text = " ".join(str(opinion.ctx.nstr(value, 30)) for value in values)
    return SecondOpinion(text, agrees)


def spread_of_information(subject: str, entropy: float) -> float:
    """The standard deviation of -log p(Y), whose mean the entropy is, by mpmath's quadrature; good to six digits."""
    opinion = Opinion(subject, "entropy", [0.0], BASE_DIGITS)
    return float(opinion.ctx.sqrt(opinion.averages(distribution_definition(subject)).spread(entropy)))


class _TooShort(Exception):
    """The working precision cannot tell a slope from 1, nor its logarithm from 0."""


def _formed(subject: str, quantity: str, inputs: Sequence[float], shape: Shape) -> tuple[Opinion, list[Any]]:
    size = max((abs(frexp(v)[1]) for v in inputs if v), default=0) * 0.302
    digits = BASE_DIGITS + int(2.2 * size)
    while True:
        opinion = Opinion(subject, quantity, inputs, digits, shape)
        try:
            return opinion, opinion.values()
        except _TooShort:
            digits *= 2


class Opinion:
    """One question. ``noise`` is the size of what cancelled in the answer: mpmath knows it to 10**-60 of that."""

    def __init__(self, subject: str, quantity: str, inputs: Sequence[float], digits: int, shape: Shape = ()) -> None:
        if digits > MOST_DIGITS:
            raise CannotCompute(f"{digits} digits would be needed")
        self.ns = MpNumbers(digits)
        self.ctx = self.ns.ctx
        self.subject, self.quantity, self.shape = subject, quantity, shape
        self.inputs = [self.ctx.mpf(v) for v in inputs]
        self.noise = self.ctx.zero

    def values(self) -> list[Any]:
        """The quantity, one number per component."""
        if is_event_law(self.subject):
            law = event_law(self.subject)
            if statistic_event(self.subject, self.quantity):
                return each_entry(self.ns, law, self.quantity, self._of_numbers, self._density_at)
            return [self._event_law(law)]
        if is_distribution(self.subject):
            definition = distribution_definition(self.subject)
            return [self._distribution(definition, self.quantity, self.inputs[0])]
        transform, quantity = transform_definition(self.subject), self.quantity
        while transform.kind == "inverse":
            transform, quantity = transform.parts[0], MIRROR[quantity]
        if transform.kind == "entrywise":
            return self._entry_by_entry(transform, quantity)
        if transform.event_rank_in:
            return self._vector(transform, quantity)
        if quantity == "forward":
            return [self._forward(transform, self.inputs[0])]
        if quantity == "fldj":
            return [self._log_slope(transform, self.inputs[0])]
        at = self._solve(transform, self.inputs[0])
        return [at if quantity == "inverse" else -self._log_slope(transform, at)]

    def close(self, value: Any, truth: Enclosures, index: int, fmt: Format) -> bool:
        """Whether ``value`` lies in the enclosure widened by 2**-20 ulp of the format."""
        ctx = self.ctx
        scale = int(truth.exponent[index])
        middle = ctx.ldexp(ctx.mpf(truth.hi[index]), scale) + ctx.ldexp(ctx.mpf(truth.lo[index]), scale)
        slack = ctx.ldexp(ctx.one, max(scale - fmt.precision, fmt.emin - fmt.precision + 1) - 20)
        noise = self.noise * ctx.mpf(10) ** -60
        if noise > abs(middle) > slack:
            raise CannotCompute("what is left after cancellation is below mpmath's own error")
        return bool(abs(ctx.re(value) - middle) <= ctx.ldexp(ctx.mpf(truth.err[index]), scale) + slack + noise)

    def _distribution(self, definition: DistributionDefinition, quantity: str, value: Any) -> Any:
        base, transform = definition.base or definition, definition.transform
        assert base.log_density is not None
        if quantity == "mode":
            return self._mode(definition)
        if quantity in ("icdf", "median"):
            return self._forward(quantile_map(definition), self.ctx.mpf(0.5) if quantity == "median" else value)
        if quantity in OF_PAIRS:
            return self._of_pair(definition, quantity)
        if quantity in STATISTICS:
            return self.averages(definition).statistic(quantity)
        if TABLE[quantity].tail:
            return self._tail(base, transform, quantity, value)
        at = value
        if transform is not None and quantity != "log_prob_from_base":
            at = self._solve(transform, value)
        log_density = base.log_density(self.ns, at)
        if transform is not None:
            log_slope = self._log_slope(transform, at)
            noise = abs(log_density) + abs(log_slope)
            log_density -= log_slope
            self.noise += noise if quantity != "prob" else noise * self.ns.exp(log_density)
        return self.ns.exp(log_density) if quantity == "prob" else log_density

    def averages(self, definition: DistributionDefinition) -> Averages:
        """The expectations of the law."""
        return Averages(self.ns, definition, self._forward, self._log_slope)

    def _of_pair(self, definition: DistributionDefinition, quantity: str) -> Any:
        """The divergence of the bases, since both laws go through one map; the entropy of the first is added."""
        bases = bases_of(self.subject)
        if bases is None:
            raise CannotCompute("the divergence of laws that go through different maps")
        first, second = (distribution_definition(base) for base in bases)
        kl = self.averages(first).divergence(second)
        return kl if quantity == "kl" else kl + self.averages(definition).statistic("entropy")

    def _mode(self, definition: DistributionDefinition) -> Any:
        """Where the density of the law is largest."""
        base, transform = definition.base or definition, definition.transform
        height = self._log_density(definition)
        return mode(self.ctx, base, height, lambda x: x if transform is None else self._forward(transform, x))

    def _log_density(self, definition: DistributionDefinition) -> Callable[[Any], Any]:
        """log p_Y at the image of a base value."""
        base, transform = definition.base or definition, definition.transform
        assert base.log_density is not None
        own = base.log_density
        if transform is None:
            return lambda x: own(self.ns, x)
        return lambda x: own(self.ns, x) - self._log_slope(transform, x)

    def _tail(
        self, base: DistributionDefinition, transform: TransformDefinition | None, quantity: str, value: Any
    ) -> Any:
        rising, row = transform is None or bool(transform.increasing), TABLE[quantity]
        low, high = self._image(base, transform)
        if value <= low or value >= high:
            share = self.ctx.one if (value <= low) == (row.tail == "upper") else self.ctx.zero
            return share if row.unit != "nats" else self.ctx.log(share) if share else self.ctx.ninf
        at = value if transform is None else self._solve(transform, value)
        return base.tail(quantity, lower=(row.tail == "lower") == rising)(self.ns, at)

    def _image(self, base: DistributionDefinition, transform: TransformDefinition | None) -> list[Any]:
        """The ends of the support of f(X), lower first."""
        ends: list[Any] = []
        domain = transform.domain if transform is not None else base.support
        for end, own in ((base.support.lo, domain.lo), (base.support.hi, domain.hi)):
            if transform is None:
                ends.append(self.ctx.mpf(float(end)))
            elif end != own:
                ends.append(self._forward(transform, self.ctx.mpf(float(end))))
            else:
                low = (own == domain.lo) == transform.increasing
                ends.append(self.ctx.mpf(float(transform.codomain.lo if low else transform.codomain.hi)))
        return sorted(ends)

    # -- scalars -------------------------------------------------------------------------------------------------

    def _step(self, x: Any) -> Any:
        """Far below the distance to any singularity that the working precision was raised for."""
        ctx = self.ctx
        return ctx.mpf(10) ** -(int(ctx.dps) // 2) * min(ctx.one, abs(x) if x else ctx.one) / (1 + x * x)

    def _forward(self, transform: TransformDefinition, x: Any) -> Any:
        """f(x), with Newton's iteration in place of every inverse part's closed form."""
        if transform.kind == "chain":
            for part in transform.parts:
                x = self._forward(part, x)
            return x
        return self._solve(transform.parts[0], x) if transform.kind == "inverse" else transform.forward(self.ns, x)

    def _log_slope(self, transform: TransformDefinition, x: Any) -> Any:
        if transform.kind == "inverse":
            part = transform.parts[0]
            return -self._log_slope(part, self._solve(part, x))
        if transform.kind == "chain":
            total = self.ctx.zero
            for part in transform.parts:
                log_slope = self._log_slope(part, x)
                self.noise += abs(log_slope)
                total += log_slope
                x = self._forward(part, x)
            return total
        h = self._step(x)
        slope = abs(self.ctx.im(transform.forward(self.ns, self.ctx.mpc(x, h))) / h)
        if not slope:
            raise CannotCompute("the derivative underflows even here")
        digits = int(self.ctx.dps)
        # In an average the logarithm counts by its size, and not by its digits.
        by_digits = self.quantity not in STATISTICS and digits < _ENOUGH_DIGITS
        if by_digits and abs(slope - 1) < self.ctx.mpf(10) ** (-0.4 * digits):
            raise _TooShort
        return self.ctx.log(slope)

    def _solve(self, transform: TransformDefinition, y: Any) -> Any:
        """x with f(x) = y, through the forward maps of the parts."""
        if transform.kind == "chain":
            for part in reversed(transform.parts):
                y = self._solve(part, y)
                self.noise += abs(y)
            return y
        if transform.kind == "inverse":
            return transform.parts[0].forward(self.ns, y)
        for start in self._starts(transform, y):
            root = self._newton(lambda x: transform.forward(self.ns, x), y, start)
            if root is not None:
                return root
        return self._end_of_domain(transform, y)

    def _starts(self, transform: TransformDefinition, y: Any) -> Iterator[Any]:
        """Where the iteration begins; none is trusted, since the root has to show a change of sign."""
        try:
            start = float(transform.inverse_candidate(FloatNumbers(), float(y)))
            if isfinite(start):
                yield start
        except (OverflowError, ValueError, ZeroDivisionError):
            pass
        try:
            yield self.ctx.re(transform.inverse_candidate(self.ns, y))
        except (CannotCompute, ValueError, ZeroDivisionError):
            return

    def _newton(self, f: Callable[[Any], Any], y: Any, start: Any) -> Any:
        """A root of f = y with a change of sign close around it, or None.

        The first digits are found at a lower precision, where they cost little. Nothing rests on them: a root has to
        show its change of sign at the full one, and where that fails the iteration begins anew at ``start``.
        """
        neared = self._neared(f, y, self.ctx.mpf(start))
        root = None if neared is None else self._iterated(f, y, neared)
        return self._iterated(f, y, self.ctx.mpf(start)) if root is None else root

    def _neared(self, f: Callable[[Any], Any], y: Any, x: Any) -> Any:
        """Where the iteration settles at a quarter and then at half of the digits, or None."""
        digits = int(self.ctx.dps)
        for rung in (digits // 4, digits // 2):
            with self.ctx.workdps(rung):
                for _ in range(_RUNG_ITERATIONS):
                    try:
                        move = self._move(f, y, x)
                    except (ArithmeticError, ValueError):  # So few digits may round a denominator to 0.
                        return None
                    if move is None:
                        return None
                    x -= move
                    if abs(move) <= self._share(x, 0.35, 0.45):
                        break
                else:
                    return None
        return x

    def _iterated(self, f: Callable[[Any], Any], y: Any, x: Any) -> Any:
        """Newton's iteration from x until there is a change of sign, or nothing moves any more."""
        for _ in range(_ITERATIONS):
            move = self._move(f, y, x)
            if move is None:
                return None
            x -= move
            settled = abs(move) <= self._share(x, 0.7, 0.9)
            # The error is now of the size of the square of this step.
            if settled or abs(move) <= self._share(x, 0.35, 0.45):
                if self._crosses(f, y, x):
                    return x
                if settled:
                    return None
        return x if self._crosses(f, y, x) else None

    def _move(self, f: Callable[[Any], Any], y: Any, x: Any) -> Any:
        """One step of the iteration, or None where it leads nowhere."""
        ctx, h = self.ctx, self._step(x)
        try:
            slope = ctx.im(f(ctx.mpc(x, h))) / h
            if not slope or not ctx.isfinite(slope):
                return None
            value = f(x)
        except CannotCompute:
            return None
        return None if ctx.im(value) else (value - y) / slope  # complex: it left the domain

    def _crosses(self, f: Callable[[Any], Any], y: Any, x: Any) -> bool:
        """Whether f - y changes its sign close around x."""
        near = self._share(x, 0.6, 0.85)
        try:
            below, above = f(x - near) - y, f(x + near) - y
        except CannotCompute:
            return False
        real = not self.ctx.im(below) and not self.ctx.im(above)
        return bool(real and below * above <= 0)

    def _share(self, x: Any, relative: float, absolute: float) -> Any:
        """These shares of the working digits of x, and of 1."""
        ctx, digits = self.ctx, int(self.ctx.dps)
        return max(abs(x) * ctx.mpf(10) ** (-relative * digits), ctx.mpf(10) ** (-absolute * digits))

    def _end_of_domain(self, transform: TransformDefinition, y: Any) -> Any:
        """A finite end of the domain (or of the branch), where ``y`` is the end of the codomain that it tends to."""
        ctx = self.ctx
        near = ctx.mpf(10) ** -(ctx.dps // 2)
        ends = [transform.domain.lo, transform.domain.hi] if transform.bijective else [0]
        at_end = y in (transform.codomain.lo, transform.codomain.hi)
        for end, side in zip(ends, (1, -1), strict=False):
            if abs(end) == inf or not at_end:
                continue
            at = ctx.mpf(end.numerator) / end.denominator if isinstance(end, Fraction) else ctx.mpf(end)
            if abs(ctx.re(transform.forward(self.ns, at + side * near)) - y) <= ctx.mpf(10) ** -20:
                return at
        raise CannotCompute("Newton's iteration found no root")

    # -- events ------------------------------------------------------------------------------------------------

    def _event_law(self, law: EventLaw) -> Any:
        """The sum of the logarithms that the density is a product of, or its exponential."""
        if self.quantity in STATISTICS:
            return self._entropy_of_events(law)
        at, terms = self.inputs, []
        if law.transform is not None:
            inner = law.source.shape
            if self.quantity != "log_prob_from_base":
                at = self._solve_vector(law.transform, at, law.event)
            terms = [-self._log_det(law.transform, at, inner)]
        if law.log_terms is not None:
            entries = law.space.completed(self.ns, [at[index] for index in law.space.free])
            terms += law.log_terms(self.ns, entries)
        members = (law.base or law).members
        for member, value in zip(members, at, strict=bool(members)):
            terms.append(self._distribution(distribution_definition(member), "log_prob", value))
        total, noise = self.ctx.fsum(terms), self.ctx.fsum(map(abs, terms))
        if self.quantity == "prob":
            total, noise = self.ns.exp(total), noise * self.ns.exp(total)
        self.noise += noise
        return total

    def _of_numbers(self, subject: str, quantity: str) -> Any:
        """A statistic of a law of numbers."""
        return Opinion(subject, quantity, [0.0], self.ctx.dps).values()[0]

    def _density_at(self, point: Sequence[Any]) -> Any:
        """The log density of this law of events at another point."""
        return Opinion(self.subject, "log_prob", point, _FEW_DIGITS, event_law(self.subject).event).values()[0]

    def _entropy_of_events(self, law: EventLaw) -> Any:
        """The entropies of independent entries add up; so does a log-det that is one number everywhere."""
        members = (law.base or law).members
        if self.quantity in OF_PAIRS:
            return self._of_two(law)
        if self.quantity == "entropy" and law.entropy is not None:
            return law.entropy(self.ns)
        if self.quantity != "entropy" or not members:
            raise CannotCompute(f"the {self.quantity} of a law of events")
        terms = [self.averages(distribution_definition(member)).statistic("entropy") for member in members]
        if law.transform is not None:
            terms.append(self._log_det(law.transform, [self.ctx.mpf(0.5)] * len(members), law.source.shape))
        return self.ctx.fsum(terms)

    def _of_two(self, law: EventLaw) -> Any:
        """The divergence of two laws of one family; the entropy of the first is added."""
        p, q = law.family, None if law.other is None else law.other.family
        if p is None or q is None or p.name != q.name:
            raise CannotCompute(f"the {self.quantity} of laws of events that are not of one family")
        kl = p.divergence(self.ns, p.parameters, q.parameters)
        if self.quantity == "kl":
            return kl
        first = str(parse(self.subject).parts[0])
        return kl + Opinion(first, "entropy", [0.0], self.ctx.dps).values()[0]

    def _vector(self, transform: TransformDefinition, quantity: str) -> list[Any]:
        if quantity == "forward":
            return [self._plain(value) for value in transform.forward(self.ns, self.inputs)]
        if quantity == "fldj":
            return [self._log_det(transform, self.inputs, self.shape)]
        at = self._solve_vector(transform, self.inputs, self.shape)
        return at if quantity == "inverse" else [-self._log_det(transform, at, transform.input_event(self.shape))]

    def _entry_by_entry(self, transform: TransformDefinition, quantity: str) -> list[Any]:
        """Each entry through its own map of numbers; their log-dets add up."""
        entries = list(zip(transform.each(len(self.inputs)), self.inputs, strict=True))
        if quantity == "forward":
            return [self._plain(self._forward(part, x)) for part, x in entries]
        if quantity == "inverse":
            return [self._solve(part, y) for part, y in entries]
        if quantity == "fldj":
            terms = [self._log_slope(part, x) for part, x in entries]
        else:
            terms = [-self._log_slope(part, self._solve(part, y)) for part, y in entries]
        self.noise += self.ctx.fsum(map(abs, terms))
        return [self.ctx.fsum(terms)]

    def _plain(self, value: Any) -> Any:
        return self.ctx.mpf(value) if isinstance(value, int | float) else value

    def _jacobian(self, transform: TransformDefinition, x: Sequence[Any], shape: Shape) -> Any:
        """By complex steps in the coordinates of the source; those of the target are its rows."""
        ctx = self.ctx
        source, target = transform.source_at(shape), transform.target_at(transform.output_event(shape))
        coordinates = [x[index] for index in source.free]
        jacobian = ctx.matrix(len(target.free), len(coordinates))
        for j, at in enumerate(coordinates):
            h = self._step(at)
            moved = [ctx.mpc(v, h) if i == j else v for i, v in enumerate(coordinates)]
            outputs = transform.forward(self.ns, source.completed(self.ns, moved))
            for i, index in enumerate(target.free):
                jacobian[i, j] = ctx.im(outputs[index]) / h
        return jacobian

    def _log_det(self, transform: TransformDefinition, x: Sequence[Any], shape: Shape) -> Any:
        if not transform.has_log_det:
            raise CannotCompute("a map that is no injection has no log-det")
        ctx = self.ctx
        source, target = transform.source_at(shape), transform.target_at(transform.output_event(shape))
        jacobian = self._jacobian(transform, x, shape)
        n = jacobian.rows
        if all(not jacobian[i, j] for i in range(n) for j in range(i + 1, n)):
            determinant = ctx.fprod(jacobian[i, i] for i in range(n))
        else:
            determinant = ctx.det(jacobian)
            self.noise += 1  # What cancelled in it may be as large as its logarithm is small.
        if not determinant:
            raise CannotCompute("the determinant underflows even here")
        total = ctx.log(abs(determinant))
        for space, entries, sign in ((target, transform.forward(self.ns, list(x)), 1), (source, list(x), -1)):
            volume = space.log_volume(self.ns, entries)
            if volume is not None:
                total += sign * volume
        return total

    def _solve_vector(self, transform: TransformDefinition, y: Sequence[Any], shape: Shape) -> list[Any]:
        """x with f(x) = y: coordinate by coordinate where output i depends on x_0 .. x_i only, else all at once."""
        if transform.one_sided:
            return list(transform.inverse_candidate(self.ns, list(y)))
        inner = transform.input_event(shape)
        source, target = transform.source_at(inner), transform.target_at(shape)
        guess = transform.inverse_candidate(self.ns, list(y))
        # 16 digits of it: the iteration has to earn the rest.
        start = [self.ctx.mpf(float(self.ctx.re(guess[index]))) for index in source.free]
        goal = [y[index] for index in target.free]
        slopes = self._jacobian(transform, source.completed(self.ns, start), inner)
        n = len(start)
        if any(slopes[i, j] for i in range(n) for j in range(i + 1, n)):
            return list(source.completed(self.ns, self._all_at_once(transform, start, goal, inner)))
        found: list[Any] = []
        for i in range(n):
            later = [self.ctx.zero] * (n - i - 1)

            def output(x: Any, i: int = i, later: list[Any] = later) -> Any:
                return transform.forward(self.ns, source.completed(self.ns, [*found, x, *later]))[target.free[i]]

            root = self._newton(output, goal[i], start[i])
            if root is None:
                raise CannotCompute("Newton's iteration found no root")
            found.append(root)
        return list(source.completed(self.ns, found))

    def _all_at_once(self, transform: TransformDefinition, at: list[Any], goal: list[Any], shape: Shape) -> list[Any]:
        """Newton's iteration for the whole system, until a step no longer moves it and what is left is as small."""
        ctx = self.ctx
        source, target = transform.source_at(shape), transform.target_at(transform.output_event(shape))
        for _ in range(_ITERATIONS):
            entries = source.completed(self.ns, at)
            outputs = transform.forward(self.ns, entries)
            off = ctx.matrix([outputs[index] - wanted for index, wanted in zip(target.free, goal, strict=True)])
            try:
                move = ctx.lu_solve(self._jacobian(transform, entries, shape), off)
            except ZeroDivisionError:
                raise CannotCompute("the Jacobian is singular") from None
            at = [v - step for v, step in zip(at, move, strict=True)]
            if all(abs(step) <= self._share(v, 0.7, 0.9) for v, step in zip(at, move, strict=True)):
                return at
        raise CannotCompute("Newton's iteration found no root")
