"""The subjects of the default comparison. Their parameters have at most 8 significant bits: exact in every dtype."""

from __future__ import annotations

from conformance.definitions.further import DEAR_LAWS, FURTHER_LAWS, FURTHER_MAPS, FURTHER_PARAMETERS
from conformance.definitions.sizes import FURTHER_SIZES

ELEMENTWISE_SUBJECTS = (
    "identity",
    "shift(shift=-1.25)",
    "scale(scale=-2.5)",
    "scale(log_scale=0.75)",
    "log",
    "expm1",
    "log1p",
    "square",
    "reciprocal",
    "reciprocal(negative=true)",
    "rational_quadratic_spline(bin_heights=[1.0,0.5,1.75,0.75],bin_widths=[0.5,1.25,0.75,1.5],"
    "knot_slopes=[0.5,2.0,1.25],range_min=-2.0)",
    "sinh",
    "sinh_arcsinh(skewness=0.75,tailweight=1.5)",
    "sinh_arcsinh(skewness=-0.5,tailweight=0.625)",
    "softsign",
    "sigmoid(low=0.25,high=3.0)",
    "softplus(hinge_softness=0.25)",
    "softplus(hinge_softness=2.5,low=1.5)",
    "softplus(hinge_softness=-0.5)",
    "power(exponent=0.375)",
    "inverse_box_cox(power=1.75)",
    "weibull_cdf(scale=2.5,concentration=1.5)",
    "weibull_cdf(scale=0.75,concentration=0.625)",
    "rayleigh_cdf(scale=1.75)",
    "frechet_cdf(loc=0.5,scale=1.5,concentration=2.5)",
    "generalized_extreme_value_cdf(loc=0.5,scale=2.0,concentration=0.375)",
    "generalized_extreme_value_cdf(loc=-0.75,scale=1.5,concentration=-0.25)",
    "kumaraswamy_cdf(concentration1=1.75,concentration0=2.5)",
    "kumaraswamy_cdf(concentration1=0.625,concentration0=0.375)",
    "moyal_cdf(loc=0.5,scale=1.5)",
    "gompertz_cdf(concentration=0.375,rate=1.5)",
    "shifted_gompertz_cdf(concentration=0.75,rate=1.5)",
    "soft_clip(low=0.25,high=3.0,hinge_softness=0.75)",
    "soft_clip(low=0.5)",
    "soft_clip(high=-0.75,hinge_softness=1.75)",
    "generalized_pareto(loc=0.25,scale=1.5,concentration=0.625)",
    "generalized_pareto(loc=0.25,scale=1.5,concentration=-0.625)",
    "lambert_w_tail(shift=0.5,scale=1.5,tailweight=0.375)",
)
"""Every other elementwise map, in parameters that are neither 0 nor 1 nor symmetric."""

