"""Evaluate the pieces of a table at many points: in one compiled loop where numba is present, else in NumPy.

Both do the same float64 operations in the same order (no contraction into fused operations, no reassociation), so
they give identical bits; the tests compare them.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from conformance.floats.enclosures import Certificate, Enclosures, Kind
from conformance.oracle.piecewise.build import Form
from conformance.oracle.piecewise.table import FIRST_BLOCK, UNCOVERED, Table
from conformance.oracle.pointwise.narrow import FARTHEST_EXPONENT

TIER_PIECEWISE = 1

Floats = NDArray[np.float64]

Evaluate = Callable[[Table, NDArray[np.int32], Floats], tuple[Floats, Floats, Floats]]
"""evaluate(table, piece, x): the polynomial of each piece at x in two words, and dp/dt."""


@cache
def compiles() -> bool:
    """Whether numba is there. Asked as the first table is evaluated: to import it takes longer than many commands."""
    try:
        import numba  # noqa: F401
    except ImportError:  # The suite says so where it starts, and goes on in NumPy.
        return False
    return True


def find_pieces(table: Table, x: Floats) -> NDArray[np.int32]:
    """The piece of every finite x; negative where none covers it (zeros, infinities and nan included)."""
    if compiles():
        from conformance.oracle.piecewise import loops

        out = np.empty(len(x), np.int32)
        loops.find(x.view(np.int64), table.root, table.blocks, out)
        return out
    bits = x.view(np.int64)
    entry: NDArray[np.int32] = table.root[(bits >> 52) & 4095]
    shift = 48
    while (inner := np.flatnonzero(entry <= FIRST_BLOCK)).size:
        entry[inner] = table.blocks[FIRST_BLOCK - entry[inner], (bits[inner] >> shift) & 15]
        shift -= 4
    return entry


def horner(table: Table, piece: NDArray[np.int32], x: Floats) -> tuple[Floats, Floats]:
    """p and dp/dt of one-word pieces at every x; every entry of ``piece`` must name a piece."""
    value, slope = np.empty(len(x)), np.empty(len(x))
    if compiles():
        from conformance.oracle.piecewise import loops

        loops.horner(x, piece, table.centre, table.scale, table.length, table.words, value, slope)
        return value, slope
    ends = np.flatnonzero(np.diff(piece)) + 1
    if len(ends) * 128 < len(x):
        starts = [0, *ends.tolist()]
        for a, b in zip(starts, [*ends.tolist(), len(x)], strict=True):
            if a < b:
                one = int(piece[a])
                t = (x[a:b] - table.centre[one]) * table.scale[one]
                value[a:b], slope[a:b] = _steps(t, [table.words[one, j, 0] for j in range(int(table.length[one]))])
        return value, slope
    for a in range(0, len(x), 65536):
        part = piece[a : a + 65536]
        t = (x[a : a + 65536] - table.centre[part]) * table.scale[part]
        most = int(table.length[part].max())
        value[a : a + 65536], slope[a : a + 65536] = _steps(t, [table.words[part, j, 0] for j in range(most)])
    return value, slope


def _steps(t: Floats, coefficients: list[Any]) -> tuple[Floats, Floats]:
    value, slope = np.zeros_like(t), np.zeros_like(t)
    for coefficient in reversed(coefficients):
        slope = slope * t + value
        value = value * t + coefficient
    return value, slope


def one_word(table: Table, piece: NDArray[np.int32], x: Floats) -> tuple[Floats, Floats, Floats]:
    """``horner`` as an Evaluate."""
    value, slope = horner(table, piece, x)
    return value, np.zeros(len(value)), slope


def enclose(table: Table, x: Floats, evaluate: Evaluate = one_word) -> Enclosures:
    """The truth at every x that a piece covers; UNDECIDED elsewhere. ``evaluate`` must suit the table's words."""
    out = Enclosures.empty(len(x))
    out.certificate[:] = Certificate.CERTIFIED
    out.tier[:] = TIER_PIECEWISE
    piece = find_pieces(table, x)
    if table.root[0] >= 0 or table.root[2048] >= 0:
        piece[x == 0.0] = UNCOVERED  # A zero has the leading bits of a subnormal.
    at = np.flatnonzero(piece >= 0)
    if not at.size:
        return out
    whole = at.size == len(x)
    chosen = piece if whole else piece[at]
    inputs = x if whole else x[at]
    value, low, slope = evaluate(table, chosen, inputs)
    good = np.abs(value) >= table.least[chosen]
    if not good.all():
        at, chosen, inputs = at[good], chosen[good], inputs[good]
        value, low, slope = value[good], low[good], slope[good]
    fill(out, at, table, chosen, inputs, value, low, slope)
    return out


def fill(
    out: Enclosures,
    at: NDArray[np.intp],
    table: Table,
    piece: NDArray[np.int32],
    x: Floats,
    high: Floats,
    low: Floats,
    slope: Floats,
) -> None:
    """Put high + low (in units of the piece's exponent) into ``out[at]`` in the normal form of Enclosures."""
    hi, shift = np.frexp(high)
    with np.errstate(over="ignore"):
        err = np.ldexp(table.bound[piece], -shift)
        lo = np.ldexp(low, -shift)
    exponent = table.exponent[piece]
    out.hi[at], out.lo[at], out.err[at] = hi, lo, err
    out.exponent[at] = exponent + shift
    out.kind[at] = table.kind[piece]
    with np.errstate(all="ignore"):
        out.condition[at] = np.abs(x * table.scale[piece] * slope / high)
    special = table.kind[piece] != Kind.FINITE
    if special.any():
        where = at[special]
        out.hi[where] = out.lo[where] = out.err[where] = 0.0
        out.exponent[where] = 0
        out.condition[where] = np.nan
    other = (table.form[piece] != Form.VALUE) & ~special
    if other.any():
        flat = other & (table.form[piece] == Form.FLAT)
        out.condition[at[flat]] = np.inf
        logs = other & ~flat
        _fill_logs(out, at[logs], table, piece[logs], x[logs], high[logs], slope[logs])


def _fill_logs(
    out: Enclosures,
    at: NDArray[np.intp],
    table: Table,
    piece: NDArray[np.int32],
    x: Floats,
    high: Floats,
    slope: Floats,
) -> None:
    """t = +-2**log: the integer part is the exponent, the fraction the value; the bound is at most 2**-9 of log."""
    exponent = table.exponent[piece].astype(np.int32)
    log = np.ldexp(high, exponent)
    whole = np.floor(log) + 1.0
    hi = np.clip(np.exp2(log - whole), 0.5, np.nextafter(1.0, 0.0))
    sign = np.where(table.form[piece] == Form.LOG_POSITIVE, 1.0, -1.0)
    far = whole > FARTHEST_EXPONENT
    out.hi[at] = np.where(far, 0.0, sign * hi)
    out.lo[at] = 0.0
    # d(2**log) = 2**log ln 2 d(log), ln 2 < 0.7; exp2 itself is taken to be good to 2**-40.
    out.err[at] = np.where(far, 0.0, 0.75 * np.ldexp(table.bound[piece], exponent) + 2.0**-40)
    out.exponent[at] = np.where(far, 0, whole).astype(np.int64)
    out.kind[at] = np.where(far, np.where(sign > 0, Kind.POS_INF, Kind.NEG_INF), Kind.FINITE)
    condition = np.abs(x * table.scale[piece] * np.ldexp(slope, exponent) * np.log(2.0))
    out.condition[at] = np.where(far, np.nan, condition)
