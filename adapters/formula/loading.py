"""From the name of a file and of a function in it to the function, and to the call that hands it its arguments."""

from __future__ import annotations

import difflib
import inspect
import re
import sys
import types
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from adapters.formula.request import Formula, FormulaError
from adapters.interface.scripts import first_line

_LOADING = """\
import importlib.util
import sys

{imports}
sys.path.insert({place}, {folder!r})
spec = importlib.util.spec_from_file_location({module!r}, {file!r})
{name} = importlib.util.module_from_spec(spec)
sys.modules[spec.name] = {name}
spec.loader.exec_module({name})
"""
VALUE = "value"
_TAKEN = {VALUE, "result", "first", "spec", "sys", "importlib", "np", "torch", "tf", "paddle", "ms"}


def module_name(formula: Formula) -> str:
    """What a script calls the file: its own name where that is a name that nothing else in the script has."""
    stem = Path(formula.file).stem
    free = stem.isidentifier() and stem not in _TAKEN | set(formula.names) and stem not in sys.stdlib_module_names
    return stem if free else "own"


def loading_lines(formula: Formula, imports: str = "", place: int = 0) -> str:
    """Source that binds ``module_name`` to the file as a module; what lies beside it can be imported.

    imports: lines that come before the folder is searched. place: in the search path; in a worker the suite's own
    packages come first.
    """
    path = Path(formula.file)
    # Under a name of its own: a file that is called torch.py or random.py must not stand in for the real one.
    module = f"checked_{re.sub(r'[^0-9A-Za-z_]', '_', path.stem)}"
    names = {"name": module_name(formula), "module": module, "file": formula.file, "folder": str(path.parent)}
    return _LOADING.format(imports=imports, place=place, **names)


def loaded(formula: Formula) -> Any:
    """The file as a module. Raises FormulaError with the file's own exception, on one line."""
    name = Path(formula.file).name
    names: dict[str, Any] = {}
    try:
        exec(loading_lines(formula, place=1), names)
    except KeyboardInterrupt:
        raise
    except SyntaxError as problem:
        raise FormulaError(f"{_line(problem, name)}: {type(problem).__name__}: {problem.msg}") from None
    except BaseException as problem:  # A script without a main guard may end the process.
        said = f"{type(problem).__name__}: {first_line(problem)}"
        way_out = ""
        if isinstance(problem, ImportError) and "relative import" not in said:
            variable = f"CONFORMANCE_PYTHON_{formula.framework.upper()}"
            way_out = f"; the interpreter is {sys.executable}, {variable} names another"
        raise FormulaError(f"{name} cannot be loaded: {said} ({_line(problem, name)}){way_out}") from None
    return names[module_name(formula)]


def _line(problem: BaseException, name: str) -> str:
    """Where in the user's file it happened."""
    if isinstance(problem, SyntaxError):
        return f"{Path(problem.filename or name).name}, line {problem.lineno}"
    lines = []
    trace = problem.__traceback__
    while trace is not None:
        if Path(trace.tb_frame.f_code.co_filename).name == name:
            lines.append(trace.tb_lineno)
        trace = trace.tb_next
    return f"{name}, line {lines[-1]}" if lines else name


def function_of(module: Any, formula: Formula) -> Callable[..., Any]:
    """The function. Raises FormulaError with the names that are there."""
    found, path = module, Path(formula.file).name
    for part in formula.function.split("."):
        if not hasattr(found, part):
            raise FormulaError(_absent(found, part, path, module is found))
        found, path = getattr(found, part), f"{path}:{part}" if found is module else f"{path}.{part}"
    if inspect.isclass(found):
        raise FormulaError(f"{path} is a class: name a function, or an object of it that the file makes")
    if not callable(found):
        raise FormulaError(f"{path} is no function but {_article(found)}")
    function: Callable[..., Any] = found
    return function


def _absent(owner: Any, part: str, path: str, whole: bool) -> str:
    names = _callables(owner, whole)
    near = difflib.get_close_matches(part, names, n=1)
    hint = f" (did you mean {near[0]}?)" if near else ""
    return f"{path} has no {part}{hint}; its functions: {', '.join(names[:20]) or 'none'}"


def _callables(owner: Any, whole: bool) -> list[str]:
    """The names that could have been meant: of a file those that it defines, before those that it imports."""
    names = [name for name, value in vars(owner).items() if callable(value)] if whole else dir(owner)
    kept = [name for name in names if not name.startswith("_") and callable(getattr(owner, name, None))]
    if not whole:
        return kept
    functions = [name for name in kept if not inspect.isclass(getattr(owner, name))]
    own = [name for name in functions if getattr(getattr(owner, name), "__module__", None) == owner.__name__]
    return own or functions


