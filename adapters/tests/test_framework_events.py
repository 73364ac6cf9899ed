"""Maps of vectors and matrices in every framework that has them: the functions that their subjects name."""

from __future__ import annotations

from functools import cache
from itertools import product
from typing import Any

import mpmath as mp
import pytest

from adapters.interface.quantities import TRANSFORM_QUANTITIES
from adapters.tests.checking import ask, request
from adapters.tests.event_forms import BITS, EVENT_FORMS, EventForm, events

pytestmark = pytest.mark.frameworks

WITHOUT_LOG_DET = ("lower_cholesky", "positive_definite", "softmax")
RESHAPE = "reshape(event_in=[2.0,3.0],event_out=[3.0,2.0])"
SLICED = [subject for subject in EVENT_FORMS if subject.startswith(("concatenate", "stack"))]
HAS = {
    # Blockwise cuts the last axis only.
    "tfp": [subject for subject in EVENT_FORMS if subject not in WITHOUT_LOG_DET and "ndims" not in subject],
    "torch": [RESHAPE, *WITHOUT_LOG_DET, *SLICED],
    "paddle": [RESHAPE, "softmax", *(subject for subject in SLICED if subject.startswith("stack"))],
}


@cache
def _exact(subject: str, quantity: str) -> tuple[float, ...]:
    with mp.workprec(BITS):
        return tuple(float(v) for v in _worked_out(EVENT_FORMS[subject], subject, quantity))


def _worked_out(form: EventForm, subject: str, quantity: str) -> list[Any]:
    x, y, starts = events(subject, "float64", 2)
    rows = [[mp.mpf(float(v)) for v in row] for row in x]
    if quantity == "forward":
        return [v for row in rows for v in form.forward(row)]
    if quantity == "fldj":
        return [form.log_det(row) for row in rows]
    back = [form.inverse([mp.mpf(float(v)) for v in row], at) for row, at in zip(y, starts, strict=True)]
    return [v for row in back for v in row] if quantity == "inverse" else [-form.log_det(row) for row in back]


@pytest.mark.parametrize("framework", HAS)
def test_every_answer_is_the_map_that_its_subject_names(framework: str) -> None:
    modes = ("eager", "function") if framework == "tfp" else ("eager",)
    asked = [
        request(subject, quantity, "float64", mode)
        for subject, quantity, mode in product(EVENT_FORMS, TRANSFORM_QUANTITIES, modes)
    ]
    _, replies = ask(framework, asked)
    seen: set[str] = set()
    for question, reply in zip(asked, replies, strict=True):
        subject, quantity = question["subject"], question["quantity"]
        lacking = subject in WITHOUT_LOG_DET and quantity.endswith("ldj")
        if subject not in HAS[framework] or lacking:
            assert reply["status"] == "not offered", question
            continue
        if framework == "paddle" and subject.startswith("stack(") and "affine" in subject and quantity.endswith("ldj"):
            # The log-det of its affine map has the shape of the parameters, and is stacked as it is.
            assert reply["status"] == "raised", (question, reply)
            continue
        if subject.startswith("stack(") and quantity.endswith("ldj") and "dim=0.0" not in subject:
            # A negative axis is one of the events' by the domain, and the log-dets along it are not summed.
            expected = 2 * len(question["values"])
            assert framework == "tfp" or len(reply["values"]) == expected, (question, reply)
            if framework != "tfp":
                continue
        assert reply["status"] == "ok", (question, reply)
        got = [float.fromhex(text) for text in reply["values"]]
        exact = list(_exact(subject, quantity))
        got = got * len(exact) if len(got) == 1 else got  # A constant log-det may come once for all.
        assert got == pytest.approx(exact, rel=1e-6, abs=1e-6), question
        seen.add(subject)
    assert seen == set(HAS[framework])
