"""What is nobody's to mend in a composition: an intermediate value within a rounding of the next part's pole."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from conformance.findings.records import Finding
from conformance.findings.tests.documents import WORST, finding
from conformance.fuzzing.composing import inherent
from conformance.oracle.oracle import Oracle

POLE = "chain(inverse(gompertz_cdf(concentration=0.375,rate=0.75)),inverse(soft_clip(low=0.3)))"
"""At 0.09028237 the first part gives 0.3 within a rounding, where the second has a pole."""

AT = "0x1.71cbee0000000p-4"
EXACT = "-17.7709539004953698350140697094"


def shown(subject: str, at: str, got: str, exact: str, quantity: str = "forward") -> Finding:
    worst = replace(WORST, input_hex=at, got_hex=got, exact=exact)
    return finding(kind="value wrong", subject=subject, quantity=quantity, dtype="float32", worst=worst)


@pytest.mark.parametrize(("subject", "at"), [(POLE, AT), (f"independent({POLE},ndims=1.0)", f"{AT} 0x1.0p-1 0x1.0p-2")])
def test_a_pole_within_a_rounding_of_an_intermediate_value_is_nobodys(subject: str, at: str) -> None:
    assert inherent(Oracle(), shown(subject, at, "-inf", EXACT))


def test_a_pole_elsewhere_is_somebodys() -> None:
    assert not inherent(Oracle(), shown(POLE, "0x1.0p-1", "-inf", "0.4"))


def test_what_composing_costs_is_measured_by_what_it_costs() -> None:
    """exp(61/3) in two steps is off by 14 roundings here, and 4,000 are not that."""
    subject, at = "chain(affine(loc=0.0,scale=61.0),exp)", "0x1.5555680000000p-2"
    exact = float(Oracle().digits(subject, "forward", float.fromhex(at)))
    few, many = (float.hex(exact * (1 + share * 2.0**-24)) for share in (10.0, 4000.0))
    assert not inherent(Oracle(), shown(subject, at, many, repr(exact)))
    assert inherent(Oracle(), shown(subject, at, few, repr(exact)))


def test_of_slices_nothing_is_said() -> None:
    assert not inherent(Oracle(), shown("concatenate(tanh,exp,lengths=[1.0,1.0])", "0x1.0p0 0x1.0p0", "inf", "2.718"))


def test_a_shape_is_nothing_that_roundings_have() -> None:
    right = shown(POLE, AT, "-inf", EXACT)
    assert not inherent(Oracle(), replace(right, kind="shape wrong"))
    assert not inherent(Oracle(), replace(right, law="L09"))
