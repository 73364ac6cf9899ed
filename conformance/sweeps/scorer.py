"""From a block's results to its tally: a compiled kernel where it applies, the comparison's own scoring elsewhere."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.polynomial import Polynomial
from numpy.typing import NDArray

from adapters.interface.quantities import DENSITIES, LOG_DETS, LOG_QUANTITIES, LOG_SUMS
from conformance.execution.request import Reply
from conformance.floats.enclosures import Certificate, Kind
from conformance.floats.formats import Format
from conformance.floats.ordinals import infinity_ordinal, to_ordinal
from conformance.floats.regions import Frame, Region, regions_of
from conformance.judging.cases import build_case
from conformance.judging.profile import PROFILES
from conformance.laws.case import Framework
from conformance.laws.flushing import at_zero
from conformance.laws.left_open import JUMP_ORDINALS
from conformance.oracle.piecewise import eval as piecewise_eval
from conformance.oracle.piecewise.build import Form
from conformance.oracle.tiers import TIER_ARB, TIER_PIECEWISE
from conformance.scoring.failures import Failure
from conformance.sweeps.blocks import Block, Stretch, curve_bins, cuts, ordinals_of, stretches
from conformance.sweeps.tally import BINS, CODES, Tally
from conformance.sweeps.truths import SweepTruth

_CHUNK = 1 << 17
_EXPONENTS = 900


class Scorer:
    """Scores blocks of one subject and quantity at one dtype, in one mode of one framework.

    Guarantee: verdicts are those of ``Case.score``, and the same block and reply always give the same tally.
    compiled False uses that general path everywhere: slower, with the same verdicts.
    """

    def __init__(
        self,
        framework: Framework,
        subject: str,
        quantity: str,
        fmt: Format,
        mode: str,
        flushes: bool,
        tables: Path | None = None,
        compiled: bool | None = None,
    ) -> None:
        self.fmt, self.quantity = fmt, quantity
        self.truth = SweepTruth(subject, quantity, fmt, tables)
        self.case = build_case(framework, self.truth, subject, fmt.name, mode, PROFILES["default"], 0, flushes=flushes)
        self.frame = self.case.inputs.frame(quantity)
        middle = 0.5 * (self.frame.ordinary_low + self.frame.ordinary_high)
        self._one = _ordinal(1.0, fmt)
        self.centre = centre_of(self.frame, fmt)
        jumps = [end for end in self.case.declared.jumps if quantity in DENSITIES]
        self._marks = cuts(fmt, self.frame, middle, jumps, JUMP_ORDINALS)
        self._jumps = [_ordinal(end, fmt) for end in jumps]
        wanted = compiled is not False and piecewise_eval.compiles()
        self._flushes = flushes
        tolerance = self.case.tolerance(quantity)
        # The compiled judge knows of ulp alone.
        self.compiled = wanted and fmt.name == "float32" and tolerance.promise is None
        self._floats = (
            float(fmt.precision),
            float(fmt.lowest_exponent),
            fmt.min_normal,
            2.0 ** (fmt.emax + 1),
            float(fmt.emax // 2),
        )
        self._low, self._high = self._codomain()
        log = float(quantity in LOG_QUANTITIES)
        summed = self.case.inputs.terms is not None and quantity in LOG_SUMS
        self._rules = (
            tolerance.ulp, tolerance.nats, tolerance.granted, log, self._low, self._high, float(flushes),
            float(quantity in self.case.declared.added or summed),
            *(at_zero(self.truth, subject, quantity, fmt) if flushes else (0.0, 0.0)),
        )  # fmt: skip

    def score(self, block: Block, reply: Reply) -> Tally:
        """The tally of ``reply`` to the values of ``block``. Every value is counted exactly once."""
        tally = Tally()
        x = block.values(self.fmt)
        got = self._plain(x, reply)
        if got is None or not self.compiled:
            leftover = [np.arange(block.count)]
        else:
            leftover = []
            for stretch in stretches(block, self.fmt, self.frame, self._marks, self.truth.table):
                leftover.append(self._stretch(tally, block, x, got, stretch))
        rest = np.concatenate(leftover)
        for start in range(0, len(rest), _CHUNK):
            self._general(tally, block, x, reply, rest[start : start + _CHUNK])
        counted = int(tally.counts.sum())
        if counted != block.count:
            raise AssertionError(f"the block at {block.first:#x} has {block.count} inputs, but {counted} verdicts")
        return tally

    def _plain(self, x: NDArray[Any], reply: Reply) -> NDArray[Any] | None:
        """The answer where it has one float for every input, nothing died and nothing was left out; else None."""
        if reply.status != "ok" or reply.values is None:
            return None
        if reply.fate is not None and reply.fate.any():  # The compiled judge would take the filler for an answer.
            return None
        values = reply.values
        if values.size == 1 and values.shape != x.shape and self.quantity in LOG_DETS:
            values = np.broadcast_to(values.reshape(()), x.shape)
        if values.shape != x.shape or values.dtype.kind not in "fiub":
            return None
        with np.errstate(all="ignore"):
            return np.ascontiguousarray(values.astype(self.fmt.dtype, copy=False))

    def _stretch(
        self, tally: Tally, block: Block, x: NDArray[Any], got: NDArray[Any], stretch: Stretch
    ) -> NDArray[np.int64]:
        """Score the stretch; the places that are left for the general path."""
        if stretch.bin < 0 and np.isnan(x[stretch.start]):
            return self._not_a_number(tally, got, stretch)
        if stretch.piece < 0 or self._at_jump(block, stretch):
            return np.arange(stretch.start, stretch.stop)
        table, piece = self.truth.table, stretch.piece
        if table.kind[piece] != Kind.FINITE or self._infinity(piece, _ends(x, stretch)):
            return self._settled(tally, block, x, got, stretch)
        exponent = int(table.exponent[piece])
        zero = table.length[piece] == 1 and table.words[piece, 0, 0] == 0
        if exponent > _EXPONENTS:
            return np.arange(stretch.start, stretch.stop)
        # Below 2**-900 the value is 0 for every comparison that is made here.
        power = 0.0 if exponent < -_EXPONENTS or zero else 2.0**exponent
        return self._kernel(tally, block, x, got, stretch, power)

    def _kernel(
        self, tally: Tally, block: Block, x: NDArray[Any], got: NDArray[Any], stretch: Stretch, power: float
    ) -> NDArray[np.int64]:
        from conformance.sweeps.kernel import score_stretch

        table, piece, region = self.truth.table, stretch.piece, int(stretch.region)
        part = slice(stretch.start, stretch.stop)
        count = stretch.stop - stretch.start
        place = (
            float(table.centre[piece]),
            float(table.scale[piece]),
            power,
            float(table.bound[piece]),
            float(table.least[piece]),
        )
        slow = np.empty(count, np.int64)
        histogram, counts = np.zeros(BINS, np.int64), np.zeros(CODES, np.int64)
        fail_worst = np.full(CODES, -1.0)
        fail_at, fail_first, fail_last = (np.full(CODES, -1, np.int64) for _ in range(3))
        worst, at = np.array([0.0, -1.0, -1.0, 0.0, 0.0]), np.full(4, -1, np.int64)
        words = np.ascontiguousarray(table.words[piece, : int(table.length[piece]), 0])
        rules: tuple[float, ...] = self._rules
        if table.form[piece] == Form.FLAT:
            words, rules = self._flat(float(words[0]))
        left = score_stretch(
            x[part], got[part], words, place, self._floats, rules, slow, histogram, counts,
            fail_worst, fail_at, fail_first, fail_last, worst, at,
        )  # fmt: skip
        base = block.first + stretch.start
        tally.histogram[region] += histogram
        tally.counts[region] += counts
        self._vouch(tally, TIER_PIECEWISE, count - left)
        tally.total_ulp[region] += worst[0]
        tally.unusable[region] += int(worst[3])
        for name, value, where in (("worst_ulp", worst[1], at[0]), ("worst_nats", worst[2], at[1])):
            if where >= 0:
                tally.extreme(name, region, float(value), base + int(where))
        for code in np.flatnonzero(fail_at >= 0).tolist():
            tally.extreme("fail_worst", (region, code), float(fail_worst[code]), base + int(fail_at[code]))
            # A stretch has one sign: what comes first and last in it is lowest and highest, or the other way round.
            ends = ordinals_of(base + np.array([fail_first[code], fail_last[code]]), self.fmt)
            tally.span((region, code), int(ends[0]), int(ends[1]))
            tally.near((region, code), ends, base + np.array([fail_first[code], fail_last[code]]), self._one)
        if region != Region.OUTSIDE and left < count:
            bits = np.inf if worst[4] > 0 else float(worst[1])
            tally.curve[stretch.bin] = max(tally.curve[stretch.bin], bits)
            if at[2] >= 0:
                # A stretch lies on one side of the centre, so one of its two ends is the nearest.
                tally.note_unusable(ordinals_of(base + at[2:], self.fmt), self.centre)
        return stretch.start + slow[:left]

    def _flat(self, value: float) -> tuple[NDArray[np.float64], tuple[float, ...]]:
        """Words and rules for a truth whose condition number is inf: right is what is within the nats allowed, and
        whatever else there is belongs to the general path, which a second word of 0 and an infinite grant see to."""
        unit = 1 - self.fmt.precision if value else self.fmt.lowest_exponent
        _, nats, _, log, low, high, flushes, *others = self._rules
        # A 0 that is right was not flushed.
        rules = (float(np.ldexp(nats, -unit)), nats, np.inf, log, low, high, flushes if value else 0.0, *others)
        return np.array([value, 0.0]), rules

    def _settled(
        self, tally: Tally, block: Block, x: NDArray[Any], got: NDArray[Any], stretch: Stretch
    ) -> NDArray[np.int64]:
        """A stretch whose truth rounds to one infinity, has no value or is none that is claimed; the places that are
        left."""
        region = int(stretch.region)
        results = got[stretch.start : stretch.stop]
        kind = self.truth.table.kind[stretch.piece]
        if kind == Kind.OUTSIDE:
            return self._outside(tally, block, x, got, stretch)
        if kind == Kind.UNDECIDED:
            self._failed_alike(tally, block, stretch, np.ones(len(results), bool), Failure.UNDECIDED)
            tally.unclaimed[region] += len(results)
            self._vouch(tally, TIER_ARB, len(results))
            return np.zeros(0, np.int64)
        infinity = self._infinity(stretch.piece, _ends(x, stretch))
        if not infinity:
            return np.arange(stretch.start, stretch.stop)
        right = (results == infinity) & ((self._high if infinity > 0 else self._low) == infinity)
        count = int(np.count_nonzero(right))
        if count:
            tally.counts[region, Failure.NONE] += count
            self._vouch(tally, TIER_PIECEWISE, count)
            tally.histogram[region, 0] += count
            first = block.first + stretch.start + int(np.argmax(right))
            for name in ("worst_ulp", "worst_nats"):
                tally.extreme(name, region, 0.0, first)
            if region != Region.OUTSIDE:
                tally.curve[stretch.bin] = max(tally.curve[stretch.bin], 0.0)
        return stretch.start + np.flatnonzero(~right)

    def _infinity(self, piece: int, ends: NDArray[np.float64]) -> float:
        """The infinity that the truth rounds to between two inputs of the piece; 0: to none, or not plainly."""
        table = self.truth.table
        kind, form, exponent = table.kind[piece], table.form[piece], int(table.exponent[piece])
        if kind in (Kind.POS_INF, Kind.NEG_INF):
            return np.inf if kind == Kind.POS_INF else -np.inf
        if kind == Kind.FINITE and form in (Form.LOG_POSITIVE, Form.LOG_NEGATIVE):
            return np.inf if form == Form.LOG_POSITIVE else -np.inf
        if kind != Kind.FINITE or form != Form.VALUE or exponent <= self.fmt.emax:
            return 0.0
        # |p| is not below what is left of the first coefficient at the middle where all others pull at it.
        first, last = (float((end - table.centre[piece]) * table.scale[piece]) for end in ends)
        words = Polynomial(table.words[piece, : int(table.length[piece]), 0])
        value, *others = words(Polynomial([(first + last) / 2, (last - first) / 2])).coef
        least = abs(value) - np.abs(others).sum() - table.bound[piece]
        rounding = 2.0**-40 * np.abs(words.coef).sum()
        plainly = least >= max(2.0 ** max(self.fmt.emax + 2 - exponent, -_EXPONENTS), rounding)
        return float(np.copysign(np.inf, value)) if plainly else 0.0

    def _outside(
        self, tally: Tally, block: Block, x: NDArray[Any], got: NDArray[Any], stretch: Stretch
    ) -> NDArray[np.int64]:
        """Where there is no truth every finite result is wrong, and has no distance."""
        if stretch.region != Region.OUTSIDE or (self._flushes and abs(float(x[stretch.start])) < self.fmt.min_normal):
            return np.arange(stretch.start, stretch.stop)
        accepted = np.isfinite(got[stretch.start : stretch.stop])
        count, wrong = len(accepted), int(np.count_nonzero(accepted))
        tally.counts[Region.OUTSIDE, Failure.NONE] += count - wrong
        tally.unusable[Region.OUTSIDE] += wrong
        self._vouch(tally, TIER_PIECEWISE, count)
        if wrong:
            self._failed_alike(tally, block, stretch, accepted, Failure.OUTSIDE_ACCEPTED)
        return np.zeros(0, np.int64)

    def _failed_alike(
        self, tally: Tally, block: Block, stretch: Stretch, failed: NDArray[np.bool_], code: Failure
    ) -> None:
        """These places of the stretch, one at least, fail in one way and have no distance."""
        first = stretch.start + int(np.argmax(failed))
        last = stretch.stop - 1 - int(np.argmax(failed[::-1]))
        slot = (int(stretch.region), int(code))
        tally.counts[slot] += int(np.count_nonzero(failed))
        tally.extreme("fail_worst", slot, 0.0, block.first + first)
        ends = ordinals_of(block.first + np.array([first, last]), self.fmt)
        tally.span(slot, int(ends[0]), int(ends[1]))
        tally.near(slot, ends, block.first + np.array([first, last]), self._one)

    @staticmethod
    def _not_a_number(tally: Tally, got: NDArray[Any], stretch: Stretch) -> NDArray[np.int64]:
        """Not a number in, not a number out."""
        right = np.isnan(got[stretch.start : stretch.stop])
        count = int(np.count_nonzero(right))
        tally.counts[int(stretch.region), Failure.NONE] += count
        Scorer._vouch(tally, TIER_ARB, count)
        return stretch.start + np.flatnonzero(~right)

    def _general(self, tally: Tally, block: Block, x: NDArray[Any], reply: Reply, places: NDArray[np.int64]) -> None:
        """Score these places as a comparison does."""
        values = x[places]
        region = regions_of(values, self.fmt, self.frame)
        measure = self.case.score(self.quantity, values, region, part_of(reply, places, len(x)))
        patterns = block.first + places
        ordinals = ordinals_of(patterns, self.fmt)
        open_there = np.flatnonzero(measure.failures == Failure.UNDECIDED)
        unclaimed = open_there[self.truth.unclaimed(values[open_there])]
        tally.unclaimed += np.bincount(region[unclaimed], minlength=len(tally.unclaimed))
        for one in np.unique(region):
            chosen = np.flatnonzero(region == one)
            tally.absorb(
                int(one),
                patterns[chosen],
                ordinals[chosen],
                measure.failures[chosen],
                measure.usable[chosen],
                measure.distances.ulp[chosen],
                measure.distances.nats[chosen],
                self.quantity in LOG_QUANTITIES,
                self._one,
            )
        tally.tiers += np.bincount(measure.truth.tier, minlength=len(tally.tiers))
        tally.certificates += np.bincount(measure.truth.certificate, minlength=len(tally.certificates))
        finite = np.isfinite(values.astype(np.float64)) & (region != Region.OUTSIDE)
        bad = np.flatnonzero(~measure.usable & finite)
        tally.note_unusable(ordinals[bad], self.centre)
        gone = ~measure.usable & (measure.failures != Failure.PRECISION_LOST)
        lost = np.where(gone, np.inf, measure.distances.ulp)
        known = np.flatnonzero(finite & ~np.isnan(lost))
        np.maximum.at(tally.curve, curve_bins(values[known], self.fmt), lost[known])

    @staticmethod
    def _vouch(tally: Tally, tier: int, count: int) -> None:
        tally.tiers[tier] += count
        tally.certificates[Certificate.CERTIFIED] += count

    def _at_jump(self, block: Block, stretch: Stretch) -> bool:
        ends = ordinals_of(block.first + np.array([stretch.start, stretch.stop - 1]), self.fmt)
        low, high = int(ends.min()), int(ends.max())
        return any(low <= jump + JUMP_ORDINALS and high >= jump - JUMP_ORDINALS for jump in self._jumps)

    def _codomain(self) -> tuple[float, float]:
        found = self.case.declared.codomain(self.quantity)
        if found is None:
            return -np.inf, np.inf
        with np.errstate(over="ignore"):
            low, high = np.asarray(found, np.float64).astype(self.fmt.dtype).astype(np.float64)
        return float(low), float(high)


def _ends(x: NDArray[Any], stretch: Stretch) -> NDArray[np.float64]:
    """The first and the last input of the stretch."""
    return x[[stretch.start, stretch.stop - 1]].astype(np.float64)


def centre_of(frame: Frame, fmt: Format) -> int:
    """The ordinal from which a safe range extends: the middle of the ordinary inputs."""
    return _ordinal(0.5 * (frame.ordinary_low + frame.ordinary_high), fmt)


def _ordinal(value: float, fmt: Format) -> int:
    with np.errstate(over="ignore"):
        rounded = np.asarray([value]).astype(fmt.dtype)
    if not np.isfinite(rounded.astype(np.float64))[0]:
        return infinity_ordinal(fmt) * (1 if value > 0 else -1)
    return int(to_ordinal(rounded, fmt)[0])


def part_of(reply: Reply, places: NDArray[np.int64] | slice, rows: int) -> Reply:
    """What a reply of ``rows`` rows says of these."""
    values = reply.values
    if values is not None and values.ndim and len(values) == rows:
        values = values[places]
    fate = None if reply.fate is None else reply.fate[places]
    return Reply(reply.status, values, fate, reply.message)
