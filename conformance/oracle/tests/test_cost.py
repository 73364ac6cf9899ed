"""What truth costs is told before it is asked: right within a factor on this machine, and the same on all of them."""

from __future__ import annotations

from time import process_time

import pytest

from adapters.interface.quantities import variable
from conformance.definitions.declared import spaces_of
from conformance.floats.formats import format_named
from conformance.oracle.cost import seconds_per_event
from conformance.oracle.pointwise.blocks import block_truth

F64 = format_named("float64")
FACTOR = 8.0
"""Between machines, and for what no count of steps knows."""


def told(subject: str, quantity: str) -> float:
    space = spaces_of(subject)[variable(quantity) == "y"]
    assert space is not None
    return seconds_per_event(subject, quantity, space.shape)


def taken(subject: str, quantity: str) -> float:
    space = spaces_of(subject)[variable(quantity) == "y"]
    assert space is not None
    rows = space.draw(F64, 8, (3,))[:2]
    started = process_time()
    block_truth(subject, quantity, rows, F64)
    return (process_time() - started) / len(rows)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("subject", "quantity"),
    [
        ("softmax_centered@20", "fldj"),
        ("softmax_centered@20", "ildj"),
        ("unit_vector@20", "fldj"),
        ("ascending@20", "ildj"),
        ("lower_cholesky@20x20", "fldj"),
        ("cholesky_to_inv_cholesky@5x5", "ildj"),
        ("cholesky_outer_product@8x8", "inverse"),
        ("independent(tanh,ndims=1)@20", "fldj"),
        ("chain(affine(loc=0.5,scale=2.0),softmax_centered)@20", "fldj"),
    ],
)
def test_the_cost_that_is_told_is_about_what_is_taken(subject: str, quantity: str) -> None:
    cost = told(subject, quantity)
    assert cost / FACTOR < min(taken(subject, quantity) for _ in range(2)) < cost * FACTOR


@pytest.mark.parametrize("subject", ["cholesky_outer_product", "cholesky_to_inv_cholesky", "matrix_inverse_tril"])
def test_larger_matrices_cost_more_by_a_high_power(subject: str) -> None:
    for quantity in ("fldj", "ildj"):
        small, large = (told(f"{subject}@{size}x{size}", quantity) for size in (5, 10))
        assert large > 16 * small


def test_what_is_one_number_everywhere_costs_nothing_more() -> None:
    for subject in ("cumsum@20", "fill_triangular@210", "householder(reflection_axis=[0.75,0.5,-0.25,0.25,-0.25])"):
        assert told(subject, "fldj") == told(subject, "ildj") == 0
        assert told(subject, "forward") > 0
    assert told("ascending@20", "fldj") > 0


def test_the_cost_is_a_number_of_the_definition_and_of_nothing_else() -> None:
    assert told("softmax_centered@20", "fldj") == pytest.approx(0.1808, rel=1e-3)
