"""L15's parameters of full length: none of them is a number of a narrower format, and what counts nothing stays."""

from __future__ import annotations

import numpy as np
import pytest

from adapters.interface.spec import Spec, parse
from conformance.definitions.catalogue import CATALOGUE
from conformance.definitions.registry import distribution_definition, is_distribution, transform_definition
from conformance.laws.l15_dtype import full_length


def numbers(spec: Spec) -> list[float]:
    own = [value for _, value in sorted(spec.params.items()) if isinstance(value, float)]
    return own + [value for part in spec.parts for value in numbers(part)]


@pytest.mark.parametrize("subject", [subject for subject in CATALOGUE if full_length(subject)])
def test_every_number_is_as_long_as_float64_resolves(subject: str) -> None:
    text = full_length(subject)
    assert text is not None
    before, after = numbers(parse(subject)), numbers(parse(text))
    changed = [(old, new) for old, new in zip(before, after, strict=True) if old != new]
    assert changed
    assert all(float(np.float32(new)) != new and np.sign(new) == np.sign(old) for old, new in changed)
    (distribution_definition if is_distribution(text) else transform_definition)(text)  # It is a subject still.


@pytest.mark.parametrize(
    "subject",
    [
        "tanh",
        "independent(tanh,ndims=1)",
        "permute(permutation=[2.0,0.0,3.0,1.0])",
        "pad(before=1.0,after=2.0,value=0.75)",
    ],
)
def test_what_has_no_number_of_its_own_is_not_asked(subject: str) -> None:
    assert full_length(subject) is None
