"""One isolated environment per framework: made once, reused while its requirements stay the same.

``CONFORMANCE_PYTHON_<FRAMEWORK>=/path/to/python`` names an interpreter that has the framework already, as in the
framework's own CI; nothing is installed then. ``CONFORMANCE_DEVICE_<FRAMEWORK>=cuda`` asks for another device than the
processor; whatever was computed on one device is never taken for another's.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import shutil
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from conformance.execution.fingerprint import InterpreterError, digest, installed
from conformance.execution.frameworks import FRAMEWORKS, REFERENCE, environment_of, requirements
from conformance.execution.home import environments_dir
from conformance.execution.installation import InstallationFailed, install

Log = Callable[[str], None]

_MARKER = "conformance-environment.json"


@dataclass(frozen=True)
class Environment:
    """Where a framework's worker runs. status: "ready", or "failed" with python None and a one-line ``reason``.

    fingerprint: digest of the interpreter's version, every installed distribution and the device, where another than
    the processor was asked for; it names results. adapter_file:
    the file with the class Adapter, for a library whose adapter is not part of this project. dialect: the framework in
    whose functions formulas are written for it, where that is another.
    """

    framework: str
    python: Path | None
    status: str
    reason: str = ""
    fingerprint: str = ""
    packages: Mapping[str, str] = field(default_factory=dict)
    adapter_file: Path | None = None
    dialect: str = ""


def ensure(framework: str, root: Path | None = None, log: Log = print) -> Environment:
    """The environment of ``framework``, installed under ``root`` when it is not there yet.

    Never raises for a failed installation: that is a "failed" Environment, and the next call tries again. An
    interrupted installation is noticed and done over. Two processes never install the same environment at once: the
    second waits. Raises ValueError for an unknown framework.
    """
    found = existing(framework, root)
    if found.status == "ready" or _chosen(framework):
        return found
    owner = environment_of(framework)
    base = root or environments_dir()
    log_path = base.parent / "logs" / f"install-{owner}.log"
    try:
        with _locked(base, owner, log):
            # Another process may have finished it while this one waited.
            found = existing(framework, root)
            if found.status == "ready":
                return found
            _install(owner, base / owner, log_path, log)
    except InstallationFailed as problem:
        log(f"{owner}: installation failed: {problem} (log: {log_path})")
        return Environment(framework, None, "failed", f"installation failed: {problem}")
    except OSError as problem:
        log(f"{owner}: installation failed: {problem}")
        return Environment(framework, None, "failed", f"installation failed: {problem.strerror or problem}")
    return existing(framework, root)


def ensure_all(
    frameworks: Iterable[str] = FRAMEWORKS, root: Path | None = None, log: Log = print, at_once: int = 2
) -> dict[str, Environment]:
    """``ensure`` for each, ``at_once`` installations at a time; in the order asked."""
    wanted = list(frameworks)
    owners = list(dict.fromkeys(environment_of(_known(name)) for name in wanted))
    interrupted = threading.Event()

    def told(text: str) -> None:
        # Ctrl-C ends pip too; that its installation failed is then no news.
        if not interrupted.is_set():
            log(text)

    with ThreadPoolExecutor(max_workers=at_once) as pool:
        try:
            by_owner = dict(zip(owners, pool.map(lambda name: ensure(name, root, told), owners), strict=True))
        except KeyboardInterrupt:
            interrupted.set()
            raise
    ready = {}
    for name in wanted:
        owner = by_owner[environment_of(name)]
        # A failed installation is not tried again for the framework that borrows it.
        borrowed = owner.status == "failed" and not _chosen(name)
        ready[name] = Environment(name, None, "failed", owner.reason) if borrowed else ensure(name, root, log)
    return ready


def existing(framework: str, root: Path | None = None) -> Environment:
    """The environment of ``framework`` as it is now; "failed" when it is absent, half made or outdated. Installs
    nothing. Raises ValueError for an unknown framework."""
    python = _interpreter(framework, root)
    if python is None:
        return Environment(framework, None, "failed", "not installed")
    return inspected(framework, python)


def is_ready(framework: str, root: Path | None = None) -> bool:
    """Whether ``existing`` finds it ready. Of what this project installed itself no interpreter is started for that."""
    if _chosen(_known(framework)):
        return existing(framework, root).status == "ready"
    return _interpreter(framework, root) is not None


def _interpreter(framework: str, root: Path | None) -> Path | None:
    chosen = _chosen(_known(framework))
    owner = environment_of(framework)
    if chosen or owner == REFERENCE:
        return Path(chosen) if chosen else Path(sys.executable)
    folder = (root or environments_dir()) / owner
    python = folder / "bin" / "python"
    try:
        marker = json.loads((folder / _MARKER).read_text(encoding="utf-8"))
        return python if marker["wanted"] == _wanted(owner) and python.exists() else None
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _known(framework: str) -> str:
    if framework not in FRAMEWORKS:
        raise ValueError(f"unknown framework {framework!r}; known: {', '.join(FRAMEWORKS)}")
    return framework


def _chosen(framework: str) -> str | None:
    for name in (framework, environment_of(framework)):
        if path := os.environ.get(f"CONFORMANCE_PYTHON_{name.upper()}"):
            return path
    return None


def inspected(framework: str, python: Path) -> Environment:
    """The environment of an interpreter that is there; "failed", with the reason, where it does not run."""
    try:
        fingerprint, packages = installed(python)
    except InterpreterError as problem:
        return Environment(framework, None, "failed", str(problem))
    device = device_asked(framework)
    return Environment(framework, python, "ready", "", digest(fingerprint, device) if device else fingerprint, packages)


def device_asked(framework: str) -> str:
    """What CONFORMANCE_DEVICE_<FRAMEWORK> says, in the framework's own words ("cuda"); empty: the processor."""
    return os.environ.get(f"CONFORMANCE_DEVICE_{framework.upper()}", "").strip()


