"""A reply as a record of the journal, and back."""

from __future__ import annotations

from typing import Any

from conformance.execution.request import Array, Fate, Reply


def record_of(reply: Reply, timeout: float) -> tuple[dict[str, Any], list[Array]]:
    """Header and arrays. timeout: the seconds that were waited, after which a longer wait may find more."""
    late = reply.status == "timed_out"
    if reply.status != "ok" and reply.fate is not None:
        late |= bool((reply.fate == Fate.TIMED_OUT).any())
    header = {
        "status": reply.status,
        "message": reply.message,
        "seconds": reply.seconds,
        "log": reply.log,
        "timeout": timeout,
        "timed_out": late,
        "has": [reply.values is not None, reply.fate is not None],
        "absent": reply.absent,
    }
    return header, [array for array in (reply.values, reply.fate) if array is not None]


def reply_from(header: dict[str, Any], arrays: list[Array]) -> Reply:
    """The reply as it came, but for ``reused``."""
    waiting = iter(arrays)
    values, fate = (next(waiting) if present else None for present in header["has"])
    status, message, seconds, log = (header[name] for name in ("status", "message", "seconds", "log"))
    # Records of earlier releases do not say whether the whole subject is absent.
    return Reply(status, values, fate, message, seconds, True, log, header.get("absent") is True)
