"""The worker: answers the driver's requests with one framework, inside that framework's own environment.

    python -m adapters.worker --adapter torch --request-fd 5 --reply-fd 6
    python -m adapters.worker --adapter-file ./mine.py --request-fd 5 --reply-fd 6

Guarantee: whatever a request asks, and whatever Python-level error the framework raises, exactly one reply frame
(see ``adapters.interface.wire``) leaves on the reply descriptor. What a framework prints goes to descriptors 1 and 2
and never touches the protocol. A framework that kills the process, hangs, or writes on foreign descriptors is the
driver's to notice. The worker ends at "exit", at the end of the request stream, at a malformed request frame
(status 2), and as soon as nobody can read its replies any more.
"""

from __future__ import annotations

import os

if __name__ == "__main__":
    # Before NumPy loads its BLAS: threads would fight over the cores and move results about. The driver's choice wins.
    for _variable in ("OMP", "MKL", "OPENBLAS", "NUMEXPR", "VECLIB_MAXIMUM"):
        os.environ.setdefault(f"{_variable}_NUM_THREADS", "1")

import argparse
import contextlib
import faulthandler
import gc
import importlib
import importlib.util
import io
import re
import runpy
import select
import sys
import tempfile
import threading
import traceback
from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from adapters.interface import Adapter, BoundDistribution, BoundTransform, NotOffered, evaluate
from adapters.interface.calls import Recorded, call_of, recording
from adapters.interface.classes import PublicClass, made_of
from adapters.interface.contract import Array, evaluate_but, rows_left_out
from adapters.interface.operators import Watch
from adapters.interface.quantities import (
    DECLARED,
    DISTRIBUTION_DECLARED,
    DISTRIBUTION_QUANTITIES,
    DRAWN,
    OF_PAIRS,
    OF_SHAPES,
    SETS,
    SHAPES,
    STATISTICS,
    TRANSFORM_DECLARED,
    TRANSFORM_QUANTITIES,
)
from adapters.interface.scripts import ALONE, halves
from adapters.interface.spec import parse
from adapters.interface.wire import WireClosed, WireError, consecutive, receive, send

Reply = tuple[dict[str, Any], list[Array]]

_KEPT_BOUND = 64
_OF_TRANSFORMS = TRANSFORM_QUANTITIES + TRANSFORM_DECLARED
_QUANTITIES = _OF_TRANSFORMS + DISTRIBUTION_QUANTITIES + OF_PAIRS + DISTRIBUTION_DECLARED
_SAID = tuple(name for name in TRANSFORM_DECLARED + DISTRIBUTION_DECLARED if name not in SETS)
_WITHOUT_VALUE = (*STATISTICS, *DRAWN, *_SAID)


class RequestError(ValueError):
    """The driver's request makes no sense; the message says why, on one line. No framework was asked."""


class _Absent(NotOffered):
    """The framework does not have the subject at all, at this dtype and in this mode."""


