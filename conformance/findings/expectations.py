"""Known failures (ACCEPTANCE A20): each with a reason, a link and a version range, and an error once it is stale."""

from __future__ import annotations

import tomllib
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any, Literal

from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.version import InvalidVersion, Version

NO_THREAD = "none: found by this suite"
"""What ``link`` says where no thread exists upstream."""

TO_FILL = "none: to be filled in"
"""What ``link`` says in a list that ``--write-known`` wrote, until somebody has looked for a thread."""

ANY_VERSION = "any"
"""What ``versions`` says where the framework's versions follow no order that PEP 440 knows."""

_GLOBS = ("framework", "cause", "component", "law", "subject", "quantity", "dtype", "mode", "kind")
_ALSO = ("cause", "component")
"""Axes that a record of an earlier format, or one that was not attributed, may lack."""
_WORDS = ("reason", "link", "versions")


class ExpectationError(ValueError):
    """A list of known failures is malformed; the message is one line that names the file and the entry."""


@dataclass(frozen=True)
class KnownFailure:
    """One entry. framework to kind are globs (``*``, ``?``), "*" where the entry leaves them out.

    An entry claims that EVERY dtype and mode that it names fails, in at least one of the laws, subjects, quantities
    and kinds that it names: so a failure that is fixed in float64 alone makes an entry for ``float*`` stale.
    An entry with ``seen`` (tests as "subject law dtype mode", in which a run of ``profile`` met it) claims less: that
    it is met in a run of that profile which contains all of these tests.
    """

    source: Path
    number: int
    reason: str
    link: str
    versions: str
    framework: str = "*"
    cause: str = "*"
    component: str = "*"
    law: str = "*"
    subject: str = "*"
    quantity: str = "*"
    dtype: str = "*"
    mode: str = "*"
    kind: str = "*"
    seen: tuple[str, ...] = ()
    profile: str = ""

    @property
    def to_fill(self) -> bool:
        """Whether nobody has looked at this entry since ``--write-known`` wrote it."""
        return self.link == TO_FILL

    @property
    def place(self) -> str:
        """The file and the number of the entry in it, counted from 1."""
        return f"{self.source}, entry {self.number}"

    def __str__(self) -> str:
        named = [f'{axis}="{getattr(self, axis)}"' for axis in _GLOBS if getattr(self, axis) != "*"]
        return f"{' '.join(named) or 'everything'} ({self.reason})"

    def in_range(self, version: str) -> bool:
        """Whether ``version`` lies in the entry's range: its first word that follows PEP 440 (a framework may call
        itself "2.4.6 with scipy 1.16"); never, where there is none."""
        if self.versions == ANY_VERSION:
            return True
        for word in version.split():
            try:
                return SpecifierSet(self.versions).contains(Version(word), prereleases=True)
            except InvalidVersion:
                continue
        return False

    def to_json(self) -> dict[str, str]:
        """The ``known`` field of a finding."""
        return {"reason": self.reason, "link": self.link, "versions": self.versions}


@dataclass(frozen=True)
class Asked:
    """One law on one case of a run. ``quantities``: those that it judged; empty where nothing is offered."""

    law: str
    subject: str
    dtype: str
    mode: str
    quantities: tuple[str, ...] = ()

    @property
    def test(self) -> str:
        """As ``KnownFailure.seen`` writes it."""
        return f"{self.subject} {self.law} {self.dtype} {self.mode}"


@dataclass(frozen=True)
class Stale:
    """An entry in its version range of which nothing failed at this dtype in this mode; where both are empty, in any
    of the tests that had met it."""

    entry: KnownFailure
    dtype: str = ""
    mode: str = ""

    def __str__(self) -> str:
        where = f"at {self.dtype}, {self.mode}" if self.dtype else "where it had been seen"
        return (
            f"stale known failure: nothing that it names failed {where}: {self.entry}; "
            f"delete or narrow it in {self.entry.place}"
        )


def load_known_failures(path: Path, missing: Literal["ignore", "refuse"] = "ignore") -> list[KnownFailure]:
    """The entries of a ``known_failures.toml``: an array of tables called ``failure``. A missing file has none, unless
    it is to be refused.

    Raises ExpectationError for anything else: a malformed file, an unknown key, a missing reason, link or versions, a
    link that is neither an address nor NO_THREAD, a version range that does not follow PEP 440.
    """
    path = Path(path)
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        if missing == "refuse":
            raise ExpectationError(f"{path}: there is no such file") from None
        return []
    except (OSError, ValueError) as problem:
        raise ExpectationError(f"{path}: {' '.join(str(problem).split())}") from None
    unknown = set(document) - {"failure"}
    if unknown:
        raise ExpectationError(f"{path}: unknown table {sorted(unknown)[0]!r}; entries are [[failure]] tables")
    tables = document.get("failure", [])
    if not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
        raise ExpectationError(f"{path}: 'failure' is not an array of tables; write [[failure]]")
    return [_entry(path, number, table) for number, table in enumerate(tables, 1)]


