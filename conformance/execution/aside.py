"""What a framework is asked besides its values: its scripts, its own names for things, what its defaults refuse."""

from __future__ import annotations

import abc
import contextlib
import json
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from typing import Any

import numpy as np

from adapters.interface.naming import Component
from adapters.interface.scripts import halves
from conformance.execution.classes import FoundClass, calls_of, classes_of, made_of, with_subjects
from conformance.execution.journal import Journal
from conformance.execution.operators import Watched, watched_from
from conformance.execution.process import WorkerDied, WorkerProcess, WorkerTimedOut
from conformance.execution.request import Array, Request, SnippetReply

_TOGETHER = 64
"""Questions about refusals that one frame holds: there is one for each finding, and an answer takes a worker less time
than a frame."""


class FrameworkUnusable(Exception):
    """The framework can't be started here; ``status`` is "raised", "crashed" or "timed_out", ``str`` is one line."""

    def __init__(self, status: str, message: str) -> None:
        super().__init__(status, message)  # Both, or it could not be unpickled on its way out of a process pool.
        self.status = status

    def __str__(self) -> str:
        return str(self.args[1])


class Aside(abc.ABC):
    """The part of a client that asks for texts and names. Replies are kept in the journal as those of evaluations."""

    _journal: Journal | None
    _lock: threading.Lock
    _process: WorkerProcess | None
    _timeout: float

    @abc.abstractmethod
    def _worker(self) -> WorkerProcess: ...

    @abc.abstractmethod
    def _bury(self) -> None: ...

    @abc.abstractmethod
    def _key(self, request: str, values: Array | None) -> str: ...

    @abc.abstractmethod
    def _load(self, key: str) -> tuple[dict[str, Any], list[Array]] | None: ...

    def snippet(self, code: str, fresh: bool = False) -> SnippetReply:
        """Run a reproduction in the worker, in a fresh namespace, under the same time limit: what it printed.

        Where the script has a second half (``adapters.interface.scripts.ALONE``), what that prints comes in ``single``.
        ``fresh``: in another process, which has done nothing before; it takes as long as starting the framework.
        """
        reply = self._snippet(code, fresh)
        first, alone = halves(code)
        if alone and reply.status in ("crashed", "timed_out"):
            # The second half may be to blame, and must not be taken for the script's own end.
            whole = self._snippet(first, fresh)
            return replace(whole, single=reply.message) if whole.status == "ok" else whole
        return reply

    def _snippet(self, code: str, fresh: bool) -> SnippetReply:
        question = {"op": "snippet", "code": code}
        return self._ask_for_text({**question, "fresh": True} if fresh else question, None)

    def reproduction(self, request: Request) -> SnippetReply:
        """The script, in the framework's own API, that evaluates ``request`` at its single point; in ``code``, not run.

        ``request.values`` has the shape of one input, () or (event,). Status "not_offered" where there is no script.
        """
        return self._ask_for_text({**request.header(), "op": "reproduction"}, request.values)

    def refuses(self, requests: Sequence[Request]) -> list[list[bool]]:
        """Per request and row of its values: whether the framework raises with its own default validation left on.

        A worker that dies, and a question that it cannot answer, is no refusal.
        """
        keys = [self._refusal_key(request) for request in requests]
        told: dict[int, list[bool]] = {}
        missing = []
        for at, key in enumerate(keys):
            known = self._load(key)
            if known is None:
                missing.append(at)
            else:
                told[at] = [bool(one) for one in known[0]["refused"]]
        for low in range(0, len(missing), _TOGETHER):
            places = missing[low : low + _TOGETHER]
            with self._lock:
                answers = self._refused([requests[at] for at in places])
            for at, rows in zip(places, answers, strict=True):
                if not isinstance(rows, list) or len(rows) != requests[at].rows:
                    continue
                told[at] = [bool(one) for one in rows]
                if self._journal:
                    record = {"refused": told[at], "timeout": self._timeout, "timed_out": False}
                    self._journal.store(keys[at], record, [])
        return [told.get(at, [False] * request.rows) for at, request in enumerate(requests)]

    def _refusal_key(self, request: Request) -> str:
        return self._key(json.dumps({**request.header(), "op": "refused"}, sort_keys=True), request.values)

    def _refused(self, requests: Sequence[Request]) -> list[Any]:
        """The worker's answers; None where it gave none, which is not to be remembered.

        Where a worker dies over several questions, each is asked alone: to halve them waits at every half for one that
        hangs, and starts anew, while a question that is answered takes no time.
        """
        questions = [request.header() for request in requests]
        arrays = [request.values for request in requests if request.values is not None]
        # Up to twice as long for a full frame: for each question in full, one that hangs would hold up all for an hour.
        timeout = self._timeout * (1 + (len(requests) - 1) / _TOGETHER)
        try:
            header, _ = self._worker().ask({"op": "refused", "questions": questions}, arrays, timeout)
        except FrameworkUnusable:
            return [None] * len(requests)
        except (WorkerDied, WorkerTimedOut):
            self._bury()
            if len(requests) == 1:
                return [None]
            return [answer for request in requests for answer in self._refused([request])]
        answers = header.get("refused")
        return answers if isinstance(answers, list) and len(answers) == len(requests) else [None] * len(requests)

    def operators(self, request: Request, instead: Mapping[int, Array]) -> Watched | None:
        """The answer to ``request`` and the elementary operators that were called for it.

        instead: what goes on in the place of an operator's output, by the operator's place in that order. None where
        the framework cannot be watched or gives no answer.
        """
        assert request.values is not None
        places = sorted(instead)
        sent = [request.values, *(instead[place] for place in places)]
        question = {**request.header(), "op": "operators", "instead": places}
        flat = np.concatenate([np.ascontiguousarray(each).reshape(-1).view(np.uint8) for each in sent])
        key = self._key(json.dumps({**question, "shape": [each.shape for each in sent]}, sort_keys=True), flat)
        known = self._load(key)
        if known is not None:
            return watched_from(*known)
        with self._lock:
            try:
                header, arrays = self._worker().ask(question, sent, self._timeout)
            except FrameworkUnusable:
                return None
            except (WorkerDied, WorkerTimedOut):
                self._bury()
                return None
        found = watched_from(header, arrays)
        if self._journal and found is not None:
            told = {"status": "ok", "operators": header["operators"]}
            self._journal.store(key, {**told, "timeout": self._timeout, "timed_out": False}, arrays)
        return found

    def components(self, requests: Sequence[Request]) -> list[Component]:
        """Per request the framework's own name of the function that computes its quantity; "" where there is none.

        Of a request only subject, quantity, dtype and mode count. Nothing is evaluated. A worker that dies over one of
        them costs that one.
        """
        asked = [{n: getattr(r, n) for n in ("subject", "quantity", "dtype", "mode")} for r in requests]
        keys = [self._key(json.dumps({"op": "components", **question}, sort_keys=True), None) for question in asked]
        found = [self._load(key) for key in keys]
        named = [Component("") if known is None else Component.from_json(known[0]["component"]) for known in found]
        missing = [at for at, known in enumerate(found) if known is None]
        if not missing:
            return named
        with self._lock:
            answers = self._named([asked[at] for at in missing])
        for at, tree in zip(missing, answers, strict=True):
            named[at] = Component.from_json(tree)
            if self._journal and tree is not None:
                record = {"component": tree, "timeout": self._timeout, "timed_out": False}
                self._journal.store(keys[at], record, [])
        return named

    def _named(self, questions: list[dict[str, str]]) -> list[Any]:
        """The worker's answers in the wire's form; None where it gave none, which is not to be remembered."""
        try:
            header, _ = self._worker().ask({"op": "components", "questions": questions}, [], self._timeout)
        except FrameworkUnusable:
            return [None] * len(questions)
        except (WorkerDied, WorkerTimedOut):
            self._bury()
            if len(questions) == 1:
                return [[""]]
            half = len(questions) // 2
            return self._named(questions[:half]) + self._named(questions[half:])
        answers = header.get("components")
        if not isinstance(answers, list) or len(answers) != len(questions):
            return [None] * len(questions)
        return answers

    def public_classes(self, requests: Sequence[Request]) -> tuple[list[FoundClass], dict[str, str]]:
        """The framework's public transform and distribution classes, and which of ``requests`` construct each; then
        by subject the constructor call of its object (``adapters.interface.calls``), where one is known.

        Of a request only subject, quantity, dtype and mode count; nothing is evaluated. One that cannot be bound
        constructs nothing, and a worker that dies over one of them costs that one. Raises FrameworkUnusable where the
        classes cannot be had.
        """
        asked = [{n: getattr(r, n) for n in ("subject", "quantity", "dtype", "mode")} for r in requests]
        key = self._key(json.dumps({"op": "classes", "questions": asked}, sort_keys=True), None)
        record: dict[str, Any] | None = (self._load(key) or (None,))[0]
        if record is None or "calls" not in record:  # Earlier releases kept no calls.
            with self._lock:
                found = self._found()
                places = self._constructed(asked, len(found))
            record = {
                "classes": [[each.kind, each.name, each.source] for each in found],
                "made_of": [[] if place is None else place[0] for place in places],
                "calls": ["" if place is None else place[1] for place in places],
                "timeout": self._timeout,
                "timed_out": False,
            }
            if self._journal and None not in places:  # A death may have been chance, and is not to be remembered.
                self._journal.store(key, record, [])
        subjects = [request.subject for request in requests]
        calls = {subject: call for subject, call in zip(subjects, record["calls"], strict=True) if call}
        return with_subjects(classes_of(record) or [], subjects, record["made_of"]), calls

    def _found(self) -> list[FoundClass]:
        try:
            header, _ = self._worker().ask({"op": "classes", "questions": []}, [], self._timeout)
        except WorkerTimedOut:
            self._bury()
            raise FrameworkUnusable("timed_out", f"its classes were not named within {self._timeout:g} s") from None
        except WorkerDied as death:
            self._bury()
            raise FrameworkUnusable("crashed", f"died while naming its classes: {death}") from None
        found = classes_of(header)
        if found is None:
            raise FrameworkUnusable("raised", f"could not name its classes: {one_line(header) or 'garbage'}")
        return found

    def _constructed(self, questions: list[dict[str, str]], classes: int) -> list[tuple[list[int], str] | None]:
        """Per question the places of classes in the list, and the constructor call; None where the worker died over
        it."""
        try:
            header, _ = self._worker().ask({"op": "classes", "questions": questions}, [], self._timeout)
            places, calls = made_of(header, len(questions), classes), calls_of(header, len(questions))
        except (WorkerDied, WorkerTimedOut):
            self._bury()
            places = calls = None
        if places is not None and calls is not None:
            return [*zip(places, calls, strict=True)]
        if len(questions) <= 1:
            return [None for _ in questions]
        half = len(questions) // 2
        return self._constructed(questions[:half], classes) + self._constructed(questions[half:], classes)

    def _ask_for_text(self, question: dict[str, Any], values: Array | None) -> SnippetReply:
        key = self._key(json.dumps(question, sort_keys=True), values)
        known = self._load(key)
        if known is not None:
            texts = {name: known[0][name] for name in ("status", "stdout", "message", "code", "single", "seconds")}
            return SnippetReply(**texts, reused=True)
        started = time.monotonic()
        with self._lock, contextlib.ExitStack() as later:
            if question.pop("fresh", False):
                later.callback(self._swap, self._process)
                self._process = None
            try:
                header, _ = self._worker().ask(question, [] if values is None else [values], self._timeout)
                # Whatever a frame that the framework forged says, these are texts.
                texts = {name: str(header.get(name, "")) for name in ("status", "stdout", "code", "single")}
                texts["message"] = one_line(header)
            except WorkerTimedOut:
                texts = {"status": "timed_out", "message": f"no answer within {self._timeout:g} s"}
                self._bury()
            except WorkerDied as death:
                texts = {"status": "crashed", "message": str(death)}
                self._bury()
            except FrameworkUnusable as problem:
                return SnippetReply(problem.status, message=str(problem), seconds=time.monotonic() - started)
        reply = SnippetReply(**texts, seconds=time.monotonic() - started)
        if self._journal:
            late = {"timeout": self._timeout, "timed_out": reply.status == "timed_out"}
            self._journal.store(key, {**asdict(reply), **late}, [])
        return reply

    def _swap(self, process: WorkerProcess | None) -> None:
        """Go back to ``process``; the one at hand is ended."""
        self._bury()
        self._process = process


def settled(code: str, ran: SnippetReply) -> tuple[str, str]:
    """The script as it is to be shown, and what it printed for one value alone if that is something else.

    A second half that shows nothing else is left out.
    """
    first, alone = halves(code)
    single = ran.single.strip()[-4000:]
    if not alone or not single or set(single.splitlines()) <= set(ran.stdout.strip().splitlines()):
        return first, ""
    return code, single


def one_line(header: dict[str, Any]) -> str:
    """The message of a reply, with the type of what was raised, on one line of at most 500 characters."""
    message = " ".join(str(header.get("message", "")).split())[:500]
    return f"{header['type']}: {message}" if header.get("type") else message
