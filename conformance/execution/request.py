"""What is asked of a framework, and what came back: plain records with arrays in them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]


class Fate(IntEnum):
    """What became of one input row."""

    OK = 0
    CRASHED = 1
    TIMED_OUT = 2
    RAISED = 3
    LEFT_OUT = 4


STATUS_OF_FATE = {Fate.OK: "ok", Fate.CRASHED: "crashed", Fate.TIMED_OUT: "timed_out", Fate.RAISED: "raised"}


@dataclass(frozen=True)
class Request:
    """One block of work. ``values`` has shape (N,) or (N, *event) and exactly the dtype named by ``dtype``.

    Draws and what comes with them (``DRAWN``) take ``count`` and ``seed`` and no values; statistics take neither.
    ``first``: where the values' encodings are consecutive unsigned integers, the first of them; then two numbers cross
    the wire instead of the values. ``event``: how many of the values' axes are one event,
    where more than the first one are a batch. ``shape``: of the array that is asked about, where none is handed over.
    ``again``: how often this very request was made before, so that it is
    asked once more and not answered from memory. ``form``: how the
    parameters are handed over, "arrays" or "plain" Python numbers, where it is not left to the adapter.
    """

    subject: str
    quantity: str
    dtype: str
    mode: str = "eager"
    values: Array | None = None
    count: int = 0
    seed: int = 0
    first: int | None = None
    event: int | None = None
    again: int = 0
    form: str = ""
    shape: tuple[int, ...] | None = None

    @property
    def rows(self) -> int:
        """Number of inputs that can be asked one by one; 0 for requests that cannot be cut."""
        return 0 if self.values is None or self.values.ndim == 0 else len(self.values)

    def header(self) -> dict[str, Any]:
        """The request as it crosses the wire, without its array."""
        header: dict[str, Any] = {
            "op": "evaluate",
            "subject": self.subject,
            "quantity": self.quantity,
            "dtype": self.dtype,
            "mode": self.mode,
        }
        if self.event is not None:
            header["event"] = self.event
        if self.shape is not None:
            header["shape"] = list(self.shape)
        if self.again:
            header["again"] = self.again
        if self.form:
            header["form"] = self.form
        if self.values is None:
            header |= {"count": self.count, "seed": self.seed}
        return header


@dataclass(frozen=True)
class Reply:
    """What the framework did with a Request.

    status
        "ok": every row was answered. "mixed": some rows died; ``values`` hold nan there. "not_offered". "raised",
        "crashed", "timed_out": no row was answered and ``values`` is None. A block that died although each of its
        parts survived is "mixed" too, with a ``fate`` of zeros, and ``message`` says so.
    values
        The framework's own array, dtype and shape untouched when the status is "ok".
    fate
        uint8 of shape (N,), a Fate per input row; LEFT_OUT where the adapter makes no call (``Bound.left_out``), and
        ``values`` hold nan. None for requests without rows and for "not_offered".
    message
        One line: exception, signal or limit. It holds no path, process number or time, so two runs agree on it.
    log
        The last lines that a worker printed before it died; for people, not for comparison.
    absent
        Nothing of the subject is offered, at this dtype and in this mode: the status is "not_offered" for every other
        quantity too.
    """

    status: str
    values: Array | None = None
    fate: NDArray[np.uint8] | None = None
    message: str = ""
    seconds: float = 0.0
    reused: bool = False
    log: str = ""
    absent: bool = False


def fates_of(rows: int, left_out: Sequence[int] = (), others: Fate = Fate.OK) -> NDArray[np.uint8] | None:
    """The fates of ``rows``: ``others`` but for those that the adapter made no call with; None without rows."""
    if not rows:
        return None
    fate = np.full(rows, others, np.uint8)
    fate[list(left_out)] = Fate.LEFT_OUT
    return fate


@dataclass(frozen=True)
class SnippetReply:
    """A reproduction's ``code``, or what one printed: ``stdout``, and for one value alone ``single``.

    status: "ok", "not_offered", "raised", "crashed" or "timed_out"; ``message`` is one line.
    """

    status: str
    stdout: str = ""
    message: str = ""
    code: str = ""
    single: str = ""
    seconds: float = 0.0
    reused: bool = False
