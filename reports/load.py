"""Read results.json and findings.json, believing nothing: whatever is malformed or mismatched refuses the report."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from reports.numbers import FORMATS
from reports.refusal import ReportRefused
from reports.text import visible_everywhere

Json = dict[str, Any]
FORMAT_VERSION = 1
SEVERITIES = ("grave", "serious", "minor")
RUN_IDENTITY = ("started", "seed", "profile", "suite_version", "oracle_version")
CELL_AXES = ("framework", "device", "mode", "dtype", "subject", "quantity")


@dataclass(frozen=True)
class Loaded:
    """One run: the results and findings files, validated, every string made visible."""

    results: Json
    findings: list[Json]

    @property
    def run(self) -> Json:
        """The facts of the run."""
        run: Json = self.results["run"]
        return run


def cell_key(cell: Json) -> tuple[str, ...]:
    """The axes of a cell, version left out: a new version is what a comparison compares."""
    return tuple(str(cell[axis]) for axis in CELL_AXES)


def load(results_path: Path, findings_path: Path) -> Loaded:
    """Both files of ONE run. Raises ReportRefused, one line: a file is malformed, or they do not belong together."""
    results = load_results(results_path)
    document = _document(findings_path, "conformance-findings")
    _schema_check(findings_path, document, "findings")
    findings = _rows(document, "findings", findings_path, _FINDING)
    _check(findings_path, document, "", _FINDINGS_FILE)
    differing = [key for key in RUN_IDENTITY if results["run"].get(key) != document["run"].get(key)]
    if differing:
        told = "; ".join(f"{key} {results['run'].get(key)!r} against {document['run'].get(key)!r}" for key in differing)
        raise ReportRefused(f"{results_path.name} and {findings_path.name} come from different runs (A19): {told}")
    frameworks = {row["name"] for row in results["frameworks"]}
    subjects = {row["id"] for row in results["subjects"]}
    seen: set[str] = set()
    for at, finding in enumerate(findings):
        where = f"{findings_path.name}: findings[{at}]"
        known = finding["framework"] in frameworks and finding["subject"] in subjects and finding["dtype"] in FORMATS
        if not known:
            raise ReportRefused(
                f"{where} names framework {finding['framework']!r}, subject {finding['subject']!r} or dtype "
                f"{finding['dtype']!r}, which {results_path.name} does not have"
            )
        if finding["severity"] not in SEVERITIES:
            raise ReportRefused(f"{where}.severity is {finding['severity']!r}, not one of {', '.join(SEVERITIES)}")
        if finding["id"] in seen:
            raise ReportRefused(f"{where}.id {finding['id']!r} stands twice")
        seen.add(finding["id"])
    return Loaded(results, findings)


def load_results(path: Path) -> Json:
    """results.json, validated. Raises ReportRefused, one line, naming the file and the place."""
    results = _document(path, "conformance-results")
    _schema_check(path, results, "results")
    _check(path, results, "", _RESULTS_FILE)
    frameworks = {row["name"]: row for row in _rows(results, "frameworks", path, _FRAMEWORK)}
    subjects = {row["id"] for row in _rows(results, "subjects", path, _SUBJECT)}
    cells = _rows(results, "cells", path, _CELL)
    seen: set[tuple[str, ...]] = set()
    scored: set[str] = set()
    for at, cell in enumerate(cells):
        where = f"{path.name}: cells[{at}]"
        if cell["framework"] not in frameworks or cell["subject"] not in subjects or cell["dtype"] not in FORMATS:
            raise ReportRefused(f"{where} names an unknown framework, subject or dtype")
        key = cell_key(cell)
        if key in seen:
            raise ReportRefused(f"{where} repeats the axes {' / '.join(key)}")
        seen.add(key)
        if cell["status"] == "scored":
            scored.add(cell["framework"])
    for name, framework in frameworks.items():
        if framework["status"] == "ready" and name not in scored and not _offers_nothing_asked(name, results):
            raise ReportRefused(
                f"{path.name}: framework {name!r} was ready and scored nothing (A19); no report is printed"
            )
        if framework["status"] != "ready" and name in scored:
            raise ReportRefused(f"{path.name}: framework {name!r} is {framework['status']!r} and yet has scored cells")
    if not scored:
        raise ReportRefused(f"{path.name}: no framework scored anything (A19); no report is printed")
    return results


NARROWING = ("--subject", "--transform", "--dtype", "--mode", "--law")


def _offers_nothing_asked(name: str, results: Json) -> bool:
    """True where the run was narrowed by its arguments to things that this framework simply does not have.

    In a run that was not narrowed a framework that offers nothing at all is an artefact, whatever it says.
    """
    narrowed = any(str(argument).startswith(NARROWING) for argument in results["run"].get("arguments") or [])
    return narrowed and all(c["status"] == "not_offered" for c in results["cells"] if c["framework"] == name)


def _no_constant(name: str) -> float:
    raise ValueError(f"bare {name} is not JSON")


def _document(path: Path, expected_format: str) -> Json:
    try:
        document = json.loads(path.read_text(encoding="utf-8"), parse_constant=_no_constant)
    except OSError as error:
        raise ReportRefused(f"{path} cannot be read: {error.strerror or error}") from None
    except (ValueError, RecursionError) as error:
        raise ReportRefused(f"{path} is not JSON: {error}") from None
    if not isinstance(document, dict):
        raise ReportRefused(f"{path} is not a JSON object")
    if document.get("format") != expected_format:
        raise ReportRefused(f"{path}: format is {document.get('format')!r}, not {expected_format!r}")
    if document.get("format_version") != FORMAT_VERSION:
        raise ReportRefused(
            f"{path}: format_version is {document.get('format_version')!r}; this generator reads {FORMAT_VERSION}"
        )
    clean: Json = visible_everywhere(document)
    return clean


def _schema_check(path: Path, document: Json, name: str) -> None:
    """Validate against the schema that is kept with the findings store, where there is one."""
    folder = Path(__file__).resolve().parent.parent / "conformance" / "findings"
    schema_path = next(iter(sorted(folder.glob(f"{name}*.schema.json"))), None)
    if schema_path is None:
        return
    import jsonschema

    schema = json.loads(schema_path.read_text(encoding="utf-8"))
    schema = _inlined(schema, schema.get("$defs") or {})
    validator = jsonschema.validators.validator_for(schema)(schema)
    error = next(iter(validator.iter_errors(document)), None)
    if error is not None:
        place = ".".join(str(part) for part in error.absolute_path) or "the top level"
        raise ReportRefused(f"{path} violates {schema_path.name} at {place}: {error.message[:200]}")


def _inlined(schema: Any, definitions: Json) -> Any:
    """The schema with its references written out: they do not recurse, and looking each one up takes twice as long."""
    if isinstance(schema, list):
        return [_inlined(item, definitions) for item in schema]
    if not isinstance(schema, dict):
        return schema
    told = {key: _inlined(item, definitions) for key, item in schema.items() if key not in ("$ref", "$defs")}
    reference = schema.get("$ref", "")
    if reference:
        return {**_inlined(definitions[reference.removeprefix("#/$defs/")], definitions), **told}
    return told


Rule = Callable[[Any], bool]
_text: Rule = lambda value: isinstance(value, str)  # noqa: E731 - a table of one-line rules reads better
_count: Rule = lambda value: isinstance(value, int) and not isinstance(value, bool) and value >= 0  # noqa: E731
_list: Rule = lambda value: isinstance(value, list)  # noqa: E731
_dict_or_null: Rule = lambda value: value is None or isinstance(value, dict)  # noqa: E731

_run: Rule = lambda value: isinstance(value, dict) and all(key in value for key in RUN_IDENTITY)  # noqa: E731

_RESULTS_FILE: dict[str, Rule] = {"run": _run, "frameworks": _list, "subjects": _list, "cells": _list}
_FINDINGS_FILE: dict[str, Rule] = {"run": _run}
_FRAMEWORK: dict[str, Rule] = {"name": _text, "status": _text}
_SUBJECT: dict[str, Rule] = {"id": _text, "kind": lambda value: value in ("transform", "distribution")}
_CELL: dict[str, Rule] = {
    **dict.fromkeys(CELL_AXES, _text),
    "status": _text,
    "points": _count,
    "accuracy": _dict_or_null,
    "stability": _dict_or_null,
}
_FINDING: dict[str, Rule] = {
    **dict.fromkeys(("id", "law", "framework", "dtype", "subject", "quantity", "kind", "severity"), _text),
    "worst": _dict_or_null,
}


def _check(path: Path, row: Any, where: str, rules: dict[str, Rule]) -> None:
    if not isinstance(row, dict):
        raise ReportRefused(f"{path.name}: {where or 'the file'} is not an object")
    for key, rule in rules.items():
        if key not in row:
            raise ReportRefused(f"{path.name}: {where}{'.' if where else ''}{key} is missing")
        if not rule(row[key]):
            raise ReportRefused(
                f"{path.name}: {where}{'.' if where else ''}{key} is {row[key]!r:.80}, which is malformed"
            )


def _rows(document: Json, key: str, path: Path, rules: dict[str, Rule]) -> list[Json]:
    rows = document.get(key)
    if not isinstance(rows, list):
        raise ReportRefused(f"{path.name}: {key} is missing or not a list")
    for at, row in enumerate(rows):
        _check(path, row, f"{key}[{at}]", rules)
    return rows