class Worker:
    """One adapter and its answers. ``answer`` never raises an Exception: errors become replies."""

    def __init__(self, load: Callable[[], Adapter]) -> None:
        self._load = load
        self._adapter: Adapter | None = None
        # Binding is kept, because a compiled mode would otherwise compile anew for every block of inputs.
        self._bound: OrderedDict[tuple[str, str, str, str, str], BoundTransform | BoundDistribution] = OrderedDict()

    def answer(self, request: dict[str, Any], arrays: list[Array]) -> Reply:
        """The reply to one request: a header with "status" ok, not_offered or raised, and its arrays."""
        operations: dict[str, Callable[[dict[str, Any], list[Array]], Reply]] = {
            "describe": self._describe,
            "evaluate": self._evaluate,
            "reproduction": self._reproduction,
            "components": self._components,
            "classes": self._classes,
            "refused": self._refused,
            "snippet": self._snippet,
            "operators": self._operators,
        }
        try:
            operation = operations.get(str(request.get("op")))
            if operation is None:
                raise RequestError(f"unknown op {request.get('op')!r}; known: {', '.join(operations)}, exit")
            return operation(request, arrays)
        except NotOffered as absent:
            # "absent": whatever else is asked of this subject, there will be no answer.
            return {"status": "not_offered", "message": str(absent), "absent": isinstance(absent, _Absent)}, []
        except KeyboardInterrupt:
            raise
        except BaseException as problem:  # SystemExit and the framework's own oddities are results too.
            return raised(problem), []

    def _ready(self) -> Adapter:
        # Not at start-up: an import that fails must be answerable, and one that crashes belongs to a request.
        if self._adapter is None:
            self._adapter = self._load()
            # A framework's import leaves some hundred thousand objects that stay, and the collector would look at each
            # of them again and again: MindSpore collects by hand before every graph that it compiles.
            gc.collect()
            gc.freeze()
        return self._adapter

    def _describe(self, request: dict[str, Any], arrays: list[Array]) -> Reply:
        return {"status": "ok", "description": self._ready().describe().to_json()}, []

    def _evaluate(self, request: dict[str, Any], arrays: list[Array]) -> Reply:
        subject, quantity, dtype, mode = (_text(request, key) for key in ("subject", "quantity", "dtype", "mode"))
        if quantity not in _QUANTITIES:
            raise RequestError(f"unknown quantity {quantity!r}; known: {', '.join(_QUANTITIES)}")
        if "consecutive" in request:
            arrays = [consecutive(dtype, request["consecutive"]), *arrays]
        if len(arrays) != (0 if quantity in _WITHOUT_VALUE else 1):
            raise RequestError(f"{quantity} came with {len(arrays)} arrays")
        if arrays and arrays[0].dtype.name != dtype:
            raise RequestError(f"an array of {arrays[0].dtype.name} came for a request at {dtype}")
        if quantity in OF_SHAPES:
            arrays = [_shape(request)]
        bound = self._bind(subject, quantity, dtype, mode, str(request.get("form", "")))
        bound.event_axes = _integer(request, "event") if "event" in request else None
        if quantity in DRAWN:
            count, seed = (_integer(request, key) for key in ("count", "seed"))
            return {"status": "ok"}, [np.asarray(getattr(bound, quantity)(count, seed))]
        if not arrays or quantity in DECLARED:
            return {"status": "ok"}, [np.asarray(evaluate(bound, quantity, arrays[0] if arrays else None))]
        out = rows_left_out(bound, quantity, arrays[0])
        if not out.any():
            return {"status": "ok"}, [evaluate_but(bound, quantity, arrays[0], out)]
        left_out = np.flatnonzero(out).tolist()
        try:
            answers = evaluate_but(bound, quantity, arrays[0], out)
        except (NotOffered, KeyboardInterrupt):
            raise
        except BaseException as problem:  # As ``answer`` has it, and no fault of the rows that are left out.
            return {**raised(problem), "left_out": left_out}, []
        many = "1 input is" if len(left_out) == 1 else f"{len(left_out)} inputs are"
        why = f"{many} not asked: {bound.why_left_out}"
        return {"status": "ok", "left_out": left_out, "message": why}, [answers]

    def _bind(
        self, subject: str, quantity: str, dtype: str, mode: str, form: str = ""
    ) -> BoundTransform | BoundDistribution:
        kind = "transform" if quantity in _OF_TRANSFORMS else "distribution"
        key = (kind, subject, dtype, mode, form)
        if key not in self._bound:
            try:
                bound = getattr(self._ready(), kind)(subject, dtype, mode)
            except NotOffered as absent:
                raise _Absent(*absent.args) from absent
            self._bound[key] = bound.with_parameters(form) if form else bound
            if len(self._bound) > _KEPT_BOUND:
                self._bound.popitem(last=False)
        self._bound.move_to_end(key)
        return self._bound[key]

    def _refused(self, request: dict[str, Any], arrays: list[Array]) -> Reply:
        """Per question, which is about the array in its place: whether the framework's default validation of arguments
        refuses a row, for every row; None where that cannot be told."""
        questions = _questions(request)
        if len(questions) != len(arrays) or not all(array.ndim for array in arrays):
            raise RequestError(f"what is refused was asked by {len(questions)} questions with {len(arrays)} arrays")
        refused = [self._rows_refused(*pair) for pair in zip(questions, arrays, strict=True)]
        return {"status": "ok", "refused": refused}, []

    def _rows_refused(self, question: dict[str, Any], rows: Array) -> list[bool] | None:
        subject, quantity, dtype, mode = (_text(question, key) for key in ("subject", "quantity", "dtype", "mode"))
        try:
            return [bool(one) for one in self._bind(subject, quantity, dtype, mode).refused(quantity, rows)]
        except Exception:  # Not offered, or bound with an error, which an evaluation reports.
            return None

    def _operators(self, request: dict[str, Any], arrays: list[Array]) -> Reply:
        """``quantity`` at the first array, and the elementary operators that were called for it, each as its name, its
        function and its number of inputs; their inputs and output follow as arrays.

        "instead": places of operators whose output is replaced by the other arrays, in this order.
        """
        subject, quantity, dtype, mode = (_text(request, key) for key in ("subject", "quantity", "dtype", "mode"))
        places = request.get("instead", [])
        if not isinstance(places, list) or len(arrays) != 1 + len(places) or arrays[0].dtype.name != dtype:
            raise RequestError(f"operators of {quantity} came with {len(arrays)} arrays")
        bound = self._bind(subject, quantity, dtype, mode)
        if not bound.watchable:
            raise NotOffered("a call consists of too many operators")
        watch = Watch(dict(zip(places, arrays[1:], strict=True)))
        with self._ready().watching(watch):
            results = [np.asarray(evaluate(bound, quantity, arrays[0]))]
        for each in watch.seen:
            results += [*each.inputs, each.output]
        return {"status": "ok", "operators": [[one.name, one.function, len(one.inputs)] for one in watch.seen]}, results

    def _components(self, request: dict[str, Any], arrays: list[Array]) -> Reply:
        """The component of each of several questions, as ``Component.to_json`` writes it; "" for what is not there."""
        return {"status": "ok", "components": [self._component(question) for question in _questions(request)]}, []

    def _component(self, question: dict[str, Any]) -> list[Any]:
        subject, quantity, dtype, mode = (_text(question, key) for key in ("subject", "quantity", "dtype", "mode"))
        try:
            return self._bind(subject, quantity, dtype, mode).component(quantity).to_json()
        except Exception:  # Not offered, or bound with an error, which an evaluation reports.
            return [""]

    def _classes(self, request: dict[str, Any], arrays: list[Array]) -> Reply:
        """The framework's public classes, as ``PublicClass.to_json`` writes them, and per question the places in that
        list of those that the bound object is made of, and the call that constructed it."""
        every = list(self._ready().public_classes())
        with recording(every) as found:
            made = [self._made_of(question, every, found) for question in _questions(request)]
        places, calls = [places for places, _ in made], [call for _, call in made]
        return {"status": "ok", "classes": [each.to_json() for each in every], "made_of": places, "calls": calls}, []

    def _made_of(self, question: dict[str, Any], every: list[PublicClass], found: Recorded) -> tuple[list[int], str]:
        subject, quantity, dtype, mode = (_text(question, key) for key in ("subject", "quantity", "dtype", "mode"))
        try:
            objects = self._bind(subject, quantity, dtype, mode).constructed()
            return made_of(objects, every), call_of(objects[0], parse(subject), found) if objects else ""
        except Exception:  # Not offered, or bound with an error, which an evaluation reports.
            return [], ""

    def _reproduction(self, request: dict[str, Any], arrays: list[Array]) -> Reply:
        """The script that reproduces ``quantity`` at one point; it is not run."""
        subject, quantity, dtype, mode = (_text(request, key) for key in ("subject", "quantity", "dtype", "mode"))
        if quantity in SHAPES:
            arrays = [_shape(request) if quantity in OF_SHAPES else np.zeros(0)]
        if len(arrays) != 1:
            raise RequestError(f"a reproduction of {quantity} came with {len(arrays)} arrays")
        bound = self._bind(subject, quantity, dtype, mode, str(request.get("form", "")))
        bound.event_axes = _integer(request, "event") if "event" in request else None
        script = bound.reproduction(quantity, arrays[0])
        code = f"{script.code}{ALONE}{script.single}" if script.single else script.code
        return {"status": "ok", "code": code}, []

    def _snippet(self, request: dict[str, Any], arrays: list[Array]) -> Reply:
        """Run a script; what its second half prints (see ``Reproduction.single``) is told apart, as is its failure."""
        code, alone = halves(_text(request, "code"))
        reply = {"status": "ok", "single": ""}
        # A real file, since graph compilers ask for the source of what they compile.
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, "snippet.py")
            path.write_text(code, encoding="utf-8")
            with contextlib.redirect_stdout(io.StringIO()) as printed:
                names = runpy.run_path(str(path), run_name="__main__")
            reply["stdout"] = printed.getvalue()
            if alone:
                with contextlib.redirect_stdout(io.StringIO()) as printed:
                    try:
                        exec(alone, names)
                    except Exception as problem:
                        print(f"{type(problem).__name__}: {' '.join(str(problem).split())[:500]}")
                reply["single"] = printed.getvalue()
        return reply, []


