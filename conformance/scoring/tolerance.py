"""What counts as right."""

from __future__ import annotations

from dataclasses import dataclass, replace

from adapters.interface.quantities import TAILS
from conformance.floats.formats import Format
from conformance.scoring.promise import Promise


@dataclass(frozen=True)
class Tolerance:
    """A result is right when its error is at most ``ulp`` * (1 + ``granted`` * condition number) units in the last
    place: what an error of ``ulp`` * ``granted`` ulp of the input would do is granted to the steps in between.

    A log-quantity that misses this is still *usable* when it is off by at most ``nats`` * max(1, |exact|). What keeps
    the ``promise`` of a framework's documentation is right however many ulp it is off.
    """

    ulp: float
    nats: float
    granted: float = 1.0
    promise: Promise | None = None


def tolerance_for(quantity: str, fmt: Format) -> Tolerance:
    """``default_tolerance``, four times as many ulp for a cdf and its kin, and for a density.

    The cdf of a transformed distribution is a tail function of a rounded inverse: at z standard deviations the last
    rounding of z alone costs z^2 / 2 ulp, which the condition number with respect to the input does not show. A density
    is the exponential of a sum of logarithms: rounding one of size 64 costs 32 ulp.
    """
    known = default_tolerance(fmt)
    return replace(known, ulp=4.0 * known.ulp) if quantity in (*TAILS, "prob") else known


def default_tolerance(fmt: Format) -> Tolerance:
    """16 ulp for float32 and float64, 8 for the 16-bit formats; 32 units of roundoff (2^(1-p)) in nats.

    The reasons: a careful composition of a handful of library functions, each good to 1 or 2 ulp (the accuracy tables
    of Zimmermann et al. find that of the common libraries), stays under 16 ulp, and every cancellation worth a finding
    exceeds it by orders of magnitude. In 16-bit formats 16 ulp of bfloat16 would be 12 % and forgive too much.
    32 units of roundoff at 1 is the error of adding a few terms of size up to ten in the format.

    The input itself is exact; conditioning excuses only what the steps in between are rounded by. In float32 and
    float64 a quarter of the condition number is granted, so 4 ulp of the input: no more than a careful composition
    needs (numpy, torch, tfp, paddle and brax gain no grave or serious finding by it), and little enough that a log-det
    frozen in the last 16 floats before a boundary, or an exp that is 374 ulp off at 87, is not excused. The 16-bit
    formats are granted 8 ulp of the input, all of it: with 2 of them plain arithmetic that rounds every step to
    float16 would be accused near the zeros of a result.
    """
    wide = fmt.bits > 16
    return Tolerance(16.0 if wide else 8.0, 32.0 * 2.0 ** (1 - fmt.precision), 0.25 if wide else 1.0)
