"""Defects to be planted, at least one for every mechanism that today's laws can see. Most have shipped somewhere."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
from scipy import special

from adapters.interface import Spec
from conformance.causes.tests.planted import library
from conformance.causes.tests.planted.adapter import Array, Plant, Right

PLANTS: dict[str, Plant] = {}

TANH = (
    "tanh",
    "inverse(tanh)",
    "chain(affine(loc=0.5,scale=2.0),tanh)",
    "transformed(normal(loc=0.25,scale=1.5),tanh)",
)
SIGMOID = ("sigmoid", "inverse(sigmoid)", "transformed(normal(loc=0.25,scale=1.5),sigmoid)")
SOFTPLUS = ("softplus", "inverse(softplus)", "transformed(normal(loc=0.25,scale=1.5),softplus)")
SLICED = (
    "concatenate(tanh,exp,lengths=[1.0,2.0])",
    "concatenate(exp,tanh,dim=0.0,lengths=[1.0,2.0],ndims=2.0)",
)
EXP = ("exp", "chain(affine(loc=0.5,scale=-1.5),exp)", "transformed(normal(loc=0.25,scale=1.5),exp)")
FALLING = "transformed(gumbel(loc=0.25,scale=1.5),affine(loc=0.75,scale=-2.5))"
FLAT = "transformed(uniform(low=-0.5,high=1.5),affine(loc=0.75,scale=-2.5))"
HEAVY = "transformed(student_t(df=5.0,loc=0.25,scale=1.5),affine(loc=0.75,scale=-2.5))"

NORMAL = ("normal(loc=0.25,scale=1.5)", "transformed(normal(loc=0.25,scale=1.5),exp)")
LOG_LOGISTIC = "transformed(logistic(loc=0.25,scale=1.5),exp)"

MULTIVARIATE = "multivariate_normal(loc=[0.25,-1.5],scale_tril=[[1.5,0.0],[0.5,0.375]])"
LOW_RANK = "multivariate_normal(cov_diag=[1.25,0.5],cov_factor=[[1.5],[0.75]],loc=[0.25,-1.5])"
STUDENT = "multivariate_student_t(df=4.5,loc=[0.25,-1.5],scale_tril=[[1.5,0.0],[0.5,0.375]])"
MATRIX = "matrix_normal(loc=[[0.25,-1.5]],scale_column=[[1.5,0.0],[0.5,0.375]],scale_row=[[0.75]])"
LKJ = "lkj(concentration=1.5,dimension=3.0)"
LKJ_CHOLESKY = "lkj_cholesky(concentration=1.5,dimension=3.0)"
WISHART = "wishart(df=5.5,scale_tril=[[1.5,0.0],[0.5,0.375]])"
POWER = "power_spherical(concentration=2.5,mean_direction=[0.5,-0.5,0.5,0.5])"
FLAT_DIRICHLET = "flat_dirichlet(size=4.0)"
RELAXED = "relaxed_one_hot_categorical(logits=[0.75,-1.5,0.25],temperature=0.375)"
EXP_RELAXED = f"exp_{RELAXED}"
PRODUCT = "independent(normal(loc=[0.25,-1.5],scale=[1.5,0.375]),ndims=1.0)"

Wrong = Callable[[Right, Array, Spec], Array]


def plant(
    place: str, mechanisms: str, *subjects: str, batches: bool = False, plain: bool = False, kernel: str = ""
) -> Callable[[Wrong], Wrong]:
    """Plant the decorated function; its docstring says what is wrong. mechanisms: comma-separated."""

    def declare(wrong: Wrong) -> Wrong:
        name = wrong.__name__
        told = tuple(mechanisms.split(", "))
        PLANTS[name] = Plant(name, place, told, subjects, str(wrong.__doc__), wrong, batches, plain, kernel)
        return wrong

    return declare


def _log(x: Array, number: float) -> Array:
    return np.asarray(number).astype(x.dtype)


@plant("tanh.fldj", "cancellation", *TANH)
def tanh_log_det_by_softplus(right: Right, x: Array, spec: Spec) -> Array:
    """2 (log 2 - x - softplus(-2x)): every digit is gone near 0."""
    two = _log(x, 2.0)
    return two * (np.log(two) - x - np.logaddexp(_log(x, 0.0), -two * x))


@plant("tanh.fldj", "cancellation", *TANH)
def tanh_log_det_by_the_square(right: Right, x: Array, spec: Spec) -> Array:
    """log(1 - tanh(x)^2) is -inf where tanh rounds to 1."""
    return library.log(1 - library.tanh(x) ** 2)


@plant("tanh.fldj", "wrong constant", *TANH, *SLICED)
def tanh_log_det_off_by_log_four(right: Right, x: Array, spec: Spec) -> Array:
    """log 4 is left out."""
    return right() - _log(x, np.log(4.0))


@plant("tanh.fldj", "limit at a special value", *TANH)
def tanh_log_det_without_limits(right: Right, x: Array, spec: Spec) -> Array:
    """nan at the infinities, where the limit is -inf."""
    return np.where(np.isinf(x), _log(x, np.nan), right())


@plant("tanh.inverse", "cancellation", *TANH)
def atanh_by_a_quotient(right: Right, y: Array, spec: Spec) -> Array:
    """log((1 + y) / (1 - y)) / 2 loses y near 0."""
    return np.where(np.abs(y) < 1, _log(y, 0.5) * np.log((1 + y) / (1 - y)), right())


@plant("tanh.forward", "constant in a narrower dtype", *TANH)
def tanh_in_float32(right: Right, x: Array, spec: Spec) -> Array:
    """float64 goes through float32."""
    return right().astype(np.float32).astype(x.dtype)


@plant("sigmoid.forward", "clamp", *SIGMOID)
def sigmoid_clamped(right: Right, x: Array, spec: Spec) -> Array:
    """Kept away from its ends by the resolution of the format."""
    eps = np.finfo(x.dtype).eps
    return np.clip(right(), eps, 1 - eps)


@plant("sigmoid.inverse", "clamp", *SIGMOID[:2])
def logit_clamped(right: Right, y: Array, spec: Spec) -> Array:
    """The argument is kept away from 0 and 1."""
    return right(np.clip(y, _log(y, 1e-6), _log(y, 1 - 1e-6)))


@plant("sigmoid.fldj", "missing direction", *SIGMOID)
def sigmoid_log_det_with_the_other_sign(right: Right, x: Array, spec: Spec) -> Array:
    """-log|f'|."""
    return -right()


