"""The closed sets of names in the files of a run, as types: each derived from the code that owns the names.

They are plain ``str`` to a type checker; a reader and a writer hold every value against the set.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Annotated, Any

from msgspec import Meta

from adapters.interface.quantities import (
    DISTRIBUTION_DECLARED,
    DISTRIBUTION_QUANTITIES,
    OF_PAIRS,
    STATISTICS,
    TRANSFORM_DECLARED,
    TRANSFORM_QUANTITIES,
)
from conformance.floats.enclosures import Certificate
from conformance.floats.formats import FORMATS
from conformance.floats.regions import Region
from conformance.scoring.failures import ACCUSES_NOBODY, Failure

NO_FINDING = (*ACCUSES_NOBODY, Failure.NOT_OFFERED)
"""Verdicts on a result that are no kind of failure."""

_HEX = r"(nan|-?inf|-?0x[01]\.?[0-9a-f]*p[+-]?[0-9]+)"


def _closed(names: Iterable[str], description: str) -> Any:
    listed = list(names)
    return Meta(
        pattern=f"^({'|'.join(re.escape(name) for name in listed)})$",
        description=description,
        extra_json_schema={"enum": listed},
    )


Dtype = Annotated[str, _closed(FORMATS, "The float format that inputs, parameters and results are in.")]

RegionName = Annotated[
    str,
    _closed(
        (region.label for region in Region),
        'Which part of the line an input lies in. "ordinary" sets the accuracy, "outside" is outside the domain, all '
        "others are the extreme regions.",
    ),
]

Kind = Annotated[str, _closed((one.label for one in Failure if one not in NO_FINDING), "The kind of failure.")]

Quantity = Annotated[
    str,
    _closed(
        (*TRANSFORM_QUANTITIES, *DISTRIBUTION_QUANTITIES, *OF_PAIRS, *TRANSFORM_DECLARED, *DISTRIBUTION_DECLARED),
        "What was asked. Of a transform: forward, inverse, fldj (log|det J| at x, nats), ildj (that of the inverse at "
        "y, nats). Of a distribution: log_prob (nats), log_prob_from_base (log_prob of f(x) as a function of x), prob "
        "(the density), cdf, log_cdf (nats), survival, log_survival (nats), icdf (the quantile, a function of a "
        "probability), sample, rsample (reparameterised), scored_sample and scored_log_prob (nats; what comes of one "
        "call that draws and scores), entropy (nats), entropy_estimate, mean, variance, stddev, median, mode. Of two: "
        "kl (the Kullback-Leibler divergence, nats), cross_entropy (nats). The others are "
        "what an object declares of itself, in numbers: 1 for yes, 0 for no; a count of axes; the bits of a dtype.",
    ),
]

StatisticName = Annotated[str, _closed(STATISTICS, "Which statistic; entropy is in nats.")]

CertificateName = Annotated[
    str,
    _closed(
        (one.name.lower() for one in Certificate),
        "How the exact value is known: certified (interval arithmetic proves it), agreed (two independent code bases "
        "agree at two precisions), float (a fast tier with a stated, validated bound).",
    ),
]

Law = Annotated[str, Meta(pattern="^L[0-9]{2}$", description="Identifier of the law, such as L02.")]

Hex = Annotated[
    str,
    Meta(
        pattern=f"^{_HEX}( {_HEX})*$",
        description="A float as C99 hexadecimal text (Python's float.hex), or nan, inf, -inf. The elements of a vector "
        "are separated by single spaces.",
    ),
]

Framework = Annotated[str, Meta(description="Name of the framework's adapter, such as torch.")]
Version = Annotated[str, Meta(description="Version of the framework, as it reports it.")]
Device = Annotated[str, Meta(description="Device that the framework computed on, such as cpu.")]
Mode = Annotated[str, Meta(description="How the framework was called: eager, or one of its compiled modes.")]
Subject = Annotated[
    str, Meta(description="Transform or distribution with its parameters, such as affine(loc=0.75,scale=-2.5).")
]
Count = Annotated[int, Meta(ge=0)]


MOST_SHOWN = 9
"""Numbers of an event that a sentence holds: a matrix of three rows. Scripts and files keep all."""

MOST_OF_A_LIST = 16
"""Numbers of a parameter that a sentence holds: a matrix of four rows."""

_LIST = re.compile(r"\[[-+.,\d\[\]e]*\]")


def elided(numbers: str) -> str:
    """``numbers``, space-separated, for a reader: of more than ``MOST_SHOWN`` the first, and how many there are."""
    words = numbers.split(" ")
    if len(words) <= MOST_SHOWN:
        return numbers
    return f"{' '.join(words[: MOST_SHOWN - 1])} … ({len(words)} numbers)"


def named(subject: str) -> str:
    """``subject`` as a sentence names it: of a parameter of more than ``MOST_OF_A_LIST`` numbers the first three, and
    how many there are."""
    return _LIST.sub(_list_named, subject)


def _list_named(found: re.Match[str]) -> str:
    words = found.group().strip("[]").split(",")
    if len(words) <= MOST_OF_A_LIST:
        return found.group()
    return f"[{','.join(word.strip('[]') for word in words[:3])},… ({len(words)} numbers)]"


def asked_at(quantity: str, subject: str, place: str) -> str:
    """What was asked, and where; a statistic is asked at no point."""
    asked = f"{quantity} of {named(subject)}"
    return asked if quantity in STATISTICS else f"{asked} at {elided(place)}"
