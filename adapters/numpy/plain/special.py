"""scipy.special, under the name that formulas call it by, loaded where one of them is run.

Every command and every process that judges imports the formulas, most run none that needs it, and to load it takes a
third of a command's start.
"""

from __future__ import annotations

from typing import Any

import scipy


def __getattr__(name: str) -> Any:
    return getattr(scipy.special, name)
