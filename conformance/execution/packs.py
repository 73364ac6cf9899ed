"""Records in a few files that only grow: to make a file takes longer than to write what most records hold.

A pack is ``magic | record | record …``, a record ``key | sha256 of key and body | length of the body | crc32 of that
length | body``. Every process appends to a pack of its own and reads everybody's. What another process writes is found
as soon as it is whole.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import secrets
import struct
import threading
import time
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

_MAGIC = b"conformance journal pack 1\n"
_HEAD = struct.Struct("<32s32sQI")
_STRUCK = bytes(32)
_SETTLED = 2_000_000_000
"""Nanoseconds that a folder must have been left alone before what lies in it is remembered."""
_NEW = os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_APPEND | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a record lies: its head at ``at`` in ``pack``, its body of ``length`` bytes right behind."""

    pack: str
    at: int
    length: int


class Packs:
    """Bodies by key (32 bytes, not all of them 0) in the packs ``<name>-*.pack`` of ``folder``, which need not exist.

    Guarantee: a process that is killed while it writes costs the record that it was writing, and no other. What is
    found is what was stored: a record whose checksum fails is named to ``log``, struck out and treated as absent.
    Threads, forked processes and strangers may use one folder at the same time.
    """

    def __init__(self, folder: Path, name: str, log: Callable[[str], None]) -> None:
        self._folder, self._name, self._log = str(folder), name, log
        self._lock = threading.Lock()
        self._places: dict[bytes, list[_Place]] = {}
        self._read: dict[str, int] = {}
        """By pack how far it was read."""
        self._seen = -1
        self._own = ""
        self._descriptor, self._end, self._writer = -1, 0, 0

    def load(self, key: bytes) -> bytes | None:
        """The body under ``key``; None where there is none. Raises OSError for a pack that cannot be read."""
        with self._lock:
            if key not in self._places:
                self._look()
            places = list(self._places.get(key, ()))
        for place in places:
            with open(place.pack, "rb", buffering=0) as file:
                file.seek(place.at)
                record = file.read(_HEAD.size + place.length)
            _, checksum, _, _ = _HEAD.unpack_from(record)
            body = record[_HEAD.size :]
            if checksum == _checksum(key, body):
                return body
            self._strike(key, place)
        return None

    def store(self, key: bytes, body: bytes) -> None:
        """Keep ``body`` under ``key``. Raises OSError, and keeps nothing of it, where it cannot be written."""
        length = len(body).to_bytes(8, "little")
        record = memoryview(_HEAD.pack(key, _checksum(key, body), len(body), zlib.crc32(length)) + body)
        with self._lock:
            self._open()
            at = self._end
            self._append(record)
            self._places.setdefault(key, []).append(_Place(self._own, at, len(body)))

    def _open(self) -> None:
        if self._descriptor >= 0 and self._writer == os.getpid():
            return
        self._close()
        self._own = f"{self._folder}{os.sep}{self._name}-{secrets.token_hex(8)}.pack"
        os.makedirs(self._folder, exist_ok=True)
        self._descriptor, self._end, self._writer = os.open(self._own, _NEW, 0o600), 0, os.getpid()
        self._append(memoryview(_MAGIC))

    def _append(self, data: memoryview) -> None:
        left = data
        try:
            while left:
                left = left[os.write(self._descriptor, left) :]
        except BaseException:
            # What follows half a record in a pack is not read, so the next one goes into another.
            self._read[self._own] = self._end
            self._close()
            raise
        self._end += len(data)

    def _close(self) -> None:
        if self._descriptor >= 0:
            os.close(self._descriptor)
        self._descriptor = -1

    def __del__(self) -> None:
        with contextlib.suppress(OSError):
            self._close()

    def _look(self) -> None:
        """Read the heads of what others have written since the last time."""
        try:
            now = os.stat(self._folder).st_mtime_ns
        except OSError:
            return
        if now != self._seen:
            with contextlib.suppress(OSError):
                for entry in os.scandir(self._folder):
                    ours = entry.name.startswith(f"{self._name}-") and entry.name.endswith(".pack")
                    if ours and len(entry.name) == len(self._name) + 22:
                        self._read.setdefault(f"{self._folder}{os.sep}{entry.name}", 0)
            # Two changes that follow each other closely may leave the same time behind.
            self._seen = now if time.time_ns() - now > _SETTLED else -1
        for pack, read in self._read.items():
            if pack != self._own:
                with contextlib.suppress(OSError):
                    if os.stat(pack).st_size > read:
                        self._read[pack] = self._heads(pack, read)

    def _heads(self, pack: str, read: int) -> int:
        """Note the records of ``pack`` from ``read`` on; where the first lies that is not whole."""
        size = os.stat(pack).st_size
        with open(pack, "rb") as file:
            if not read:
                if size < len(_MAGIC):
                    return 0
                if file.read(len(_MAGIC)) != _MAGIC:
                    return self._unreadable(pack, 0, size)
                read = len(_MAGIC)
            file.seek(read)
            while True:
                head = file.read(_HEAD.size)
                if len(head) < _HEAD.size:
                    return read
                key, _, length, check = _HEAD.unpack(head)
                if zlib.crc32(length.to_bytes(8, "little")) != check:
                    return self._unreadable(pack, read, size)
                end = read + _HEAD.size + length
                if end > size:
                    return read
                if key != _STRUCK:
                    self._places.setdefault(key, []).append(_Place(pack, read, length))
                file.seek(end)
                read = end

    def _unreadable(self, pack: str, at: int, size: int) -> int:
        self._log(f"journal: {pack} is corrupt from byte {at} on; what stood there is computed anew")
        return size

    def _strike(self, key: bytes, place: _Place) -> None:
        self._log(f"journal: a record of {place.pack} is corrupt; struck out and computed anew")
        with self._lock:
            self._places[key] = [each for each in self._places[key] if each != place]
        with contextlib.suppress(OSError), open(place.pack, "r+b", buffering=0) as file:
            file.seek(place.at)
            file.write(_STRUCK)


def _checksum(key: bytes, body: bytes) -> bytes:
    # The key is covered too: a whole record under another record's key is as wrong as a damaged one.
    return hashlib.sha256(key + body).digest()
