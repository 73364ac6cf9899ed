"""The reference's formulas in a framework's own API: the same functions, with NumPy's names translated.

What translates is a table beside the adapter (``remedies.toml``), not code: a NumPy name without an entry has no
counterpart, and then there is no such script. Whether a translation is right is not decided here; it is run.
"""

from __future__ import annotations

import ast
import re
import string
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from adapters.interface.scripts import literal
from conformance.causes.formula_table import NoFormula, source_of
from conformance.causes.formulas import formula_of


@dataclass(frozen=True)
class Dialect:
    """head, foot: the script's first lines, which bind the input's name, and its last, which print ``result``; with
    $name, $values, $working and $dtype. functions: NumPy name -> expression of {0}, {1} and {axis}. sources: functions
    of the table that are written in another way."""

    head: str
    foot: str
    functions: Mapping[str, str] = field(default_factory=dict)
    sources: Mapping[str, str] = field(default_factory=dict)

    def formula(self, subject: str, quantity: str, rows: Sequence[NDArray[Any]], dtype: str) -> str:
        """The script that prints ``quantity`` by the reference's formula at every row. Raises NoFormula."""
        formula = formula_of(subject, quantity)
        sources = [self.sources.get(name, "").strip() or self._translated(source_of(name)) for name in formula.names]
        lines = [self._translated(line) for line in [*formula.lines, f"result = {formula.result}"]]
        body = "\n\n\n".join([*sources, ""]) if sources else ""
        return self.script(body, "\n".join(lines), formula.variable, rows, dtype)

    def script(self, before: str, lines: str, variable: str, rows: Sequence[NDArray[Any]], dtype: str) -> str:
        """Head, ``before`` (definitions), the input, ``lines``, foot."""
        working = dtype if dtype in ("float32", "float64") else "float32"
        values = "[" + ", ".join(literal(row) for row in rows) + "]"
        fields = {"name": variable, "values": values, "working": working, "dtype": dtype}
        head, _, point = self.head.strip().rpartition("\n")
        foot = string.Template(self.foot.strip()).safe_substitute(fields)
        first = string.Template(head).safe_substitute(fields)
        bound = string.Template(point).safe_substitute(fields)
        body = f"{before}{bound}\n{string.Template(lines).safe_substitute(fields)}\n{foot}\n"
        blank = "\n\n\n" if before or "\ndef " in first else "\n\n"
        return f"{_needed(first, body)}{blank}{body}"

    def _translated(self, source: str) -> str:
        tree = _Translator(self.functions).visit(ast.parse(source))
        return ast.unparse(ast.fix_missing_locations(tree))


def _needed(head: str, body: str) -> str:
    """The head without the imports and functions that nothing below them uses; star imports stay for composed objects,
    whose constructors are called by names that begin with a capital letter. A function stands after those it calls."""
    lines = head.split("\n")
    kept = set(range(1, len(lines) + 1))
    rest = body
    for node in reversed(ast.parse(head).body):
        span = range(node.lineno, (node.end_lineno or node.lineno) + 1)
        source = "\n".join(lines[at - 1] for at in span)
        if isinstance(node, ast.Import | ast.ImportFrom):
            names = [(one.asname or one.name).partition(".")[0] for one in node.names]
            used = any(re.search(r"(?<![.\w])[A-Z]\w+\(" if name == "*" else rf"\b{name}\b", rest) for name in names)
        elif isinstance(node, ast.FunctionDef):
            used = re.search(rf"\b{node.name}\(", re.sub(r"\w+\.", ".", rest).replace(f".{node.name}(", "")) is not None
        else:
            used = True
        if used:
            rest = f"{source}\n{rest}"
        else:
            kept -= set(span)
    text = "\n".join(line for at, line in enumerate(lines, 1) if at in kept)
    return re.sub(r"\n{4,}", "\n\n\n", text).strip("\n")


class _Translator(ast.NodeTransformer):
    """NumPy's calls and names replaced by the table's."""

    def __init__(self, functions: Mapping[str, str]) -> None:
        self._functions = functions

    def visit_Call(self, node: ast.Call) -> ast.AST:
        function = node.func
        if isinstance(function, ast.Attribute) and function.attr == "type":
            # dtype.type(number): a Python number takes the dtype of the tensor that it meets.
            return self.visit(node.args[0])
        if isinstance(function, ast.Attribute) and function.attr == "astype":
            return self._filled("astype", [self.visit(function.value), self.visit(node.args[0])], {})
        name = _library_name(function)
        if not name:
            return self.generic_visit(node)
        arguments = [self.visit(one) for one in node.args]
        keywords = {str(one.arg): self.visit(one.value) for one in node.keywords}
        return self._filled(name, arguments, keywords)

    def visit_Attribute(self, node: ast.Attribute) -> ast.AST:
        name = _library_name(node)
        return self._filled(name, [], {}) if name else self.generic_visit(node)

    def _filled(self, name: str, arguments: Sequence[ast.AST], keywords: Mapping[str, ast.AST]) -> ast.AST:
        if name not in self._functions:
            raise NoFormula(f"no counterpart of np.{name}")
        texts = [f"({ast.unparse(one)})" if isinstance(one, ast.BinOp) else ast.unparse(one) for one in arguments]
        named = {key: ast.unparse(value) for key, value in keywords.items()}
        try:
            return ast.parse(self._functions[name].format(*texts, **named), mode="eval").body
        except (IndexError, KeyError):
            raise NoFormula(f"np.{name} is called in a way that has no counterpart") from None


def _library_name(node: ast.AST) -> str:
    """log1p for np.log1p, special.ndtri for special.ndtri; empty for what is no name of NumPy or SciPy."""
    if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
        prefix = _LIBRARIES.get(node.value.id)
        return "" if prefix is None else prefix + node.attr
    return ""


_LIBRARIES = {"np": "", "special": "special."}


def printed_rows(printed: str, count: int, dtype: type[Any] | np.dtype[Any]) -> NDArray[Any] | None:
    """The ``float.hex`` words of a script as an array (count, components) in ``dtype``; None where they make none."""
    try:
        numbers = np.array([float.fromhex(word) for word in printed.split()])
    except ValueError:
        return None
    if not len(numbers) or len(numbers) % count:
        return None
    with np.errstate(over="ignore"):
        return numbers.reshape(count, -1).astype(dtype)
