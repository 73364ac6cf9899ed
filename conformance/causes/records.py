"""What ``causes.json`` holds, as types: the one definition that its schema and its readers come from.

``Number`` is a float, or the text "inf", "-inf" or "nan", since JSON has no such numbers; ``float(number)`` reads both.
Inputs and results stand as decimal text that reads back as the same float, and as ``float.hex`` text; the elements of
a vector are separated by single spaces.
"""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from conformance.findings.records import Grade, Known, Number, Run

FORMAT = "conformance-causes"

Mechanism = Literal[
    "cancellation",
    "overflow of an intermediate",
    "underflow of an intermediate",
    "clamp",
    "missing direction",
    "missing support mask",
    "wrong constant",
    "constant in a narrower dtype",
    "threshold where a formula is switched",
    "kernel accuracy",
    "flush to zero",
    "limit at a special value",
    "wrong formula",
    "dtype of the result",
    "shape of the result",
    "exception",
    "crash",
    "time-out",
    "sampling",
    "unattributed",
]
"""What went wrong, told by evidence. "unattributed" where no component or no mechanism could be shown."""


class Record(msgspec.Struct, frozen=True, kw_only=True):
    """A JSON object with exactly these fields; readers ignore fields that they do not know."""


class Example(Record, frozen=True, kw_only=True):
    """The most everyday input among the gravest of a cause."""

    subject: str
    quantity: str
    mode: str
    dtype: str
    input: str
    input_hex: str
    got: str
    got_hex: str
    exact: Annotated[str, msgspec.Meta(description="30 significant digits, or what the truth is, in words.")]
    expected: str
    expected_hex: str
    ulp: Number
    bits: Number
    nats: Number | None
    excess_bits: Number


class Script(Record, frozen=True, kw_only=True):
    """A script in the framework's own API that was run, once per cause, mode and dtype."""

    mode: str
    dtype: str
    finding: Annotated[str, msgspec.Meta(description="Id of the finding that it shows.")]
    code: str
    printed: str
    confirmed: bool
    single: Annotated[
        str,
        msgspec.Meta(
            description="What one value alone printed, where the script's filled register differs; else empty."
        ),
    ] = ""


class Interval(Record, frozen=True, kw_only=True):
    """Where a cause begins and ends along the inputs of one subject and quantity; scalar inputs only."""

    subject: str
    quantity: str
    dtype: str
    low: str
    low_hex: str
    high: str
    high_hex: str
    failing: Annotated[int, msgspec.Meta(description="Points that fail in it.")]
    asked: Annotated[int, msgspec.Meta(description="Points that were asked in it.")]


class Breaks(Record, frozen=True, kw_only=True):
    """What a cause explains: findings by subject, quantity, law, mode, dtype, region and kind, and their points."""

    findings: int
    points: int
    subjects: dict[str, int]
    quantities: dict[str, int]
    laws: dict[str, int]
    modes: dict[str, int]
    dtypes: dict[str, int]
    regions: dict[str, int]
    kinds: dict[str, int]


class Peer(Record, frozen=True, kw_only=True):
    """What another framework answers at the example's input. verdict: "right", "wrong" or "not offered"."""

    framework: str
    version: str
    verdict: Literal["right", "wrong", "not offered"]
    got: str
    got_hex: str
    ulp: Number | None
    same_bits: Annotated[bool, msgspec.Meta(description="The accused value, bit for bit.")]


class Better(Record, frozen=True, kw_only=True):
    """How the reference computes it: in words and as NumPy source, and what that gives at the example's input."""

    words: str
    code: str
    printed: str
    ulp: Number


class Remedy(Record, frozen=True, kw_only=True):
    """What a user writes instead today, in the framework's own API; it was run at the failing inputs.

    right: every one of ``inputs`` came out right.
    """

    words: str
    code: str
    inputs: list[str]
    printed: list[str]
    right: bool


class Cause(Record, frozen=True, kw_only=True):
    """One thing that somebody would mend: a component and a mechanism (ACCEPTANCE A28 to A31)."""

    id: Annotated[
        str,
        msgspec.Meta(description="Digest of framework, component and mechanism: the same in every run and version."),
    ]
    framework: str
    version: str
    component: Annotated[str, msgspec.Meta(description="In the framework's own words, as one would grep for it.")]
    mechanism: Mechanism
    grade: Grade
    title: Annotated[str, msgspec.Meta(description="One plain sentence.")]
    evidence: Annotated[
        list[str], msgspec.Meta(description="What was measured that tells the mechanism, a sentence each.")
    ]
    caught_by_default: Annotated[
        bool, msgspec.Meta(description="The framework's own default refuses every such input.")
    ]
    example: Example
    scripts: list[Script]
    intervals: list[Interval]
    breaks: Breaks
    peers: list[Peer]
    better: Better | None
    remedies: list[Remedy]
    linked: Annotated[
        list[str], msgspec.Meta(description="Ids of causes of other frameworks with the same worst inputs.")
    ]
    thread: Annotated[str, msgspec.Meta(description="Address of the known thread; empty where none is listed.")]
    known: Known | None
    findings: Annotated[list[str], msgspec.Meta(description="Ids of its findings, worst first.")]


class SafeSide(Record, frozen=True, kw_only=True):
    """One side of a safe range in the variable that people hold. ``why``: what happens there, or empty."""

    value: str
    value_hex: str
    why: str


class Verdict(Record, frozen=True, kw_only=True):
    """In words: is this subject safe in this framework and dtype, and up to where."""

    framework: str
    version: str
    subject: str
    dtype: str
    mode: str
    variable: Annotated[
        str, msgspec.Meta(description="The variable of ``low`` and ``high``: x, also where y was asked.")
    ]
    safe: Literal["everywhere", "inside", "nowhere", "unknown"]
    low: SafeSide | None
    high: SafeSide | None
    text: Annotated[str, msgspec.Meta(description="The verdict, one or two sentences.")]
    causes: Annotated[list[str], msgspec.Meta(description="Ids, worst first.")]
    remedies: list[Remedy]


class Planted(Record, frozen=True, kw_only=True):
    """One planted defect and the causes that were told of it (ACCEPTANCE A30)."""

    name: str
    about: str
    component: str
    mechanism: Mechanism
    found: Annotated[list[str], msgspec.Meta(description="component: mechanism, of each cause that came out.")]
    caught: bool


class CausesDocument(Record, frozen=True, kw_only=True):
    """``causes.json``. ``unattributed`` and ``confirmed`` count confirmed findings."""

    format: Literal["conformance-causes"]
    format_version: Literal[2]
    run: Run
    causes: list[Cause]
    verdicts: list[Verdict]
    confirmed: int
    unattributed: int
    planted: list[Planted]
