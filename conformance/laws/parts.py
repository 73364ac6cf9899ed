"""The parts that a value meets on its way through a composite, and what each of them answers there by itself.

What a law asks of a composite it may ask of the parts in the same way, at what they are really handed: the smallest
part that does the same is to blame.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from adapters.interface.quantities import TAILS, variable
from adapters.interface.spec import Spec
from conformance.definitions.registry import entries_of, is_distribution
from conformance.laws.measure import Measure

Rows = NDArray[Any]
Ask = Callable[[Spec, str, Rows], Measure | None]
"""(part, quantity, its inputs) -> what it answers there; None where it has no answer of the right form."""


def on_the_way(spec: Spec, quantity: str, values: Rows, ask: Ask) -> Iterator[tuple[Spec, Measure]]:
    """The parts of ``spec`` with their answers at what ``quantity`` at ``values`` hands them, as the framework's own
    answers lead from one part to the next."""
    back = variable(quantity) == "y"
    if spec.name == "independent" and is_distribution(spec):
        columns = np.moveaxis(values.reshape(len(values), -1), -1, 0)
        for part, column in zip(entries_of(spec), columns, strict=False):
            measure = ask(part, "log_prob", np.ascontiguousarray(column))
            if measure is not None:
                yield part, measure
        return
    for part in [*spec.parts][:: -1 if back else 1]:
        if is_distribution(part):
            measure = ask(part, quantity if quantity in (*TAILS, "icdf") else "log_prob", values)
            if measure is not None:
                yield part, measure
            if quantity == "icdf":
                if measure is None or len(measure.got) < values.size:
                    return
                values = measure.got[: values.size]
            continue
        behind = back != (spec.name == "inverse")
        value, log_det, other = ("inverse", "ildj", "fldj") if behind else ("forward", "fldj", "ildj")
        if spec.name == "independent":
            values = values.reshape(-1)
        slope, step = ask(part, log_det, values), ask(part, value, values)
        yield from ((part, one) for one in (step, slope) if one is not None)
        if step is None or len(step.got) < values.size:
            return
        values = step.got[: values.size].reshape(values.shape)
        turned = ask(part, other, values)
        if turned is not None:
            yield part, turned
