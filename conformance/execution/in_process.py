"""An adapter behind the real worker's own dispatch, without a process: fast enough for hundreds of cases."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np

from adapters.interface import Adapter, Component
from adapters.worker import Worker
from conformance.execution.operators import Watched, watched_from
from conformance.execution.request import Array, Fate, Reply, Request, fates_of


class InProcess:
    """``evaluate`` as a FrameworkClient answers, except that a block that raises is not searched for guilty rows."""

    def __init__(self, load: Callable[[], Adapter]) -> None:
        self._worker = Worker(load)

    def evaluate(self, request: Request) -> Reply:
        arrays = [] if request.values is None else [request.values.copy()]
        with np.errstate(all="ignore"):
            header, results = self._worker.answer(request.header(), arrays)
        status = str(header["status"])
        message = " ".join(f"{header.get('type', '')} {header.get('message', '')}".split())
        left_out = header.get("left_out", ())
        if status == "ok":
            return Reply("ok", results[0], fates_of(request.rows, left_out), message)
        fate = fates_of(request.rows, left_out, Fate.RAISED) if status == "raised" else None
        return Reply(status, None, fate, message)

    def components(self, requests: Sequence[Request]) -> list[Component]:
        """The components as a FrameworkClient names them."""
        names = ("subject", "quantity", "dtype", "mode")
        questions = [{name: getattr(request, name) for name in names} for request in requests]
        header, _ = self._worker.answer({"op": "components", "questions": questions}, [])
        return [Component.from_json(tree) for tree in header["components"]]

    def operators(self, request: Request, instead: Mapping[int, Array]) -> Watched | None:
        """The answer and the operators that were called for it, as a FrameworkClient finds them."""
        assert request.values is not None
        places = sorted(instead)
        question = {**request.header(), "op": "operators", "instead": places}
        with np.errstate(all="ignore"):
            return watched_from(*self._worker.answer(question, [request.values, *(instead[at] for at in places)]))