EVENT_SUBJECTS = (
    "permute(permutation=[2.0,0.0,3.0,1.0])",
    "reshape(event_in=[2.0,3.0],event_out=[3.0,2.0])",
    "transpose(event_in=[2.0,3.0],perm=[1.0,0.0])",
    "pad(before=1.0,after=2.0,value=0.75)",
    "fill_triangular",
    "fill_triangular(upper=true)",
    "cumsum",
    "cumsum@1",
    "cumsum@20",
    "scale_matvec_diag(scale_diag=[1.5,-0.625,2.75])",
    "scale_matvec_tril(scale_tril=[[1.5,0.0,0.0],[0.5,-2.25,0.0],[-1.25,0.75,0.625]])",
    "scale_matvec_lu(lower_upper=[[2.5,-0.75,1.25],[0.5,-1.75,0.625],[-0.25,0.375,1.5]],permutation=[2.0,0.0,1.0])",
    "scale_matvec(matrix=[[0.75,2.5,-1.25],[-1.5,0.625,0.5],[2.25,-0.375,1.75]])",
    "permute_blocks(lengths=[2.0,1.0,2.0],order=[2.0,0.0,1.0])",
    "scale_matvec_blocks(lengths=[2.0,1.0],matrix=[[0.75,2.5,0.0],[-1.5,0.625,0.0],[2.25,-0.375,1.75]])",
    "householder(reflection_axis=[0.75,0.5,-0.25,0.25,-0.25])",
    "discrete_cosine_transform(dct_type=2.0)",
    "discrete_cosine_transform(dct_type=3.0)@5",
    "real_nvp(num_masked=1.0,hidden=[[0.75],[-1.5]],hidden_bias=[0.25,0.375],shift=[[1.25,-0.5],[0.375,0.875]],"
    "shift_bias=[-0.375,2.5],log_scale=[[0.5,0.25],[-0.375,0.125]],log_scale_bias=[0.625,1.25])",
    "real_nvp(num_masked=-2.0,hidden=[[0.75,-0.5],[1.25,0.375]],hidden_bias=[-0.25,0.5],shift=[[-0.625,1.5]],"
    "shift_bias=[0.375],log_scale=[[0.375,-0.25]],log_scale_bias=[-0.875])",
    "masked_autoregressive_flow(hidden=[[0.75,0.0,0.0],[-1.5,0.625,0.0]],hidden_bias=[0.25,0.375],"
    "shift=[[0.0,0.0],[1.25,0.0],[0.375,0.875]],shift_bias=[-0.375,0.625,2.5],"
    "log_scale=[[0.0,0.0],[0.5,0.0],[-0.375,0.125]],log_scale_bias=[-0.25,0.625,1.25])",
    "glow(lower_upper=[[0.75,-0.5,0.25,1.25],[0.5,-1.25,0.625,-0.375],[-0.25,0.375,0.875,0.5],[0.625,-0.125,-0.5,0.75]],"
    "permutation=[2.0,0.0,3.0,1.0],hidden=[[0.75,-0.5],[1.25,0.375]],hidden_bias=[-0.25,0.5],"
    "shift=[[1.25,-0.5],[0.375,0.875]],shift_bias=[-0.375,2.5],"
    "log_scale=[[0.5,0.25],[-0.375,0.125]],log_scale_bias=[-0.625,0.25])",
    "batch_normalization(beta=[0.25,-1.5,0.75],epsilon=0.015625,gamma=[1.5,0.625,2.75],moving_mean=[-0.5,1.25,0.375],"
    "moving_variance=[0.875,2.5,1.75])",
    "softmax",
    "softmax_centered",
    "ascending",
    "unit_vector",
    "correlation_cholesky",
    "cholesky_outer_product",
    "cholesky_to_inv_cholesky",
    "matrix_inverse_tril",
    "lower_cholesky",
    "positive_definite",
    "transform_diagonal(softplus)",
    "fill_scale_tril(softplus)",
    "concatenate(tanh,exp,lengths=[1.0,2.0])",
    "concatenate(sigmoid,affine(loc=0.75,scale=-2.5),exp,lengths=[2.0,1.0,1.0])",
    "concatenate(exp,tanh,dim=0.0,lengths=[1.0,2.0],ndims=2.0)",
    "concatenate(tanh,affine(loc=-1.25,scale=3.0),dim=-2.0,lengths=[2.0,1.0],ndims=2.0)",
    "stack(affine(loc=0.75,scale=-2.5),exp)",
    "stack(exp,tanh,dim=0.0,ndims=2.0)",
    "stack(sigmoid,affine(loc=-1.25,scale=3.0),dim=-2.0,ndims=2.0)",
)
"""Maps of vectors and matrices."""

EXTREME_SUBJECTS = (
    "affine(loc=0.75,scale=0.0009765625)",
    "affine(loc=-1.5,scale=10240.0)",
    "inverse_box_cox(power=1.1920928955078125e-07)",
)
"""Parameters far from 1: about a thousandth, ten thousand, and next to nothing."""

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
    *ELEMENTWISE_SUBJECTS,
    *EVENT_SUBJECTS,
    *EXTREME_SUBJECTS,
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

