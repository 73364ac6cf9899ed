"""The truth about one quantity of one law of events at one event of exact floats."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import isfinite, isnan

from flint import arb

from adapters.interface.quantities import EVENT_FUNCTIONS, variable
from conformance.definitions.event_laws import EventLaw
from conformance.definitions.registry import event_law
from conformance.definitions.spaces import Place
from conformance.definitions.transforms.definition import TransformDefinition
from conformance.floats.enclosures import Kind
from conformance.floats.formats import Format
from conformance.oracle.pointwise.scalar_truth import ScalarTruth, Settled, UnknownQuantity
from conformance.oracle.pointwise.steps import stepped_conditions
from conformance.oracle.pointwise.vector_jets import BALLS, inverse_values_at, log_det_at
from conformance.oracle.pointwise.vector_truth import Answer, answer, special
from conformance.oracle.pointwise.ziv import narrow_all, precision_cap, start_precision

Inverse = Callable[[Sequence[arb]], Sequence[arb]]


class EventLawTruth:
    """Truth for a law of events and ``quantity``; x is an event's entries in C order.

    The density is a function of the coordinates of the law's space. Where entries are independent an infinite one has
    the limit that its own law has there; everywhere else an event that is no inner point of the space, as far as
    ``rounded`` bits (without: those of the format) can say, is UNDECIDED. UnknownQuantity for what it has no value of.
    """

    def __init__(self, subject: str, quantity: str, fmt: Format, rounded: int | None = None) -> None:
        if quantity not in EVENT_FUNCTIONS:
            raise UnknownQuantity(f"{subject} has no quantity {quantity!r}; known: {', '.join(EVENT_FUNCTIONS)}")
        self.law, self.quantity, self.fmt = event_law(subject), quantity, fmt
        self.rounded = fmt.precision if rounded is None else rounded
        self.cap = precision_cap(fmt)
        self.from_base = variable(quantity) == "x"
        self.entries = _entries(self.law.base or self.law)

    def at(self, x: list[float]) -> list[Answer]:
        """The enclosure and its condition number, in a list of one."""
        if any(isnan(v) for v in x):
            return [special(Kind.NAN)]
        if self.law.members:
            return [self._of_members(x)]
        space = self.law.source if self.from_base else self.law.space
        if not all(isfinite(v) for v in x) or space.place(x, self.rounded) != Place.INSIDE:
            return [special(Kind.UNDECIDED)]
        return [self._narrowed(x, self._certified, self._estimated)]

    def _of_members(self, x: list[float]) -> Answer:
        """The sum over the entries: -inf as soon as one of them is, where no other is inf."""
        settled = [entry.classify(v) for entry, v in zip(self.entries, x, strict=True)]
        kinds = {s.kind for s in settled if s is not None} - {Kind.FINITE}
        if kinds == {Kind.NEG_INF}:
            return self._vanished()
        if kinds:
            return special(Kind.POS_INF if kinds == {Kind.POS_INF} else Kind.UNDECIDED)

        def log_density(at: list[arb]) -> arb:
            return _summed(self.entries, at, settled)

        return self._narrowed(x, log_density, log_density)

    def _vanished(self) -> Answer:
        """Where the density is 0."""
        return answer(arb(0), 0.0) if self.quantity == "prob" else special(Kind.NEG_INF)

    def _narrowed(
        self, x: list[float], certified: Callable[[list[arb]], arb], estimated: Callable[[list[arb]], arb]
    ) -> Answer:
        def evaluate(log_density: Callable[[list[arb]], arb], at: list[arb]) -> list[arb]:
            found = log_density(at)
            return [found.exp() if self.quantity == "prob" else found]

        start = max(start_precision(v, self.fmt) for v in x)
        values = narrow_all(lambda: evaluate(certified, [arb(v) for v in x]), self.fmt, start, self.cap)
        conditions = stepped_conditions(lambda at: evaluate(estimated, at), x, values)
        return answer(values[0], conditions[0])

    def _certified(self, at: list[arb]) -> arb:
        return self._log_density(at, lambda y: inverse_values_at(self._map(), y, self.law.event))

    def _estimated(self, at: list[arb]) -> arb:
        """With the candidate for the inverse taken at its word: condition numbers are estimates."""
        return self._log_density(at, lambda y: self._map().inverse_candidate(BALLS, y))

    def _log_density(self, at: list[arb], inverse: Inverse) -> arb:
        law = self.law
        if law.log_terms is not None:
            entries = law.space.completed(BALLS, [at[index] for index in law.space.free])
            return sum(law.log_terms(BALLS, entries), arb(0))
        x = at if self.from_base else inverse(at)
        return _summed(self.entries, x, [None] * len(x)) - log_det_at(self._map(), x, law.source.shape)

    def _map(self) -> TransformDefinition:
        assert self.law.transform is not None
        return self.law.transform


def _entries(law: EventLaw) -> list[ScalarTruth]:
    """The log density of each entry's own law."""
    known = {member: ScalarTruth(member, "log_prob") for member in law.members}
    return [known[member] for member in law.members]


def _summed(entries: Sequence[ScalarTruth], at: Sequence[arb], settled: Sequence[Settled | None]) -> arb:
    total = arb(0)
    for entry, value, known in zip(entries, at, settled, strict=True):
        total += entry.enclose(value).value if known is None or known.value is None else known.value()
    return total
