"""Ready-made laws as others publish them: SciPy's, and for the rest the density and the cdf of the paper, in floats.

By the suite's names and parameters; good to about 1e-9 at ordinary values, which tells one parameterisation from
another and a right definition from a wrong one.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import integrate, interpolate, special, stats

from adapters.interface.spec import parse

Array = NDArray[np.float64]


class Published:
    """log density and cdf of a law; mean and variance where somebody publishes them."""

    def __init__(self, logpdf: Callable[[Array], Array], cdf: Callable[[Array], Array], frozen: Any = None) -> None:
        self.logpdf, self.cdf, self.frozen = logpdf, cdf, frozen


def _scipy(law: Any) -> Published:
    return Published(law.logpdf, law.cdf, law)


def _logit_normal(loc: float, scale: float) -> Published:
    base = stats.norm(loc, scale)
    return Published(
        lambda y: base.logpdf(special.logit(y)) - np.log(y * (1 - y)), lambda y: base.cdf(special.logit(y))
    )


def _kumaraswamy(concentration1: float, concentration0: float) -> Published:
    a, b = concentration1, concentration0
    return Published(
        lambda y: np.log(a * b) + (a - 1) * np.log(y) + (b - 1) * np.log(1 - y**a), lambda y: 1 - (1 - y**a) ** b
    )


def _sinh_arcsinh(loc: float, scale: float, skewness: float, tailweight: float) -> Published:
    """Jones & Pewsey's, scaled so that without skewness 2 stays 2 (the convention of the map of that name)."""
    by = 2 / np.sinh(np.arcsinh(2) * tailweight)

    def back(y: Array) -> Array:
        return np.sinh(np.arcsinh((y - loc) / scale / by) / tailweight - skewness)

    def logpdf(y: Array) -> Array:
        x, u = back(y), (y - loc) / scale / by
        slope = np.sqrt(1 + x * x) / (tailweight * np.sqrt(1 + u * u) * scale * by)
        return stats.norm.logpdf(x) + np.log(slope)

    return Published(logpdf, lambda y: stats.norm.cdf(back(y)))


def _relaxed_bernoulli(temperature: float, logits: float) -> Published:
    """The density of Maddison, Mnih & Teh (2017), equation 24, with alpha = e^logits."""
    t, alpha = temperature, np.exp(logits)

    def logpdf(y: Array) -> Array:
        return np.log(t * alpha * y ** (-t - 1) * (1 - y) ** (-t - 1) / (alpha * y**-t + (1 - y) ** -t) ** 2)

    return Published(logpdf, lambda y: special.expit(t * special.logit(y) - logits))


def _half_student_t(df: float, loc: float, scale: float) -> Published:
    """|T|, T Student's t: twice its density, and what lies between -t and t."""
    whole = stats.t(df, 0.0, scale)
    return Published(lambda y: whole.logpdf(y - loc) + np.log(2), lambda y: 1 - 2 * whole.sf(y - loc))


def _exp_inverse_gamma(concentration: float, scale: float) -> Published:
    """-log G, G gamma."""
    turned = stats.loggamma(concentration, -np.log(scale))
    return Published(lambda y: turned.logpdf(-y), lambda y: turned.sf(-y))


def _logistic_beta(concentration1: float, concentration0: float) -> Published:
    """logit B, B beta."""
    law = stats.beta(concentration1, concentration0)
    return Published(
        lambda y: law.logpdf(special.expit(y)) + special.log_expit(y) + special.log_expit(-y),
        lambda y: law.cdf(special.expit(y)),
    )