@plant("sigmoid.forward", "exception", *SIGMOID)
def sigmoid_raises_for_one(right: Right, x: Array, spec: Spec) -> Array:
    """A batch of one has no second axis."""
    if len(x) == 1:
        raise IndexError("index 1 is out of bounds for axis 0 with size 1")
    return right()


@plant("softplus.forward", "overflow of an intermediate", *SOFTPLUS)
def softplus_by_exp(right: Right, x: Array, spec: Spec) -> Array:
    """log1p(exp(x)) is inf where exp(x) is."""
    # Below 0 nothing is wrong with it, and its last bits are the processor's: what composites of it lose is nobody's.
    return np.where(x < 0, right(), library.log1p(library.exp(x)))


@plant("softplus.forward", "cancellation", *SOFTPLUS, kernel="sloppy_log1p")
def softplus_over_a_sloppy_log1p(right: Right, x: Array, spec: Spec) -> Array:
    """The right formula; the log1p under it loses small arguments."""
    return np.maximum(x, 0) + library.sloppy_log1p(library.exp(-np.abs(x)))


@plant("exp.forward", "kernel accuracy", *EXP, kernel="sloppy_exp")
def exp_by_a_sloppy_kernel(right: Right, x: Array, spec: Spec) -> Array:
    """Nothing but the library's exp, which is off by 100 ulp."""
    return library.sloppy_exp(x)


@plant("tanh.forward", "constant in a narrower dtype", *TANH, kernel="narrow_tanh")
def tanh_by_a_narrow_kernel(right: Right, x: Array, spec: Spec) -> Array:
    """Nothing but the library's tanh, which goes through float32."""
    return library.narrow_tanh(x)


@plant("softplus.forward", "threshold where a formula is switched", *SOFTPLUS)
def softplus_cut_at_20(right: Right, x: Array, spec: Spec) -> Array:
    """x itself beyond 20."""
    return np.where(x > 20, x, right())


@plant("softplus.ildj", "wrong formula", *SOFTPLUS)
def softplus_log_det_of_the_other_direction(right: Right, y: Array, spec: Spec) -> Array:
    """The forward map's log-det at y."""
    return right(y, "fldj")


@plant("softplus.fldj", "shape of the result", *SOFTPLUS)
def softplus_log_det_keeps_an_axis(right: Right, x: Array, spec: Spec) -> Array:
    """One axis too many."""
    return right()[..., None]


@plant("exp.forward", "kernel accuracy", *EXP)
def exp_with_a_poor_table(right: Right, x: Array, spec: Spec) -> Array:
    """Off by up to 200 ulp, smoothly."""
    return (right() * (1 + _log(x, 100 * np.finfo(x.dtype).eps) * np.sin(x))).astype(x.dtype)


@plant("exp.forward", "dtype of the result", *EXP)
def exp_in_float64(right: Right, x: Array, spec: Spec) -> Array:
    """float64 comes for float32, and float32 for float64."""
    return right().astype(np.float64 if x.dtype == np.float32 else np.float32)


# Of a framework that was not measured to flush nobody says that it does: what is seen is where the answer turns 0.
@plant("exp.forward", "threshold where a formula is switched", *EXP)
def exp_gives_up_below_the_normal_numbers(right: Right, x: Array, spec: Spec) -> Array:
    """No result is subnormal."""
    result = right()
    return np.where(np.abs(result) < np.finfo(x.dtype).tiny, _log(x, 0.0), result)


@plant("exp.inverse", "missing support mask", "exp", "inverse(exp)")
def log_of_the_magnitude(right: Right, y: Array, spec: Spec) -> Array:
    """log|y| accepts negative numbers."""
    return right(np.abs(y))


@plant("exp.inverse", "exception", "exp", "inverse(exp)", EXP[2])
def log_raises(right: Right, y: Array, spec: Spec) -> Array:
    """Not written yet."""
    raise RuntimeError("inverse is only known from the cache")


@plant(
    "power.fldj",
    "overflow of an intermediate, underflow of an intermediate",
    "power(exponent=2.5)",
    "power(exponent=-1.5)",
)
def power_log_det_by_its_value(right: Right, x: Array, spec: Spec) -> Array:
    """log|p y / x| overflows where y does."""
    return np.log(np.abs(_log(x, spec.params["exponent"]) * right(x, "forward") / x))


@plant("affine.fldj", "wrong formula", "affine(loc=0.75,scale=-2.5)", FALLING)
def affine_log_det_of_a_negative_scale(right: Right, x: Array, spec: Spec) -> Array:
    """log of the scale, not of its magnitude."""
    return np.full_like(x, np.log(spec.params["scale"]) if spec.params["scale"] > 0 else np.nan)


