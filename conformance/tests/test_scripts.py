"""What ``ci/test`` decides for the user: on how many processes pytest runs."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

import conformance

CHECKOUT = Path(conformance.__file__).resolve().parents[1]
THIS = str(Path(__file__).resolve().relative_to(CHECKOUT))


def spread(processors: int, *arguments: str) -> str:
    """The options that are added to these arguments on a machine with so many processors."""
    script = f'. ci/common.sh; getconf() {{ echo {processors}; }}; spread "$@"'
    done = subprocess.run(["bash", "-euc", script, "bash", *arguments], cwd=CHECKOUT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


@pytest.mark.parametrize(
    "arguments", [(), ("adapters",), ("--junitxml", THIS), ("--junitxml=out.xml",), ("-m", "slow"), ("-x", "adapters")]
)
def test_many_tests_run_on_every_processor_but_on_four_at_most(arguments: tuple[str, ...]) -> None:
    assert spread(2, *arguments) == "-n 2 --dist worksteal"
    assert spread(64, *arguments) == "-n 4 --dist worksteal"
    assert spread(1, *arguments) == ""


@pytest.mark.parametrize(
    "arguments",
    [
        ("-n", "0"),
        ("-n3",),
        ("--numprocesses=3",),
        ("--dist", "loadfile"),
        ("-p", "no:xdist"),
        ("-k", "journal"),
        ("-s",),
        ("--pdb",),
        (THIS,),
        ("-x", f"{THIS}::test_many"),
    ],
)
def test_who_says_how_many_picks_a_few_or_debugs_is_not_overruled(arguments: tuple[str, ...]) -> None:
    assert spread(2, *arguments) == ""
