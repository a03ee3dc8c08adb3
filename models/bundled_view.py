"""How a block of vectors is made from films: what a bundle keeps of an extractor."""

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
from features.recipe import Recipe, differing, recipe_of
from features.renamed_parameters import renamed

STATE = "learned.npz"
# What was learned is in the bundle itself, and libraries are those of the day.
NOT_TELLING = ("trained_on", "libraries")


@dataclass(frozen=True)
class BundledView:
    """The kind of a block, the extractor's recipe and options, and what it learned as an npz."""

    kind: str
    recipe: Recipe
    options: dict[str, Any]
    state: bytes

    @classmethod
    def of(cls, kind: str, extractor: Extractor, recipe: Recipe) -> Self:
        """A fitted extractor, which this is the recipe of."""
        state = arrays.learned_bytes(extractor) if extractor.learns else b""
        return cls(kind, recipe, extractor.get_params(), state)

    @property
    def told(self) -> dict[str, Any]:
        """What stands in bundle.json."""
        return {"kind": self.kind, "recipe": self.recipe, "options": self.options}

    def save(self, folder: Path) -> None:
        """Write what the extractor learned, if it learns."""
        folder.mkdir(parents=True)
        (folder / STATE).write_bytes(self.state)

    @classmethod
    def load(cls, folder: Path, told: dict[str, Any]) -> Self:
        """The view in a folder, with what bundle.json tells of it."""
        return cls(**told, state=storage.read_bytes(folder / STATE))

    def extractor(self, **options: Any) -> Extractor:
        """The fitted extractor, some options (where its weights lie) changed if asked.

        One that would give other numbers than in training raises.
        """
        name = self.recipe["extractor"]
        plugin = registry.load(features.extractors, name)
        stored = renamed(self.options, signature(plugin).parameters)
        made = plugin(**stored | self._precision | options)
        now = recipe_of(name, made, np.array([]))
        for fact in differing(now, self.recipe, *NOT_TELLING):
            raise BundleUnusable(
                f"{name} must be as it was in training; its {fact} was {self.recipe[fact]} and now"
                f" is {now[fact]}. Give the weights of then, or train anew."
            )
        return self._with_state(made) if self.state else made

    @property
    def _precision(self) -> dict[str, str]:
        """What a network computed in, where its option leaves that to the machine."""
        told = self.recipe["content"]
        return {"precision": told["precision"]} if "precision" in told else {}

    def _with_state(self, extractor: Extractor) -> Extractor:
        try:
            return arrays.give(extractor, self.state)
        except BadArrays as reason:
            raise BundleUnusable(
                f"What {self.recipe['extractor']} learned must be plain arrays; {STATE} of this"
                " bundle holds something else. Do not use it, or train anew."
            ) from reason
