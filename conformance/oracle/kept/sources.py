"""What kept values depend on besides their request: digests of the modules that they come from."""

from __future__ import annotations

import hashlib
from functools import lru_cache

from conformance.rooms import PACKAGE

TRUTH = (
    "definitions",
    "definitions/distributions",
    "definitions/spaces",
    "definitions/transforms",
    "floats",
    "oracle/numbers",
    "oracle/pointwise",
    "oracle/piecewise",
    "oracle/bulk",
)
STATISTICS = (
    "definitions",
    "definitions/distributions",
    "definitions/spaces",
    "definitions/transforms",
    "floats",
    "oracle/numbers",
    "oracle/pointwise",
    "oracle/statistics",
    "oracle/weights",
)
OPINION = (
    "definitions",
    "definitions/distributions",
    "definitions/spaces",
    "definitions/transforms",
    "floats",
    "oracle/opinion",
)

_GROUND = ("spec", "quantities")
"""Modules of the ground floor that the oracle reads."""


@lru_cache(maxsize=8)
def source_digest(rooms: tuple[str, ...]) -> str:
    """A digest of every module in ``rooms``, of the grammar of subjects and of the table of quantities: sha256 in hex.

    Values that are kept under it are not found again once one of those modules has changed.
    """
    digest = hashlib.sha256()
    # Inside the package in a wheel, beside it in a checkout: conformance/rooms.py.
    beside = PACKAGE / "bundled" if (PACKAGE / "bundled").is_dir() else PACKAGE.parent
    modules = [path for room in rooms for path in sorted((PACKAGE / room).glob("*.py"))]
    ground = beside / "adapters" / "interface"
    for path in (*modules, *(ground / f"{name}.py" for name in _GROUND)):
        digest.update(f"{path.parent.name}/{path.name}".encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()