# Looked up while files can still be opened: it writes one.
_TEMPORARY = r"(?<![\w/])" + re.escape(tempfile.gettempdir() + os.sep) + r"[^\s:\"',;]+"


def raised(problem: BaseException) -> dict[str, Any]:
    """The reply header for an exception: its type, its message and a bounded traceback.

    A message that names a file of this worker's temporary folder, as a compiler's does, has no name in its place: the
    folder's, and that of a module in it, are others in every run, and the message enters what two runs are compared by.
    """
    try:
        message = str(problem)
    except Exception:
        message = "(the exception has no text)"
    message = re.sub(_TEMPORARY, "a temporary file", message)
    # RecursionError has a thousand frames; the ends tell the story.
    text = "".join(traceback.format_exception(type(problem), problem, problem.__traceback__, limit=-20))
    return {"status": "raised", "type": type(problem).__name__, "message": message[:4000], "traceback": text[-20000:]}


def serve(worker: Worker, requests: io.BufferedIOBase, replies: io.BufferedIOBase) -> int:
    """Answer until the driver says exit or is gone; the process's exit status."""
    while True:
        try:
            request, arrays = receive(requests)  # type: ignore[arg-type]
        except WireClosed:
            return 0
        except WireError as problem:
            print(f"worker: {problem}", file=sys.stderr, flush=True)
            return 2
        leaving = request.get("op") == "exit"
        header, results = ({"status": "ok"}, []) if leaving else worker.answer(request, arrays)
        try:
            try:
                send(replies, header, results)  # type: ignore[arg-type]
            except WireError as problem:  # Such as a framework that answered with complex numbers.
                send(replies, {**raised(problem), "left_out": header.get("left_out", [])})  # type: ignore[arg-type]
        except BrokenPipeError:
            return 0
        if leaving:
            return 0


