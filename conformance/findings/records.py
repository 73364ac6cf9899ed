"""What a run leaves behind, as types: the one definition that the schema files and the readers come from."""

from __future__ import annotations

from typing import Literal

import msgspec

Number = float | Literal["inf", "-inf", "nan"]
"""A float that strict JSON can hold; ``float(number)`` reads both forms."""

Grade = Literal["grave", "serious", "minor"]


class Known(msgspec.Struct, frozen=True, kw_only=True):
    """The entry of a list of known failures that names a finding or a cause."""

    reason: str
    link: str
    versions: str


class Machine(msgspec.Struct, frozen=True, kw_only=True):
    """What a run ran on."""

    cpu: str
    cores: int
    platform: str
    python: str


class Run(msgspec.Struct, frozen=True, kw_only=True):
    """One run. ``seconds`` is its wall time; ``arguments`` are those of the command line."""

    started: str
    seconds: float
    seed: int
    profile: str
    suite_version: str
    oracle_version: str
    machine: Machine
    arguments: list[str]
