"""Classifiers by what people type: NAME, NAME:KIND+KIND, or NAME:BLOCK+BLOCK."""

from typing import Any

import models.classifiers
import registry
from errors import InvalidOption
from models.classifier import Classifier
from models.views import KINDS

# Between a classifier and what it takes, and between the parts of that.
TAKES, AND = ":", "+"


def plugin_name(typed: str) -> str:
    """The plug-in of a classifier, without what it takes."""
    return typed.partition(TAKES)[0]


def plugin(typed: str) -> Any:
    """The class of a classifier."""
    return registry.load(models.classifiers, plugin_name(typed))


def classifier_named(typed: str, **options: Any) -> Classifier:
    """A classifier that is not fitted yet, with these options."""
    return narrowed(plugin(typed)(**options), typed)


def narrowed(classifier: Any, typed: str) -> Classifier:
    """The classifier, which takes only the kinds or blocks of features that are typed."""
    name, _, taken = typed.partition(TAKES)
    if not taken:
        return classifier
    parts, parameters = tuple(taken.split(AND)), classifier.get_params()
    if "views" in parameters:
        return classifier.set_params(views=parts)
    if "networks" in parameters and not set(parts) & set(KINDS):
        return classifier.set_params(networks=parts)
    raise InvalidOption(
        f"{name} always takes {' and '.join(classifier.needs)}; got {typed!r}. Leave"
        f" {TAKES}{taken} out, or choose another classifier."
    )