def load_adapter(name: str | None, file: str | None) -> Adapter:
    """Construct ``adapters.<name>.Adapter``, or the class ``Adapter`` of the file. Import errors pass through."""
    if file is not None:
        spec = importlib.util.spec_from_file_location(f"adapter_file_{Path(file).stem}", file)
        if spec is None or spec.loader is None:
            raise ImportError(f"{file} is not a Python file")
        folder = str(Path(file).resolve().parent)
        if folder not in sys.path:
            # As if the file were run: what lies beside it comes before what is installed, but this project first.
            sys.path.insert(1, folder)
        module = importlib.util.module_from_spec(spec)
        sys.modules[spec.name] = module
        spec.loader.exec_module(module)
    else:
        module = importlib.import_module(f"adapters.{name}")
    adapter: Adapter = module.Adapter()
    return adapter


def _questions(request: dict[str, Any]) -> list[dict[str, Any]]:
    questions = request.get("questions")
    if not isinstance(questions, list) or not all(isinstance(question, dict) for question in questions):
        raise RequestError("the request needs 'questions' as a list of objects")
    return questions


def _text(request: dict[str, Any], key: str) -> str:
    if not isinstance(request.get(key), str):
        raise RequestError(f"the request needs {key!r} as text")
    return str(request[key])


def _integer(request: dict[str, Any], key: str) -> int:
    if type(request.get(key)) is not int or request[key] < 0:
        raise RequestError(f"the request needs {key!r} as a natural number")
    return int(request[key])


def _shape(request: dict[str, Any]) -> Array:
    """The shape that is asked about, as a vector of its sizes."""
    sizes = request.get("shape")
    if not isinstance(sizes, list) or not all(type(size) is int and size >= 0 for size in sizes):
        raise RequestError("the request needs 'shape' as a list of natural numbers")
    return np.array(sizes, np.int64)


def _leave_with_the_driver(reply_fd: int) -> None:
    """End the process once the reply pipe has no reader, also while the framework computes or hangs."""
    watch = select.poll()
    watch.register(reply_fd, 0)  # POLLERR and POLLHUP are reported unasked.
    watch.poll()
    os._exit(0)


def main(arguments: list[str] | None = None) -> int:
    """Parse the command line and serve. The exit status is 0, or 2 for a malformed command or frame."""
    parser = argparse.ArgumentParser(prog="python -m adapters.worker", description="Answers for one framework.")
    which = parser.add_mutually_exclusive_group(required=True)
    which.add_argument("--adapter", help="name of a folder under adapters/")
    which.add_argument("--adapter-file", help="Python file with a class named Adapter")
    parser.add_argument("--request-fd", type=int, required=True, help="descriptor to read requests from")
    parser.add_argument("--reply-fd", type=int, required=True, help="descriptor to write replies to")
    options = parser.parse_args(arguments)
    faulthandler.enable()
    for descriptor in (options.request_fd, options.reply_fd):
        os.set_inheritable(descriptor, False)  # Compilers that the framework starts must not hold the wire open.
    threading.Thread(target=_leave_with_the_driver, args=(options.reply_fd,), daemon=True).start()
    worker = Worker(lambda: load_adapter(options.adapter, options.adapter_file))
    with os.fdopen(options.request_fd, "rb") as requests, os.fdopen(options.reply_fd, "wb") as replies:
        status = serve(worker, requests, replies)
    sys.stdout.flush()
    sys.stderr.flush()
    # Frameworks' own exit handlers crash or hang often enough; every reply has been sent.
    os._exit(status)


if __name__ == "__main__":
    sys.exit(main())
