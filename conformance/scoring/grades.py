"""How much a failure matters: grave, serious or minor (ACCEPTANCE A21, A22, A24), point by point."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from conformance.floats.formats import Format
from conformance.scoring.distance import Distances
from conformance.scoring.failures import Failure

Mask = NDArray[np.bool_]


class Gravity(IntEnum):
    """Grades in rising order, so that the gravest of several is their maximum."""

    MINOR = 0
    SERIOUS = 1
    GRAVE = 2

    @property
    def label(self) -> str:
        """The name used in files and in the report."""
        return self.name.lower()


@dataclass(frozen=True)
class Circumstances:
    """What is known of the inputs at which something failed, one entry per component.

    everyday: people compute with it (see ``moderate``). remote: nobody meets it, or the framework itself refuses it or
    never produces it. outside: not in the domain. at_limit: the truth is infinite. usable: a log-quantity that is right
    in nats, or what a law says is usable. attained: only conditioning would have excused it, and another implementation
    is right there.
    """

    everyday: Mask
    remote: Mask
    outside: Mask
    at_limit: Mask
    usable: Mask
    attained: Mask


def moderate(fmt: Format) -> tuple[float, float]:
    """The magnitudes of everyday numbers: 1e-9 to 1e6; in float16, which has less, its normal numbers up to 4094."""
    if fmt.emax < 100:
        return fmt.min_normal, fmt.max_finite / 16.0
    return 1e-9, 1e6


def gravities(
    codes: NDArray[np.uint8], off: Distances, at: Circumstances, fmt: Format, *, log_quantity: bool
) -> NDArray[np.uint8]:
    """The Gravity of every component of ``codes``.

    grave: a result that misleads at an everyday input (nan, inf, wrong sign, wrong value, wrong shape, draws that come
    again), and what ends the process anywhere. serious: the same at inputs that are not everyday ones, outside the
    domain and where the truth is infinite; a wrong value that is off by no more than 4 roundoffs of 1, as in the tail
    of a cdf that is computed as 1 - F; early overflow, escapes from the codomain, exceptions, a changed dtype, an
    ignored seed, a wrong declaration and parameters in a narrower dtype, unless nobody is misled by them; and more than
    a third of the format's bits (and more than 6) lost, unless that is ``harmless``. What another implementation
    attains is serious at most. minor: the rest, a point outside the domain of a transform that is accepted, since every
    framework leaves that to its validation of arguments, and everything at a remote input.
    """
    result = np.full(len(codes), Gravity.MINOR, np.uint8)
    misleading = np.isin(codes, _MISLEADING)
    mild = at.at_limit | at.outside | ~at.everyday | at.attained
    mild |= (codes == Failure.VALUE_WRONG) & (not log_quantity) & (off.nats <= 4.0 * 2.0 ** (1 - fmt.precision))
    result[misleading] = np.where(mild[misleading], Gravity.SERIOUS, Gravity.GRAVE)
    result[np.isin(codes, _LOUD)] = Gravity.SERIOUS
    result[np.isin(codes, _TOLD) & ~at.usable] = Gravity.SERIOUS
    lost = (codes == Failure.PRECISION_LOST) & many_bits_lost(off, fmt)
    harmless = at.usable & log_quantity
    harmless |= off.nats <= (32.0 * 2.0 ** (1 - fmt.precision) if log_quantity else fmt.min_normal)
    result[lost & ~harmless] = Gravity.SERIOUS
    result[at.remote] = Gravity.MINOR
    result[np.isin(codes, (Failure.CRASHED, Failure.TIMED_OUT))] = Gravity.GRAVE
    return result


def many_bits_lost(off: Distances, fmt: Format) -> Mask:
    """Where more than a third of the format's bits, and more than 6, are lost."""
    with np.errstate(invalid="ignore"):
        return np.asarray(np.log2(1.0 + off.ulp) > max(6.0, fmt.precision / 3))


_LOUD = (
    Failure.EARLY_OVERFLOW,
    Failure.OUT_OF_CODOMAIN,
    Failure.RAISED,
    Failure.DTYPE_CHANGED,
    Failure.SEED_IGNORED,
)

_TOLD = (Failure.DECLARED_WRONG, Failure.PARAMETERS_NARROWED)
"""Serious but where the law says that nobody is misled."""

_MISLEADING = (
    Failure.SPURIOUS_NAN,
    Failure.SPURIOUS_INF,
    Failure.WRONG_SIGN,
    Failure.VALUE_WRONG,
    Failure.SHAPE_WRONG,
    Failure.GRADIENT_WRONG,
    Failure.DRAWS_REPEATED,
)
