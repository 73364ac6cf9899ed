"""How frameworks say that an operation has no kernel for a dtype: told apart from everything else that they raise.

Such an operation is not offered in that dtype, and one line says so for every subject that meets it. What raises for
another reason (a number looked up in the wrong library, a shape, a check of arguments) is the failure that users meet.
"""

from __future__ import annotations

import re

_SAYINGS = (
    # torch: "gamma_cpu" not implemented for 'Half'
    re.compile(r"\"(?P<op>\w+)\" not implemented for '(?P<dtype>\w+)'"),
    # torch: linalg.slogdet: Low precision dtypes not supported. Got BFloat16
    re.compile(r"(?P<op>linalg\.\w+): Low precision dtypes not supported\. Got (?P<dtype>\w+)"),
    # TensorFlow: Could not find device for node: {{node Ndtri}} = Ndtri[T=DT_HALF] All kernels registered for op ...
    re.compile(
        r"Could not find device for node: .{0,200}?= (?P<op>\w+)\[.*?DT_(?P<dtype>\w+).*?All kernels registered", re.S
    ),
    # The same in a graph: No OpKernel was registered to support Op 'Lgamma' used by ... these attrs: [T=DT_BFLOAT16]
    re.compile(r"No OpKernel was registered to support Op '(?P<op>\w+)' used by .{0,300}?DT_(?P<dtype>\w+)", re.S),
    # Where an operation's own list of types lacks it: Value for attr 'T' of bfloat16 is not in the list of allowed
    # values: double, float, half ; NodeDef: {{node Cholesky}}; Op<name=Cholesky; signature=...>
    re.compile(
        r"Value for attr '\w+' of (?P<dtype>\w+) is not in the list of allowed values.{0,300}?Op<name=(?P<op>\w+)", re.S
    ),
    # Paddle: The kernel with key (CPU, Undefined(AnyLayout), float16) of kernel `erfinv` is not registered
    re.compile(r"kernel with key \([^`]*?(?P<dtype>b?float\d+)\) of kernel `(?P<op>\w+)` is not registered"),
    # MindSpore: Select CPU operator[Igamma] fail! Unsupported data type! / Unsupported op [Igamma] on CPU
    re.compile(r"Select CPU operator\[(?P<op>\w+)\] fail"),
    re.compile(r"Unsupported op \[(?P<op>\w+)\] on CPU"),
    # Where a primitive's own list of types lacks it: For primitive[Igamma], the input argument[a] must be a type of
    # {Tensor[Float32], Tensor[Float64]}, but got Tensor[Float16] / For 'Gamma', the element of 'alpha' must be ...
    re.compile(
        r"For (?:primitive\[|')(?P<op>\w+)[\]'], (?:the input argument\[\w+\]|the element of '\w+') must be "
        r"(?:a type of )?\{?(?:Tensor\[\w+\](?:, )?)+\}?, but got Tensor\[(?P<dtype>\w+)\]"
    ),
)
# TensorFlow's generated wrappers refuse before any kernel is looked for, and name the parameter only.
_REFUSED_TYPES = (
    re.compile(
        r"Value passed to parameter '(?P<parameter>\w+)' has DataType (?P<dtype>\w+) not in list of allowed values"
    ),
    # tf.complex, which its Fourier transforms begin with.
    re.compile(r"The `(?P<parameter>real)` and `imag` components have incorrect types: (?P<dtype>\w+) \w+\. "),
    # Its linear operators have such lists too.
    re.compile(r"Argument `(?P<parameter>\w+)` must have dtype in \[[^]]*\]\. Received: <dtype: '(?P<dtype>\w+)'>"),
)
_DTYPES = {"half": "float16", "bfloat16": "bfloat16", "float": "float32", "double": "float64"}


def missing_kernel(error: BaseException, dtype: str) -> str | None:
    """``no kernel: Ndtri in float16`` where that is what ``error`` says, else None.

    The dtype is the one that the framework names, or ``dtype`` where it names none.
    """
    try:
        text = str(error)
    except Exception:
        return None
    for saying in _SAYINGS:
        found = saying.search(text)
        if found:
            named = found.groupdict().get("dtype") or dtype
            return f"no kernel: {found['op']} in {_DTYPES.get(named.lower(), named.lower())}"
    for refusal in _REFUSED_TYPES:
        found = refusal.search(text)
        if found:
            return f"no kernel: the operation that takes {found['parameter']!r} in {found['dtype']}"
    return None
