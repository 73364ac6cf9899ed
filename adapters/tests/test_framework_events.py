"""Maps of vectors and matrices in every framework that has them: the functions that their subjects name."""

from __future__ import annotations

from typing import Any

import mpmath as mp
import pytest

from adapters.tests.checking import Request, ask, in_hex
from adapters.tests.event_forms import BITS, EVENT_FORMS, EventForm, events

pytestmark = pytest.mark.frameworks

QUANTITIES = ("forward", "fldj", "inverse", "ildj")
WITHOUT_LOG_DET = ("lower_cholesky", "positive_definite")
RESHAPE = "reshape(event_in=[2.0,3.0],event_out=[3.0,2.0])"
HAS = {
    "tfp": [subject for subject in EVENT_FORMS if subject not in WITHOUT_LOG_DET],
    "torch": [RESHAPE, *WITHOUT_LOG_DET],
    "paddle": [RESHAPE],
}


def _asked(subject: str, quantity: str, mode: str) -> Request:
    form = EVENT_FORMS[subject]
    with mp.workprec(BITS):
        x, y, _ = events(subject, "float64", 2)
    back = quantity in ("inverse", "ildj")
    values = (y if back else x).reshape(-1, *(form.shape_out if back else form.shape_in)).tolist()
    return {
        "subject": subject,
        "quantity": quantity,
        "dtype": "float64",
        "mode": mode,
        "values": [in_hex(value) for value in values],
    }


def _exact(form: EventForm, subject: str, quantity: str) -> list[Any]:
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
    asked = [_asked(subject, quantity, mode) for subject in EVENT_FORMS for quantity in QUANTITIES for mode in modes]
    _, replies = ask(framework, asked)
    seen: set[str] = set()
    for request, reply in zip(asked, replies, strict=True):
        subject, quantity = request["subject"], request["quantity"]
        lacking = framework == "torch" and subject in WITHOUT_LOG_DET and quantity.endswith("ldj")
        if subject not in HAS[framework] or lacking:
            assert reply["status"] == "not offered", request
            continue
        assert reply["status"] == "ok", (request, reply)
        got = [float.fromhex(text) for text in reply["values"]]
        with mp.workprec(BITS):
            exact = [float(v) for v in _exact(EVENT_FORMS[subject], subject, quantity)]
        got = got * len(exact) if len(got) == 1 else got  # A constant log-det may come once for all.
        assert got == pytest.approx(exact, rel=1e-6, abs=1e-6), request
        seen.add(subject)
    assert seen == set(HAS[framework])
