"""Reading and writing the files of a run: whole, valid and of this version, or an error that names the file."""

from __future__ import annotations

import contextlib
import json
import os
import tempfile
from pathlib import Path

from conformance.findings.schema import (
    FormatError,
    Json,
    check,
    numbers_as_text,
    text_as_numbers,
    undocumented,
)


class CorruptFile(Exception):
    """A file is missing, damaged, malformed or of another version; ``str`` is one line naming the file and why.

    set_aside: where the file was moved to, if the reader asked for that.
    """

    def __init__(self, path: Path, reason: str, set_aside: Path | None = None) -> None:
        moved = f" (set aside as {set_aside.name})" if set_aside else ""
        super().__init__(f"{path}: {reason}{moved}")
        self.path, self.reason, self.set_aside = path, reason, set_aside


def write_json(path: Path, document: Json) -> None:
    """Write a results or findings document so that ``path`` holds the old file or the whole new one, never a part.

    Non-finite floats are written as the texts "inf", "-inf", "nan"; one record stands on one line. Raises FormatError,
    and leaves ``path`` alone, when the document breaks its schema or holds a field that the schema does not describe.
    """
    document = numbers_as_text(document)
    check(document)
    extra = undocumented(document)
    if extra:
        raise FormatError(f"{extra[0]} is not described by the schema of {document['format']}")
    text = _one_record_a_line(document)
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, beside = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".part")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as stream:
            stream.write(text)
            stream.flush()
            os.fsync(stream.fileno())
        os.chmod(beside, 0o666 & ~_umask())
        os.replace(beside, path)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(beside)
        raise


def read_results(path: Path, *, set_aside: bool = False) -> Json:
    """The valid results document at ``path``, its non-finite numbers as floats.

    Raises CorruptFile otherwise; with ``set_aside`` the file is renamed to ``*.corrupt`` first.
    """
    return _read(Path(path), "conformance-results", set_aside)


def read_findings(path: Path, *, set_aside: bool = False) -> Json:
    """The valid findings document at ``path``; otherwise as ``read_results``."""
    return _read(Path(path), "conformance-findings", set_aside)


def _read(path: Path, expected_format: str, set_aside: bool) -> Json:
    try:
        text = path.read_bytes().decode("utf-8")
    except OSError as problem:
        # Nothing is there to be set aside.
        raise CorruptFile(path, f"cannot be read: {problem.strerror or problem}") from None
    except UnicodeDecodeError as problem:
        raise CorruptFile(path, f"is not UTF-8 at byte {problem.start}", _moved(path, set_aside)) from None
    try:
        document = json.loads(text, parse_constant=_no_constant)
        check(document, expected_format)
    except json.JSONDecodeError as problem:
        reason = "is empty" if not text.strip() else f"is not JSON: {problem.msg} at line {problem.lineno}"
        raise CorruptFile(path, reason, _moved(path, set_aside)) from None
    except (ValueError, RecursionError) as problem:
        raise CorruptFile(path, " ".join(str(problem).split()), _moved(path, set_aside)) from None
    return text_as_numbers(document)


def _no_constant(name: str) -> float:
    raise FormatError(f"holds a bare {name}, which is not JSON")


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


def _one_record_a_line(document: Json) -> str:
    fields = []
    for key, value in document.items():
        if isinstance(value, list) and value:
            rows = ",\n  ".join(json.dumps(row, allow_nan=False, ensure_ascii=False) for row in value)
            fields.append(f"{json.dumps(key)}: [\n  {rows}\n ]")
        else:
            fields.append(f"{json.dumps(key)}: {json.dumps(value, allow_nan=False, ensure_ascii=False)}")
    return "{\n " + ",\n ".join(fields) + "\n}\n"


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
