"""One worker process: started, asked with a deadline, watched, ended. It never outlives the driver."""

from __future__ import annotations

import contextlib
import fcntl
import os
import select
import signal
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, BinaryIO, cast

from adapters.interface.wire import WireClosed, WireError, receive, send
from conformance.execution.frameworks import ADAPTERS_DIR
from conformance.execution.request import Array
from conformance.execution.scratch import Scratch

_TETHER = Path(__file__).with_name("tether.py")
_SLICE = 0.2
_BETWEEN_LOOKS = 0.05
"""Seconds between two looks at how much memory a worker uses."""
_LOG_LIMIT = 8 << 20
_PIPE_SIZE = 1 << 20
_AHEAD = 1 << 13
"""Bytes that are taken at once of what has arrived: most frames are smaller, and come in four pieces."""
_ONE_THREAD = (
    *(f"{library}_NUM_THREADS" for library in ("OMP", "MKL", "OPENBLAS", "NUMEXPR", "VECLIB_MAXIMUM", "NUMBA")),
    *(f"TF_NUM_{kind}_THREADS" for kind in ("INTRAOP", "INTEROP")),
)
_NOT_INHERITED = ("PYTHONHOME", "PYTHONSTARTUP", "PYTHONWARNINGS", "VIRTUAL_ENV")


class WorkerDied(Exception):
    """The process is gone, or its protocol is; ``str`` is one line that names the signal, exit status or limit."""


class WorkerTimedOut(Exception):
    """No answer before the deadline; the process has been killed."""


