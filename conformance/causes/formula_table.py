"""The table of the reference's formulas: the functions of ``adapters.numpy.plain`` by name, their words and source."""

from __future__ import annotations

import ast
import inspect
import textwrap
from collections.abc import Callable, Iterator
from functools import cache
from types import FunctionType
from typing import Any

from adapters.numpy.plain import (
    bases,
    bounding_maps,
    cdf_maps,
    elementary_maps,
    extreme_maps,
    heavy_maps,
    laws,
    log_tails,
    quantiles,
    scalar_maps,
    vector_maps,
)

MODULES = (
    scalar_maps,
    elementary_maps,
    cdf_maps,
    extreme_maps,
    bounding_maps,
    heavy_maps,
    vector_maps,
    bases,
    log_tails,
    quantiles,
    laws,
)


class NoFormula(Exception):
    """The reference has no short formula for this; one line."""


@cache
def functions() -> dict[str, FunctionType]:
    """Every function of the table, by name."""
    return {
        name: value
        for module in MODULES
        for name, value in vars(module).items()
        if inspect.isfunction(value) and value.__module__ == module.__name__
    }


def words_of(name: str) -> str:
    """The docstring of a function of the table on one line."""
    return " ".join((functions()[name].__doc__ or "").split())


def source_of(name: str) -> str:
    """The source of a function of the table, without docstring and annotations."""
    return _bare(functions()[name])


def with_their_own(called: list[str]) -> list[str]:
    """The functions called and those that they call, each after what it calls."""
    order: dict[str, None] = {}

    def visit(name: str) -> None:
        if name in order:
            return
        for other in _neighbours(functions()[name]):
            visit(other)
        order.setdefault(name)

    for name in called:
        visit(name)
    return list(order)


def _neighbours(function: Callable[..., Any]) -> Iterator[str]:
    for name in function.__code__.co_names:
        if name in functions():
            yield name


def _bare(function: Callable[..., Any]) -> str:
    """The source without docstring and annotations, which a reader has no use for."""
    source = textwrap.dedent(inspect.getsource(function))
    tree = ast.parse(source).body[0]
    assert isinstance(tree, ast.FunctionDef)
    lines = source.splitlines()
    body = lines[tree.body[1].lineno - 1 :] if ast.get_docstring(tree) else lines[tree.body[0].lineno - 1 :]
    # Comment lines between the docstring and the first statement belong to the body.
    for one in tree.args.args:
        one.annotation = None
    return "\n".join([f"def {tree.name}({ast.unparse(tree.args)}):", *body]).rstrip()
