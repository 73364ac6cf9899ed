"""R's distribution functions against certified values: two implementations that have never met."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from conformance.oracle.oracle import Oracle
from conformance.oracle.tests.elsewhere.questions import LAWS, Asked, Known, asked, disagreements

PROGRAM = Path(__file__).with_name("values.R")
FUNCTIONS = {
    "log_prob": ("d", "log=TRUE"),
    "prob": ("d", "log=FALSE"),
    "cdf": ("p", "lower.tail=TRUE,log.p=FALSE"),
    "log_cdf": ("p", "lower.tail=TRUE,log.p=TRUE"),
    "survival": ("p", "lower.tail=FALSE,log.p=FALSE"),
    "log_survival": ("p", "lower.tail=FALSE,log.p=TRUE"),
    "icdf": ("q", "lower.tail=TRUE,log.p=FALSE"),
}
KNOWN = Known(
    "4.2.2",
    {
        (
            "gamma",
            "icdf",
        ): "qgamma ends its Newton steps on the scale of p, which tells little next to 1 (1 - 1e-12: 3e-12)",
        ("chi2", "icdf"): "qchisq is qgamma",
        ("fisher_snedecor", "icdf"): "qf is made of 1/qbeta - 1, which cancels (at 1e-30: 1e-8)",
        (
            "noncentral_chi2",
            "prob",
        ): "dchisq with ncp leaves out terms below 5e-16, also of a density of 5e-17 (at 100)",
        ("noncentral_chi2", "log_prob"): "the logarithm of that",
        ("cauchy", "log_prob"): "dcauchy squares (x - location)/scale, which overflows beyond 1e154",
    },
)


def question(one: Asked) -> str:
    letter, rest = FUNCTIONS[one.quantity]
    named = [f"{theirs}={one.law.given(ours)!r}" for theirs, ours in one.law.r_names.items()]
    return f"{letter}{one.law.r}|{','.join([*named, rest])}|{' '.join(float(x).hex() for x in one.points)}"


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("Rscript") is None, reason="no Rscript on the PATH (Debian: r-base-core)")
def test_r_agrees_with_certified_values_into_the_tails() -> None:
    with Oracle(None) as oracle:
        every = [one for law in LAWS if law.r for one in asked(law, tuple(FUNCTIONS), oracle)]
    assert len(every) == 12 * 7 + 2, "of the noncentral law there are densities"
    assert min(len(one.points) for one in every) >= 6
    print(f"{sum(len(one.points) for one in every):,} values")
    text = "".join(f"{question(one)}\n" for one in every)
    command = ["Rscript", "--vanilla", str(PROGRAM)]
    printed = subprocess.run(command, input=text, capture_output=True, text=True, check=True, timeout=60).stdout
    assert disagreements(every, printed, KNOWN) == []
