"""Ctrl-C while processes are being started: it waits until they are whole."""

from __future__ import annotations

import contextlib
import signal
import threading
from collections.abc import Iterator
from types import FrameType


@contextlib.contextmanager
def interrupts_wait() -> Iterator[None]:
    """A SIGINT that comes in this block takes effect at its end; what the block starts never sees one.

    A process that is interrupted before it could read what it is to do says so in a traceback, and so does one whose
    parent was interrupted before it had written all of that. Processes inherit the mask of the thread that starts
    them. That mask is not enough for this process itself: where other threads run, the signal reaches one of those,
    and Python raises KeyboardInterrupt in the main thread whatever its mask is.
    """
    came: list[tuple[int, FrameType | None]] = []
    alone = threading.current_thread() is threading.main_thread()  # No other thread may set handlers, or needs to.
    handler = signal.getsignal(signal.SIGINT) if alone else None
    mask = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    if callable(handler):
        signal.signal(signal.SIGINT, lambda number, frame: came.append((number, frame)))
    try:
        yield
    finally:
        # While the signal is blocked here and the handler still waits: one that is pending is noted, not raised.
        signal.pthread_sigmask(signal.SIG_SETMASK, mask)
        if callable(handler):
            signal.signal(signal.SIGINT, handler)
            if came:
                handler(*came[-1])
