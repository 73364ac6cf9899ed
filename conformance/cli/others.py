"""What frameworks answer at one input, beside the truth: for ``conformance explain ... --framework``."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from adapters.interface.quantities import LOG_QUANTITIES, STATISTICS
from conformance.execution.client import FrameworkClient, FrameworkUnusable
from conformance.execution.environments import ensure
from conformance.execution.home import home
from conformance.execution.request import Fate
from conformance.floats.enclosures import Kind
from conformance.floats.formats import Format
from conformance.floats.regions import Region
from conformance.judging.cases import build_case
from conformance.judging.confirm import decimal_text, hex_text, json_number
from conformance.judging.profile import PROFILES
from conformance.laws.l11_statistics import measured
from conformance.laws.measure import Measure
from conformance.oracle.oracle import Oracle
from conformance.scoring.failures import FATES, Failure


@dataclass(frozen=True)
class Answer:
    """What one framework answered. status: "ok", "failed" (it cannot be started), "not_asked" (the adapter makes no
    call there), else the reply's; then ``message`` says why. verdict: "right", or the kind of failure of the element
    that is farthest off."""

    framework: str
    version: str = ""
    mode: str = ""
    status: str = "ok"
    message: str = ""
    got: str = ""
    got_hex: str = ""
    verdict: str = ""
    ulp: float | str | None = None
    nats: float | str | None = None

    def text(self) -> str:
        """In words."""
        if self.status == "not_asked":
            return f"{self.version}: {self.message}"
        if self.status != "ok":
            return f"{self.version} {self.status.replace('_', ' ')}: {self.message}".strip()
        off = f"{float(self.ulp):.3g} ulp off" if self.ulp is not None else ""
        if self.nats is not None:
            off += f", {float(self.nats):.3g} nats"
        return f"{self.got} ({self.got_hex}): {self.verdict}, {off} ({self.version}, {self.mode})"


def answers_of(
    frameworks: Sequence[str],
    mode: str,
    subject: str,
    quantity: str,
    values: NDArray[Any],
    fmt: Format,
    oracle: Oracle,
) -> list[Answer]:
    """One Answer per framework, each asked in its own environment, which is installed when it is not there yet."""
    return [_answer(name, mode, subject, quantity, values, fmt, oracle) for name in frameworks]


def _answer(
    name: str, mode: str, subject: str, quantity: str, values: NDArray[Any], fmt: Format, oracle: Oracle
) -> Answer:
    environment = ensure(name, home() / "environments", lambda text: print(text, file=sys.stderr))
    with FrameworkClient(environment, name) as client:
        try:
            description = client.describe()
        except FrameworkUnusable as problem:
            return Answer(name, status="failed", message=str(problem))
        version = str(description["version"])
        for kind, wanted in (("dtype", fmt.name), ("mode", mode)):
            if wanted not in description[f"{kind}s"]:
                return Answer(name, version, mode, "not_offered", f"{kind} {wanted}")
        flushes = bool(description.get("flush_to_zero", {}).get(fmt.name, False))
        case = build_case(client, oracle, subject, fmt.name, mode, PROFILES["default"], 0, flushes=flushes)
        if quantity in STATISTICS:
            reply = case.ask(quantity)
            if reply.status == "not_offered":
                return Answer(name, version, mode, reply.status, reply.message)
            measure = measured(case, subject, quantity, reply)
        else:
            measure = case.measure_at(quantity, values, np.full(len(values), Region.ORDINARY, np.uint8))
    if measure.status not in ("ok", "mixed") or not len(measure.got):
        return Answer(name, version, mode, measure.status, measure.message)
    return _scored(name, version, mode, quantity, measure)


def _scored(name: str, version: str, mode: str, quantity: str, measure: Measure) -> Answer:
    if (measure.failures == FATES[Fate.LEFT_OUT]).all() and (measure.truth.kind != Kind.UNDECIDED).all():
        return Answer(name, version, mode, "not_asked", measure.message)
    off = np.nan_to_num(measure.distances.ulp, nan=np.inf)
    failing = (measure.failures != Failure.NONE) & (measure.failures != Failure.UNDECIDED)
    worst = int(np.lexsort((off, failing))[-1])
    return Answer(
        framework=name,
        version=version,
        mode=mode,
        message=measure.message,
        got=decimal_text(measure.got),
        got_hex=hex_text(measure.got),
        verdict=Failure(int(measure.failures[worst])).label,
        ulp=json_number(measure.distances.ulp[worst]),
        nats=json_number(measure.distances.nats[worst]) if quantity in LOG_QUANTITIES else None,
    )
