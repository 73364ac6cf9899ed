"""How the exact values of statistics read on the page."""

from __future__ import annotations

import pytest

from reports.summary import exact_text


@pytest.mark.parametrize(
    ("exact", "shown"),
    [
        ("1.41893853320467274178032973640", "1.41893853320467274178032973640"),
        ("-1 or 1", "-1 or 1"),
        ("any from 0.25 to 3", "any from 0.25 to 3"),
        ("inf", "inf"),
        ("0.162162162162162162162162162162 -1.5 0", "0.162162162, -1.5, 0"),
        ("inf 0.25", "inf, 0.25"),
        ("nan nan nan", "nan"),
        ("undecided undecided", "undecided"),
    ],
)
def test_entries_of_events_are_shortened_and_nothing_else(exact: str, shown: str) -> None:
    assert exact_text({"exact": exact}) == shown
