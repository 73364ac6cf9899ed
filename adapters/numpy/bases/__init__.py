"""The base distributions over pairs: log density, cdf, survival function, draws and exact statistics.

Guarantee: log densities, cdfs and survival functions as accurate as the functions of pairs that they are made of
(the normal and Student-t cdf: as SciPy's special functions). Statistics are exact to 50 digits before rounding.
Formulas: Johnson, Kotz & Balakrishnan, Continuous Univariate Distributions 1 and 2.
"""

from __future__ import annotations

from adapters.interface import NotOffered, Spec, SpecError
from adapters.interface.mixtures import MIXTURES
from adapters.interface.scripts import OPTIONAL
from adapters.numpy.bases.base import Base
from adapters.numpy.bases.bates import Bates
from adapters.numpy.bases.beta import LogisticBeta
from adapters.numpy.bases.beta_quotient import ExpBetaQuotient
from adapters.numpy.bases.bounded import ContinuousBernoulli, Triangular
from adapters.numpy.bases.exponentially_modified import ExponentiallyModifiedGaussian
from adapters.numpy.bases.gamma import ExpGamma
from adapters.numpy.bases.generalized import DoublesidedMaxwell, GeneralizedNormal
from adapters.numpy.bases.halved import HalfNormal, HalfStudentT
from adapters.numpy.bases.horseshoe import Horseshoe
from adapters.numpy.bases.inverse_gaussian import ExpInverseGaussian
from adapters.numpy.bases.mixture import Mixture
from adapters.numpy.bases.noncentral_chi2 import ExpNoncentralChi2
from adapters.numpy.bases.normal_inverse_gaussian import NormalInverseGaussian
from adapters.numpy.bases.skewed import Exponential, Gumbel, Moyal, Uniform
from adapters.numpy.bases.symmetric import Laplace, Logistic, Normal, StudentT
from adapters.numpy.bases.truncated import TruncatedCauchy, TruncatedNormal
from adapters.numpy.bases.two_piece import TwoPieceNormal, TwoPieceStudentT
from adapters.numpy.bases.von_mises import VonMises

__all__ = ["BASES", "Base", "build_base"]

BASES: dict[str, tuple[tuple[str, ...], type[Base]]] = {
    "normal": (("loc", "scale"), Normal),
    "logistic": (("loc", "scale"), Logistic),
    "laplace": (("loc", "scale"), Laplace),
    "gumbel": (("loc", "scale"), Gumbel),
    "student_t": (("df", "loc", "scale"), StudentT),
    "uniform": (("low", "high"), Uniform),
    "exponential": (("rate",), Exponential),
    "moyal": (("loc", "scale"), Moyal),
    "half_normal": (("loc", "scale"), HalfNormal),
    "half_student_t": (("df", "loc", "scale"), HalfStudentT),
    "triangular": (("low", "high", "peak"), Triangular),
    "continuous_bernoulli": (("probs",), ContinuousBernoulli),
    "truncated_normal": (("loc", "scale", "low", "high"), TruncatedNormal),
    "truncated_cauchy": (("loc", "scale", "low", "high"), TruncatedCauchy),
    "two_piece_normal": (("loc", "scale", "skewness"), TwoPieceNormal),
    "two_piece_student_t": (("df", "loc", "scale", "skewness"), TwoPieceStudentT),
    "generalized_normal": (("loc", "scale", "power"), GeneralizedNormal),
    "exponentially_modified_gaussian": (("loc", "scale", "rate"), ExponentiallyModifiedGaussian),
    "bates": (("total_count", "low", "high"), Bates),
    "horseshoe": (("scale",), Horseshoe),
    "normal_inverse_gaussian": (("loc", "scale", "tailweight", "skewness"), NormalInverseGaussian),
    "doublesided_maxwell": (("loc", "scale"), DoublesidedMaxwell),
    "exp_inverse_gaussian": (("loc", "concentration"), ExpInverseGaussian),
    "exp_noncentral_chi2": (("df", "noncentrality"), ExpNoncentralChi2),
    "exp_gamma": (("concentration", "rate"), ExpGamma),
    "von_mises": (("loc", "concentration"), VonMises),
    "logistic_beta": (("concentration1", "concentration0"), LogisticBeta),
    "exp_beta_quotient": (
        (
            "concentration1_numerator",
            "concentration0_numerator",
            "concentration1_denominator",
            "concentration0_denominator",
        ),
        ExpBetaQuotient,
    ),
}


def build_base(spec: Spec) -> Base:
    """The base that ``spec`` names. NotOffered for an unknown name, SpecError for wrong parts or parameters."""
    if spec.name in MIXTURES:
        return _mixture(spec)
    if spec.name not in BASES:
        raise NotOffered(f"no distribution {spec.name}")
    names, make = BASES[spec.name]
    if spec.parts or set(spec.params) | OPTIONAL.get(spec.name, frozenset()) != set(names):
        raise SpecError(f"{spec}: {spec.name} takes {', '.join(names)}")
    return make(**spec.params)


def _mixture(spec: Spec) -> Mixture:
    weights = spec.params.get("weights")
    if (
        set(spec.params) != {"weights"}
        or not isinstance(weights, tuple)
        or len(weights) != len(spec.parts)
        or not weights
    ):
        raise SpecError(f"{spec}: {spec.name} takes laws and as many weights")
    return Mixture([build_base(part) for part in spec.parts], weights)
