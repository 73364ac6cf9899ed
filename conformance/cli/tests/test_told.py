"""What a terminal says of a cause and of a finding can be read, however large the event is."""

from __future__ import annotations

import msgspec

from conformance.causes.records import Better
from conformance.causes.tests.examples import POWER_CAUSE
from conformance.certification.attribution import Attribution
from conformance.certification.messages import Accusation, finding_text
from conformance.cli.told import cause_text
from conformance.findings.tests.documents import finding

DECIMALS, HEX = " ".join(["0.5"] * 400), " ".join(["0x1.0p-1"] * 400)
AT = "0.5 … (400 numbers) (0x1.0p-1 0x1.0p-1"


def test_of_a_cause_at_many_numbers_the_first_are_told() -> None:
    wide = msgspec.structs.replace(POWER_CAUSE.example, input=DECIMALS, input_hex=HEX)
    told = cause_text(msgspec.structs.replace(POWER_CAUSE, example=wide), 100)
    assert AT in " ".join(told.split())
    assert len(told) < len(cause_text(POWER_CAUSE, 100)) + 1000


def test_of_a_finding_at_many_numbers_the_first_are_told() -> None:
    one = finding()
    wide = msgspec.structs.replace(one, worst=msgspec.structs.replace(one.worst, input=DECIMALS, input_hex=HEX))
    told = finding_text(Accusation(wide, Attribution("", one.subject, one.quantity), "", ""))
    assert AT in " ".join(told.split())


def test_of_what_is_asked_at_no_point_no_point_is_told() -> None:
    """Nothing that no number shows is told as one: of draws "got nan, exact nan, off by nan of 24 bits lost" was."""
    told = {}
    for quantity, got in (("mean", "0.5"), ("batch_shape", "[3]"), ("sample", "nan")):
        none = dict.fromkeys(("input", "input_hex"), "nan")
        exact = {"mean": "0.25", "batch_shape": "[2, 3]", "sample": "nan"}[quantity]
        shown = msgspec.structs.replace(POWER_CAUSE.example, quantity=quantity, got=got, exact=exact, **none)
        lines = cause_text(msgspec.structs.replace(POWER_CAUSE, example=shown), 100).splitlines()
        told[quantity] = {line.split()[0] for line in lines if line.startswith("  ") and line.split()}
    assert "at" not in told["mean"] | told["batch_shape"] | told["sample"]
    assert {"got", "exact", "off"} <= told["mean"]
    assert "off" not in told["batch_shape"]
    assert not {"got", "exact", "off"} & told["sample"]
    assert "at" in {line.split()[0] for line in cause_text(POWER_CAUSE, 100).splitlines() if line.startswith("  ")}


def test_what_comes_next_can_be_done() -> None:
    """A cause without a script has nothing to reproduce, and was told to be reproduced all the same."""
    again = f"conformance reproduce {POWER_CAUSE.id}"
    assert again in cause_text(POWER_CAUSE, 100)
    assert again not in cause_text(msgspec.structs.replace(POWER_CAUSE, scripts=[]), 100)


def test_a_formula_that_holds_by_what_conditioning_grants_says_so() -> None:
    better = Better(words="", code="", printed="0.5", ulp=1.4e6)
    told = [
        cause_text(msgspec.structs.replace(POWER_CAUSE, better=msgspec.structs.replace(better, ulp=ulp)), 200)
        for ulp in (0.4, 1.4e6)
    ]
    assert ["within what is granted at this input" in each for each in told] == [False, True]
