"""Runs inside a framework's environment: ``python -m adapters.tests.probe DONE_FD``, which answers every line
``NAME REQUESTS.json REPLIES.json`` of its standard input, by an adapter of its own, and writes a byte to DONE_FD then.
With ``apart`` as a fourth word it does so in a child of its own, forked from a process that has imported the framework
and asked it nothing.

Each request names subject, quantity, dtype, mode and a list of values as hex text (or count and seed); each reply says
what the adapter did, with results as hex text. ``script`` in a request also runs its reproduction, in this process
("single": and its second half); ``refused`` asks which values the default validation refuses;
``component`` asks for the component, and says which of the functions that it names did not run while it was answered.
"""

from __future__ import annotations

import contextlib
import importlib
import io
import json
import os
import runpy
import sys
import tempfile
import traceback
from pathlib import Path
from typing import Any

import numpy as np

from adapters.interface import NotOffered, evaluate
from adapters.interface.quantities import DISTRIBUTION_DECLARED, DISTRIBUTION_QUANTITIES, DRAWN, TRANSFORM_DECLARED


def numbers(dtype: str) -> Any:
    """The NumPy dtype of that name."""
    return importlib.import_module("ml_dtypes").bfloat16 if dtype == "bfloat16" else np.dtype(dtype)


def answer(adapter: Any, request: dict[str, Any]) -> dict[str, Any]:
    """What the adapter did with one request, as plain JSON values."""
    quantity, dtype = request["quantity"], request["dtype"]
    try:
        of_laws = DISTRIBUTION_QUANTITIES + DISTRIBUTION_DECLARED
        find = adapter.distribution if quantity in of_laws else adapter.transform
        bound = find(request["subject"], dtype, request["mode"])
        bound = bound.with_parameters(request["form"]) if "form" in request else bound
        if request.get("named"):
            return {"status": "ok", "component": bound.component(quantity).to_json()}
        value = np.array(0.0)
        if quantity in DRAWN:
            result = getattr(bound, quantity)(request["count"], request["seed"])
        else:
            if "values" in request:
                flat = [float.fromhex(text) for text in np.ravel(request["values"])]
                value = np.array(flat).astype(numbers(dtype)).reshape(np.shape(request["values"]))
            if "asked" in request:
                value, bound.event_axes = np.array(request["asked"], np.int64), request["event"]
            entered: set[Any] = set()
            if request.get("component"):
                # Of a function that returns None as its own tracer only the calls are told.
                sys.settrace(lambda frame, event, argument: entered.add(frame.f_code))
            try:
                # What is declared of no point is asked without one, as the worker asks.
                nowhere = quantity in TRANSFORM_DECLARED + DISTRIBUTION_DECLARED and not value.ndim
                result = evaluate(bound, quantity, None if nowhere else value)
            finally:
                sys.settrace(None)
        reply = {"status": "ok", "dtype": result.dtype.name, "shape": list(result.shape)}
        if request.get("refused"):
            reply["refused"] = bound.refused(quantity, value)
        reply["values"] = [float(v).hex() for v in np.ravel(result)]
        if request.get("component"):
            component = bound.component(quantity)
            reply["component"] = component.to_json()
            reply["unseen"] = [name for name in component.every() if not code_objects(name) & entered]
        if request.get("script"):
            script = bound.reproduction(quantity, value[0] if value.ndim and "asked" not in request else value)
            reply["code"], reply["printed"] = script.code, printed_by(script.code)
            if request["script"] == "single":
                reply["single"] = printed_by(script.code + script.single)[len(reply["printed"]) :]
        return reply
    except NotOffered as error:
        return {"status": "not offered", "message": str(error)}
    except Exception as error:
        return {"status": "raised", "message": f"{type(error).__name__}: {error}"}


def code_objects(name: str) -> set[Any]:
    """The code of the function of that name, and of what its decorators wrap."""
    path, found = name.split("."), None
    for cut in range(len(path) - 1, 0, -1):
        try:
            found = importlib.import_module(".".join(path[:cut]))
        except ImportError:
            continue
        for part in path[cut:]:
            found = vars(found)[part]
        break
    code = set()
    while found is not None:
        found = getattr(found, "fget", found)
        code.add(getattr(found, "__code__", None))
        found = getattr(found, "__wrapped__", None)
    return code - {None}


def printed_by(code: str) -> str:
    """What the script prints when it is run from a file in this process."""
    with tempfile.TemporaryDirectory() as folder, contextlib.redirect_stdout(io.StringIO()) as out:
        path = Path(folder, "snippet.py")
        path.write_text(code, encoding="utf-8")
        runpy.run_path(str(path), run_name="__main__")
    return out.getvalue()


def answered(name: str, requests: str, replies: str) -> None:
    """Answer every request of one file into another."""
    adapter = importlib.import_module(f"adapters.{name}").Adapter()
    described = json.loads(json.dumps(adapter.describe().to_json()))
    answers = [answer(adapter, request) for request in json.loads(Path(requests).read_text(encoding="utf-8"))]
    Path(replies).write_text(json.dumps({"description": described, "answers": answers}), encoding="utf-8")


def answered_apart(name: str, requests: str, replies: str, done: int) -> None:
    """The same in a child, after whose death this process ends as well, with its status."""
    importlib.import_module(f"adapters.{name}").Adapter()  # What takes seconds: it imports the framework.
    child = os.fork()
    if not child:
        status = 1
        try:
            answered(name, requests, replies)
            os.write(done, b".")
            status = 0
        except BaseException:
            traceback.print_exc()
        finally:
            sys.stderr.flush()
            os._exit(status)
    ended = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    if ended:
        sys.exit(ended if ended > 0 else f"the child ended by signal {-ended}")


def main(done: int) -> None:
    """Answer until nobody asks any more."""
    for line in sys.stdin:
        name, requests, replies, *apart = line.split()
        if apart:
            answered_apart(name, requests, replies, done)
        else:
            answered(name, requests, replies)
            os.write(done, b".")


if __name__ == "__main__":
    main(int(sys.argv[1]))
