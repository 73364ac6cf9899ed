"""The definitions against NumPy's and SciPy's own functions, which share no line with them."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from scipy import integrate, special, stats

from conformance.definitions.catalogue import DISTRIBUTION_SUBJECTS, TRANSFORM_SUBJECTS
from conformance.definitions.float_numbers import FloatNumbers
from conformance.definitions.registry import distribution_definition, transform_definition

NS = FloatNumbers()

SPLINE = next(subject for subject in TRANSFORM_SUBJECTS if subject.startswith("rational_quadratic_spline"))
SAME: dict[str, Callable[[Any], Any]] = {
    "exp": np.exp,
    "affine(loc=0.75,scale=-2.5)": lambda x: 0.75 - 2.5 * x,
    "affine(loc=-1.25,scale=3.0)": lambda x: 3 * x - 1.25,
    "power(exponent=2.5)": lambda x: x**2.5,
    "power(exponent=-1.5)": lambda x: x**-1.5,
    "inverse_box_cox(power=0.5)": lambda x: special.inv_boxcox(x, 0.5),
    "inverse_box_cox(power=1.1920928955078125e-07)": lambda x: np.exp(np.log1p(2.0**-23 * x) * 2.0**23),
    "affine(loc=0.75,scale=0.0009765625)": lambda x: x / 1024 + 0.75,
    "affine(loc=-1.5,scale=10240.0)": lambda x: 10240 * x - 1.5,
    "sigmoid": special.expit,
    "tanh": np.tanh,
    "softplus": lambda x: np.logaddexp(x, 0),
    "abs": np.abs,
    "gumbel_cdf(loc=0.5,scale=2.0)": lambda x: stats.gumbel_r.cdf(x, 0.5, 2.0),
    "normal_cdf": stats.norm.cdf,
    "chain(affine(loc=0.5,scale=2.0),tanh)": lambda x: np.tanh(0.5 + 2 * x),
    "chain(affine(loc=0.5,scale=-1.5),exp)": lambda x: np.exp(0.5 - 1.5 * x),
    "chain(sigmoid,sigmoid)": lambda x: special.expit(special.expit(x)),
    "inverse(tanh)": np.arctanh,
    "inverse(sigmoid)": special.logit,
    "inverse(softplus)": lambda x: np.log(np.expm1(x)),
    "inverse(exp)": np.log,
    "identity": lambda x: x,
    "shift(shift=-1.25)": lambda x: x - 1.25,
    "scale(scale=-2.5)": lambda x: -2.5 * x,
    "scale(log_scale=0.75)": lambda x: np.exp(0.75) * x,
    "log": np.log,
    "expm1": np.expm1,
    "log1p": np.log1p,
    "square": np.square,
    "reciprocal": np.reciprocal,
    "reciprocal(negative=true)": np.reciprocal,
    SPLINE: lambda x: durkan(x),
    "sinh": np.sinh,
    "sinh_arcsinh(skewness=0.75,tailweight=1.5)": lambda x: jones_pewsey(x, 0.75, 1.5),
    "sinh_arcsinh(skewness=-0.5,tailweight=0.625)": lambda x: jones_pewsey(x, -0.5, 0.625),
    "softsign": lambda x: x / (1 + abs(x)),
    "sigmoid(low=0.25,high=3.0)": lambda x: 2.75 * special.expit(x) + 0.25,
    "softplus(hinge_softness=0.25)": lambda x: np.logaddexp(4 * x, 0) / 4,
    "softplus(hinge_softness=2.5,low=1.5)": lambda x: 2.5 * np.logaddexp(x / 2.5, 0) + 1.5,
    "softplus(hinge_softness=-0.5)": lambda x: -0.5 * np.logaddexp(-2 * x, 0),
    "power(exponent=0.375)": lambda x: x**0.375,
    "inverse_box_cox(power=1.75)": lambda x: special.inv_boxcox(x, 1.75),
    "weibull_cdf(scale=2.5,concentration=1.5)": stats.weibull_min(1.5, scale=2.5).cdf,
    "weibull_cdf(scale=0.75,concentration=0.625)": stats.weibull_min(0.625, scale=0.75).cdf,
    "rayleigh_cdf(scale=1.75)": stats.rayleigh(scale=1.75).cdf,
    "frechet_cdf(loc=0.5,scale=1.5,concentration=2.5)": stats.invweibull(2.5, 0.5, 1.5).cdf,
    # SciPy's shape is the concentration with its sign turned.
    "generalized_extreme_value_cdf(loc=0.5,scale=2.0,concentration=0.375)": stats.genextreme(-0.375, 0.5, 2.0).cdf,
    "generalized_extreme_value_cdf(loc=-0.75,scale=1.5,concentration=-0.25)": stats.genextreme(0.25, -0.75, 1.5).cdf,
    "kumaraswamy_cdf(concentration1=1.75,concentration0=2.5)": lambda x: 1 - (1 - x**1.75) ** 2.5,
    "kumaraswamy_cdf(concentration1=0.625,concentration0=0.375)": lambda x: 1 - (1 - x**0.625) ** 0.375,
    "moyal_cdf(loc=0.5,scale=1.5)": stats.moyal(0.5, 1.5).cdf,
    "gompertz_cdf(concentration=0.375,rate=1.5)": stats.gompertz(0.375, scale=1 / 1.5).cdf,
    "shifted_gompertz_cdf(concentration=0.75,rate=1.5)": lambda x: (
        (1 - np.exp(-1.5 * x)) * np.exp(-np.exp(-1.5 * x) / 0.75)
    ),
    "soft_clip(low=0.25,high=3.0,hinge_softness=0.75)": lambda x: soft_clip(x, 0.25, 3.0, 0.75),
    "soft_clip(low=0.5)": lambda x: 0.5 + np.logaddexp(x - 0.5, 0),
    "soft_clip(high=-0.75,hinge_softness=1.75)": lambda x: -0.75 - 1.75 * np.logaddexp((-0.75 - x) / 1.75, 0),
    "generalized_pareto(loc=0.25,scale=1.5,concentration=0.625)": lambda x: 0.25 + np.logaddexp(x, 0),
    "generalized_pareto(loc=0.25,scale=1.5,concentration=-0.625)": lambda x: 0.25 + 2.4 * special.expit(x),
    "lambert_w_tail(shift=0.5,scale=1.5,tailweight=0.375)": lambda x: (
        0.5 + (x - 0.5) * np.exp(0.1875 * ((x - 0.5) / 1.5) ** 2)
    ),
}


def durkan(x: float) -> float:
    """By their algorithm in the words of section 3.1: the bin is searched, then equation (4)."""
    xs, ys, slopes = np.cumsum([-2, 0.5, 1.25, 0.75, 1.5]), np.cumsum([-2, 1, 0.5, 1.75, 0.75]), [1, 0.5, 2, 1.25, 1]
    if not xs[0] < x < xs[-1]:
        return x
    k = int(np.searchsorted(xs, x, "right")) - 1
    s, xi = (ys[k + 1] - ys[k]) / (xs[k + 1] - xs[k]), (x - xs[k]) / (xs[k + 1] - xs[k])
    rise = (ys[k + 1] - ys[k]) * (s * xi**2 + slopes[k] * xi * (1 - xi))
    return float(ys[k] + rise / (s + (slopes[k + 1] + slopes[k] - 2 * s) * xi * (1 - xi)))


def soft_clip(x: float, low: float, high: float, c: float) -> float:
    """By TFP's description: the upper bound of the lower bound, rescaled to begin at low."""

    def soft(t: float) -> float:
        return float(c * np.logaddexp(t / c, 0))

    def upper(t: float) -> float:
        return high - soft(high - t)

    return (upper(low + soft(x - low)) - high) * (high - low) / (high - upper(low)) + high