@plant("affine.fldj", "constant in a narrower dtype", "affine(loc=-1.25,scale=3.0)", "affine(loc=0.75,scale=-2.5)")
def affine_log_det_in_float32(right: Right, x: Array, spec: Spec) -> Array:
    """log|scale| is a float32 number."""
    return np.full_like(x, np.float32(np.log(np.abs(np.float32(spec.params["scale"])))))


@plant("normal.log_prob", "wrong constant", TANH[3], EXP[2])
def normal_density_without_its_scale(right: Right, x: Array, spec: Spec) -> Array:
    """log(scale) is left out."""
    return right() + _log(x, np.log(spec.params["scale"]))


@plant("normal.log_prob", "constant in a narrower dtype", TANH[3], EXP[2])
def normal_density_with_a_float32_constant(right: Right, x: Array, spec: Spec) -> Array:
    """log sqrt(2 pi) is a float32 number."""
    exact = 0.5 * np.log(2 * np.pi)
    return right() + _log(x, exact - np.float64(np.float32(exact)))


@plant("student_t.log_prob", "overflow of an intermediate", HEAVY)
def student_t_by_the_square(right: Right, x: Array, spec: Spec) -> Array:
    """log(1 + z^2 / df) overflows with z^2."""
    z = (x - _log(x, spec.params["loc"])) / _log(x, spec.params["scale"])
    return np.where(np.isinf(z * z), _log(x, -np.inf), right())


@plant("uniform.log_prob", "missing support mask", FLAT)
def uniform_density_everywhere(right: Right, x: Array, spec: Spec) -> Array:
    """-log(high - low), inside and outside."""
    inside = -np.log(_log(x, spec.params["high"] - spec.params["low"]))
    return np.where(np.isnan(x), x, inside).astype(x.dtype)


@plant("exponential.log_prob", "missing support mask", "transformed(exponential(rate=1.5),affine(loc=0.75,scale=-2.5))")
def exponential_density_below_zero(right: Right, x: Array, spec: Spec) -> Array:
    """log(rate) - rate x, for negative x too."""
    rate = _log(x, spec.params["rate"])
    return np.where(x < 0, np.log(rate) - rate * x, right())


@plant("gumbel.cdf", "missing direction", FALLING)
def gumbel_survival(right: Right, x: Array, spec: Spec) -> Array:
    """The other tail."""
    return (1 - right()).astype(x.dtype)


@plant("transformed.cdf", "missing direction", FALLING, FLAT)
def cdf_of_a_falling_map(right: Right, y: Array, spec: Spec) -> Array:
    """cdf of the base at the inverse, whatever the direction."""
    return (1 - right()).astype(y.dtype)


@plant("transformed.log_prob", "missing support mask", EXP[2], FLAT)
def density_outside_the_support(right: Right, y: Array, spec: Spec) -> Array:
    """0 nats where there is no density."""
    result = right()
    return np.where(np.isneginf(result) & np.isfinite(y) & (y != 0), _log(y, 0.0), result)


@plant("transformed.log_prob", "wrong formula", EXP[2], TANH[3])
def log_det_left_out(right: Right, y: Array, spec: Spec) -> Array:
    """The density of x, not of y."""
    return right(right(y, "inverse", spec.parts[1]), "log_prob", spec.parts[0])


@plant("transformed.log_prob_from_base", "wrong formula", EXP[2], TANH[3])
def log_det_added(right: Right, x: Array, spec: Spec) -> Array:
    """+ fldj in place of - fldj."""
    return right(x, "log_prob", spec.parts[0]) + right(x, "fldj", spec.parts[1])


@plant("transformed.sample", "sampling", EXP[2])
def samples_shifted(right: Right, value: Array, spec: Spec) -> Array:
    """Half a unit too far."""
    draws = right()
    return (draws * _log(draws, 1.6)).astype(draws.dtype)


@plant("transformed.sample", "exception", EXP[2])
def sampling_raises(right: Right, value: Array, spec: Spec) -> Array:
    """No sampler for this transform."""
    raise ValueError("sample needs a bijector with a static event shape")


@plant("normal.log_cdf", "underflow of an intermediate", *NORMAL)
def log_of_an_underflowed_cdf(right: Right, y: Array, spec: Spec) -> Array:
    """log(cdf) is -inf where the cdf underflows."""
    below = right(quantity="cdf")
    return np.where(below < 0.5, np.log(below), right())


@plant("normal.survival", "cancellation", *NORMAL)
def survival_by_one_minus_the_cdf(right: Right, y: Array, spec: Spec) -> Array:
    """1 - cdf has no digit left in the upper tail."""
    return (1 - right(quantity="cdf")).astype(y.dtype)


@plant("logistic.log_survival", "missing direction", "logistic(loc=0.25,scale=1.5)", LOG_LOGISTIC)
def log_survival_of_the_other_tail(right: Right, y: Array, spec: Spec) -> Array:
    """The logarithm of the cdf."""
    return right(quantity="log_cdf")


@plant("normal.icdf", "clamp", *NORMAL)
def quantile_of_a_clamped_share(right: Right, q: Array, spec: Spec) -> Array:
    """q is kept away from 0 and 1."""
    return right(np.clip(q, _log(q, 1e-6), _log(q, 1 - 1e-6)))


@plant("transformed.icdf", "wrong formula", FALLING)
def quantile_of_a_falling_map(right: Right, q: Array, spec: Spec) -> Array:
    """The base's own quantile, though the map falls."""
    base, mapped = spec.parts
    return right(right(quantity="icdf", of=base), "forward", mapped)


