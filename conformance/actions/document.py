"""What was found about policies, as the document ``actions.json``."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from typing import Any

import msgspec

import conformance
from conformance.actions.answers import Answers
from conformance.actions.policies import CLIP, DRAWS, Truth
from conformance.actions.records import ActionsDocument, PolicyAnswers, PolicyTruth
from conformance.judging.confirm import json_number


def document_of(dtype: str, truths: Iterable[Truth], answers: Iterable[Answers]) -> ActionsDocument:
    """The document of what was found."""
    return ActionsDocument(
        suite_version=conformance.__version__,
        dtype=dtype,
        clip=CLIP,
        draws=DRAWS,
        policies=[_read(one, PolicyTruth) for one in truths],
        frameworks=[_read(one, PolicyAnswers) for one in answers],
    )


def _read(one: Truth | Answers, kind: Any) -> Any:
    found = asdict(one)
    for name in ("remedy", "action"):
        script = getattr(one, name, None)
        if script is not None:
            found[name] = msgspec.to_builtins(script)
    return msgspec.convert(_plain(found), kind)


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _plain(inner) for key, inner in value.items()}
    if isinstance(value, tuple | list):
        return [_plain(inner) for inner in value]
    return json_number(value) if isinstance(value, float) else value