def jones_pewsey(x: float, skewness: float, tailweight: float) -> Any:
    """By the powers that the hyperbolic functions are made of: e^asinh(x) = x + sqrt(1 + x^2)."""

    def bent(u: float, shift: float) -> float:
        root = ((u + np.sqrt(1 + u * u)) * np.exp(shift)) ** tailweight
        return float((root - 1 / root) / 2)

    return 2 * bent(x, skewness) / bent(2.0, 0.0)


def logit_of(law: Any) -> SimpleNamespace:
    """The law of the logit of a variable, from its own."""
    return SimpleNamespace(
        logpdf=lambda x: law.logpdf(special.expit(x)) + special.log_expit(x) + special.log_expit(-x),
        cdf=lambda x: law.cdf(special.expit(x)),
        sf=lambda x: law.sf(special.expit(x)),
    )


BASES = {
    "normal(loc=0.25,scale=1.5)": stats.norm(0.25, 1.5),
    "uniform(low=0.25,high=0.75)": stats.uniform(0.25, 0.5),
    "logistic(loc=0.25,scale=1.5)": stats.logistic(0.25, 1.5),
    "laplace(loc=0.25,scale=1.5)": stats.laplace(0.25, 1.5),
    "gumbel(loc=0.25,scale=1.5)": stats.gumbel_r(0.25, 1.5),
    "exponential(rate=1.5)": stats.expon(scale=1 / 1.5),
    "student_t(df=5.0,loc=0.25,scale=1.5)": stats.t(5, 0.25, 1.5),
    "moyal(loc=0.25,scale=1.5)": stats.moyal(0.25, 1.5),
    "half_normal(scale=1.5,loc=0.25)": stats.halfnorm(0.25, 1.5),
    "exp_gamma(concentration=2.5,rate=1.5)": stats.loggamma(2.5, -np.log(1.5)),
    "logistic_beta(concentration1=2.5,concentration0=1.75)": logit_of(stats.beta(2.5, 1.75)),
    "half_student_t(df=1.0,loc=0.25,scale=1.5)": stats.halfcauchy(0.25, 1.5),
    "truncated_normal(loc=0.0,scale=1.0,low=5.0,high=8.0)": stats.truncnorm(5, 8),
    "generalized_normal(loc=0.25,scale=1.5,power=2.5)": stats.gennorm(2.5, 0.25, 1.5),
    "triangular(low=-1.0,high=2.5,peak=2.5)": stats.triang(1, -1.0, 3.5),
    "truncated_normal(loc=0.25,scale=1.5,low=-4.25,high=-1.25)": stats.truncnorm(-3, -1, 0.25, 1.5),
}


