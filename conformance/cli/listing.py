"""``conformance list``: what can be asked for."""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from conformance.comparison.plan import MODES
from conformance.definitions.catalogue import CATALOGUE, FURTHER_SUBJECTS
from conformance.definitions.registry import definition_of
from conformance.execution.environments import is_ready
from conformance.execution.frameworks import FRAMEWORKS
from conformance.floats.formats import FORMATS
from conformance.judging.profile import PROFILES
from conformance.laws.registry import LAWS

EPILOG = """\
example:
  conformance list | grep softplus

A subject is a name with parameters, affine(loc=0.75,scale=-2.5), and may hold others: chain(affine(loc=0.5,scale=2.0),
tanh), inverse(tanh), transformed(normal(loc=0.25,scale=1.5),tanh). Commands take any of that form, listed or not.

exit codes: 0 listed; 3 the output cannot be written
"""


def add_parser(commands: argparse._SubParsersAction[argparse.ArgumentParser], about: str) -> None:
    """Add the command to ``commands``, told there in the words of ``about``."""
    parser = commands.add_parser(
        "list",
        help=about,
        description="Lists the names that the other commands take, and the formula of every subject of the catalogue.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.set_defaults(run=run)


def run(_: argparse.Namespace) -> int:
    """Print the lists; 0."""
    print("frameworks")
    for name in FRAMEWORKS:
        print(f"  {name:<12}{'installed' if is_ready(name) else 'installed on first use'}")
    _print_subjects("subjects", CATALOGUE)
    _print_subjects("further subjects, of which a run over everything asks less", FURTHER_SUBJECTS)
    print("laws")
    for law in LAWS.values():
        print(f"  {law.id:<12}{law.title}")
    print(f"dtypes\n  {', '.join(FORMATS)}")
    print(f"modes\n  {', '.join(MODES)}")
    print("profiles")
    for profile in PROFILES.values():
        print(f"  {profile.name:<12}{profile.about}")
    return 0


def _print_subjects(title: str, subjects: Sequence[str]) -> None:
    print(title)
    for subject in subjects:
        print(f"  {subject:<75}{definition_of(subject).formula}")