@plant("normal.prob", "wrong constant", "normal(loc=0.25,scale=1.5)")
def density_of_the_standard_law(right: Right, y: Array, spec: Spec) -> Array:
    """The scale is left out of the constant."""
    return (right() * _log(y, spec.params["scale"])).astype(y.dtype)


@plant("normal_cdf.forward", "cancellation", "normal_cdf", "inverse(normal_cdf)")
def normal_cdf_by_erf(right: Right, x: Array, spec: Spec) -> Array:
    """(1 + erf) / 2 loses the lower tail."""
    return (_log(x, 0.5) * (1 + special.erf(x * _log(x, np.sqrt(0.5))))).astype(x.dtype)


@plant("normal_cdf.inverse", "cancellation", "normal_cdf", "inverse(normal_cdf)")
def normal_quantile_by_erfinv(right: Right, y: Array, spec: Spec) -> Array:
    """2y - 1 forgets a small y."""
    return (_log(y, np.sqrt(2.0)) * special.erfinv(2 * y - 1)).astype(y.dtype)


@plant("gumbel_cdf.inverse", "clamp", "gumbel_cdf(loc=0.5,scale=2.0)", "inverse(gumbel_cdf(loc=0.5,scale=2.0))")
def gumbel_quantile_clamped(right: Right, y: Array, spec: Spec) -> Array:
    """The argument is kept away from 0 by the resolution."""
    return right(np.clip(y, np.finfo(y.dtype).eps, None).astype(y.dtype))


@plant("inverse_box_cox.forward", "wrong formula", "inverse_box_cox(power=0.5)")
def another_power_family(right: Right, x: Array, spec: Spec) -> Array:
    """x^(1/p) for (1 + p x)^(1/p)."""
    return np.where(x >= 0, np.abs(x) ** _log(x, 1 / spec.params["power"]), right()).astype(x.dtype)


@plant("stick_breaking.fldj", "wrong formula", "stick_breaking")
def stick_breaking_without_the_sizes(right: Right, x: Array, spec: Spec) -> Array:
    """Only the sigmoids' log-dets, not the log of what is left of the stick."""
    z = x - np.log(np.arange(x.shape[-1], 0, -1)).astype(x.dtype)
    return (-np.logaddexp(0, z) - np.logaddexp(0, -z)).sum(axis=-1).astype(x.dtype)


@plant("corr_cholesky.fldj", "wrong constant, wrong formula", "corr_cholesky")
def correlation_log_det_off_by_log_two(right: Right, x: Array, spec: Spec) -> Array:
    """The base measure of another set of coordinates."""
    return right() + _log(x, np.log(2.0))


@plant("exp.forward", "shape of the result", "exp", EXP[1])
def one_number_as_a_vector(right: Right, x: Array, spec: Spec) -> Array:
    """A value without axes is answered with one of length 1."""
    return np.atleast_1d(right())


@plant("sigmoid.fldj", "shape of the result", "sigmoid", "inverse(sigmoid)")
def axes_of_length_one_dropped(right: Right, x: Array, spec: Spec) -> Array:
    """Axes of length 1 are squeezed away."""
    return np.squeeze(right()) if x.ndim > 2 else right()


@plant("tanh.forward", "shape of the result", "tanh")
def a_batch_of_two_axes_is_flattened(right: Right, x: Array, spec: Spec) -> Array:
    """Everything beyond one axis becomes one axis."""
    return right().ravel() if x.ndim > 1 else right()


@plant("affine.fldj", "exception", "affine(loc=0.75,scale=-2.5)", TANH[2], batches=True)
def parameters_wider_than_inputs(right: Right, x: Array, spec: Spec) -> Array:
    """The log-det is expanded to the inputs' shape, which a batch of parameters may exceed."""
    return np.broadcast_to(right(np.zeros((), x.dtype)), x.shape).astype(x.dtype)


@plant("transformed.sample", "sampling", TANH[3], EXP[2], batches=True)
def one_draw_for_all_members(right: Right, x: Array, spec: Spec) -> Array:
    """The base is drawn once for a batch that comes from parameters."""
    drawn = right()
    return np.broadcast_to(drawn[:, :1], drawn.shape).copy() if drawn.ndim > 1 else drawn


@plant(
    "affine.forward",
    "wrong formula, wrong constant",
    "affine(loc=0.75,scale=-2.5)",
    "affine(loc=-1.25,scale=3.0)",
    batches=True,
)
def the_first_member_for_all(right: Right, x: Array, spec: Spec) -> Array:
    """Every member of a batch is answered with the first one's parameters."""
    if not isinstance(spec.params["loc"], tuple):
        return right()
    first = Spec("affine", (), {key: _first(value) for key, value in spec.params.items()})
    return np.broadcast_to(right(of=first), right().shape).copy()


@plant("power.inverse", "wrong formula, wrong constant", "power(exponent=2.5)", "power(exponent=-1.5)", batches=True)
def members_in_the_opposite_order(right: Right, x: Array, spec: Spec) -> Array:
    """The members of a batch of parameters are taken from the other end."""
    exponent = spec.params["exponent"]
    return right(of=Spec("power", (), {"exponent": exponent[::-1]})) if isinstance(exponent, tuple) else right()


def _first(value: float | tuple[object, ...]) -> float:
    while isinstance(value, tuple):
        value = value[0]  # type: ignore[assignment]
    return float(value)


def _ulps(x: Array, count: float) -> Array:
    """1 + count roundoffs of the dtype."""
    return np.asarray(1 + count * float(np.finfo(x.dtype).eps)).astype(x.dtype)


