"""The axes of the made-up runs: frameworks, subjects, quantities, laws, regions and kinds of failure."""

from __future__ import annotations

BINS = 256
PRECISION = {"float16": 11, "bfloat16": 8, "float32": 24, "float64": 53}
LARGEST = {"float16": 65504.0, "bfloat16": 3.3895e38, "float32": 3.4028e38, "float64": 1.79769e308}
FRAMEWORKS: list[tuple[str, str, list[str], list[str]]] = [
    ("numpy", "2.4.6", ["eager"], ["float16", "bfloat16", "float32", "float64"]),
    ("torch", "2.13.0+cpu", ["eager", "compile"], ["float16", "bfloat16", "float32", "float64"]),
    ("brax", "torch 2.13.0+cpu", ["eager"], ["float32", "float64"]),
    ("tfp", "0.25.0 on TF 2.21.0", ["eager", "function", "xla"], ["float32", "float64"]),
    ("paddle", "3.3.1", ["eager"], ["float32", "float64"]),
    ("mindspore", "2.10.0", ["pynative", "graph"], ["float16", "float32", "float64"]),
]
TRANSFORMS = [
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
    "chain(affine(loc=0.5,scale=2.0),tanh)",
    "chain(affine(loc=0.5,scale=-1.5),exp)",
    "inverse(tanh)",
    "inverse(sigmoid)",
    "inverse(softplus)",
    "inverse(exp)",
    "independent(tanh,ndims=1)",
]
DISTRIBUTIONS = [
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
]
TRANSFORM_QUANTITIES = ["forward", "inverse", "fldj", "ildj"]
DISTRIBUTION_QUANTITIES = ["log_prob", "cdf"]
LAWS = {
    "L01": "log-det",
    "L02": "extremes",
    "L03": "values",
    "L04": "two directions",
    "L05": "roundtrip",
    "L08": "change of variables",
    "L13": "support",
    "L14": "own samples",
    "L15": "dtype",
    "L18": "smoke",
}
REGIONS = ["near zero", "subnormal", "saturation", "range end", "boundary", "special"]
KINDS = [
    "precision lost",
    "spurious nan",
    "spurious ±inf",
    "early overflow",
    "flushed to zero",
    "value wrong",
    "wrong sign",
    "out of codomain",
    "outside support accepted",
    "raised",
]
