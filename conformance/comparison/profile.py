"""How thorough a run is."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Profile:
    """density: drawn points per quantity in 32- and 64-bit formats (see ``scalar_points``); rows per vector quantity
    are ``density`` // 4. 16-bit formats are exhaustive in every profile.
    """

    name: str
    density: int
    about: str

    @property
    def rows(self) -> int:
        return max(32, self.density // 4)


PROFILES = {
    profile.name: profile
    for profile in (
        Profile("quick", 64, "a smoke test: seconds per framework"),
        Profile("default", 512, "what the report shows: a few minutes for all frameworks"),
        Profile("thorough", 8192, "sixteen times as many drawn points"),
    )
}


def profile_named(name: str) -> Profile:
    """The profile called ``name``; ValueError with the valid names otherwise."""
    if name not in PROFILES:
        raise ValueError(f"unknown profile {name!r}; valid: {', '.join(PROFILES)}")
    return PROFILES[name]
