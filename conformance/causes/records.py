"""What ``causes.json`` holds, as types: the one definition that its schema and its readers come from.

``Number`` is a float, or the text "inf", "-inf" or "nan", since JSON has no such numbers; ``float(number)`` reads both.
Inputs and results stand as decimal text that reads back as the same float, and as ``float.hex`` text; the elements of
a vector are separated by single spaces.
"""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from conformance.findings.names import Dtype, Framework, Mode, Quantity, Subject, Version
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
    "closed form outside its range",
    "wrong formula",
    "dtype of the result",
    "shape of the result",
    "order of the results",
    "position in the array",
    "what is declared",
    "parameters in a narrower dtype",
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

    subject: Subject
    quantity: Quantity
    mode: Mode
    dtype: Dtype
    input: Annotated[str, msgspec.Meta(description="The input, decimal.")]
    input_hex: Annotated[str, msgspec.Meta(description="The input, hexadecimal.")]
    got: Annotated[str, msgspec.Meta(description="What the framework answered, decimal.")]
    got_hex: Annotated[str, msgspec.Meta(description="The answer, hexadecimal.")]
    exact: Annotated[str, msgspec.Meta(description="30 significant digits, or what the truth is, in words.")]
    expected: Annotated[str, msgspec.Meta(description="The exact value correctly rounded to the dtype, decimal.")]
    expected_hex: Annotated[str, msgspec.Meta(description="That, hexadecimal.")]
    ulp: Annotated[Number, msgspec.Meta(description="|got - exact| in units in the last place of the exact value.")]
    bits: Annotated[Number, msgspec.Meta(description="Bits lost: log2(1 + ulp), at most the format's precision.")]
    nats: Annotated[
        Number | None, msgspec.Meta(description="|got - exact| of a log-quantity; null for other quantities.")
    ]
    excess_bits: Annotated[
        Number, msgspec.Meta(description="Bits lost beyond what the rounding of the input alone costs.")
    ]


class Script(Record, frozen=True, kw_only=True):
    """A script in the framework's own API that was run, once per cause, mode and dtype."""

    mode: Mode
    dtype: Dtype
    finding: Annotated[str, msgspec.Meta(description="Id of the finding that it shows.")]
    code: Annotated[str, msgspec.Meta(description="The script.")]
    printed: Annotated[str, msgspec.Meta(description="What it printed when it was run.")]
    confirmed: Annotated[bool, msgspec.Meta(description="Whether it was seen to misbehave as its finding says.")]
    single: Annotated[
        str,
        msgspec.Meta(
            description="What one value alone printed, where the script's filled register differs; else empty."
        ),
    ] = ""


class Interval(Record, frozen=True, kw_only=True):
    """Where a cause begins and ends along the inputs of one subject and quantity; scalar inputs only."""

    subject: Subject
    quantity: Quantity
    dtype: Dtype
    low: Annotated[str, msgspec.Meta(description="The lowest failing input, decimal.")]
    low_hex: Annotated[str, msgspec.Meta(description="That, hexadecimal.")]
    high: Annotated[str, msgspec.Meta(description="The highest failing input, decimal.")]
    high_hex: Annotated[str, msgspec.Meta(description="That, hexadecimal.")]
    failing: Annotated[int, msgspec.Meta(description="Points that fail in it.")]
    asked: Annotated[int, msgspec.Meta(description="Points that were asked in it.")]


class Breaks(Record, frozen=True, kw_only=True):
    """What a cause explains: findings by subject, quantity, law, mode, dtype, region and kind, and their points."""

    findings: Annotated[int, msgspec.Meta(description="Number of findings.")]
    points: Annotated[int, msgspec.Meta(description="Number of failing results of all of them.")]
    subjects: Annotated[dict[str, int], msgspec.Meta(description="Findings by subject.")]
    quantities: Annotated[dict[str, int], msgspec.Meta(description="Findings by quantity.")]
    laws: Annotated[dict[str, int], msgspec.Meta(description="Findings by law.")]
    modes: Annotated[dict[str, int], msgspec.Meta(description="Findings by mode.")]
    dtypes: Annotated[dict[str, int], msgspec.Meta(description="Findings by dtype.")]
    regions: Annotated[dict[str, int], msgspec.Meta(description="Findings by region of inputs.")]
    kinds: Annotated[dict[str, int], msgspec.Meta(description="Findings by kind of failure.")]


