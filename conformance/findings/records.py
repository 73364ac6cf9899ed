"""What a run leaves behind, as types: the one definition that the schema files and the readers come from.

Here: what all files share, and ``findings.json``. The records of ``results.json`` are in ``results.py``.
"""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from conformance.findings.names import (
    CertificateName,
    Device,
    Dtype,
    Framework,
    Hex,
    Kind,
    Law,
    Mode,
    Quantity,
    RegionName,
    Subject,
    Version,
)

FORMAT_VERSION = 2

Number = float | Literal["inf", "-inf", "nan"]
"""A float that strict JSON can hold; ``float(number)`` reads both forms."""

Grade = Literal["grave", "serious", "minor"]

GRADES: tuple[Grade, ...] = ("grave", "serious", "minor")
"""Worst first."""


class Known(msgspec.Struct, frozen=True, kw_only=True):
    """The entry of a list of known failures that names a finding or a cause."""

    reason: Annotated[str, Meta(description="Why it is accepted.")]
    link: Annotated[str, Meta(description="The thread upstream.")]
    versions: Annotated[str, Meta(description="The affected versions, a PEP 440 specifier.")]


class Machine(msgspec.Struct, frozen=True, kw_only=True):
    """What a run ran on."""

    cpu: Annotated[str, Meta(description="Model name of the processor.")]
    cores: Annotated[int, Meta(ge=0, description="Number of logical cores.")]
    platform: Annotated[str, Meta(description="Operating system and architecture.")]
    python: Annotated[str, Meta(description="Version of the driver's Python.")]


class Run(msgspec.Struct, frozen=True, kw_only=True):
    """How the run was made. The files of one run carry the same object."""

    started: Annotated[str, Meta(description="Start of the run, ISO 8601 with time zone.")]
    seconds: Annotated[float, Meta(description="Wall time of the run so far, seconds.")]
    seed: Annotated[int, Meta(description="Seed of every drawn point and sample; the same seed gives the same inputs.")]
    profile: Annotated[str, Meta(description="How thorough the run was: quick, default, thorough.")]
    suite_version: Annotated[str, Meta(description="Version of this project.")]
    oracle_version: Annotated[
        str, Meta(description="Version of the oracle; results of different oracle versions are not compared.")
    ]
    machine: Machine
    arguments: Annotated[list[str], Meta(description="The command line's arguments.")]


class Inputs(msgspec.Struct, frozen=True, kw_only=True):
    """The span of failing inputs."""

    from_hex: Hex
    to_hex: Hex


class Worst(msgspec.Struct, frozen=True, kw_only=True):
    """The failing point that is shown."""

    input: Annotated[str, Meta(description="The input, shortest decimal text that reads back as the same float.")]
    input_hex: Hex
    got: Annotated[str, Meta(description="What the framework answered, decimal.")]
    got_hex: Hex
    exact: Annotated[
        str,
        Meta(
            description="The exact value to 30 digits; or inf, nan, or words where there is no number to be exact "
            "about."
        ),
    ]
    expected: Annotated[str, Meta(description="The exact value correctly rounded to the dtype, decimal.")]
    expected_hex: Hex
    ulp: Annotated[
        Number,
        Meta(description="|got - exact| in units in the last place of the exact value, before any rounding of it."),
    ]
    bits: Annotated[Number, Meta(description="Bits lost: log2(1 + ulp), at most the format's precision.")]
    nats: Annotated[
        Number | None,
        Meta(description="|got - exact| of a log-quantity, nats; null for other quantities."),
    ]
    excess_bits: Annotated[
        Number | None,
        Meta(
            description="Bits lost beyond what the rounding of the input alone costs: bits - log2(1 + condition "
            "number). null where the condition number is unknown."
        ),
    ]


class Reproduction(msgspec.Struct, frozen=True, kw_only=True):
    """A script in the framework's own API. One is run per cause, mode and dtype, in the framework's environment."""

    code: Annotated[str, Meta(description="The script; empty where there is none.")] = ""
    printed: Annotated[str, Meta(description="What it printed: the result as hexadecimal text.")] = ""
    confirmed: Annotated[bool, Meta(description="Whether the script was seen to misbehave in the same way.")] = False
    ran: Annotated[
        bool,
        Meta(description="Whether this very script was run; else another of its cause, mode and dtype was."),
    ] = False


class Finding(msgspec.Struct, kw_only=True):
    """Failing points of one law, framework, mode, dtype, subject and quantity that fail in one way in one region."""

    id: Annotated[
        str,
        Meta(
            pattern="^[0-9a-f]{12}$",
            description="Twelve hexadecimal digits, a digest of law, framework, version, device, mode, dtype, subject, "
            "quantity, region and kind: the same in every run.",
        ),
    ]
    law: Law
    framework: Framework
    version: Version
    device: Device
    mode: Mode
    dtype: Dtype
    subject: Subject
    quantity: Quantity
    region: RegionName
    kind: Kind
    severity: Annotated[
        Grade,
        Meta(
            description="grave: a wrong answer where people compute. serious: a wrong or unusable answer at the "
            "extremes. minor: an answer that is poor but close."
        ),
    ]
    count: Annotated[int, Meta(ge=0, description="Failing results in the region.")]
    points: Annotated[int, Meta(ge=0, description="Results examined in the region.")]
    inputs: Inputs
    worst: Worst
    blame: Annotated[
        Literal["base", "inverse", "log-det"] | None,
        Meta(description="Which part of a log_prob is to blame; null where that is not known or not asked."),
    ] = None
    certificate: CertificateName
    confirmed_by: Annotated[
        str,
        Meta(
            description="What confirmed the accusation independently: mpmath, observation, definition; or none and why."
        ),
    ]
    confirmed: Annotated[
        bool,
        Meta(
            description="Whether it was confirmed, and the script that was run for it, if there is one, was seen to "
            "misbehave. An unconfirmed finding is shown, and is no accusation."
        ),
    ]
    reproduction: Reproduction
    cause: Annotated[
        str,
        Meta(description="Id of the cause that it belongs to (causes.json); empty where it is unconfirmed."),
    ] = ""
    component: Annotated[
        str,
        Meta(description="What computes the quantity, in the framework's own words; empty where that is unknown."),
    ] = ""
    caught_by_default: Annotated[
        bool, Meta(description="The framework's own default validation refuses this input.")
    ] = False
    attainable: Annotated[
        str,
        Meta(
            description="Another implementation that is right at this very input, such as numpy; empty where nobody "
            "was asked or nobody is."
        ),
    ] = ""
    single: Annotated[
        str,
        Meta(
            description="What one value alone printed, where that differs from what a filled register does; else empty."
        ),
    ] = ""
    known: Known | None = None
    note: Annotated[
        str,
        Meta(description="How the inputs came about, where they are not the standard points; may be empty."),
    ] = ""
    summary: Annotated[str, Meta(description="One sentence for people.")]


class TooLarge(msgspec.Struct, frozen=True, kw_only=True):
    """A quantity of which the run has no finding, since it was not asked."""

    subject: Subject
    quantity: Quantity
    reason: Annotated[str, Meta(description="One line: what the truth at one event costs, and what the budget is.")]


class FindingsDocument(msgspec.Struct, kw_only=True):
    """What one run found wrong (``findings.json``)."""

    format: Literal["conformance-findings"] = "conformance-findings"
    format_version: Literal[2] = 2
    run: Run
    findings: list[Finding]
    too_large: Annotated[
        list[TooLarge],
        Meta(description="What was too large for the budget of the run's profile, in whatever framework and dtype."),
    ] = []
