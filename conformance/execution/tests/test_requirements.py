"""The extras in pyproject.toml and the adapters' requirements files say the same thing."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

import conformance
from conformance.execution.frameworks import ADAPTERS_DIR, FRAMEWORKS, environment_of, requirements

PYPROJECT = Path(conformance.__file__).parents[1] / "pyproject.toml"

pytestmark = pytest.mark.skipif(not PYPROJECT.is_file(), reason="an installed package has no pyproject.toml")


def extras() -> dict[str, list[str]]:
    found: dict[str, list[str]] = tomllib.loads(PYPROJECT.read_text())["project"]["optional-dependencies"]
    return found


@pytest.mark.parametrize("framework", [name for name in FRAMEWORKS if name != "numpy"])
def test_extra_equals_requirements(framework: str) -> None:
    ordinary, alone = requirements(framework)
    wanted = sorted(ordinary + alone)
    if any(line.startswith("tf-keras") for line in alone):
        # An extra can't say "without dependencies", and tf-keras depends on the full tensorflow: there that is the one
        # tensorflow, at the same version.
        wanted = sorted(re.sub(r"^tensorflow-cpu==", "tensorflow==", line) for line in wanted)
    assert sorted(extras()[environment_of(framework)]) == wanted


def test_every_framework_pins_itself() -> None:
    for folder in ADAPTERS_DIR.glob("*/requirements.txt"):
        if folder.parent.name != "numpy":
            ordinary, alone = requirements(folder.parent.name)
            assert any("==" in line for line in ordinary + alone), f"{folder} pins nothing"


def test_brax_lives_in_torchs_environment() -> None:
    assert environment_of("brax") == "torch"
