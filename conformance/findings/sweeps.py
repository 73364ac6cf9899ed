"""The document of a sweep over every float of a format, as types; see ``records.py``."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from conformance.findings.names import Hex, Law, RegionName
from conformance.findings.records import Finding, Number
from conformance.findings.results import Cell


class Maximum(msgspec.Struct, frozen=True, kw_only=True):
    """The largest error over all finite inputs but zero that have a truth, and where."""

    region: RegionName
    input: Annotated[str, Meta(description="The input, decimal.")]
    input_hex: Hex
    got: Annotated[str, Meta(description="What the framework answered, decimal.")]
    got_hex: Hex
    ulp: Annotated[Number, Meta(description="The error, ulp.")]
    kind: Annotated[str, Meta(description="Its kind of failure, or right, or undecided.")]
    seen_again: Annotated[bool, Meta(description="Whether the block, asked anew, was answered the same way.")]


class Histogram(msgspec.Struct, frozen=True, kw_only=True):
    """Errors: the upper end in ulp and the inputs of every bin that is not empty."""

    all: Annotated[list[tuple[Number, int]], Meta(description="Of all regions.")]
    ordinary: Annotated[list[tuple[Number, int]], Meta(description="Of the ordinary region.")]


class LawCounts(msgspec.Struct, frozen=True, kw_only=True):
    """What one law says of the inputs of a sweep."""

    checks: Annotated[int, Meta(ge=0, description="Inputs that it judges.")]
    failed: Annotated[int, Meta(ge=0, description="Inputs of which the result cannot be used.")]


class SweepDocument(msgspec.Struct, kw_only=True):
    """One sweep: nothing in it depends on time or on luck."""

    format: Literal["conformance-sweep"] = "conformance-sweep"
    format_version: Literal[2] = 2
    oracle_version: Annotated[str, Meta(description="Version of the oracle.")]
    written_by: Annotated[str, Meta(description="Digest of the code that made the document of the counts.")]
    inputs: Annotated[int, Meta(ge=0, description="Encodings that were tried, every NaN included.")]
    unclaimed: Annotated[
        int,
        Meta(
            ge=0,
            description="How many of the cell's undecided answers are to inputs of which nothing is claimed: beyond "
            "the map's own branch or one turn of an angle, or where branches part.",
        ),
    ] = 0
    cell: Cell
    maximum: Maximum | None
    histogram: Histogram
    laws: dict[Law, LawCounts]
    findings: list[Finding]
