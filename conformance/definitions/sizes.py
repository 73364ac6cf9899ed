"""Maps and laws of events of other sizes than the catalogue's: vectors of 1 and of 20 entries, matrices of 1, 2, 5 and
20 rows and the vectors that such are made of, of which a run over everything asks leanly.

Parameters are as everyday as the catalogue's: of at most 8 significant bits, neither equal nor symmetric.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import cycle, islice

_SCALES = (1.5, 0.625, 2.75, 0.75, 1.25, 2.25, 0.875)
_PLACES = (0.25, -1.5, 0.75, 1.25, -0.5)


def _of(values: Sequence[float], count: int) -> str:
    """A parameter of ``count`` entries, ``values`` over and over."""
    return "[" + ",".join(map(str, islice(cycle(values), count))) + "]"


FURTHER_MAPS_OF_VECTORS = (
    "permute(permutation=[0.0])",
    f"permute(permutation=[{','.join(str(float(7 * k % 20)) for k in range(20))}])",
    "reshape(event_in=[4.0,5.0],event_out=[20.0])",
    "pad(after=2.0,before=1.0,value=0.75)@1",
    "pad(after=2.0,before=1.0,value=0.75)@20",
    "scale_matvec_diag(scale_diag=[1.5])",
    f"scale_matvec_diag(scale_diag={_of(_SCALES, 20)})",
    "householder(reflection_axis=[1.0])",
    "householder(reflection_axis=[0.5,0.0,0.0,0.0,0.0,0.0,0.0,0.0,0.0,0.0,0.0,0.5,-0.5,0.0,0.0,0.0,0.0,0.0,0.0,0.5])",
    "discrete_cosine_transform(dct_type=2.0)@1",
    "discrete_cosine_transform(dct_type=2.0)@20",
    "softmax@2",
    "softmax@20",
    "softmax_centered@1",
    "softmax_centered@20",
    "stick_breaking@1",
    "stick_breaking@20",
    "ascending@1",
    "ascending@20",
    "unit_vector@1",
    "unit_vector@20",
    "concatenate(tanh,exp,lengths=[1.0,19.0])",
)
"""Of 1 and of 20 entries."""

FURTHER_MAPS_OF_MATRICES = (
    "fill_triangular@1",
    "fill_triangular@15",
    "corr_cholesky@1",
    "corr_cholesky@10",
    "corr_cholesky@190",
    "correlation_cholesky@1",
    "cholesky_outer_product@2x2",
    "cholesky_outer_product@5x5",
    "cholesky_outer_product@20x20",
    "cholesky_to_inv_cholesky@2x2",
    "cholesky_to_inv_cholesky@5x5",
    "matrix_inverse_tril@2x2",
    "matrix_inverse_tril@5x5",
    "matrix_inverse_tril@20x20",
    "lower_cholesky@20x20",
    "positive_definite@2x2",
    "positive_definite@5x5",
    "transform_diagonal(softplus)@2x2",
    "transform_diagonal(softplus)@20x20",
    "fill_scale_tril(softplus)@1",
)
"""Of 2, 5 and 20 rows."""

FURTHER_LAWS_OF_EVENTS = (
    "independent(normal(loc=[0.25],scale=[1.5]),ndims=1.0)",
    f"independent(normal(loc={_of(_PLACES, 20)},scale={_of(_SCALES, 20)}),ndims=1.0)",
    "multivariate_normal(loc=[0.25],scale_diag=[1.5])",
    "multivariate_normal(loc=[0.25],scale_tril=[[1.5]])",
    f"multivariate_normal(loc={_of(_PLACES, 20)},scale_diag={_of(_SCALES, 20)})",
    "multivariate_student_t(df=4.5,loc=[0.25],scale_tril=[[1.5]])",
    "dirichlet(concentration=[1.5,2.5])",
    "dirichlet(concentration=[1.5,2.5,0.75,4.0,1.25,1.5,2.5,0.75,4.0,1.25])",
    "lkj(concentration=1.5,dimension=2.0)",
    "lkj_cholesky(concentration=1.5,dimension=2.0)",
    "lkj_cholesky(concentration=1.5,dimension=10.0)",
    "wishart(df=5.5,scale_tril=[[1.5]])",
    "wishart(df=5.5,scale_tril=[[1.5,0.0],[0.5,0.75]])",
    "wishart(df=6.5,scale_tril=[[1.5,0.0,0.0,0.0,0.0],[0.5,0.75,0.0,0.0,0.0],[-0.25,0.5,1.25,0.0,0.0],"
    "[0.375,-0.5,0.25,2.25,0.0],[-0.5,0.25,0.75,-0.375,0.875]])",
)
"""Of 1, of 10 and of 20 entries, of 2, of 5 and of 10 rows."""

FURTHER_SIZES = FURTHER_MAPS_OF_VECTORS + FURTHER_MAPS_OF_MATRICES + FURTHER_LAWS_OF_EVENTS
