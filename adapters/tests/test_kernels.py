"""A kernel that is missing is told apart from everything else that raises, in the frameworks' own words."""

from __future__ import annotations

import pytest

from adapters.interface.kernels import missing_kernel
from adapters.tests.checking import BASES, Request, ask

T = "student_t(df=5.0,loc=0.25,scale=1.5)"
PADDLE_SAYS = (
    "(NotFound) The kernel with key (CPU, Undefined(AnyLayout), float16) of kernel `erfinv` is not registered. "
    "Selected wrong DataType `float16`. Paddle support following DataTypes: float64, float32."
)

TENSORFLOW_SAYS = (
    "Value for attr 'T' of bfloat16 is not in the list of allowed values: double, float, half, complex64, complex128\n"
    "\t; NodeDef: {{node Cholesky}}; Op<name=Cholesky; signature=input:T -> output:T; attr=T:type> [Op:Cholesky]"
)
OPERATOR_SAYS = (
    "Argument `matrix` must have dtype in [tf.float16, tf.float32, tf.float64, tf.complex64, tf.complex128]. "
    "Received: <dtype: 'bfloat16'>."
)


def point(subject: str, quantity: str, dtype: str, mode: str = "eager") -> Request:
    asked: Request = {"subject": subject, "quantity": quantity, "dtype": dtype, "mode": mode}
    if quantity == "entropy":
        return asked  # TFP computes it in a function that is compiled, whose words are others.
    return asked | ({"count": 8, "seed": 1} if quantity == "sample" else {"values": [(0.5).hex()]})


@pytest.mark.frameworks
def test_tensorflow_probability_says_which_kernel_is_missing() -> None:
    asked = [
        point("transformed(exponential(rate=1.5),power(exponent=2.5))", "log_prob", "bfloat16"),
        point(T, "entropy", "bfloat16"),
        point("normal_cdf", "inverse", "float16"),
        point(f"transformed({BASES[0]},inverse(normal_cdf))", "sample", "bfloat16"),
        point(T, "sample", "float16"),
        {**point("discrete_cosine_transform(dct_type=2.0)", "forward", "float16"), "values": [[(0.5).hex()] * 3]},
        point("softplus", "inverse", "bfloat16"),  # np.finfo knows no bfloat16: a defect, and no missing kernel.
        point("normal_cdf", "inverse", "float32"),
    ]
    replies = ask("tfp", asked)[1]
    assert [reply["message"] for reply in replies[:6]] == [
        "no kernel: Lgamma in bfloat16",
        "no kernel: Lgamma in bfloat16",
        "no kernel: Ndtri in float16",
        "no kernel: Ndtri in bfloat16",
        "no kernel: the operation that takes 'alpha' in float16",
        "no kernel: the operation that takes 'real' in float16",
    ]
    assert [reply["status"] for reply in replies] == ["not offered"] * 6 + ["raised", "ok"]


@pytest.mark.frameworks
def test_torch_says_which_kernel_is_missing() -> None:
    asked = [point(T, "sample", dtype) for dtype in ("float16", "bfloat16", "float32")]
    replies = ask("torch", asked)[1]
    assert [reply.get("message") for reply in replies] == [
        "no kernel: gamma_cpu in float16",
        "no kernel: gamma_cpu in bfloat16",
        None,
    ]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("linalg.slogdet: Low precision dtypes not supported. Got BFloat16", "no kernel: linalg.slogdet in bfloat16"),
        ("\"ndtri_cpu\" not implemented for 'BFloat16'", "no kernel: ndtri_cpu in bfloat16"),
        (PADDLE_SAYS, "no kernel: erfinv in float16"),
        (OPERATOR_SAYS, "no kernel: the operation that takes 'matrix' in bfloat16"),
        (TENSORFLOW_SAYS, "no kernel: Cholesky in bfloat16"),
        ("Select CPU operator[Igamma] fail! Unsupported data type!", "no kernel: Igamma in float16"),
        (
            "For primitive[Igamma], the input argument[a] must be a type of {Tensor[Float32], Tensor[Float64]}, "
            "but got Tensor[Float16].",
            "no kernel: Igamma in float16",
        ),
        (
            "For 'Gamma', the element of 'alpha' must be Tensor[Float32], but got Tensor[Float16].The supported data",
            "no kernel: Gamma in float16",
        ),
        ("For primitive[Igamma], the input type must be same.\nname:[a]:Tensor[Float32].", None),
        ("data type <class 'ml_dtypes.bfloat16'> not inexact", None),
        ("Value passed to parameter 'alpha' has DataType float16, which rounds it to 0", None),
        ("the kernel of this matrix is not implemented", None),
        ("", None),
    ],
)
def test_what_says_so_and_what_does_not(text: str, said: str | None) -> None:
    assert missing_kernel(RuntimeError(text), "float16") == said
