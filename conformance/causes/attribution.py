"""Which part of a composite is to blame for a wrong answer, found by running the parts (ACCEPTANCE A29).

A part explains an answer when it is itself wrong at the exact intermediate value, and the composite comes out right
with the part's exact answer in its place; the inverse of a log-det that is made of it, where nearly all of a finite
error goes. Where no part does, the composite is the component.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import combinations
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from adapters.interface.quantities import LOG_SUMS
from conformance.causes.anatomy import Anatomy, Node, anatomy_of
from conformance.causes.lines import NOT_A_FAULT
from conformance.definitions.registry import result_event
from conformance.execution.request import Reply
from conformance.floats.enclosures import Enclosures, Kind
from conformance.floats.formats import Format
from conformance.floats.rounding import round_enclosures

Array = NDArray[Any]

UNFAITHFUL = 2.0
"""Errors of more ulp than this may be what makes a composite wrong, though the part by itself would pass."""

MOST = 16.0
"""An exact answer that leaves at most this part of an error takes nearly all of it."""

_DEPTH = 6

_COPIES = 16
"""What fills a vector register of any format here."""


@dataclass(frozen=True)
class Leaf:
    """The component that an answer was traced to: ``quantity`` of ``subject`` at ``x``. steps: how, in words."""

    subject: str
    quantity: str
    x: Array
    got: Array
    steps: tuple[str, ...] = ()


class Asker(Protocol):
    """Where answers come from: a framework at one dtype and mode, the oracle, and the scoring between them."""

    fmt: Format

    def ask(self, subject: str, quantity: str, x: Array) -> Reply: ...

    def truth(self, subject: str, quantity: str, x: Array) -> Enclosures: ...

    def judge(self, subject: str, quantity: str, x: Array, got: Array) -> NDArray[np.uint8]: ...

    def ulp(self, subject: str, quantity: str, x: Array, got: Array) -> NDArray[np.float64]: ...


class Tracer:
    """Traces answers of one framework at one dtype in one mode. Rows are traced together, a request per part."""

    def __init__(self, asker: Asker) -> None:
        self._asker = asker

    def trace(self, subject: str, quantity: str, x: Array, got: Array, depth: int = 0) -> list[Leaf]:
        """For every row of ``x`` (shape (N,) or (N, event)) the Leaf that explains the wrong answer ``got``."""
        own = [Leaf(subject, quantity, x[row], got[row]) for row in range(len(x))]
        anatomy = anatomy_of(subject, quantity) if depth < _DEPTH else None
        if anatomy is None:
            return own
        if anatomy.each:
            return self._each(anatomy, _coordinates(anatomy, x), own, depth)
        result = list(own)
        rows = np.arange(len(x))
        while anatomy is not None and len(rows):
            for row, leaf in self._by_parts(anatomy, subject, quantity, x[rows], got[rows], depth).items():
                result[rows[row]] = leaf
            rows = np.array([row for row in rows if result[row] is own[row]], np.intp)
            anatomy = anatomy.instead
        return result

    def _by_parts(
        self, anatomy: Anatomy, subject: str, quantity: str, x: Array, got: Array, depth: int
    ) -> dict[int, Leaf]:
        """By row, the Leaf of every answer that a part explains."""
        parts = _Parts(self._asker, anatomy, x)
        if not parts.offered:
            return {}
        blamed, nearly = self._blamed(subject, quantity, anatomy, parts, x, got, inside=depth > 0)
        result: dict[int, Leaf] = {}
        for index, node in enumerate(anatomy.nodes):
            rows = np.flatnonzero(blamed == index)
            if len(rows):
                at, answers = parts.exact_input(index)[rows], parts.alone(index)[rows]
                wrong = f"{node.quantity} of {node.subject} is wrong at the exact value, and "
                for row, leaf in zip(
                    rows, self.trace(node.subject, node.quantity, at, answers, depth + 1), strict=True
                ):
                    step = f"{wrong}with its exact answer {quantity} of {subject} is right"
                    if nearly[row]:
                        step = (
                            f"{wrong}its exact answer takes all but 1/{MOST:g} of the error of {quantity} of {subject}"
                        )
                    result[int(row)] = Leaf(leaf.subject, leaf.quantity, leaf.x, leaf.got, (step, *leaf.steps))
        return result

    def _blamed(
        self, subject: str, quantity: str, anatomy: Anatomy, parts: _Parts, x: Array, got: Array, inside: bool
    ) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
        """The index of the node to blame for each row, -1 for the composite itself; and whether it is blamed since its
        exact answer takes nearly all of the error (MOST).

        inside: the composite is itself a part that was blamed; then what matters is how far off it is, since an error
        that passes by itself may be what spoils the whole.
        """
        blamed, nearly = np.full(len(x), -1), np.zeros(len(x), np.bool_)
        as_made = parts.whole(frozenset())
        alike = _same(as_made, got)
        off = self._asker.ulp(subject, quantity, x, as_made)
        fails = ~self._right(subject, quantity, x, as_made)
        still = fails | (off > UNFAITHFUL) if inside else fails
        if anatomy.guess:
            still &= alike
        # A few ulp do not make a number infinite: such an answer needs a part that fails by itself.
        finite = _finite(as_made)
        wrong = [self._faulty(parts, index, finite) for index in range(len(anatomy.nodes))]
        if anatomy.guess and quantity == "ildj" and (wrong[0] & still).any():
            # Next to its zero a log-det is faulty by a few roundoffs, and its exact answer mends whatever came before
            # it as well: it explains no error that all but vanishes with the exact inverse. Of an answer that is not
            # finite no part is left to compare.
            whole = parts.whole(frozenset([0]))
            counted = finite & np.isfinite(off) & _finite(whole)
            nearly = still & wrong[0] & counted & (self._asker.ulp(subject, quantity, x, whole) <= off / MOST)
            blamed[nearly] = 0
        # The fewest exact answers that mend it: one part where one suffices.
        for size in range(1, len(anatomy.nodes) + 1):
            for some in combinations(range(len(anatomy.nodes)), size):
                open_rows = still & (blamed < 0)
                faulty = [index for index in some if (wrong[index] & open_rows).any()]
                if not faulty:
                    continue
                whole = parts.whole(frozenset(some))
                better = self._right(subject, quantity, x, whole)
                if inside:
                    nearer = self._asker.ulp(subject, quantity, x, whole) <= np.maximum(UNFAITHFUL, off / 4.0)
                    better &= fails | nearer
                mended = open_rows & better
                for index in faulty:
                    blamed[mended & wrong[index] & (blamed < 0)] = index
        # Where joining the parts loses what a part's exact answer would mend (1 - cdf in the tail), the part that
        # explains this composite elsewhere explains it here, if it is wrong here too.
        known = blamed[blamed >= 0]
        if len(known):
            usual = int(np.bincount(known).argmax())
            blamed[(blamed < 0) & still & alike & wrong[usual]] = usual
        return blamed, nearly

    def _right(self, subject: str, quantity: str, x: Array, answers: Array) -> NDArray[np.bool_]:
        return np.isin(self._asker.judge(subject, quantity, x, answers), NOT_A_FAULT)

    def _faulty(self, parts: _Parts, index: int, finite: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Whether the node's answer at its exact input fails by itself, or (where ``finite``) is off by UNFAITHFUL."""
        node, at, alone = parts.anatomy.nodes[index], parts.exact_input(index), parts.alone(index)
        fails = ~np.isin(self._asker.judge(node.subject, node.quantity, at, alone), NOT_A_FAULT)
        return np.asarray(fails | finite & (self._asker.ulp(node.subject, node.quantity, at, alone) > UNFAITHFUL))

    def _each(self, anatomy: Anatomy, x: Array, own: list[Leaf], depth: int) -> list[Leaf]:
        """An elementwise map over an event: the coordinate that is wrong by itself, the first of several; or, in a sum
        of logarithms, the one that is farthest off where the coordinates' errors explain that of the sum."""
        flat = np.ascontiguousarray(x).reshape(len(x), -1)
        answers, bad = self._coordinate_by_coordinate(anatomy, flat, 1)
        # A few values fill no vector register, as those of a whole run did.
        rest = np.flatnonzero(~bad.any(axis=1))
        if len(rest):
            answers[rest], bad[rest] = self._coordinate_by_coordinate(anatomy, flat[rest], _COPIES)
            rest = rest[~bad[rest].any(axis=1)]
        if len(rest) and anatomy.nodes[0].quantity in LOG_SUMS:
            got = np.array([float(np.asarray(own[row].got).reshape(-1)[0]) for row in rest])
            bad[rest] = self._adding_up(anatomy, flat[rest], answers[rest], got)
        result = list(own)
        first = bad.argmax(axis=1)
        for index, node in enumerate(anatomy.nodes):
            rows = np.flatnonzero(bad.any(axis=1) & np.isin(first, _places(anatomy, index, flat.shape[1])))
            if len(rows):
                step = f"{node.quantity} of {node.subject} is wrong at one coordinate alone"
                at, came = flat[rows, first[rows]], answers[rows, first[rows]]
                traced = self.trace(node.subject, node.quantity, at, came, depth + 1)
                for row, leaf in zip(rows, traced, strict=True):
                    result[row] = Leaf(leaf.subject, leaf.quantity, leaf.x, leaf.got, (step, *leaf.steps))
        return result

    def _coordinate_by_coordinate(self, anatomy: Anatomy, x: Array, copies: int) -> tuple[Array, NDArray[np.bool_]]:
        """The answers of the nodes at the coordinates of the rows ``x``, asked so many times each, and which are wrong.

        NaN, and not wrong, where a node gives no answer for each.
        """
        answers, bad = np.full_like(x, np.nan), np.zeros(x.shape, np.bool_)
        for index, node in enumerate(anatomy.nodes):
            places = _places(anatomy, index, x.shape[1])
            at = np.ascontiguousarray(x[:, places]).reshape(-1)
            reply = self._asker.ask(node.subject, node.quantity, np.repeat(at, copies))
            if reply.values is None or reply.values.shape != (len(at) * copies,):
                continue
            came = reply.values.astype(self._asker.fmt.dtype)[::copies]
            codes = self._asker.judge(node.subject, node.quantity, at, came)
            answers[:, places] = came.reshape(len(x), -1)
            bad[:, places] = ~np.isin(codes, NOT_A_FAULT).reshape(len(x), -1)
        return answers, bad

    def _adding_up(self, anatomy: Anatomy, x: Array, answers: Array, got: NDArray[np.float64]) -> NDArray[np.bool_]:
        """Of every row the coordinate whose logarithm is farthest off, by more than UNFAITHFUL; none where the sum of
        all coordinates' own answers does not explain at least half of the error of ``got``."""
        exact, off = np.full(x.shape, np.nan), np.zeros(x.shape)
        for index, node in enumerate(anatomy.nodes):
            places = _places(anatomy, index, x.shape[1])
            at, came = (np.ascontiguousarray(rows[:, places]).reshape(-1) for rows in (x, answers))
            rounded, _ = round_enclosures(self._asker.truth(node.subject, node.quantity, at), self._asker.fmt)
            exact[:, places] = rounded.astype(np.float64).reshape(len(x), -1)
            off[:, places] = self._asker.ulp(node.subject, node.quantity, at, came).reshape(len(x), -1)
        own = answers.astype(np.float64)
        with np.errstate(all="ignore"):
            explained = np.abs(got - own.sum(axis=1)) <= np.abs(got - exact.sum(axis=1)) / 2
            error = np.nan_to_num(np.where(off > UNFAITHFUL, np.abs(own - exact), 0.0))
        farthest = error.max(axis=1, keepdims=True)
        return np.asarray((error == farthest) & (farthest > 0) & explained[:, None])


