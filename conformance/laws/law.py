"""What a law is: an identifier of LAWS, a title, and a generator of checks over one case."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from conformance.definitions.registry import is_distribution, is_pair
from conformance.floats.enclosures import among
from conformance.laws.case import Case
from conformance.laws.measure import Measure
from conformance.scoring.failures import ACCUSES_NOBODY


@dataclass(frozen=True)
class Check:
    """What one law looked at: a measure, restricted to the components that this law judges.

    note: one clause that says how the inputs came about, where they are not the standard points. blamed: the part, as
    a subject, and its quantity that do the same by themselves, where the law has seen that.
    """

    measure: Measure
    note: str = ""
    blamed: tuple[str, str] | None = None

    @property
    def failed(self) -> NDArray[np.bool_]:
        """Components that break the law. Undecided and inherent ones are counted
        elsewhere; they neither pass nor fail."""
        return np.asarray(~among(self.measure.failures, ACCUSES_NOBODY))

    @property
    def broken(self) -> NDArray[np.bool_]:
        """Failing components that cannot even be used (ACCEPTANCE A13): these, and only these, fail the law.

        What failed and can be used (a log-det that lost its bits and is off by 1e-7 nats) is a minor finding.
        """
        return self.failed & ~self.measure.usable


@dataclass(frozen=True)
class Law:
    """``check`` yields Checks; a law that finds nothing to ask (not offered) yields none.

    about: the kind of subject that the law says something about; cases of another kind are not its business, which is
    not the same as not offered. pairs: it says something about two distributions that are asked together.
    """

    id: str
    title: str
    check: Callable[[Case], Iterator[Check]]
    about: Literal["transform", "distribution", "both"] = "both"
    pairs: bool = False

    def applies(self, subject: str) -> bool:
        """Whether the law says anything about subjects of this kind."""
        if is_pair(subject):
            return self.pairs
        return self.about in ("both", "distribution" if is_distribution(subject) else "transform")
