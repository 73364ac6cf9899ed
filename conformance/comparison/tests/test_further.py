"""Further subjects: each is defined; those of numbers are certified, agreed upon by mpmath, and accuse nobody who
computes them rightly (adapters/tests/test_sizes.py asks those of events)."""

from __future__ import annotations

import re

import numpy as np
import pytest

from adapters.interface.spec import Spec, parse
from adapters.mindspore.distributions import BASES, READY_MADE
from adapters.mindspore.transforms import TRANSFORMS
from adapters.numpy import Adapter
from conformance.certification.judgement import judge
from conformance.definitions.catalogue import CATALOGUE, FURTHER_SUBJECTS
from conformance.definitions.declared import spaces_of
from conformance.definitions.further import DEAR_LAWS, FURTHER_LAWS
from conformance.definitions.parameters import BeyondFormat, in_format
from conformance.definitions.registry import functions_of
from conformance.floats.enclosures import Kind
from conformance.floats.formats import FORMATS
from conformance.judging.cases import build_case, frame_of
from conformance.judging.profile import LEANLY, profile_named
from conformance.laws.registry import LAWS
from conformance.oracle.oracle import Oracle
from conformance.tests.in_process import InProcess

ORACLE = Oracle(None)
ROUND = (
    "sigmoid(high=1.0,low=-1.0)",
    "inverse_box_cox(power=7.450580596923828e-09)",
    "normal(loc=0.125,scale=0.0009765625)",
    "laplace(loc=0.125,scale=0.0009765625)",
    "half_normal(loc=0.125,scale=0.625)",
    *FURTHER_LAWS,
    *DEAR_LAWS,
    "inline(affine(loc=-1.25,scale=3.0))",
    "softfloor(temperature=0.75)",
    "softfloor(temperature=2.5)",
    "student_t(df=2.5,loc=-0.125,scale=10240.0)",
    "logistic(loc=0.125,scale=0.0009765625)",
)
"""Those whose numbers are numbers of every format that holds them; the others' are rounded in each."""
SINGLE = (
    "affine(loc=0.10000000149011612,scale=-0.0010000000474974513)",
    "student_t(df=1.25,loc=-0.125,scale=1.7000000476837158)",
    "student_t(df=1000000.0,loc=-0.125,scale=1.5)",
    "gumbel(loc=-12345.6787109375,scale=10240.0)",
    "gamma(concentration=0.10000000149011612,rate=0.699999988079071)",
    "student_t(df=3.200000047683716,loc=-0.125,scale=0.0010000000474974513)",
    "cauchy(loc=-0.125,scale=0.0010000000474974513)",
    "beta(concentration0=20.100000381469727,concentration1=0.05000000074505806)",
    "log_normal(loc=-0.10000000149011612,scale=0.009999999776482582)",
    "log_normal(loc=0.10000000149011612,scale=4.300000190734863)",
)
"""Those of long numbers that are numbers of float32."""
BEYOND_HALF = ("=1e-08", "e-09", "=1000000.0")
"""The parameters that are 0 or infinite in float16, and are left out there."""


def of_numbers(subject: str) -> bool:
    """Whether no event is involved."""
    return all(space is None for space in spaces_of(subject))


NUMBERS = [subject for subject in FURTHER_SUBJECTS if of_numbers(subject)]


def takes_python_numbers(spec: Spec) -> bool:
    """Whether MindSpore has the subject, to judge from the adapter's tables."""
    table = {**TRANSFORMS, **BASES, **READY_MADE}
    text = table.get(f"{spec.name}({','.join(sorted(spec.params))})", table.get(spec.name, "{none}"))
    return set(re.findall(r"\{(?:plain_|number_)?(\w+)\}", text)) == set(spec.params)


def test_each_is_named_once_and_canonically() -> None:
    assert len({*CATALOGUE, *FURTHER_SUBJECTS}) == len(CATALOGUE) + len(FURTHER_SUBJECTS)
    assert [str(parse(subject)) for subject in FURTHER_SUBJECTS] == list(FURTHER_SUBJECTS)


@pytest.mark.parametrize("subject", NUMBERS)
def test_its_numbers_are_those_of_the_format_under_test(subject: str) -> None:
    of_float64 = in_format(subject, FORMATS["float64"])
    assert of_float64 == subject
    for name in ("float16", "bfloat16", "float32"):
        if name == "float16" and any(number in subject for number in BEYOND_HALF):
            with pytest.raises(BeyondFormat):
                in_format(subject, FORMATS[name])
            continue
        kept = subject in ROUND or (name == "float32" and subject in SINGLE)
        assert (in_format(subject, FORMATS[name]) == subject) is kept, name


def test_where_python_numbers_are_handed_over_they_are_numbers_of_float32() -> None:
    """MindSpore's parameters are Python numbers: what float32 makes of 0.1 would be held against it in float64."""
    asked = [subject for subject in FURTHER_SUBJECTS if takes_python_numbers(parse(subject))]
    assert asked
    for subject in asked:
        assert in_format(subject, FORMATS["float32"]) == subject


@pytest.mark.slow
@pytest.mark.parametrize("subject", NUMBERS)
@pytest.mark.parametrize("dtype", LEANLY["dtypes"])
def test_truth_is_decided_and_mpmath_agrees(subject: str, dtype: str) -> None:
    fmt, exact = FORMATS[dtype], in_format(subject, FORMATS[dtype])
    for quantity in functions_of(exact):
        frame = frame_of(ORACLE, exact, quantity)
        low, high = frame.ordinary_low, frame.ordinary_high
        x = np.array([low + share * (high - low) for share in (0.125, 0.4375, 0.75)]).astype(fmt.dtype)
        # What people have may all be carried to an end of the image, where Newton's iteration has no way to go.
        x = x[(x > frame.domain_low) & (x < frame.domain_high)]
        truth = ORACLE.truth(exact, quantity, x, fmt)
        assert (truth.kind != Kind.UNDECIDED).all(), quantity
        for at, one in enumerate(x):
            if truth.kind[at] == Kind.FINITE:
                opinion = ORACLE.second_opinion(exact, quantity, one, fmt)
                assert opinion.agrees or not opinion.possible, (quantity, one)


@pytest.mark.slow
@pytest.mark.parametrize("subject", NUMBERS)
@pytest.mark.parametrize("dtype", LEANLY["dtypes"])
def test_the_reference_breaks_no_law_that_is_asked(subject: str, dtype: str) -> None:
    case = build_case(InProcess(Adapter), ORACLE, subject, dtype, "eager", profile_named("quick"), 5)
    for law in LEANLY["laws"]:
        if LAWS[law].applies(subject):
            judged = judge(LAWS[law], case)
            assert not judged.breaking, (law, judged.breaking)