def _wanted(owner: str) -> str:
    """What the environment is made for; another answer means another environment."""
    with_dependencies, without = requirements(owner)
    version = f"{sys.implementation.name} {sys.version_info.major}.{sys.version_info.minor}"
    return digest(version, "\n".join(with_dependencies), "\n".join(without))


def _install(owner: str, folder: Path, log_path: Path, log: Log) -> None:
    with_dependencies, without = requirements(owner)
    if not with_dependencies:
        raise InstallationFailed(f"adapters/{owner}/requirements.txt is missing or empty")
    began = time.monotonic()
    log(f"{owner}: installing {' '.join([*with_dependencies, *without])} (log: {log_path})")
    try:
        install(owner, folder, with_dependencies, without, log_path, log)
    except InstallationFailed:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    seconds, size = time.monotonic() - began, _size(folder)
    # Last of all and by renaming: an environment without it is one whose installation was interrupted.
    marker = {"wanted": _wanted(owner), "seconds": round(seconds, 1), "bytes": size}
    aside = folder / f"{_MARKER}.part"
    aside.write_text(json.dumps(marker), encoding="utf-8")
    aside.replace(folder / _MARKER)
    log(f"{owner}: ready after {seconds:.0f} s, {size / 1e6:.0f} MB")


def _size(folder: Path) -> int:
    total = 0
    for path, _, names in os.walk(folder):
        for name in names:
            with contextlib.suppress(OSError):
                total += os.lstat(os.path.join(path, name)).st_size
    return total


@contextlib.contextmanager
def _locked(base: Path, owner: str, log: Log) -> Iterator[None]:
    """Held by one process at a time; the kernel lets go when the holder ends, however it ends."""
    base.mkdir(parents=True, exist_ok=True)
    with (base / f".{owner}.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            log(f"{owner}: another run is installing it; waiting")
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield
