"""mpmath's side of a map of numbers: its values by the forward map, slopes by complex steps, inverses by Newton's
iteration on the forward map with a change of sign around the root that is found."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction
from math import inf, isfinite
from typing import Any

from adapters.interface.quantities import STATISTICS
from conformance.definitions.float_numbers import FloatNumbers
from conformance.definitions.transforms.definition import TransformDefinition
from conformance.oracle.opinion.mp_numbers import CannotCompute, MpNumbers, power_of_ten

MOST_DIGITS = 2500
ITERATIONS = 80
_RUNG_ITERATIONS = 12
_DOUBLINGS, _HALVINGS = 1 << 15, 24
"""Powers of two within which a start is looked for, and halvings after that: Newton's iteration doubles the digits."""
_ENOUGH_DIGITS = 1000
"""At this precision a slope within 10**-400 of 1 may count as 1: its logarithm is below every format."""


class TooShort(Exception):
    """The working precision cannot tell a slope from 1, nor its logarithm from 0, nor what cancelled from its error."""


class ScalarMaps:
    """At so many digits. ``noise`` is the size of what cancelled on the way to an answer: mpmath knows it to half of
    its digits, but for 20. CannotCompute where more than MOST_DIGITS would be needed, TooShort where these are too few.
    """

    def __init__(self, quantity: str, digits: int) -> None:
        if digits > MOST_DIGITS:
            raise CannotCompute(f"{digits} digits would be needed")
        self.ns = MpNumbers(digits)
        self.ctx = self.ns.ctx
        self.quantity = quantity
        self.noise = self.ctx.zero

    def _step(self, x: Any) -> Any:
        """Far below the distance to any singularity that the working precision was raised for."""
        ctx = self.ctx
        return ctx.mpf(10) ** -(int(ctx.dps) // 2) * min(ctx.one, abs(x) if x else ctx.one) / (1 + x * x)

    def _forward(self, transform: TransformDefinition, x: Any) -> Any:
        """f(x), with Newton's iteration in place of every inverse part's closed form."""
        if transform.kind == "chain":
            for part in transform.parts:
                x = self._forward(part, x)
            return x
        return self._solve(transform.parts[0], x) if transform.kind == "inverse" else transform.forward(self.ns, x)

    def _log_slope(self, transform: TransformDefinition, x: Any) -> Any:
        if transform.kind == "inverse":
            part = transform.parts[0]
            return -self._log_slope(part, self._solve(part, x))
        if transform.kind == "chain":
            total = self.ctx.zero
            for part in transform.parts:
                log_slope = self._log_slope(part, x)
                self.noise += abs(log_slope)
                total += log_slope
                x = self._forward(part, x)
            return total
        h = self._step(x)
        slope = abs(self.ctx.im(transform.forward(self.ns, self.ctx.mpc(x, h))) / h)
        if not slope:
            raise CannotCompute("the derivative underflows even here")
        digits = int(self.ctx.dps)
        # In an average the logarithm counts by its size, and not by its digits.
        by_digits = self.quantity not in STATISTICS and digits < _ENOUGH_DIGITS
        if by_digits and abs(slope - 1) < self.ctx.mpf(10) ** (-0.4 * digits):
            raise TooShort
        return self.ctx.log(slope)

    def _solve(self, transform: TransformDefinition, y: Any) -> Any:
        """x with f(x) = y, through the forward maps of the parts."""
        if transform.kind == "chain":
            for part in reversed(transform.parts):
                y = self._solve(part, y)
                self.noise += abs(y)
            return y
        if transform.kind == "inverse":
            return transform.parts[0].forward(self.ns, y)
        for starts in (self._starts, self._halved):
            for start in starts(transform, y):
                root = self._newton(lambda x: transform.forward(self.ns, x), y, start)
                if root is not None:
                    return root
        return self._end_of_domain(transform, y)

    def _end_image(self, transform: TransformDefinition, at: Any, back: bool = False) -> Any:
        """f(at), or its inverse where ``back``, ``at`` within the domain or an end of it, where it is the limit: what
        is declared of each part's domain and codomain. CannotCompute where those ends are no numbers."""
        if transform.kind == "inverse":
            return self._end_image(transform.parts[0], at, not back)
        if transform.kind == "chain":
            for part in reversed(transform.parts) if back else transform.parts:
                at = self._end_image(part, at, back)
            return at
        home, image = (transform.codomain, transform.domain) if back else (transform.domain, transform.codomain)
        for end, low in ((home.lo, True), (home.hi, False)):
            if at == self._number(end):
                if not (home.exact and image.exact):
                    raise CannotCompute("an end that is no number")
                return self._number(image.lo if low == transform.increasing else image.hi)
        return self._solve(transform, at) if back else self._forward(transform, at)

    def _number(self, end: float | Fraction) -> Any:
        return self.ctx.mpf(end.numerator) / end.denominator if isinstance(end, Fraction) else self.ctx.mpf(end)

    def _starts(self, transform: TransformDefinition, y: Any) -> Iterator[Any]:
        """Where the iteration begins; none is trusted, since the root has to show a change of sign."""
        try:
            start = float(transform.inverse_candidate(FloatNumbers(), float(y)))
            if isfinite(start):
                yield start
        except (OverflowError, ValueError, ZeroDivisionError):
            pass
        try:
            yield self.ctx.re(transform.inverse_candidate(self.ns, y))
        except (CannotCompute, ValueError, ZeroDivisionError):
            return

    def _halved(self, transform: TransformDefinition, y: Any) -> Iterator[Any]:
        """Where the map passes y, to some digits, by nothing but its being monotone: between distances from the ends of
        the domain, or from 0, that double, and then by halves."""
        if transform.increasing is None:
            return

        def beyond(x: Any) -> bool | None:
            try:
                value = transform.forward(self.ns, x)
            except (ArithmeticError, ValueError):  # What no precision holds lies outwards.
                return None
            return None if self.ctx.im(value) else bool((value > y) == transform.increasing)

        low, high = -_DOUBLINGS, _DOUBLINGS
        while high - low > 1:
            middle = (low + high) // 2
            found = beyond(self._spread(transform, middle))
            low, high = (low, middle) if (middle > 0 if found is None else found) else (middle, high)
        ends = [self._spread(transform, low), self._spread(transform, high)]
        for _ in range(_HALVINGS):
            middle = (ends[0] + ends[1]) / 2
            ends[bool(beyond(middle))] = middle
        yield (ends[0] + ends[1]) / 2

    def _spread(self, transform: TransformDefinition, place: int) -> Any:
        """A point of the domain, rising with ``place`` from -_DOUBLINGS to _DOUBLINGS."""
        ctx, (lo, hi) = self.ctx, (transform.domain.lo, transform.domain.hi)
        if lo == -inf and hi == inf:
            return ctx.sign(place) * ctx.ldexp(ctx.one, abs(place) - _DOUBLINGS // 2)
        if lo == -inf or hi == inf:
            return self._number(lo) + ctx.ldexp(1, place) if hi == inf else self._number(hi) - ctx.ldexp(1, -place)
        width = (self._number(hi) - self._number(lo)) / 2
        inner = ctx.ldexp(width, -abs(place))
        return self._number(hi) - inner if place > 0 else self._number(lo) + inner

    def _newton(self, f: Callable[[Any], Any], y: Any, start: Any) -> Any:
        """A root of f = y with a change of sign close around it, or None.

        The first digits are found at a lower precision, where they cost little. Nothing rests on them: a root has to
        show its change of sign at the full one, and where that fails the iteration begins anew at ``start``.
        """
        neared = self._neared(f, y, self.ctx.mpf(start))
        root = None if neared is None else self._iterated(f, y, neared)
        return self._iterated(f, y, self.ctx.mpf(start)) if root is None else root

    def _neared(self, f: Callable[[Any], Any], y: Any, x: Any) -> Any:
        """Where the iteration settles at a quarter and then at half of the digits, or None."""
        digits = int(self.ctx.dps)
        for rung in (digits // 4, digits // 2):
            with self.ctx.workdps(rung):
                for _ in range(_RUNG_ITERATIONS):
                    try:
                        move = self._move(f, y, x)
                    except (ArithmeticError, ValueError):  # So few digits may round a denominator to 0.
                        return None
                    if move is None:
                        return None
                    x -= move
                    if abs(move) <= self._share(x, 0.35, 0.45):
                        break
                else:
                    return None
        return x

    def _iterated(self, f: Callable[[Any], Any], y: Any, x: Any) -> Any:
        """Newton's iteration from x until there is a change of sign, or nothing moves any more."""
        for _ in range(ITERATIONS):
            move = self._move(f, y, x)
            if move is None:
                return None
            x -= move
            settled = abs(move) <= self._share(x, 0.7, 0.9)
            # The error is now of the size of the square of this step.
            if settled or abs(move) <= self._share(x, 0.35, 0.45):
                if self._crosses(f, y, x):
                    return x
                if settled:
                    return None
        return x if self._crosses(f, y, x) else None

    def _move(self, f: Callable[[Any], Any], y: Any, x: Any) -> Any:
        """One step of the iteration, or None where it leads nowhere."""
        ctx, h = self.ctx, self._step(x)
        try:
            slope = ctx.im(f(ctx.mpc(x, h))) / h
            if not slope or not ctx.isfinite(slope):
                return None
            value = f(x)
        except ArithmeticError:  # CannotCompute, and a pole
            return None
        return None if ctx.im(value) else (value - y) / slope  # complex: it left the domain

    def _crosses(self, f: Callable[[Any], Any], y: Any, x: Any) -> bool:
        """Whether f - y changes its sign close around x: as close as x is known, and where that is nearer to 0 than the
        working precision counts, perhaps 0, as close as that."""
        nearest = abs(x) * self.ctx.mpf(power_of_ten(-0.6 * int(self.ctx.dps), self.ctx.prec))
        return any(self._crosses_within(f, y, x, near) for near in {nearest, self._share(x, 0.6, 0.85)} if near)

    def _crosses_within(self, f: Callable[[Any], Any], y: Any, x: Any, near: Any) -> bool:
        try:
            below, above = f(x - near) - y, f(x + near) - y
        except ArithmeticError:
            return False
        real = not self.ctx.im(below) and not self.ctx.im(above)
        return bool(real and below * above <= 0)

    def _share(self, x: Any, relative: float, absolute: float) -> Any:
        """These shares of the working digits of x, and of 1."""
        ctx, digits = self.ctx, int(self.ctx.dps)
        of_x, of_one = (ctx.mpf(power_of_ten(-share * digits, ctx.prec)) for share in (relative, absolute))
        return max(abs(x) * of_x, of_one)

    def _end_of_domain(self, transform: TransformDefinition, y: Any) -> Any:
        """A finite end of the domain (or of the branch), where ``y`` is the end of the codomain that it tends to."""
        ctx = self.ctx
        near = ctx.mpf(10) ** -(ctx.dps // 2)
        ends = [transform.domain.lo, transform.domain.hi] if transform.bijective else [0]
        at_end = y in (transform.codomain.lo, transform.codomain.hi)
        for end, side in zip(ends, (1, -1), strict=False):
            if abs(end) == inf or not at_end:
                continue
            at = self._number(end)
            if abs(ctx.re(transform.forward(self.ns, at + side * near)) - y) <= ctx.mpf(10) ** -20:
                return at
        raise CannotCompute("Newton's iteration found no root")
