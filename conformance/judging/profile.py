"""How thorough a run is."""

from __future__ import annotations

from dataclasses import dataclass

from adapters.interface.quantities import TAILS


@dataclass(frozen=True)
class Profile:
    """density: drawn points per quantity in 32- and 64-bit formats (see ``scalar_points``); rows per vector quantity
    are ``density`` // 4. 16-bit formats are exhaustive in every profile. budget: seconds of the oracle, as told
    beforehand, for the standard points of one case: of large events fewer are asked, or none (``judging/budget``).
    """

    name: str
    density: int
    about: str
    budget: float = 10.0

    @property
    def rows(self) -> int:
        return max(32, self.density // 4)


PROFILES = {
    profile.name: profile
    for profile in (
        Profile(
            "quick",
            64,
            "a smoke test; compare asks float32, eager, laws of values only, unless told otherwise, and no further "
            "subjects",
            3.0,
        ),
        Profile("default", 512, "what the report shows"),
        Profile("thorough", 8192, "sixteen times as many drawn points", budget=160.0),
    )
}


def profile_named(name: str) -> Profile:
    """The profile called ``name``; ValueError with the valid names otherwise."""
    if name not in PROFILES:
        raise ValueError(f"unknown profile {name!r}; valid: {', '.join(PROFILES)}")
    return PROFILES[name]


QUICKLY = {
    "dtypes": ("float32",),
    "modes": ("eager",),
    "laws": ("L01", "L02", "L03", "L04", "L05", "L08", "L10", "L11", "L12", "L13", "L14"),
}
"""What ``conformance compare --profile quick`` asks of each kind where none is named: what most people run, by the
laws that are about values. 16-bit formats are exhaustive in every profile, graphs are compiled one by one, and the laws
about shapes, positions and declarations make hundreds of calls each: they are most of a default run."""

LEANLY = {
    "dtypes": ("float32", "float64"),
    "modes": ("eager",),
    "laws": QUICKLY["laws"],
}
"""What a run over everything asks of further subjects, of each kind where none is named: what other parameters can
change, which is values. Most are maps and laws of the catalogue, whose compiled modes, 16-bit formats, shapes and
positions are asked there; of those that it lacks (``FURTHER_MAPS``, ``FURTHER_LAWS``) these are asked where somebody
names one."""

DEARLY = LEANLY | {
    "dtypes": ("float32",),
    "laws": tuple(law for law in LEANLY["laws"] if law != "L12"),
    "quantities": ("log_prob", *TAILS, "icdf"),
}
"""What it asks of those of which one call takes seconds (``DEAR_LAWS``), told from their names and never by a clock.
The density is the exponential of its logarithm there: it, and its mass, cost as much again for what that shows."""

LEAN_BUDGET = 0.5
"""Seconds of the oracle for the standard points of one of their cases. Of an event of twenty entries that is a few to
a hundred rows from all regions in turn, which show whether a size is hard-wired and what sums of many terms lose; the
rest of a profile's budget would buy more of the same rows."""

LEAN_EVENTS = 128
"""The density that their events are drawn with: 32 rows of each kind and what is special."""
