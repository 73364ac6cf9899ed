"""The two documented file formats, as the schema files beside this module define them."""

from __future__ import annotations

import functools
import json
import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import numpy as np

Json = dict[str, Any]

FORMAT_VERSION = 1
SCHEMA_FILES = {
    "conformance-results": "results.schema.json",
    "conformance-findings": "findings.schema.json",
}
NON_FINITE = {"inf": math.inf, "-inf": -math.inf, "nan": math.nan}
_NUMBER_TYPES = ("#/$defs/number", "#/$defs/number_or_null")


class FormatError(ValueError):
    """A document breaks its format; the message is one line that names the place and what is wrong there."""


@functools.cache
def schema(format_name: str) -> Json:
    """The JSON Schema (draft 2020-12) of a format. Raises FormatError, naming the formats, for an unknown one."""
    if format_name not in SCHEMA_FILES:
        raise FormatError(f"format is {format_name!r}; known: {', '.join(SCHEMA_FILES)}")
    loaded: Json = json.loads(Path(__file__).with_name(SCHEMA_FILES[format_name]).read_text(encoding="utf-8"))
    return loaded


def check(document: Any, expected_format: str | None = None) -> None:
    """Raise FormatError unless ``document`` is of the expected (or any known) format, of this version, and valid.

    Beyond the schema: no two cells have the same axes, and no two findings the same id.
    """
    if not isinstance(document, dict):
        raise FormatError("the file is not a JSON object")
    name = document.get("format")
    if expected_format is not None and name != expected_format:
        raise FormatError(f"format is {name!r}, not {expected_format!r}")
    rules = schema(str(name))
    if document.get("format_version") != FORMAT_VERSION:
        raise FormatError(f"format_version is {document.get('format_version')!r}; this release reads {FORMAT_VERSION}")
    error = next(iter(jsonschema.Draft202012Validator(rules).iter_errors(document)), None)
    if error is not None:
        raise FormatError(f"{_place(error.absolute_path)}: {' '.join(error.message.split())[:240]}")
    for rows, axes in (("cells", CELL_AXES), ("findings", ("id",))):
        seen: set[tuple[str, ...]] = set()
        for at, row in enumerate(document.get(rows, ())):
            key = tuple(row[axis] for axis in axes)
            if key in seen:
                raise FormatError(f"{rows}[{at}] repeats {' / '.join(key)}")
            seen.add(key)


CELL_AXES = ("framework", "version", "device", "mode", "dtype", "subject", "quantity")


def undocumented(document: Json) -> list[str]:
    """Fields of ``document`` that its schema does not describe, as places such as ``findings[0].worst.extra``.

    A reader ignores such fields, since a later release may have added them; a writer must not make them.
    """
    rules = schema(str(document.get("format")))
    return [place for place, _, known in _walk(document, rules, rules, "") if not known]


def numbers_as_text(value: Any) -> Any:
    """A copy of ``value`` that strict JSON can hold: non-finite floats become "inf", "-inf", "nan"."""
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, float) and not math.isfinite(value):
        return "nan" if math.isnan(value) else "inf" if value > 0 else "-inf"
    if isinstance(value, dict):
        return {key: numbers_as_text(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [numbers_as_text(part) for part in value]
    return value


def text_as_numbers(document: Json) -> Json:
    """The inverse of ``numbers_as_text``, in place: "inf", "-inf" and "nan" become floats where the schema has a
    number. Texts that merely read so, such as a decimal input, stay texts.
    """
    rules = schema(str(document.get("format")))
    for _, holder, _ in _walk(document, rules, rules, ""):
        if holder is not None:
            row, key = holder
            row[key] = NON_FINITE[row[key]]
    return document


Holder = tuple[Any, Any]


def _walk(value: Any, rules: Json, root: Json, place: str) -> Iterator[tuple[str, Holder | None, bool]]:
    """Every undocumented field (known False) and every non-finite number's holder (container, key) under ``value``."""
    if "$ref" in rules:
        rules = root["$defs"][rules["$ref"].rsplit("/", 1)[1]]
    if isinstance(value, dict):
        properties = rules.get("properties", {})
        others = rules.get("additionalProperties")
        for key, part in value.items():
            where = f"{place}.{key}" if place else str(key)
            inner = properties.get(key, others)
            if inner is None:
                yield where, None, False
            else:
                yield from _one(value, key, part, inner, root, where)
    elif isinstance(value, list):
        for at, part in enumerate(value):
            yield from _one(value, at, part, rules.get("items", {}), root, f"{place}[{at}]")


def _one(
    holder: Any, key: Any, part: Any, rules: Json, root: Json, where: str
) -> Iterator[tuple[str, Holder | None, bool]]:
    if rules.get("$ref") in _NUMBER_TYPES:
        if isinstance(part, str) and part in NON_FINITE:
            yield where, (holder, key), True
    elif isinstance(part, dict | list):
        yield from _walk(part, rules, root, where)


def _place(path: Any) -> str:
    place = ""
    for part in path:
        place += f"[{part}]" if isinstance(part, int) else f"{'.' if place else ''}{part}"
    return place or "the top level"
