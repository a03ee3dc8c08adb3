"""What a bundle keeps of an extractor, to compute a block of features from images."""

from dataclasses import dataclass
from inspect import signature
from pathlib import Path
from typing import Any, Self

import numpy as np

import arrays
import features.extractors
import registry
import storage
from errors import BadArrays, BundleUnusable
from features.extractor import Extractor
from features.recipe import Recipe, differing, is_of_file, recipe_of
from features.renamed_parameters import renamed

STATE = "learned.npz"
# A bundle contains what was learned, and is used with other versions of libraries.
MAY_DIFFER = ("trained_on", "libraries")


@dataclass(frozen=True)
class BundledView:
    """The kind of a block, and the extractor's recipe, options and learned arrays (npz)."""

    kind: str
    recipe: Recipe
    options: dict[str, Any]
    state: bytes

    @classmethod
    def of(cls, kind: str, extractor: Extractor, recipe: Recipe) -> Self:
        """The view of a fitted extractor with this recipe."""
        state = arrays.learned_bytes(extractor) if extractor.learns else b""
        return cls(kind, recipe, extractor.get_params(), state)

    @property
    def from_file(self) -> bool:
        """Whether the features come from a file, so that there is no extractor."""
        return is_of_file(self.recipe)

    @property
    def facts(self) -> dict[str, Any]:
        """The view as it is written to bundle.json."""
        return {"kind": self.kind, "recipe": self.recipe, "options": self.options}

    def save(self, folder: Path) -> None:
        """Write what the extractor learned, if it learns."""
        folder.mkdir(parents=True)
        (folder / STATE).write_bytes(self.state)

    @classmethod
    def load(cls, folder: Path, facts: dict[str, Any]) -> Self:
        """The view in a folder, with its entry in bundle.json."""
        return cls(**facts, state=storage.read_bytes(folder / STATE))

    def extractor(self, **options: Any) -> Extractor:
        """The fitted extractor; pass options, such as the path of its weights, to change them.

        An extractor that would compute other features than in training raises.
        """
        name = self.recipe["extractor"]
        plugin = registry.load(features.extractors, name)
        stored = renamed(self.options, signature(plugin).parameters)
        made = plugin(**stored | self._precision | options)
        now = recipe_of(name, made, np.array([]))
        for fact in differing(now, self.recipe, *MAY_DIFFER):
            raise BundleUnusable(
                f"{name} must be as it was in training; its {fact} was {self.recipe[fact]} and is"
                f" now {now[fact]}. Pass the weights used in training, or train again."
            )
        return self._with_state(made) if self.state else made

    @property
    def _precision(self) -> dict[str, str]:
        """The precision of a network in training, which may depend on the machine."""
        facts = self.recipe["content"]
        return {"precision": facts["precision"]} if "precision" in facts else {}

    def _with_state(self, extractor: Extractor) -> Extractor:
        try:
            return arrays.give(extractor, self.state)
        except BadArrays as reason:
            raise BundleUnusable(
                f"What {self.recipe['extractor']} learned must be plain arrays; {STATE} of this"
                " bundle holds something else. Do not use it, or train again."
            ) from reason
