"""The recipe of an extractor: all that its features depend on, and its fingerprint."""

import json
import sys
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import asdict
from hashlib import blake2b
from importlib.metadata import PackageNotFoundError, version
from typing import Any

import numpy as np

import features.extractors
import registry
from datasets.image_change import Change
from features.extractor import Extractor
from features.renamed_parameters import in_recipe

Recipe = dict[str, Any]

# The key of a file's digest in the content of a recipe.
FROM_FILE = "embeddings"
# Keys of the recipe of changed images alone.
CHANGE, LEARNED = "change", "learned"
# Characters of a digest.
LONGEST_DIGEST = 32


def recipe_of(
    name: str, extractor: Extractor, training_ids: np.ndarray, decoders: Iterable[str] = ()
) -> Recipe:
    """The content of `recipe.json`, without parameters that do not change features.

    `name` is that of the block, which may differ from the plug-in's. `decoders` are packages
    besides Pillow that decode these images.
    """
    libraries = ("PIL", "cv2", *extractor.libraries, *decoders)
    options = extractor.get_params()
    parameters = {key: options[key] for key in options if key not in extractor.neutral}
    return {
        # Blocks of several names share the features that one plug-in computed.
        "extractor": registry.name_of(features.extractors, extractor) or name,
        "version": extractor.version,
        "parameters": in_recipe(parameters),
        "preprocessing": asdict(extractor.preprocessing),
        "content": extractor.content(),
        "libraries": {module: _version(module) for module in libraries},
        "trained_on": digest_of_ids(training_ids) if extractor.learns else None,
    }


def recipe_of_file(name: str, parameters: dict[str, Any], digest: str) -> Recipe:
    """The recipe of features that come from a file with this digest, not from an extractor."""
    return {
        "extractor": name,
        "version": 1,
        "parameters": parameters,
        "preprocessing": {},
        "content": {FROM_FILE: digest},
        "libraries": {},
        "trained_on": None,
    }


def with_change(recipe: Recipe, learned: str, change: Change) -> Recipe:
    """The recipe of features of changed images, by an extractor that learned from unchanged ones.

    `learned` is the digest of what it learned, which recipes of unchanged images do without.
    """
    return recipe | {CHANGE: change.recipe, LEARNED: learned}


def without_change(recipe: Recipe) -> Recipe:
    """The recipe of the same features of unchanged images."""
    return {key: recipe[key] for key in recipe if key not in (CHANGE, LEARNED)}


def is_of_file(recipe: Recipe) -> bool:
    """Whether features come from a file, so that no extractor computes them."""
    return FROM_FILE in recipe["content"]


def fingerprint(recipe: Recipe) -> str:
    """Short hex digest of a recipe."""
    return digest(json.dumps(recipe, sort_keys=True, default=list).encode())[:12]


def differing(one: Recipe, other: Recipe, *but: str) -> list[str]:
    """The keys in which two recipes differ, except those in `but`."""
    first, second = (json.loads(json.dumps(recipe, default=list)) for recipe in (one, other))
    return [key for key in first if key not in but and first[key] != second.get(key)]


def digest_of_ids(ids: np.ndarray) -> dict[str, Any]:
    """The number of ids, and a digest of them in any order."""
    return {"films": len(ids), "digest": digest("\n".join(sorted(ids)).encode())}


def digest(data: bytes) -> str:
    """The hex digest of bytes: of an image file, a part or a recipe."""
    return blake2b(data, digest_size=LONGEST_DIGEST // 2).hexdigest()


def _version(module: str) -> str:
    """The version of a library, without importing it."""
    if module in sys.modules:
        return str(sys.modules[module].__version__)
    # The CPU package of TensorFlow has another name, as has the GPU package of ONNX Runtime.
    for distribution in (module, f"{module}-cpu", f"{module}-gpu"):
        with suppress(PackageNotFoundError):
            return version(distribution)
    return "unknown"
