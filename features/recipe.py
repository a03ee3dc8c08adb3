"""The recipe of an extractor: everything its numbers depend on, readable, and its fingerprint."""

import json
import sys
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import asdict
from hashlib import blake2b
from importlib.metadata import PackageNotFoundError, version
from typing import Any

import numpy as np

from features.extractor import Extractor
from features.renamed_parameters import in_recipe

Recipe = dict[str, Any]


def recipe_of(
    name: str, extractor: Extractor, training_ids: np.ndarray, decoders: Iterable[str] = ()
) -> Recipe:
    """What stands in `recipe.json`; parameters that no number depends on are left out.

    `decoders` are packages that these images are read with, and others are not.
    """
    libraries = ("PIL", "cv2", *extractor.libraries, *decoders)
    options = extractor.get_params()
    parameters = {key: options[key] for key in options if key not in extractor.neutral}
    return {
        "extractor": name,
        "version": extractor.version,
        "parameters": in_recipe(parameters),
        "preprocessing": asdict(extractor.preprocessing),
        "content": extractor.content(),
        "libraries": {module: _version(module) for module in libraries},
        "trained_on": digest_of_ids(training_ids) if extractor.learns else None,
    }


def fingerprint(recipe: Recipe) -> str:
    """Short hex digest of a recipe."""
    return digest(json.dumps(recipe, sort_keys=True, default=list).encode())[:12]


def differing(one: Recipe, other: Recipe, *but: str) -> list[str]:
    """The facts of which two recipes tell other things, those left out that do not matter."""
    told = [json.loads(json.dumps(recipe, default=list)) for recipe in (one, other)]
    return [fact for fact in told[0] if fact not in but and told[0][fact] != told[1].get(fact)]


def digest_of_ids(ids: np.ndarray) -> dict[str, Any]:
    """How many ids, and a digest of them whatever their order."""
    return {"films": len(ids), "digest": digest("\n".join(sorted(ids)).encode())}


def digest(data: bytes) -> str:
    """Hex digest of bytes: of an image's file, a part, a recipe."""
    return blake2b(data, digest_size=16).hexdigest()


def _version(module: str) -> str:
    """A library's version, without importing one that is not needed otherwise."""
    if module in sys.modules:
        return str(sys.modules[module].__version__)
    # TensorFlow's small wheel has another name.
    for distribution in (module, f"{module}-cpu"):
        with suppress(PackageNotFoundError):
            return version(distribution)
    return "unknown"
