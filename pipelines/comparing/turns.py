"""The splits of a comparison: the data set's own, or folds or sites that are tested in turn."""

from dataclasses import replace

import numpy as np

from datasets import pooled_sites, splits
from datasets.images import SITE, Images, Split
from datasets.patients import unit
from errors import InvalidOption
from pipelines.command_options import Compare


def check(options: Compare) -> None:
    """Refuse sites to leave out where there is one site, or where folds are asked for too."""
    if not options.leave_site_out:
        return
    if not options.also:
        raise InvalidOption(
            "--leave-site-out needs several sites; got no --also. Add --also FOLDER, or leave it"
            " out."
        )
    if options.folds:
        raise InvalidOption(
            f"--leave-site-out makes each site the test set in turn; got --folds {options.folds} as"
            " well. Leave one of them out."
        )


def splits_of(images: Images, options: Compare) -> tuple[Images, list[Split]]:
    """The images, with notes on folds or sites, and the splits that the models are evaluated on."""
    if options.leave_site_out:
        images = pooled_sites.of_several_sites(images)
        return images, pooled_sites.by_site(images)
    if not options.folds:
        return images, [images.split] if images.split else []
    folds = splits.folds(images, options.folds, options.seed)
    n_aside = np.count_nonzero(images.sets == "")
    if n_aside or options.split != "auto":
        note = (
            f"folds replace the split {images.split_name}; the {n_aside:,} images that are in none"
            " of its sets stay out"
        )
        images = replace(images, notes=(*images.notes, note))
    return images, folds


def name_of_all(images: Images, options: Compare) -> str:
    """The name of splits that take turns."""
    if options.leave_site_out:
        return f"each site left out in turn: {', '.join(dict.fromkeys(images.meta[SITE]))}"
    return f"{options.folds} folds by {unit(images.patients_from)}, seed {options.seed}"


def name_of(images: Images, number: int, options: Compare) -> str:
    """The name of one of several splits, counted from 1: `fold 2`, or that of its site."""
    return images.split_name if options.leave_site_out else f"fold {number}"
