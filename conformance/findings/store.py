"""Reading and writing the files of a run: whole, valid and of this version, or an error that names the file."""

from __future__ import annotations

import contextlib
import functools
import os
import tempfile
from pathlib import Path
from typing import Any, TypeVar

import msgspec
import numpy as np

from conformance.execution.plain import one_line
from conformance.findings.records import FindingsDocument
from conformance.findings.results import ResultsDocument
from conformance.findings.schema import FormatError, identity

Document = TypeVar("Document", bound=msgspec.Struct)

CELL_AXES = ("framework", "version", "device", "mode", "dtype", "subject", "quantity")

KEYS = {"cells": CELL_AXES, "findings": ("id",), "causes": ("id",)}
"""By the name of a list: the fields that no two of its records share."""


class CorruptFile(Exception):
    """A file is missing, damaged, malformed or of another version; ``str`` is one line naming the file and why.

    set_aside: where the file was moved to, if the reader asked for that.
    """

    def __init__(self, path: Path, reason: str, set_aside: Path | None = None) -> None:
        moved = f" (set aside as {set_aside.name})" if set_aside else ""
        super().__init__(f"{path}: {reason}{moved}")
        self.path, self.reason, self.set_aside = path, reason, set_aside


def write_document(path: Path, document: msgspec.Struct) -> None:
    """Write a document so that ``path`` holds the old file or the whole new one, never a part.

    One record stands on one line. Raises FormatError, one line, and leaves ``path`` alone, where the text would not
    read back as the very same document: a value outside its closed set, a number that JSON lacks, a repeated key.
    """
    encoder = msgspec.json.Encoder(enc_hook=_plain)
    try:
        text = _one_record_a_line(document, encoder)
        again = decoded(text, type(document))
    except (TypeError, msgspec.MsgspecError) as problem:
        raise FormatError(_told(problem)) from None
    if again != document:
        raise FormatError(f"{_difference(document, again)} does not read back as it is")
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, beside = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".part")
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(text)
            stream.flush()
            os.fsync(stream.fileno())
        os.chmod(beside, 0o666 & ~_umask())
        os.replace(beside, path)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(beside)
        raise


def read_results(path: Path, *, set_aside: bool = False) -> ResultsDocument:
    """The results at ``path``. Raises CorruptFile otherwise; with ``set_aside`` the file is first renamed to
    ``*.corrupt``."""
    return read_document(path, ResultsDocument, set_aside=set_aside)


def read_findings(path: Path, *, set_aside: bool = False) -> FindingsDocument:
    """The findings at ``path``; otherwise as ``read_results``."""
    return read_document(path, FindingsDocument, set_aside=set_aside)


def read_document(path: Path, document: type[Document], *, set_aside: bool = False) -> Document:
    """The document of this type at ``path``; fields that the type does not have are passed over.

    Raises CorruptFile, one line, where the file is missing, damaged, malformed or of another format or version; with
    ``set_aside`` it is renamed to ``*.corrupt`` first.
    """
    path = Path(path)
    try:
        raw = path.read_bytes()
    except OSError as problem:
        # Nothing is there to be set aside.
        raise CorruptFile(path, f"cannot be read: {problem.strerror or problem}") from None
    try:
        raw.decode("utf-8")
        return decoded(raw, document)
    except UnicodeDecodeError as problem:
        reason = f"is not UTF-8 at byte {problem.start}"
    except msgspec.ValidationError as problem:
        reason = _told(problem)
    except msgspec.DecodeError as problem:
        reason = f"is not JSON: {_told(problem)}" if raw.strip() else "is empty"
    except (FormatError, RecursionError) as problem:
        reason = " ".join(str(problem).split())
    raise CorruptFile(path, reason, _moved(path, set_aside))


def decoded(raw: bytes, document: type[Document]) -> Document:
    """The document in ``raw``. Raises FormatError where it is another one or repeats a key, and msgspec's errors."""
    wanted, version = identity(document)
    head = msgspec.json.decode(raw, type=_Head)
    if head.format != wanted:
        raise FormatError(f"format is {one_line(repr(head.format), 80)}, not {wanted!r}")
    if head.format_version != version:
        again = ": run the comparison again" if head.format_version == 1 else ""
        raise FormatError(
            f"format_version is {one_line(repr(head.format_version), 80)}; this release reads {version}{again}"
        )
    read = _decoder(document).decode(raw)
    for rows, axes in KEYS.items():
        seen: set[tuple[str, ...]] = set()
        for at, row in enumerate(getattr(read, rows, ())):
            key = tuple(getattr(row, axis) for axis in axes)
            if key in seen:
                raise FormatError(f"{rows}[{at}] repeats {' / '.join(key)}")
            seen.add(key)
    return read


class _Head(msgspec.Struct):
    format: Any = None
    format_version: Any = None


@functools.cache
def _decoder(document: type[Document]) -> msgspec.json.Decoder[Document]:
    return msgspec.json.Decoder(document)


def _told(problem: Exception) -> str:
    """One line with the place first: msgspec ends its message with " - at `$.cells[0].dtype`"."""
    what, _, place = one_line(problem, 300).partition(" - at `$")
    return f"{place.rstrip('`').lstrip('.')}: {what}" if place else what


def _difference(document: msgspec.Struct, again: msgspec.Struct) -> str:
    """The first part that a document and what it reads back as do not share."""
    for name in document.__struct_fields__:
        was, now = getattr(document, name), getattr(again, name)
        if was != now:
            if isinstance(was, list) and len(was) == len(now):
                at = next(at for at, pair in enumerate(zip(was, now, strict=True)) if pair[0] != pair[1])
                return f"{name}[{at}]"
            return name
    return "the document"


def _plain(value: Any) -> Any:
    if isinstance(value, np.generic):
        return value.item()
    raise TypeError(f"{type(value).__name__} has no place in a file")


def _moved(path: Path, wanted: bool) -> Path | None:
    if not wanted:
        return None
    target = path.with_name(path.name + ".corrupt")
    number = 2
    while target.exists():
        target = path.with_name(f"{path.name}.{number}.corrupt")
        number += 1
    try:
        os.replace(path, target)
    except OSError:
        return None
    return target


def _one_record_a_line(document: msgspec.Struct, encoder: msgspec.json.Encoder) -> bytes:
    fields = []
    for name in document.__struct_fields__:
        value = getattr(document, name)
        if isinstance(value, list) and value:
            rows = b",\n  ".join(encoder.encode(row) for row in value)
            fields.append(b'"%s": [\n  %s\n ]' % (name.encode(), rows))
        else:
            fields.append(b'"%s": %s' % (name.encode(), encoder.encode(value)))
    return b"{\n " + b",\n ".join(fields) + b"\n}\n"


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
