"""The identity of a finding: the same in every run.

The page works it out again: ``idOf`` of reports/static/js/22-parts.js, by 24-digest.js.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

IDENTITY = ("law", "framework", "version", "device", "mode", "dtype", "subject", "quantity", "region", "kind")
"""The fields whose texts make a finding the one that it is."""


def id_of(finding: Mapping[str, object]) -> str:
    """Twelve hexadecimal digits: a digest of the finding's axes, its region and its kind."""
    key = "|".join(str(finding[name]) for name in IDENTITY)
    return hashlib.sha256(key.encode()).hexdigest()[:12]