@plant("softplus.forward", "order of the results", "softplus")
def softplus_a_step_down_at_two(right: Right, x: Array, spec: Spec) -> Array:
    """From 2 on another formula, whose value is six ulp lower: each is right by itself."""
    return np.where(x >= 2, right() * _ulps(x, -6.0), right())


@plant("exp.inverse", "kernel accuracy, order of the results", "exp")
def log_a_step_down_at_two(right: Right, x: Array, spec: Spec) -> Array:
    """The two branches of a logarithm meet eight ulp apart."""
    return np.where(x >= 2, right() * _ulps(x, -8.0), right())


@plant("affine.forward", "order of the results", "affine(loc=-1.25,scale=3.0)")
def a_line_with_a_step(right: Right, x: Array, spec: Spec) -> Array:
    """Above 1 the product is rounded once more."""
    return np.where(x >= 1, right() * _ulps(x, -8.0), right())


def _short(spec: Spec) -> Spec:
    """The subject with parameters that are float32 numbers."""
    return spec.with_numbers(lambda number: float(np.float32(number)))


@plant("affine.forward", "parameters in a narrower dtype", "affine(loc=0.75,scale=-2.5)", TANH[2])
def affine_parameters_in_float32(right: Right, x: Array, spec: Spec) -> Array:
    """Parameters are kept in float32, which holds the short ones exactly."""
    return right(of=_short(spec))


@plant("normal.log_prob", "parameters in a narrower dtype", TANH[3], EXP[2])
def normal_parameters_in_float32(right: Right, x: Array, spec: Spec) -> Array:
    """The same in the base of a transformed distribution."""
    return right(of=_short(spec))


@plant("power.forward", "parameters in a narrower dtype", "power(exponent=2.5)", "power(exponent=-1.5)", plain=True)
def plain_numbers_take_the_default_dtype(right: Right, x: Array, spec: Spec) -> Array:
    """A plain Python number becomes a float32 array."""
    return right(of=_short(spec))


@plant("softplus.forward", "position in the array", *SOFTPLUS[:2])
def softplus_has_a_tail_of_its_own(right: Right, x: Array, spec: Spec) -> Array:
    """One value alone goes through another formula, 12 ulp higher: each answer is right by itself."""
    result = right()
    return result + 12 * np.spacing(result) if x.size == 1 else result


@plant("tanh.forward", "position in the array", *TANH[:3])
def tanh_reads_behind_the_end(right: Right, x: Array, spec: Spec) -> Array:
    """The last element of an array of 33 is nan."""
    result = right()
    if x.shape == (33,):
        result[-1] = np.nan
    return result


@plant("normal.log_prob", "position in the array", TANH[3], EXP[2])
def normal_density_of_one_value_alone(right: Right, x: Array, spec: Spec) -> Array:
    """The log of the scale is counted twice for one value alone."""
    return right() - _log(x, np.log(spec.params["scale"])) if x.size == 1 else right()


@plant("affine.increasing", "what is declared", "affine(loc=0.75,scale=-2.5)", "chain(affine(loc=0.5,scale=-1.5),exp)")
def every_affine_map_rises(right: Right, x: Array, spec: Spec) -> Array:
    """The direction is declared without a look at the scale."""
    return np.asarray(True)


@plant("tanh.codomain", "what is declared", *TANH)
def codomain_of_the_sigmoid(right: Right, x: Array, spec: Spec) -> Array:
    """The image of tanh is declared to be (0, 1)."""
    return (x > 0) & (x < 1)


@plant("transformed.support", "what is declared", EXP[2])
def support_of_the_mirror_image(right: Right, x: Array, spec: Spec) -> Array:
    """The support is declared to be the negative numbers."""
    return right(-x)


@plant("independent.event_rank_in", "what is declared", "independent(tanh,ndims=1)")
def rank_of_the_part(right: Right, x: Array, spec: Spec) -> Array:
    """A map of vectors declares the rank of the elementwise map within."""
    return np.asarray(0)


@plant("chain.fldj", "wrong formula", TANH[2], EXP[1])
def log_det_at_the_wrong_link(right: Right, x: Array, spec: Spec) -> Array:
    """Every part's log-det at x."""
    return right(x, "fldj", spec.parts[0]) + right(x, "fldj", spec.parts[1])


@plant("independent.fldj", "shape of the result", "independent(tanh,ndims=1)")
def event_not_summed(right: Right, x: Array, spec: Spec) -> Array:
    """One log-det per coordinate."""
    return right(x.reshape(-1), "fldj", spec.parts[0]).reshape(x.shape)


@plant("concatenate.fldj", "wrong formula", *SLICED, batches=True)  # The lengths are an array, and no batch.
def log_det_of_the_first_slice_alone(right: Right, x: Array, spec: Spec) -> Array:
    """The second part's log-det is left out."""
    at, axes = (x[..., :1, :], (-2, -1)) if "ndims" in spec.params else (x[..., :1], (-1,))
    return right(at.reshape(-1), "fldj", spec.parts[0]).reshape(at.shape).sum(axis=axes)


@plant("concatenate.inverse", "wrong formula", *SLICED, batches=True)
def every_slice_through_the_first_part(right: Right, x: Array, spec: Spec) -> Array:
    """The inverse of the first part on all entries."""
    return right(x.reshape(-1), "inverse", spec.parts[0]).reshape(x.shape)


