"""The reference's maps of vectors and matrices against plain mpmath, in ulp."""

from __future__ import annotations

from typing import Any

import mpmath as mp
import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import special

from adapters.interface import NotOffered, SpecError
from adapters.numpy import Adapter
from adapters.tests.closed_forms import ulps
from adapters.tests.event_forms import BITS, EVENT_FORMS, cosines, events

ADAPTER = Adapter()
BOUND = 0.51
WEIGHTS = "hidden_bias=[0.5],shift=[[1.0],[2.0]],shift_bias=[0.5,0.5],log_scale=[[1.0],[0.5]],log_scale_bias=[0.5,0.5])"
MOMENTS = "moving_mean=[0.25],moving_variance=[0.0])"


@pytest.mark.slow
@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("subject", EVENT_FORMS)
def test_every_entry_and_both_log_dets_are_right(subject: str, dtype: str) -> None:
    form, bound = EVENT_FORMS[subject], ADAPTER.transform(subject, dtype)
    with mp.workprec(BITS):
        x, y, starts = events(subject, dtype)
        rows = [[mp.mpf(float(v)) for v in row] for row in x]
        exact = [v for row in rows for v in form.forward(row)]
        given = x.reshape(-1, *form.shape_in)
        assert bound.forward(given).shape == (len(x), *form.shape_out)
        assert ulps(bound.forward(given), exact, dtype).max() <= BOUND
        if form.section is None:
            assert _near(bound.log_det_jacobian(given), [form.log_det(row) for row in rows], dtype)
        back = [form.inverse([mp.mpf(float(v)) for v in row], start) for row, start in zip(y, starts, strict=True)]
        given = y.reshape(-1, *form.shape_out)
        assert bound.inverse(given).shape == (len(y), *form.shape_in)
        assert ulps(bound.inverse(given), [v for row in back for v in row], dtype).max() <= BOUND
        if form.section is None:
            assert _near(bound.log_det_jacobian(given, "inverse"), [-form.log_det(row) for row in back], dtype)
            return
        for direction in ("forward", "inverse"):
            with pytest.raises(NotOffered, match="no log-det"):
                bound.log_det_jacobian(given, direction)


def _near(got: NDArray[Any], exact: list[Any], dtype: str) -> bool:
    """A log-det that is 0 is a 0; numerical derivatives leave 2^-200 of it."""
    known = [mp.mpf(0) if abs(v) < mp.mpf(2) ** -150 else v for v in exact]
    return bool(got.shape == (len(exact),) and ulps(got, known, dtype).max() <= BOUND)


def test_what_is_far_out_neither_overflows_nor_underflows_on_the_way() -> None:
    far = np.array([[3e19, -2e19, 1e18], [1e30, 1.0, 0.0]], np.float32)
    with mp.workprec(BITS):
        for subject in ("unit_vector", "correlation_cholesky"):
            form, bound = EVENT_FORMS[subject], ADAPTER.transform(subject)
            rows = [[mp.mpf(float(v)) for v in row] for row in far]
            exact = [v for row in rows for v in form.forward(row)]
            assert ulps(bound.forward(far), exact, "float32").max() <= BOUND
        tiny = np.array([[1e-39, 2e-44, -3e-40], [3.3e38, 3.2e38, -3e38]], np.float32)
        subject = next(name for name in EVENT_FORMS if name.startswith("scale_matvec("))
        rows = [[mp.mpf(float(v)) for v in row] for row in tiny]
        exact = [v for row in rows for v in EVENT_FORMS[subject].forward(row)]
        assert ulps(ADAPTER.transform(subject).forward(tiny), exact, "float32").max() <= 0.6


def test_nearly_singular_matrices_keep_their_digits() -> None:
    """The Cholesky factor of the inverse, without ever forming a matrix whose condition is the square of X's."""
    x = np.array([[[1.0, 0.0, 0.0], [0.75, 2.0**-13, 0.0], [1.25, -0.5, 1.5]]], np.float32)
    subject = "cholesky_to_inv_cholesky"
    with mp.workprec(BITS):
        exact = EVENT_FORMS[subject].forward([mp.mpf(float(v)) for v in x.ravel()])
        assert ulps(ADAPTER.transform(subject).forward(x), exact, "float32").max() <= BOUND


@pytest.mark.slow
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_twenty_cosines_are_as_right_as_three(dtype: str) -> None:
    """The worst entry seen is off by 0.500 ulp in either direction."""
    x = np.random.default_rng(4).normal(size=(8, 20)).astype(dtype)
    with mp.workprec(BITS):
        matrix = cosines(20)
        columns = [mp.matrix([mp.mpf(float(v)) for v in row]) for row in x]
        second, third = ([v for c in columns for v in m * c] for m in (matrix, matrix.T))
        bound = ADAPTER.transform("discrete_cosine_transform(dct_type=2.0)", dtype)
        assert ulps(bound.forward(x), second, dtype).max() <= BOUND
        assert ulps(bound.inverse(x), third, dtype).max() <= BOUND
        assert not bound.log_det_jacobian(x).any()