def match(entry: KnownFailure, finding: Mapping[str, Any]) -> bool:
    """Whether ``entry`` names ``finding`` (a record of findings.json): its axes, its kind and its version."""
    return all(_named(entry, axis, finding) for axis in _GLOBS) and entry.in_range(str(finding["version"]))


def _named(entry: KnownFailure, axis: str, finding: Mapping[str, Any]) -> bool:
    wanted = getattr(entry, axis)
    # An empty text matches "*" only: what is not attributed is nobody's known cause.
    value = finding.get(axis, "") if axis in _ALSO else finding[axis]
    return bool(wanted == "*" or (value and fnmatchcase(str(value), wanted)))


def first_match(entries: Iterable[KnownFailure], finding: Mapping[str, Any]) -> KnownFailure | None:
    """The first entry that names ``finding``."""
    return next((entry for entry in entries if match(entry, finding)), None)


def stale(
    entries: Iterable[KnownFailure],
    findings: Sequence[Mapping[str, Any]],
    asked: Collection[Asked],
    version: str,
    catalogue: Collection[tuple[str, str]] = (),
    profile: str = "",
) -> list[Stale]:
    """The entries in range for ``version`` of which nothing failed in this run.

    A dtype and mode is judged only where the run asked every (law, subject) pair of ``catalogue`` that the entry
    names, and at least one of its quantities was judged: a part of the failures must not be taken for the whole. An
    entry with ``seen`` is judged where this run, of the same profile, contains all those tests: other points, or other
    subjects, may miss what it names.
    """
    found = []
    covered = {(one.dtype, one.mode, one.law, one.subject) for one in asked}
    judged_tests = {one.test for one in asked if one.quantities}
    for entry in entries:
        if not entry.in_range(version):
            continue
        if entry.seen:
            whole = judged_tests.issuperset(entry.seen) and entry.profile in ("", profile)
            if whole and not any(match(entry, one) for one in findings):
                found.append(Stale(entry))
            continue
        named = [one for one in asked if _names(entry, one.law, one.subject)]
        needed = [pair for pair in catalogue if _names(entry, *pair)]
        for dtype, mode in dict.fromkeys((one.dtype, one.mode) for one in named):
            if not (fnmatchcase(dtype, entry.dtype) and fnmatchcase(mode, entry.mode)):
                continue
            judged = any(
                fnmatchcase(quantity, entry.quantity)
                for one in named
                if (one.dtype, one.mode) == (dtype, mode)
                for quantity in one.quantities
            )
            if not judged or any((dtype, mode, *pair) not in covered for pair in needed):
                continue
            if not any((one["dtype"], one["mode"]) == (dtype, mode) and match(entry, one) for one in findings):
                found.append(Stale(entry, dtype, mode))
    return found


def _names(entry: KnownFailure, law: str, subject: str) -> bool:
    return fnmatchcase(law, entry.law) and fnmatchcase(subject, entry.subject)


def _entry(path: Path, number: int, table: dict[str, Any]) -> KnownFailure:
    def wrong(reason: str) -> ExpectationError:
        return ExpectationError(f"{path}, entry {number}: {reason}")

    for key, value in table.items():
        if key not in (*_GLOBS, *_WORDS, "seen", "profile"):
            raise wrong(f"unknown key {key!r}; known: {', '.join((*_GLOBS, *_WORDS, 'seen', 'profile'))}")
        if key == "seen":
            if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
                raise wrong("seen is not a list of texts")
        elif not isinstance(value, str) or not value.strip():
            raise wrong(f"{key} is not a text")
    for key in _WORDS:
        if key not in table:
            raise wrong(f"{key} is missing")
    link = table["link"]
    if link not in (NO_THREAD, TO_FILL) and not link.startswith(("https://", "http://")):
        raise wrong(f'link is {link!r}, neither an address nor "{NO_THREAD}"')
    try:
        SpecifierSet("" if table["versions"] == ANY_VERSION else table["versions"])
    except InvalidSpecifier:
        raise wrong(f"versions is {table['versions']!r}, not a version range such as '>=2.0,<3'") from None
    return KnownFailure(path, number, **{**table, "seen": tuple(table.get("seen", ()))})