def _continuous_bernoulli(probs: float) -> Published:
    """The density and the cdf of Loaiza-Ganem & Cunningham (2019)."""
    constant = 2 * np.arctanh(1 - 2 * probs) / (1 - 2 * probs)
    frozen = None
    if probs < 0.49:  # What an exponential law has below 1.
        fall = np.log1p(-probs) - np.log(probs)
        frozen = stats.truncexpon(fall, scale=1 / fall)
    return Published(
        lambda y: np.log(constant) + y * np.log(probs) + (1 - y) * np.log1p(-probs),
        lambda y: (probs**y * (1 - probs) ** (1 - y) + probs - 1) / (2 * probs - 1),
        frozen,
    )


def _truncated_cauchy(loc: float, scale: float, low: float, high: float) -> Published:
    """Nadarajah & Kotz (2006)."""
    whole = stats.cauchy(loc, scale)
    total = whole.sf(low) - whole.sf(high)
    return Published(lambda y: whole.logpdf(y) - np.log(total), lambda y: (whole.sf(low) - whole.sf(y)) / total)


def _two_piece(whole: Any, loc: float, scale: float, skewness: float) -> Published:
    """Fernandez & Steel (1998), equations (1) and (3)."""
    g = skewness

    def z(y: Array) -> Array:
        return (y - loc) / scale * np.where(y < loc, g, 1 / g)

    def cdf(y: Array) -> Array:
        share = whole.cdf(z(y))
        return np.where(y < loc, 2 * share, 1 - g**2 + 2 * g**2 * share) / (1 + g**2)

    return Published(lambda y: np.log(2 / (g + 1 / g) / scale) + whole.logpdf(z(y)), cdf)


def _doublesided_maxwell(loc: float, scale: float) -> Published:
    """Maxwell's law of the distance, on either side with probability 1/2."""
    whole = stats.maxwell(0.0, scale)
    return Published(
        lambda y: whole.logpdf(np.abs(y - loc)) - np.log(2),
        lambda y: np.where(y < loc, whole.sf(loc - y), 1 + whole.cdf(y - loc)) / 2,
    )


def _normal_inverse_gaussian(loc: float, scale: float, tailweight: float, skewness: float) -> Published:
    """SciPy's takes tailweight and skewness times the scale."""
    return _scipy(stats.norminvgauss(tailweight * scale, skewness * scale, loc, scale))


def _bates(total_count: float, low: float, high: float) -> Published:
    """The cardinal B-spline that the sum of uniform variables has for a density, by SciPy's splines."""
    n = int(total_count)
    spline = interpolate.BSpline.basis_element(np.linspace(low, high, n + 1), extrapolate=False)
    return Published(
        lambda y: np.log(spline(y) * n / (high - low)),
        lambda y: np.array([spline.integrate(low, float(v)) for v in y]) * n / (high - low),
    )


def _beta_quotient(
    concentration1_numerator: float,
    concentration0_numerator: float,
    concentration1_denominator: float,
    concentration0_denominator: float,
) -> Published:
    """Pham-Gia's density (2000), by SciPy's hypergeometric function; the cdf is an integral over the denominator."""
    a, b, c, d = (
        concentration1_numerator,
        concentration0_numerator,
        concentration1_denominator,
        concentration0_denominator,
    )
    over, under = stats.beta(a, b), stats.beta(c, d)

    def logpdf(y: Array) -> Array:
        below = special.hyp2f1(a + c, 1 - b, a + c + d, np.minimum(y, 1)) * y ** (a - 1) * special.beta(a + c, d)
        above = special.hyp2f1(a + c, 1 - d, a + c + b, np.minimum(1 / y, 1)) * y ** (-c - 1) * special.beta(a + c, b)
        return np.asarray(np.log(np.where(y < 1, below, above) / special.beta(a, b) / special.beta(c, d)))

    def cdf(y: Array) -> Array:
        return np.array(
            [integrate.quad(lambda v, r=r: under.pdf(v) * over.cdf(r * v), 0, 1, points=[min(1 / r, 1)])[0] for r in y]
        )

    return Published(logpdf, cdf)


