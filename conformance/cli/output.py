"""Output that nobody reads, or that cannot be written, ends no command: files and exit codes matter more."""

from __future__ import annotations

import contextlib
import io
import os
import sys
from collections.abc import Iterator
from typing import TextIO


class Patient(io.TextIOBase):
    """Text to ``stream`` as long as it can be written; after that to nowhere. ``failed``: something was lost, other
    than by a reader that left.

    The reader of a pipe may leave (``| head``) and a disk may be full. What the encoding of the terminal lacks is
    written as an escape.
    """

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._gone = False
        self.failed = False
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")

    @property
    def encoding(self) -> str:  # type: ignore[override]
        return getattr(self._stream, "encoding", None) or "utf-8"

    def writable(self) -> bool:
        return True

    def isatty(self) -> bool:
        return not self._gone and self._stream.isatty()

    def fileno(self) -> int:
        return self._stream.fileno()

    def write(self, text: str) -> int:
        if not self._gone:
            try:
                self._stream.write(text)
            except OSError as problem:
                self._leave(problem)
        return len(text)

    def flush(self) -> None:
        if not self._gone:
            try:
                self._stream.flush()
            except OSError as problem:
                self._leave(problem)

    def _leave(self, problem: OSError) -> None:
        self._gone = True
        self.failed = not isinstance(problem, BrokenPipeError)
        # What is still in the buffer goes nowhere too, without a second error when the process ends.
        nowhere = os.open(os.devnull, os.O_WRONLY)
        with contextlib.suppress(OSError, ValueError):
            os.dup2(nowhere, self._stream.fileno())
        os.close(nowhere)
        if self.failed and self._stream is not sys.__stderr__:
            with contextlib.suppress(OSError):
                print(f"conformance: cannot write the output: {problem.strerror or problem}", file=sys.stderr)


@contextlib.contextmanager
def patient_output() -> Iterator[Patient]:
    """Make standard output and standard error Patient for the time being; the former is what is yielded."""
    before = sys.stdout, sys.stderr
    # A process may be started with either of them closed; Python then has None there.
    out, err = (Patient(stream or io.StringIO()) for stream in before)
    sys.stdout, sys.stderr = out, err
    try:
        yield out
    finally:
        out.flush()
        err.flush()
        sys.stdout, sys.stderr = before
