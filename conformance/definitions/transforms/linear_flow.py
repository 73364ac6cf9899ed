"""The flow of a linear field, a matrix exponential: what those who solve differential equations are held against."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction

from conformance.definitions.numbers import Element, NumberSystem, exact
from conformance.definitions.transforms.definition import TransformDefinition
from conformance.definitions.transforms.events import event_map, same_length, total
from conformance.definitions.transforms.parameters import BadParameter
from conformance.definitions.transforms.parameters import matrix as rows_of

Row = tuple[float, ...]

MOST = 4.0
"""What the sizes of a row's entries add up to at the most. Whoever follows a stronger field follows it by many steps,
whose errors the flow stretches by up to e^MOST, and no documentation of a step says what they come to."""
Constant = Callable[[NumberSystem], Element]


def linear_flow(field: tuple[Row, ...]) -> TransformDefinition:
    """y = exp(A) x for A = ``field`` with two rows: where the solution of x'(t) = A x(t) is at time 1. Its log-det is
    the trace of A (Jacobi's formula), everywhere.

    BadParameter, on one line, for what is no matrix of two rows, and for a field beyond ``MOST``. Of its events
    ordinary ones are asked alone (``moderate``), since whoever follows it follows it by steps.
    Source: Bernstein & So, Some explicit formulas for the matrix exponential, IEEE Transactions on Automatic Control
    38 (1993) 1228, corollary 2.4: with m half of the trace and d = m^2 - det A it is e^m (cosh(r) I + sinh(r)/r
    (A - m I)) for d = r^2 > 0, the same with cos and sin for d = -r^2 < 0, and e^m (I + A - m I) for d = 0.
    """
    rows = rows_of("linear_flow", "field", field)
    if len(rows) != 2 or len(rows[0]) != 2:
        raise BadParameter("linear_flow", "field", field, "a matrix of two rows and two columns")
    if max(sum(map(abs, row)) for row in rows) > MOST:
        raise BadParameter("linear_flow", "field", field, f"rows whose sizes add up to {MOST:g} at the most")
    numbers = [[Fraction(v) for v in row] for row in rows]
    there = _exponential(numbers)
    back = _exponential([[-v for v in row] for row in numbers])

    def through(entries: list[list[Constant]]) -> Callable[[NumberSystem, Sequence[Element]], list[Element]]:
        def mapped(ns: NumberSystem, x: Sequence[Element]) -> list[Element]:
            return [total(ns, [ns.once(entry) * v for entry, v in zip(row, x, strict=True)]) for row in entries]

        return mapped

    return event_map(
        "linear_flow",
        through(there),
        through(back),
        "exp(field) @ x",
        "Bernstein & So 1993, corollary 2.4",
        params={"field": field},
        event=(2,),
        output_shape=same_length(2),
        input_shape=same_length(2),
        sums=True,
        moderate=True,
    )


def _exponential(a: list[list[Fraction]]) -> list[list[Constant]]:
    """The entries of exp(a), each a constant that is worked out where it is wanted."""
    middle = (a[0][0] + a[1][1]) / 2
    bent = (a[0][0] - a[1][1]) ** 2 / 4 + a[0][1] * a[1][0]
    rest = [[a[0][0] - middle, a[0][1]], [a[1][0], a[1][1] - middle]]

    def entry(i: int, j: int) -> Constant:
        def value(ns: NumberSystem) -> Element:
            even, odd = _even_and_odd(ns, bent)
            found = odd * exact(ns, rest[i][j])
            return ns.exp(exact(ns, middle)) * (even + found if i == j else found)

        return value

    return [[entry(i, j) for j in range(2)] for i in range(2)]


def _even_and_odd(ns: NumberSystem, bent: Fraction) -> tuple[Element, Element]:
    """cosh(r) and sinh(r)/r for r^2 = ``bent``, which are cos and sin/|r| where that is negative."""
    one = ns.const(1.0)
    if bent == 0:
        return one, one
    r = ns.sqrt(exact(ns, abs(bent)))
    if bent > 0:
        return one / ns.sech(r), ns.sinh(r) / r
    return ns.sin(r + ns.pi() / ns.const(2.0)), ns.sin(r) / r
