"""What a result depends on besides its request, as short digests: packages, adapter source, processor."""

from __future__ import annotations

import functools
import hashlib
import json
import os
import platform
import re
import subprocess
import time
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from conformance.execution.frameworks import ADAPTERS_DIR

_LIST_PACKAGES = """
import importlib.metadata as m, json, sys
found = {d.metadata["Name"]: d.version for d in m.distributions() if d.metadata["Name"]}
print(json.dumps({"python": sys.version, "packages": found, "path": sys.path}))
"""

_SETTLED = 2.0
"""Seconds that a folder must have been left alone before what lies in it is remembered: two changes that follow each
other more closely may leave the same time behind."""


class InterpreterError(Exception):
    """The interpreter does not run; the message is one line."""


def digest(*parts: str | bytes) -> str:
    """sha256 over the parts, each preceded by its length, in hex."""
    total = hashlib.sha256()
    for part in parts:
        raw = part.encode() if isinstance(part, str) else part
        total.update(len(raw).to_bytes(8, "big") + raw)
    return total.hexdigest()


def installed(python: Path) -> tuple[str, dict[str, str]]:
    """(fingerprint, {distribution: version}) of the environment of ``python``; equal packages give equal fingerprints.

    Asked again in the same process, it is not started where neither the interpreter nor a folder of its path has
    changed since. Raises InterpreterError when it does not run.
    """
    key = str(python)
    known = _INSTALLED.get(key)
    if known is not None and _times(known.watched) == known.times:
        return known.fingerprint, dict(known.packages)
    began = time.time()
    try:
        done = subprocess.run(
            [key, "-I", "-c", _LIST_PACKAGES], capture_output=True, text=True, timeout=60, check=False
        )
        found = json.loads(done.stdout)
    except (OSError, subprocess.TimeoutExpired, ValueError) as problem:
        raise InterpreterError(f"{python} does not run: {type(problem).__name__}") from None
    packages = dict(sorted(found["packages"].items()))
    fingerprint = digest(found["python"], json.dumps(packages))
    watched = (key, *found["path"])
    times = _times(watched)
    if max(times) < (began - _SETTLED) * 1e9:
        _INSTALLED[key] = _Installed(fingerprint, packages, watched, times)
    return fingerprint, dict(packages)


class _Installed(NamedTuple):
    fingerprint: str
    packages: dict[str, str]
    watched: tuple[str, ...]
    times: tuple[int, ...]


_INSTALLED: dict[str, _Installed] = {}


def _times(paths: Iterable[str]) -> tuple[int, ...]:
    """When each was last changed, in ns; 0 for what is not there. An installation adds and removes folders in one of
    them, so its time tells."""
    times = []
    for path in paths:
        try:
            times.append(os.stat(path).st_mtime_ns)
        except OSError:
            times.append(0)
    return tuple(times)


def _beside(adapter_file: Path) -> list[Path]:
    """The Python files beside an adapter and below, which it may import: a library under test lies there as a rule."""
    found: list[Path] = []
    for folder, below, names in os.walk(adapter_file.resolve().parent):
        below[:] = sorted(name for name in below if not name.startswith((".", "__")) and name != "site-packages")
        found += [Path(folder, name) for name in sorted(names) if name.endswith(".py")]
        if len(found) > _MANY:
            break
    return found[:_MANY]


_MANY = 2000
"""Files beside an adapter that are looked at: a library has fewer, somebody's whole home has more."""


def adapter_source(framework: str, adapter_file: Path | None = None) -> str:
    """Digest of every line that may shape this adapter's answers: its folder, what it imports of other adapters'
    folders, the interface and the worker; or the single file and the Python files beside it."""
    shared = [*sorted((ADAPTERS_DIR / "interface").glob("*.py")), ADAPTERS_DIR / "worker.py"]
    if adapter_file is not None:
        return _digest_files([*shared, adapter_file, *_beside(adapter_file)])
    waiting, folders = [framework], set[str]()
    sources: list[Path] = []
    while waiting:
        folder = waiting.pop()
        if folder in folders:
            continue
        folders.add(folder)
        own = sorted(path for path in (ADAPTERS_DIR / folder).rglob("*.py") if "tests" not in path.parts)
        sources += own
        for path in own:
            named = re.findall(r"\badapters\.(\w+)", path.read_text(encoding="utf-8"))
            waiting += [name for name in named if (ADAPTERS_DIR / name).is_dir() and name != "interface"]
    return _digest_files([*shared, *sorted(sources)])


def _digest_files(paths: list[Path]) -> str:
    parts: list[str | bytes] = []
    for path in paths:
        parts += [path.name, path.read_bytes()]
    return digest(*parts)


@functools.cache
def processor() -> str:
    """Digest of the processor's model: vector widths decide which code path a framework takes."""
    lines = []
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.is_file():
        wanted = re.compile(r"^(model name|flags|Features|CPU part)\s*:")
        lines = sorted({line for line in cpuinfo.read_text().splitlines() if wanted.match(line)})
    return digest(platform.machine(), platform.processor(), *lines)
