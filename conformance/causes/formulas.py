"""From a subject and a quantity to the reference's formula at the working precision: a script that stands alone.

The functions are those of ``adapters.numpy.plain``; what a composite does with its parts is written here, one line per
step, so that a reader sees where the exact answer of a part enters.
"""

from __future__ import annotations

import inspect
import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from adapters.interface.quantities import LOG_QUANTITIES, MIRROR, NO_FUNCTIONS, OTHER_TAIL, TABLE
from adapters.interface.quantities import variable as variable_of
from adapters.interface.scripts import literal
from adapters.interface.spec import Spec, parse
from adapters.numpy.plain.bounding_maps import WITH_PARAMETERS
from conformance.causes.formula_table import NoFormula, functions, source_of, with_their_own
from conformance.definitions.declared import spaces_of
from conformance.definitions.lemmas import DensityLemmas
from conformance.definitions.ready_made import READY_MADE
from conformance.definitions.registry import (
    distribution_definition,
    is_distribution,
    is_event_law,
    transform_definition,
)
from conformance.definitions.tables import SLICED


def formula_names(subject: str, quantity: str) -> list[str]:
    """The functions that the formula calls, in the order of their calls. NoFormula where there is none."""
    writer = _Writer()
    writer.result(parse(subject), quantity, "v")
    return list(dict.fromkeys(writer.called))


@dataclass(frozen=True)
class Formula:
    """A formula in pieces: the input's name, the functions of the table in the order in which they must stand, the
    lines that bind what lies in between, and the expression of the result."""

    variable: str
    names: list[str]
    lines: list[str]
    result: str


def formula_of(subject: str, quantity: str) -> Formula:
    """The formula of ``quantity``. Raises NoFormula."""
    variable = variable_of(quantity)
    writer = _Writer()
    result = writer.result(parse(subject), quantity, variable)
    return Formula(variable, with_their_own(writer.called), writer.lines, result)


def script(subject: str, quantity: str, value: NDArray[Any], dtype: str) -> str:
    """Source that prints ``quantity`` at ``value`` (a scalar or one event), computed in the working precision: that of
    ``dtype``, or float32 for the 16-bit formats, rounded once more at the end. Raises NoFormula."""
    working = dtype if dtype in ("float32", "float64") else "float32"
    formula = formula_of(subject, quantity)
    name = formula.variable
    sources = [source_of(one) for one in formula.names]
    imports = ["import math", "", "import numpy as np"] if any("math." in text for text in sources) else [""]
    imports = imports if len(imports) > 1 else ["import numpy as np"]
    if any("special." in text for text in sources):
        imports.append("from scipy import special")
    if any("Fraction(" in text for text in sources):
        imports.insert(1 if imports[0] == "import math" else 0, "from fractions import Fraction")
    kind = f"np.{dtype}"
    if dtype == "bfloat16":
        imports.insert(-1, "import ml_dtypes")
        kind = "ml_dtypes.bfloat16"
    lines = [f"{name} = np.array([{literal(value)}], np.{working})", 'with np.errstate(all="ignore"):']
    lines += [f"    {line}" for line in [*formula.lines, f"result = {formula.result}"]]
    lines.append(f"print(*result.astype({kind}).ravel())")
    head = "\n".join(imports)
    return head + "\n\n\n" + "\n\n\n".join(sources) + "\n\n\n" + "\n".join(lines) + "\n"


def run(code: str) -> str:
    """What such a script prints; it is run here, since it is the suite's own."""
    printed: list[str] = []
    namespace: dict[str, Any] = {
        "__name__": "__main__",
        "print": lambda *words: printed.append(" ".join(map(str, words))),
    }
    exec(compile(code, "formula.py", "exec"), namespace)
    return "\n".join(printed)


