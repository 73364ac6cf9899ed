"""Real pytest sessions, elsewhere than in the checkout, over libraries of one adapter file."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import conformance
from conformance.tests.broken import adapter as broken
from conformance.tests.reference_answers import home_in

CHECKOUT = Path(conformance.__file__).resolve().parents[1]
SMALL = ("--laws", "L01,L03", "--dtypes", "float32")


def session(
    folder: Path, *arguments: str, defect: str = "", target: tuple[str, ...] = ("--pyargs", "conformance")
) -> subprocess.CompletedProcess[str]:
    """One pytest session in another directory than the checkout, the plugin loaded by name."""
    environment = {key: value for key, value in os.environ.items() if not key.startswith(("CONFORMANCE_", "PYTEST_"))}
    environment |= {"PYTHONPATH": str(CHECKOUT), broken.VARIABLE: defect, "CONFORMANCE_HOME": str(home_in(folder))}
    command = [sys.executable, "-m", "pytest", "-p", "conformance.pytest_plugin", "-p", "no:cacheprovider"]
    command += ["-p", "no:hypothesispytest"]  # It imports Hypothesis at the end of every session.
    return subprocess.run(
        [*command, *target, *arguments], cwd=folder, env=environment, capture_output=True, text=True, timeout=300
    )


def library(folder: Path, known: str = "", more: str = "") -> tuple[str, ...]:
    """The options that certify a library of one adapter file, with its list of known failures beside it. more: source
    that is added to the file's end."""
    file = folder / "library" / "my_adapter.py"
    file.parent.mkdir(exist_ok=True)
    shutil.copy(broken.__file__, file)
    with file.open("a") as text:
        text.write(more)
    (file.parent / "known_failures.toml").write_text(known)
    return ("--framework", "mine", "--adapter-file", str(file))
