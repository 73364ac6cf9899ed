"""Deliberately broken frameworks: the NumPy reference with ONE defect planted, chosen by name (ACCEPTANCE A17).

``CONFORMANCE_BROKEN=cancelling_tanh`` chooses the defect; without it the reference answers unchanged. Every defect
names the subject and dtype that it sits in, the law that must catch it and the kind of failure that must be named.
Most of them have shipped in some framework. The file is complete in itself: a worker loads it as an adapter.
"""

from __future__ import annotations

import ctypes
import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from adapters.interface import Adapter as AdapterBase
from adapters.interface import BoundDistribution, BoundTransform, Description, Reproduction, Spec, evaluate, parse
from adapters.interface.quantities import TRANSFORM_DECLARED, TRANSFORM_QUANTITIES
from adapters.numpy import Adapter as Reference
from conformance.definitions.catalogue import EVENT_SUBJECTS

Array = NDArray[Any]
VARIABLE = "CONFORMANCE_BROKEN"


class Ask(Protocol):
    """The reference's answer; ``of`` and ``dtype`` default to the subject and dtype that were asked. ``narrowed``: with
    its parameters rounded to float32."""

    def __call__(
        self, quantity: str, value: Array | None, of: str = "", dtype: str = "", narrowed: bool = False
    ) -> Array: ...


Plant = Callable[[Ask, str, Any], Array]
Answers = Callable[[Spec, str, str, Array | None], Array]


@dataclass(frozen=True)
class Defect:
    """law: the one that must catch it. kind: the label of the failure that must be named. minor: it loses bits that
    no user misses (ACCEPTANCE A7), so it must be found and must not break the law. process: it takes the process
    down, and needs a real worker. escapes: it is known to go unnoticed; the honest end of the list. flushes: the
    framework was measured to flush subnormal numbers. anyhow: it sits in the subject with other numbers too. plain: it
    sits where the parameters are plain Python numbers, and nowhere else."""

    name: str
    law: str
    kind: str
    subject: str
    dtype: str
    plant: Plant
    about: str
    minor: bool = False
    process: bool = False
    escapes: bool = False
    flushes: bool = False
    anyhow: bool = False
    plain: bool = False


DEFECTS: dict[str, Defect] = {}
_LAST: dict[str, object] = {}
"""What a defect that remembers was asked last."""

TANH_NORMAL = "transformed(normal(loc=0.25,scale=1.5),tanh)"
EXP_NORMAL = "transformed(normal(loc=0.25,scale=1.5),exp)"
SATURATED = "transformed(normal(loc=10.0,scale=0.125),tanh)"
WIDE = "transformed(normal(loc=0.0,scale=20.0),tanh)"
FALLING = "transformed(gumbel(loc=0.25,scale=1.5),affine(loc=0.75,scale=-2.5))"
BASE = "normal(loc=0.25,scale=1.5)"
TRUNCATED = "truncated_normal(loc=0.25,scale=1.5,low=-1.0,high=2.5)"
TRIANGLE = "scale_matvec_tril(scale_tril=[[1.5,0.0,0.0],[0.5,-2.25,0.0],[-1.25,0.75,0.625]])"
REFLECTED = "scale_matvec_diag(scale_diag=[1.5,-0.625,2.75])"
FLOW = next(subject for subject in EVENT_SUBJECTS if subject.startswith("masked_autoregressive_flow"))


def defect(law: str, kind: str, subject: str, dtype: str = "float32", **flags: bool) -> Callable[[Plant], Plant]:
    """Declare the decorated function as a defect of its own name; its docstring says what is wrong."""

    def declare(plant: Plant) -> Plant:
        name = plant.__name__
        DEFECTS[name] = Defect(name, law, kind, subject, dtype, plant, str(plant.__doc__), **flags)
        return plant

    return declare


@defect("L01", "wrong sign", "tanh")
def log_det_with_the_wrong_sign(ask: Ask, quantity: str, value: Array) -> Array:
    """fldj is -log|f'|."""
    result = ask(quantity, value)
    return -result if quantity == "fldj" else result


@defect("L01", "value wrong", "softplus")
def log_det_of_f_for_the_inverse(ask: Ask, quantity: str, value: Array) -> Array:
    """ildj(y) is -fldj(y): the right function at the wrong point."""
    return -ask("fldj", value) if quantity == "ildj" else ask(quantity, value)


@defect("L01", "spurious nan", "affine(loc=0.75,scale=-2.5)")
def log_of_a_negative_scale(ask: Ask, quantity: str, value: Array) -> Array:
    """log(scale) without the absolute value."""
    result = ask(quantity, value)
    return result * np.float32("nan") if quantity in ("fldj", "ildj") else result


@defect("L01", "value wrong", "affine(loc=-1.25,scale=3.0)")
def scale_missing_from_the_log_det(ask: Ask, quantity: str, value: Array) -> Array:
    """The log-det of an affine map is 0."""
    result = ask(quantity, value)
    return result * 0 if quantity in ("fldj", "ildj") else result


@defect("L01", "value wrong", "chain(affine(loc=0.5,scale=2.0),tanh)")
def log_det_at_the_wrong_link(ask: Ask, quantity: str, value: Array) -> Array:
    """Every part of a chain takes its log-det at the chain's input."""
    if quantity != "fldj":
        return ask(quantity, value)
    return ask("fldj", value, of="affine(loc=0.5,scale=2.0)") + ask("fldj", value, of="tanh")


