"""From subject names to a framework's own source text: what the adapters of several frameworks share.

An adapter keeps one table, subject name -> template of a constructor call. Its text is evaluated to build the object
and printed in reproductions, so that the two cannot drift apart.
"""

from __future__ import annotations

import re
import string
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from adapters.interface.contract import NotOffered
from adapters.interface.spec import Spec, SpecError, Value

_PREFIX = re.compile("^(plain|int|number|axis)_")
_GIVEN = "given"
_LISTS = {"parts", "reversed"}
_FACTORS = frozenset(
    {"scale_diag", "scale_tril", "covariance_matrix", "precision_matrix", "scale_matrix", "scale_perturb_diag"}
    | {"scale_perturb_factor", "cov_diag", "cov_factor"}
)
OPTIONAL: Mapping[str, frozenset[str]] = {
    "scale": frozenset({"scale", "log_scale"}),
    "soft_clip": frozenset({"low", "high", "hinge_softness"}),
    "sigmoid": frozenset({"low", "high"}),
    "softplus": frozenset({"hinge_softness", "low"}),
    "concatenate": frozenset({"dim", "ndims"}),
    "stack": frozenset({"dim", "ndims"}),
    "location_scale": _FACTORS,
    "multivariate_normal": _FACTORS,
    "wishart": frozenset({"scale_tril", "covariance_matrix", "precision_matrix"}),
    "half_normal": frozenset({"loc"}),
    "half_cauchy": frozenset({"loc"}),
}
"""Parameters that a subject of this name may do without: a framework need not have every form of it."""
_UNTOLD: Mapping[str, frozenset[str]] = {
    # How many axes "independent" joins is said where the log-det is asked for, in frameworks without such a class.
    "independent": frozenset({"ndims"}),
    # A constructor that takes the order of the axes reads the shape off the array.
    "transpose": frozenset({"event_in"}),
    # Which half-line is meant, the input says.
    "reciprocal": frozenset({"negative"}),
}
"""Parameters of a subject that a framework's constructor need not be told."""
BATCH_AXES = "batch_axes"
"""In a constructor call: how many axes of an array stand before those of one event, which the adapter has to bind."""


def expression(
    spec: Spec, table: Mapping[str, str], number: Callable[[Any], str], part: Callable[[Spec], str], framework: str
) -> str:
    """The constructor call of ``spec`` from its template in ``table``.

    In a template ``{loc}`` is the parameter of that name as ``number`` writes it (arrays as nested lists; booleans and
    None are written plainly), ``{plain_loc}`` the same in plain Python, ``{number_loc}`` likewise where no array is
    taken, ``{int_loc}`` with whole numbers; ``{axis_dim}`` is an axis of an event as one of an array of events: a
    negative one as it is, else BATCH_AXES more; ``{0}`` is the first part as ``part`` writes it, ``{parts}`` are all
    parts and ``{reversed}`` all, last first; ``{given:low high}`` are those of these parameters that the subject has,
    as keyword arguments. A key with parameters, "softplus(hinge_softness)", is the template of the
    subjects with exactly these.
    Raises NotOffered for a name, or a choice of OPTIONAL parameters, that the table lacks; SpecError for a part or a
    parameter missing or one too many.
    """
    if spec.name not in table:
        raise NotOffered(f"{framework} has no {spec.name}")
    template = table.get(f"{spec.name}({','.join(sorted(spec.params))})", table[spec.name])
    parsed = [(name, listed) for _, name, listed, _ in string.Formatter().parse(template) if name]
    keywords = {name for field, listed in parsed if field == _GIVEN for name in (listed or "").split()}
    fields = {_PREFIX.sub("", name) for name, _ in parsed if name != _GIVEN}
    places = {name for name in fields if name.isdigit()}
    names = fields - places - _LISTS
    optional = _UNTOLD.get(spec.name, frozenset()) - names
    lacking = OPTIONAL.get(spec.name, frozenset()) & ((set(spec.params) - keywords) ^ names)
    if lacking:
        raise NotOffered(f"{framework} has no {spec.name} with {', '.join(sorted(spec.params)) or 'no parameters'}")
    if set(spec.params) - optional - keywords != names:
        raise SpecError(f"{spec}: {spec.name} takes {', '.join(sorted(names)) or 'no parameters'}")
    if (not spec.parts) if fields & _LISTS else (len(spec.parts) != len(places)):
        raise SpecError(f"{spec}: {spec.name} takes {'one or more parts' if fields & _LISTS else len(places)} part(s)")
    parts = [part(each) for each in spec.parts]
    written: dict[str, str] = {}
    values: dict[str, Any] = {_GIVEN: _Given(written)}
    for key, value in spec.params.items():
        plain = _listed(value)
        written[key] = repr(plain) if value is None or isinstance(value, bool) else number(plain)
        values |= {key: written[key], f"plain_{key}": repr(plain), f"int_{key}": repr(_whole(value))}
        if f"number_{key}" in template and isinstance(value, tuple):
            raise NotOffered(f"{framework}: {key} of {spec.name} is documented as one Python number")
        values |= {f"number_{key}": repr(plain), f"axis_{key}": _axis(value)}
    return template.format(*parts, parts=", ".join(parts), reversed=", ".join(reversed(parts)), **values)


class _Given:
    """``format(_, "low high")``: the keyword arguments among these names that were given, in this order."""

    def __init__(self, written: Mapping[str, str]) -> None:
        self._written = written

    def __format__(self, names: str) -> str:
        return ", ".join(f"{name}={self._written[name]}" for name in names.split() if name in self._written)


def _listed(value: Value) -> Any:
    return [_listed(item) for item in value] if isinstance(value, tuple) else value


def _whole(value: Value) -> Any:
    """The value with whole numbers as such; what is not whole stays as it is, for the framework to refuse."""
    if isinstance(value, tuple):
        return [_whole(item) for item in value]
    return int(value) if isinstance(value, float) and value == int(value) else value


def _axis(value: Value) -> str:
    axis = repr(_whole(value))
    return axis if axis.startswith("-") else f"{BATCH_AXES} + {axis}"


def literal(value: NDArray[Any] | float) -> str:
    """Python source for exactly the numbers of ``value``: ``float.fromhex``, in nested lists."""
    array = np.asarray(value)
    if array.ndim:
        return "[" + ", ".join(literal(row) for row in array) + "]"
    return f'float.fromhex("{float(array).hex()}")'


ALONE = "\n# The same with one value alone, which fills no vector register:\n"
"""What stands between the two halves of a script; the second half goes on where the first ended."""


def halves(code: str) -> tuple[str, str]:
    """The script up to ALONE, and what follows it; "" where there is no second half."""
    code, mark, alone = code.partition(ALONE)
    return (code + "\n" if mark else code), alone


def with_line(code: str, line: str) -> str:
    """The script with one more line at the end of its first half."""
    first, alone = halves(code)
    return f"{first}{line}\n{ALONE}{alone}" if alone else f"{first}{line}\n"


def first_line(error: BaseException, limit: int = 200) -> str:
    """The message of ``error`` on one line of at most ``limit`` characters."""
    return " ".join(str(error).split())[:limit] or type(error).__name__
