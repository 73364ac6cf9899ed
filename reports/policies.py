"""The deterministic action of squashed policies, from ``actions.json`` beside the files of the run."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import msgspec

from conformance.actions.records import ActionsDocument
from conformance.actions.telling import ANSWERS, TRUTHS, answer_rows, meanings, truth_rows
from conformance.causes.records import Remedy
from reports.refusal import ReportRefused
from reports.text import visible_everywhere

Json = dict[str, Any]
FILE = "actions.json"
WAY_OUT = "conformance actions --out DIR writes it anew; without it the page is printed all the same"


def load_policies(path: Path) -> ActionsDocument | None:
    """The document, every string made visible; None where there is no such file, which the page then says.

    Raises ReportRefused, one line with the way out, where the file is damaged or of another version.
    """
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    except OSError as error:
        raise ReportRefused(f"{path} cannot be read: {error.strerror or error}") from None
    except (ValueError, RecursionError) as error:
        raise ReportRefused(f"{path} is not JSON: {error}; {WAY_OUT}") from None
    try:
        if not isinstance(document, dict) or "format" not in document or "format_version" not in document:
            raise msgspec.ValidationError("it does not say what it is")
        return msgspec.convert(visible_everywhere(document), ActionsDocument)
    except msgspec.ValidationError as error:
        raise ReportRefused(f"{path} is malformed: {error}; {WAY_OUT}") from None


def policies(document: ActionsDocument | None) -> Json | None:
    """What the template prints: the two tables, and once for each framework what to write instead."""
    if document is None:
        return None
    remedies: dict[str, Remedy] = {}
    asked: dict[str, str] = {}
    for one in document.frameworks:
        asked.setdefault(one.framework, one.version)
        if one.remedy is not None:
            remedies.setdefault(one.framework, one.remedy)
    return {
        "dtype": document.dtype,
        "suite_version": document.suite_version,
        "draws": document.draws,
        "truth_heads": TRUTHS,
        "truths": truth_rows(document),
        "meanings": meanings(document.clip, document.draws),
        "answer_heads": ANSWERS,
        "answers": answer_rows(document),
        "frameworks": [f"{name} {version}".strip() for name, version in asked.items()],
        "remedies": list(remedies.items()),
    }
