"""Score one stretch of float32 results against one polynomial, in a compiled loop: oracle and verdict together.

The verdicts are those of ``conformance.scoring`` (distances, classify, usable), point for point: the tests compare
them. Whatever is rare or close to a limit (a truth near the overflow threshold, a distance within 2**-20 of what is
allowed, a value too near a zero of the polynomial) is handed back for that general path.
"""

from __future__ import annotations

import numpy as np

from conformance.oracle.piecewise.loops import compiled
from conformance.scoring.failures import BEYOND, NATS_WRONG, RELATIVE_WRONG, Failure
from conformance.sweeps.tally import BINS, LOWEST_OCTAVE

_TILE = 1024
_NONE = int(Failure.NONE)
_NAN = int(Failure.SPURIOUS_NAN)
_INF = int(Failure.SPURIOUS_INF)
_EARLY = int(Failure.EARLY_OVERFLOW)
_FLUSHED = int(Failure.FLUSHED_TO_ZERO)
_SIGN = int(Failure.WRONG_SIGN)
_ESCAPED = int(Failure.OUT_OF_CODOMAIN)
_LOST = int(Failure.PRECISION_LOST)
_WRONG = int(Failure.VALUE_WRONG)
_NATS_WRONG = float(NATS_WRONG)
_RELATIVE_WRONG = float(RELATIVE_WRONG)
_LOWEST_KEY = (1023 + LOWEST_OCTAVE) << 3
_BEYOND = float(BEYOND)
_MANY_LOST = 2.0**8 - 1.0
_CLOSE = 2.0**-20
_SLOW = -1
_NOTHING = int(np.float64(-1.0).view(np.int64))
_INFINITE = int(np.float64(np.inf).view(np.int64))


