"""What follows mechanically from a vector transform's forward map: values, certified inverse, log|det J|.

log|det J| is that of chart_out o f o chart_in^-1, whatever shapes the events have: dual numbers over the coordinates of
the source, the coordinates of the target among the outputs, a determinant, and the density of the base measures where
they are not Lebesgue. Where every entry is mapped by itself it is the sum of the scalar parts' own log|f'|.
"""

from __future__ import annotations

from collections.abc import Sequence

from flint import arb

from conformance.definitions.spaces import Shape
from conformance.definitions.transforms.definition import TransformDefinition
from conformance.oracle.numbers.balls import BallNumbers
from conformance.oracle.numbers.duals import DualNumbers, log_abs_det, variables
from conformance.oracle.pointwise import jets
from conformance.oracle.pointwise.vector_inverse import certified_inverse

BALLS = BallNumbers()
DUALS = DualNumbers()


def values_at(definition: TransformDefinition, x: Sequence[arb], shape: Shape) -> list[arb]:
    """Enclosures of every entry of f over the balls ``x``, the entries of an event of ``shape``."""
    if definition.kind == "chain":
        at = list(x)
        for part in definition.parts:
            at = values_at(part, at, shape)
            shape = part.output_event(shape)
        return at
    if definition.kind == "inverse":
        return inverse_values_at(definition.parts[0], x, shape)
    if definition.kind == "entrywise":
        return [jets.value_at(part, v) for part, v in zip(definition.each(len(x)), x, strict=True)]
    return list(definition.forward(BALLS, x))


def inverse_values_at(definition: TransformDefinition, y: Sequence[arb], shape: Shape) -> list[arb]:
    """Certified balls that contain the inverse at ``y``, of ``shape``; nan where this precision proves none."""
    if definition.kind == "chain":
        at = list(y)
        for part in reversed(definition.parts):
            at = inverse_values_at(part, at, shape)
            shape = part.input_event(shape)
        return at
    if definition.kind == "inverse":
        return values_at(definition.parts[0], y, shape)
    if definition.kind == "entrywise":
        return [jets.inverse_at(part, v) for part, v in zip(definition.each(len(y)), y, strict=True)]
    if definition.one_sided:
        return list(definition.inverse_candidate(BALLS, y))
    return certified_inverse(definition, y, shape)


def log_det_at(definition: TransformDefinition, x: Sequence[arb], shape: Shape) -> arb:
    """An enclosure of log|det J_f| over the balls ``x``, with respect to the base measures of source and target."""
    if definition.kind == "chain":
        total, at = arb(0), list(x)
        for part in definition.parts:
            total += log_det_at(part, at, shape)
            at = values_at(part, at, shape)
            shape = part.output_event(shape)
        return total
    if definition.kind == "inverse":
        part, inner = definition.parts[0], definition.output_event(shape)
        return -log_det_at(part, inverse_values_at(part, x, shape), inner)
    if definition.kind == "entrywise":
        return sum((jets.jet_at(part, v).log_slope for part, v in zip(definition.each(len(x)), x, strict=True)), arb(0))
    source, target = definition.source_at(shape), definition.target_at(definition.output_event(shape))
    entries = source.completed(DUALS, variables([x[index] for index in source.free]))
    outputs = definition.forward(DUALS, entries)
    total = log_abs_det([getattr(outputs[index], "slopes", {}) for index in target.free])
    values = [getattr(output, "value", output) for output in outputs]
    for space, at, sign in ((target, values, 1), (source, list(x), -1)):
        volume = space.log_volume(BALLS, at)
        if volume is not None:
            total += sign * volume
    return total


def inverse_log_det_at(definition: TransformDefinition, y: Sequence[arb], shape: Shape) -> arb:
    """An enclosure of log|det| of the inverse map at ``y``: minus the forward one at the certified inverse."""
    if definition.kind == "inverse":
        return log_det_at(definition.parts[0], y, shape)
    if definition.kind == "entrywise":
        each = definition.each(len(y))
        return sum((jets.inverse_jet_at(part, v).log_slope for part, v in zip(each, y, strict=True)), arb(0))
    return -log_det_at(definition, inverse_values_at(definition, y, shape), definition.input_event(shape))
