"""The truth about one quantity of one vector transform at one event of exact floats."""

from __future__ import annotations

from collections.abc import Callable
from math import isfinite, isinf, isnan, prod
from typing import NamedTuple

from flint import arb, ctx

from adapters.interface.quantities import LOG_DETS, MIRROR, TRANSFORM_QUANTITIES, variable
from adapters.interface.spec import Spec, parse
from conformance.definitions.registry import transform_definition
from conformance.definitions.spaces import Place, Product, Shape
from conformance.floats.enclosures import Kind
from conformance.floats.formats import Format
from conformance.oracle.pointwise.narrow import Split, split
from conformance.oracle.pointwise.points import scalar_point
from conformance.oracle.pointwise.scalar_truth import ScalarTruth, Settled, UnknownQuantity
from conformance.oracle.pointwise.steps import stepped_conditions
from conformance.oracle.pointwise.vector_inverse import boundary_inverse
from conformance.oracle.pointwise.vector_jets import (
    BALLS,
    inverse_log_det_at,
    inverse_values_at,
    log_det_at,
    values_at,
)
from conformance.oracle.pointwise.ziv import narrow_all, precision_cap, start_precision

_NAN = float("nan")

Answer = tuple[Split, float]


class _Everywhere(NamedTuple):
    """The one answer that holds for every event; None where there is none."""

    value: Answer | None