class _Parts:
    """The answers of the nodes of one anatomy at the rows ``x``, each asked once per set of exact answers before it."""

    def __init__(self, asker: Asker, anatomy: Anatomy, x: Array) -> None:
        self._asker, self.anatomy, self._x = asker, anatomy, x
        self._known: dict[tuple[int, frozenset[int]], Array] = {}
        self._exact: dict[int, Array] = {}
        self.offered = True
        self.whole(frozenset())

    def whole(self, exact: frozenset[int]) -> Array:
        """The composite's value with the exact answers of the nodes ``exact`` and the framework's own of the others."""
        nodes, dtype = self.anatomy.nodes, self._asker.fmt.dtype
        with np.errstate(all="ignore"):
            if self.anatomy.weights:
                return self._weighted([self._value(index, exact) for index in range(len(nodes))]).astype(dtype)
            if self.anatomy.joined != "sum":
                last = self._value(len(nodes) - 1, exact)
                return last if self.anatomy.joined == "last" else (np.asarray(1, dtype) - last).astype(dtype)
            total: Array | None = None
            for index, node in enumerate(nodes):
                if node.sign:
                    term = self._value(index, exact) if node.sign > 0 else -self._value(index, exact)
                    total = term if total is None else (total + term).astype(dtype)
        assert total is not None
        return total

    def _weighted(self, answers: list[Array]) -> Array:
        """The answers of all nodes as a mixture joins them, in float64: how it rounds is not what is asked here."""
        weights = np.reshape(self.anatomy.weights, (-1, 1)) / np.sum(self.anatomy.weights)
        values = np.stack(answers).astype(np.float64)
        if self.anatomy.joined != "average":
            total = np.asarray(np.logaddexp.reduce(values + np.log(weights), axis=0))
            return total if self.anatomy.joined == "log-sum" else np.exp(total)
        return np.asarray((weights * values).sum(axis=0))

    def exact_input(self, index: int) -> Array:
        """The exact intermediate value that node ``index`` receives, rounded to the format."""
        at = self.anatomy.nodes[index].at
        return self._x if at is None else self._answer(at)

    def alone(self, index: int) -> Array:
        """What the framework answers for the node at its exact input."""
        return self._asked(index, self.exact_input(index))

    def _value(self, index: int, exact: frozenset[int]) -> Array:
        if index in exact:
            return self._answer(index)
        before = self._before(index)
        key = (index, exact & before)
        if key not in self._known:
            at = self.anatomy.nodes[index].at
            self._known[key] = self._asked(index, self._x if at is None else self._value(at, exact))
        return self._known[key]

    def _before(self, index: int) -> frozenset[int]:
        found: set[int] = set()
        at = self.anatomy.nodes[index].at
        while at is not None:
            found.add(at)
            at = self.anatomy.nodes[at].at
        return frozenset(found)

    def _answer(self, index: int) -> Array:
        if index not in self._exact:
            node, at = self.anatomy.nodes[index], self.exact_input(index)
            rounded, _ = round_enclosures(self._asker.truth(node.subject, node.quantity, at), self._asker.fmt)
            self._exact[index] = _rows(rounded, node.subject, node.quantity, at)
        return self._exact[index]

    def _asked(self, index: int, at: Array) -> Array:
        node = self.anatomy.nodes[index]
        reply = self._asker.ask(node.subject, node.quantity, at)
        values = by_row(reply.values, len(at), self._asker.fmt)
        if values is None:
            self.offered &= reply.status != "not_offered"
            return np.full(len(at), np.nan).astype(self._asker.fmt.dtype)
        return values


