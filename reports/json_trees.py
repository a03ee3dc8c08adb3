"""Trees of dataclasses as JSON and back: each field is a key, in the order of the fields.

A field's type says what differs: `Annotated[int, Key("films")]` has another key; FLAT writes the
fields of a dataclass among those around it, and nothing for None; EMPTY writes `{}` for None;
OPTIONAL leaves the key out for None.
"""

from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from enum import Enum, auto
from types import UnionType
from typing import Annotated, Any, NamedTuple, TypeVar, get_args, get_origin, get_type_hints

T = TypeVar("T")


class Key(str):
    """The key of a field that is not called by its name."""


class Rule(Enum):
    """How a field that may be None is written."""

    PLAIN = auto()
    FLAT = auto()
    EMPTY = auto()
    OPTIONAL = auto()


FLAT, EMPTY, OPTIONAL = Rule.FLAT, Rule.EMPTY, Rule.OPTIONAL


class Item(NamedTuple):
    """A field of a dataclass: its name, key, type and rule."""

    name: str
    key: str
    kind: Any
    rule: Rule


def as_json(node: Any) -> Any:
    """A dataclass and all below it as dicts and lists; other values as they are."""
    if is_dataclass(node):
        return dict(_written(node))
    if isinstance(node, dict):
        return {key: as_json(value) for key, value in node.items()}
    return [as_json(each) for each in node] if isinstance(node, list | tuple) else node


def from_json(kind: type[T], values: dict[str, Any]) -> T:
    """A dataclass from the values that `as_json` gives; unknown keys raise a TypeError."""
    known, left = {}, dict(values)
    for item in _items(kind):
        if item.rule is FLAT:
            keys = [each.key for each in _items(item.kind)]
            if set(keys) <= left.keys():
                known[item.name] = from_json(item.kind, {key: left.pop(key) for key in keys})
        elif item.key in left:
            value = left.pop(item.key)
            absent = item.rule is EMPTY and not value
            known[item.name] = None if absent else _read(item.kind, value)
    return kind(**known, **left)


def _written(node: Any) -> Iterator[tuple[str, Any]]:
    for item in _items(type(node)):
        value = getattr(node, item.name)
        if item.rule is FLAT:
            yield from _written(value) if value is not None else ()
        elif value is not None or item.rule is not OPTIONAL:
            yield item.key, {} if value is None and item.rule is EMPTY else as_json(value)


def _read(kind: Any, value: Any) -> Any:
    """A value as the type of its field asks for."""
    if value is None:
        return None
    kind = _without_none(kind)
    if is_dataclass(kind):
        return from_json(kind, value)  # type: ignore[arg-type]
    if get_origin(kind) is dict:
        return {key: _read(get_args(kind)[1], each) for key, each in value.items()}
    return [_read(get_args(kind)[0], each) for each in value] if get_origin(kind) is list else value


def _items(kind: Any) -> list[Item]:
    hints = get_type_hints(kind, include_extras=True)
    return [_item(each.name, hints[each.name]) for each in fields(kind)]


def _item(name: str, hint: Any) -> Item:
    own, *marks = get_args(hint) if get_origin(hint) is Annotated else [hint]
    key = next((str(each) for each in marks if isinstance(each, Key)), name)
    rule = next((each for each in marks if isinstance(each, Rule)), Rule.PLAIN)
    return Item(name, key, _without_none(own) if rule is FLAT else own, rule)


def _without_none(kind: Any) -> Any:
    """`T` of `T | None`; another type as it is."""
    kinds = [each for each in get_args(kind) if each is not type(None)]
    return kinds[0] if isinstance(kind, UnionType) and len(kinds) == 1 else kind