@compiled(error_model="numpy")
def score_stretch(  # type: ignore[no-untyped-def]
    x, got, words, place, floats, rules, slow, histogram, counts, fail_worst, fail_at, fail_first, fail_last, worst, at
):
    """Score ``got`` at ``x`` (float32, consecutive floats of one piece); the number of indices put into ``slow``.

    place: (centre, scale, power of two of the value, bound, least) of the piece, ``words`` its coefficients. floats:
    (precision, exponent of the least subnormal, least normal number, 2**(emax + 1), emax // 2) of the format. rules:
    (ulp, nats, granted condition, 1 for a log-quantity, lowest and highest possible result, 1 where subnormals are
    flushed, 1 where the terms of a sum count, which the general path knows, and what is right where a positive and
    where a negative subnormal input is flushed). Added to: histogram, counts (by code).
    Kept by code: fail_worst (nats of a log-quantity, else ulp) with its index fail_at, and the indices of the first and
    the last failure. worst: (sum of finite ulp, worst ulp, worst nats, unusable, 1 where a failure is more than lost
    bits); at: indices of worst ulp, worst nats, first and last unusable; -1 for none.
    """
    centre, scale, power, bound, least = place
    precision, lowest, min_normal = floats[0], floats[1], floats[2]
    enough = rules[0] * 0.999
    is_log, low, high, flushes = rules[3] > 0, rules[4], rules[5], rules[6] > 0
    n = words.size
    t = np.empty(_TILE)
    p = np.empty(_TILE)
    d = np.empty(_TILE)
    value = np.empty(_TILE)
    nats = np.empty(_TILE)
    ulp = np.empty(_TILE)
    reach_bits, ulp_bits, nats_bits = d.view(np.int64), ulp.view(np.int64), nats.view(np.int64)
    unit_bits = np.empty(_TILE, np.int64)
    per_unit = unit_bits.view(np.float64)
    bins = np.zeros((4, BINS), np.int64)
    shift = int(precision) + 1022
    floor = int(lowest)
    slow_count = 0
    simple = is_log and not flushes and rules[7] == 0.0
    slack = bound * power
    known = np.empty(_TILE, np.bool_)
    total = 0.0
    tops = np.array([-1.0, -1.0])
    top_bits = tops.view(np.int64)
    for start in range(0, x.size, _TILE):
        size = min(_TILE, x.size - start)
        # Horner's scheme, three steps to a pass over the tile: the order of operations is the same.
        left = n - 1
        for i in range(size):
            t[i] = (np.float64(x[start + i]) - centre) * scale
            p[i] = words[left]
        while left >= 3:
            c2, c1, c0 = words[left - 1], words[left - 2], words[left - 3]
            left -= 3
            for i in range(size):
                p[i] = ((p[i] * t[i] + c2) * t[i] + c1) * t[i] + c0
        while left >= 1:
            left -= 1
            c0 = words[left]
            for i in range(size):
                p[i] = p[i] * t[i] + c0
        # Where the value may be a power of two the unit is the larger one.
        for i in range(size):
            value[i] = p[i] * power
            d[i] = abs(value[i]) + slack
        for i in range(size):
            exponent = (reach_bits[i] >> 52) - shift
            unit_bits[i] = (1023 - max(exponent, floor)) << 52
        right = 0
        for i in range(size):
            g = np.float64(got[start + i])
            nats[i] = abs(g - value[i])
            ulp[i] = nats[i] * per_unit[i]
            fine = (ulp[i] <= enough) & (g >= low) & (g <= high) & (abs(p[i]) >= least)
            right += fine & ((not flushes) | (abs(value[i]) >= min_normal))
        counts[_NONE] += right
        if right < size:
            # The slopes of the whole tile, in the order of operations of the piecewise evaluator.
            for i in range(size):
                d[i] = 0.0
                value[i] = 0.0
            left = n
            while left >= 2:
                c1, c0 = words[left - 1], words[left - 2]
                left -= 2
                for i in range(size):
                    upper = value[i] * t[i] + c1
                    d[i] = (d[i] * t[i] + value[i]) * t[i] + upper
                    value[i] = upper * t[i] + c0
            if left == 1:
                for i in range(size):
                    d[i] = d[i] * t[i] + value[i]
                    value[i] = value[i] * t[i] + words[0]
            # Most of what is not plainly right is a log-quantity that lost bits and can be used: told apart in bulk.
            for i in range(size):
                v = abs(p[i] * power)
                slope = abs(np.float64(x[start + i]) * scale * d[i])
                allowed = rules[0] * (1.0 + rules[2] * (slope / abs(p[i])) * min(1.0, v / min_normal))
                lost = ulp[i] > allowed * (1.0 + _CLOSE) + 2.0 * bound * power * per_unit[i]
                lost &= nats[i] <= rules[1] * max(1.0, v) * (1.0 - _CLOSE)
                known[i] = simple & lost & (abs(p[i]) >= least) & (p[i] != 0.0) & (v < 0.25 * floats[3])
            for i in range(size):
                if known[i]:
                    counts[_LOST] += 1
                    far = nats[i]
                    if far > fail_worst[_LOST]:
                        fail_worst[_LOST] = far
                        fail_at[_LOST] = start + i
                    if fail_first[_LOST] < 0:
                        fail_first[_LOST] = start + i
                    fail_last[_LOST] = start + i
                    continue
                g = np.float64(got[start + i])
                v = p[i] * power
                fine = (ulp[i] <= enough) & (g >= low) & (g <= high) & (abs(p[i]) >= least)
                if fine and (not flushes or abs(v) >= min_normal):
                    continue
                here = np.float64(x[start + i])
                code, u, off = _judge(
                    here, g, p[i], v, ulp[i], nats[i], abs(here * scale * d[i]), bound * power * per_unit[i], n, least,
                    floats, rules,
                )  # fmt: skip
                ulp[i], nats[i] = u, off
                if code == _SLOW:
                    slow[slow_count] = start + i
                    slow_count += 1
                    continue
                counts[code] += 1
                if code != _NONE:
                    far = off if is_log else u
                    if far > fail_worst[code]:
                        fail_worst[code] = far
                        fail_at[code] = start + i
                    if fail_first[code] < 0:
                        fail_first[code] = start + i
                    fail_last[code] = start + i
                    small = is_log and (code == _LOST or code == _FLUSHED)  # noqa: SIM109 - compiled
                    usable = small and off <= rules[1] * max(1.0, abs(v))
                    if not usable:
                        worst[3] += 1
                        if at[2] < 0:
                            at[2] = start + i
                        at[3] = start + i
                        if code != _LOST:
                            worst[4] = 1.0
        # The bits of floats that are not negative order as the floats do, and the processor compares several at a time.
        highest, highest_nats = _NOTHING, _NOTHING
        for i in range(size):
            highest = max(highest, ulp_bits[i])
            highest_nats = max(highest_nats, nats_bits[i])
        if highest > top_bits[0]:
            top_bits[0] = highest
            for i in range(size - 1, -1, -1):
                if ulp_bits[i] == highest:
                    at[0] = start + i
        if highest_nats > top_bits[1]:
            top_bits[1] = highest_nats
            for i in range(size - 1, -1, -1):
                if nats_bits[i] == highest_nats:
                    at[1] = start + i
        for i in range(size):
            unit_bits[i] = min(max((ulp_bits[i] >> 49) - _LOWEST_KEY, 0), BINS - 1)
        # Points that were handed back have a distance of -1: they are counted where they are judged. Neighbours mostly
        # fall into one bin, and a counter that was just written is slow to read: four take turns.
        whole = size - (size & 3)
        for i in range(0, whole, 4):
            bins[0, unit_bits[i]] += ulp_bits[i] >= 0
            bins[1, unit_bits[i + 1]] += ulp_bits[i + 1] >= 0
            bins[2, unit_bits[i + 2]] += ulp_bits[i + 2] >= 0
            bins[3, unit_bits[i + 3]] += ulp_bits[i + 3] >= 0
        for i in range(whole, size):
            bins[0, unit_bits[i]] += ulp_bits[i] >= 0
        # Four sums, each in one order: the same bits on every machine.
        a, b, c, e = 0.0, 0.0, 0.0, 0.0
        for i in range(size):
            d[i] = ulp[i] if 0 <= ulp_bits[i] < _INFINITE else 0.0
        for i in range(0, whole, 4):
            a += d[i]
            b += d[i + 1]
            c += d[i + 2]
            e += d[i + 3]
        for i in range(whole, size):
            a += d[i]
        total += (a + b) + (c + e)
    for k in range(BINS):
        histogram[k] += bins[0, k] + bins[1, k] + bins[2, k] + bins[3, k]
    worst[0], worst[1], worst[2] = total, tops[0], tops[1]
    return slow_count