class Peer(Record, frozen=True, kw_only=True):
    """What another framework answers at the example's input. verdict: "right", "wrong" or "not offered"."""

    framework: Framework
    version: Version
    verdict: Annotated[
        Literal["right", "wrong", "not offered"],
        msgspec.Meta(description="Whether its answer is right there; not offered where it has none."),
    ]
    got: Annotated[str, msgspec.Meta(description="Its answer, decimal; empty where it has none.")]
    got_hex: Annotated[str, msgspec.Meta(description="Its answer, hexadecimal; empty where it has none.")]
    ulp: Annotated[Number | None, msgspec.Meta(description="The error of its answer, ulp; null where it has none.")]
    same_bits: Annotated[bool, msgspec.Meta(description="The accused value, bit for bit.")]


class Better(Record, frozen=True, kw_only=True):
    """How the reference computes it: in words and as NumPy source, and what that gives at the example's input."""

    words: Annotated[str, msgspec.Meta(description="The formula in words.")]
    code: Annotated[str, msgspec.Meta(description="The formula as NumPy source.")]
    printed: Annotated[str, msgspec.Meta(description="What it gives at the example's input.")]
    ulp: Annotated[Number, msgspec.Meta(description="The error of that, ulp.")]


class Remedy(Record, frozen=True, kw_only=True):
    """What a user writes instead today, in the framework's own API; it was run at the failing inputs."""

    words: Annotated[str, msgspec.Meta(description="What to write, in words.")]
    code: Annotated[str, msgspec.Meta(description="The snippet that was run.")]
    inputs: Annotated[list[str], msgspec.Meta(description="The failing inputs that it was run at, decimal.")]
    printed: Annotated[list[str], msgspec.Meta(description="What it gave at each of them.")]
    right: Annotated[bool, msgspec.Meta(description="Whether every one of them came out right.")]


class Kernel(Record, frozen=True, kw_only=True):
    """The elementary operator under a component that is wrong by itself, at the very number that it is handed.

    With its exact result in its place the component is right at the cause's example.
    """

    name: Annotated[str, msgspec.Meta(description="In the framework's own words, as one would grep for it.")]
    function: Annotated[str, msgspec.Meta(description="The elementary function that it is, such as exp.")]
    subject: Annotated[Subject, msgspec.Meta(description="What the component was asked when the operator was called.")]
    quantity: Quantity
    dtype: Dtype
    input: Annotated[str, msgspec.Meta(description="What the operator was handed, decimal; of pow two numbers.")]
    input_hex: Annotated[str, msgspec.Meta(description="That, hexadecimal.")]
    got: Annotated[str, msgspec.Meta(description="What it answered, decimal.")]
    got_hex: Annotated[str, msgspec.Meta(description="That, hexadecimal.")]
    exact: Annotated[str, msgspec.Meta(description="The exact value of the function there, 30 significant digits.")]
    expected: Annotated[str, msgspec.Meta(description="The exact value correctly rounded, decimal.")]
    expected_hex: Annotated[str, msgspec.Meta(description="That, hexadecimal.")]
    ulp: Annotated[Number, msgspec.Meta(description="|got - exact| in units in the last place of the exact value.")]
    explained: Annotated[int, msgspec.Meta(description="Failing inputs of the cause that it was seen to explain.")]
    tried: Annotated[int, msgspec.Meta(description="Failing inputs that were tried.")]
    shared: Annotated[list[str], msgspec.Meta(description="Ids of the other causes with this kernel under them.")]


