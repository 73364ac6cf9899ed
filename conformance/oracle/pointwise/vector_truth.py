"""The truth about one quantity of one vector transform at one event of exact floats."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from math import inf, isfinite, isnan

from flint import arb, ctx

from adapters.interface.spec import Spec, parse
from conformance.definitions.registry import transform_definition
from conformance.floats.enclosures import Kind
from conformance.floats.formats import Format
from conformance.oracle.pointwise.correlation_truth import placed
from conformance.oracle.pointwise.narrow import Split, split
from conformance.oracle.pointwise.points import scalar_point
from conformance.oracle.pointwise.scalar_truth import TRANSFORM_QUANTITIES, ScalarTruth, Settled, UnknownQuantity
from conformance.oracle.pointwise.vector_jets import (
    BALLS,
    bracket_coordinate,
    inverse_log_det_at,
    inverse_values_at,
    log_det_at,
    values_at,
)
from conformance.oracle.pointwise.ziv import condition_number, narrow, narrow_all, precision_cap, start_precision

_SWAPPED = {"forward": "inverse", "inverse": "forward", "fldj": "ildj", "ildj": "fldj"}
_NAN = float("nan")

Answer = tuple[Split, float]


class VectorTruth:
    """Truth for a vector ``subject`` and ``quantity`` on events of ``event`` coordinates.

    stick_breaking's inverse and its log-det are functions of the first n weights (its base measure). An event whose
    n+1 weights add up to 1 only beyond 64 (n+1) 2**-precision is OUTSIDE; so is one whose first n weights pass 1.
    Likewise corr_cholesky's are functions of the strictly lower entries (``correlation_truth``).
    """

    def __init__(self, subject: str, quantity: str, event: int, fmt: Format) -> None:
        if quantity not in TRANSFORM_QUANTITIES:
            raise UnknownQuantity(f"{subject} has no quantity {quantity!r}; known: {', '.join(TRANSFORM_QUANTITIES)}")
        definition = transform_definition(subject)
        while definition.kind == "inverse":
            definition, quantity = definition.parts[0], _SWAPPED[quantity]
        self.definition, self.quantity, self.fmt = definition, quantity, fmt
        self.cap = precision_cap(fmt)
        self.event = event
        if quantity == "forward":
            self.width = definition.output_event(event)
        else:
            self.width = definition.input_event(event) if quantity == "inverse" else 1
        if definition.kind == "independent":
            self.scalar = ScalarTruth(str(_scalar_subject(subject)), self.quantity)

    def at(self, x: list[float]) -> list[Answer]:
        """One enclosure and one condition number per component of the result."""
        if any(isnan(v) for v in x):
            return [_special(Kind.NAN)] * self.width
        if self.definition.kind == "independent":
            return self._independent(x)
        if self.definition.kind == "leaf":
            settled = self._settle(x)
            if settled is not None:
                return settled
        elif not all(isfinite(v) for v in x):
            return [_special(Kind.UNDECIDED)] * self.width
        return self._narrowed(x)

    def _independent(self, x: list[float]) -> list[Answer]:
        if self.quantity in ("forward", "inverse"):
            return [scalar_point(self.scalar, v, self.fmt, self.cap) for v in x]
        settled = [self.scalar.classify(v) for v in x]
        kinds = {s.kind for s in settled if s is not None}
        if Kind.OUTSIDE in kinds or Kind.UNDECIDED in kinds or {Kind.POS_INF, Kind.NEG_INF} <= kinds:
            return [_special(Kind.UNDECIDED if Kind.OUTSIDE not in kinds else Kind.OUTSIDE)]
        for kind in (Kind.POS_INF, Kind.NEG_INF):
            if kind in kinds:
                return [_special(kind)]
        return self._narrowed(x, settled)

    # -- the simplex ---------------------------------------------------------------------------------------------

    def _settle(self, x: list[float]) -> list[Answer] | None:
        if self.quantity == "forward":
            return None  # the sigmoids extend continuously to +-inf, and so does plain evaluation
        if self.quantity == "fldj":
            return None if all(isfinite(v) for v in x) else [self._log_det_limit(1)]
        return self._settle_correlation(x) if self.definition.name == "corr_cholesky" else self._settle_simplex(x)

    def _settle_correlation(self, y: list[float]) -> list[Answer] | None:
        kinds = placed(y)
        if kinds is None:
            return [_special(Kind.OUTSIDE)] * self.width
        if all(kind == Kind.FINITE for kind in kinds):
            return None
        if self.quantity == "ildj":
            return [self._log_det_limit(-1)]
        # The coordinates before an exhausted row's end do not depend on what comes after: 0 will do.
        inside = [v if kind == Kind.FINITE else 0.0 for v, kind in zip(y, kinds, strict=False)]
        answers = self._narrowed([*inside, *y[len(kinds) :]])
        return [a if kind == Kind.FINITE else _special(kind) for a, kind in zip(answers, kinds, strict=True)]

    def _settle_simplex(self, y: list[float]) -> list[Answer] | None:
        n = len(y) - 1
        outside = [_special(Kind.OUTSIDE)] * self.width
        if not all(isfinite(v) and v >= 0 for v in y):
            return outside
        weights = [Fraction(v) for v in y]
        if abs(sum(weights, Fraction(0)) - 1) > Fraction(64 * (n + 1), 2**self.fmt.precision):
            return outside
        rests = [Fraction(1)]
        for weight in weights[:n]:
            rests.append(rests[-1] - weight)
        if rests[-1] < 0:
            return outside
        if all(weight > 0 for weight in weights[:n]) and rests[-1] > 0:
            return None
        if self.quantity == "ildj":
            return [self._log_det_limit(-1)]
        return self._boundary_coordinates(y, weights, rests)

    def _boundary_coordinates(self, y: list[float], weights: list[Fraction], rests: list[Fraction]) -> list[Answer]:
        """On the boundary of the simplex: limits where they exist; past an exhausted stick there is none (OUTSIDE)."""
        answers: list[Answer] = []
        for i, weight in enumerate(weights[:-1]):
            if rests[i] == 0:
                answers.append(_special(Kind.OUTSIDE))
            elif weight == 0:
                answers.append(_special(Kind.NEG_INF))
            elif weight == rests[i]:
                answers.append(_special(Kind.POS_INF))
            else:
                answers.append(self._interior_coordinate(y, i))
        return answers

    def _interior_coordinate(self, y: list[float], i: int) -> Answer:
        """Coordinate i, certified with x_j = -inf for every y_j = 0 before it: such a weight leaves the stick whole."""

        def attempt(moved: int = -1, step: float = 0.0) -> arb:
            found: list[arb] = []
            rest = arb(1)
            for j, v in enumerate(y[: i + 1]):
                weight = arb(v) * (1 + arb(step)) if j == moved else arb(v)
                if v == 0:
                    found.append(arb("-inf"))
                    continue
                guess = weight.log() - (rest - weight).log() + arb(len(y) - 1 - j).log()
                found.append(bracket_coordinate(self.definition, found, guess, weight, len(y) - 1, ctx.prec))
                rest -= weight
            return found[i]

        value = narrow(attempt, self.fmt, start_precision(0.0, self.fmt), self.cap)
        if value is None:
            return _special(Kind.UNDECIDED)
        ctx.prec += 64
        step = 2.0**-30
        total = sum((abs(attempt(j, step) - attempt()) for j in range(i + 1) if y[j] > 0), arb(0)) / step
        return split(value), condition_number(1.0, value, total)

    def _log_det_limit(self, sign: int) -> Answer:
        limit = self.definition.log_det_at_infinity
        if limit is None:
            return _special(Kind.UNDECIDED)
        return _special(Kind.POS_INF if sign * limit > 0 else Kind.NEG_INF)

    # -- narrowing -----------------------------------------------------------------------------------------------

    def _narrowed(self, x: list[float], settled: list[Settled | None] | None = None) -> list[Answer]:
        balls = [arb(v) for v in x]
        evaluate = self._evaluator(settled)
        start = max(start_precision(v, self.fmt) for v in x)
        values = narrow_all(lambda: evaluate(balls), self.fmt, start, self.cap)
        conditions = self._conditions(self._estimator() if settled is None else evaluate, x, values)
        return [
            _special(Kind.UNDECIDED) if value is None else (split(value), condition)
            for value, condition in zip(values, conditions, strict=True)
        ]

    def _evaluator(self, settled: list[Settled | None] | None) -> Callable[[list[arb]], list[arb]]:
        definition = self.definition
        if settled is not None and any(s is not None for s in settled):
            return lambda at: [self._sum_with_limits(at, settled)]
        if self.quantity == "forward":
            return lambda at: values_at(definition, at)
        if self.quantity == "inverse":
            return lambda at: inverse_values_at(definition, at)
        if self.quantity == "fldj":
            return lambda at: [log_det_at(definition, at)]
        return lambda at: [inverse_log_det_at(definition, at)]

    def _estimator(self) -> Callable[[list[arb]], list[arb]]:
        """As the evaluator, with the candidate inverse taken at its word: condition numbers are estimates."""
        definition = self.definition
        if self.quantity == "inverse":
            return lambda at: list(definition.inverse_candidate(BALLS, at))
        if self.quantity == "ildj":
            return lambda at: [-log_det_at(definition, definition.inverse_candidate(BALLS, at))]
        return self._evaluator(None)

    def _sum_with_limits(self, at: list[arb], settled: list[Settled | None]) -> arb:
        total = arb(0)
        for value, special in zip(at, settled, strict=True):
            if special is not None and special.value is not None:
                total += special.value()
            else:
                total += self.scalar.enclose(value).value
        return total

    def _conditions(
        self, evaluate: Callable[[list[arb]], list[arb]], x: list[float], values: list[arb | None]
    ) -> list[float]:
        """sum_j |x_j dq/dx_j| / |q| for every component, by relative steps of 2**-30; of 2**-120 where that one leaves
        the domain, as it does close to a boundary. A limit that no step changes is inf."""
        found = self._stepped(evaluate, x, values, 30)
        if any(value is not None and condition == inf for value, condition in zip(values, found, strict=True)):
            finer = self._stepped(evaluate, x, values, 120)
            return [b if a == inf else a for a, b in zip(found, finer, strict=True)]
        return found

    def _stepped(
        self, evaluate: Callable[[list[arb]], list[arb]], x: list[float], values: list[arb | None], bits: int
    ) -> list[float]:
        saved = ctx.prec
        ctx.prec = saved + bits + 34
        try:
            step = arb(2) ** -bits
            centre = evaluate([arb(v) for v in x])
            totals = [arb(0)] * len(centre)
            for j, v in enumerate(x):
                if v == 0 or not isfinite(v):
                    continue
                moved = [arb(u) for u in x]
                moved[j] = arb(v) * (1 + step)
                totals = [t + abs(a - b) / step for t, a, b in zip(totals, evaluate(moved), centre, strict=True)]
            return [
                _NAN if value is None else condition_number(1.0, value, total) if total.is_finite() else inf
                for value, total in zip(values, totals, strict=True)
            ]
        finally:
            ctx.prec = saved


def _scalar_subject(subject: str) -> Spec:
    spec = parse(subject)
    while spec.name == "inverse":
        spec = spec.parts[0]
    return spec.parts[0]


def _special(kind: Kind) -> Answer:
    return Split(0.0, 0.0, 0.0, 0, kind), _NAN
