"""The schema files: those of the types, complete in words, and as strict as the reader."""

from __future__ import annotations

import copy
import json
from typing import Any

import jsonschema
import msgspec
import pytest

from conformance.cli.schemas import FILES, path_of
from conformance.findings.records import FindingsDocument
from conformance.findings.results import ResultsDocument
from conformance.findings.schema import FormatError, schema_of, schema_text
from conformance.findings.store import decoded
from conformance.findings.tests.documents import finding, findings, results
from conformance.floats.regions import Region
from conformance.scoring.failures import Failure

Json = dict[str, Any]


@pytest.mark.parametrize("name", FILES)
def test_the_committed_schema_is_that_of_the_types(name: str) -> None:
    assert path_of(name).read_text(encoding="utf-8") == schema_text(FILES[name]), (
        "the types have changed: python -m conformance.cli.schemas"
    )


@pytest.mark.parametrize("name", FILES)
def test_every_field_is_described_in_words(name: str) -> None:
    rules = schema_of(FILES[name])
    jsonschema.Draft202012Validator.check_schema(rules)

    def described(field: Json) -> bool:
        inner = [field, field.get("items", {}), field.get("additionalProperties") or {}, *field.get("anyOf", ())]
        named = [rules["$defs"][one["$ref"].rsplit("/", 1)[1]] for one in inner if "$ref" in one]
        return any(one.get("description") for one in (*inner, *named))

    wordless = [
        f"{record}.{key}"
        for record, about in {"": rules, **rules["$defs"]}.items()
        for key, field in about.get("properties", {}).items()
        if not described(field)
    ]
    assert wordless == []


def test_what_the_writer_writes_is_valid_and_what_lacks_a_field_is_neither_read_nor_valid() -> None:
    """Take every field away in turn: schema and reader agree on which may be absent, and they have defaults."""
    cases: list[tuple[type[msgspec.Struct], msgspec.Struct]] = [
        (ResultsDocument, results()),
        (FindingsDocument, findings(finding())),
    ]
    for kind, made in cases:
        whole = json.loads(msgspec.json.encode(made))
        validator = jsonschema.Draft202012Validator(schema_of(kind))
        assert validator.is_valid(whole)
        refused = 0
        for place in _fields(whole, ()):
            cut = copy.deepcopy(whole)
            node = cut
            for key in place[:-1]:
                node = node[key]
            del node[place[-1]]
            assert validator.is_valid(cut) == _reads(cut, kind), place
            refused += not validator.is_valid(cut)
        assert refused > 30


def _fields(node: Any, path: tuple[Any, ...]) -> list[tuple[Any, ...]]:
    items = list(node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ())
    own = [(*path, key) for key, _ in items] if isinstance(node, dict) else []
    return own + [place for key, part in items for place in _fields(part, (*path, key))]


def _reads(document: Json, kind: type[msgspec.Struct]) -> bool:
    try:
        decoded(json.dumps(document).encode(), kind)
    except (FormatError, msgspec.ValidationError):
        return False
    return True


def test_kinds_and_regions_are_those_of_the_code() -> None:
    properties = schema_of(FindingsDocument)["$defs"]["Finding"]["properties"]
    apart = {"right", "undecided", "inherent", "not offered"}
    assert sorted(properties["kind"]["enum"]) == sorted({one.label for one in Failure} - apart)
    assert properties["region"]["enum"] == [region.label for region in Region]
