"""Maps and laws of the catalogue in further parameters, and laws beside it, of which a run over everything asks less.

What they show is in the values: extremes, and numbers that are no float of any format and are rounded to the one under
test before anybody is asked. A subject that is named is asked as any other. Where a framework is
handed Python numbers (MindSpore), the parameters are numbers of float32: what becomes of longer ones is L15's to say.
"""

from __future__ import annotations

FURTHER_PARAMETERS = (
    "scale(log_scale=-9.2)",
    "power(exponent=1e-08)",
    "power(exponent=0.1)",
    "inverse_box_cox(power=7.450580596923828e-09)",
    "sigmoid(high=1.0,low=-1.0)",
    "sigmoid(high=0.001,low=-10000.0)",
    "softplus(low=0.1)",
    "softplus(hinge_softness=0.001,low=-0.3)",
    "soft_clip(high=0.9,low=-0.1)",
    "soft_clip(high=0.7)",
    "soft_clip(hinge_softness=0.1,low=-0.7)",
    "weibull_cdf(concentration=0.1,scale=10000.0)",
    "frechet_cdf(concentration=12.3,loc=-0.1,scale=0.001)",
    "kumaraswamy_cdf(concentration0=123.4,concentration1=0.001)",
    "generalized_extreme_value_cdf(concentration=0.01,loc=0.1,scale=0.7)",
    "generalized_pareto(concentration=1e-08,loc=0.1,scale=0.7)",
    "lambert_w_tail(scale=0.7,shift=0.1,tailweight=0.001)",
    "sinh_arcsinh(skewness=0.1,tailweight=0.01)",
    "gompertz_cdf(concentration=0.001,rate=123.4)",
    "moyal_cdf(loc=0.1,scale=0.001)",
    "rayleigh_cdf(scale=0.001)",
    # Long numbers of float32 where MindSpore has the map, which is handed Python numbers.
    "affine(loc=0.10000000149011612,scale=-0.0010000000474974513)",
    "generalized_extreme_value_cdf(concentration=-1.3,loc=0.1,scale=0.001)",
    "lambert_w_tail(scale=10000.0,shift=-0.1,tailweight=3.7)",
    # Laws of numbers. Three are bases that the catalogue has behind maps alone, or in pairs.
    "normal(loc=0.125,scale=0.0009765625)",
    "laplace(loc=0.125,scale=0.0009765625)",
    "half_normal(loc=0.125,scale=0.625)",
    "weibull(concentration=0.7,scale=0.001)",
    "pareto(concentration=123.4,scale=10000.0)",
    "kumaraswamy(concentration0=12.3,concentration1=0.1)",
    "von_mises(concentration=0.001,loc=0.1)",
    "truncated_normal(high=0.7,loc=0.1,low=-0.3,scale=0.001)",
    "student_t(df=1.25,loc=-0.125,scale=1.7000000476837158)",
    "student_t(df=2.5,loc=-0.125,scale=10240.0)",
    "student_t(df=1000000.0,loc=-0.125,scale=1.5)",
    "gumbel(loc=-12345.6787109375,scale=10240.0)",
    "logistic(loc=0.125,scale=0.0009765625)",
    "gamma(concentration=0.10000000149011612,rate=0.699999988079071)",
    "pareto(concentration=2.3,scale=0.001)",
    "student_t(df=3.200000047683716,loc=-0.125,scale=0.0010000000474974513)",
    "cauchy(loc=-0.125,scale=0.0010000000474974513)",
    "beta(concentration0=20.100000381469727,concentration1=0.05000000074505806)",
    "weibull(concentration=12.3,scale=10000.0)",
    "weibull(concentration=0.1,scale=0.001)",
    "log_normal(loc=-0.10000000149011612,scale=0.009999999776482582)",
    "log_normal(loc=0.10000000149011612,scale=4.300000190734863)",
    # Far out in the tail; of the first the farther end has no mass beside it.
    "truncated_normal(high=-3.3,loc=0.1,low=-8.8,scale=0.9)",
    "truncated_cauchy(high=8.1,loc=0.1,low=6.3,scale=0.001)",
)
"""Small and large parameters, full-length ones, and optional parameters in combinations that the catalogue lacks."""

FURTHER_MAPS = (
    "inline(affine(loc=-1.25,scale=3.0))",
    "inline(softmax_centered)",
    "softfloor(temperature=0.75)",
    "softfloor(temperature=2.5)",
    # Eigenvalues that are complex, and one that is double and has one direction.
    "linear_flow(field=[[0.75,-1.5],[1.25,-0.5]])",
    "linear_flow(field=[[0.75,0.5],[-0.125,0.25]])",
)
"""Maps that the catalogue has in no parameters: what is handed another map's functions, one step of many, and what a
framework reaches by solving differential equations, a call of which takes a third of a second."""

FURTHER_LAWS = ("horseshoe(scale=1.5)",)
"""Laws that the catalogue lacks, of which as much is asked as of further parameters."""

DEAR_LAWS = (
    "beta_quotient(concentration0_denominator=3.0,concentration0_numerator=2.0,concentration1_denominator=3.75,"
    "concentration1_numerator=2.5)",
)
"""Laws that the catalogue lacks, since one call takes seconds where they are offered (TFP): of the catalogue hundreds
of calls are made beside those for values."""