def call_of(function: Callable[..., Any], formula: Formula) -> str:
    """Source of the call, over VALUE and the names of the parameters: ``log_prob(value, loc=LOC, scale=SCALE)``.

    An argument is a parameter where it has its name, in whatever case; of the others the one without a default is the
    value. Raises FormulaError where that does not add up.
    """
    callee = f"{module_name(formula)}.{formula.function}"
    try:
        arguments = inspect.signature(function).parameters
    except (TypeError, ValueError):  # A function that is compiled into a library may not say.
        return f"{callee}({', '.join([VALUE, *formula.names])})"
    kinds = inspect.Parameter
    by_name = {name.casefold(): name for name in formula.names}
    found = {
        name: by_name[name.casefold()]
        for name, one in arguments.items()
        if name.casefold() in by_name and one.kind not in (kinds.VAR_POSITIONAL, kinds.VAR_KEYWORD)
    }
    others = {name: one for name, one in arguments.items() if name not in found}
    plain = {name: one for name, one in others.items() if one.kind not in (kinds.VAR_POSITIONAL, kinds.VAR_KEYWORD)}
    required = [name for name, one in plain.items() if one.default is one.empty]
    missing = [name for name in formula.names if name not in found.values()]
    rest = [one.kind for one in others.values()]
    takes = f"{formula.component} takes {_signature(arguments)}"
    if missing and kinds.VAR_KEYWORD not in rest and not (kinds.VAR_POSITIONAL in rest and not found):
        raise FormulaError(f"{takes}, and no {_and(missing, str.lower)}{_rename(required, missing)}")
    expected = f"expected: {_and(['the value', *map(str.lower, formula.names)])}"
    if required[:1] == ["self"]:
        raise FormulaError(f"{takes}; {expected}. It is a method: name it on an object that the file makes")
    if len(required) > 1:
        raise FormulaError(
            f"{takes}; {expected}. Give {_and(required[1:])} a default, or name "
            f"{'it' if len(required) == 2 else 'them'} in --as, in capitals"
        )
    if not plain and kinds.VAR_POSITIONAL not in rest:
        raise FormulaError(f"{takes}, and nothing that could be the value; {expected}")
    value = required[0] if required else next(iter(plain), "")
    return f"{callee}({', '.join(_passed(arguments, value, found, missing, kinds.VAR_KEYWORD in rest))})"


def _passed(
    arguments: Mapping[str, inspect.Parameter],
    value: str,
    found: Mapping[str, str],
    missing: list[str],
    keywords: bool,
) -> list[str]:
    """What stands between the brackets: by position what must, the value where it comes first, the rest by keyword."""
    passed = [] if value else [VALUE, *missing]
    first = True
    for name, one in arguments.items():
        text = VALUE if name == value else found.get(name)
        if text is not None:
            leads = first and name == value and one.kind is not one.KEYWORD_ONLY
            by_position = leads or one.kind is one.POSITIONAL_ONLY
            passed.append(text if by_position else f"{name}={text}")
        first = False
    if value and missing:
        passed += [f"{name.lower()}={name}" for name in missing] if keywords else missing
    return passed


def _signature(arguments: Mapping[str, inspect.Parameter]) -> str:
    stars: dict[Any, str] = {inspect.Parameter.VAR_POSITIONAL: "*", inspect.Parameter.VAR_KEYWORD: "**"}
    shown = [
        f"{stars.get(one.kind, '')}{name}{'' if one.default is one.empty else '=…'}" for name, one in arguments.items()
    ]
    return f"({', '.join(shown)})"


def _rename(required: list[str], missing: list[str]) -> str:
    """What to write instead where the number of arguments fits, and only their names do not."""
    if len(required) != len(missing) + 1:
        return ""
    stand = "stand" if missing[1:] else "stands"
    return f"; write {_and(required[1:], str.upper)} in --as where {_and(missing)} {stand}"


def _and(names: list[str], change: Callable[[str], str] = str) -> str:
    changed = [change(name) for name in names]
    return changed[0] if len(changed) == 1 else f"{', '.join(changed[:-1])} and {changed[-1]}"


def _article(value: Any) -> str:
    if isinstance(value, types.ModuleType):
        return f"the module {value.__name__}"
    name = type(value).__name__
    return f"{'an' if name[:1].lower() in 'aeiou' else 'a'} {name}"
