"""What a run is asked to do, checked before any work begins."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches
from pathlib import Path

from adapters.interface.spec import SpecError, parse
from conformance.comparison.swept import Sweeps
from conformance.definitions.catalogue import CATALOGUE, FURTHER_SUBJECTS
from conformance.definitions.further import DEAR_LAWS
from conformance.definitions.registry import UnknownSubject, definition_of, takes_events
from conformance.execution.frameworks import FRAMEWORKS, REFERENCE
from conformance.floats.formats import FORMATS
from conformance.judging.profile import DEARLY, LEAN_BUDGET, LEAN_EVENTS, LEANLY, Profile, profile_named
from conformance.laws.registry import LAWS

MODES = ("eager", "graph", "function", "xla", "compile", "to_static")
"""Execution modes that some adapter knows. The default comparison uses the first two: what everybody runs, and the
compiled graph of the framework whose users run little else (MindSpore)."""

DEFAULT_MODES = ("eager", "graph")


class BadRequest(ValueError):
    """Something was asked for that does not exist; one line, with the valid names."""


@dataclass(frozen=True)
class Asked:
    """What is asked of a subject. quantities: the functions of an input that are asked for; empty: all."""

    dtypes: tuple[str, ...]
    modes: tuple[str, ...]
    laws: tuple[str, ...]
    quantities: tuple[str, ...] = ()

    def __str__(self) -> str:
        whole = f"{', '.join(self.dtypes)}; {', '.join(self.modes)}; laws {', '.join(self.laws)}"
        return f"{whole}; of {', '.join(self.quantities)}" if self.quantities else whole


@dataclass(frozen=True)
class Lean:
    """Subjects of which a run asks less than of the others, and what that is. budget: as a profile's. dear: those among
    them of which it asks ``of_dear`` alone."""

    subjects: tuple[str, ...]
    asked: Asked
    budget: float = LEAN_BUDGET
    dear: tuple[str, ...] = ()
    of_dear: Asked | None = None


@dataclass(frozen=True)
class Plan:
    """A checked request. jobs: processes at a time. timeout: seconds per request to a framework. adapter_file: of
    somebody's own library, which is then the last of ``frameworks``. host: the framework in whose environment that
    library runs, and in whose functions better formulas are written; empty: it is one of its own. quantities: the only
    ones that are asked for; empty: all. inside: nothing is asked outside the domain. sweeps: where finished sweeps are
    found, which are taken in; None: none are. lean: those of the subjects of which less is asked, and what; None: of
    every one everything is.
    """

    frameworks: tuple[str, ...]
    subjects: tuple[str, ...]
    dtypes: tuple[str, ...]
    modes: tuple[str, ...]
    laws: tuple[str, ...]
    profile: Profile
    seed: int
    home: Path
    jobs: int
    timeout: float
    role: str = "expectation"
    adapter_file: Path | None = None
    host: str = ""
    quantities: tuple[str, ...] = ()
    inside: bool = False
    sweeps: Sweeps | None = None
    lean: Lean | None = None

    def asked(self, subject: str) -> Asked:
        """What is asked of ``subject``."""
        if self.lean is not None and subject in self.lean.subjects:
            return self.lean.of_dear if self.lean.of_dear and subject in self.lean.dear else self.lean.asked
        return Asked(self.dtypes, self.modes, self.laws)

    def only(self, subject: str) -> tuple[str, ...]:
        """The functions of an input beside which nothing is asked of ``subject``; empty: all are."""
        return self.quantities or self.asked(subject).quantities

    def profile_of(self, subject: str) -> Profile:
        """How thoroughly ``subject`` is asked."""
        if self.lean is not None and subject in self.lean.subjects:
            lean = replace(self.profile, budget=min(self.profile.budget, self.lean.budget))
            return replace(lean, density=min(lean.density, LEAN_EVENTS)) if takes_events(subject) else lean
        return self.profile

    @property
    def own(self) -> str:
        """The name of the library that ``adapter_file`` is about; empty without one."""
        return self.frameworks[-1] if self.adapter_file else ""


def names_in(wanted: Sequence[str] | None) -> list[str]:
    """The names in ``wanted``, each of which may hold several, comma-separated."""
    return [name.strip() for text in wanted or () for name in text.split(",") if name.strip()]


def chosen(kind: str, wanted: Sequence[str] | None, valid: Sequence[str]) -> tuple[str, ...]:
    """The names in ``wanted`` (each may hold several, comma-separated), or all if there is no ``wanted``.

    Raises BadRequest for a name not in ``valid``, and where none is named: an empty variable in somebody's script must
    not become a run of everything.
    """
    names = names_in(wanted)
    if wanted and not names:
        raise BadRequest(f"no {kind} is named in {','.join(wanted)!r}; valid: {', '.join(valid)}")
    for name in names:
        if name not in valid:
            raise BadRequest(f"unknown {kind} {name!r}{_hint(name, valid)}; valid: {', '.join(valid)}")
    return tuple(dict.fromkeys(names)) or tuple(valid)


def chosen_subjects(wanted: Sequence[str] | None) -> tuple[str, ...]:
    """Subjects by catalogue name, else by a leading name that selects several of the catalogue ("affine"), or any
    well-formed subject; without ``wanted`` the catalogue.

    Commas inside parentheses belong to the subject. Raises BadRequest, with near matches, for anything unknown.
    """
    result: list[str] = []
    for text in wanted or ():
        for name in filter(None, _split(text)):
            exact = [subject for subject in CATALOGUE if subject == name]
            result += exact or [subject for subject in CATALOGUE if _head(subject) == name] or [defined_subject(name)]
    if wanted and not result:
        raise BadRequest(f"no transform is named in {','.join(wanted)!r}; conformance list prints them")
    return tuple(dict.fromkeys(result)) or CATALOGUE


def make_plan(
    *,
    home: Path,
    frameworks: Sequence[str] | None = None,
    subjects: Sequence[str] | None = None,
    dtypes: Sequence[str] | None = None,
    modes: Sequence[str] | None = None,
    laws: Sequence[str] | None = None,
    profile: str = "default",
    seed: int = 20240229,
    jobs: int = 2,
    timeout: float = 60.0,
    role: str = "expectation",
    adapter_file: Path | None = None,
    further: bool = False,
) -> Plan:
    """Check everything that was asked for. Raises BadRequest, one line, for whatever does not exist.

    further: without ``subjects``, the further subjects are asked as well, leanly; whoever names one has it asked as any
    other.
    """
    try:
        chosen_profile = profile_named(profile)
    except ValueError as problem:
        raise BadRequest(str(problem)) from None
    if seed < 0:
        raise BadRequest("--seed must not be negative")
    picked_modes = chosen("mode", modes, (*MODES, "all")) if modes else DEFAULT_MODES
    picked_modes = MODES if "all" in picked_modes else picked_modes
    picked_dtypes = chosen("dtype", dtypes, tuple(FORMATS))
    picked_laws = chosen("law", [law.upper() for law in laws] if laws else None, tuple(LAWS))
    lean = None
    if further and not subjects:
        asked, of_dear = (
            Asked(
                dtypes=picked_dtypes if dtypes else unless["dtypes"],
                modes=picked_modes if modes else unless["modes"],
                laws=picked_laws if laws else unless["laws"],
                quantities=unless.get("quantities", ()),
            )
            for unless in (LEANLY, DEARLY)
        )
        lean = Lean(FURTHER_SUBJECTS, asked, dear=DEAR_LAWS, of_dear=of_dear)
    return Plan(
        frameworks=chosen("framework", frameworks, FRAMEWORKS)
        if adapter_file is None
        else with_own(names_in(frameworks), adapter_file),
        subjects=chosen_subjects(subjects) + (() if lean is None else lean.subjects),
        dtypes=picked_dtypes,
        modes=picked_modes,
        laws=picked_laws,
        profile=chosen_profile,
        seed=seed,
        home=home,
        jobs=jobs,
        timeout=timeout,
        role=role,
        adapter_file=adapter_file,
        lean=lean,
    )


def with_own(names: Sequence[str], adapter_file: Path) -> tuple[str, ...]:
    """The frameworks to compare, somebody's own library last.

    Its name is the one among ``names`` that is no framework's, or what its file or its file's folder is called. Without
    ``names`` it is compared with the reference alone. Raises BadRequest, one line.
    """
    if not adapter_file.is_file():
        raise BadRequest(f"--adapter-file {adapter_file}: no such file")
    others = [name for name in names if name in FRAMEWORKS] if names else [REFERENCE]
    own = list(dict.fromkeys(name for name in names if name not in FRAMEWORKS))
    if len(own) > 1:
        names_of = ", ".join(FRAMEWORKS)
        raise BadRequest(
            f"--adapter-file adds one library, and {' and '.join(own)} are no frameworks; valid: {names_of}"
        )
    name = own[0] if own else _called(adapter_file)
    if not re.fullmatch(r"[A-Za-z][\w.-]{0,39}", name) or name in FRAMEWORKS:
        raise BadRequest(f"--adapter-file {adapter_file}: which name? Say --frameworks NAME, other than {name!r}")
    return (*dict.fromkeys(others), name)


def _called(adapter_file: Path) -> str:
    stem = re.sub(r"(?i)^adapters?_?|_?adapters?$", "", adapter_file.stem)
    return stem or re.sub(r"(?i)[-_]?adapters?$", "", adapter_file.resolve().parent.name)


def _split(text: str) -> Iterable[str]:
    depth, start = 0, 0
    for at, character in enumerate(text):
        depth += (character == "(") - (character == ")")
        if character == "," and depth == 0:
            yield text[start:at].strip()
            start = at + 1
    if text[start:].strip():
        yield text[start:].strip()


def _head(subject: str) -> str:
    return subject.partition("(")[0]


def defined_subject(name: str) -> str:
    """The canonical text of a subject that has a definition. BadRequest, with near matches, for anything else."""
    try:
        spec = parse(name)
        definition_of(spec)
        return str(spec)
    except RecursionError:
        raise BadRequest(f"{name[:40]}… is nested too deeply") from None
    except (SpecError, UnknownSubject) as problem:
        raise BadRequest(_unknown(name, str(problem))) from None


def _unknown(name: str, problem: str) -> str:
    """What is wrong with a subject, what was probably meant, and where to look: the names stand there once at most."""
    near = [subject for subject in CATALOGUE if _bare(subject) == _bare(name)][:1]
    near = near or get_close_matches(name, CATALOGUE, n=1, cutoff=0.75)
    heads = list(dict.fromkeys(_head(subject) for subject in CATALOGUE))
    near = near or get_close_matches(_head(name), heads, n=1) * (name == _head(name))
    hint = f" (did you mean {near[0]}?)" if near else ""
    said, known, names = problem.partition("; known: ")
    return f"{said}{hint}{known}{names}" if known else f"{said}{hint}; conformance list prints the catalogue"


def _bare(subject: str) -> str:
    """``subject`` without its parameters: "transformed(normal,tanh)"."""
    kept = re.sub(r"\w+=[^,()]*,?", "", subject.replace(" ", ""))
    return kept.replace("()", "").replace(",)", ")")


def _hint(name: str, valid: Sequence[str]) -> str:
    near = get_close_matches(name, valid, n=1)
    return f" (did you mean {near[0]!r}?)" if near else ""
