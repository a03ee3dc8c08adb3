"""The files of embeddings that a bundle needs, checked against what it was trained with."""

from collections.abc import Mapping, Sequence

from datasets.images import Images
from errors import InvalidOption
from features import given_features
from features.given_features import Given, Pooling, Source
from models.bundled_view import BundledView

Views = Mapping[str, BundledView]


def check(sources: Sequence[Source], views: Views) -> None:
    """Refuse files for blocks that the bundle has not, or has as another kind."""
    needed = _needed(views)
    for source in sources:
        if source.name not in needed:
            raise InvalidOption(
                f"--embeddings must name what the bundle was trained with ({_listed(needed)}); got"
                f" {source.name}. Leave it out, or correct the name."
            )
        if source.typed and source.kind != needed[source.name].kind:
            raise InvalidOption(
                f"{source.name} must be of the kind that the bundle was trained with,"
                f" {needed[source.name].kind}; got {source.kind}. Type --embeddings"
                f" {source.name}={source.path}."
            )


def given(
    images: Images, sources: Sequence[Source], views: Views, missing: str
) -> tuple[Images, dict[str, Given]]:
    """The images that have all embeddings that the bundle needs, and these by name."""
    needed = _needed(views)
    if absent := needed.keys() - {source.name for source in sources}:
        flags = " ".join(f"--embeddings {name}=FILE" for name in needed)
        raise InvalidOption(
            f"This bundle takes embeddings from files ({_listed(needed)}); there is no file for"
            f" {' and '.join(sorted(absent))}. Compute them for these images with the same network,"
            f" and type {flags}."
        )
    if not needed:
        return images, {}
    typed = [source._replace(kind=needed[source.name].kind) for source in sources]
    poolings = {name: Pooling(pool=view.options["pool"]) for name, view in needed.items()}
    kept, found = given_features.given(images, typed, poolings, missing)
    for name, each in found.items():
        _check_width(name, each, needed[name])
    return kept, found


def _check_width(name: str, found: Given, view: BundledView) -> None:
    width = view.recipe["parameters"]["width"]
    if found.width != width:
        raise InvalidOption(
            f"Embeddings of {name} must have {width:,} numbers, as in training; those in"
            f" {found.source.path} have {found.width:,}. Compute them with the same network."
        )


def _needed(views: Views) -> dict[str, BundledView]:
    return {name: view for name, view in views.items() if view.from_file}


def _listed(needed: Views) -> str:
    """`rad_dino, 768 numbers`, or that there are none."""
    widths = (
        f"{name}, {view.recipe['parameters']['width']:,} numbers" for name, view in needed.items()
    )
    return "; ".join(widths) or "none"
