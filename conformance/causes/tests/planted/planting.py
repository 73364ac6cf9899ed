"""How a defect is planted, and the subjects that several defects are seen in."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from adapters.interface import Spec
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
    place: str,
    mechanisms: str,
    *subjects: str,
    batches: bool = False,
    plain: bool = False,
    kernel: str = "",
    event_batches: bool = False,
    dtypes: str = "float32",
) -> Callable[[Wrong], Wrong]:
    """Plant the decorated function; its docstring says what is wrong. mechanisms, dtypes: comma-separated.

    One dtype in which it gives its cause is enough, float32 where that is one: the truth is the larger part of what a
    defect takes. Of every mechanism some defect is looked for in two, which must give one cause between them; a test
    holds that.
    """

    def declare(wrong: Wrong) -> Wrong:
        name = wrong.__name__
        told = tuple(mechanisms.split(", "))
        about = str(wrong.__doc__)
        asked = tuple(dtypes.split(", "))
        PLANTS[name] = Plant(name, place, told, subjects, about, wrong, batches, event_batches, plain, kernel, asked)
        return wrong

    return declare


def like(x: Array, number: float) -> Array:
    """The number in the dtype of x."""
    return np.asarray(number).astype(x.dtype)
