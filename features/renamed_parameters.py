"""Parameters that had other names in earlier versions.

Caches and bundles of those versions hold the old names and stay valid.
"""

from collections.abc import Collection, Mapping
from typing import Any

# For each old name the present ones; a plug-in has one of them at most.
RENAMED = {
    "bins": ("max_bin",),
    "clip": ("global_clipnorm",),
    "column_share": ("colsample_bynode",),
    "depth": ("max_depth",),
    "film_share": ("subsample",),
    "jobs": ("n_jobs",),
    "max_iterations": ("max_iter",),
    "parts": ("weight_steps",),
    "patience": ("reduce_lr_patience",),
    "penalty": ("reg_lambda",),
    "rounds": ("n_estimators",),
    "sample_films": ("sample_images",),
    "spread": ("use_cluster",),
    "stop_after": ("early_stopping_rounds", "patience"),
    "strengths": ("C",),
    "warm_up": ("warmup_epochs",),
}
# A recipe with another name would have another fingerprint, and its cache would not be found.
IN_RECIPES = {"sample_images": "sample_films"}


def new_name(old: str, known: Collection[str]) -> str | None:
    """The present name of a parameter among those that a plug-in has; None if it has none."""
    return next((name for name in RENAMED.get(old, ()) if name in known), None)


def renamed(options: Mapping[str, Any], known: Collection[str]) -> dict[str, Any]:
    """Options as stored by any version, under the names that a plug-in has today."""
    # `patience` is a name of both times: another old name shows which one is meant.
    if not any(new_name(name, known) for name in options.keys() - known):
        return dict(options)
    return {new_name(name, known) or name: value for name, value in options.items()}


def in_recipe(parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Parameters under the names that recipes have had from the first version on."""
    return {IN_RECIPES.get(name, name): value for name, value in parameters.items()}
