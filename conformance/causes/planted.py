"""The kept matrix of planted defects, which every causes.json carries."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import msgspec

from conformance.causes.records import Planted

KEPT = Path(__file__).with_name("planted.json")


def read_planted() -> list[Planted]:
    """The rows of the kept matrix; none where it is missing or of another form, as in a damaged installation."""
    try:
        return msgspec.json.decode(KEPT.read_bytes(), type=list[Planted])
    except (OSError, msgspec.DecodeError):
        return []


def write_planted(rows: Sequence[Planted]) -> None:
    """Keep the matrix, a row on a line."""
    lines = ",\n".join(msgspec.json.encode(row).decode() for row in rows)
    KEPT.write_text(f"[\n{lines}\n]\n", encoding="utf-8")
