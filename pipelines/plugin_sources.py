"""Descriptions of plug-ins, read from their source without importing any library."""

import ast
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from datasets.options import PROJECT

ROOMS = ("features", "models")
Function = ast.FunctionDef | ast.AsyncFunctionDef


class Option(NamedTuple):
    """The default of an option, and its possible values with a line each, if they are few."""

    default: Any
    values: dict[str, str]


class Plugin(NamedTuple):
    """The description of a plug-in in a line, and its options by name."""

    description: str
    options: dict[str, Option]


def described(package: str, name: str) -> Plugin:
    """The plug-in in package/name.py."""
    module = f"{package}.{name}"
    kind = _public(module)
    defaults = {key: value for each in reversed(kind.__mro__) for key, value in _own(each).items()}
    values = allowed()
    options = {key: Option(default, values.get(key, {})) for key, default in defaults.items()}
    return Plugin(kind.__doc__ or "", options)


def ancestors(package: str, name: str) -> set[str]:
    """The names of the classes of this project that the plug-in in package/name.py is one of."""
    return {each.__name__ for each in _public(f"{package}.{name}").__mro__}


@cache
def allowed() -> dict[str, dict[str, str]]:
    """Values by option, from every `checks.one_of` of features and models."""
    values: dict[str, dict[str, str]] = {}
    for path in (each for room in ROOMS for each in sorted((PROJECT / room).rglob("*.py"))):
        if "one_of(" not in path.read_text(encoding="utf-8"):
            continue
        module = ".".join(path.relative_to(PROJECT).with_suffix("").parts)
        for call in filter(_is_check, ast.walk(_tree(module))):
            option, _, names = call.args  # type: ignore[attr-defined]
            values[option.value] = _values(module, names)
    return values


def _is_check(node: ast.AST) -> bool:
    match node:
        case ast.Call(func=ast.Attribute(attr="one_of"), args=[ast.Constant(), _, ast.Name()]):
            return True
    return False


def _values(module: str, node: ast.expr) -> dict[str, str]:
    """The names in a tuple, or those of a dict of functions with a line about each."""
    place, value = _definition(module, node)
    if not isinstance(value, ast.Dict):
        return dict.fromkeys(map(str, _resolved(place, value)), "")
    lines = {}
    for key, each in zip(value.keys, value.values, strict=True):
        _, made = _definition(place, each)
        text = ast.get_docstring(made) if isinstance(made, Function) else None
        lines[str(_resolved(place, key))] = _first_line(text)
    return lines


def _public(module: str) -> type:
    """The class that a plug-in is about, with its ancestors."""
    (public,) = _resolved(module, ast.Name("__all__"))
    return _class(module, public)


def _class(module: str, name: str) -> type:
    """An empty class with the same ancestors in this project, which holds its own options."""
    place, node = _definition(module, ast.Name(name))
    if not isinstance(node, ast.ClassDef):
        return object
    bases = [_class(place, base.id) for base in node.bases if isinstance(base, ast.Name)]
    ours = tuple(base for base in bases if base is not object)
    members = {"__doc__": _first_line(ast.get_docstring(node)), "own": dict(_fields(place, node))}
    return _made(place, name, ours, tuple(members.items()))


_classes: dict[tuple[str, str], type] = {}


def _made(place: str, name: str, bases: tuple[type, ...], members: tuple[Any, ...]) -> type:
    """The same class for the same source, so that Python can order common ancestors."""
    return _classes.setdefault((place, name), type(name, bases, dict(members)))


def _own(each: type) -> dict[str, Any]:
    return vars(each).get("own", {})


def _fields(module: str, node: ast.ClassDef) -> Iterator[tuple[str, Any]]:
    """Names and defaults of a dataclass's fields, or of the arguments of `__init__`."""
    for item in node.body:
        match item:
            case ast.AnnAssign(
                target=ast.Name(id=name), annotation=kind, value=ast.expr() as value
            ):
                if "ClassVar" not in ast.unparse(kind) and not name.startswith("_"):
                    yield name, _resolved(module, value)
            case ast.FunctionDef(name="__init__", args=taken):
                for argument, default in zip(taken.kwonlyargs, taken.kw_defaults, strict=True):
                    if default is not None:
                        yield argument.arg, _resolved(module, default)


def _resolved(module: str, node: Any) -> Any:
    """The value of an expression of literals and names for them; else its source."""
    place, value = _definition(module, node)
    if isinstance(value, ast.Tuple):
        return tuple(_resolved(place, each) for each in value.elts)
    try:
        return ast.literal_eval(value)
    except ValueError:
        return ast.unparse(value)


def _definition(module: str, node: Any) -> tuple[str, Any]:
    """The module and definition of a name of this project; other expressions as they are."""
    if not isinstance(node, ast.Name):
        return module, node
    for item in _tree(module).body:
        match item:
            case ast.ImportFrom(module=str(other), names=aliases):
                if node.id in [alias.name for alias in aliases] and _path(other).is_file():
                    return _definition(other, node)
            case ast.ClassDef(name=name) | ast.FunctionDef(name=name) if name == node.id:
                return module, item
            case ast.AnnAssign(target=ast.Name(id=name)) if name == node.id:
                return _definition(module, item.value)
            case ast.Assign(targets=targets, value=value):
                for target in targets:
                    if isinstance(target, ast.Name) and target.id == node.id:
                        return _definition(module, value)
                    names = [ast.unparse(each) for each in getattr(target, "elts", ())]
                    if node.id in names and isinstance(value, ast.Tuple):
                        return _definition(module, value.elts[names.index(node.id)])
    return module, node


@cache
def _tree(module: str) -> ast.Module:
    return ast.parse(_path(module).read_text(encoding="utf-8"))


def _path(module: str) -> Path:
    package, _, name = module.rpartition(".")
    # A package that is imported may have plug-ins in folders outside the project.
    folders = getattr(sys.modules.get(package), "__path__", ())
    outside = (Path(folder, f"{name}.py") for folder in folders)
    inside = PROJECT / f"{module.replace('.', '/')}.py"
    return inside if inside.is_file() else next(filter(Path.is_file, outside), inside)


def _first_line(text: str | None) -> str:
    return (text or "").partition("\n")[0]
