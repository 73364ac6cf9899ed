"""Write the schema files from the types: ``python -m conformance.cli.schemas``."""

from __future__ import annotations

from pathlib import Path

import msgspec

import conformance
from conformance.actions.records import ActionsDocument
from conformance.causes.records import CausesDocument
from conformance.findings.records import FindingsDocument
from conformance.findings.results import ResultsDocument
from conformance.findings.schema import schema_text
from conformance.findings.sweeps import SweepDocument

FILES: dict[str, type[msgspec.Struct]] = {
    "actions/actions.schema.json": ActionsDocument,
    "causes/causes.schema.json": CausesDocument,
    "findings/findings.schema.json": FindingsDocument,
    "findings/results.schema.json": ResultsDocument,
    "findings/sweep.schema.json": SweepDocument,
}
"""The types of documents by the schema file that is generated from each, inside the package."""


def path_of(name: str) -> Path:
    """Where a schema file of FILES lies."""
    return Path(conformance.__file__).parent / name


def main() -> None:
    """Write every schema file."""
    for name, document in FILES.items():
        path_of(name).write_text(schema_text(document), encoding="utf-8")
        print(path_of(name))


if __name__ == "__main__":
    main()