READY_MADE_SUBJECTS = (
    "log_normal(loc=0.25,scale=1.5)",
    "logit_normal(loc=0.25,scale=1.5)",
    "log_logistic(loc=0.25,scale=0.375)",
    "weibull(scale=1.5,concentration=2.5)",
    "weibull(scale=1.5,concentration=0.625)",
    "pareto(scale=1.5,concentration=2.5)",
    "generalized_pareto_law(loc=0.25,scale=1.5,concentration=0.375)",
    "generalized_pareto_law(loc=0.25,scale=1.5,concentration=-0.625)",
    "generalized_extreme_value(loc=0.25,scale=1.5,concentration=0.375)",
    "generalized_extreme_value(loc=0.25,scale=1.5,concentration=-0.25)",
    "kumaraswamy(concentration1=2.5,concentration0=0.625)",
    "kumaraswamy(concentration1=2.5,concentration0=1.75)",
    "johnson_su(skewness=-0.75,tailweight=1.25,loc=0.25,scale=1.5)",
    "sinh_arcsinh_normal(loc=0.25,scale=1.5,skewness=0.75,tailweight=1.25)",
    "relaxed_bernoulli(temperature=0.375,logits=0.75)",
    "logit_relaxed_bernoulli(temperature=0.375,logits=0.75)",
    "cauchy(loc=0.25,scale=1.5)",
    "half_cauchy(scale=1.5)",
    "gamma(concentration=2.5,rate=48.0)",
    "gamma(concentration=0.625,rate=0.015625)",
    "chi2(df=3.5)",
    "chi(df=3.5)",
    "inverse_gamma(concentration=2.5,scale=1.5)",
    "exp_inverse_gamma(concentration=2.5,scale=1.5)",
    "beta(concentration1=2.5,concentration0=1.75)",
    "beta(concentration1=0.625,concentration0=2.5)",
    "beta(concentration1=0.015625,concentration0=2.5)",
    "beta(concentration1=160.0,concentration0=96.0)",
    "fisher_snedecor(df1=7.0,df2=5.5)",
    "fisher_snedecor(df1=1.25,df2=3.5)",
    "inverse_gaussian(loc=1.5,concentration=2.5)",
    "gamma_gamma(concentration=2.5,mixing_concentration=4.5,mixing_rate=1.5)",
    "gamma_gamma(concentration=0.625,mixing_concentration=6.5,mixing_rate=0.375)",
    "pert(low=-1.0,high=3.0,peak=0.5,temperature=4.0)",
    "lambert_w_normal(loc=0.25,scale=1.5,tailweight=0.375)",
    "lambert_w_laplace(loc=0.25,scale=1.5,tailweight=0.375)",
    "noncentral_chi2(df=3.0,noncentrality=2.5)",
)
"""Classes that are a base through a transform by a name of their own, and judged as that."""

BARE_SUBJECTS = (
    "half_normal(scale=1.5)",
    "half_student_t(df=4.5,loc=0.25,scale=1.5)",
    "moyal(loc=0.25,scale=1.5)",
    "exp_gamma(concentration=0.625,rate=1.5)",
    "logistic_beta(concentration1=0.625,concentration0=2.5)",
    "continuous_bernoulli(probs=0.25)",
    "continuous_bernoulli(probs=0.50390625)",
    "truncated_normal(loc=0.25,scale=1.5,low=-1.0,high=2.5)",
    "truncated_normal(loc=0.0,scale=1.0,low=5.0,high=8.0)",
    "truncated_cauchy(loc=0.25,scale=1.5,low=-1.0,high=12.0)",
    "truncated_cauchy(loc=0.25,scale=1.5,low=24.0,high=96.0)",
    "triangular(low=-1.0,high=2.5,peak=0.25)",
    "generalized_normal(loc=0.25,scale=1.5,power=4.0)",
    "generalized_normal(loc=0.25,scale=1.5,power=0.5)",
    "two_piece_normal(loc=0.25,scale=1.5,skewness=1.75)",
    "two_piece_student_t(df=4.5,loc=0.25,scale=1.5,skewness=0.75)",
    "mixture_same_family(normal(loc=-1.5,scale=0.5),normal(loc=1.25,scale=2.0),weights=[0.375,0.625])",
    "mixture(normal(loc=-0.75,scale=0.5),student_t(df=4.5,loc=0.25,scale=1.5),weights=[0.75,0.25])",
    "mixture_same_family(normal(loc=0.25,scale=1.5),normal(loc=96.0,scale=0.5),"
    "weights=[0.99999904632568359375,9.5367431640625e-07])",
    "exponentially_modified_gaussian(loc=0.25,scale=1.5,rate=0.625)",
    "doublesided_maxwell(loc=0.25,scale=1.5)",
    "bates(high=2.5,low=-1.0,total_count=3.0)",
    "von_mises(concentration=2.5,loc=0.75)",
    "von_mises(concentration=28.0,loc=-0.5)",
    "normal_inverse_gaussian(loc=0.25,scale=1.5,skewness=-0.625,tailweight=1.25)",
)
"""Bases with formulas of their own that nobody puts through a transform."""

