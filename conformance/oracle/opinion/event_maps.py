"""mpmath's side of a map of events: Jacobians by complex steps in the charts of its spaces, inverses by Newton's
iteration, coordinate by coordinate or all at once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from conformance.definitions.spaces import Shape
from conformance.definitions.transforms.definition import TransformDefinition
from conformance.oracle.opinion.mp_numbers import CannotCompute
from conformance.oracle.opinion.scalar_maps import ITERATIONS, ScalarMaps


class EventMaps(ScalarMaps):
    """See ``ScalarMaps``."""

    def _jacobian(self, transform: TransformDefinition, x: Sequence[Any], shape: Shape) -> Any:
        """By complex steps in the coordinates of the source; those of the target are its rows."""
        ctx = self.ctx
        source, target = transform.source_at(shape), transform.target_at(transform.output_event(shape))
        coordinates = [x[index] for index in source.free]
        jacobian = ctx.matrix(len(target.free), len(coordinates))
        for j, at in enumerate(coordinates):
            h = self._step(at)
            moved = [ctx.mpc(v, h) if i == j else v for i, v in enumerate(coordinates)]
            outputs = transform.forward(self.ns, source.completed(self.ns, moved))
            for i, index in enumerate(target.free):
                jacobian[i, j] = ctx.im(outputs[index]) / h
        return jacobian

    def _log_det(self, transform: TransformDefinition, x: Sequence[Any], shape: Shape) -> Any:
        if not transform.has_log_det:
            raise CannotCompute("a map that is no injection has no log-det")
        ctx = self.ctx
        source, target = transform.source_at(shape), transform.target_at(transform.output_event(shape))
        jacobian = self._jacobian(transform, x, shape)
        n = jacobian.rows
        if all(not jacobian[i, j] for i in range(n) for j in range(i + 1, n)):
            determinant = ctx.fprod(jacobian[i, i] for i in range(n))
        else:
            determinant = ctx.det(jacobian)
            self.noise += 1  # What cancelled in it may be as large as its logarithm is small.
        if not determinant:
            raise CannotCompute("the determinant underflows even here")
        total = ctx.log(abs(determinant))
        for space, entries, sign in ((target, transform.forward(self.ns, list(x)), 1), (source, list(x), -1)):
            volume = space.log_volume(self.ns, entries)
            if volume is not None:
                total += sign * volume
        return total

    def _solve_vector(self, transform: TransformDefinition, y: Sequence[Any], shape: Shape) -> list[Any]:
        """x with f(x) = y: coordinate by coordinate where output i depends on x_0 .. x_i only, else all at once."""
        if transform.one_sided:
            return list(transform.inverse_candidate(self.ns, list(y)))
        inner = transform.input_event(shape)
        source, target = transform.source_at(inner), transform.target_at(shape)
        guess = transform.inverse_candidate(self.ns, list(y))
        # 16 digits of it: the iteration has to earn the rest.
        start = [self.ctx.mpf(float(self.ctx.re(guess[index]))) for index in source.free]
        goal = [y[index] for index in target.free]
        slopes = self._jacobian(transform, source.completed(self.ns, start), inner)
        n = len(start)
        if any(slopes[i, j] for i in range(n) for j in range(i + 1, n)):
            return list(source.completed(self.ns, self._all_at_once(transform, start, goal, inner)))
        found: list[Any] = []
        for i in range(n):
            later = [self.ctx.zero] * (n - i - 1)

            def output(x: Any, i: int = i, later: list[Any] = later) -> Any:
                return transform.forward(self.ns, source.completed(self.ns, [*found, x, *later]))[target.free[i]]

            root = self._newton(output, goal[i], start[i])
            if root is None:
                raise CannotCompute("Newton's iteration found no root")
            found.append(root)
        return list(source.completed(self.ns, found))

    def _all_at_once(self, transform: TransformDefinition, at: list[Any], goal: list[Any], shape: Shape) -> list[Any]:
        """Newton's iteration for the whole system, until a step no longer moves it and what is left is as small."""
        ctx = self.ctx
        source, target = transform.source_at(shape), transform.target_at(transform.output_event(shape))
        for _ in range(ITERATIONS):
            entries = source.completed(self.ns, at)
            outputs = transform.forward(self.ns, entries)
            off = ctx.matrix([outputs[index] - wanted for index, wanted in zip(target.free, goal, strict=True)])
            try:
                move = ctx.lu_solve(self._jacobian(transform, entries, shape), off)
            except ZeroDivisionError:
                raise CannotCompute("the Jacobian is singular") from None
            at = [v - step for v, step in zip(at, move, strict=True)]
            if all(abs(step) <= self._share(v, 0.7, 0.9) for v, step in zip(at, move, strict=True)):
                return at
        raise CannotCompute("Newton's iteration found no root")
