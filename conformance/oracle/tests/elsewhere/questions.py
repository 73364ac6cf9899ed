"""Laws that R and Boost.Math have too, in their words, and points from one tail to the other.

R: the help pages of the functions (``?pgamma`` and so on). Boost: the reference of its distributions, *Statistical
Distributions and Functions*, whose parameters stand in the order of the constructor.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from adapters.interface.spec import parse
from conformance.definitions.registry import functions_of
from conformance.floats.enclosures import Kind, as_float
from conformance.floats.formats import format_named
from conformance.oracle.oracle import Oracle

WIDE = format_named("float64")
Array = NDArray[np.float64]

BOUND = 1e-12
"""How far answers may be from certified ones, relatively: 4,500 units of float64. Neither library promises a number for
every function; the worst that is not listed as known is off by 5e-13, and a wrong factor or a lost term by far more."""

_PROBABILITIES = np.array([1e-300, 1e-100, 1e-30, 1e-12, 1e-5, 0.01, 0.2, 0.5, 0.75, 0.97, 1 - 1e-6, 1 - 1e-12])
_BEYOND = np.array([1.5, 2.0, 4.0, 16.0, 256.0, 1e6])
"""How far beyond the last quantile, in multiples of its distance from the median: what no 1 - q can name."""


@dataclass(frozen=True)
class Law:
    """subject: as it is called here. r: R's suffix, and R's names of the parameters; Boost's name, and the parameters
    in its constructor's order. "1/rate" is the reciprocal, which is exact for the rates below."""

    subject: str
    r: str = ""
    r_names: Mapping[str, str] = field(default_factory=dict)
    boost: str = ""
    boost_order: tuple[str, ...] = ()

    def given(self, name: str) -> float:
        """The value that a name of the tables stands for."""
        params = parse(self.subject).params
        return 1.0 / params[name[2:]] if name.startswith("1/") else float(params[name])


_PLACED = {"location": "loc", "scale": "scale"}
_BETA = ("concentration1", "concentration0")
LAWS = (
    Law("normal(loc=0.25,scale=1.5)", "norm", {"mean": "loc", "sd": "scale"}, "normal", ("loc", "scale")),
    Law(
        *("gamma(concentration=2.5,rate=0.5)", "gamma", {"shape": "concentration", "rate": "rate"}),
        *("gamma", ("concentration", "1/rate")),
    ),
    Law(
        *("beta(concentration1=2.5,concentration0=1.75)", "beta", dict(zip(("shape1", "shape2"), _BETA, strict=True))),
        *("beta", _BETA),
    ),
    Law("student_t(df=4.5,loc=0.0,scale=1.0)", "t", {"df": "df"}, "students_t", ("df",)),
    Law("fisher_snedecor(df1=7.0,df2=5.5)", "f", {"df1": "df1", "df2": "df2"}, "fisher_f", ("df1", "df2")),
    Law("chi2(df=3.5)", "chisq", {"df": "df"}, "chi_squared", ("df",)),
    Law(
        *("noncentral_chi2(df=3.0,noncentrality=2.5)", "chisq", {"df": "df", "ncp": "noncentrality"}),
        *("non_central_chi_squared", ("df", "noncentrality")),
    ),
    Law(
        *("weibull(scale=1.5,concentration=2.5)", "weibull", {"shape": "concentration", "scale": "scale"}),
        *("weibull", ("concentration", "scale")),
    ),
    Law("cauchy(loc=0.25,scale=1.5)", "cauchy", _PLACED, "cauchy", ("loc", "scale")),
    Law("logistic(loc=0.25,scale=1.5)", "logis", _PLACED, "logistic", ("loc", "scale")),
    Law("log_normal(loc=0.25,scale=1.5)", "lnorm", {"meanlog": "loc", "sdlog": "scale"}, "lognormal", ("loc", "scale")),
    Law("exponential(rate=1.5)", "exp", {"rate": "rate"}, "exponential", ("rate",)),
    Law("uniform(low=0.25,high=0.75)", "unif", {"min": "low", "max": "high"}, "uniform", ("low", "high")),
    Law("inverse_gaussian(loc=1.5,concentration=2.5)", boost="inverse_gaussian", boost_order=("loc", "concentration")),
    Law("inverse_gamma(concentration=2.5,scale=1.5)", boost="inverse_gamma", boost_order=("concentration", "scale")),
    Law("laplace(loc=0.25,scale=1.5)", boost="laplace", boost_order=("loc", "scale")),
    Law("gumbel(loc=0.25,scale=1.5)", boost="extreme_value", boost_order=("loc", "scale")),
    Law("pareto(scale=1.5,concentration=2.5)", boost="pareto", boost_order=("scale", "concentration")),
    Law("triangular(low=-1.0,high=2.5,peak=0.25)", boost="triangular", boost_order=("low", "peak", "high")),
)