@defect("L01", "value wrong", "independent(tanh,ndims=1)")
def log_det_averaged_over_the_event(ask: Ask, quantity: str, value: Array) -> Array:
    """The log-det of an event is the mean of its coordinates', not their sum."""
    result = ask(quantity, value)
    return result / value.shape[-1] if quantity in ("fldj", "ildj") else result


@defect("L01", "value wrong", "sigmoid")
def log_det_summed_over_the_batch(ask: Ask, quantity: str, value: Array) -> Array:
    """One number comes back for the whole batch."""
    result = ask(quantity, value)
    return np.asarray(np.sum(result[np.abs(value) < 30])) if quantity == "fldj" else result


@defect("L02", "spurious ±inf", "tanh")
def cancelling_tanh(ask: Ask, quantity: str, value: Array) -> Array:
    """log(1 - tanh(x)^2): -inf as soon as tanh rounds to 1."""
    return np.log(1 - ask("forward", value) ** 2) if quantity == "fldj" else ask(quantity, value)


@defect("L02", "spurious nan", "tanh")
def no_limit_at_infinity(ask: Ask, quantity: str, value: Array) -> Array:
    """inf - inf at an infinite input."""
    result = ask(quantity, value)
    return np.where(np.isinf(value), np.nan, result).astype(result.dtype) if quantity == "fldj" else result


@defect("L02", "value wrong", "sigmoid")
def nan_swallowed(ask: Ask, quantity: str, value: Array) -> Array:
    """NaN in, 0 out."""
    result = ask(quantity, value)
    return np.where(np.isnan(value), 0, result).astype(result.dtype)


@defect("L02", "precision lost", "tanh", minor=True)
def tanh_log_det_by_softplus(ask: Ask, quantity: str, value: Array) -> Array:
    """2(log 2 - x - softplus(-2x)): no bit is right near 0, and yet it is off by only 1e-7 nats."""
    if quantity != "fldj":
        return ask(quantity, value)
    two, log2 = value.dtype.type(2), value.dtype.type(np.log(2))
    small = np.abs(value) < 1
    return np.where(small, two * (log2 - value - ask("forward", -two * value, of="softplus")), ask("fldj", value))


@defect("L02", "spurious nan", TANH_NORMAL)
def nan_at_saturation(ask: Ask, quantity: str, value: Array) -> Array:
    """log_prob of a saturated sample is inf - inf."""
    result = ask(quantity, value)
    if quantity != "log_prob":
        return result
    return np.where(np.abs(value) > 1 - 2.0**-20, np.nan, result).astype(result.dtype)


@defect("L03", "value wrong", "stick_breaking")
def stick_breaking_offset(ask: Ask, quantity: str, value: Array) -> Array:
    """log(n - i + 1) for log(n - i), in both directions: round trip and autodiff agree with each other."""
    n = value.shape[-1] - (quantity in ("inverse", "ildj"))
    i = np.arange(n)
    shift = (np.log(n - i) - np.log(n - i + 1)).astype(value.dtype)
    if quantity in ("inverse", "ildj"):
        return ask(quantity, value) - shift if quantity == "inverse" else ask(quantity, value)
    return ask(quantity, value + shift)


@defect("L03", "value wrong", "sigmoid")
def clamped_sigmoid(ask: Ask, quantity: str, value: Array) -> Array:
    """The result is clamped to [tiny, 1 - eps], which hides every small probability."""
    result = ask(quantity, value)
    eps = np.finfo(value.dtype).eps
    return np.clip(result, eps, 1 - eps) if quantity == "forward" else result


@defect("L03", "value wrong", "inverse_box_cox(power=0.5)")
def another_power_family(ask: Ask, quantity: str, value: Array) -> Array:
    """x**p under the name of (1 + p x)**(1/p)."""
    return ask(quantity, value, of="power(exponent=0.5)")


@defect("L03", "value wrong", "chain(affine(loc=0.5,scale=-1.5),exp)")
def chain_in_the_wrong_order(ask: Ask, quantity: str, value: Array) -> Array:
    """The last part is applied first."""
    return ask(quantity, value, of="chain(exp,affine(loc=0.5,scale=-1.5))")


@defect("L03", "flushed to zero", "exp", flushes=True)
def subnormals_flushed(ask: Ask, quantity: str, value: Array) -> Array:
    """Subnormal results are 0, as the framework was measured to make them; of no other framework that is said."""
    result = ask(quantity, value)
    return np.where(np.abs(result) < np.finfo(result.dtype).tiny, 0, result).astype(result.dtype)


@defect("L03", "early overflow", "power(exponent=2.5)")
def power_through_the_cube(ask: Ask, quantity: str, value: Array) -> Array:
    """x^3 / sqrt(x): x^3 overflows long before x^2.5 does."""
    return value * value * value / np.sqrt(value) if quantity == "forward" else ask(quantity, value)


@defect("L03", "spurious ±inf", "softplus")
def softplus_by_exp(ask: Ask, quantity: str, value: Array) -> Array:
    """log(1 + exp(x)): inf above 88.7."""
    return np.log1p(np.exp(value)) if quantity == "forward" else ask(quantity, value)


@defect("L03", "precision lost", "softplus", "float64")
def softplus_cut_at_20(ask: Ask, quantity: str, value: Array) -> Array:
    """x itself above a threshold that suits float32 only."""
    result = ask(quantity, value)
    return np.where(value > 20, value, result) if quantity == "forward" else result


@defect("L03", "precision lost", "exp")
def one_wrong_float(ask: Ask, quantity: str, value: Array) -> Array:
    """Off by 64 ulp at exactly one float: log 2."""
    result = ask(quantity, value)
    hit = value == np.float32(np.log(2))
    return np.where(hit, result * np.float32(1 + 2.0**-17), result) if quantity == "forward" else result


