"""Runs inside a framework's environment: ``python -m adapters.tests.probe NAME REQUESTS.json REPLIES.json``.

Each request names subject, quantity, dtype, mode and a list of values as hex text (or count and seed); each reply says
what the adapter did, with results as hex text. ``script`` in a request also runs its reproduction, in this process.
"""

from __future__ import annotations

import contextlib
import importlib
import io
import json
import runpy
import sys
import tempfile
from pathlib import Path
from typing import Any

import numpy as np

from adapters.interface import NotOffered, evaluate
from adapters.interface.contract import DISTRIBUTION_QUANTITIES


def numbers(dtype: str) -> Any:
    """The NumPy dtype of that name."""
    return importlib.import_module("ml_dtypes").bfloat16 if dtype == "bfloat16" else np.dtype(dtype)


def answer(adapter: Any, request: dict[str, Any]) -> dict[str, Any]:
    """What the adapter did with one request, as plain JSON values."""
    quantity, dtype = request["quantity"], request["dtype"]
    try:
        find = adapter.distribution if quantity in DISTRIBUTION_QUANTITIES else adapter.transform
        bound = find(request["subject"], dtype, request["mode"])
        value = np.array(0.0)
        if quantity in ("sample", "entropy_estimate"):
            result = getattr(bound, quantity)(request["count"], request["seed"])
        else:
            if "values" in request:
                flat = [float.fromhex(text) for text in np.ravel(request["values"])]
                value = np.array(flat).astype(numbers(dtype)).reshape(np.shape(request["values"]))
            result = evaluate(bound, quantity, value)
        reply = {"status": "ok", "dtype": result.dtype.name, "shape": list(result.shape)}
        reply["values"] = [float(v).hex() for v in np.ravel(result)]
        if request.get("script"):
            reply["code"] = bound.reproduction(quantity, value[0] if value.ndim else value).code
            reply["printed"] = printed_by(reply["code"])
        return reply
    except NotOffered as error:
        return {"status": "not offered", "message": str(error)}
    except Exception as error:
        return {"status": "raised", "message": f"{type(error).__name__}: {error}"}


def printed_by(code: str) -> str:
    """What the script prints when it is run from a file in this process."""
    with tempfile.TemporaryDirectory() as folder, contextlib.redirect_stdout(io.StringIO()) as out:
        path = Path(folder, "snippet.py")
        path.write_text(code, encoding="utf-8")
        runpy.run_path(str(path), run_name="__main__")
    return out.getvalue()


def main(name: str, requests: str, replies: str) -> None:
    """Answer every request of one file into another."""
    adapter = importlib.import_module(f"adapters.{name}").Adapter()
    described = json.loads(json.dumps(adapter.describe().to_json()))
    answers = [answer(adapter, request) for request in json.loads(Path(requests).read_text(encoding="utf-8"))]
    Path(replies).write_text(json.dumps({"description": described, "answers": answers}), encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