def _pert(low: float, high: float, peak: float, temperature: float) -> Published:
    """A beta law on [low, high]."""
    rise, fall = (1 + temperature * part / (high - low) for part in (peak - low, high - peak))
    return _scipy(stats.beta(rise, fall, low, high - low))


def _lambert_w(base: Any, loc: float, scale: float, tailweight: float) -> Published:
    """Goerg (2015), equations (9) and (13): the density by the derivative of Lambert's W."""
    d = tailweight

    def back(y: Array) -> Array:
        z = (y - loc) / scale
        return loc + scale * np.sign(z) * np.sqrt(special.lambertw(d * z * z).real / d)

    def logpdf(y: Array) -> Array:
        w = special.lambertw(d * ((y - loc) / scale) ** 2).real
        return base.logpdf(back(y)) - w / 2 - np.log1p(w)

    return Published(logpdf, lambda y: base.cdf(back(y)))


class _Circular:
    """Mean and variance as they are defined of an angle (Mardia & Jupp, Directional Statistics (2000), section 2.3.1),
    and SciPy's entropy."""

    def __init__(self, loc: float, concentration: float) -> None:
        self._loc, self._length = loc, special.ive(1, concentration) / special.ive(0, concentration)
        self._entropy = float(stats.vonmises(concentration, loc).entropy())

    def entropy(self) -> float:
        return self._entropy

    def mean(self) -> float:
        return self._loc

    def var(self) -> float:
        return float(1 - self._length)


def _von_mises(loc: float, concentration: float) -> Published:
    """SciPy's, whose cdf begins at loc - pi."""
    law = stats.vonmises(concentration, loc)
    return Published(law.logpdf, law.cdf, _Circular(loc, concentration))


_LAWS: dict[str, Callable[..., Published]] = {
    "normal": lambda loc, scale: _scipy(stats.norm(loc, scale)),
    "student_t": lambda df, loc, scale: _scipy(stats.t(df, loc, scale)),
    "log_normal": lambda loc, scale: _scipy(stats.lognorm(scale, scale=np.exp(loc))),
    "logit_normal": _logit_normal,
    "log_logistic": lambda loc, scale: _scipy(stats.fisk(1 / scale, scale=np.exp(loc))),
    "weibull": lambda scale, concentration: _scipy(stats.weibull_min(concentration, scale=scale)),
    "pareto": lambda scale, concentration: _scipy(stats.pareto(concentration, scale=scale)),
    "generalized_pareto_law": lambda loc, scale, concentration: _scipy(stats.genpareto(concentration, loc, scale)),
    "generalized_extreme_value": lambda loc, scale, concentration: _scipy(stats.genextreme(-concentration, loc, scale)),
    "kumaraswamy": _kumaraswamy,
    "johnson_su": lambda skewness, tailweight, loc, scale: _scipy(stats.johnsonsu(skewness, tailweight, loc, scale)),
    "sinh_arcsinh_normal": _sinh_arcsinh,
    "relaxed_bernoulli": _relaxed_bernoulli,
    "logit_relaxed_bernoulli": lambda temperature, logits: _scipy(
        stats.logistic(logits / temperature, 1 / temperature)
    ),
    "cauchy": lambda loc, scale: _scipy(stats.cauchy(loc, scale)),
    "gamma": lambda concentration, rate: _scipy(stats.gamma(concentration, scale=1 / rate)),
    "chi2": lambda df: _scipy(stats.chi2(df)),
    "chi": lambda df: _scipy(stats.chi(df)),
    "inverse_gamma": lambda concentration, scale: _scipy(stats.invgamma(concentration, scale=scale)),
    "exp_gamma": lambda concentration, rate: _scipy(stats.loggamma(concentration, -np.log(rate))),
    "exp_inverse_gamma": _exp_inverse_gamma,
    "beta": lambda concentration1, concentration0: _scipy(stats.beta(concentration1, concentration0)),
    "logistic_beta": _logistic_beta,
    "fisher_snedecor": lambda df1, df2: _scipy(stats.f(df1, df2)),
    "continuous_bernoulli": _continuous_bernoulli,
    "half_cauchy": lambda scale, loc=0.0: _scipy(stats.halfcauchy(loc, scale)),
    "half_normal": lambda scale, loc=0.0: _scipy(stats.halfnorm(loc, scale)),
    "half_student_t": _half_student_t,
    "moyal": lambda loc, scale: _scipy(stats.moyal(loc, scale)),
    "truncated_normal": lambda loc, scale, low, high: _scipy(
        stats.truncnorm((low - loc) / scale, (high - loc) / scale, loc, scale)
    ),
    "truncated_cauchy": _truncated_cauchy,
    "inverse_gaussian": lambda loc, concentration: _scipy(stats.invgauss(loc / concentration, scale=concentration)),
    "noncentral_chi2": lambda df, noncentrality: _scipy(stats.ncx2(df, noncentrality)),
    "generalized_normal": lambda loc, scale, power: _scipy(stats.gennorm(power, loc, scale)),
    "triangular": lambda low, high, peak: _scipy(stats.triang((peak - low) / (high - low), low, high - low)),
    "exponentially_modified_gaussian": lambda loc, scale, rate: _scipy(stats.exponnorm(1 / (rate * scale), loc, scale)),
    "bates": _bates,
    "normal_inverse_gaussian": _normal_inverse_gaussian,
    "doublesided_maxwell": _doublesided_maxwell,
    "gamma_gamma": lambda concentration, mixing_concentration, mixing_rate: _scipy(
        stats.betaprime(concentration, mixing_concentration, scale=mixing_rate)
    ),
    "beta_quotient": _beta_quotient,
    "pert": _pert,
    "lambert_w_normal": lambda loc, scale, tailweight: _lambert_w(stats.norm(loc, scale), loc, scale, tailweight),
    "lambert_w_laplace": lambda loc, scale, tailweight: _lambert_w(stats.laplace(loc, scale), loc, scale, tailweight),
    "von_mises": _von_mises,
    "two_piece_normal": lambda **given: _two_piece(stats.norm, **given),
    "two_piece_student_t": lambda df, **given: _two_piece(stats.t(df), **given),
}