EVENT_LAW_SUBJECTS = (
    "independent(normal(loc=[0.25,-1.5,0.75],scale=[1.5,0.625,2.5]),ndims=1.0)",
    "independent(log_normal(loc=[0.25,-1.5,0.75],scale=[1.5,0.625,0.375]),ndims=1.0)",
    "multivariate_normal(loc=[0.25,-1.5,0.75],scale_diag=[1.5,0.625,2.75])",
    "multivariate_normal(loc=[0.25,-1.5,0.75],scale_tril=[[1.5,0.0,0.0],[0.5,2.25,0.0],[-1.25,0.75,0.625]])",
    "multivariate_normal(covariance_matrix=[[2.5,0.75,-0.5],[0.75,1.25,0.375],[-0.5,0.375,1.75]],loc=[0.25,-1.5,0.75])",
    "multivariate_normal(loc=[0.25,-1.5,0.75],"
    "precision_matrix=[[1.25,-0.5,0.375],[-0.5,2.75,0.625],[0.375,0.625,0.75]])",
    "logistic_normal(loc=[0.25,-1.5,0.75],scale=[1.5,0.625,2.5])",
    "dirichlet(concentration=[0.5,2.5,1.5,4.0])",
    "multivariate_normal(cov_diag=[1.25,0.5,2.75],cov_factor=[[1.5,-0.5],[0.75,1.25],[-0.25,0.625]],loc=[0.25,-1.5,0.75])",
    "multivariate_normal(loc=[0.25,-1.5,0.75],scale_diag=[1.5,0.625,2.75],"
    "scale_perturb_diag=[0.75,1.5],scale_perturb_factor=[[1.5,-0.5],[0.75,1.25],[-0.25,0.625]])",
    "multivariate_normal(loc=[0.25,-1.5,0.75],scale_matrix=[[1.5,-0.75,0.25],[0.5,2.25,-0.625],[-1.25,0.75,1.5]])",
    "multivariate_student_t(df=4.5,loc=[0.25,-1.5,0.75],scale_tril=[[1.5,0.0,0.0],[0.5,2.25,0.0],[-1.25,0.75,0.625]])",
    "matrix_normal(loc=[[0.25,-1.5,0.75],[1.25,0.5,-0.25]],"
    "scale_column=[[1.5,0.0,0.0],[0.5,2.25,0.0],[-1.25,0.75,0.625]],scale_row=[[0.75,0.0],[-0.5,1.25]])",
    "lkj(concentration=1.5,dimension=4.0)",
    "lkj_cholesky(concentration=1.5,dimension=4.0)",
    "wishart(df=5.5,scale_tril=[[1.5,0.0,0.0],[0.5,2.25,0.0],[-1.25,0.75,0.625]])",
    "wishart(covariance_matrix=[[2.5,0.75,-0.5],[0.75,1.25,0.375],[-0.5,0.375,1.75]],df=5.5)",
    "wishart(df=5.5,precision_matrix=[[1.25,-0.5,0.375],[-0.5,2.75,0.625],[0.375,0.625,0.75]])",
    "spherical_uniform(dimension=3.0)",
    "power_spherical(concentration=2.5,mean_direction=[0.5,-0.5,0.5,0.5])",
    "von_mises_fisher(concentration=4.0,mean_direction=[0.0,1.0])",
    "von_mises_fisher(concentration=48.0,mean_direction=[0.0,0.0,-1.0])",
    "von_mises_fisher(concentration=2.5,mean_direction=[0.5,-0.5,0.5,0.5])",
    "von_mises_fisher(concentration=0.625,mean_direction=[0.5,-0.5,0.0,0.5,0.5])",
    "flat_dirichlet(size=4.0)",
    "relaxed_one_hot_categorical(logits=[0.75,-1.5,0.25,-0.5],temperature=0.375)",
    "exp_relaxed_one_hot_categorical(logits=[0.75,-1.5,0.25,-0.5],temperature=0.375)",
    # Of concentrations above 1, so that there is a mode.
    "dirichlet(concentration=[1.5,2.5,1.25,4.0])",
    "matrix_student_t(df=4.5,loc=[[0.25,-1.5,0.75],[1.25,0.5,-0.25]],"
    "scale_column=[[1.5,0.0,0.0],[0.5,2.25,0.0],[-1.25,0.75,0.625]],scale_row=[[0.75,0.0],[-0.5,1.25]])",
)
"""Laws of vectors."""

