"""What a sweep is asked to do, checked before any work begins, and the key under which its results are kept."""

from __future__ import annotations

import hashlib
from contextlib import suppress
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

from adapters.interface.quantities import DISTRIBUTION_FUNCTIONS, TRANSFORM_QUANTITIES
from conformance.comparison.plan import MODES, BadRequest, chosen, chosen_subjects, defined_subject
from conformance.definitions.catalogue import CATALOGUE
from conformance.definitions.parameters import BeyondFormat, in_format
from conformance.definitions.registry import functions_of, is_pair, takes_events
from conformance.execution.environments import Environment
from conformance.execution.fingerprint import adapter_source, digest, processor
from conformance.execution.frameworks import FRAMEWORKS, REFERENCE
from conformance.execution.interpreters import choose
from conformance.floats.formats import format_named
from conformance.oracle.kept.sources import TRUTH, source_digest

SWEPT_BY_ALL = ("forward", "inverse", "fldj", "ildj", "log_prob")
DTYPES = ("float32", "float16", "bfloat16")


@dataclass(frozen=True)
class Sweep:
    """Every float of ``dtype`` through ``quantity`` of ``subject`` in one mode of one framework.

    environment: where the framework runs; ``adapter_file``: an adapter that lives elsewhere. timeout: seconds per
    block.
    """

    framework: str
    subject: str
    quantity: str
    dtype: str
    mode: str
    environment: Environment
    home: Path
    timeout: float = 60.0
    adapter_file: Path | None = None

    @property
    def name(self) -> str:
        """For people."""
        mode = "" if self.mode == "eager" else f" {self.mode}"
        return f"{self.framework}{mode} {self.dtype} {self.quantity} of {self.subject}"

    @cached_property
    def key(self) -> str:
        """A digest of all that the results depend on: packages, adapter source, processor, request and this suite."""
        base = base_of(self.framework, self.environment, self.adapter_file)
        return key_of(base, self.subject, self.quantity, self.dtype, self.mode)


def base_of(framework: str, environment: Environment, adapter_file: Path | None = None) -> str:
    """The part of a key that is common to all sweeps of a framework."""
    source = adapter_source(framework, adapter_file)
    return digest(framework, environment.fingerprint, source, processor(), suite_digest())


def key_of(base: str, subject: str, quantity: str, dtype: str, mode: str) -> str:
    """The key of one sweep."""
    return digest(base, subject, quantity, dtype, mode)[:32]


def checked(subjects: list[str], quantities: list[str] | None, dtype: str, mode: str) -> list[tuple[str, str]]:
    """(subject, quantity) for everything that was asked for, the subject as it was named. Raises BadRequest, one line,
    for what makes no sense, and where no definition goes by the subject with the numbers that the dtype has of it.

    No quantities: all that ``SWEPT_BY_ALL`` names. No subjects: every scalar one of the catalogue.
    """
    if dtype == "float64":
        raise BadRequest("a sweep of float64 would take centuries; 'conformance search' looks for its worst inputs")
    chosen("dtype", [dtype], DTYPES)
    chosen("mode", [mode], MODES)
    named = chosen_subjects(subjects) if subjects else scalar_subjects()
    pairs = []
    for subject in named:
        if is_pair(subject):
            raise BadRequest(f"{subject} are two laws, which have no function to sweep")
        if takes_events(subject):
            raise BadRequest(
                f"{subject} takes events: their inputs cannot be swept; 'conformance search' finds worst ones"
            )
        with suppress(BeyondFormat):  # It is said of the sweep, that the others are not held up.
            defined_subject(in_format(subject, format_named(dtype)))
        valid = functions_of(subject)
        for quantity in quantities or [one for one in SWEPT_BY_ALL if one in valid]:
            if quantity not in DISTRIBUTION_FUNCTIONS + TRANSFORM_QUANTITIES or (
                len(named) == 1 and quantity not in valid
            ):
                raise BadRequest(f"unknown quantity {quantity!r}; valid for {subject}: {', '.join(valid)}")
            if quantity in valid:
                pairs.append((subject, quantity))
    if not pairs:
        raise BadRequest(f"none of {'; '.join(named)} has a quantity {' or '.join(quantities or ())}")
    return list(dict.fromkeys(pairs))


def scalar_subjects() -> tuple[str, ...]:
    """The catalogue's subjects that are functions of one float, in its order."""
    return tuple(one for one in CATALOGUE if not takes_events(one) and not is_pair(one))


def named_frameworks(wanted: list[str] | None, adapter_file: Path | None) -> tuple[str, ...]:
    """The frameworks to sweep; any one name goes with an adapter that lives in a file of its own."""
    if not wanted:
        raise BadRequest(f"which --framework? Of: {', '.join(FRAMEWORKS)}")
    if adapter_file is None:
        return chosen("framework", wanted, tuple(FRAMEWORKS))
    if not adapter_file.is_file():
        raise BadRequest(f"--adapter-file {adapter_file}: no such file")
    if len(wanted) != 1:
        raise BadRequest("--adapter-file wants one --framework, a name for it")
    return (wanted[0],)


def environment_of(framework: str, home: Path, adapter_file: Path) -> Environment:
    """Where an adapter that lives in a file of its own runs."""
    return choose(framework, home, adapter_file).environment


@cache
def suite_digest() -> str:
    """A digest of the modules that a tally depends on."""
    top = Path(__file__).resolve().parents[1]
    named = [top / name for name in ("floats/regions.py", "judging/cases.py")]
    named += [top / "laws" / f"{name}.py" for name in ("attainable", "case", "flushing", "scored")]
    named += [top / "sweeps" / f"{name}.py" for name in ("blocks", "kernel", "scorer", "tally", "truths")]
    for room in ("floats", "scoring"):
        named += sorted((top / room).glob("*.py"))
    # The reference is a witness of what can be attained.
    total = hashlib.sha256(source_digest(TRUTH).encode() + adapter_source(REFERENCE, None).encode())
    for path in named:
        total.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return total.hexdigest()


@cache
def writer_digest() -> str:
    """A digest of the modules that make a document of a tally: one that others wrote is written anew."""
    top = Path(__file__).resolve().parents[1]
    named = [top / "sweeps" / f"{name}.py" for name in ("document", "figures")]
    named += [top / "judging" / f"{name}.py" for name in ("blame", "confirm", "groups")]
    named += [top / "laws" / "everyday.py", top / "oracle" / "pointwise" / "nearest.py"]
    named += [top / "findings" / f"{name}.py" for name in ("records", "results", "sweeps")]
    return digest(*(path.read_bytes() for path in named))[:16]