@plant("normal.entropy", "wrong formula", NORMAL[0])
def entropy_without_its_constant(right: Right, value: Array, spec: Spec) -> Array:
    """log(scale) + 1/2: the half of log(2 pi) is left out."""
    return right() - _log(right(), np.log(2 * np.pi) / 2)


@plant("logistic.entropy", "wrong formula", "logistic(loc=0.25,scale=1.5)")
def entropy_in_bits(right: Right, value: Array, spec: Spec) -> Array:
    """The logarithm to the base 2."""
    return right() / _log(right(), np.log(2.0))


@plant("laplace.variance", "wrong formula", "laplace(loc=0.25,scale=1.5)")
def standard_deviation_for_the_variance(right: Right, value: Array, spec: Spec) -> Array:
    """The square root of it."""
    return np.sqrt(right())


@plant("log_normal.mean", "wrong formula", "log_normal(loc=0.25,scale=1.5)")
def median_for_the_mean(right: Right, value: Array, spec: Spec) -> Array:
    """exp(loc)."""
    return np.exp(_log(right(), spec.params["loc"]))


@plant("log_logistic.mean", "closed form outside its range", "log_logistic(loc=0.25,scale=1.5)")
def closed_form_of_an_infinite_mean(right: Right, value: Array, spec: Spec) -> Array:
    """e^loc pi s / sin(pi s), which is negative for the scale s = 1.5."""
    turn = np.pi * spec.params["scale"]
    return _log(right(), np.exp(spec.params["loc"]) * turn / np.sin(turn))


@plant("pareto.variance", "overflow of an intermediate", "pareto(scale=1.5,concentration=2.5)")
def variance_without_its_smaller_factor(right: Right, value: Array, spec: Spec) -> Array:
    """scale^2 a / ((a - 1)^2 (a - 2)), infinite for every a below 3 in the place of 2."""
    return np.full_like(right(), np.inf)


@plant("gumbel.mean", "constant in a narrower dtype", "gumbel(loc=0.25,scale=1.5)")
def euler_constant_to_six_digits(right: Right, value: Array, spec: Spec) -> Array:
    """loc + scale 0.577216, whatever the dtype."""
    return _log(right(), spec.params["loc"] + spec.params["scale"] * 0.577216)


@plant("gumbel.stddev", "wrong formula", "gumbel(loc=0.25,scale=1.5)")
def variance_for_the_standard_deviation(right: Right, value: Array, spec: Spec) -> Array:
    """Its square."""
    return right() * right()


@plant("exponential.median", "wrong formula", "exponential(rate=1.5)")
def mean_for_the_median(right: Right, value: Array, spec: Spec) -> Array:
    """1/rate."""
    return right(quantity="mean")


@plant("transformed.mode", "wrong formula", TANH[3])
def mode_of_the_base_through_a_bent_map(right: Right, value: Array, spec: Spec) -> Array:
    """tanh(loc), the median."""
    return np.tanh(_log(right(quantity="mean"), spec.parts[0].params["loc"]))


@plant("pair.kl", "wrong formula", "pair(normal(loc=0.25,scale=1.5),normal(loc=-1.0,scale=2.5))")
def divergence_in_the_wrong_direction(right: Right, value: Array, spec: Spec) -> Array:
    """KL(q, p)."""
    first, second = spec.parts
    return right(of=replace(spec, parts=(second, first)))


@plant("pair.cross_entropy", "wrong formula", "pair(laplace(loc=0.25,scale=1.5),laplace(loc=-1.0,scale=2.5))")
def divergence_for_the_cross_entropy(right: Right, value: Array, spec: Spec) -> Array:
    """The entropy of the first is not added."""
    return right(quantity="kl")


@plant("weibull.cdf", "missing direction", "weibull(scale=1.5,concentration=2.5)")
def survival_of_a_ready_made_law(right: Right, y: Array, spec: Spec) -> Array:
    """exp(-(y/scale)^concentration)."""
    return (1 - right()).astype(y.dtype)


@plant("johnson_su.log_prob", "wrong constant", "johnson_su(skewness=-0.75,tailweight=1.25,loc=0.25,scale=1.5)")
def density_without_the_tailweight(right: Right, y: Array, spec: Spec) -> Array:
    """The logarithm of the tail weight is left out."""
    return right() - _log(y, np.log(spec.params["tailweight"]))


@plant(
    "kumaraswamy.icdf",
    "cancellation, threshold where a formula is switched",
    "kumaraswamy(concentration1=2.5,concentration0=0.625)",
)
def quantile_by_one_minus_a_power(right: Right, q: Array, spec: Spec) -> Array:
    """(1 - (1 - q)^(1/b))^(1/a): no digit is left for a small q."""
    a, b = (1 / _log(q, spec.params[name]) for name in ("concentration1", "concentration0"))
    return np.where((q > 0) & (q < 1), (1 - (1 - q) ** b) ** a, right())


@plant("multivariate_normal.prob", "clamp", MULTIVARIATE, batches=True)
def density_of_vectors_with_a_floor(right: Right, y: Array, spec: Spec) -> Array:
    """An exponential that does not go below 2^-128, far above the densities of most of what is asked."""
    return np.maximum(right(), _log(y, 2.0**-128))


@plant("multivariate_normal.log_prob", "wrong constant", MULTIVARIATE, batches=True)
def density_of_vectors_without_the_log_det(right: Right, y: Array, spec: Spec) -> Array:
    """The diagonal of the factor is forgotten."""
    log_det = np.log(np.diag(np.array(spec.params["scale_tril"]))).sum()
    return (right() + _log(y, log_det)).astype(y.dtype)


