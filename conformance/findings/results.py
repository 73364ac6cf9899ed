"""What a run measured (``results.json``), as types; see ``records.py``."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from conformance.findings.names import (
    CertificateName,
    Count,
    Device,
    Dtype,
    Framework,
    Hex,
    Kind,
    Law,
    Mode,
    Quantity,
    RegionName,
    StatisticName,
    Subject,
    Version,
)
from conformance.findings.records import Number, Run

SubjectKind = Literal["transform", "distribution"]
ClassStatus = Literal["covered", "uncovered", "out_of_scope", "undecided"]


class ClassEntry(msgspec.Struct, frozen=True, kw_only=True):
    """One public transform or distribution class of a framework, and whether this suite judges it."""

    kind: Annotated[SubjectKind, Meta(description="What it is.")]
    name: Annotated[str, Meta(description="The name that the framework's documentation gives it.")]
    source: Annotated[str, Meta(description="Module and class where it stands in the framework's source.")]
    status: Annotated[
        ClassStatus,
        Meta(
            description="covered: objects of subjects are made of it. uncovered: no subject is, yet. out_of_scope: "
            "none will be. undecided: not covered, and nobody has said which."
        ),
    ]
    reason: Annotated[str, Meta(description="Why it is out of scope, or what covering it needs; else empty.")] = ""
    release: Annotated[str, Meta(description="Release of the framework that this was decided for.")] = ""
    subjects: Annotated[
        list[str],
        Meta(description="Subjects of the default comparison whose objects are made of it, and parts of subjects."),
    ] = []


class FrameworkEntry(msgspec.Struct, frozen=True, kw_only=True):
    """One framework that was asked for."""

    name: Framework
    version: Annotated[str | None, Meta(description="Version as reported; null where the framework did not start.")]
    status: Annotated[
        Literal["ready", "failed"],
        Meta(description="Whether its environment could be made and the framework started."),
    ]
    reason: Annotated[str, Meta(description="Why it failed, one line; empty where it did not.")] = ""
    packages: Annotated[dict[str, str], Meta(description="Version of every package that matters to the results.")]
    dtypes: Annotated[list[str], Meta(description="Float formats that it offers.")]
    modes: Annotated[list[str], Meta(description="Modes that it offers, eager first.")]
    devices: Annotated[list[str], Meta(description="Devices that it offers.")]
    flush_to_zero: Annotated[
        dict[str, bool],
        Meta(description="Per dtype, whether it flushes subnormal results to zero, as measured."),
    ]
    classes: Annotated[
        list[ClassEntry] | None,
        Meta(
            description="Every public transform and distribution class that the framework was seen to have, whatever "
            "the run asked for; null where they are not known."
        ),
    ] = None
    calls: Annotated[
        dict[str, str],
        Meta(
            description="By map or law that is made of no others: the constructor call of the object that is asked, "
            "with our parameters by their names, such as Normal(mean=loc, sd=scale)."
        ),
    ] = {}


class SubjectEntry(msgspec.Struct, frozen=True, kw_only=True):
    """One transform or distribution."""

    id: Annotated[str, Meta(description="Its name with parameters, as cells and findings quote it.")]
    kind: Annotated[SubjectKind, Meta(description="What it is.")]
    formula: Annotated[str, Meta(description="The mathematics, one line.")]
    domain: Annotated[str, Meta(description="Valid inputs.")]
    codomain: Annotated[str, Meta(description="Possible results.")]
    base_measure: Annotated[str, Meta(description="The measure that log-dets and densities refer to.")]
    reference: Annotated[str, Meta(description="Where the formula comes from.")]
    event_rank: Annotated[list[int], Meta(description="Number of event axes of the input and of the result.")]
    left_open: Annotated[
        list[str],
        Meta(description="What a law's definition leaves open at the ends of its support and beyond, in words."),
    ] = []
    asked: Annotated[
        str,
        Meta(description="The dtypes, modes and laws that it alone was asked for, in words; empty: all of the run."),
    ] = ""


class LawEntry(msgspec.Struct, frozen=True, kw_only=True):
    """One law."""

    id: Law
    title: Annotated[str, Meta(description="What the law demands.")]


class Accuracy(msgspec.Struct, frozen=True, kw_only=True):
    """Errors over the ordinary region."""

    worst_ulp: Annotated[
        Number, Meta(description="Largest |got - exact| in units in the last place of the exact value.")
    ]
    worst_input: Annotated[str, Meta(description="The input of the worst error, decimal.")]
    worst_input_hex: Hex
    p99_ulp: Annotated[Number, Meta(description="99th percentile of the error, ulp.")]
    mean_ulp: Annotated[Number, Meta(description="Mean of the error, ulp.")]
    kept_percent: Annotated[Number, Meta(description="Mean of bits kept, in per cent of the format's precision.")]


class Stability(msgspec.Struct, frozen=True, kw_only=True):
    """Usable results over the extreme regions."""

    usable: Annotated[
        int,
        Meta(
            ge=0,
            description="Number of usable results: finite where the truth is finite and representable, of the right "
            "sign, within tolerance.",
        ),
    ]
    total: Annotated[int, Meta(ge=0, description="Number of results judged.")]
    share: Annotated[float, Meta(description="usable / total, 0 to 1.")]


class SafeRange(msgspec.Struct, frozen=True, kw_only=True):
    """The widest interval of inputs around the ordinary region in which every examined result can be used."""

    low: Annotated[Number, Meta(description="Lower end.")]
    low_hex: Hex
    high: Annotated[Number, Meta(description="Upper end.")]
    high_hex: Hex
    bound_ulp: Annotated[
        Number, Meta(description="The bound, ulp; of a cell that has one, what its promise allows counts as well.")
    ]
    bound_nats: Annotated[
        Number | None,
        Meta(description="The alternative bound of a log-quantity, nats; null for other quantities."),
    ]


class RegionScore(msgspec.Struct, frozen=True, kw_only=True):
    """Figures of one region."""

    points: Annotated[int, Meta(ge=0, description="Results scored.")]
    failed: Annotated[int, Meta(ge=0, description="Results that are wrong.")]
    unusable: Annotated[
        int,
        Meta(
            ge=0,
            description="Components of the region that cannot be used: right neither in ulp nor, for a log-quantity, "
            "in nats.",
        ),
    ]
    worst_ulp: Annotated[Number | None, Meta(description="Largest error, ulp.")]
    worst_nats: Annotated[
        Number | None, Meta(description="Largest error, nats; null for quantities that are no logarithms.")
    ]
    worst_input_hex: Annotated[Hex | None, Meta(description="The input of the largest error.")]


class CloseupSide(msgspec.Struct, frozen=True, kw_only=True):
    """One side of a closeup."""

    anchor: Annotated[
        float | None,
        Meta(description="The boundary that distances are measured from; null: from the centre, linearly."),
    ]
    reach: Annotated[float, Meta(description="Distance from the anchor at the end of this side.")]


class Closeup(msgspec.Struct, frozen=True, kw_only=True):
    """Error over the ordinary inputs: from the centre, at place 0.5, two sides run to places 0 and 1.

    With an anchor, the distance from it is start * (reach / start) ** s at s from 0 to 1, where start is the centre's.
    """

    centre: Annotated[float, Meta(description="The input at place 0.5.")]
    low: CloseupSide
    high: CloseupSide
    bits: Annotated[
        str,
        Meta(description="The worst finite error of each bin, as in bits of the curve; a space where there is none."),
    ]
    unusable: Annotated[
        str, Meta(description="The share of unusable results of each bin in ninths, rounded up; a space for none.")
    ]


class Curve(msgspec.Struct, frozen=True, kw_only=True):
    """Error against input.

    The axis is the ordinal of the format from that of its lowest to that of its highest finite float, cut into equal
    bins.
    """

    bins: Annotated[int, Meta(ge=0, description="Number of bins, which is the length of both texts.")]
    bits: Annotated[
        str,
        Meta(
            description="One character per bin: chr(48 + n), '0' to 'p', for the worst bits lost in the bin, rounded "
            "to n; a space where the bin holds no point; '~' where some result in it is unusable."
        ),
    ]
    condition: Annotated[
        str,
        Meta(
            description="One character per bin, the same way: log2(1 + condition number), what the rounding of the "
            "input alone costs."
        ),
    ]
    closeup: Closeup | None = None


CellStatus = Literal["scored", "not_offered", "raised", "crashed", "timed_out", "undecided", "too_large"]


class Cell(msgspec.Struct, kw_only=True):
    """One framework, device, mode, dtype, subject and quantity, measured."""

    framework: Framework
    version: Version
    device: Device
    mode: Mode
    dtype: Dtype
    subject: Subject
    quantity: Quantity
    status: Annotated[
        CellStatus,
        Meta(
            description="scored; or why there are no scores: not_offered, raised, crashed, timed_out, undecided "
            "where the oracle itself could not do it, or too_large where the truth at one event costs more than the "
            "profile's budget: nobody was asked."
        ),
    ]
    message: Annotated[
        str,
        Meta(
            description="One line: what is not offered, why it is undecided, which inputs are not asked, or the "
            "exception, signal or limit. Empty where there is nothing to say."
        ),
    ] = ""
    points: Annotated[int, Meta(ge=0, description="Number of result components that were scored.")]
    coverage: Annotated[
        Literal["exact maximum", "lower bound"],
        Meta(
            description='"exact maximum": every float of the format was tried. "lower bound": a sample or a search, so '
            "the true worst case may be worse."
        ),
    ]
    promise: Annotated[
        str,
        Meta(
            description="The accuracy that the framework's documentation promises, in words, by which this is judged "
            "in the place of ulp, with its source; empty: none, and ulp count."
        ),
    ] = ""
    accuracy: Accuracy | None = None
    stability: Stability | None = None
    safe_range: SafeRange | None = None
    regions: Annotated[
        dict[RegionName, RegionScore],
        Meta(description="Figures per region of inputs; a region without points is left out."),
    ] = {}
    failures: Annotated[dict[Kind, Count], Meta(description="Number of failing results by kind of failure.")] = {}
    inherent: Annotated[
        int,
        Meta(
            ge=0,
            description="Results that are off only by what is inherent in the question (a rounding of the input, a "
            "definition of the format): nobody's finding.",
        ),
    ] = 0
    undecided: Annotated[
        int,
        Meta(
            ge=0,
            description="Results whose verdict the oracle could not decide at its precision cap, or that were not "
            "asked for (message says why); they neither pass nor fail.",
        ),
    ] = 0
    certificates: Annotated[
        dict[str, Count],
        Meta(description="Number of results by the certificate of the truth they were judged by."),
    ] = {}
    tiers: Annotated[dict[str, Count], Meta(description="Number of results by the oracle's tier that answered.")] = {}
    seconds: Annotated[float, Meta(description="Time the framework took for this cell, seconds.")]
    curve: Curve | None = None


OfferStatus = Literal["ok", "not_offered", "raised", "crashed", "timed_out", "mixed"]


class Offer(msgspec.Struct, frozen=True, kw_only=True):
    """What one framework says of a statistic."""

    framework: Framework
    version: Version
    mode: Mode
    dtype: Dtype
    status: Annotated[
        OfferStatus,
        Meta(description="What became of the question."),
    ]
    got: Annotated[
        Number | None,
        Meta(description="The framework's value, of an event that of the worst entry; null where it gave none."),
    ] = None
    ulp: Annotated[Number | None, Meta(description="Distance from the exact value, ulp.")] = None
    nats: Annotated[Number | None, Meta(description="Distance from the exact value, nats; null where meaningless.")] = (
        None
    )
    verdict: Annotated[str, Meta(description="right, wrong, not offered, undecided, or the kind of failure.")]
    message: Annotated[
        str,
        Meta(
            description="What the framework said, where it did not answer; of an entropy that it does not offer, what "
            "minus its log density is on average over its own draws; of an event, which entry is shown; empty "
            "otherwise."
        ),
    ] = ""


class Statistic(msgspec.Struct, frozen=True, kw_only=True):
    """One exact statistic of a distribution, with what each framework offers."""

    subject: Annotated[str, Meta(description="The distribution.")]
    quantity: StatisticName
    exact: Annotated[
        str,
        Meta(
            description="The exact value to 30 digits, or inf; where several are right, all of them. Of an event its "
            "entries in C order, separated by spaces, as are the ends of their enclosures."
        ),
    ]
    lo: Annotated[str, Meta(description="Lower end of the enclosure, decimal.")]
    hi: Annotated[str, Meta(description="Upper end of the enclosure, decimal.")]
    certificate: CertificateName
    offers: Annotated[list[Offer], Meta(description="One entry per framework, mode and dtype.")]


LawStatus = Literal["pass", "fail", "known", "not_offered", "undecided"]


class LawResult(msgspec.Struct, kw_only=True):
    """One law on one case."""

    framework: Framework
    mode: Mode
    dtype: Dtype
    subject: Subject
    law: Law
    status: Annotated[
        LawStatus,
        Meta(description="known: it fails only in ways that the adapter's list of known failures names."),
    ]
    checks: Annotated[int, Meta(ge=0, description="Results judged.")]
    failed: Annotated[int, Meta(ge=0, description="Results that break the law.")]


class Cluster(msgspec.Struct, frozen=True, kw_only=True):
    """Frameworks that share a worst input in the ordinary region, and so probably a formula."""

    subject: Subject
    quantity: Quantity
    dtype: Dtype
    worst_input_hex: Hex
    worst_input: Annotated[str, Meta(description="The shared worst input, decimal.")]
    worst_ulp: Annotated[Number, Meta(description="The shared error, ulp.")]
    members: Annotated[list[str], Meta(description='Framework and mode, such as "torch eager".')]


class ResultsDocument(msgspec.Struct, kw_only=True):
    """What one run measured (``results.json``)."""

    format: Literal["conformance-results"] = "conformance-results"
    format_version: Literal[2] = 2
    run: Run
    frameworks: Annotated[
        list[FrameworkEntry], Meta(description="Every framework that was asked for, the failed ones included.")
    ]
    subjects: Annotated[list[SubjectEntry], Meta(description="Every subject of the run.")]
    parts: Annotated[
        list[SubjectEntry],
        Meta(description="Maps and laws without parts that subjects are made of, and no subjects."),
    ] = []
    laws: Annotated[list[LawEntry], Meta(description="Every law of the run.")]
    cells: Annotated[list[Cell], Meta(description="The measurements.")]
    statistics: Annotated[
        list[Statistic],
        Meta(description="Statistics of the distributions, with what each framework offers."),
    ]
    law_results: Annotated[list[LawResult], Meta(description="The verdict of every law on every case.")]
    clusters: list[Cluster]
