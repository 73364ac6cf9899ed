"""The schema files: valid, complete in words, and strict where the contract is."""

from __future__ import annotations

import copy
from typing import Any

import jsonschema
import pytest

from conformance.findings.schema import SCHEMA_FILES, FormatError, check, numbers_as_text, schema, undocumented
from conformance.findings.tests.documents import cell, finding, findings, results


@pytest.mark.parametrize("name", SCHEMA_FILES)
def test_schema_is_valid(name: str) -> None:
    jsonschema.Draft202012Validator.check_schema(schema(name))


@pytest.mark.parametrize("name", SCHEMA_FILES)
def test_every_field_is_described_in_words(name: str) -> None:
    rules = schema(name)

    def wordless(node: Any, place: str) -> list[str]:
        if not isinstance(node, dict):
            return []
        found = []
        for key, field in node.get("properties", {}).items():
            target = rules["$defs"][field["$ref"].rsplit("/", 1)[1]] if "$ref" in field else field
            if not (field.get("description") or target.get("description")):
                found.append(f"{place}.{key}")
        for key, part in node.items():
            inner = part.values() if key in ("properties", "$defs") else [part]
            for one in inner:
                found += wordless(one, f"{place}.{key}")
        return found

    assert wordless(rules, name) == []


@pytest.mark.parametrize("document", [results(), findings(finding())], ids=["results", "findings"])
def test_every_required_field_is_demanded(document: dict[str, Any]) -> None:
    """Remove every field in turn; only ``note`` may be absent."""
    document = numbers_as_text(document)
    check(document)
    survivors = []

    def fields(node: Any, path: tuple[Any, ...]) -> list[tuple[Any, ...]]:
        items = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
        own = [(*path, key) for key, _ in items] if isinstance(node, dict) else []
        return own + [place for key, part in items for place in fields(part, (*path, key))]

    free = {"note", "torch", "float32", "special", "spurious nan", "certified", "arb"}  # the latter: keys of mappings
    for place in fields(document, ()):
        cut = copy.deepcopy(document)
        node = cut
        for key in place[:-1]:
            node = node[key]
        del node[place[-1]]
        try:
            check(cut)
        except FormatError:
            continue
        survivors.append(place[-1])
    assert set(survivors) <= free


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"dtype": "float8"}, "cells[0].dtype"),
        ({"status": "fine"}, "cells[0].status"),
        ({"quantity": "jacobian"}, "cells[0].quantity"),
        ({"points": -1}, "cells[0].points"),
        ({"points": True}, "cells[0].points"),
        ({"seconds": "long"}, "cells[0].seconds"),
        ({"accuracy": []}, "cells[0].accuracy"),
        ({"regions": {"middle": {}}}, "cells[0].regions"),
    ],
)
def test_a_wrong_value_is_refused_with_its_place(change: dict[str, Any], told: str) -> None:
    with pytest.raises(FormatError) as caught:
        check(numbers_as_text(results(cell(**change))))
    assert told in str(caught.value)
    assert "\n" not in str(caught.value)


def test_repeated_axes_are_refused() -> None:
    with pytest.raises(FormatError, match=r"cells\[1\] repeats torch"):
        check(numbers_as_text(results(cell(), cell(points=3))))
    with pytest.raises(FormatError, match=r"findings\[1\] repeats 0123456789ab"):
        check(numbers_as_text(findings(finding(), finding(law="L01"))))


def test_undocumented_fields_are_found_at_every_depth() -> None:
    one = finding(extra=1)
    one["worst"] = {**one["worst"], "colour": "red"}
    assert undocumented(findings(one)) == ["findings[0].worst.colour", "findings[0].extra"]
    assert undocumented(results()) == []


def test_kinds_and_regions_are_those_of_the_code() -> None:
    from conformance.inputs.regions import Region
    from conformance.scoring.failures import Failure

    kinds = schema("conformance-findings")["$defs"]["kind"]["enum"]
    apart = {Failure.NONE, Failure.UNDECIDED} | {one for one in Failure if one.label == "not offered"}
    assert sorted(kinds) == sorted(one.label for one in Failure if one not in apart)
    assert schema("conformance-findings")["$defs"]["region"]["enum"] == [region.label for region in Region]
