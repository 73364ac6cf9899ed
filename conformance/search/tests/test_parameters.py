"""Variants keep the shape of a subject and change one parameter to a value that every dtype holds exactly."""

from __future__ import annotations

import numpy as np
import pytest

from adapters.interface.spec import parse
from conformance.definitions.registry import definition_of
from conformance.search.parameters import CHOICES, MOST_VARIANTS, variants

LONG = "transformed(student_t(df=5.0,loc=0.25,scale=1.5),affine(loc=0.75,scale=-2.5))"


@pytest.mark.parametrize("subject", ["affine(loc=0.75,scale=-2.5)", LONG, "inverse_box_cox(power=0.5)", "tanh"])
def test_variants_are_defined_and_none_comes_twice(subject: str) -> None:
    found = variants(subject, 1)
    assert found[0] == str(parse(subject))
    assert len(set(found)) == len(found) <= MOST_VARIANTS
    for one in found:
        definition_of(one)
    assert found == variants(subject, 1)
    if subject == "tanh":
        assert found == ["tanh"]
    if subject == LONG:
        assert any("df=30.0" in one or "df=200.0" in one or "df=0.5" in one for one in found)


def test_every_value_has_at_most_8_significant_bits() -> None:
    values = np.array([value for row in CHOICES.values() for value in row])
    fraction, _ = np.frexp(values)
    assert np.array_equal(fraction * 256, np.round(fraction * 256))
