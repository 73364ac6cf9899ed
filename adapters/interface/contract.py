"""What every adapter offers: NumPy arrays in, NumPy arrays out, and an honest "not offered".

An adapter translates and does nothing else. No clamping, no repair of a broken element, no fallback to another
implementation. What a framework lacks raises NotOffered; what a framework raises passes through unchanged.
"""

from __future__ import annotations

import abc
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from adapters.interface.classes import PublicClass
from adapters.interface.naming import Component
from adapters.interface.operators import Watch
from adapters.interface.quantities import DECLARED, LOG_DETS, TABLE
from adapters.interface.spec import Spec, parse

Array = NDArray[Any]


class NotOffered(Exception):
    """The framework has no public way to compute this. The message says what is missing, on one line."""


def fresh_copy(value: Array, dtype: str) -> Array:
    """A copy of ``value``, which caches keyed on identity have never seen.

    Raises TypeError unless its dtype is the bound one: a conversion would move the input, or hide the precision.
    """
    copy = np.array(value, order="C")
    if copy.dtype.name != dtype:
        raise TypeError(f"bound at {dtype}, called with {copy.dtype.name}")
    return copy


@dataclass(frozen=True)
class Description:
    """What this installation of a framework is and can do, as measured in this process.

    flush_to_zero: per dtype, True where multiplying the smallest normal number by one half gives 0.
    dtypes: names among float16, bfloat16, float32, float64. modes: "eager" first, then compiled ones.
    """

    framework: str
    version: str
    packages: Mapping[str, str] = field(default_factory=dict)
    dtypes: tuple[str, ...] = ("float32", "float64")
    modes: tuple[str, ...] = ("eager",)
    devices: tuple[str, ...] = ("cpu",)
    flush_to_zero: Mapping[str, bool] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """Plain JSON values, field by field."""
        return asdict(self)


@dataclass(frozen=True)
class Reproduction:
    """A script in the framework's own API. Run by itself it prints ONE line: the result as ``float.hex`` text.

    (nan, inf and -inf print as such; a vector result prints its elements separated by single spaces.)

    single: lines that go on from there and print, in the same form, the result for one value alone, where ``code``
    repeats its value to fill a vector register; else "".
    """

    code: str
    single: str = ""


class Bound:
    """What every bound object says of itself."""

    origin: tuple[str, str] = ("", "")
    """The adapter's name and the subject's, without parameters; set by the adapter that binds."""

    event_axes: int | None = None
    """How many of the last axes of a value are one event; None: all but the first. For adapters that have to tell."""

    def component(self, quantity: str) -> Component:
        """The function that computes ``quantity`` of this object, fully qualified, where it is really defined.

        In the framework's own words, as one would grep for it. Here, for adapters that say nothing: framework, subject
        and quantity. "" where the framework has none; a composite lists what it calls in ``parts``.
        """
        framework, subject = self.origin
        return Component(".".join((framework or type(self).__module__, subject or type(self).__qualname__, quantity)))

    def declared(self, name: str, value: Array | None) -> Array:
        """What the framework's object says of itself, in numbers: 1 for yes and 0 for no.

        Transforms: increasing (a scalar map; 0: decreasing), injective, constant_log_det, event_rank_in and
        event_rank_out (how many axes an event has at the least), map_bits (the width of the dtype that the object says
        it has); domain and codomain say of every row of ``value`` whether it lies in the set. Distributions: support,
        of every row; event_rank; law_bits. Nothing is worked out here that the object does not say. Raises NotOffered
        where it says nothing, as here.

        Shapes come as a vector of whole numbers. ``value`` is the shape, as such a vector, that forward_shape and
        inverse_shape are asked about, whose last ``event_axes`` axes are an event's; forward_event_shape and
        inverse_event_shape are asked about the shape of an event alone. -1 stands for a size that is said to be
        unknown. Of distributions: batch_shape and event_shape.
        """
        raise NotOffered(f"{name} is not declared")

    def with_parameters(self, form: str) -> Bound:
        """The same object with its parameters handed over in another form: as "arrays" of its dtype, or as "plain"
        Python numbers.

        Raises NotOffered for a form that the framework does not take. Here: arrays, which adapters hand over as it is.
        """
        if form != "arrays":
            raise NotOffered("parameters come in one form only")
        return self

    def refused(self, quantity: str, value: Array) -> list[bool]:
        """Per row of ``value``: whether the framework raises where its own default validation of arguments is left on.

        Here: nowhere, for adapters that leave it as it is, so that what they answer is what users have.
        """
        return [False] * len(value)

    def left_out(self, quantity: str, value: Array) -> Array:
        """Per row of ``value``: whether no call is made with it, since there the framework is known to take every one
        of its iterations to a cap, and a call that holds such a row takes them for all rows.

        What it would answer there is neither asked nor judged, and ``why_left_out`` says why, on a line. Told from the
        rows alone, never by a clock. Here: none.
        """
        return np.zeros(len(value), bool)

    why_left_out: str = ""

    watchable: bool = True
    """Whether its calls may be watched, operator by operator: not where one consists of tens of thousands."""

    def constructed(self) -> Sequence[object]:
        """The framework's own objects that are evaluated, as they were constructed; their parts hang on them.

        Here: none, for adapters that name no ``public_classes``.
        """
        return ()