@defect("L03", "precision lost", "normal_cdf", "float64")
def normal_cdf_by_erf(ask: Ask, quantity: str, value: Array) -> Array:
    """(1 + erf)/2: the lower tail cancels."""
    if quantity != "forward":
        return ask(quantity, value)
    upper = ask("forward", np.abs(value))
    return np.where(value < 0, 1 - upper, upper)


@defect("L10", "value wrong", FALLING)
def cdf_of_a_falling_map_not_flipped(ask: Ask, quantity: str, value: Array) -> Array:
    """The cdf of a decreasing map is 1 - cdf."""
    return 1 - ask(quantity, value) if quantity == "cdf" else ask(quantity, value)


@defect("L10", "precision lost", EXP_NORMAL)
def survival_by_one_minus_the_cdf(ask: Ask, quantity: str, value: Array) -> Array:
    """1 - cdf has no digit left in the upper tail."""
    return (1 - ask("cdf", value)).astype(value.dtype) if quantity == "survival" else ask(quantity, value)


@defect("L10", "spurious ±inf", EXP_NORMAL)
def log_of_an_underflowed_cdf(ask: Ask, quantity: str, value: Array) -> Array:
    """log(cdf) is -inf where the cdf underflows."""
    return np.log(ask("cdf", value)) if quantity == "log_cdf" else ask(quantity, value)


@defect("L10", "value wrong", FALLING)
def quantile_of_the_other_tail(ask: Ask, quantity: str, value: Array) -> Array:
    """The quantile of 1 - q: a falling map was taken for a rising one."""
    return ask("icdf", 1 - value) if quantity == "icdf" else ask(quantity, value)


@defect("L11", "value wrong", EXP_NORMAL)
def entropy_of_the_base(ask: Ask, quantity: str, value: Array) -> Array:
    """The mean of the log-det, which is loc, is left out."""
    return ask(quantity, value) - np.float32(0.25) if quantity == "entropy" else ask(quantity, value)


@defect("L11", "spurious nan", "transformed(normal(loc=4.0,scale=3.0),tanh)")
def variance_below_zero(ask: Ask, quantity: str, value: Array) -> Array:
    """The root of a difference of moments that came out negative, squared."""
    return np.full_like(ask("mean", value), np.nan) if quantity == "variance" else ask(quantity, value)


@defect("L11", "value wrong", "log_logistic(loc=0.25,scale=1.5)")
def closed_form_of_an_infinite_mean(ask: Ask, quantity: str, value: Array) -> Array:
    """e^loc pi s / sin(pi s) for a scale s beyond 1, where the integral is infinite."""
    right = ask(quantity, value)
    return np.full_like(right, np.exp(0.25) * 1.5 * np.pi / np.sin(1.5 * np.pi)) if quantity == "mean" else right


@defect("L11", "value wrong", "gumbel(loc=0.25,scale=1.5)")
def standard_deviation_that_is_the_variance(ask: Ask, quantity: str, value: Array) -> Array:
    """The root is left out."""
    return ask("variance", None) if quantity == "stddev" else ask(quantity, value)


@defect("L11", "value wrong", "gumbel(loc=0.25,scale=1.5)")
def median_that_is_the_mean(ask: Ask, quantity: str, value: Array) -> Array:
    """The mean is given for both."""
    return ask("mean", None) if quantity == "median" else ask(quantity, value)


@defect("L11", "value wrong", "transformed(normal(loc=0.25,scale=1.5),tanh)")
def mode_of_the_base_through_the_map(ask: Ask, quantity: str, value: Array) -> Array:
    """tanh(loc), where the density may even have its least."""
    return ask("median", None) if quantity == "mode" else ask(quantity, value)


@defect("L11", "value wrong", "transformed(uniform(low=-0.5,high=1.5),affine(loc=0.75,scale=-2.5))")
def mode_outside_the_support(ask: Ask, quantity: str, value: Array) -> Array:
    """Any point of the support would be right, and 3.25 is none."""
    return np.full_like(ask("mean", None), 3.25) if quantity == "mode" else ask(quantity, value)


@defect("L11", "value wrong", "pair(normal(loc=0.25,scale=1.5),normal(loc=-1.0,scale=2.5))")
def divergence_the_other_way_round(ask: Ask, quantity: str, value: Array) -> Array:
    """KL(q, p)."""
    other = "pair(normal(loc=-1.0,scale=2.5),normal(loc=0.25,scale=1.5))"
    return ask(quantity, value, of=other) if quantity == "kl" else ask(quantity, value)


@defect("L11", "value wrong", "pair(uniform(low=-0.5,high=1.5),uniform(low=0.25,high=0.75))")
def divergence_by_widths_alone(ask: Ask, quantity: str, value: Array) -> Array:
    """log of the ratio of the widths, also where the second support does not hold the first."""
    return np.full_like(ask(quantity, value), np.log(0.25)) if quantity == "kl" else ask(quantity, value)


@defect("L12", "value wrong", EXP_NORMAL)
def density_of_the_base(ask: Ask, quantity: str, value: Array) -> Array:
    """The log-det is left out of the density, and not out of its logarithm."""
    return ask(quantity, value) * value if quantity == "prob" else ask(quantity, value)