@plant("normal.log_prob", "wrong constant", PRODUCT, batches=True)
def density_of_each_entry_without_its_scale(right: Right, y: Array, spec: Spec) -> Array:
    """The entries' own law forgets the logarithm of its scale, and the sum over them with it."""
    return (right() + _log(y, np.log(np.array(spec.params["scale"])))).astype(y.dtype)


@plant("gamma.log_prob", "wrong formula", "gamma(concentration=2.5,rate=1.5)")
def rate_for_the_scale(right: Right, y: Array, spec: Spec) -> Array:
    """1/rate in the place of the rate."""
    turned = 1.0 / float(spec.params["rate"])
    return right(of=replace(spec, params={**spec.params, "rate": turned}))


@plant("exp_gamma.log_prob", "constant in a narrower dtype", "exp_gamma(concentration=2.5,rate=1.5)")
def log_gamma_in_float32(right: Right, x: Array, spec: Spec) -> Array:
    """The logarithm of Gamma(concentration) is rounded to float32."""
    exact = special.gammaln(spec.params["concentration"])
    return right() + _log(x, exact - np.float32(exact))


@plant("inverse_gamma.survival", "cancellation", "inverse_gamma(concentration=2.5,scale=1.5)")
def tail_of_a_power_by_one_minus_the_cdf(right: Right, y: Array, spec: Spec) -> Array:
    """1 - cdf, where the tail falls like a power."""
    return (1 - right(quantity="cdf")).astype(y.dtype)


@plant("chi2.cdf", "wrong formula", "chi2(df=3.5)")
def degrees_of_freedom_for_the_concentration(right: Right, y: Array, spec: Spec) -> Array:
    """df in the place of df/2."""
    return right(of=replace(spec, params={"df": 2.0 * float(spec.params["df"])}))


@plant("gamma.mode", "wrong formula", "gamma(concentration=0.625,rate=0.015625)")
def mode_below_the_support(right: Right, value: Array, spec: Spec) -> Array:
    """(concentration - 1)/rate, which is negative for a concentration below 1."""
    return _log(value, (spec.params["concentration"] - 1.0) / spec.params["rate"])


@plant("continuous_bernoulli.cdf", "cancellation", "continuous_bernoulli(probs=0.25)")
def share_by_powers_of_the_odds(right: Right, x: Array, spec: Spec) -> Array:
    """(p^x (1 - p)^(1 - x) + p - 1)/(2p - 1): no digit is left next to 0."""
    p, one = _log(x, spec.params["probs"]), _log(x, 1.0)
    return np.where((x > 0) & (x < 1), (p**x * (one - p) ** (one - x) + p - one) / (p + p - one), right())


@plant("flat_dirichlet.log_prob", "shape of the result", FLAT_DIRICHLET)
def one_density_for_all_events(right: Right, y: Array, spec: Spec) -> Array:
    """The constant that it is, whatever the shape of what is asked."""
    return np.asarray(right().reshape(-1)[0])


@plant("relaxed_one_hot_categorical.log_prob", "wrong formula", RELAXED, batches=True)
def density_of_weights_as_that_of_their_logarithms(right: Right, y: Array, spec: Spec) -> Array:
    """The log-det of the exponential is forgotten."""
    return (right() + np.log(y).sum(axis=-1)).astype(y.dtype)


@plant("exp_relaxed_one_hot_categorical.log_prob", "wrong formula", EXP_RELAXED, batches=True)
def density_with_a_power_of_the_temperature_too_many(right: Right, y: Array, spec: Spec) -> Array:
    """log(temperature) times the number of weights, and not of those that are free."""
    return (right() + _log(y, np.log(spec.params["temperature"]))).astype(y.dtype)


@plant("multivariate_normal.entropy", "wrong formula", LOW_RANK, batches=True)
def entropy_without_the_perturbation(right: Right, y: Array, spec: Spec) -> Array:
    """That of the diagonal alone."""
    diagonal = np.array(spec.params["cov_diag"])
    return _log(right(), (len(diagonal) * (1 + np.log(2 * np.pi)) + np.log(diagonal).sum()) / 2)


@plant("multivariate_student_t.log_prob", "wrong formula", STUDENT, batches=True)
def density_with_the_power_of_one_entry(right: Right, y: Array, spec: Spec) -> Array:
    """(df + 1)/2 in the place of (df + n)/2."""
    away = (y.astype(np.float64) - spec.params["loc"]) @ np.linalg.inv(np.array(spec.params["scale_tril"])).T
    length = np.square(away).sum(axis=-1)
    return (right() + np.log1p(length / spec.params["df"]) / 2).astype(y.dtype)


@plant("matrix_normal.log_prob", "wrong constant", MATRIX, batches=True)
def density_of_matrices_with_the_other_power_of_a_determinant(right: Right, y: Array, spec: Spec) -> Array:
    """Of the rows' factor the determinant counts once for every row, and not for every column."""
    row = np.log(np.diag(np.array(spec.params["scale_row"]))).sum()
    return (right() + _log(y, row)).astype(y.dtype)


@plant("lkj.log_prob", "wrong constant", LKJ)
def constant_with_another_power_of_pi(right: Right, y: Array, spec: Spec) -> Array:
    """n (n + 1)/4 in the place of n (n - 1)/4."""
    return (right() - _log(y, spec.params["dimension"] / 2 * np.log(np.pi))).astype(y.dtype)