def test_every_scalar_transform_of_the_catalogue_is_compared() -> None:
    scalar = {s for s in TRANSFORM_SUBJECTS if not transform_definition(s).event_rank_in}
    assert scalar == set(SAME)


@pytest.mark.parametrize("subject", SAME)
def test_forward_and_candidate_inverse(subject: str) -> None:
    definition = transform_definition(subject)
    for x in np.linspace(*definition.ordinary, 41):
        y = definition.forward(NS, float(x))
        assert y == pytest.approx(float(SAME[subject](float(x))), rel=1e-12, abs=1e-14)
        back = definition.inverse_candidate(NS, y)
        assert back == pytest.approx(abs(x) if subject == "abs" else x, rel=1e-7, abs=1e-7)


@pytest.mark.parametrize("base", BASES)
def test_density_cdf_and_survival(base: str) -> None:
    definition, same = distribution_definition(base), BASES[base]
    assert definition.log_density is not None
    assert definition.cdf is not None
    assert definition.survival is not None
    for x in np.linspace(*definition.ordinary, 31):
        at = float(x)
        assert definition.log_density(NS, at) == pytest.approx(same.logpdf(at), rel=1e-12, abs=1e-12)
        assert definition.cdf(NS, at) == pytest.approx(same.cdf(at), rel=1e-11, abs=1e-15)
        assert definition.survival(NS, at) == pytest.approx(same.sf(at), rel=1e-11, abs=1e-15)


@pytest.mark.parametrize("base", BASES)
def test_total_mass_is_one(base: str) -> None:
    definition = distribution_definition(base)
    log_density = definition.log_density
    assert log_density is not None
    middle = sum(definition.ordinary) / 2
    low, high = float(definition.support.lo), float(definition.support.hi)
    mass = sum(
        integrate.quad(lambda x: np.exp(log_density(NS, x)), *ends, epsabs=1e-13, limit=200)[0]
        for ends in ((low, middle), (middle, high))
    )
    assert mass == pytest.approx(1.0, abs=1e-9)


def test_stick_breaking_is_stans() -> None:
    x = [0.3, -1.2, 2.0]
    y = transform_definition("stick_breaking").forward(NS, x)
    left = 1.0
    for i, coordinate in enumerate(x):
        z = special.expit(coordinate - np.log(3 - i))
        assert y[i] == pytest.approx(left * z, rel=1e-14)
        left -= left * z
    assert y[3] == pytest.approx(left, rel=1e-13)
    assert sum(y) == pytest.approx(1.0, rel=1e-14)
    back = transform_definition("stick_breaking").inverse_candidate(NS, y)
    assert back == pytest.approx(x, rel=1e-12)


def test_a_zero_vector_breaks_the_stick_evenly() -> None:
    y = transform_definition("stick_breaking").forward(NS, [0.0, 0.0, 0.0])
    assert y == pytest.approx([0.25] * 4, rel=1e-14)


@pytest.mark.parametrize("subject", DISTRIBUTION_SUBJECTS)
def test_ordinary_values_lie_in_the_support(subject: str) -> None:
    definition = distribution_definition(subject)
    assert definition.base is not None
    assert definition.support.lo <= definition.ordinary[0]
    assert definition.ordinary[1] <= definition.support.hi