@defect("L12", "spurious ±inf", "transformed(uniform(low=-0.5,high=1.5),sigmoid)")
def density_through_a_quotient(ask: Ask, quantity: str, value: Array) -> Array:
    """One over the slope, which is 0 where the map saturates."""
    if quantity != "prob":
        return ask(quantity, value)
    return np.where(value > 0.75, np.float32(np.inf), ask(quantity, value))


@defect("L12", "flushed to zero", "transformed(normal(loc=0.25,scale=1.5),affine(loc=0.75,scale=-2.5))", flushes=True)
def small_densities_flushed(ask: Ask, quantity: str, value: Array) -> Array:
    """A density below the normal numbers is 0."""
    result = ask(quantity, value)
    return np.where(np.abs(result) < np.finfo(result.dtype).tiny, 0, result) if quantity == "prob" else result


@defect("L12", "spurious ±inf", TRUNCATED)
def empty_cell_of_a_table(ask: Ask, quantity: str, value: Array) -> Array:
    """The log density comes of a table of cells of a sixteenth, one of which is empty: no listed point lies in it."""
    result = ask(quantity, value)
    if quantity != "log_prob":
        return result
    return np.where((value > -0.8125) & (value < -0.75), np.float32(-np.inf), result).astype(result.dtype)


@defect("L12", "value wrong", TRUNCATED)
def density_of_the_whole_law_above(ask: Ask, quantity: str, value: Array) -> Array:
    """Above loc the density is not divided by the mass between the ends."""
    result = ask(quantity, value)
    if quantity != "log_prob":
        return result
    whole = ask(quantity, value, of=BASE)
    return np.where(value > 0.25, np.where(np.isfinite(result), whole, result), result).astype(result.dtype)


@defect("L04", "value wrong", "tanh")
def inverse_log_det_through_a_clamp(ask: Ask, quantity: str, value: Array) -> Array:
    """ildj(y) = -fldj(atanh(y)) with y clamped away from ±1: the two directions part company at large x."""
    if quantity != "ildj":
        return ask(quantity, value)
    inside = np.clip(value, -1 + 2.0**-12, 1 - 2.0**-12)
    return np.where(np.abs(value) < 1, -ask("fldj", ask("inverse", inside)), ask("ildj", value))


@defect("L02", "value wrong", "tanh")
def log_det_frozen_next_to_the_boundary(ask: Ask, quantity: str, value: Array) -> Array:
    """ildj is constant within 16 floats of ±1, up to 2.8 nats off: a rounded input would do as much there."""
    if quantity != "ildj":
        return ask(quantity, value)
    return np.where(np.abs(value) < 1, ask("ildj", np.clip(value, -1 + 2.0**-20, 1 - 2.0**-20)), ask("ildj", value))


@defect("L03", "value wrong", "exp", escapes=True)
def one_wrong_float_off_the_grid(ask: Ask, quantity: str, value: Array) -> Array:
    """Wrong at exactly one float32 that no threshold leads to: only a sweep of all floats can find it."""
    result = ask(quantity, value)
    return np.where(value == np.float32(1.2345678), 0, result).astype(result.dtype) if quantity == "forward" else result


@defect("L05", "raised", "sigmoid")
def inverse_only_from_the_cache(ask: Ask, quantity: str, value: Array) -> Array:
    """The inverse works for tensors that forward has produced, and for no others."""
    if quantity == "inverse":
        raise AttributeError("'SigmoidTransform' object has no attribute 'arn'")
    return ask(quantity, value)


@defect("L05", "value wrong", "inverse(exp)")
def round_trip_through_float16(ask: Ask, quantity: str, value: Array) -> Array:
    """The inverse overflows where float16 would."""
    result = ask(quantity, value)
    return np.clip(result, -65504, 65504) if quantity == "inverse" else result


@defect("L08", "value wrong", TANH_NORMAL)
def log_det_left_out(ask: Ask, quantity: str, value: Array) -> Array:
    """log_prob is the base's at the inverse, and nothing else."""
    if quantity != "log_prob":
        return ask(quantity, value)
    return ask("log_prob", ask("inverse", value, of="tanh"), of=BASE)


@defect("L08", "value wrong", EXP_NORMAL)
def base_evaluated_at_y(ask: Ask, quantity: str, value: Array) -> Array:
    """The base's log_prob is taken after the transform instead of before."""
    if quantity != "log_prob":
        return ask(quantity, value)
    return ask("log_prob", value, of=BASE) + ask("ildj", value, of="exp")


@defect("L08", "value wrong", EXP_NORMAL)
def log_det_added(ask: Ask, quantity: str, value: Array) -> Array:
    """The log-det is added to log_prob instead of subtracted."""
    result = ask(quantity, value)
    if quantity == "log_prob_from_base":
        return result + 2 * ask("fldj", value, of="exp")
    return result


@defect("L13", "value wrong", EXP_NORMAL)
def density_outside_the_support(ask: Ask, quantity: str, value: Array) -> Array:
    """log_prob(-y) = log_prob(y) for a density that lives on y > 0."""
    return ask(quantity, np.abs(value)) if quantity == "log_prob" else ask(quantity, value)


@defect("L13", "outside support accepted", "inverse(exp)")
def log_of_the_magnitude(ask: Ask, quantity: str, value: Array) -> Array:
    """log|x| for log(x): numbers come out where the map is not defined."""
    return ask(quantity, np.abs(value)) if quantity == "forward" else ask(quantity, value)


@defect("L13", "out of codomain", "sigmoid")
def sigmoid_above_one(ask: Ask, quantity: str, value: Array) -> Array:
    """A fast sigmoid that overshoots 1 by two ulp."""
    result = ask(quantity, value)
    eps = np.finfo(value.dtype).eps
    return np.where(value > 16, 1 + 2 * eps, result).astype(result.dtype) if quantity == "forward" else result