class _Mixed:
    """SciPy's laws mixed by weights: moments by those of the components, the entropy by an integral between ends beyond
    which nothing counts."""

    def __init__(self, laws: Sequence[Any], weights: Sequence[float]) -> None:
        self._laws, self._weights = laws, np.array(weights)

    def logpdf(self, y: Array) -> Array:
        terms = [np.log(w) + law.logpdf(y) for w, law in zip(self._weights, self._laws, strict=True)]
        return np.asarray(special.logsumexp(terms, axis=0))

    def cdf(self, y: Array) -> Array:
        return np.asarray(sum(w * law.cdf(y) for w, law in zip(self._weights, self._laws, strict=True)))

    def mean(self) -> float:
        return float(self._weights @ [law.mean() for law in self._laws])

    def var(self) -> float:
        return float(self._weights @ [law.var() + law.mean() ** 2 for law in self._laws]) - self.mean() ** 2

    def entropy(self) -> float:
        quantiles = (1e-15, 1e-9, 1e-4, 0.05, 0.3, 0.7, 0.95, 1 - 1e-4, 1 - 1e-9, 1 - 1e-15)
        cuts = sorted({float(law.ppf(q)) for law in self._laws for q in quantiles})
        spread = [integrate.quad(lambda y: -np.exp(self.logpdf(y)) * self.logpdf(y), *two)[0] for two in pairwise(cuts)]
        return float(sum(spread))


def published(subject: str) -> Published:
    """The law that the subject names."""
    spec = parse(subject)
    if spec.parts:
        return _scipy(_Mixed([published(str(part)).frozen for part in spec.parts], spec.params["weights"]))
    return _LAWS[spec.name](**spec.params)
