"""Which parameters and parts a name takes, and what is said where a subject has others."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from typing import Any

from adapters.interface.spec import Spec, written
from conformance.definitions.transforms.parameters import BadParameter


class UnknownSubject(ValueError):
    """No definition goes by this name or takes these parameters. One line, with the valid names."""


def call(spec: Spec, constructor: Callable[..., Any]) -> Any:
    """What the constructor makes of the subject. Which parameters there are is its signature; what they may be, it says
    itself."""
    fits(spec, inspect.signature(constructor).parameters, parts=False)
    try:
        return constructor(**spec.params)
    except BadParameter as problem:
        raise UnknownSubject(str(problem)) from None


def fits(spec: Spec, parameters: Mapping[str, inspect.Parameter], parts: bool = True) -> None:
    """UnknownSubject unless the subject has these parameters, and parts only where they are taken."""
    required = {name for name, parameter in parameters.items() if parameter.default is parameter.empty}
    if (spec.parts and not parts) or not required <= set(spec.params) <= set(parameters):
        given = ", ".join((*(() if parts else map(str, spec.parts)), *spec.params)) or "nothing"
        takes = ", ".join(name if name in required else f"{name} (optional)" for name in parameters)
        raise UnknownSubject(f"{spec.name} takes {takes or 'no parameters'}, not {given}")
    for name, value in spec.params.items():
        wanted = _kind(str(parameters[name].annotation), value)
        if wanted:
            raise UnknownSubject(f"{spec.name}: {name} must be {wanted}, not {written(value)}")


def _kind(annotation: str, value: Any) -> str:
    """What a parameter of this annotation is, where ``value`` is of another kind; empty where it may be that. How many
    numbers there are and which, its constructor says itself."""
    kind, _, optional = annotation.partition(" | ")
    if (value is None and optional) or (isinstance(value, bool) and kind == "bool"):
        return ""
    if kind == "bool":
        return "true or false"
    if kind in ("float", "int"):
        return "" if isinstance(value, float) else "a number"
    return "a list of numbers" if value is None or isinstance(value, bool) else ""


def whole(spec: Spec, name: str, default: int) -> int:
    """A parameter that counts something. UnknownSubject for what is no whole number."""
    value = spec.params.get(name, float(default))
    if not isinstance(value, float) or value != int(value):
        raise UnknownSubject(f"{spec.name}: {name} must be a whole number, not {written(value)}")
    return int(value)


def only_part(spec: Spec) -> Spec:
    """The one part of a name that takes one. UnknownSubject where there are others."""
    if len(spec.parts) != 1:
        raise UnknownSubject(f"{spec.name} takes one transform, not {len(spec.parts)}")
    return spec.parts[0]


def no_params(spec: Spec) -> None:
    """UnknownSubject where a name that takes none has parameters."""
    if spec.params:
        raise UnknownSubject(f"{spec.name} takes no parameters, not {', '.join(spec.params)}")
