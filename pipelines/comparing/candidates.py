"""The candidates of a comparison: classifiers, and for each hybrid its width-matched controls."""

from collections.abc import Callable, Collection, Sequence
from functools import partial
from typing import Any, NamedTuple

import models.classifiers
import registry
from features.recipe import digest
from features.settings import with_settings
from file_names import harmless
from models.classifier import Classifier
from models.named import TAKES, narrowed, plugin, plugin_name
from models.test_time_augmentation import TTA
from models.views import DEEP, METADATA, PIXELS, WORDS, Views, duplicated_embedding, shuffled_words
from pipelines import chosen_extractors, taken_blocks
from pipelines.command_options import Compare

METADATA_ONLY = "metadata alone"


class Candidate(NamedTuple):
    """A model of the comparison: how it is made, the kinds or names of blocks it needs and their
    kinds, and what it sees of them.

    Its trainings are kept under its key, which outlives a change of its name.
    """

    name: str
    key: str
    make: Callable[[int], Classifier]
    see: Callable[[Views, int], Views]
    needs: tuple[str, ...]
    kinds: tuple[str, ...]
    control: bool = False
    # The classifier that is trained: a control shares it with its hybrid.
    classifier: str = ""
    # Whether its probabilities are averaged over versions of each image. The candidate before it
    # is the same without.
    averaged: bool = False


def candidates_of(options: Compare) -> list[Candidate]:
    """The classifiers asked for in their order, each hybrid followed by its controls.

    With `--tta`, each classifier is followed by itself with averaged probabilities.
    """
    network = chosen_extractors.trained_network(options)
    own = [_candidate(name, options, network) for name in options.classifying]
    has_embedding = any(DEEP in each.kinds for each in own)
    candidates: list[Candidate] = []
    for each in own:
        candidates.append(each)
        if options.tta:
            candidates.append(averaged(each))
        if is_hybrid(each.kinds):
            candidates += _controls(each, has_embedding)
    return candidates


def averaged(candidate: Candidate) -> Candidate:
    """The candidate with probabilities averaged over versions of each test image."""
    name, key = f"{candidate.name}{TTA}", f"{candidate.key}_tta"
    return candidate._replace(name=name, key=key, averaged=True)


def metadata_only() -> Candidate:
    """The baseline that sees age, sex and view alone."""
    kinds = (METADATA,)
    alone = Candidate(METADATA_ONLY, "metadata_alone", _metadata_only, _unchanged, kinds, kinds)
    return alone._replace(classifier=METADATA_ONLY)


def is_hybrid(kinds: Collection[str]) -> bool:
    """Whether a classifier combines visual words with a network or its embedding."""
    return WORDS in kinds and not {DEEP, PIXELS}.isdisjoint(kinds)


def sees_changes(candidate: Candidate) -> bool:
    """Whether a candidate is shown changed images: classifiers as they are asked for.

    The metadata-only baseline sees no image.
    """
    return not (candidate.control or candidate.averaged or candidate.classifier == METADATA_ONLY)


def _candidate(name: str, options: Compare, network: dict[str, Any]) -> Candidate:
    make = partial(_make, name, options, network)
    needs = make(options.seed).needs
    key = name if TAKES not in name else f"{harmless(name)}-{digest(name.encode())[:8]}"
    kinds = taken_blocks.kinds(needs, options)
    return Candidate(name, key, make, _unchanged, needs, kinds, classifier=name)


def _controls(hybrid: Candidate, has_embedding: bool) -> list[Candidate]:
    """The hybrid with shuffled visual words, and with the embedding twice where there is one."""
    shuffled = hybrid._replace(
        name=f"{hybrid.name} with shuffled visual words",
        key=f"{hybrid.key}_with_words_of_other_films",
        see=shuffled_words,
        control=True,
    )
    duplicated = hybrid._replace(
        name=f"{hybrid.name} with duplicated embedding",
        key=f"{hybrid.key}_with_deep_vectors_for_words",
        see=partial(_duplicated_embedding, hybrid.needs),
        control=True,
    )
    return [shuffled, duplicated] if has_embedding else [shuffled]


def _make(name: str, options: Compare, network: dict[str, Any], seed: int) -> Classifier:
    """A classifier as asked for; age, sex and view join hybrids only, and only if asked."""
    plain = chosen_extractors.with_network(plugin(name)(), network)
    made: Any = narrowed(with_settings(plain, plugin_name(name), options.set), name)
    made.set_params(seed=seed)
    kinds = taken_blocks.kinds(made.needs, options)
    if options.metadata and is_hybrid(kinds) and "views" in made.get_params():
        made.set_params(views=(*made.views, METADATA))
    return made


def _metadata_only(seed: int) -> Classifier:
    return registry.load(models.classifiers, "logistic")(seed=seed, views=(METADATA,))


def _unchanged(views: Views, seed: int) -> Views:
    return views


def _duplicated_embedding(needs: Sequence[str], views: Views, seed: int) -> Views:
    """Of the embeddings that the hybrid takes, or of all if it takes none."""
    own = {name for name, each in views.of(*needs).blocks.items() if each.kind == DEEP}
    pairs = views.blocks.items()
    seen = {name: each for name, each in pairs if name in own or not own or each.kind != DEEP}
    return duplicated_embedding(Views(seen))
