"""What a pool's processes are forked from has imported this module, so that none of them pays for it again."""

from __future__ import annotations

import gc

import numpy as np

import conformance.comparison.run  # noqa: F401
from conformance.oracle.piecewise.eval import compiles

if compiles():
    from conformance.oracle.piecewise import loops

    # numba's own tables of types are read when it is first asked, which takes half a second of processor time.
    empty, root = np.empty(0, np.int64), np.empty(4096, np.int32)
    loops.find(empty, root, np.empty((0, 16), np.int32), np.empty(0, np.int32))

# What was imported stays, and a collector in each of these processes would look at all of it again and again.
gc.collect()
gc.freeze()
