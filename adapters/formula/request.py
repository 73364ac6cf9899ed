"""What is known of a user's function before its file is looked at."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


class FormulaError(Exception):
    """The function cannot be judged as it is: not there, not callable with these arguments, no tensor as its answer.

    The message is one sentence that begins with the file or the function, and says the way out where there is one.
    """


@dataclass(frozen=True)
class Formula:
    """A function in a file, and the object that it computes one quantity of. ``repr`` is source that reads back.

    name: what its results are listed under. framework: whose tensors it takes. file: absolute. function: a name in the
    file, dotted for what hangs on it. names: of its parameters, in the order of the subject's text, in upper case.
    points: subject (canonical text) -> value of each name. numbers: parameters come as Python floats, not as tensors
    of rank 0. column: values come as (N, 1), one row per value, and answers may.
    """

    name: str
    framework: str
    file: str
    function: str
    quantity: str
    names: tuple[str, ...] = ()
    points: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    numbers: bool = False
    column: bool = False

    @property
    def component(self) -> str:
        """``my_policy.py:log_prob``: what a report calls it. What cannot be seen in the file's name is an escape."""
        name = self.file.rpartition("/")[2]
        shown = (one if one.isprintable() else one.encode("unicode_escape").decode("ascii") for one in name)
        return f"{''.join(shown)}:{self.function}"
