"""JSON Schemas generated from the types of documents; ``python -m conformance.cli.schemas`` writes the files."""

from __future__ import annotations

import functools
import json
from typing import Any

import msgspec


class FormatError(ValueError):
    """A document breaks its format; the message is one line that names the place and what is wrong there."""


@functools.cache
def identity(document: type[msgspec.Struct]) -> tuple[str, int]:
    """The ``format`` and the ``format_version`` that a type of document declares."""
    fields = {field.name: field.type for field in msgspec.inspect.type_info(document).fields}  # type: ignore[attr-defined]
    return fields["format"].values[0], fields["format_version"].values[0]


def schema_of(document: type[msgspec.Struct]) -> dict[str, Any]:
    """The JSON Schema (draft 2020-12) of a type of document, with a description of every field in words."""
    (schema,), definitions = msgspec.json.schema_components([document], ref_template="#/$defs/{name}")
    name = schema["$ref"].rsplit("/", 1)[1]
    top = definitions.pop(name)
    title, _ = identity(document)
    # A reader refuses a document that does not say what it is, whatever the types have as defaults.
    required = ["format", "format_version", *(key for key in top["required"] if not key.startswith("format"))]
    for key in ("format", "format_version"):
        top["properties"][key] = {"const": top["properties"][key]["enum"][0]}
    top["properties"]["format"]["description"] = "Names the format."
    top["properties"]["format_version"]["description"] = "Version of the format."
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **top,
        "title": title,
        "required": required,
        "$defs": definitions,
    }


def schema_text(document: type[msgspec.Struct]) -> str:
    """The text of the schema file."""
    return json.dumps(schema_of(document), indent=1, ensure_ascii=False) + "\n"