def by_row(values: Array | None, count: int, fmt: Format) -> Array | None:
    """An answer about ``count`` rows with one entry per row, a constant log-det repeated; None where it is none."""
    if values is None or len(np.atleast_1d(values)) not in (1, count):
        return None
    rows = np.atleast_1d(values).astype(fmt.dtype)
    return rows if len(rows) == count else np.broadcast_to(rows, (count, *rows.shape[1:])).copy()


def _coordinates(anatomy: Anatomy, x: Array) -> Array:
    """The coordinates that the nodes of an elementwise map work on."""
    return np.diagonal(x, axis1=1, axis2=2) if anatomy.diagonal else x


def _places(anatomy: Anatomy, index: int, count: int) -> NDArray[np.intp]:
    """Which of ``count`` coordinates the node ``index`` of an elementwise map works on."""
    which = np.zeros(count, np.intp) if anatomy.which is None else np.asarray(anatomy.which(count))
    return np.flatnonzero(which == index)


def _rows(flat: Array, subject: str, quantity: str, at: Array) -> Array:
    """The flattened results at the rows ``at``, each in its own shape."""
    return flat.reshape(len(at), *result_event(subject, quantity, at.shape[1:]))


def _finite(answers: Array) -> NDArray[np.bool_]:
    """Rows that are finite throughout."""
    return np.asarray(np.isfinite(answers.reshape(len(answers), -1).astype(np.float64)).all(axis=1))