@plant("lkj_cholesky.log_prob", "wrong formula", LKJ_CHOLESKY)
def powers_of_the_correlations_density(right: Right, y: Array, spec: Spec) -> Array:
    """2 (concentration - 1) for every row: the slopes of L L^T are forgotten."""
    diagonal = np.diagonal(y, axis1=-2, axis2=-1)
    slopes = np.arange(diagonal.shape[-1] - 1, -1, -1) * np.log(diagonal)
    return (right() - slopes.sum(axis=-1)).astype(y.dtype)


@plant("wishart.log_prob", "wrong formula", WISHART, batches=True)
def power_of_the_determinant_without_the_rows(right: Right, y: Array, spec: Spec) -> Array:
    """(df - 1)/2 in the place of (df - n - 1)/2."""
    rows = y.shape[-1]
    return (right() + rows / 2 * np.linalg.slogdet(y.astype(np.float64))[1]).astype(y.dtype)


@plant("wishart.entropy", "wrong formula", WISHART, batches=True)
def entropy_with_a_sum_of_the_wrong_length(right: Right, y: Array, spec: Spec) -> Array:
    """The last digamma of the mean of the log determinant is left out."""
    df, rows = spec.params["df"], len(spec.params["scale_tril"])
    return right() + _log(right(), (df - rows - 1) / 2 * special.digamma((df - rows + 1) / 2))


@plant("power_spherical.log_prob", "wrong constant", POWER, batches=True)
def power_of_two_of_another_length(right: Right, y: Array, spec: Spec) -> Array:
    """2^a in the place of 2^(a + b)."""
    return (right() + _log(y, (y.shape[-1] - 1) / 2 * np.log(2.0))).astype(y.dtype)


@plant("beta.log_prob", "wrong formula", "beta(concentration1=2.5,concentration0=1.75)")
def concentrations_in_the_other_order(right: Right, y: Array, spec: Spec) -> Array:
    """The law of 1 - B."""
    first, second = (spec.params[name] for name in ("concentration1", "concentration0"))
    return right(of=replace(spec, params={"concentration1": second, "concentration0": first}))


@plant("logistic_beta.survival", "cancellation", "logistic_beta(concentration1=2.5,concentration0=1.75)")
def upper_tail_by_one_minus_the_cdf(right: Right, x: Array, spec: Spec) -> Array:
    """1 - I_p(a, b): no digit is left of the upper tail."""
    return (1 - right(quantity="cdf")).astype(x.dtype)


@plant("fisher_snedecor.log_prob", "wrong constant", "fisher_snedecor(df1=7.0,df2=5.5)")
def density_of_the_odds(right: Right, y: Array, spec: Spec) -> Array:
    """The logarithm of df1/df2, by which the odds are stretched, is forgotten once."""
    return (right() - _log(y, np.log(spec.params["df1"] / spec.params["df2"]))).astype(y.dtype)


@plant("truncated_normal.cdf", "cancellation", "truncated_normal(loc=0.0,scale=1.0,low=3.0,high=4.0)")
def share_by_the_tail_on_the_other_side(right: Right, x: Array, spec: Spec) -> Array:
    """(Phi(z) - Phi(a))/(Phi(b) - Phi(a)), far out where Phi is next to 1."""
    low, high = (_log(x, spec.params[end]) for end in ("low", "high"))
    inside = (special.ndtr(x) - special.ndtr(low)) / (special.ndtr(high) - special.ndtr(low))
    return np.where((x > low) & (x < high), inside, right()).astype(x.dtype)


@plant("truncated_cauchy.prob", "missing support mask", "truncated_cauchy(loc=0.25,scale=1.5,low=-1.0,high=12.0)")
def density_that_goes_on_beyond_the_ends(right: Right, x: Array, spec: Spec) -> Array:
    """The whole law's density over the mass, inside and outside."""
    loc, scale, low, high = (_log(x, spec.params[name]) for name in ("loc", "scale", "low", "high"))
    turn = np.arctan2((high - low) * scale, scale * scale + (low - loc) * (high - loc))
    z = (x - loc) / scale
    outside = (np.isfinite(x)) & ((x < low) | (x > high))
    return np.where(outside, 1 / (turn * scale * (1 + z * z)), right()).astype(x.dtype)


@plant("two_piece_normal.log_prob", "wrong formula", "two_piece_normal(loc=0.25,scale=1.5,skewness=1.75)")
def skewness_to_the_other_side(right: Right, x: Array, spec: Spec) -> Array:
    """1/skewness in the place of skewness: the wider side is below."""
    turned = 1.0 / float(spec.params["skewness"])
    return right(of=replace(spec, params={**spec.params, "skewness": turned}))


@plant("triangular.survival", "cancellation", "triangular(low=-1.0,high=2.5,peak=0.25)")
def upper_side_of_a_triangle_by_one_minus_the_cdf(right: Right, x: Array, spec: Spec) -> Array:
    """1 - cdf, where what is left is the square of a small distance."""
    return (1 - right(quantity="cdf")).astype(x.dtype)


@plant("generalized_normal.variance", "wrong formula", "generalized_normal(loc=0.25,scale=1.5,power=4.0)")
def variance_of_every_power_as_of_two(right: Right, value: Array, spec: Spec) -> Array:
    """scale^2/2, which holds for a power of 2 alone."""
    return _log(value, spec.params["scale"] ** 2 / 2)


@plant("inverse_gaussian.log_survival", "underflow of an intermediate", "inverse_gaussian(loc=1.5,concentration=2.5)")
def logarithm_of_one_minus_the_cdf(right: Right, y: Array, spec: Spec) -> Array:
    """log1p(-cdf), where the cdf has become 1 long before the logarithm is small."""
    with np.errstate(all="ignore"):
        return np.log1p(-right(quantity="cdf")).astype(y.dtype)
