"""Which interpreter a framework runs in where nothing is installed for it: its own CI wants its own build tested."""

from __future__ import annotations

import importlib.util
import os
import sys
from dataclasses import dataclass
from pathlib import Path

from conformance.execution.environments import Environment, existing, inspected
from conformance.execution.frameworks import environment_of

MODULES = {"torch": "torch", "tfp": "tensorflow_probability", "paddle": "paddle", "mindspore": "mindspore"}
"""The module whose presence means that a framework is installed, where it is not the adapter's own name."""


@dataclass(frozen=True)
class Chosen:
    """An environment and, in a few words for the header, why it was chosen."""

    environment: Environment
    why: str


def choose(framework: str, home: Path, adapter_file: Path | None = None) -> Chosen:
    """The interpreter for ``framework``: the one that CONFORMANCE_PYTHON_<FRAMEWORK> names; else the running one,
    where the framework can be imported in it (an adapter file always runs there); else the environment that
    ``conformance compare`` installed under ``home``. Nothing is installed here.

    ``environment.python`` is None, with a reason, where there is none.
    """
    variable = f"CONFORMANCE_PYTHON_{framework.upper()}"
    named = os.environ.get(variable)
    if named:
        return Chosen(inspected(framework, Path(named)), variable)
    if adapter_file is not None:
        return Chosen(inspected(framework, Path(sys.executable)), "the running interpreter")
    owner = environment_of(framework)
    if importlib.util.find_spec(MODULES.get(owner, owner)) is not None:
        return Chosen(inspected(framework, Path(sys.executable)), "importable in the running interpreter")
    found = existing(framework, home / "environments")
    if found.python is None:
        reason = (
            f"{framework} cannot be imported here and its environment under {home} is {found.reason}: install it here, "
            f"set {variable}=/path/to/python, or run: conformance compare --frameworks {framework}"
        )
        return Chosen(Environment(framework, None, "failed", reason), "")
    return Chosen(found, "installed by conformance")
