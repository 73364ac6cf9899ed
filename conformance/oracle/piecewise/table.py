"""Where the pieces live: a tree over the bits of a float, grown where it is asked, in memory and on disk.

The root has one entry per sign and binade (the top 12 bits of a float64); an entry is a piece, or a block of 16
children chosen by the next four bits, and so on. Growth is breadth first with a budget, so that a function that
cannot be proved anywhere costs little, and what stays unproved stays uncovered.
"""

from __future__ import annotations

import hashlib
import io
import os
import sys
import tempfile
from collections import deque
from collections.abc import Callable
from math import inf
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from conformance.floats.enclosures import Kind
from conformance.oracle.piecewise.build import Line, Piece, Run, Series, build_piece

UNBUILT = -1
UNCOVERED = -2
FIRST_BLOCK = -3
"""Entries: >= 0 a piece; UNBUILT; UNCOVERED; FIRST_BLOCK - b: the b-th block of 16 children."""

EXPONENT_BIAS = 1023
_BUDGET = 512
"""Attempts per binade: every child and grandchild, and some more where a kink or an edge is followed downwards."""

SPARE = 30_000
"""Attempts more that the binades of a whole line share, whose every float is asked for: to follow two ends of a domain
down to their last few floats takes some hundreds, and a quantile as steep as the 64th power thousands; each saves a
thousand balls."""

_MOST_SPARE = 6000
"""Of these for one binade: one that cannot be proved in part must not take all."""

_DISCOURAGED = ((3, 17), (8, 1))
"""(n, attempts): after n binades that could not be proved at all, so many attempts per binade."""

_WHOLE: dict[str, np.dtype[np.generic]] = {
    "root": np.dtype(np.int32),
    "tried": np.dtype(np.bool_),
    "blocks": np.dtype(np.int32),
    "words": np.dtype(np.float64),
    "length": np.dtype(np.int32),
    "fine": np.dtype(np.int32),
    "centre": np.dtype(np.float64),
    "scale": np.dtype(np.float64),
    "exponent": np.dtype(np.int64),
    "bound": np.dtype(np.float64),
    "least": np.dtype(np.float64),
    "kind": np.dtype(np.uint8),
    "form": np.dtype(np.uint8),
}
"""The arrays of a table, by name. ``words`` has shape (pieces, terms, words)."""

Settle = Callable[[float, float], Piece | bool | None]
"""settle(first, last): a constant piece; None for a run inside the domain; False where it straddles an edge."""