class BoundTransform(Bound, abc.ABC):
    """One transform with its parameters, at one dtype, in one mode.

    Every method takes an array of exactly the bound dtype, of shape (N,) for scalar transforms and (N, event) for
    vector ones, and returns what the framework returned, as a NumPy array with the framework's own dtype and shape.
    bfloat16 arrays use the ml_dtypes extension type; an array of any other dtype raises TypeError. Each call hands over
    fresh copies, so that caches keyed on tensor identity cannot answer.
    """

    @abc.abstractmethod
    def forward(self, x: Array) -> Array:
        """y = f(x)."""

    @abc.abstractmethod
    def inverse(self, y: Array) -> Array:
        """x with f(x) = y."""

    @abc.abstractmethod
    def log_det_jacobian(self, value: Array, direction: str = "forward") -> Array:
        """log|det J_f(x)| at x=value ("forward"), or log|det J_{f^-1}(y)| at y=value ("inverse"), in nats."""

    @abc.abstractmethod
    def reproduction(self, quantity: str, value: Array) -> Reproduction:
        """A script that evaluates ``quantity`` at the single point ``value`` (shape () or (event,))."""


class BoundDistribution(Bound, abc.ABC):
    """One base distribution pushed through a transform, at one dtype, in one mode."""

    @abc.abstractmethod
    def log_prob(self, y: Array) -> Array:
        """log density at y, in nats. Shape (N,) in, (N,) out (event distributions: (N, event) in)."""

    @abc.abstractmethod
    def sample(self, count: int, seed: int) -> Array:
        """``count`` independent draws; the same seed in a fresh process gives the same draws."""

    def rsample(self, count: int, seed: int) -> Array:
        """As ``sample``, by the method that carries gradients to the parameters."""
        raise NotOffered("rsample")

    def scored_sample(self, count: int, seed: int) -> Array:
        """As ``sample``, by the method that returns draws and their log densities at once; where that is no more than
        ``sample`` and ``log_prob`` one after the other, it is not offered."""
        raise NotOffered("scored_sample")

    def scored_log_prob(self, count: int, seed: int) -> Array:
        """The log densities that come with what ``scored_sample`` draws, in nats, (count,)."""
        raise NotOffered("scored_log_prob")

    def log_prob_from_base(self, x: Array) -> Array:
        """log p_Y(f(x)) given the point x BEFORE the transform, as reinforcement-learning code scores its actions."""
        raise NotOffered("log_prob_from_base")

    def entropy_estimate(self, count: int, seed: int) -> Array:
        """``count`` independent one-sample estimates of the entropy, for frameworks that offer only an estimate."""
        raise NotOffered("entropy_estimate")

    def function(self, quantity: str, value: Array) -> Array:
        """The value of ``quantity`` at every point of ``value``, for the six that follow; NotOffered here."""
        raise NotOffered(quantity)

    def prob(self, y: Array) -> Array:
        """The density at y."""
        return self.function("prob", y)

    def cdf(self, y: Array) -> Array:
        """P(Y <= y)."""
        return self.function("cdf", y)

    def log_cdf(self, y: Array) -> Array:
        """log P(Y <= y), in nats."""
        return self.function("log_cdf", y)

    def survival(self, y: Array) -> Array:
        """P(Y > y)."""
        return self.function("survival", y)

    def log_survival(self, y: Array) -> Array:
        """log P(Y > y), in nats."""
        return self.function("log_survival", y)

    def icdf(self, q: Array) -> Array:
        """The quantile function: the y with P(Y <= y) = q."""
        return self.function("icdf", q)

    def statistic(self, quantity: str) -> Array:
        """The value of ``quantity`` for those that follow; NotOffered here. Shape (), and of a law of events for all
        but the entropy that of an event; the covariance of a vector of n entries has shape (n, n)."""
        raise NotOffered(quantity)

    def entropy(self) -> Array:
        """Differential entropy in nats."""
        return self.statistic("entropy")

    def mean(self) -> Array:
        """E[Y]."""
        return self.statistic("mean")

    def variance(self) -> Array:
        """Var[Y]."""
        return self.statistic("variance")

    def stddev(self) -> Array:
        """The square root of Var[Y]."""
        return self.statistic("stddev")

    def median(self) -> Array:
        """The y with P(Y <= y) = 1/2, where the framework has a method of that name."""
        return self.statistic("median")

    def mode(self) -> Array:
        """The y at which the density is largest."""
        return self.statistic("mode")

    def covariance(self) -> Array:
        """Cov[Y_i, Y_j] of the entries of a vector."""
        return self.statistic("covariance")

    def kl(self) -> Array:
        """The Kullback-Leibler divergence KL(p, q) in nats, of what ``pair(p,q)`` names."""
        return self.statistic("kl")

    def cross_entropy(self) -> Array:
        """E[-log q(X)] in nats, X of law p, of what ``pair(p,q)`` names."""
        return self.statistic("cross_entropy")

    @abc.abstractmethod
    def reproduction(self, quantity: str, value: Array) -> Reproduction:
        """A script that evaluates ``quantity`` ("log_prob", "cdf", "entropy", …) at the single point ``value``."""