def test_other_sizes_are_taken() -> None:
    lower = ADAPTER.transform("fill_triangular").forward(np.arange(1.0, 11.0, dtype=np.float32)[None])
    assert lower[0].tolist() == [[5, 0, 0, 0], [9, 10, 0, 0], [8, 7, 6, 0], [4, 3, 2, 1]]
    assert ADAPTER.transform("fill_triangular").inverse(lower).tolist() == [list(range(1, 11))]
    assert ADAPTER.transform("softmax_centered").forward(np.zeros((2, 7), np.float32)).shape == (2, 8)
    padded = ADAPTER.transform("pad(before=0.0,after=1.0,value=0.5)")
    assert padded.inverse(np.array([[1.0, 2.0, 0.5]], np.float32)).tolist() == [[1.0, 2.0]]


def test_scalar_parts_of_a_chain_work_on_every_entry() -> None:
    x = np.array([[0.25, -0.5, 0.75]], np.float32)
    got = ADAPTER.transform("chain(affine(loc=0.5,scale=2.0),softmax_centered)").log_det_jacobian(x)
    alone = ADAPTER.transform("softmax_centered").log_det_jacobian(0.5 + 2.0 * x)
    assert got.tolist() == pytest.approx((alone + 3 * np.log(2.0)).tolist(), rel=1e-6)


@pytest.mark.parametrize(
    ("subject", "said"),
    [
        ("permute", "takes permutation"),
        ("permute(permutation=[0.0,0.0])", "every entry once"),
        ("permute(permutation=[0.5,1.0])", "whole numbers"),
        ("reshape(event_in=[2.0,3.0],event_out=[5.0])", "as many entries"),
        ("transpose(event_in=[2.0,3.0],perm=[0.0,0.0])", "every axis"),
        ("pad(before=0.0,after=0.0,value=1.0)", "at least one entry"),
        ("fill_triangular(upper=1.0)", "true or false"),
        ("scale_matvec_diag(scale_diag=[1.0,0.0])", "singular"),
        ("scale_matvec_tril(scale_tril=[[1.0,2.0],[0.0,1.0]])", "0 above its diagonal"),
        ("scale_matvec(matrix=[[1.0,2.0],[2.0,4.0]])", "singular"),
        ("scale_matvec(matrix=[[1.0,2.0]])", "square matrix"),
        ("permute_blocks(lengths=[2.0,1.0],order=[0.0])", "every block of lengths once"),
        ("scale_matvec_blocks(lengths=[2.0,1.0],matrix=[[1.0]])", "add up to the rows"),
        ("scale_matvec_blocks(lengths=[1.0,1.0],matrix=[[1.0,2.0],[0.0,1.0]])", "0 above the blocks"),
        ("householder(reflection_axis=[0.0,0.0])", "is not 0"),
        (f"real_nvp(num_masked=2.0,hidden=[[1.0]],{WEIGHTS}", "is 1 or -1"),
        (f"real_nvp(num_masked=1.0,hidden=[[1.0],[2.0]],{WEIGHTS}", "hidden has 2 rows of 1 numbers"),
        (f"masked_autoregressive_flow(hidden=[[1.0,0.0]],{WEIGHTS}", "those before it alone"),
        (f"batch_normalization(beta=[1.0,2.0],epsilon=0.5,gamma=[1.0],{MOMENTS}", "one number of each"),
        (f"batch_normalization(beta=[1.0],epsilon=0.5,gamma=[0.0],{MOMENTS}", "are positive"),
        (f"batch_normalization(beta=[1.0],epsilon=0.0,gamma=[1.0],{MOMENTS}", "are positive"),
        ("softmax_centered(scale=1.0)", "no parameters"),
        ("transform_diagonal", "wrong parts"),
    ],
)
def test_a_parameter_that_means_nothing_is_named_on_one_line(subject: str, said: str) -> None:
    with pytest.raises(SpecError, match=said) as caught:
        ADAPTER.transform(subject)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("towards", "k"), [((0.0, 1.0), 4.0), ((0.0, 0.0, -1.0), 48.0), ((0.5, -0.5, 0.0, 0.5, 0.5), 0.625)]
)
def test_draws_of_von_mises_and_fishers_law_have_its_moments_along_the_mean_direction(
    towards: tuple[float, ...], k: float
) -> None:
    """A = I_(n/2)(k)/I_(n/2 - 1)(k) and 1 - (n - 1)/k A - A^2 (Mardia & Jupp 2000, section 9.3.2), to five
    deviations."""
    n, count = len(towards), 40_000
    law = Adapter().distribution(f"von_mises_fisher(concentration={k},mean_direction={list(towards)})", dtype="float64")
    draws = law.sample(count, 7)
    np.testing.assert_allclose(np.linalg.norm(draws, axis=1), 1.0, rtol=1e-14)
    along = draws @ towards
    mean = special.ive(n / 2, k) / special.ive(n / 2 - 1, k)
    variance = 1 - (n - 1) / k * mean - mean**2
    assert abs(np.mean(along) - mean) < 5 * np.sqrt(variance / count)
    assert abs(np.var(along) - variance) < 5 * np.std((along - mean) ** 2) / np.sqrt(count)
    assert np.abs(np.mean(draws - along[:, None] * towards, axis=0)).max() < 5 / np.sqrt(count)
