"""The second opinion on an accusation (ACCEPTANCE A18): mpmath, on the definition's forward map and nothing else.

Derivatives come from complex steps, inverses from Newton's iteration on the forward map with a sign check around the
root found; working precision grows with the argument's exponent. Work is capped: where the cap is reached, or where
mpmath would not come back, the opinion says that it cannot form itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import ceil, frexp, isfinite
from typing import Any

import numpy as np

from adapters.interface.quantities import MIRROR, OF_PAIRS, STATISTICS
from adapters.interface.spec import parse
from conformance.definitions.event_laws import EventLaw
from conformance.definitions.registry import (
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
from conformance.oracle.opinion.mp_numbers import CannotCompute
from conformance.oracle.opinion.number_laws import NumberLaws
from conformance.oracle.opinion.scalar_maps import MOST_DIGITS, TooShort
from conformance.oracle.opinion.sticks import StickAverages

BASE_DIGITS = 160
_APART = 16
"""Digits between two precisions: what takes long and depends on the precision alone is found again at the next input,
and a context of mpmath's, which takes as long to make as some opinions to form."""

_NOISY_DIGITS = 20
"""At the end of what an iteration finds."""
_FEW_DIGITS = 60
"""Where points are told apart that are 2**-20 away from each other."""


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
    question = (subject, quantity, inputs, shape)
    found, digits = _formed(*question, _digits_for(inputs), truth, fmt)
    if found.agrees or quantity in STATISTICS:
        return found
    # Digits are lost uncounted where a map rounds to an end. Integrals of statistics have digits of their own.
    again, _ = _formed(*question, min(3 * digits, MOST_DIGITS), truth, fmt)
    return again if again.possible else found


def spread_of_information(subject: str, entropy: float) -> float:
    """The standard deviation of -log p(Y), whose mean the entropy is, by mpmath's quadrature; good to six digits."""
    opinion = Opinion(subject, "entropy", [0.0], BASE_DIGITS)
    return float(opinion.ctx.sqrt(opinion.averages(distribution_definition(subject)).spread(entropy)))


def spread_of_log_det(subject: str, mean: float) -> float:
    """The standard deviation of the log-det at one draw of the base, of this mean; of ``transformed``, and as good."""
    opinion = Opinion(subject, "entropy", [0.0], BASE_DIGITS)
    return float(opinion.ctx.sqrt(opinion.averages(distribution_definition(subject)).spread_of_log_slope(mean)))


def _digits_for(inputs: Sequence[float]) -> int:
    size = max((abs(frexp(v)[1]) for v in inputs if v), default=0) * 0.302
    return BASE_DIGITS + _APART * ceil(2.2 * size / _APART)


def _formed(
    subject: str, quantity: str, inputs: Sequence[float], shape: Shape, digits: int, truth: Enclosures, fmt: Format
) -> tuple[SecondOpinion, int]:
    """The opinion at so many digits, or at as many more as it takes, and how many these were."""
    while True:
        try:
            return Opinion(subject, quantity, inputs, digits, shape).held_against(truth, fmt), digits
        except TooShort:
            digits *= 2
        except CannotCompute as reason:
            return SecondOpinion(f"cannot: {reason}", False, False), digits
        except (ArithmeticError, ValueError, TypeError, OverflowError) as problem:
            return SecondOpinion(f"cannot: {type(problem).__name__}: {problem}", False, False), digits


@lru_cache(maxsize=64)
def _statistic(subject: str, quantity: str, digits: int) -> Any:
    """A statistic of a law of numbers, integrated once: the variances, the deviations and the covariances of an event
    are borne out by the same quadratures, each of which takes a second."""
    return Opinion(subject, quantity, [0.0], digits).values()[0]


class Opinion(NumberLaws):
    """One question."""

    def __init__(self, subject: str, quantity: str, inputs: Sequence[float], digits: int, shape: Shape = ()) -> None:
        super().__init__(quantity, digits)
        self.subject, self.shape = subject, shape
        self.inputs = [self.ctx.mpf(v) for v in inputs]

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

    def held_against(self, truth: Enclosures, fmt: Format) -> SecondOpinion:
        """The values and whether they agree. TooShort where what is left after cancellation is below the error."""
        values = self.values()
        size = max(map(abs, (*self.inputs, *values)))
        agrees = len(values) == len(truth) and all(self.close(v, truth, i, fmt, size) for i, v in enumerate(values))
        return SecondOpinion(" ".join(str(self.ctx.nstr(value, 30)) for value in values), agrees)

    def close(self, value: Any, truth: Enclosures, index: int, fmt: Format, size: Any = 0) -> bool:
        """Whether ``value`` lies in the enclosure widened by 2**-20 ulp of the format; in one around 0, which an
        iteration comes as near to as its last digits, also by those of ``size``."""
        ctx = self.ctx
        if not ctx.isfinite(value):
            return False
        scale = int(truth.exponent[index])
        if self.quantity == "prob" and not truth.hi[index] and not truth.err[index]:
            scale = fmt.emin  # A density of 0 is one below every float, and not one that is small beside 1.
        middle = ctx.ldexp(ctx.mpf(truth.hi[index]), scale) + ctx.ldexp(ctx.mpf(truth.lo[index]), scale)
        slack = ctx.ldexp(ctx.one, max(scale - fmt.precision, fmt.emin - fmt.precision + 1) - 20)
        width = ctx.ldexp(ctx.mpf(truth.err[index]), scale)
        if abs(middle) <= width:
            slack += size * ctx.mpf(10) ** (_NOISY_DIGITS - ctx.dps)
        noise = self.noise * ctx.mpf(10) ** (_NOISY_DIGITS - int(ctx.dps) // 2)
        if noise > abs(middle) > slack:
            raise TooShort
        return bool(abs(ctx.re(value) - middle) <= width + slack + noise)

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
        if self.ctx.ninf in terms:
            return self.ctx.zero if self.quantity == "prob" else self.ctx.ninf
        total, noise = self.ctx.fsum(terms), self.ctx.fsum(map(abs, terms))
        if self.quantity == "prob":
            total, noise = self.ns.exp(total), noise * self.ns.exp(total)
        self.noise += noise
        return total

    def _of_numbers(self, subject: str, quantity: str) -> Any:
        """A statistic of a law of numbers."""
        return _statistic(subject, quantity, self.ctx.dps)

    def _density_at(self, point: Sequence[Any]) -> Any:
        """The log density of this law of events at another point."""
        return Opinion(self.subject, "log_prob", point, _FEW_DIGITS, event_law(self.subject).event).values()[0]

    def _entropy_of_events(self, law: EventLaw) -> Any:
        """The entropies of independent entries add up; so does the mean of a log-det that is one number everywhere, or
        the sum of what each entry adds."""
        members = (law.base or law).members
        if self.quantity in OF_PAIRS:
            return self._of_two(law)
        if self.quantity == "entropy" and law.entropy is not None:
            return law.entropy(self.ns)
        if self.quantity != "entropy" or not members:
            raise CannotCompute(f"the {self.quantity} of a law of events")
        terms = [self.averages(distribution_definition(member)).statistic("entropy") for member in members]
        if law.transform is not None and law.transform.weights is not None:
            volume = law.space.log_volume(self.ns, [self.ctx.one] * law.space.size)
            averages = StickAverages(self.ns, law, [distribution_definition(member) for member in members])
            terms += [averages.log_det(), self.ctx.zero if volume is None else volume]
        elif law.transform is not None:
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