class Adapter(abc.ABC):
    """The door to one framework. Constructing it imports the framework; nothing else does."""

    name: str

    @abc.abstractmethod
    def describe(self) -> Description:
        """Version, dtypes, modes, devices and flush-to-zero, measured now."""

    def public_classes(self) -> Sequence[PublicClass]:
        """Every transform and distribution class of the framework's documented namespaces, found by looking.

        Abstract bases are among them. Here: none, for a library that has functions and no classes.
        """
        return ()

    def watching(self, watch: Watch) -> AbstractContextManager[object]:
        """While it is entered, ``watch`` is told of every elementary operator that the framework calls eagerly, and
        what it gives in return goes on in the place of the operator's output.

        Raises NotOffered where the framework cannot be watched, as here.
        """
        raise NotOffered("its operators cannot be watched")

    @abc.abstractmethod
    def _transform(self, spec: Spec, dtype: str, mode: str) -> BoundTransform: ...

    @abc.abstractmethod
    def _distribution(self, spec: Spec, dtype: str, mode: str) -> BoundDistribution: ...

    def transform(self, subject: str | Spec, dtype: str = "float32", mode: str = "eager") -> BoundTransform:
        """Bind a transform such as ``"affine(loc=0.75,scale=-2.5)"``.

        Raises NotOffered where the framework (at this dtype or mode) lacks it, SpecError for malformed text.
        """
        spec = parse(subject) if isinstance(subject, str) else subject
        bound = self._transform(spec, dtype, mode)
        bound.origin = (self.name, spec.names())
        return bound

    def distribution(self, subject: str | Spec, dtype: str = "float32", mode: str = "eager") -> BoundDistribution:
        """Bind ``"transformed(normal(loc=0.25,scale=1.5),tanh)"`` and the like, a bare base distribution, or two
        distributions, ``"pair(normal(loc=0.25,scale=1.5),normal(loc=-1.0,scale=2.0))"``.

        Raises NotOffered and SpecError as ``transform`` does.
        """
        spec = parse(subject) if isinstance(subject, str) else subject
        bound = self._distribution(spec, dtype, mode)
        bound.origin = (self.name, spec.names())
        return bound


def evaluate(bound: BoundTransform | BoundDistribution, quantity: str, value: Array | None) -> Array:
    """Ask ``bound`` for a quantity by name: a row of the table that takes a point, or nothing.

    Raises ValueError for other names: draws take a count and a seed.
    """
    row = TABLE.get(quantity) or DECLARED.get(quantity)
    if row is None or row.takes == "draws":
        raise ValueError(f"unknown quantity {quantity!r}")
    if quantity in DECLARED:
        return bound.declared(quantity, value)
    if quantity in LOG_DETS:
        direction = "forward" if row.takes == "x" else "inverse"
        return bound.log_det_jacobian(value, direction)  # type: ignore[union-attr,arg-type]
    method: Callable[..., Array] = getattr(bound, quantity)
    return method() if row.takes == "nothing" else method(np.array(value))


def rows_left_out(bound: BoundTransform | BoundDistribution, quantity: str, value: Array) -> NDArray[np.bool_]:
    """What ``Bound.left_out`` answers, for a quantity that takes points.

    Raises ValueError where that is anything else than a boolean for every row.
    """
    if not value.ndim:  # One value, as laws about shapes ask it, is no row.
        return np.zeros((), bool)
    out = np.asarray(bound.left_out(quantity, value))
    if out.dtype != bool or out.shape != (len(value),):
        wanted = f"a boolean mask of shape ({len(value)},) is wanted"
        raise ValueError(f"left_out of {quantity}: {wanted}, not {out.dtype} of shape {out.shape}")
    return out


def evaluate_but(
    bound: BoundTransform | BoundDistribution, quantity: str, value: Array, out: NDArray[np.bool_]
) -> Array:
    """As ``evaluate`` of a quantity that takes points, without a call for the rows ``out``: these have nan."""
    if not out.any():
        return np.asarray(evaluate(bound, quantity, value))
    if out.all():
        # The image of an event is mostly of its shape; everything else is a number for each event.
        shape = value.shape if quantity in ("forward", "inverse") else value.shape[:1]
        return np.full(shape, np.nan).astype(value.dtype)
    answers = np.asarray(evaluate(bound, quantity, value[~out]))
    if answers.shape[:1] != (int(np.count_nonzero(~out)),):  # Another shape is news, and is told as it came.
        return answers
    whole = np.full((len(value), *answers.shape[1:]), np.nan, np.float64).astype(answers.dtype)
    whole[~out] = answers
    return whole
