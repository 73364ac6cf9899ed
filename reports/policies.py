"""The deterministic action of squashed policies, from ``actions.json`` beside the files of the run."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import msgspec

from conformance.actions.records import ActionsDocument
from conformance.actions.telling import (
    ANSWERS,
    STATED,
    TRUTHS,
    answer_rows,
    meanings,
    meanings_of_answers,
    meanings_of_stated,
    scripts,
    stated_rows,
    truth_rows,
)
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
    """What the template prints: the three tables, and once for each framework and purpose what to write."""
    if document is None:
        return None
    asked: dict[str, str] = {}
    for one in document.frameworks:
        asked.setdefault(one.framework, one.version)
    return {
        "dtype": document.dtype,
        "suite_version": document.suite_version,
        "draws": document.draws,
        "truth_heads": TRUTHS,
        "truths": truth_rows(document),
        "meanings": meanings(document.clip, document.draws),
        "of_frameworks": [
            {
                "title": "Mode, median, mean and entropy",
                "heads": STATED,
                "rows": stated_rows(document),
                "meanings": meanings_of_stated(document.draws),
            },
            {
                "title": "Own draws, actions inverted again, and clipped ones",
                "heads": ANSWERS,
                "rows": answer_rows(document),
                "meanings": meanings_of_answers(document.clip),
            },
        ],
        "frameworks": [f"{name} {version}".strip() for name, version in asked.items()],
        "scripts": scripts(document),
    }