@defect("L13", "out of codomain", FALLING)
def cdf_below_zero(ask: Ask, quantity: str, value: Array) -> Array:
    """The cdf is a hair below 0 in the tail."""
    result = ask(quantity, value)
    return np.where(result < 1e-6, -1e-6, result).astype(result.dtype) if quantity == "cdf" else result


@defect("L14", "value wrong", EXP_NORMAL)
def samples_shifted(ask: Ask, quantity: str, value: Array) -> Array:
    """The samples ignore loc."""
    draws = ask(quantity, value)
    return draws * np.float32(np.exp(-0.25)) if quantity == "sample" else draws


@defect("L14", "value wrong", TANH_NORMAL)
def samples_without_scale(ask: Ask, quantity: str, value: Array) -> Array:
    """The samples ignore scale."""
    return ask(quantity, value, of="transformed(normal(loc=0.25,scale=1.0),tanh)" if quantity == "sample" else "")


@defect("L14", "value wrong", SATURATED)
def saturated_samples_ignore_loc(ask: Ask, quantity: str, value: Array) -> Array:
    """The samples ignore loc, where all of them ought to be 1."""
    return ask(quantity, value, of="transformed(normal(loc=0.0,scale=0.125),tanh)" if quantity == "sample" else "")


@defect("L14", "value wrong", WIDE)
def saturated_samples_of_half_the_scale(ask: Ask, quantity: str, value: Array) -> Array:
    """The samples ignore most of the scale, where nearly all of them are 1 or -1 either way."""
    return ask(quantity, value, of="transformed(normal(loc=0.0,scale=5.0),tanh)" if quantity == "sample" else "")


@defect("L14", "value wrong", BASE)
def samples_clipped(ask: Ask, quantity: str, value: Array) -> Array:
    """No sample lies farther out than 1.9 standard deviations."""
    draws = ask(quantity, value)
    return np.clip(draws, np.float32(-2.6), np.float32(3.1)) if quantity == "sample" else draws