class VectorTruth:
    """Truth for a vector ``subject`` and ``quantity`` on events of ``shape``; x is an event's entries in C order.

    The inverse and its log-det are functions of the coordinates of the target space (its base measure); an event that
    the space does not hold, beyond what rounding to ``rounded`` bits excuses (without: to those of the format), is
    OUTSIDE. ValueError for a shape the map does not take.
    """

    def __init__(self, subject: str, quantity: str, shape: Shape, fmt: Format, rounded: int | None = None) -> None:
        if quantity not in TRANSFORM_QUANTITIES:
            raise UnknownQuantity(f"{subject} has no quantity {quantity!r}; known: {', '.join(TRANSFORM_QUANTITIES)}")
        definition = transform_definition(subject)
        while definition.kind == "inverse":
            definition, quantity = definition.parts[0], MIRROR[quantity]
        self.definition, self.quantity, self.fmt = definition, quantity, fmt
        self.rounded = fmt.precision if rounded is None else rounded
        self.cap = precision_cap(fmt)
        self.shape = shape
        self.back = variable(quantity) == "y"
        result = definition.input_event(shape) if self.back else definition.output_event(shape)
        self.width = prod(result) if quantity in ("forward", "inverse") else 1
        self._everywhere: _Everywhere | None = None
        if definition.kind == "entrywise":
            assert definition.which is not None
            scalars = [ScalarTruth(str(part), self.quantity) for part in _scalar_subjects(subject)]
            self.scalars = [scalars[index] for index in definition.which(prod(shape))]
        else:
            self.home = definition.target_at(shape) if self.back else definition.source_at(shape)

    def at(self, x: list[float]) -> list[Answer]:
        """One enclosure and one condition number per component of the result."""
        if any(isnan(v) for v in x):
            return [special(Kind.NAN)] * self.width
        if self.quantity in ("fldj", "ildj") and not self.definition.has_log_det:
            return [special(Kind.UNDECIDED)]
        if self.definition.kind == "entrywise":
            return self._entrywise(x)
        if self.definition.kind == "leaf":
            settled = self._settle(x)
            if settled is not None:
                return settled
        elif not all(isfinite(v) for v in x):
            return [special(Kind.UNDECIDED)] * self.width
        return self._narrowed(x)

    def _entrywise(self, x: list[float]) -> list[Answer]:
        if self.quantity in ("forward", "inverse"):
            return [scalar_point(scalar, v, self.fmt, self.cap) for scalar, v in zip(self.scalars, x, strict=True)]
        settled = [scalar.classify(v) for scalar, v in zip(self.scalars, x, strict=True)]
        kinds = {s.kind for s in settled if s is not None}
        if Kind.OUTSIDE in kinds or Kind.UNDECIDED in kinds or {Kind.POS_INF, Kind.NEG_INF} <= kinds:
            return [special(Kind.UNDECIDED if Kind.OUTSIDE not in kinds else Kind.OUTSIDE)]
        for kind in (Kind.POS_INF, Kind.NEG_INF):
            if kind in kinds:
                return [special(kind)]
        return self._narrowed(x, settled)

    # -- off the open set ----------------------------------------------------------------------------------------

    def _settle(self, x: list[float]) -> list[Answer] | None:
        """What an event that is not an inner point of its space is worth; None where evaluation has to tell."""
        if not all(isfinite(v) for v in x) and isinstance(self.home, Product):
            same = self._same_everywhere()
            if same is not None:
                return [same]
        if not self.back and not all(isfinite(v) for v in x):
            if self.quantity == "fldj":
                return [self._log_det_limit(1)]
            if not self.definition.extends_to_infinity:
                return [special(Kind.UNDECIDED)] * self.width
            return None  # the forward map extends continuously to +-inf, and so does plain evaluation
        if not all(isfinite(v) for v in x) and isinf(max(self.home.bounds)):
            return [special(Kind.UNDECIDED)] * self.width
        place = self.home.place(x, self.rounded)
        if place == Place.INSIDE:
            return None
        if place == Place.OUTSIDE or self.definition.boundary_inverse is None or not self.back:
            return [special(Kind.OUTSIDE if place == Place.OUTSIDE else Kind.UNDECIDED)] * self.width
        if self.quantity == "ildj":
            return [self._log_det_limit(-1)]
        return self._on_boundary(x, self.definition.boundary_inverse(x))

    def _on_boundary(self, y: list[float], kinds: list[Kind]) -> list[Answer]:
        """Limits where they exist; the coordinates between them by evaluation."""

        def inverse(at: list[arb]) -> list[arb]:
            found = boundary_inverse(self.definition, at, kinds, self.shape)
            return [v for v, kind in zip(found, kinds, strict=True) if kind == Kind.FINITE]

        if self.width != len(kinds):
            return [special(Kind.UNDECIDED)] * self.width
        start = start_precision(0.0, self.fmt)
        values = narrow_all(lambda: inverse([arb(v) for v in y]), self.fmt, start, self.cap)
        conditions = stepped_conditions(inverse, y, values)
        inner = iter(zip(values, conditions, strict=True))
        return [special(kind) if kind != Kind.FINITE else answer(*next(inner)) for kind in kinds]

    def _log_det_limit(self, sign: int) -> Answer:
        limit = self.definition.log_det_at_infinity
        if limit is None:
            return special(Kind.UNDECIDED)
        return special(Kind.POS_INF if sign * limit > 0 else Kind.NEG_INF)

    # -- narrowing -----------------------------------------------------------------------------------------------

    def _narrowed(self, x: list[float], settled: list[Settled | None] | None = None) -> list[Answer]:
        if settled is None and (same := self._same_everywhere()) is not None:
            return [same]
        balls = [arb(v) for v in x]
        evaluate = self._evaluator(settled)
        start = max(start_precision(v, self.fmt) for v in x)
        values = narrow_all(lambda: evaluate(balls), self.fmt, start, self.cap)
        conditions = stepped_conditions(self._estimator() if settled is None else evaluate, x, values)
        return [answer(value, condition) for value, condition in zip(values, conditions, strict=True)]

    def _same_everywhere(self) -> Answer | None:
        """The log-det, where it is one number for all events."""
        if self.quantity not in LOG_DETS:
            return None
        if self._everywhere is None:
            self._everywhere = self._one_for_all()
        return self._everywhere.value

    def _one_for_all(self) -> _Everywhere:
        """The log-det, where it is one number for all events: proved by a box that holds every finite one."""
        definition = self.definition
        if definition.isometry:
            return _Everywhere((split(arb(0)), 0.0))
        if definition.kind != "leaf":
            return _Everywhere(None)
        inner = definition.input_event(self.shape) if self.back else self.shape
        saved = ctx.prec
        try:
            box = [arb(0, arb(2) ** 1100)] * prod(inner)
            sign = -1 if self.back else 1
            value = narrow_all(
                lambda: [sign * log_det_at(definition, box, inner)],
                self.fmt,
                start_precision(0.0, self.fmt),
                4 * self.fmt.precision,
            )[0]
        finally:
            ctx.prec = saved
        return _Everywhere(None if value is None else (split(value), 0.0))

    def _evaluator(self, settled: list[Settled | None] | None) -> Callable[[list[arb]], list[arb]]:
        definition, shape = self.definition, self.shape
        if settled is not None and any(s is not None for s in settled):
            return lambda at: [self._sum_with_limits(at, settled)]
        if self.quantity == "forward":
            return lambda at: values_at(definition, at, shape)
        if self.quantity == "inverse":
            return lambda at: inverse_values_at(definition, at, shape)
        if self.quantity == "fldj":
            return lambda at: [log_det_at(definition, at, shape)]
        return lambda at: [inverse_log_det_at(definition, at, shape)]

    def _estimator(self) -> Callable[[list[arb]], list[arb]]:
        """As the evaluator, with the candidate inverse taken at its word: condition numbers are estimates."""
        definition = self.definition
        if self.quantity == "inverse":
            return lambda at: list(definition.inverse_candidate(BALLS, at))
        if self.quantity == "ildj":
            inner = definition.input_event(self.shape)
            return lambda at: [-log_det_at(definition, definition.inverse_candidate(BALLS, at), inner)]
        return self._evaluator(None)

    def _sum_with_limits(self, at: list[arb], settled: list[Settled | None]) -> arb:
        total = arb(0)
        for scalar, value, special in zip(self.scalars, at, settled, strict=True):
            if special is not None and special.value is not None:
                total += special.value()
            else:
                total += scalar.enclose(value).value
        return total


def _scalar_subjects(subject: str) -> tuple[Spec, ...]:
    spec = parse(subject)
    while spec.name == "inverse":
        spec = spec.parts[0]
    return spec.parts


def special(kind: Kind) -> Answer:
    """What needs no number: a kind that is not FINITE."""
    return Split(0.0, 0.0, 0.0, 0, kind), _NAN


def answer(value: arb | None, condition: float) -> Answer:
    """A narrowed value; UNDECIDED where it could not be narrowed."""
    return special(Kind.UNDECIDED) if value is None else (split(value), condition)
