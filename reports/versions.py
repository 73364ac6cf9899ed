"""The measured packages as a line that can be typed."""

from __future__ import annotations

import shlex
from collections.abc import Mapping

from packaging.version import InvalidVersion, Version


def install_line(packages: Mapping[str, str]) -> str:
    """``pip install name==version ...`` of the packages that have a version; empty where none has.

    A local part (``2.13.0+cpu``) names a build that the usual index does not carry under that name, and is left out.
    """
    pins = []
    for name, version in packages.items():
        try:
            pins.append(shlex.quote(f"{name}=={Version(version).public}"))
        except InvalidVersion:
            continue
    return "pip install " + " ".join(pins) if pins else ""


def beside(packages: Mapping[str, str]) -> str:
    """What ``install_line`` leaves out: sources without a version, and builds."""
    told = []
    for name, version in packages.items():
        try:
            local = Version(version).local
        except InvalidVersion:
            told.append(f"{name}: {version}")
            continue
        if local:
            told.append(f"{name}: the {local} build")
    return "; ".join(told)