class _Writer:
    """Collects the lines that a formula takes; ``called`` are the functions of the table that they call."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.called: list[str] = []
        self._count = 0

    def result(self, spec: Spec, quantity: str, v: str) -> str:
        """An expression for ``quantity`` at the variable ``v``."""
        if is_distribution(spec):
            return self._distribution(spec, quantity, v)
        return self._transform(spec, quantity, v)

    def _call(self, name: str, v: str, spec: Spec) -> str:
        if spec.name in WITH_PARAMETERS and spec.params:
            name = name.replace(spec.name, WITH_PARAMETERS[spec.name], 1)
        if name not in functions():
            raise NoFormula(f"there is no short formula {name}")
        known = inspect.signature(functions()[name]).parameters
        needed = {key for key, one in known.items() if one.default is one.empty} - {"x", "y", "q"}
        if not needed <= set(spec.params) <= set(known):
            raise NoFormula(f"{name} is written for no optional parameters")
        self.called.append(name)
        parameters = "".join(f", {key}={value!r}" for key, value in spec.params.items())
        return f"{name}({v}{parameters})"

    def _named(self, expression: str) -> str:
        if expression.isidentifier():
            return expression
        self._count += 1
        self.lines.append(f"v{self._count} = {expression}")
        return f"v{self._count}"

    def _transform(self, spec: Spec, quantity: str, v: str) -> str:
        if quantity not in MIRROR:
            raise NoFormula(f"a transform has no {quantity}")
        if spec.name == "inverse":
            return self._transform(spec.parts[0], MIRROR[quantity], v)
        if spec.name == "inline":
            return self._transform(spec.parts[0], quantity, v)
        if spec.name == "independent":
            if len(transform_definition(str(spec)).event) != 1:
                raise NoFormula("only one axis is joined here")
            found = self._transform(spec.parts[0], quantity, v)
            return f"np.sum({found}, axis=-1)" if quantity.endswith("ldj") else found
        if spec.name in SLICED and set(spec.params) <= {"lengths"}:
            return self._joined(spec, quantity, v)
        if spec.name != "chain":
            return self._call(f"{spec.name}_{quantity}", v, spec)
        step = "forward" if variable_of(quantity) == "x" else "inverse"
        parts = list(spec.parts if step == "forward" else reversed(spec.parts))
        terms = []
        for at, part in enumerate(parts):
            if quantity.endswith("ldj"):
                terms.append(self._transform(part, quantity, v))
                if at == len(parts) - 1:
                    break
            v = self._named(self._transform(part, step, v))
        return " + ".join(terms) if terms else v

    def _joined(self, spec: Spec, quantity: str, v: str) -> str:
        """Entries along the last axis, each part its own: a slice where ``lengths`` are given, else one of them."""
        found, start, lengths = [], 0, spec.params.get("lengths")
        log_det = quantity.endswith("ldj")
        for at, part in enumerate(spec.parts):
            if part.name in SLICED or transform_definition(str(part)).event:
                raise NoFormula("only maps of numbers are joined here")
            if lengths is None:
                place = f"{v}[..., {at}]"
            else:
                stop = start + int(lengths[at])
                place, start = f"{v}[..., {start}:{stop}]", stop
            one = self._transform(part, quantity, self._named(place))
            found.append(f"np.sum({one}, axis=-1)" if log_det and lengths is not None else one)
        if log_det:
            return " + ".join(found)
        joined = ", ".join(found)
        return f"np.stack([{joined}], axis=-1)" if lengths is None else f"np.concatenate([{joined}], axis=-1)"

    def _distribution(self, spec: Spec, quantity: str, v: str) -> str:
        if quantity == "log_prob_from_base" and spec.name != "transformed" and spec.name not in READY_MADE:
            quantity = "log_prob"
        if f"{spec.name}_{quantity}" in functions():
            found = self._call(f"{spec.name}_{quantity}", v, spec)
            return _probable(found, v) if quantity == "icdf" else found
        if quantity == "prob":
            return f"np.exp({self._named(self._distribution(spec, 'log_prob', v))})"
        if spec.name in READY_MADE:
            return self._distribution(parse(READY_MADE[spec.name](**spec.params)), quantity, v)
        if spec.name != "transformed":
            raise NoFormula(f"there is no short formula {spec.name}_{quantity}")
        base, transform = spec.parts
        if quantity == "log_prob_from_base":
            density = self._named(self._distribution(base, "log_prob", v))
            whole = f"{density} - ({self._transform(transform, 'fldj', v)})"
            # The normal density falls faster than any of the maps' slopes does.
            return f"np.where(np.isinf({density}), {density}, {whole})" if _lemmas_of(base).gaussian else whole
        if quantity == "icdf":
            return self._quantile(base, transform, v)
        if quantity in OTHER_TAIL:
            return self._tail(base, transform, quantity, v)
        if quantity != "log_prob":
            raise NoFormula(f"a distribution has no {quantity}")
        definition = transform_definition(transform)
        x = self._named(self._transform(transform, "inverse", v))
        low, high = float(definition.codomain.lo), float(definition.codomain.hi)
        density = f"{self._distribution(base, 'log_prob', x)} + ({self._transform(transform, 'ildj', v)})"
        inside = [f"({v} {sign} {end!r})" for sign, end in ((">=", low), ("<=", high)) if math.isfinite(end)]
        lemmas = _lemmas_of(base)
        if lemmas.gaussian or lemmas.constant_score:
            # At the ends normal and exponential densities fall faster than any of the maps rises.
            inside.append(f"np.isfinite({x})")
        if lemmas.constant_score:
            # Below the support the base says -inf, and the log-det may say inf.
            inside.append(f"({x} >= {float(distribution_definition(base).support.lo):g})")
        if not inside:
            return density
        return f"np.where(np.isnan({v}), {v}, np.where({' & '.join(inside)}, {density}, -np.inf))"

    def _tail(self, base: Spec, transform: Spec, quantity: str, v: str) -> str:
        """The base's tail on the side that the map brings to this one; beyond the ends of the codomain a constant."""
        definition = transform_definition(transform)
        if definition.increasing is None:
            raise NoFormula(f"the {quantity} of a map that is not monotone")
        x = self._named(self._transform(transform, "inverse", v))
        share = self._distribution(base, quantity if definition.increasing else OTHER_TAIL[quantity], x)
        none, all_ = ("-np.inf", "0.0") if quantity in LOG_QUANTITIES else ("0.0", "1.0")
        below, above = (none, all_) if TABLE[quantity].tail == "lower" else (all_, none)
        low, high = float(definition.codomain.lo), float(definition.codomain.hi)
        if math.isfinite(low):
            share = f"np.where({v} <= {low!r}, {below}, {share})"
        return f"np.where({v} >= {high!r}, {above}, {share})" if math.isfinite(high) else share

    def _quantile(self, base: Spec, transform: Spec, q: str) -> str:
        """The image of the base's quantile, which is that of 1 - q where the map falls."""
        increasing = transform_definition(transform).increasing
        if increasing is None:
            raise NoFormula("quantiles of a map that is not monotone")
        name = f"{base.name}_{'icdf' if increasing else 'isf'}"
        x = self._named(self._call(name, q, base))
        return _probable(self._transform(transform, "forward", x), q)


def _lemmas_of(base: Spec) -> DensityLemmas:
    """What is declared of the base's density; nothing of an event's."""
    return DensityLemmas() if is_event_law(base) else distribution_definition(base).lemmas


def _probable(expression: str, q: str) -> str:
    """The quantile where q is a probability."""
    return f"np.where(({q} >= 0) & ({q} <= 1), {expression}, np.nan)"


def as_row(text: str, dtype: str, subject: str, quantity: str) -> NDArray[Any]:
    """The input of ``quantity`` of ``subject`` that ``float.hex`` text names: a number or an event, in ``dtype``."""
    import ml_dtypes

    kind = ml_dtypes.bfloat16 if dtype == "bfloat16" else np.dtype(dtype)
    numbers = np.array([float.fromhex(word) for word in text.split()]).astype(kind)
    space = spaces_of(subject)[variable_of(quantity) == "y"]
    if space is None:
        return numbers[0:1].reshape(())
    # A vector map takes vectors of other lengths than the one it is asked with; draws and statistics take nothing, and
    # what stands there is one entry, or none.
    return numbers if len(space.shape) == 1 or quantity in NO_FUNCTIONS else numbers.reshape(space.shape)