class Table:
    """The pieces of one function. ``grow`` builds what is missing; the arrays are for the evaluators to read."""

    def __init__(self, series: Series, settle: Settle, line: Line) -> None:
        self.line = line
        self._series = series
        self._settle = settle
        self._terms = max(line.terms)
        self._failed = 0
        self.root = np.full(4096, UNBUILT, np.int32)
        self.tried = np.zeros(4096, np.bool_)
        self.blocks = np.zeros((0, 16), np.int32)
        self.words = np.zeros((0, self._terms, line.words))
        for name in ("length", "fine", "centre", "scale", "exponent", "bound", "least", "kind", "form"):
            setattr(self, name, np.zeros(0, _WHOLE[name]))
        low, high = line.exponents
        binade = (np.arange(4096) & 2047) - EXPONENT_BIAS
        self.root[(binade < low) | (binade > high)] = UNCOVERED

    length: NDArray[np.int32]
    fine: NDArray[np.int32]
    centre: NDArray[np.float64]
    scale: NDArray[np.float64]
    exponent: NDArray[np.int64]
    bound: NDArray[np.float64]
    least: NDArray[np.float64]
    kind: NDArray[np.uint8]
    form: NDArray[np.uint8]

    def __len__(self) -> int:
        return len(self.length)

    def grow(self, keys: NDArray[np.int64], divide: bool = True, spare: int = 0) -> int:
        """Build the binades whose root entry is UNBUILT among ``keys``; the number of binades looked at.

        ``spare``: attempts that they share beside those that each has. Without ``divide`` a binade that one piece does
        not cover stays UNBUILT, and is not tried this way again.
        """
        missing = [int(key) for key in keys if self.root[key] == UNBUILT and (divide or not self.tried[key])]
        pieces: list[tuple[Run, Piece]] = []
        blocks: list[list[int]] = []
        for key in missing:
            if not divide:
                self.root[key] = self._whole(key, pieces)
                continue
            self.root[key], tried = self._binade(key, pieces, blocks, _BUDGET + min(spare, _MOST_SPARE))
            spare -= max(0, tried - _BUDGET)
        if blocks:
            self.blocks = np.concatenate([self.blocks, np.array(blocks, np.int32)])
        self._append(pieces)
        return len(missing)

    def _whole(self, key: int, pieces: list[tuple[Run, Piece]]) -> int:
        """The root entry for ``key`` as one piece; UNBUILT where that fails."""
        self.tried[key] = True
        run = self._run(*_parts(key), 0, 0)
        piece = self._attempt(run, 0)
        if piece is None:
            return UNBUILT
        pieces.append((run, piece))
        return len(self) + len(pieces) - 1

    def _binade(
        self, key: int, pieces: list[tuple[Run, Piece]], blocks: list[list[int]], budget: int
    ) -> tuple[int, int]:
        """The root entry for ``key``, and how many attempts it took, at most ``budget``; new pieces and blocks are
        appended, numbered after those there already are."""
        sign, binade = _parts(key)
        budget = left = min([budget, *(attempts for n, attempts in _DISCOURAGED if self._failed >= n)])
        before = len(pieces)
        result = UNCOVERED
        # A run's scale, 2**-radius, has to be a float.
        deepest = min(self.line.depth, (binade + EXPONENT_BIAS - 1) // 4)
        queue: deque[tuple[int, int, list[int] | None, int]] = deque([(0, 0, None, 0)])
        enough = budget - self.line.patience
        while queue and left > 0:
            if left <= enough and len(pieces) == before:
                break
            depth, index, home, slot = queue.popleft()
            left -= 1
            run = self._run(sign, binade, depth, index)
            piece = self._attempt(run, depth)
            if piece is not None:
                entry = len(self) + len(pieces)
                pieces.append((run, piece))
            elif depth < deepest:
                block = [UNCOVERED] * 16
                entry = FIRST_BLOCK - (len(self.blocks) + len(blocks))
                blocks.append(block)
                queue.extend((depth + 1, 16 * index + child, block, child) for child in range(16))
            else:
                entry = UNCOVERED
            if home is None:
                result = entry
            else:
                home[slot] = entry
        self._failed += len(pieces) == before
        return result, budget - left

    def _run(self, sign: float, binade: int, depth: int, index: int) -> Run:
        if binade == -EXPONENT_BIAS:
            least, end = 2.0 ** (1 - EXPONENT_BIAS - 52), 2.0 ** (1 - EXPONENT_BIAS)
            return Run(sign * least, sign * (end - least), sign * end / 2, binade)
        width = binade - 4 * depth
        first = 2.0**binade + index * 2.0**width
        ulp = 2.0 ** max(binade - self.line.precision + 1, self.line.emin - self.line.precision + 1)
        last = first + (2.0**width - ulp)  # In this order: 2**width more than ``first`` may be no float.
        return Run(sign * first, sign * max(last, first), sign * (first + 2.0 ** (width - 1)), width - 1)

    def _attempt(self, run: Run, depth: int) -> Piece | None:
        settled = self._settle(min(run.first, run.last), max(run.first, run.last))
        if isinstance(settled, Piece):
            return settled
        if settled is False:
            return None
        return build_piece(self._series, self.line, run, self.line.terms[0 if depth == 0 else 1])

    def _append(self, pieces: list[tuple[Run, Piece]]) -> None:
        if not pieces:
            return
        words = np.zeros((len(pieces), self._terms, self.line.words))
        for row, (_, piece) in zip(words, pieces, strict=True):
            row[: len(piece.coefficients)] = np.array(piece.coefficients)[:, : self.line.words]
        fresh = {
            "words": words,
            "length": [len(piece.coefficients) for _, piece in pieces],
            "fine": [piece.fine for _, piece in pieces],
            "centre": [run.centre for run, _ in pieces],
            "scale": [2.0**-run.radius for run, _ in pieces],
            "exponent": [piece.exponent for _, piece in pieces],
            "bound": [piece.bound for _, piece in pieces],
            "least": [piece.least for _, piece in pieces],
            "kind": [piece.kind for _, piece in pieces],
            "form": [piece.form for _, piece in pieces],
        }
        for name, values in fresh.items():
            old = getattr(self, name)
            setattr(self, name, np.concatenate([old, np.asarray(values, old.dtype)]))

    # -- disk ----------------------------------------------------------------------------------------------------

    def save(self, path: Path) -> None:
        """Write the table, atomically, with its checksum in front. A full disk costs the table, never the run."""
        stream = io.BytesIO()
        np.savez(stream, **{name: getattr(self, name) for name in _WHOLE})
        data = stream.getvalue()
        name = None
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            handle, name = tempfile.mkstemp(dir=path.parent, prefix=path.name)
            with os.fdopen(handle, "wb") as file:
                file.write(hashlib.sha256(data).digest() + data)
            os.replace(name, path)
        except OSError as problem:
            print(f"conformance: cannot write {path}: {problem}", file=sys.stderr)
            if name is not None:
                Path(name).unlink(missing_ok=True)

    def load(self, path: Path) -> bool:
        """Take over the table that ``save`` wrote; False where there is none. A corrupt file is named and set aside."""
        try:
            whole = path.read_bytes()
        except OSError:
            return False
        if hashlib.sha256(whole[32:]).digest() != whole[:32]:
            aside = path.with_suffix(".corrupt")
            print(f"corrupt piece table set aside as {aside}", file=sys.stderr)
            os.replace(path, aside)
            return False
        with np.load(io.BytesIO(whole[32:]), allow_pickle=False) as arrays:
            for name, dtype in _WHOLE.items():
                setattr(self, name, arrays[name].astype(dtype, copy=False))
        return True


def _parts(key: int) -> tuple[float, int]:
    """Sign and binade of a root entry's number."""
    return -1.0 if key >= 2048 else 1.0, (key & 2047) - EXPONENT_BIAS


def settle_by_interval(
    classify: Callable[[float], Piece | bool | None], inside: float | None, flat: Piece | None = None
) -> Settle:
    """The Settle of a function whose domain is an interval that contains ``inside`` (None: the whole line).
    ``flat``: the piece of every run inside, where that is one.

    ``classify`` gives a constant piece where one point is settled beyond the domain, None inside it, False at an end.
    Two points beyond the domain on the same side of ``inside`` have the whole run between them beyond it.
    """

    def settle(first: float, last: float) -> Piece | bool | None:
        left, right = classify(first), classify(last)
        if left is None and right is None:
            return flat
        same_side = inside is not None and (last < inside or first > inside)
        if isinstance(left, Piece) and left == right and same_side:
            return left
        return False

    return settle


def interior(lo: float, hi: float) -> float | None:
    """A point strictly inside (lo, hi); None where that is the whole line."""
    if lo == -inf:
        return None if hi == inf else hi - max(1.0, abs(hi))
    return lo + max(1.0, abs(lo)) if hi == inf else (lo + hi) / 2


def beyond(kind: Kind) -> Piece:
    """A run beyond the domain."""
    return Piece(((0.0, 0.0),), 0, 0.0, 0.0, kind)
