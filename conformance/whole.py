"""A file that appears whole or not at all: written aside, under a name that nobody else takes, and moved into place."""

from __future__ import annotations

import contextlib
import itertools
import os
import secrets

_OWN = secrets.token_hex(8)
_COUNT = itertools.count()
_NEW = os.O_CREAT | os.O_EXCL | os.O_WRONLY | getattr(os, "O_CLOEXEC", 0)


def write_whole(path: str, *parts: bytes) -> None:
    """Write ``parts``, one after another, as the file ``path``, whose folder is made where it is missing.

    Guarantee: whoever opens ``path`` finds what was there before, or all of this. Raises OSError, and leaves nothing
    behind then. Threads and forked processes may write at the same time; of one path the last wins.

    A comparison writes two hundred thousand small files, so this makes no call that most of them do not need.
    """
    folder = os.path.dirname(path)
    aside = os.path.join(folder, f".part-{_OWN}-{os.getpid()}-{next(_COUNT)}")
    try:
        try:
            descriptor = os.open(aside, _NEW, 0o600)
        except FileNotFoundError:
            os.makedirs(folder, exist_ok=True)
            descriptor = os.open(aside, _NEW, 0o600)
        try:
            left = memoryview(b"".join(parts))
            while left:
                left = left[os.write(descriptor, left) :]
        finally:
            os.close(descriptor)
        os.replace(aside, path)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(aside)
        raise
