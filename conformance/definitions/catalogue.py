"""The subjects of the default comparison. Their parameters have at most 8 significant bits: exact in every dtype."""

from __future__ import annotations

TRANSFORM_SUBJECTS = (
    "exp",
    "affine(loc=0.75,scale=-2.5)",
    "affine(loc=-1.25,scale=3.0)",
    "power(exponent=2.5)",
    "power(exponent=-1.5)",
    "inverse_box_cox(power=0.5)",
    "sigmoid",
    "tanh",
    "softplus",
    "abs",
    "gumbel_cdf(loc=0.5,scale=2.0)",
    "normal_cdf",
    "stick_breaking",
    "corr_cholesky",
    "chain(affine(loc=0.5,scale=2.0),tanh)",
    "chain(affine(loc=0.5,scale=-1.5),exp)",
    "inverse(tanh)",
    "inverse(sigmoid)",
    "inverse(softplus)",
    "inverse(exp)",
    "independent(tanh,ndims=1)",
    "chain(sigmoid,sigmoid)",
)

DISTRIBUTION_SUBJECTS = (
    "transformed(normal(loc=0.25,scale=1.5),tanh)",
    "transformed(normal(loc=0.25,scale=1.5),exp)",
    "transformed(normal(loc=0.25,scale=1.5),sigmoid)",
    "transformed(logistic(loc=0.25,scale=1.5),sigmoid)",
    "transformed(normal(loc=0.25,scale=1.5),softplus)",
    "transformed(laplace(loc=0.25,scale=1.5),exp)",
    "transformed(student_t(df=5.0,loc=0.25,scale=1.5),affine(loc=0.75,scale=-2.5))",
    "transformed(uniform(low=0.25,high=0.75),inverse(sigmoid))",
    "transformed(exponential(rate=1.5),power(exponent=2.5))",
    "transformed(gumbel(loc=0.25,scale=1.5),affine(loc=0.75,scale=-2.5))",
    "transformed(gumbel(loc=0.5,scale=2.0),gumbel_cdf(loc=0.5,scale=2.0))",
    "transformed(uniform(low=-0.5,high=1.5),affine(loc=0.75,scale=-2.5))",
    "transformed(normal(loc=0.25,scale=1.5),chain(affine(loc=0.5,scale=2.0),tanh))",
    "transformed(normal(loc=10.0,scale=0.125),tanh)",
    "transformed(normal(loc=0.0,scale=20.0),tanh)",
    "transformed(normal(loc=4.0,scale=3.0),tanh)",
    "transformed(normal(loc=0.0,scale=1.0),chain(sigmoid,sigmoid))",
)

CATALOGUE = TRANSFORM_SUBJECTS + DISTRIBUTION_SUBJECTS
