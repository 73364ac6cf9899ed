"""Fills one framework's environment with pip, as this machine's pip is configured.

Plain pip on purpose: it is the tool that the machine's wheel directories, mirrors and certificates are set up for.
A torch that would bring its CUDA packages is installed without them first: a CPU comparison has no use for gigabytes of
GPU libraries, and some builds import well without.
"""

from __future__ import annotations

import functools
import importlib.metadata
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

_GPU = re.compile(r"^(nvidia|cuda|triton)([-_.]|$)", re.IGNORECASE)
_NOISE = re.compile(r"^\s*(WARNING: Location|\[notice\]|Looking in|$)")


class InstallationFailed(Exception):
    """The environment could not be filled; the message is the last line of pip's that says why."""


def install(
    framework: str,
    folder: Path,
    with_dependencies: Sequence[str],
    without_dependencies: Sequence[str],
    log_path: Path,
    say: Callable[[str], None],
) -> Path:
    """Make a virtual environment in ``folder`` (removed first) and install the requirements; its interpreter.

    Everything that pip prints goes to ``log_path``. Raises InstallationFailed; what is in ``folder`` is then of no use.
    """
    shutil.rmtree(folder, ignore_errors=True)
    folder.parent.mkdir(parents=True, exist_ok=True)
    log_path.parent.mkdir(parents=True, exist_ok=True)
    log_path.write_text("", encoding="utf-8")
    # The pip that is here can serve the new environment too (since 22.3), which saves unpacking another.
    _run([sys.executable, "-m", "venv", *(["--without-pip"] if _shared_pip() else []), str(folder)], log_path)
    python = folder / "bin" / "python"
    lean = _lean_list(python, with_dependencies, log_path)
    if lean is None:
        _pip(python, with_dependencies, log_path)
    else:
        _pip(python, ["--no-deps", *lean], log_path)
        if not _imports(python, "torch", log_path):
            say(f"{framework}: this torch build needs its CUDA packages to import; installing them (about 4.6 GB)")
            _pip(python, with_dependencies, log_path)
    if without_dependencies:
        _pip(python, ["--no-deps", *without_dependencies], log_path)
    return python


def _lean_list(python: Path, requirements: Sequence[str], log_path: Path) -> list[str] | None:
    """What pip would install, as exact pins, less the GPU packages; None when there are none among them."""
    if not any(re.match(r"torch\b", line) for line in requirements):
        return None
    report = log_path.with_suffix(".report.json")
    try:
        _pip(python, ["--dry-run", "--report", str(report), *requirements], log_path)
        items = [item["metadata"] for item in json.loads(report.read_text(encoding="utf-8"))["install"]]
    finally:
        report.unlink(missing_ok=True)
    kept = [f"{item['name']}=={item['version']}" for item in items if not _GPU.match(item["name"])]
    return kept if len(kept) < len(items) else None


def _imports(python: Path, module: str, log_path: Path) -> bool:
    try:
        _run([str(python), "-I", "-c", f"import {module}"], log_path)
    except InstallationFailed:
        return False
    return True


def _pip(python: Path, arguments: Sequence[str], log_path: Path) -> None:
    pip = [sys.executable, "-m", "pip", "--python", str(python)] if _shared_pip() else [str(python), "-m", "pip"]
    _run([*pip, "install", "--no-input", "--disable-pip-version-check", *arguments], log_path)


@functools.cache
def _shared_pip() -> bool:
    try:
        version = importlib.metadata.version("pip").split(".")
        return (int(version[0]), int(version[1])) >= (22, 3)
    except (importlib.metadata.PackageNotFoundError, ValueError, IndexError):
        return False


def _run(command: Sequence[str], log_path: Path) -> None:
    # Where pip is told to install for the user or elsewhere by default, an environment of our own must not follow.
    unwanted = ("PIP_USER", "PIP_TARGET", "PIP_PREFIX", "PIP_REQUIRE_VIRTUALENV", "PYTHONPATH", "PYTHONHOME")
    environment = {key: value for key, value in os.environ.items() if key not in unwanted} | {"PIP_USER": "0"}
    with log_path.open("a", encoding="utf-8") as log:
        begin = log.tell()
        print("$", *command, file=log, flush=True)
        try:
            status = subprocess.run(
                command, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT, env=environment, check=False
            ).returncode
        except OSError as problem:
            raise InstallationFailed(f"{command[0]}: {problem.strerror}") from None
    if status:
        with log_path.open("rb") as raw:
            raw.seek(begin)
            output = raw.read().decode("utf-8", "replace")
        raise InstallationFailed(_telling_line(output) or f"{Path(command[0]).name} exited with status {status}")


def _telling_line(output: str) -> str:
    """The line of pip's (or venv's, or a traceback's) output that says what went wrong."""
    lines = [line.strip() for line in output.splitlines()[1:] if not _NOISE.match(line)]
    errors = [line for line in lines if line.startswith("ERROR:") and "Could not find a version" not in line]
    chosen = errors or [line for line in lines if line.startswith("ERROR:")] or lines
    return chosen[-1].removeprefix("ERROR:").strip()[:300] if chosen else ""
