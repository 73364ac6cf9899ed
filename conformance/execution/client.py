"""The driver's side of one framework: ask, survive, find who was to blame, remember."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from types import TracebackType
from typing import Any

import numpy as np

from conformance.execution.aside import Aside, FrameworkUnusable, one_line
from conformance.execution.bisection import Attempt, Limits, assemble, find_guilty
from conformance.execution.environments import Environment, device_asked
from conformance.execution.fingerprint import adapter_source, digest, processor
from conformance.execution.journal import Journal
from conformance.execution.process import WorkerDied, WorkerProcess, WorkerTimedOut
from conformance.execution.records import record_of, reply_from
from conformance.execution.request import STATUS_OF_FATE, Array, Fate, Reply, Request, fates_of

# A framework that imports slowly (TensorFlow: 8 s on an idle machine) shares its cores with others.
START_TIMEOUT = 300.0
_STARTS = 2
_GROWTH = 5 << 28
"""Bytes that a worker may grow by before it is replaced between two pieces of work."""

__all__ = ["START_TIMEOUT", "Counts", "FrameworkClient", "FrameworkUnusable"]


class _NotOffered(Exception):
    """An answer of its own kind, carried past the search for guilty rows. absent: of the whole subject."""

    def __init__(self, message: str, absent: bool) -> None:
        super().__init__(message)
        self.absent = absent


@dataclass
class Counts:
    """What this client cost: evaluate calls that a worker received, worker starts, requests answered by the journal."""

    evaluations: int = 0
    starts: int = 0
    reused: int = 0


class FrameworkClient(Aside):
    """Asks one framework, in a worker process of its own that is restarted whenever it dies.

    Guarantee: ``evaluate`` and ``snippet`` return a record whatever the framework does (raise, crash, hang, exit, print
    or write garbage, run out of memory); only KeyboardInterrupt and a malformed Request pass. What a reply says of a
    row was said by a worker that was asked for it. With a ``journal_dir``, a reply once given is never computed again
    for the same packages, adapter source, processor and request; only answers that took longer than ``timeout`` are
    asked again when a later client allows more time. Nothing is kept of an environment with an ``adapter_file``.

    timeout: seconds per request. memory_limit: resident bytes of the worker, checked five times a second (Linux);
    None: no limit. address_limit: RLIMIT_AS in bytes, 0 for none (TensorFlow and MindSpore reserve far more than they
    use). One request at a time; a client may be shared by threads.
    """

    def __init__(
        self,
        environment: Environment,
        framework: str,
        journal_dir: Path | None = None,
        timeout: float = 60.0,
        adapter_file: Path | None = None,
        *,
        start_timeout: float = START_TIMEOUT,
        memory_limit: int | None = 8 << 30,
        address_limit: int = 0,
        limits: Limits | None = None,
        log: Callable[[str], None] | None = None,
    ) -> None:
        self.framework = framework
        self.counts = Counts()
        self._environment = environment
        self._timeout = timeout
        self._start_timeout = start_timeout
        self._memory = {"memory_limit": memory_limit, "address_limit": address_limit}
        self._limits = limits or Limits(seconds=4 * timeout)
        file = adapter_file or environment.adapter_file
        self._adapter_file = file.resolve() if file else None
        # A library that is being written may change without its version: its answers are never taken from the disk.
        kept = journal_dir if environment.adapter_file is None else None
        self._journal = Journal(kept, **({"log": log} if log else {})) if kept else None
        self._identity: str | None = None
        self._process: WorkerProcess | None = None
        self._at_first = 0
        self._description: dict[str, Any] | None = None
        self._unusable: FrameworkUnusable | None = None
        self._lock = threading.Lock()

    def describe(self) -> dict[str, Any]:
        """The adapter's Description as plain JSON values, as a worker measured it. Raises FrameworkUnusable.

        With a journal the same packages, adapter and processor are measured once: a run whose answers are all kept
        starts no worker.
        """
        key = self._key(json.dumps({"op": "describe"}), None) if self._description is None else ""
        known = self._load(key) if key else None
        if known is not None and isinstance(known[0].get("description"), dict):
            self._description = known[0]["description"]
        with self._lock:
            if self._description is None:
                self._worker()
                if self._journal and self._description is not None:
                    record = {"description": self._description, "timeout": self._timeout, "timed_out": False}
                    self._journal.store(key, record, [])
            assert self._description is not None
            return self._description

    @property
    def unusable(self) -> FrameworkUnusable | None:
        """Why no worker can be started any more; then no reply says anything about the framework's answers."""
        return self._unusable

    def evaluate(self, request: Request) -> Reply:
        """Answer ``request``, from the journal where it is known. A block that dies is searched for its guilty rows."""
        if request.values is not None and request.values.dtype.name != request.dtype:
            raise ValueError(f"values of {request.values.dtype.name} in a request at {request.dtype}")
        key = self._key(json.dumps(request.header(), sort_keys=True), request.values)
        known = self._load(key)
        if known is not None:
            return reply_from(*known)
        started = time.monotonic()
        with self._lock:
            try:
                reply = self._ask_and_blame(request)
            except FrameworkUnusable as problem:
                fates = {status: fate for fate, status in STATUS_OF_FATE.items()}
                fate = np.full(request.rows, fates[problem.status], np.uint8) if request.rows else None
                # Not kept: the next run may find the framework mended.
                return Reply(problem.status, None, fate, str(problem), time.monotonic() - started)
        seconds = time.monotonic() - started
        reply = replace(reply, seconds=seconds)
        if self._journal:
            self._journal.store(key, *record_of(reply, self._timeout))
        return reply

    def rest(self) -> None:
        """Between two pieces of work: a worker that has grown by more than 1.25 GiB since it started is ended.

        Compilers keep what they compiled for as long as their process lives. The next request starts another worker,
        as after a death, but nobody is to blame.
        """
        with self._lock:
            if self._process is not None and self._process.resident() - self._at_first > _GROWTH:
                self._bury()

    def close(self) -> None:
        """End the worker. The client may be used again: the next request starts another."""
        with self._lock:
            self._bury()

    def __enter__(self) -> FrameworkClient:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _ask_and_blame(self, request: Request) -> Reply:
        rows = request.rows
        try:
            first = self._attempt(request, request.values)
            if first.fate == Fate.OK:
                return Reply("ok", first.values, fates_of(rows, first.left_out), first.message)
            status = STATUS_OF_FATE[first.fate]
            if rows <= 1:
                return Reply(status, None, np.full(rows, first.fate, np.uint8) if rows else None, first.message)
            verdict = find_guilty(lambda low, high: self._part(request, low, high), rows, first, self._limits)
        except _NotOffered as nothing:
            return Reply("not_offered", message=str(nothing), absent=nothing.absent)
        if np.isin(verdict.fate, (Fate.OK, Fate.LEFT_OUT)).all():
            message = f"{first.message} as a block of {rows} rows; every part of it alone was answered"
        else:
            message = verdict.summary()
        answer = assemble(rows, verdict)
        if answer is None:
            # Either nothing was answered, or the answers have shapes that make no whole.
            if verdict.parts:
                verdict.fate[verdict.fate != Fate.LEFT_OUT] = first.fate
            return Reply(status, None, verdict.fate, message, log=first.log)
        return Reply("mixed", answer, verdict.fate, message, log=first.log)

    def _part(self, request: Request, low: int, high: int) -> Attempt:
        assert request.values is not None
        try:
            return self._attempt(request, request.values[low:high])
        except _NotOffered as nothing:
            # Said of a part only, after the block had died: the death is the news, and this row has no answer.
            return Attempt(Fate.RAISED, message=f"not offered: {nothing}")

    def _attempt(self, request: Request, values: Array | None) -> Attempt:
        worker = self._worker()
        self.counts.evaluations += 1
        question, sent = request.header(), [] if values is None else [values]
        if request.first is not None and values is request.values:
            question["consecutive"], sent = [request.first, request.rows], []
        try:
            header, arrays = worker.ask(question, sent, self._timeout)
        except WorkerTimedOut:
            words = worker.last_words()
            self._bury()
            return Attempt(Fate.TIMED_OUT, message=f"no answer within {self._timeout:g} s", log=words)
        except WorkerDied as death:
            words = worker.last_words()
            self._bury()
            return Attempt(Fate.CRASHED, message=str(death), log=words)
        status, left_out = header.get("status"), _places(header.get("left_out", []), values)
        if status == "ok" and len(arrays) == 1 and left_out is not None:
            return Attempt(Fate.OK, arrays[0], one_line(header), left_out=left_out)
        if status == "not_offered":
            raise _NotOffered(one_line(header), header.get("absent") is True)
        if status == "raised" and left_out is not None:
            return Attempt(Fate.RAISED, None, one_line(header), str(header.get("traceback", "")), left_out)
        # A frame, but not one of the worker's own: the framework wrote it, and the next one can't be trusted either.
        self._bury()
        what = "of rows that it was not asked" if left_out is None else f"with status {status!r:.40}"
        return Attempt(Fate.CRASHED, message=f"garbage on the wire: a reply {what}")

    def _worker(self) -> WorkerProcess:
        """A worker that has described itself, so that a death at import is never blamed on a row."""
        if self._process is not None and self._process.alive():
            return self._process
        self._bury()
        if self._unusable is not None:
            raise self._unusable
        if self._environment.python is None:
            self._unusable = FrameworkUnusable("raised", f"no environment: {self._environment.reason}")
            raise self._unusable
        if self._adapter_file is not None:
            arguments = ["--adapter-file", str(self._adapter_file)]
        else:
            arguments = ["--adapter", self.framework]
        for _ in range(_STARTS):
            self.counts.starts += 1
            self._process = WorkerProcess(self._environment.python, arguments, **self._memory)  # type: ignore[arg-type]
            problem: tuple[str, str]
            try:
                header, _arrays = self._process.ask({"op": "describe"}, timeout=self._start_timeout)
            except WorkerTimedOut:
                problem = ("timed_out", f"did not start within {self._start_timeout:g} s")
            except WorkerDied as death:
                problem = ("crashed", f"died while starting: {death}")
            else:
                if header.get("status") == "ok" and isinstance(header.get("description"), dict):
                    elsewhere = _on_another_device(self.framework, header["description"])
                    if not elsewhere:
                        self._description = header["description"]
                        self._at_first = self._process.resident()
                        return self._process
                    problem = ("raised", elsewhere)
                else:
                    problem = ("raised", f"did not start: {one_line(header)}")
            self._bury()
            if problem[0] != "crashed":  # Only a crash may be chance; an error or a hang at import comes again.
                break
        self._unusable = FrameworkUnusable(*problem)
        raise self._unusable

    def _bury(self) -> None:
        process, self._process = self._process, None
        if process is not None:
            process.close()

    def _key(self, request: str, values: Array | None) -> str:
        if self._journal is None:
            return ""
        if self._identity is None:
            source = adapter_source(self.framework, self._adapter_file)
            self._identity = digest(self.framework, self._environment.fingerprint, source, processor())
        data = b"" if values is None else np.ascontiguousarray(values).tobytes()
        return digest(self._identity, request, str(None if values is None else values.shape), data)

    def _load(self, key: str) -> tuple[dict[str, Any], list[Array]] | None:
        known = self._journal.load(key) if self._journal else None
        if known is None or (known[0]["timed_out"] and known[0]["timeout"] < self._timeout):
            return None
        self.counts.reused += 1
        return known


def _on_another_device(framework: str, description: dict[str, Any]) -> str:
    """Why the worker must not be asked: it computes elsewhere than was asked for. Empty where it does not."""
    asked, used = device_asked(framework), str((description.get("devices") or ["cpu"])[0])
    if not asked or asked == used:
        return ""
    return f"CONFORMANCE_DEVICE_{framework.upper()} asks for {asked!r}, and its adapter computes on {used!r}"


def _places(told: object, values: Array | None) -> tuple[int, ...] | None:
    """``told`` where it is a list of rows of ``values``; None where it is anything else, which no worker says."""
    rows = len(values) if values is not None and values.ndim else 0  # A law about shapes asks a value that is no row.
    if not isinstance(told, list) or not all(type(one) is int and 0 <= one < rows for one in told):
        return None
    return tuple(told)
