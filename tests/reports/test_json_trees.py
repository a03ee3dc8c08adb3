from dataclasses import dataclass
from typing import Annotated

import pytest

from reports.json_trees import EMPTY, FLAT, OPTIONAL, Key, as_json, from_json


@dataclass(frozen=True)
class Leaf:
    count: Annotated[int, Key("n")]


@dataclass(frozen=True)
class Inner:
    left: int
    right: int | None


@dataclass(frozen=True, kw_only=True)
class Tree:
    leaves: dict[str, Leaf]
    rows: list[Leaf]
    inner: Annotated[Inner | None, FLAT] = None
    box: Annotated[Leaf | None, EMPTY] = None
    note: Annotated[str | None, OPTIONAL] = None
    last: list[float] | None = None


FULL = Tree(
    leaves={"a": Leaf(1)}, rows=[Leaf(2)], inner=Inner(3, None), box=Leaf(4), note="x", last=[0.5]
)
BARE = Tree(leaves={}, rows=[])


def test_keys_follow_the_order_of_the_fields():
    assert list(as_json(FULL)) == ["leaves", "rows", "left", "right", "box", "note", "last"]


def test_keys_values_and_groups_are_written_as_their_types_say():
    assert as_json(FULL) == {
        **{"leaves": {"a": {"n": 1}}, "rows": [{"n": 2}], "left": 3, "right": None},
        **{"box": {"n": 4}, "note": "x", "last": [0.5]},
    }
    assert as_json(BARE) == {"leaves": {}, "rows": [], "box": {}, "last": None}


@pytest.mark.parametrize("tree", [FULL, BARE])
def test_what_is_written_is_read(tree):
    assert from_json(Tree, as_json(tree)) == tree


def test_an_unknown_key_is_refused():
    with pytest.raises(TypeError, match="other"):
        from_json(Tree, as_json(BARE) | {"other": 1})
