"""The classifier that the options of `train` ask for, and how its thresholds are chosen."""

from typing import Any

from errors import InvalidOption
from features.settings import with_settings
from models import thresholds
from models.classifier import Classifier
from models.named import narrowed, plugin, plugin_name
from models.views import METADATA
from pipelines import chosen_extractors
from pipelines.command_options import Train


def make(options: Train) -> Classifier:
    """The classifier asked for, not fitted yet."""
    name = options.classifier
    plain = chosen_extractors.with_network(
        plugin(name)(seed=options.seed), chosen_extractors.trained_network(options)
    )
    classifier: Any = narrowed(with_settings(plain, plugin_name(name), options.set), name)
    if not options.metadata:
        return classifier
    if "views" not in classifier.get_params():
        raise InvalidOption(
            f"--metadata needs a classifier with several views; {options.classifier} has one."
            " Try dual_input, xgboost or logistic."
        )
    return classifier.set_params(views=(*classifier.views, METADATA))


def check_thresholds(options: Train) -> None:
    """Refuse an unknown rule or an impossible recall, and a recall that the rule does not use."""
    thresholds.check(options.thresholds, options.recall)
    if options.thresholds != "recall" and options.recall != Train.recall:
        raise InvalidOption(
            f"--recall needs --thresholds recall; got {options.thresholds}. Type"
            f" --thresholds recall --recall {options.recall}, or leave --recall out."
        )
