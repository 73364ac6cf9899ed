"""Boost.Math's distributions against certified values: two implementations that have never met."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from conformance.oracle.oracle import Oracle
from conformance.oracle.tests.elsewhere.questions import LAWS, Asked, Known, asked, disagreements

PROGRAM = Path(__file__).with_name("values.cpp")
FUNCTIONS = {"prob": "pdf", "cdf": "cdf", "survival": "complement", "icdf": "quantile"}
KNOWN = Known(
    "1_74",
    {
        ("inverse_gaussian", "survival"): "a difference of two terms, which nearly cancel in the tail (at 665: 3e-11)",
        ("inverse_gaussian", "icdf"): "Newton's steps on the cdf, which is flat next to 1 (at 1 - 1e-12: 4e-7)",
        ("pareto", "cdf"): "made of scale/x, which is rounded next to 1 (at 1 + 4e-13: 9e-5)",
    },
)


def lacking() -> str:
    """Why there is nothing to compile the program with; empty where there is."""
    compiler = shutil.which("g++")
    if compiler is None:
        return "no g++ on the PATH"
    asks = "#if !__has_include(<boost/math/distributions/normal.hpp>)\n#error none\n#endif\n"
    found = subprocess.run([compiler, "-x", "c++", "-std=c++17", "-E", "-"], input=asks, capture_output=True, text=True)
    return "" if found.returncode == 0 else "no headers of Boost.Math (Debian: libboost-math-dev)"


def question(one: Asked) -> str:
    parameters = [one.law.given(name).hex() for name in one.law.boost_order]
    points = [float(x).hex() for x in one.points]
    return " ".join([one.law.boost, FUNCTIONS[one.quantity], *parameters, "|", *points])


LACKING = lacking()


@pytest.mark.slow
@pytest.mark.skipif(bool(LACKING), reason=LACKING)
def test_boost_agrees_with_certified_values_into_the_tails(tmp_path: Path) -> None:
    with Oracle(None) as oracle:
        every = [one for law in LAWS if law.boost for one in asked(law, tuple(FUNCTIONS), oracle)]
    assert len(every) == 18 * 4 + 1, "of the noncentral law there is a density"
    assert min(len(one.points) for one in every) >= 6
    print(f"{sum(len(one.points) for one in every):,} values")
    program = tmp_path / "values"
    subprocess.run(["g++", "-std=c++17", "-O0", "-o", str(program), str(PROGRAM)], check=True, timeout=240)
    text = "".join(f"{question(one)}\n" for one in every)
    printed = subprocess.run([str(program)], input=text, capture_output=True, text=True, check=True, timeout=60).stdout
    assert disagreements(every, printed, KNOWN) == []