class WorkerProcess:
    """A running ``python -m adapters.worker`` in ``python``'s environment.

    It sees no module of this project but ``adapters``, works in a scratch directory of its own, in a session of its
    own (the terminal's Ctrl-C does not reach it), on one thread, and what it prints goes to a log. After WorkerDied,
    WorkerTimedOut or any other exception from ``ask`` the process is dead and only ``close`` may be called.
    """

    def __init__(
        self, python: Path, arguments: Sequence[str], *, memory_limit: int | None = None, address_limit: int = 0
    ) -> None:
        self._memory_limit, self._looked = memory_limit, 0.0
        self.ahead = b""
        """What was read of the replies and not yet taken: nothing, between two questions to a sound worker."""
        self._scratch = Scratch()
        try:
            self._start(python, arguments, address_limit)
        except BaseException:
            self._scratch.remove()
            raise

    def _start(self, python: Path, arguments: Sequence[str], address_limit: int) -> None:
        # Only ``adapters`` is put on the path: an installed project would otherwise lend its whole site-packages.
        visible = self._scratch.path / "path"
        visible.mkdir()
        (visible / "adapters").symlink_to(ADAPTERS_DIR, target_is_directory=True)
        work = self._scratch.path / "work"
        work.mkdir()
        environment = {key: value for key, value in os.environ.items() if key not in _NOT_INHERITED}
        environment |= dict.fromkeys(_ONE_THREAD, "1")
        environment |= {"PYTHONPATH": str(visible), "PYTHONNOUSERSITE": "1", "PYTHONHASHSEED": "0"}
        environment |= {"PYTHONUNBUFFERED": "1", "TMPDIR": str(work)}
        self._log_path = self._scratch.path / "log"
        requests_out, requests_in = os.pipe()
        replies_out, replies_in = os.pipe()
        lifeline_out, lifeline_in = os.pipe()
        for end in (requests_in, replies_out):
            # Fewer turns between the two processes; where the system refuses, the pipe is as good but slower.
            with contextlib.suppress(OSError):
                fcntl.fcntl(end, getattr(fcntl, "F_SETPIPE_SZ", 1031), _PIPE_SIZE)
        self._mine = [requests_in, replies_out, lifeline_in]
        theirs = (requests_out, replies_in, lifeline_out)
        command = [str(python), "-P", str(_TETHER), str(lifeline_out), str(address_limit), "adapters.worker"]
        command += [*arguments, "--request-fd", str(requests_out), "--reply-fd", str(replies_in)]
        try:
            with self._log_path.open("ab") as log:
                self._process = subprocess.Popen(
                    command,
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=subprocess.STDOUT,
                    cwd=work,
                    env=environment,
                    pass_fds=theirs,
                    start_new_session=True,
                )
        except BaseException:
            self._close_mine()
            raise
        finally:
            for descriptor in theirs:
                os.close(descriptor)
        os.set_blocking(requests_in, False)
        os.set_blocking(replies_out, False)

    def ask(
        self, header: dict[str, Any], arrays: Sequence[Array] = (), timeout: float = 60.0
    ) -> tuple[dict[str, Any], list[Array]]:
        """Send one request and return its reply (header, arrays). Raises WorkerDied or WorkerTimedOut."""
        if self._log_path.stat().st_size > _LOG_LIMIT:
            os.truncate(self._log_path, 0)
        deadline = time.monotonic() + timeout
        try:
            if self._unasked():
                raise WireError("garbage on the wire: bytes behind an answer")
            # The wire's streams need read, write and flush, no more.
            send(cast(BinaryIO, _Sender(self, deadline)), header, arrays)
            return receive(cast(BinaryIO, _Receiver(self, deadline)))
        except (WireClosed, BrokenPipeError):
            raise WorkerDied(self._obituary()) from None
        except WireError as problem:
            raise WorkerDied(self._obituary(str(problem))) from None
        except BaseException:
            # A time-out, too much memory, Ctrl-C: its late answer must never be taken for the next one.
            self.kill()
            raise

    def _unasked(self) -> bool:
        """Whether anything has come that answers no question; the next answer would be taken from it."""
        if not self.ahead:
            with contextlib.suppress(BlockingIOError):
                self.ahead = os.read(self.reply_fd, _AHEAD)
        return bool(self.ahead)

    def watch(self, deadline: float) -> float:
        """Seconds to wait before looking again. Raises WorkerTimedOut past the deadline, WorkerDied over the limit."""
        left = deadline - time.monotonic()
        if left <= 0:
            raise WorkerTimedOut
        self.watch_memory()
        return min(left, _SLICE)

    def watch_memory(self) -> None:
        """Raises WorkerDied over the limit."""
        now = time.monotonic()
        # Not at every piece of a message: a look takes longer than to pass the piece on.
        if self._memory_limit is None or now - self._looked < _BETWEEN_LOOKS:
            return
        self._looked = now
        if self.resident() > self._memory_limit:
            raise WorkerDied(f"out of memory: used more than {self._memory_limit / 2**30:.3g} GiB")

    def resident(self) -> int:
        """Bytes of memory that the process holds; 0 where the system does not say."""
        # Another system than Linux has no /proc; there the limit is not watched.
        try:
            with open(f"/proc/{self._process.pid}/statm", "rb", buffering=0) as memory:
                pages = int(memory.read(200).split()[1])
        except (OSError, IndexError, ValueError):
            return 0
        return pages * os.sysconf("SC_PAGE_SIZE")

    def _obituary(self, garbage: str = "") -> str:
        """Why it died; killed first where it did not die by itself."""
        try:
            # A cut frame is mostly the sign of a death in mid-sentence: then the death is the news.
            self._process.wait(timeout=2.0 if not garbage or garbage.startswith("truncated") else 0.05)
        except subprocess.TimeoutExpired:
            self.kill()
            return garbage or "closed its side of the protocol"
        status = self._process.returncode
        self.kill()
        if status < 0:
            return f"killed by {_signal_name(-status)}"
        return garbage or f"exited with status {status} without an answer"

    def last_words(self, limit: int = 2000) -> str:
        """The end of what the process printed, at most ``limit`` characters."""
        with contextlib.suppress(OSError), self._log_path.open("rb") as log:
            log.seek(max(0, self._log_path.stat().st_size - limit))
            return log.read().decode("utf-8", "replace")
        return ""

    def alive(self) -> bool:
        """Whether the process runs."""
        return self._process.poll() is None

    def kill(self) -> None:
        """End the process and all that it started, at once."""
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()

    def close(self) -> None:
        """Ask it to leave, insist after two seconds, and remove its scratch directory. May be called twice."""
        if self.alive():
            with contextlib.suppress(Exception):
                self.ask({"op": "exit"}, timeout=2.0)
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(timeout=2.0)
        self.kill()
        self._close_mine()
        self._scratch.remove()

    def _close_mine(self) -> None:
        while self._mine:
            os.close(self._mine.pop())

    @property
    def request_fd(self) -> int:
        return self._mine[0]

    @property
    def reply_fd(self) -> int:
        return self._mine[1]


class _Sender:
    """The write end as the wire wants it, with a deadline: a worker that does not listen must not block the driver."""

    def __init__(self, process: WorkerProcess, deadline: float) -> None:
        self._process, self._deadline = process, deadline

    def write(self, data: bytes | memoryview) -> int:
        while True:
            pause = self._process.watch(self._deadline)
            if select.select([], [self._process.request_fd], [], pause)[1]:
                with contextlib.suppress(BlockingIOError):
                    return os.write(self._process.request_fd, data)

    def flush(self) -> None:
        pass


class _Receiver:
    """The read end as the wire wants it, with a deadline; b"" at the end of the stream."""

    def __init__(self, process: WorkerProcess, deadline: float) -> None:
        self._process, self._deadline = process, deadline

    def read(self, count: int) -> bytes:
        ahead = self._process.ahead or self._arrived(min(max(count, _AHEAD), _PIPE_SIZE))
        self._process.ahead = ahead[count:]
        return ahead[:count]

    def _arrived(self, most: int) -> bytes:
        while True:
            pause = self._process.watch(self._deadline)
            if select.select([self._process.reply_fd], [], [], pause)[0]:
                # A reply may come at once, and whole: what the worker holds by then counts as well.
                self._process.watch_memory()
                with contextlib.suppress(BlockingIOError):
                    return os.read(self._process.reply_fd, most)


def _signal_name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"
