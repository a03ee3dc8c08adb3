"""Names of extractors as they are typed, where `classical` stands for all hand-crafted ones."""

from functools import cache

import features.extractors
import registry
from datasets.options import listed
from pipelines.plugin_sources import ancestors, described

CLASSICAL, PIXELS = "classical", "pixels"
# What extractors that are computed from each image alone have in common.
ANCESTOR = "ImageFeatures"


def extractors_listed(text: str) -> list[str]:
    """The extractors listed with commas between them, each once."""
    names = listed(text)
    if CLASSICAL not in names:
        return names
    place = names.index(CLASSICAL)
    return list(dict.fromkeys([*names[:place], *classical(), *names[place + 1 :]]))


@cache
def classical() -> tuple[str, ...]:
    """All extractors of hand-crafted features; those that need a network are not among them."""
    return tuple(
        name
        for name in registry.names(features.extractors)
        if ANCESTOR in ancestors(features.extractors.__name__, name)
        and name != PIXELS
        and "network" not in described(features.extractors.__name__, name).options
    )