def _same(first: Array, second: Array) -> NDArray[np.bool_]:
    """Rows of equal value, whatever the shape of each; nan equals nan."""
    a, b = (rows.reshape(len(rows), -1).astype(np.float64) for rows in (first, second))
    same = (a == b) | (np.isnan(a) & np.isnan(b))
    return np.asarray(same.reshape(len(same), -1).all(axis=1))


def observed_in(asker: Asker, subject: str, quantity: str, x: Array, kind: str, message: str, depth: int = 0) -> Leaf:
    """The smallest part that shows the same failure of the call at the exact value.

    ``x`` is one row. kind: the status of a reply, or "dtype" or "shape" of its values. An exception must say the same.
    """
    own = Leaf(subject, quantity, x[0], np.asarray(np.nan))
    anatomy = anatomy_of(subject, quantity) if depth < _DEPTH else None
    if anatomy is None:
        return own
    place: dict[int | None, Array] = {None: x}
    if anatomy.weights:  # What is said of other rows is not what a part says.
        message = message.partition("; ")[0]
    coordinates = _coordinates(anatomy, x).reshape(-1) if anatomy.each else x
    for index, node in enumerate(anatomy.nodes):
        if anatomy.each:
            place[None] = coordinates[_places(anatomy, index, len(coordinates))[:1]]
        at = place[node.at]
        if kind == "shape":
            at = np.repeat(at, 3, axis=0)  # One number may stand for all rows, so one row shows no shape.
        reply = asker.ask(node.subject, node.quantity, at)
        if anatomy.weights and reply.values is None:
            reply = replace(reply, message=reply.message.partition("; ")[0])
        if _shows(reply, kind, message, at, asker.fmt, node):
            leaf = observed_in(asker, node.subject, node.quantity, at[:1], kind, message, depth + 1)
            step = f"{node.quantity} of {node.subject} does it alone"
            return Leaf(leaf.subject, leaf.quantity, leaf.x, leaf.got, (step, *leaf.steps))
        at = place[node.at]
        truth = asker.truth(node.subject, node.quantity, at)
        if (truth.kind == Kind.UNDECIDED).any():
            return own
        place[index] = _rows(round_enclosures(truth, asker.fmt)[0], node.subject, node.quantity, at)
    return own


def _shows(reply: Reply, kind: str, message: str, at: Array, fmt: Format, node: Node) -> bool:
    if reply.values is None:
        return reply.status == kind and (kind != "raised" or reply.message == message)
    if kind == "dtype":
        return reply.values.dtype.name != fmt.name
    shape = (len(at), *result_event(node.subject, node.quantity, at.shape[1:]))
    # One number for all rows is how frameworks answer with a constant log-det.
    return kind == "shape" and reply.values.size != 1 and reply.values.shape != shape
