"""What a terminal says of a cause and of a finding can be read, however large the event is."""

from __future__ import annotations

import msgspec

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
