"""How a framework's objects are constructed, as their constructors are told: ``Normal(mean=loc, sd=scale)``."""

from __future__ import annotations

import contextlib
import functools
import inspect
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from adapters.interface.classes import PublicClass
from adapters.interface.spec import Spec

_UNSAID = ("name", "validate_args")
"""Arguments that say nothing of the mathematics. Validation is off in every law of a run, and so in none's favour."""

_RELATED: Mapping[str, Callable[[Any], Any]] = {"-{}": np.negative, "1/{}": np.reciprocal, "log {}": np.log}
"""What a framework may take in the place of a parameter."""

Recorded = dict[int, tuple[object, Mapping[str, Any]]]
"""By the identity of an object that is kept alive beside it: the object, and its constructor's arguments by name."""


@contextlib.contextmanager
def recording(classes: Sequence[PublicClass]) -> Iterator[Recorded]:
    """While it is entered, what the constructors of ``classes`` are told is written into what it gives.

    Of a constructor that calls that of its base the outermost call counts, which is the one that users write.
    """
    found: Recorded = {}
    usual: dict[type, Any] = {}
    try:
        for made in _related(classes):
            own = vars(made).get("__init__")
            if own is not None:
                # A compiled class has no signature, or takes no other constructor: nothing is known of its calls.
                with contextlib.suppress(TypeError, ValueError):
                    made.__init__ = _recorded(own, found)  # type: ignore[misc]
                    usual[made] = own
        yield found
    finally:
        for made, own in usual.items():
            made.__init__ = own  # type: ignore[misc]


def _related(classes: Sequence[PublicClass]) -> set[type]:
    """The classes, and the private ones that they come from or that come from them: TFP's ``Chain`` may make one."""
    public = {each.made for each in classes}
    found: set[type] = {base for made in public for base in made.__mro__ if public & set(base.__mro__)}
    waiting: list[type] = list(public)
    while waiting:
        base: Any = waiting.pop()
        fresh = set(base.__subclasses__()) - found
        found |= fresh
        waiting += fresh
    return found


def _recorded(own: Callable[..., None], found: Recorded) -> Callable[..., None]:
    signature = inspect.signature(own)
    keywords = next((one.name for one in signature.parameters.values() if one.kind is one.VAR_KEYWORD), "")

    @functools.wraps(own)
    def constructor(self: object, *args: Any, **kwargs: Any) -> None:
        if id(self) not in found:
            try:
                told: dict[str, Any] = dict(signature.bind(self, *args, **kwargs).arguments)
            except TypeError:  # The constructor says so itself.
                told = {}
            told.pop(next(iter(signature.parameters)), None)
            told |= told.pop(keywords, {})
            found[id(self)] = (self, told)
        own(self, *args, **kwargs)

    # Frameworks look at the signatures of their constructors, and not all of them through what wraps one.
    constructor.__signature__ = signature  # type: ignore[attr-defined]
    return constructor


def call_of(made: object, spec: Spec, found: Recorded) -> str:
    """The constructor call of ``made`` with the parameters of ``spec`` by their names: ``Gamma(concentration, rate)``.

    A parameter under the name that it has here stands alone, under another one as ``mean=loc``; it is told by its
    value, so that those of one subject have to differ. What is no parameter stands as it was given, an object by its
    own call. "" for an object whose constructor was not recorded.
    """
    if id(made) not in found:
        return f"{type(made).__name__}()" if type(made).__init__ is object.__init__ else ""
    arguments = []
    for theirs, value in found[id(made)][1].items():
        if theirs not in _UNSAID:
            written = _value(value, spec, found)
            arguments.append(theirs if written == theirs or theirs == "dtype" else f"{theirs}={written}")
    return f"{type(made).__name__}({', '.join(arguments)})"


def _value(value: Any, spec: Spec, found: Recorded) -> str:
    if value is None or isinstance(value, bool | str):
        return repr(value)
    if id(value) in found:
        return call_of(value, spec, found)
    numbers = _numbers(value)
    if numbers is None:
        if isinstance(value, list | tuple):
            return f"[{', '.join(_value(each, spec, found) for each in value)}]"
        return type(value).__name__.lstrip("_")
    given = {name: _numbers(one) for name, one in spec.params.items()}
    own = {name: one for name, one in given.items() if one is not None}
    for name, one in own.items():
        if _same(one, numbers):
            return name
    with np.errstate(all="ignore"):
        for form, change in _RELATED.items():
            for name, one in own.items():
                if _same(change(one), numbers):
                    return form.format(name)
    return f"{float(numbers.ravel()[0]):g}" if numbers.size == 1 else "an array"


def _numbers(value: Any) -> Any:
    """An array in float32; None for what is no array of numbers. A linear operator stands for its matrix."""
    if callable(getattr(value, "to_dense", None)) and not hasattr(value, "layout"):
        value = value.to_dense()
    for convert in ("detach", "asnumpy"):
        if callable(getattr(value, convert, None)):
            value = getattr(value, convert)()
    try:
        made = np.asarray(value)
        numeric = made.dtype.kind in "fiu" or made.dtype.name == "bfloat16"
        return made.astype(np.float32) if numeric and made.size else None
    except Exception:  # Whatever an object of a framework makes of being asked.
        return None


def _same(one: Any, other: Any) -> bool:
    return bool(one.size == other.size and np.allclose(one.ravel(), other.ravel(), rtol=1e-6, atol=0.0))