@compiled(error_model="numpy")
def _judge(x, g, p, v, u, off, slope, slack, length, least, floats, rules):  # type: ignore[no-untyped-def]
    """(code, ulp, nats) of one point that is not plainly right; _SLOW where the general path has to decide."""
    min_normal, overflow, large = floats[2], floats[3], floats[4]
    tolerance, nats_allowed, granted, is_log, low, high, flushes, terms, zero_above, zero_below = rules
    size = abs(v)
    if abs(p) < least or (p == 0.0 and length > 1):
        return _SLOW, -1.0, -1.0
    if size >= overflow * (1.0 - _CLOSE):
        right = np.isinf(g) and (g > 0.0) == (p > 0.0) and size >= overflow * (1.0 + _CLOSE)
        if right and g >= low and g <= high:
            return _NONE, 0.0, 0.0
        return _SLOW, -1.0, -1.0
    code = _NONE
    if np.isnan(g):
        code, u, off = _NAN, np.inf, np.inf
    elif np.isinf(g):
        if size >= 0.25 * overflow:
            return _SLOW, -1.0, -1.0
        same = (g > 0.0) == (p > 0.0) and p != 0.0
        code, u, off = (_EARLY if same and size >= 2.0**large else _INF), np.inf, np.inf
        if same and size < 2.0**large * 2.0 and size >= 2.0**large * 0.5:
            return _SLOW, -1.0, -1.0
    else:
        allowed = tolerance * (1.0 + (granted * (slope / abs(p)) * min(1.0, size / min_normal) if p != 0.0 else 0.0))
        if abs(u - allowed) <= _CLOSE * allowed + 2.0 * slack or not allowed < np.inf:
            return _SLOW, -1.0, -1.0
        if u <= allowed and u > 0.5 * _MANY_LOST and off > nats_allowed * max(1.0, size) * (1.0 - _CLOSE):
            # Only conditioning excuses it, and the reference may do better.
            return _SLOW, -1.0, -1.0
        if u > allowed:
            near_zero = 2.0 ** (floats[0] - 2.0)
            beyond = allowed < near_zero or u > _BEYOND * allowed
            near = abs(u - _BEYOND * allowed) <= _CLOSE * _BEYOND * allowed + 2.0 * slack
            if near or abs(allowed - near_zero) <= _CLOSE * near_zero:
                return _SLOW, -1.0, -1.0
            if is_log > 0.0:
                limit = max(_NATS_WRONG, nats_allowed) * max(1.0, size)
                harmless_limit = nats_allowed * max(1.0, size)
                close = abs(off - limit) <= _CLOSE * limit or abs(off - harmless_limit) <= _CLOSE * harmless_limit
                wrong, harmless = off > limit, off <= harmless_limit
                close |= terms > 0.0
            else:
                limit = max(_RELATIVE_WRONG * size, min_normal)
                close = abs(off - limit) <= _CLOSE * limit or terms > 0.0
                wrong, harmless = off > limit and beyond, False
            if close:
                return _SLOW, -1.0, -1.0
            code = _WRONG if wrong else _LOST
            if g != 0.0 and p != 0.0 and (g > 0.0) != (p > 0.0) and not harmless and beyond:
                code = _SIGN
    if not np.isnan(g) and (g < low or g > high):
        code = _ESCAPED
    if flushes > 0.0:
        failed = code != _NONE
        flushed = p != 0.0 and size < min_normal and (g == 0.0 or g == np.copysign(min_normal, p))
        if flushed and g == 0.0:
            if abs(u - 0.5) <= _CLOSE + 2.0 * slack:
                return _SLOW, -1.0, -1.0
            if u > 0.5:
                code = _FLUSHED
        if failed and x != 0.0 and abs(x) < min_normal:
            wanted = zero_above if x > 0.0 else zero_below
            flushed = flushed or g == wanted or (np.isnan(g) and np.isnan(wanted))
        if failed and flushed:
            code = _FLUSHED
    return code, u, off
