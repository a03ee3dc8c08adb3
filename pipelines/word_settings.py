"""`--tune-words`: settings of visual words, whose features a search chooses among."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from itertools import product
from math import prod
from typing import Any

from errors import InvalidOption
from features.branch import Branch
from features.extracted import Extracted
from features.extractor import Extractor
from features.settings import read_settings, with_settings
from models.row_view import Rows
from models.search_space import Chosen, OneOf, spoken
from models.views import WORDS, Block, Views
from pipelines import chosen_extractors, chosen_networks, taken_blocks
from pipelines.command_options import Compare, Extraction, Train

FLAG = "--tune-words"
# Between the values of a parameter, and between the numbers of one value.
NEXT, AND = ",", "+"

# The values of each parameter of each extractor, the present one first.
Values = dict[str, dict[str, tuple[Any, ...]]]


def check(options: Train | Compare) -> None:
    """Refuse settings without a search, and those that no search can choose among."""
    if options.tune_words and not options.tune:
        raise InvalidOption(
            f"{FLAG} needs --tune, which chooses the settings; got {options.tune_words!r} alone."
            f" Add --tune 20, or leave {FLAG} out."
        )
    values_of(options)


def values_of(options: Extraction) -> Values:
    """The values to choose among; {} for a command or a run without them."""
    asked = read_settings(getattr(options, "tune_words", ""), FLAG)
    _check_used(asked, options)
    return {
        name: {each: _values(name, each, text, options) for each, text in given.items()}
        for name, given in asked.items()
    }


def variants(options: Extraction) -> dict[str, Extractor]:
    """The extractors with every other combination of values, by their name and these values."""
    found: dict[str, Extractor] = {}
    for name, given in values_of(options).items():
        # The first combination is that of the extractor as it is.
        for values in [*product(*given.values())][1:]:
            setting = dict(zip(given, values, strict=True))
            made: Any = chosen_extractors.make(name, options.set)
            found[f"{name} {spoken(setting)}"] = made.set_params(**setting)
    return found


def space(options: Train | Compare, needs: Collection[str]) -> dict[str, OneOf]:
    """What a search may set for a classifier that takes these kinds or names of blocks."""
    return {
        f"{name}.{parameter}": OneOf(*values)
        for name, given in values_of(options).items()
        if {name, WORDS} & {*needs}
        for parameter, values in given.items()
    }


def counted(options: Compare) -> str:
    """How many settings there are: `6 settings of dense_sift_fisher`; "" for none."""
    counts = {name: prod(map(len, given.values())) for name, given in values_of(options).items()}
    return " and ".join(f"{count} settings of {name}" for name, count in counts.items())


def with_chosen(extracted: Extracted, chosen: Chosen) -> Extracted:
    """The images with the features of the chosen settings; themselves if those are the present."""
    tuned = {branch.store.name for branch in extracted.variants.values()}
    found = {name: _branch(name, extracted, chosen) for name in tuned}
    if all(each is extracted.branches[name] for name, each in found.items()):
        return extracted
    return replace(extracted, branches=extracted.branches | found)


def views_of(views: Views, extracted: Extracted, chosen: Chosen) -> Views:
    """The views of the present settings with the blocks of the chosen ones, which are read."""
    made = with_chosen(extracted, chosen)
    others = [name for name, each in made.branches.items() if each is not extracted.branches[name]]
    read = {name: Block(Rows.all_of(made.features(name).values), WORDS) for name in others}
    return Views(views.blocks | read)


def _check_used(asked: Mapping[str, Any], options: Extraction) -> None:
    """Refuse extractors that are not in use, or give no visual words."""
    known = _in_use(options) if asked else []
    unused = [name for name in asked if name not in known]
    if unused:
        raise InvalidOption(
            f"{FLAG} takes extractors of visual words that a classifier uses"
            f" ({', '.join(known) or 'there is none'}); got {unused[0]!r}. Correct the name, or add"
            " it to --extractors, and to the classifiers one that takes visual words."
        )


def _in_use(options: Extraction) -> list[str]:
    """The extractors of visual words of images, not of a network, that a classifier takes."""
    wanted = taken_blocks.taken(options)
    return [
        name
        for name in taken_blocks.asked(options)
        if taken_blocks.kind_named(name, options) == WORDS
        and not chosen_networks.takes_weights(name)
        and {name, WORDS} & wanted
    ]


def _values(name: str, parameter: str, text: str, options: Extraction) -> tuple[Any, ...]:
    """The values of one parameter, the present one first."""
    if parameter in chosen_extractors.make(name, options.set).neutral:
        raise InvalidOption(
            f"{FLAG} takes parameters that change features; {name}.{parameter} does not. Leave it"
            " out."
        )
    found = []
    for each in ("", *text.split(NEXT)):
        setting = f"{name}.{parameter}={each.replace(AND, NEXT)}" if each else ""
        made: Any = chosen_extractors.make(name, options.set)
        found.append(with_settings(made, name, setting, FLAG).get_params().get(parameter))
    present, *values = found
    # Reports show three digits of a number.
    shown = {spoken({parameter: value}) for value in values}
    if len(shown) < max(2, len(values)) or present not in values:
        typed = spoken({f"{name}.{parameter}": present})
        raise InvalidOption(
            f"{FLAG} takes two or more different values, the present one ({typed}) among them; got"
            f" {name}.{parameter}={text}. Type {typed}{NEXT}VALUE, or change the present one with"
            " --set."
        )
    return tuple(dict.fromkeys(found))


def _branch(name: str, extracted: Extracted, chosen: Chosen) -> Branch:
    """The branch of a block by the chosen values; values that are not chosen stay as they are."""
    present = extracted.branches[name]
    start = f"{name}."
    own = {key.removeprefix(start): chosen[key] for key in chosen if key.startswith(start)}
    wanted = present.extractor.get_params() | own
    return next(
        each
        for each in (present, *extracted.variants.values())
        if each.store.name == name and each.extractor.get_params() == wanted
    )