@dataclass(frozen=True)
class Asked:
    """One quantity at points where the certified value is a normal float64."""

    law: Law
    quantity: str
    points: Array
    exact: Array


def asked(law: Law, quantities: tuple[str, ...], oracle: Oracle) -> list[Asked]:
    """Those of ``quantities`` that are defined here, each at its points."""
    found = []
    places = _places(law.subject, oracle)
    for quantity in quantities:
        if quantity in functions_of(law.subject):
            points = _PROBABILITIES[_PROBABILITIES >= 1e-30] if quantity == "icdf" else places
            truth = oracle.truth(law.subject, quantity, points, WIDE)
            exact = as_float(truth)
            kept = (truth.kind == Kind.FINITE) & np.isfinite(exact) & (np.abs(exact) > 1e-300)
            found.append(Asked(law, quantity, points[kept], exact[kept]))
    return found


def _places(subject: str, oracle: Oracle) -> Array:
    """Quantiles of every probability, and points beyond the last; of a law without quantiles a row of magnitudes."""
    if "icdf" not in functions_of(subject):
        return np.logspace(-6.0, 2.0, 33)
    found = as_float(oracle.truth(subject, "icdf", _PROBABILITIES, WIDE))
    middle, last = found[np.flatnonzero(_PROBABILITIES == 0.5)[0]], found[-1]
    every = np.concatenate([found, middle + (last - middle) * _BEYOND])
    every = np.unique(every[np.isfinite(every)])
    return every[oracle.truth(subject, "log_prob", every, WIDE).kind == Kind.FINITE]  # Within the support.


def numbers(line: str) -> Array:
    """What a program printed for one question; nan where it raised."""
    return np.array([np.nan if word == "raised" else float.fromhex(word) for word in line.split()])


@dataclass(frozen=True)
class Known:
    """Why answers are off, by the name of a law and quantity, as seen in one release of a library."""

    release: str
    reasons: Mapping[tuple[str, str], str]


def disagreements(every: Sequence[Asked], printed: str, known: Known) -> list[str]:
    """In a line each: where an answer is farther off than BOUND and nobody says why, and what is said of none that is.

    printed: a program's release, and its answers. A reason has to be one of points, and not of the function: half of
    those asked about have to agree. Of another release than the one that was looked at no reason is missed.
    """
    release, *lines = printed.splitlines()
    found, met = [], set()
    for one, got in zip(every, map(numbers, lines), strict=True):
        assert got.shape == one.exact.shape
        distance = off(got, one.exact, one.quantity.startswith("log"))
        far = np.flatnonzero(distance > BOUND)
        key = (parse(one.law.subject).name, one.quantity)
        if len(far):
            met.add(key)
        if len(far) and (key not in known.reasons or 2 * len(far) > len(distance)):
            at = far[np.argmax(distance[far])]
            found.append(
                f"{key}: {got[at]!r} and not {one.exact[at]!r} at {one.points[at]!r}, {len(far)} of {len(got)}"
            )
    if release == known.release:
        found += [f"{key}: agrees now, and is said not to" for key in known.reasons if key not in met]
    return found


def off(got: Array, exact: Array, logarithm: bool) -> Array:
    """By how much answers differ: relatively, and of logarithms absolutely where they are small; nan counts as 1."""
    size = np.maximum(np.abs(exact), 1.0) if logarithm else np.abs(exact)
    with np.errstate(all="ignore"):
        difference = np.abs(got - exact) / size
    return np.where(np.isfinite(difference), difference, 1.0)
