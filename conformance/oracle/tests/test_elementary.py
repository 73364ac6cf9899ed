"""The elementary functions of operators: Arb's values are mpmath's, and ends of domains are nobody's error."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import mpmath
import numpy as np
import pytest
from flint import ctx

from adapters.interface.operators import ARGUMENTS
from conformance.floats.enclosures import Kind
from conformance.floats.formats import format_named
from conformance.floats.rounding import round_enclosures
from conformance.oracle.pointwise.elementary import FUNCTIONS, digits_of, elementary

SECOND: dict[str, Callable[..., Any]] = {
    "rsqrt": lambda x: 1 / mpmath.sqrt(x),
    "sigmoid": lambda x: 1 / (1 + mpmath.exp(-x)),
    "softplus": lambda x: mpmath.log1p(mpmath.exp(x)),
    "log_sigmoid": lambda x: -mpmath.log1p(mpmath.exp(-x)),
    "ndtri": lambda q: mpmath.sqrt(2) * mpmath.erfinv(2 * q - 1),
    "lgamma": mpmath.loggamma,
    "pow": mpmath.power,
}
REAL = (-40.5, -3.25, -0.75, 2.0**-9, 0.3, 1.5, 2.75, 30.0)
INSIDE = {
    **dict.fromkeys(("log", "sqrt", "rsqrt", "lgamma", "digamma", "pow"), (2.0**-9, 0.3, 0.999, 1.5, 30.0)),
    "log1p": (-0.75, 2.0**-9, 0.3, 30.0),
    **dict.fromkeys(("asin", "acos", "atanh", "erfinv"), (-0.999, -0.25, 2.0**-9, 0.3)),
    "acosh": (1.0625, 1.5, 30.0),
    "ndtri": (2.0**-9, 0.3, 0.75, 0.999),
}


@pytest.mark.parametrize("function", FUNCTIONS)
@pytest.mark.parametrize("dtype", ["float16", "float32", "float64"])
def test_a_function_has_the_value_that_the_second_code_base_has(function: str, dtype: str) -> None:
    fmt, saved = format_named(dtype), ctx.prec
    x = np.array(INSIDE.get(function, REAL)).astype(fmt.dtype)
    inputs = [x, np.full_like(x, 2.5)][: ARGUMENTS[function]]
    truth = elementary(function, inputs, fmt)
    rounded, _ = round_enclosures(truth, fmt)
    second = SECOND.get(function) or getattr(mpmath, function)
    with mpmath.workdps(80):
        for at, numbers in enumerate(zip(*(each.astype(float).tolist() for each in inputs), strict=True)):
            wanted = second(*map(mpmath.mpf, numbers))
            with np.errstate(over="ignore"):
                assert rounded[at] == np.asarray(float(wanted)).astype(fmt.dtype), numbers
            said = digits_of(function, numbers)
            assert mpmath.almosteq(mpmath.mpf(said), wanted, rel_eps=mpmath.mpf(10) ** -29), numbers
    assert set(truth.kind) == {Kind.FINITE}
    assert ctx.prec == saved


def test_what_lies_at_the_end_of_a_domain_or_beyond_is_not_decided() -> None:
    fmt = format_named("float32")
    for function, x in (("log", 0.0), ("log", -1.0), ("log1p", -1.0), ("atanh", 1.0), ("ndtri", 0.0), ("exp", np.inf)):
        assert elementary(function, [np.array([x], np.float32)], fmt).kind[0] == Kind.UNDECIDED, function
    assert elementary("exp", [np.array([np.nan], np.float32)], fmt).kind[0] == Kind.UNDECIDED


def test_every_function_that_an_adapter_may_name_is_known() -> None:
    assert set(FUNCTIONS) == set(ARGUMENTS)