class Cause(Record, frozen=True, kw_only=True):
    """One thing that somebody would mend: a component and a mechanism (ACCEPTANCE A28 to A31)."""

    id: Annotated[
        str,
        msgspec.Meta(description="Digest of framework, component and mechanism: the same in every run and version."),
    ]
    also: Annotated[
        list[str],
        msgspec.Meta(description="Ids that parts of it have where other subjects or dtypes are asked."),
    ] = []
    framework: Framework
    version: Version
    component: Annotated[str, msgspec.Meta(description="In the framework's own words, as one would grep for it.")]
    mechanism: Annotated[Mechanism, msgspec.Meta(description="What goes wrong there, told by evidence.")]
    grade: Annotated[Grade, msgspec.Meta(description="The gravest severity of its findings.")]
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
    kernel: Annotated[
        Kernel | None, msgspec.Meta(description="The operator under the component that is wrong by itself, if shown.")
    ] = None
    linked: Annotated[
        list[str], msgspec.Meta(description="Ids of causes of other frameworks with the same worst inputs.")
    ]
    thread: Annotated[str, msgspec.Meta(description="Address of the known thread; empty where none is listed.")]
    known: Known | None
    findings: Annotated[list[str], msgspec.Meta(description="Ids of its findings, worst first.")]


class SafeSide(Record, frozen=True, kw_only=True):
    """One side of a safe range in the variable that people hold. ``why``: what happens there, or empty."""

    value: Annotated[str, msgspec.Meta(description="The end of the safe range, decimal.")]
    value_hex: Annotated[str, msgspec.Meta(description="The end, hexadecimal.")]
    why: Annotated[str, msgspec.Meta(description="What happens beyond it; may be empty.")]


class Verdict(Record, frozen=True, kw_only=True):
    """In words: is this subject safe in this framework and dtype, and up to where."""

    framework: Framework
    version: Version
    subject: Subject
    dtype: Dtype
    mode: Mode
    variable: Annotated[
        str, msgspec.Meta(description="The variable of ``low`` and ``high``: x, also where y was asked.")
    ]
    safe: Annotated[
        Literal["everywhere", "inside", "nowhere", "unknown"],
        msgspec.Meta(
            description="In one word: everywhere, inside (of low and high), nowhere, unknown (nothing measured)."
        ),
    ]
    low: SafeSide | None
    high: SafeSide | None
    text: Annotated[str, msgspec.Meta(description="The verdict, one or two sentences.")]
    causes: Annotated[list[str], msgspec.Meta(description="Ids, worst first.")]
    remedies: list[Remedy]


class Planted(Record, frozen=True, kw_only=True):
    """One planted defect and the causes that were told of it (ACCEPTANCE A30)."""

    name: Annotated[str, msgspec.Meta(description="Name of the defect.")]
    about: Annotated[str, msgspec.Meta(description="What was planted, in words.")]
    component: Annotated[str, msgspec.Meta(description="Where it was planted.")]
    mechanism: Annotated[Mechanism, msgspec.Meta(description="The mechanism that was planted.")]
    found: Annotated[list[str], msgspec.Meta(description="component: mechanism, of each cause that came out.")]
    caught: Annotated[bool, msgspec.Meta(description="Whether exactly one cause came out, at that component.")]


class CausesDocument(Record, frozen=True, kw_only=True):
    """``causes.json``. ``unattributed`` and ``confirmed`` count confirmed findings."""

    format: Literal["conformance-causes"]
    format_version: Literal[2]
    run: Run
    causes: list[Cause]
    verdicts: list[Verdict]
    confirmed: Annotated[int, msgspec.Meta(description="Confirmed findings of the run.")]
    unattributed: Annotated[int, msgspec.Meta(description="Those of them that no component could be shown for.")]
    planted: list[Planted]
