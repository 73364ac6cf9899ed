"""The one error of this package: a report that would mislead is not printed (ACCEPTANCE A19)."""

from __future__ import annotations


class ReportRefused(Exception):
    """The report was not written. ``str()`` is one line that says why and, where possible, what would help."""

    def __init__(self, reason: str) -> None:
        super().__init__(" ".join(reason.split()))
