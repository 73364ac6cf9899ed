"""Coefficients as one or two float64, and what rounding adds when a polynomial in them is evaluated.

GUARANTEE: ``shorten`` returns an upper bound of all that rounding the coefficients and evaluating by Horner's scheme
can add for any t in [-1, 1], as ``piecewise_eval`` (one word) and ``piecewise_pairs`` (two words) compute it.
"""

from __future__ import annotations

from collections.abc import Sequence

from flint import arb

INFLATE = 1.0 + 2.0**-40

ONE_WORD = 2.0**-53
"""One rounded float64 operation, relative to its result."""

TWO_WORDS = 2.0**-100
"""One product and one sum of pairs, relative to the sizes of the two partial sums (see ``piecewise_pairs``)."""

Words = tuple[tuple[float, float], ...]


def shorten(coefficients: Sequence[arb], words: int, allowed: float) -> tuple[Words, int, float]:
    """(coefficients as (high, low), how many of the first take two words, the bound on what all rounding adds).

    With ``words`` 2, the last coefficients lose their low word as long as what this adds stays below ``allowed``:
    plain operations are many times quicker. With ``words`` 1 none has a low word, whatever that adds.
    """
    fine, spent, above = len(coefficients), 0.0, 0.0
    singles = [rounded(a, 1) for a in coefficients]
    while fine:
        (high, _), error = singles[fine - 1]
        below = (above + abs(high)) * INFLATE
        step = error + ONE_WORD * (above + below)
        if words > 1 and spent + step > allowed:
            break
        spent, above, fine = spent + step, below, fine - 1
    pairs = [rounded(a, 2) for a in coefficients[:fine]]
    found = tuple(pair for pair, _ in pairs) + tuple(pair for pair, _ in singles[fine:])
    rounding = sum(error for _, error in [*pairs, *singles[fine:]])
    return found, fine, (rounding + evaluation_error(found, fine)) * INFLATE


def rounded(a: arb, words: int) -> tuple[tuple[float, float], float]:
    """``a`` as one or two float64, with a bound on what that leaves out."""
    high = float(a.mid())
    low = float((a - arb(high)).mid()) if words > 1 else 0.0
    return (high, low), up(a - arb(high) - arb(low))


def evaluation_error(words: Sequence[tuple[float, float]], fine: int) -> float:
    """A bound on what Horner's scheme in rounded arithmetic adds for |t| <= 1, the first ``fine`` steps in pairs.

    The partial sums s_j = s_{j+1} t + b_j satisfy |s_j| <= S_j = sum_{i>=j} |b_i| up to rounding; one product and one
    sum err by at most unit (S_{j+1} + S_j), and later steps do not enlarge an error. Source: Higham, Accuracy and
    Stability of Numerical Algorithms, 2nd edition, section 5.1. (A fused multiply-add errs less.)
    """
    partial, total, last = 0.0, 0.0, len(words) - 1
    for index in range(last, -1, -1):
        high, low = words[index]
        before = partial
        partial += (abs(high) + abs(low)) * INFLATE
        if index < last:
            total += (TWO_WORDS if index < fine else ONE_WORD) * (before + partial)
    return total * (1.0 + 2.0**-30) + 2.0**-960


def magnitude(value: arb) -> int | None:
    """The least e with |value| < 2**e for the whole ball, up to one; None for exact zero."""
    upper = value.abs_upper()
    if upper == 0:
        return None
    mantissa, exponent = upper.mid().man_exp()
    return int(abs(mantissa)).bit_length() + int(exponent)


def up(value: arb) -> float:
    """A float not below |value|, less than 2**-900 above it and its rounding."""
    size = magnitude(value)
    if size is None:
        return 0.0
    if size > 1000:
        return float("inf")
    return float(value.abs_upper()) * INFLATE + 2.0**-960 if size > -960 else 2.0**-958
