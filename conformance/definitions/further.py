"""Maps and laws of the catalogue in further parameters, of which a run over everything asks less.

What they show is in the values: extremes, and numbers that are no float of any format and are rounded to the one under
test before anybody is asked. A subject that is named is asked as any other.
"""

from __future__ import annotations

FURTHER_PARAMETERS = (
    "affine(loc=0.1,scale=0.001)",
    "power(exponent=1e-08)",
)
"""Small and large parameters, full-length ones, and optional parameters in the combinations that mean something."""
