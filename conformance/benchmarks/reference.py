"""How much faster one compiled loop is than the reference's own NumPy, with the same bits: ``ci/bench reference``.

Float32, one process, one core, processor time. Half a million floats of every size, neighbours together, are asked for
at once, which is what a sweep does and what the reference compiles a loop for, and again in parts, which NumPy does,
operation by operation. The making of the loop is timed apart.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Sequence
from statistics import median
from typing import Any

import numpy as np
from numpy.typing import NDArray

from adapters.interface import evaluate
from adapters.interface.quantities import TRANSFORM_QUANTITIES
from adapters.numpy import Adapter
from adapters.numpy.bound import MANY, NumpyTransform
from conformance.benchmarks.catalogue import chosen, mistake

_PARTS = 1 << 3
_NEIGHBOURS = 1 << 10


def floats(seed: int) -> NDArray[np.float32]:
    """MANY floats, a thousand neighbours at a time as a sweep has them: half of the places have any bits, a quarter are
    of ordinary size, a quarter in the unit interval."""
    generator = np.random.default_rng(seed)
    places = MANY // _NEIGHBOURS
    anywhere = generator.integers(0, 1 << 32, places // 2, dtype=np.uint32)
    ordinary = (3 * generator.standard_normal(places // 4)).astype(np.float32).view(np.uint32)
    unit = generator.random(places // 4).astype(np.float32).view(np.uint32)
    first = np.concatenate([anywhere, ordinary, unit])
    return (first[:, np.newaxis] + np.arange(_NEIGHBOURS, dtype=np.uint32)).ravel().view(np.float32)


def _timed(function: Callable[[], Any]) -> tuple[Any, float]:
    began = time.process_time()
    found = function()
    return found, time.process_time() - began


def measure(subject: str, quantity: str, values: NDArray[np.float32]) -> tuple[float, float, float, int] | None:
    """Floats a second by the loop and by NumPy, the seconds that the loop took to make, and how many bits differ; None
    where there is no loop."""
    bound = Adapter().transform(subject, "float32")
    assert isinstance(bound, NumpyTransform)
    there, making = _timed(lambda: bound.has_loop(quantity))
    if not there:
        return None
    at_once, loop = _timed(lambda: evaluate(bound, quantity, values))
    parts, plain = _timed(lambda: [evaluate(bound, quantity, part) for part in np.split(values, _PARTS)])
    in_parts = np.concatenate(parts)
    differ = (at_once.view(np.uint32) != in_parts.view(np.uint32)) & ~(np.isnan(at_once) & np.isnan(in_parts))
    return len(values) / loop, len(values) / plain, making, int(np.count_nonzero(differ))


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the table, and a line about all of it; 1 where bits differ or no function has a loop, else 0. SystemExit of
    2, with one line on standard error, for what makes no sense."""
    parser = argparse.ArgumentParser(prog="ci/bench reference", description=__doc__)
    parser.add_argument("which", nargs="*", default=["maps"], help="maps, or subjects of the catalogue")
    given = parser.parse_args(arguments)
    wrong = mistake(given.which, [], 1)
    cells = [] if wrong else list(chosen(given.which, TRANSFORM_QUANTITIES))
    if not cells:
        wrong = wrong or f"nothing of {' '.join(given.which)} is a map of numbers (conformance list)"
        parser.exit(2, f"{parser.prog}: {wrong}\n")
    print(f"{'M floats/s':>10}{'/ NumPy':>9}{'making, s':>11}{'other bits':>12}  function")
    values, ratios, rates, others = floats(1), [], [], 0
    for subject, quantity in cells:
        name, measured = f"{quantity} of {subject}", measure(subject, quantity, values)
        if measured is None:
            print(f"{'no loop':>42}  {name}", flush=True)
            continue
        loop, plain, making, differ = measured
        rates.append(loop)
        ratios.append(loop / plain)
        others += differ
        print(f"{loop / 1e6:>10,.1f}{loop / plain:>9,.1f}{making:>11.2f}{differ:>12,}  {name}", flush=True)
    if not rates:
        print("\nno function has a compiled loop: is numba installed (the extra fast)?")
        return 1
    hours = sum(2**32 / rate for rate in rates) / 3600
    print(
        f"\n{len(rates)} functions: median {median(rates) / 1e6:,.0f} M floats a second, {median(ratios):,.1f} times "
        f"NumPy's (median); every float of all of them would take {hours:,.1f} hours of one core"
    )
    return 1 if others else 0


if __name__ == "__main__":
    raise SystemExit(main())