PAIR_SUBJECTS = (
    "pair(normal(loc=0.25,scale=1.5),normal(loc=-1.0,scale=2.5))",
    "pair(laplace(loc=0.25,scale=1.5),laplace(loc=-1.0,scale=2.5))",
    "pair(gumbel(loc=0.25,scale=1.5),gumbel(loc=-1.0,scale=2.5))",
    "pair(exponential(rate=1.5),exponential(rate=0.625))",
    "pair(uniform(low=0.25,high=0.75),uniform(low=-0.5,high=1.5))",
    "pair(uniform(low=-0.5,high=1.5),uniform(low=0.25,high=0.75))",
    "pair(laplace(loc=0.25,scale=1.5),normal(loc=-1.0,scale=2.5))",
    "pair(gamma(concentration=2.5,rate=1.5),gamma(concentration=0.625,rate=0.5))",
    "pair(beta(concentration1=2.5,concentration0=1.75),beta(concentration1=0.625,concentration0=2.5))",
    "pair(continuous_bernoulli(probs=0.25),continuous_bernoulli(probs=0.625))",
    "pair(von_mises(concentration=2.5,loc=0.75),von_mises(concentration=0.625,loc=-1.5))",
    "pair(log_normal(loc=-1.0,scale=2.5),log_normal(loc=0.25,scale=1.5))",
    "pair(multivariate_normal(loc=[0.25,-1.5],scale_tril=[[1.5,0.0],[0.5,2.25]]),"
    "multivariate_normal(loc=[-0.5,0.75],scale_tril=[[0.75,0.0],[-1.25,1.5]]))",
    "pair(dirichlet(concentration=[1.5,2.5,0.75]),dirichlet(concentration=[0.5,4.0,1.25]))",
)
"""Two laws that are asked together, each family in an order that tells the first from the second."""

_LAWS = DISTRIBUTION_SUBJECTS + READY_MADE_SUBJECTS + BARE_SUBJECTS + EVENT_LAW_SUBJECTS + PAIR_SUBJECTS

CATALOGUE = TRANSFORM_SUBJECTS + _LAWS
"""What every run over everything asks in full."""

FURTHER_SUBJECTS = FURTHER_PARAMETERS + FURTHER_LAWS + DEAR_LAWS + FURTHER_SIZES + FURTHER_MAPS
"""What it asks leanly (``judging/profile.LEANLY``)."""
