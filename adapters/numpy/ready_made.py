"""Ready-made laws as the bases and maps that they are, written here once more and apart from the definitions."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

from adapters.interface import NotOffered, Spec, SpecError
from adapters.interface.spec import parse
from adapters.numpy.bases import build_base
from adapters.numpy.bases.beta import LogisticBeta
from adapters.numpy.combinators import build
from adapters.numpy.maps.elementary import ScaledExp
from adapters.numpy.pushforward import Pushforward

_LINE = "affine(loc={loc},scale={scale})"
_STRETCHED = "chain(scale(scale={concentration}),expm1,inverse(scale(scale={concentration}))," + _LINE + ")"
_HEAVIER = "lambert_w_tail(shift={loc},scale={scale},tailweight={tailweight})"
_COOLED = "inverse(scale(scale={temperature}))"

_MADE_OF = {
    "log_normal": "transformed(normal(loc={loc},scale={scale}),exp)",
    "logit_normal": "transformed(normal(loc={loc},scale={scale}),sigmoid)",
    "log_logistic": "transformed(logistic(loc={loc},scale={scale}),exp)",
    "pareto": "transformed(exponential(rate={concentration}),chain(exp,scale(scale={scale})))",
    "generalized_pareto_law": f"transformed(exponential(rate=1.0),{_STRETCHED})",
    "generalized_extreme_value": f"transformed(gumbel(loc=0.0,scale=1.0),{_STRETCHED})",
    "kumaraswamy": "transformed(uniform(low=0.0,high=1.0),"
    "inverse(kumaraswamy_cdf(concentration1={concentration1},concentration0={concentration0})))",
    "johnson_su": "transformed(normal(loc=0.0,scale=1.0),"
    f"chain(inverse(shift(shift={{skewness}})),inverse(scale(scale={{tailweight}})),sinh,{_LINE}))",
    "sinh_arcsinh_normal": "transformed(normal(loc=0.0,scale=1.0),"
    f"chain(sinh_arcsinh(skewness={{skewness}},tailweight={{tailweight}}),{_LINE}))",
    "relaxed_bernoulli": f"transformed(logistic(loc={{logits}},scale=1.0),chain({_COOLED},sigmoid))",
    "logit_relaxed_bernoulli": f"transformed(logistic(loc={{logits}},scale=1.0),{_COOLED})",
    "cauchy": "student_t(df=1.0,loc={loc},scale={scale})",
    "half_cauchy": "half_student_t(df=1.0,loc={loc},scale={scale})",
    "gamma": "transformed(exp_gamma(concentration={concentration},rate={rate}),exp)",
    "inverse_gamma": "transformed(exp_gamma(concentration={concentration},rate={scale}),chain(scale(scale=-1.0),exp))",
    "inverse_gaussian": "transformed(exp_inverse_gaussian(loc={loc},concentration={concentration}),exp)",
    "noncentral_chi2": "transformed(exp_noncentral_chi2(df={df},noncentrality={noncentrality}),exp)",
    "exp_inverse_gamma": "transformed(exp_gamma(concentration={concentration},rate={scale}),scale(scale=-1.0))",
    "beta": "transformed(logistic_beta(concentration1={concentration1},concentration0={concentration0}),sigmoid)",
    "beta_quotient": "transformed(exp_beta_quotient(concentration1_numerator={concentration1_numerator},"
    "concentration0_numerator={concentration0_numerator},concentration1_denominator={concentration1_denominator},"
    "concentration0_denominator={concentration0_denominator}),exp)",
    # Of a chi-squared variable of ``df`` degrees of freedom half of df is the concentration.
    "chi2": "transformed(exp_gamma(concentration={half_df},rate=0.5),exp)",
    "chi": "transformed(exp_gamma(concentration={half_df},rate=0.5),chain(scale(scale=0.5),exp))",
    "lambert_w_normal": f"transformed(normal(loc={{loc}},scale={{scale}}),{_HEAVIER})",
    "lambert_w_laplace": f"transformed(laplace(loc={{loc}},scale={{scale}}),{_HEAVIER})",
}

_LEFT_OUT = {"half_cauchy": {"loc": "0.0"}}
"""What a parameter is that need not be given."""

NO_LOG_TAILS = ("kumaraswamy",)
"""Where the way back to the base underflows long before the logarithm of a tail does."""


def law_of(spec: Spec) -> Pushforward:
    """A ready-made law. SpecError for parameters that it does not have."""
    if spec.name in _WRITTEN:
        return _WRITTEN[spec.name](spec)
    made = made_of(spec)
    if made.name != "transformed":
        return Pushforward(build_base(made), None)
    return Pushforward(build_base(made.parts[0]), build(made.parts[1]))


def _numbers(spec: Spec, *names: str) -> list[float]:
    given = [spec.params.get(name) for name in names]
    numbers = [value for value in given if isinstance(value, float)]
    if len(numbers) != len(names):
        raise SpecError(f"{spec}: {spec.name} takes {', '.join(names)}")
    return numbers


def _weibull(spec: Spec) -> Pushforward:
    """scale E^(1/k), and -log E is Gumbel."""
    scale, concentration = _numbers(spec, "scale", "concentration")
    return Pushforward(build_base(parse("gumbel(loc=0.0,scale=1.0)")), ScaledExp(scale, -concentration))


def _fisher_snedecor(spec: Spec) -> Pushforward:
    df1, df2 = _numbers(spec, "df1", "df2")
    return Pushforward(LogisticBeta(df1 / 2, df2 / 2), ScaledExp(Fraction(df2) / Fraction(df1), 1.0))


def _gamma_gamma(spec: Spec) -> Pushforward:
    concentration, mixing, rate = _numbers(spec, "concentration", "mixing_concentration", "mixing_rate")
    return Pushforward(LogisticBeta(concentration, mixing), ScaledExp(rate, 1.0))


def _pert(spec: Spec) -> Pushforward:
    """A beta law between two points, around the peak."""
    low, peak, high, temperature = map(Fraction, _numbers(spec, "low", "peak", "high", "temperature"))
    rise, fall = (float(1 + temperature * part / (high - low)) for part in (peak - low, high - peak))
    between = build(parse(f"sigmoid(low={float(low)!r},high={float(high)!r})"))
    return Pushforward(LogisticBeta(rise, fall), between)


_WRITTEN: dict[str, Callable[[Spec], Pushforward]] = {
    "weibull": _weibull,
    "fisher_snedecor": _fisher_snedecor,
    "gamma_gamma": _gamma_gamma,
    "pert": _pert,
}
"""Laws whose parameters go into the map or the base by arithmetic."""

READY_MADE = (*_WRITTEN, *_MADE_OF)


def made_of(spec: Spec) -> Spec:
    """The base, and mostly the map, that a ready-made law is. Raises NotOffered for those written as a class."""
    if spec.name not in _MADE_OF:
        raise NotOffered(f"{spec.name} as a base and a map")
    text = _MADE_OF[spec.name]
    if spec.params.get("concentration") == 0.0:  # (e^(c x) - 1)/c is x in the limit.
        text = text.replace(_STRETCHED, _LINE)
    given = {name: repr(value) for name, value in spec.params.items()}
    given |= {f"half_{name}": repr(value / 2) for name, value in spec.params.items() if isinstance(value, float)}
    try:
        return parse(text.format(**_LEFT_OUT.get(spec.name, {}) | given))
    except KeyError as missing:
        raise SpecError(f"{spec}: {spec.name} takes {missing.args[0]}") from None
