"""L15's parameters of full length: none of them is a number of a narrower format, and what counts nothing stays."""

from __future__ import annotations

import numpy as np
import pytest

from adapters.interface.spec import Spec, Value, parse
from conformance.definitions.catalogue import CATALOGUE
from conformance.definitions.registry import definition_of
from conformance.laws.l15_dtype import full_length

FLOW = next(subject for subject in CATALOGUE if subject.startswith("real_nvp"))


def numbers(spec: Spec) -> list[float]:
    own = [number for _, value in sorted(spec.params.items()) for number in flat(value)]
    return own + [value for part in spec.parts for value in numbers(part)]


def flat(value: Value) -> list[float]:
    if isinstance(value, tuple):
        return [number for item in value for number in flat(item)]
    return [value] if isinstance(value, float) else []


@pytest.mark.parametrize("subject", [subject for subject in CATALOGUE if full_length(subject)])
def test_every_number_is_as_long_as_float64_resolves(subject: str) -> None:
    text = full_length(subject)
    assert text is not None
    before, after = numbers(parse(subject)), numbers(parse(text))
    changed = [(old, new) for old, new in zip(before, after, strict=True) if old != new]
    assert changed
    assert all(float(np.float32(new)) != new and np.sign(new) == np.sign(old) for old, new in changed)
    definition_of(text)  # It is a subject still.


@pytest.mark.parametrize(
    "subject",
    [
        "tanh",
        "independent(tanh,ndims=1)",
        "permute(permutation=[2.0,0.0,3.0,1.0])",
        "discrete_cosine_transform(dct_type=2.0)",
        "concatenate(tanh,exp,lengths=[1.0,2.0])",
    ],
)
def test_what_has_no_number_of_its_own_is_not_asked(subject: str) -> None:
    assert full_length(subject) is None


@pytest.mark.parametrize(
    ("subject", "kept", "changed"),
    [
        ("pad(before=1.0,after=2.0,value=0.75)", ("before", "after"), ("value",)),
        (
            "scale_matvec_lu(lower_upper=[[2.5,-0.75],[0.5,-1.75]],permutation=[1.0,0.0])",
            ("permutation",),
            ("lower_upper",),
        ),
        (
            next(subject for subject in CATALOGUE if subject.startswith("real_nvp")),
            ("num_masked",),
            ("hidden", "shift"),
        ),
    ],
)
def test_what_counts_stays_beside_what_measures(subject: str, kept: tuple[str, ...], changed: tuple[str, ...]) -> None:
    before, after = parse(subject).params, parse(full_length(subject) or subject).params
    assert all(before[name] == after[name] for name in kept)
    assert all(before[name] != after[name] for name in changed)