@defect("L14", "draws repeated", BASE)
def samples_in_pairs(ask: Ask, quantity: str, value: Array) -> Array:
    """Every sample comes twice: half as many are drawn, and they are laid out in pairs."""
    if quantity != "sample":
        return ask(quantity, value)
    count, seed = value
    return np.repeat(ask(quantity, np.array([(count + 1) // 2, seed])), 2)[:count]


@defect("L14", "seed ignored", BASE)
def samples_of_one_seed(ask: Ask, quantity: str, value: Array) -> Array:
    """Whatever the seed, the samples are the same."""
    return ask(quantity, np.array([value[0], 1]) if quantity == "sample" else value)


@defect("L14", "seed ignored", EXP_NORMAL)
def samples_of_the_process(ask: Ask, quantity: str, value: Array) -> Array:
    """The seed is not read: what is drawn depends on how often something was drawn before."""
    if quantity != "sample":
        return ask(quantity, value)
    before = int(str(_LAST.get("samples", 0)))
    _LAST["samples"] = before + 1
    return ask(quantity, np.array([value[0], before]))


@defect("L14", "out of codomain", TANH_NORMAL)
def samples_beyond_the_edge(ask: Ask, quantity: str, value: Array) -> Array:
    """Samples are scaled to the edge by a factor that rounds upwards, so that some lie outside the support."""
    draws = ask(quantity, value)
    return np.where(np.abs(draws) > 0.99, draws * 1.0625, draws).astype(draws.dtype) if quantity == "sample" else draws


@defect("L14", "raised", EXP_NORMAL)
def sampling_raises(ask: Ask, quantity: str, value: Array) -> Array:
    """sample() fails at run time."""
    if quantity == "sample":
        raise RuntimeError("sample() got an unexpected keyword")
    return ask(quantity, value)


@defect("L14", "shape wrong", EXP_NORMAL)
def samples_with_an_axis_too_many(ask: Ask, quantity: str, value: Array) -> Array:
    """sample((n,)) has shape (n, 1)."""
    result = ask(quantity, value)
    return result[:, None] if quantity == "sample" else result


@defect("L14", "dtype changed", EXP_NORMAL)
def samples_in_float64(ask: Ask, quantity: str, value: Array) -> Array:
    """float64 draws from a float32 distribution."""
    result = ask(quantity, value)
    return result.astype(np.float64) if quantity == "sample" else result


@defect("L15", "precision lost", "tanh", "float64")
def computed_in_float32(ask: Ask, quantity: str, value: Array) -> Array:
    """float64 in and out, float32 within."""
    return ask(quantity, value.astype(np.float32), dtype="float32").astype(np.float64)


@defect("L15", "precision lost", "affine(loc=-1.25,scale=3.0)", "float64")
def float32_constant(ask: Ask, quantity: str, value: Array) -> Array:
    """log(scale) is a float32 number."""
    result = ask(quantity, value)
    return result.astype(np.float32).astype(np.float64) if quantity == "fldj" else result


@defect("L15", "dtype changed", "exp")
def dtype_widened(ask: Ask, quantity: str, value: Array) -> Array:
    """float64 comes back for float32."""
    return ask(quantity, value).astype(np.float64)


@defect("L15", "dtype changed", "tanh", "float64")
def dtype_narrowed(ask: Ask, quantity: str, value: Array) -> Array:
    """float32 comes back for float64."""
    return ask(quantity, value).astype(np.float32)


@defect("L15", "parameters narrowed", "affine(loc=0.75,scale=-2.5)", "float64", anyhow=True)
def parameters_kept_in_float32(ask: Ask, quantity: str, value: Array) -> Array:
    """The parameters are float32 numbers: exact where they are short, and off by 1e-8 where they are not."""
    return ask(quantity, value, narrowed=True)


@defect("L15", "parameters narrowed", TRIANGLE, "float64", anyhow=True)
def matrix_kept_in_float32(ask: Ask, quantity: str, value: Array) -> Array:
    """The same of a matrix: the product alone, since the inverse solves with what it was given."""
    return ask(quantity, value, narrowed=quantity == "forward")


@defect("L15", "parameters narrowed", FLOW, "float64", anyhow=True)
def weights_kept_in_float32(ask: Ask, quantity: str, value: Array) -> Array:
    """The weights of a network are float32 numbers."""
    return ask(quantity, value, narrowed=True)


@defect("L15", "parameters narrowed", EXP_NORMAL, "float64", anyhow=True)
def parameters_of_the_base_in_float32(ask: Ask, quantity: str, value: Array) -> Array:
    """The same in the density of a distribution."""
    return ask(quantity, value, narrowed=quantity == "log_prob")


@defect("L15", "parameters narrowed", "power(exponent=2.5)", "float64", anyhow=True, plain=True, minor=True)
def plain_numbers_take_the_default_dtype(ask: Ask, quantity: str, value: Array) -> Array:
    """A Python number becomes a float32 array, whatever the input is."""
    return ask(quantity, value, narrowed=True)


@defect("L07", "shape wrong", "sigmoid")
def one_number_as_a_vector(ask: Ask, quantity: str, value: Array) -> Array:
    """A value without axes is answered with one of length 1."""
    return np.atleast_1d(ask(quantity, value))


@defect("L07", "shape wrong", "softplus")
def batch_flattened(ask: Ask, quantity: str, value: Array) -> Array:
    """A batch of two axes comes back as one."""
    return ask(quantity, value).ravel()


@defect("L07", "raised", "affine(loc=0.75,scale=-2.5)")
def parameters_wider_than_inputs(ask: Ask, quantity: str, value: Array) -> Array:
    """The log-det is expanded to the inputs' shape, which a batch of parameters may exceed."""
    return np.broadcast_to(ask(quantity, value), np.shape(value)).copy()


@defect("L09", "value wrong", "affine(loc=0.75,scale=-2.5)")
def members_shifted(ask: Ask, quantity: str, value: Array) -> Array:
    """Every member of a batch of parameters gets its neighbour's answer."""
    result = ask(quantity, value)
    return np.roll(result, 1, axis=-1) if np.ndim(value) > 1 else result


@defect("L07", "shape wrong", TRIANGLE)
def batch_of_matrices_behind_the_inputs(ask: Ask, quantity: str, value: Array) -> Array:
    """Where a batch of matrices has more axes than the inputs, they come out behind those."""
    result = ask(quantity, value)
    wider = quantity in ("forward", "inverse") and result.ndim > max(value.ndim, 2)
    return np.swapaxes(result, 0, -2) if wider else result


@defect("L09", "value wrong", TRIANGLE)
def first_matrix_for_every_member(ask: Ask, quantity: str, value: Array) -> Array:
    """Where a batch of matrices meets one event, every product is that of the first."""
    result = ask(quantity, value)
    if quantity != "forward" or value.ndim > 1:
        return result
    return np.broadcast_to(result[:1], result.shape).copy() if result.ndim > 1 else result


@defect("L09", "value wrong", REFLECTED)
def vectors_shifted(ask: Ask, quantity: str, value: Array) -> Array:
    """Every member of a batch of vectors gets its neighbour's answer."""
    result = ask(quantity, value)
    return np.roll(result, 1, axis=0) if quantity == "inverse" and result.ndim > value.ndim else result


@defect("L09", "draws repeated", EXP_NORMAL)
def draws_shared_by_the_members(ask: Ask, quantity: str, value: Array) -> Array:
    """One draw is made, and every member of a batch of parameters gets it."""
    result = ask(quantity, value)
    if quantity != "sample" or result.ndim == 1:
        return result
    return np.broadcast_to(result[:, :1], result.shape).copy()


@defect("L20", "declared wrong", "affine(loc=0.75,scale=-2.5)")
def every_affine_map_rises(ask: Ask, quantity: str, value: Array) -> Array:
    """The direction is declared without a look at the scale."""
    return np.asarray(True) if quantity == "increasing" else ask(quantity, value)


@defect("L20", "declared wrong", "tanh")
def codomain_of_the_sigmoid(ask: Ask, quantity: str, value: Array) -> Array:
    """The image of tanh is declared to be (0, 1)."""
    return ask("codomain", value, of="sigmoid") if quantity == "codomain" else ask(quantity, value)


@defect("L20", "declared wrong", "abs", minor=True)
def zero_left_out_of_the_image(ask: Ask, quantity: str, value: Array) -> Array:
    """|x| is declared to be positive, and is 0 at 0."""
    return value > 0 if quantity == "codomain" else ask(quantity, value)


@defect("L20", "declared wrong", "log", minor=True)
def log_of_every_number(ask: Ask, quantity: str, value: Array) -> Array:
    """The domain of log is declared to be all numbers."""
    return np.ones(value.shape, bool) if quantity == "domain" else ask(quantity, value)


@defect("L20", "declared wrong", "independent(tanh,ndims=1)")
def rank_of_the_part(ask: Ask, quantity: str, value: Array) -> Array:
    """A map of vectors declares the rank of the elementwise map within."""
    return np.asarray(0) if quantity == "event_rank_in" else ask(quantity, value)


@defect("L20", "declared wrong", "tanh")
def slope_declared_constant(ask: Ask, quantity: str, value: Array) -> Array:
    """The log-det is declared to be one number everywhere."""
    return np.asarray(True) if quantity == "constant_log_det" else ask(quantity, value)


@defect("L20", "declared wrong", "affine(loc=-1.25,scale=3.0)", "float64")
def dtype_of_the_default(ask: Ask, quantity: str, value: Array) -> Array:
    """The dtype is declared to be float32 whatever the parameters are."""
    return np.asarray(32) if quantity == "map_bits" else ask(quantity, value)


@defect("L20", "declared wrong", EXP_NORMAL)
def support_of_the_mirror_image(ask: Ask, quantity: str, value: Array) -> Array:
    """The support is declared to be the negative numbers."""
    return ask(quantity, -value) if quantity == "support" else ask(quantity, value)


@defect("L22", "depends on position", "softplus", minor=True)
def a_scalar_tail_of_its_own(ask: Ask, quantity: str, value: Array) -> Array:
    """One value alone goes through another formula, 12 ulp higher: each answer is right by itself."""
    result = ask(quantity, value)
    return result + 12 * np.spacing(result) if quantity == "forward" and value.size < 4 else result


@defect("L22", "spurious nan", "tanh")
def one_too_many_for_the_registers(ask: Ask, quantity: str, value: Array) -> Array:
    """The last element of an array of odd length is read from behind its end."""
    result = ask(quantity, value)
    if quantity == "forward" and value.ndim == 1 and len(value) > 16 and len(value) % 2:
        result[-1] = np.nan
    return result


@defect("L22", "value wrong", "exp")
def worked_on_in_place(ask: Ask, quantity: str, value: Array) -> Array:
    """The same array for a second time finds what the first call left in the buffer."""
    key = (quantity, value.tobytes())
    again = _LAST.get("worked_on_in_place") == key
    _LAST["worked_on_in_place"] = key
    return ask(quantity, ask(quantity, value)) if again and quantity == "forward" else ask(quantity, value)


@defect("L22", "flushed to zero", "exp", flushes=True)
def subnormals_flushed_in_the_tail(ask: Ask, quantity: str, value: Array) -> Array:
    """The body of a loop keeps subnormal numbers, and one value alone is flushed."""
    result = ask(quantity, value)
    flushed = np.where(np.abs(result) < np.finfo(result.dtype).tiny, 0, result).astype(result.dtype)
    return flushed if quantity == "forward" and value.size < 4 else result


@defect("L24", "order broken", "softplus", minor=True)
def a_step_down_at_two(ask: Ask, quantity: str, value: Array) -> Array:
    """From 2 on another formula, eight ulp lower: each value is right by itself."""
    result = ask(quantity, value)
    return np.where(value >= 2, result * np.float32(1 - 8 * 2.0**-23), result) if quantity == "forward" else result


@defect("L18", "shape wrong", "exp")
def dimension_kept(ask: Ask, quantity: str, value: Array) -> Array:
    """log-dets have a trailing axis of length 1."""
    result = ask(quantity, value)
    return result[..., None] if quantity in ("fldj", "ildj") else result


@defect("L18", "shape wrong", "independent(tanh,ndims=1)")
def event_not_summed(ask: Ask, quantity: str, value: Array) -> Array:
    """The log-det of an event keeps the event's shape."""
    return ask(quantity, value, of="tanh") if quantity == "fldj" else ask(quantity, value)


@defect("L18", "raised", "tanh")
def batch_of_one_raises(ask: Ask, quantity: str, value: Array) -> Array:
    """A batch of one element is squeezed away."""
    if len(value) == 1:
        raise IndexError("too many indices for a 0-dimensional array")
    return ask(quantity, value)


@defect("L03", "crashed", "exp", process=True)
def crash_at_infinity(ask: Ask, quantity: str, value: Array) -> Array:
    """A real segmentation fault at an infinite input."""
    if quantity == "forward" and np.isposinf(value).any():
        ctypes.string_at(0)
    return ask(quantity, value)


@defect("L03", "timed out", "exp", process=True)
def hang_at_nan(ask: Ask, quantity: str, value: Array) -> Array:
    """A loop that waits for convergence never ends at NaN."""
    if quantity == "forward" and np.isnan(value).any():
        time.sleep(3600)
    return ask(quantity, value)


class Adapter(AdapterBase):
    """The reference, with the defect that the environment variable names. answers: what the reference says, of a
    subject, a quantity, a dtype and a value, for whoever knows that already."""

    name = "broken"

    def __init__(self, chosen: str | None = None, answers: Answers | None = None) -> None:
        self._reference, self._answers = Reference(), answers
        name = os.environ.get(VARIABLE, "") if chosen is None else chosen
        if name and name not in DEFECTS:
            raise ValueError(f"unknown defect {name!r}; known: {', '.join(DEFECTS)}")
        self._defect = DEFECTS.get(name)

    def describe(self) -> Description:
        said = self._reference.describe()
        return Description(self.name, "1.0", said.packages, said.dtypes, said.modes, said.devices, said.flush_to_zero)

    def _transform(self, spec: Spec, dtype: str, mode: str) -> BoundTransform:
        ask = self._asking(self._reference.transform(spec, dtype, mode), spec, dtype)
        return _Transform(ask, self._plant(spec), spec, self._plant(spec, plain=True))

    def _distribution(self, spec: Spec, dtype: str, mode: str) -> BoundDistribution:
        ask = self._asking(self._reference.distribution(spec, dtype, mode), spec, dtype)
        return _Distribution(ask, self._plant(spec), spec, self._plant(spec, plain=True))

    def _plant(self, spec: Spec, plain: bool = False) -> Plant:
        if self._defect is not None and self._defect.plain == plain:
            broken = parse(self._defect.subject)
            # A batch of the subject by its parameters has the subject's name and other numbers.
            alike = (_is_batch(spec) or self._defect.anyhow) and broken.names() == spec.names()
            if broken == spec or alike:
                return self._defect.plant
        return lambda ask, quantity, value: ask(quantity, value)

    def _asking(self, own: BoundTransform | BoundDistribution, spec: Spec, own_dtype: str) -> Ask:
        def ask(quantity: str, value: Array | None, of: str = "", dtype: str = "", narrowed: bool = False) -> Array:
            bound: BoundTransform | BoundDistribution = own
            if self._answers is not None:
                subject = parse(of) if of else spec
                return self._answers(_narrowed(spec) if narrowed else subject, quantity, dtype or own_dtype, value)
            if of or dtype or narrowed:
                bind = self._reference.transform if quantity in _OF_TRANSFORMS else self._reference.distribution
                bound = bind(_narrowed(spec) if narrowed else of or spec, dtype or own_dtype)
            if quantity == "sample":
                assert isinstance(bound, BoundDistribution)
                assert value is not None
                return bound.sample(int(value[0]), int(value[1]))
            return evaluate(bound, quantity, value)

        return ask


def _narrowed(spec: Spec) -> Spec:
    return spec.with_numbers(lambda number: float(np.float32(number)))


def _is_batch(spec: Spec) -> bool:
    return any(isinstance(value, tuple) for value in spec.params.values()) or any(map(_is_batch, spec.parts))


_OF_TRANSFORMS = (*TRANSFORM_QUANTITIES, *TRANSFORM_DECLARED)


class _Transform(BoundTransform):
    def __init__(self, ask: Ask, plant: Plant, spec: Spec, plainly: Plant) -> None:
        self._ask, self._plant, self._spec, self._plainly = ask, plant, spec, plainly

    def forward(self, x: Array) -> Array:
        return self._plant(self._ask, "forward", x)

    def inverse(self, y: Array) -> Array:
        return self._plant(self._ask, "inverse", y)

    def log_det_jacobian(self, value: Array, direction: str = "forward") -> Array:
        return self._plant(self._ask, "fldj" if direction == "forward" else "ildj", value)

    def with_parameters(self, form: str) -> _Transform:
        plant = self._plainly if form == "plain" else self._plant
        return _Transform(self._ask, plant, self._spec, self._plainly)

    def declared(self, name: str, value: Array | None) -> Array:
        return _said(self._plant, self._ask, name, value)

    def reproduction(self, quantity: str, value: Array) -> Reproduction:
        return _script("transform", self._spec, quantity, value)


class _Distribution(BoundDistribution):
    """``sample`` passes count and seed to the defect as its value."""

    def __init__(self, ask: Ask, plant: Plant, spec: Spec, plainly: Plant) -> None:
        self._ask, self._plant, self._spec, self._plainly = ask, plant, spec, plainly

    def log_prob(self, y: Array) -> Array:
        return self._plant(self._ask, "log_prob", y)

    def log_prob_from_base(self, x: Array) -> Array:
        return self._plant(self._ask, "log_prob_from_base", x)

    def function(self, quantity: str, value: Array) -> Array:
        return self._plant(self._ask, quantity, value)

    def statistic(self, quantity: str) -> Array:
        return _said(self._plant, self._ask, quantity, None)

    def sample(self, count: int, seed: int) -> Array:
        return self._plant(self._ask, "sample", np.array([count, seed]))

    def with_parameters(self, form: str) -> _Distribution:
        plant = self._plainly if form == "plain" else self._plant
        return _Distribution(self._ask, plant, self._spec, self._plainly)

    def declared(self, name: str, value: Array | None) -> Array:
        return _said(self._plant, self._ask, name, value)

    def reproduction(self, quantity: str, value: Array) -> Reproduction:
        return _script("distribution", self._spec, quantity, value)


def _said(plant: Plant, ask: Ask, name: str, value: Array | None) -> Array:
    """What is asked at no point, by the defects that are about that: the others know no quantity without a value."""
    about = getattr(DEFECTS.get(getattr(plant, "__name__", "")), "law", "") in ("L11", "L20")
    return plant(ask, name, value) if about else ask(name, value)


def _script(kind: str, spec: Spec, quantity: str, value: Array) -> Reproduction:
    numbers = ", ".join(f'float.fromhex("{float(v).hex()}")' for v in np.atleast_1d(value))
    rows = f"[{numbers}]" if np.ndim(value) == 0 else f"[[{numbers}]]"
    return Reproduction(
        "import numpy as np\n"
        "from adapters.interface import evaluate\n"
        "from adapters.worker import load_adapter\n"
        f"adapter = load_adapter(None, {__file__!r})\n"
        f"value = np.array({rows}).astype({value.dtype.name!r})\n"
        f"result = evaluate(adapter.{kind}({str(spec)!r}, {value.dtype.name!r}), {quantity!r}, value)\n"
        "print(*[float(v).hex() for v in np.ravel(result)])\n"
    )
