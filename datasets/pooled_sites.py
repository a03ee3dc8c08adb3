"""Several data sets as one: labels aligned as common findings, and the site of each image kept."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd

from datasets import overlap, tasks, vocabulary
from datasets.images import NOBODY_KNOWN, SITE, TEST, TRAIN, Caution, Images, Skipped, Split
from datasets.vocabulary import Common
from errors import InvalidOption


def pooled(sets: Sequence[Images], changes: Path | None = None) -> Images:
    """The images of several data sets with common findings; NaN where a site does not report one.

    Each keeps its own split. Patients are those of a site: the same name at two sites is not the
    same patient. Images that an earlier site has too are left out with all images of their
    patients.
    """
    titles = _titles(sets)
    exclusive = [bool(each.classes) for each in sets]
    kept, notes = _without_copies([tasks.with_all_classes(each) for each in sets], titles)
    mapped = [vocabulary.common(replace(each, classes=()), changes) for each in kept]
    named = [_named(each.images, title) for each, title in zip(mapped, titles, strict=True)]
    names = _findings(mapped)
    notes = [*_approximate(mapped, titles, names), *notes, *_kinship(sets)]
    notes = [*_notes(named, titles), *_missing(named, titles, names), *notes]
    images = _together(named, names, notes)
    if all(exclusive) and all({*each.label_names} == {*names} for each in named):
        return tasks.resolved(images, tasks.EXCLUSIVE)
    return images


def by_site(images: Images) -> list[Split]:
    """One split for each site: it is the test set, and the other sites keep their validation sets.

    Images in no set of the split stay out.
    """
    sites = images.meta[SITE].to_numpy(object)
    splits = []
    for site in dict.fromkeys(sites):
        sets = np.where(images.sets == TEST, TRAIN, images.sets)
        sets[(sites == site) & (sets != "")] = TEST
        splits.append(Split(f"{site} left out", sets))
    return splits


def of_several_sites(images: Images) -> Images:
    """The images with the findings that at least two sites report, to leave one site out."""
    sites = images.meta[SITE].to_numpy(object)
    reporting = np.array([_reported(images.labels[sites == site]) for site in dict.fromkeys(sites)])
    shared = reporting.sum(axis=0) > 1
    if not shared.any():
        raise InvalidOption(
            "--leave-site-out needs a finding that two sites report; among"
            f" {', '.join(images.label_names)} there is none. Name labels that mean the same by"
            " --map FILE."
        )
    if shared.all():
        return images
    left = [name for name, kept in zip(images.label_names, shared, strict=True) if not kept]
    return replace(
        images,
        labels=images.labels[:, shared],
        label_names=tuple(np.array(images.label_names, object)[shared]),
        notes=(*images.notes, f"left out, because only one site reports them: {', '.join(left)}"),
    )


def _titles(sets: Sequence[Images]) -> list[str]:
    """A different name for each data set."""
    titles: list[str] = []
    for each in sets:
        again = titles.count(each.source) + sum(t.startswith(f"{each.source} (") for t in titles)
        titles.append(f"{each.source} ({again + 1})" if again else each.source)
    return titles


def _without_copies(
    sets: Sequence[Images], titles: Sequence[str]
) -> tuple[list[Images], list[str]]:
    """The sets without patients of whom an earlier one has an image, and notes with counts."""
    kept, notes = [sets[0]], []
    for each, title in zip(sets[1:], titles[1:], strict=True):
        copies = sorted({row for other in kept for row, _ in overlap.identical(each, other)})
        theirs = np.isin(each.patients, each.patients[copies])
        if copies:
            notes.append(
                f"{theirs.sum():,} images of {title} were left out, because {len(copies):,} of"
                " them are the same files as images of another site, and the others are of the"
                " same patients"
            )
        kept.append(each.select(~theirs))
    return kept, notes


def _named(images: Images, title: str) -> Images:
    """The images with ids, patients, studies and notes that name their site."""

    def of_site(names: np.ndarray) -> np.ndarray:
        return np.array([f"{title}/{name}" if name else "" for name in names], object)

    return replace(
        images,
        ids=of_site(images.ids),
        patients=of_site(images.patients),
        studies=None if images.studies is None else of_site(images.studies),
        meta=images.meta.assign(**{SITE: title}),
        boxes=images.boxes.assign(id=of_site(images.boxes["id"].to_numpy(object))),
        notes=tuple(type(note)(f"{title}: {note}") for note in images.notes),
        skipped=tuple(Skipped(f"{title}/{each.id}", each.reason) for each in images.skipped),
    )


def _together(named: Sequence[Images], names: tuple[str, ...], notes: Sequence[str]) -> Images:
    known = [each.studies for each in named]
    unknown = (np.full(len(each), "", object) for each in named)
    studies = [one if one is not None else none for one, none in zip(known, unknown, strict=True)]
    return Images(
        source=" + ".join(each.meta[SITE].iloc[0] for each in named),
        format="several sites",
        ids=np.concatenate([each.ids for each in named]),
        paths=np.concatenate([each.paths for each in named]),
        patients=np.concatenate([each.patients for each in named]),
        labels=np.concatenate([_aligned(each, names) for each in named]),
        label_names=names,
        meta=pd.concat([each.meta for each in named], ignore_index=True),
        patients_from=_patients_from(named),
        studies=np.concatenate(studies) if any(each is not None for each in known) else None,
        boxes=pd.concat([each.boxes for each in named], ignore_index=True),
        split=_split(named),
        synthetic=any(each.synthetic for each in named),
        notes=tuple(notes),
        skipped=tuple(skipped for each in named for skipped in each.skipped),
    )


def _findings(mapped: Sequence[Common]) -> tuple[str, ...]:
    """All findings, but for broader ones that one site alone has, since it has their parts."""
    counts = Counter(name for each in mapped for name in each.names)
    return tuple(
        dict.fromkeys(
            name
            for each in mapped
            for name in each.names
            if counts[name] > 1 or not _is_spare(each, name)
        )
    )


def _is_spare(common: Common, name: str) -> bool:
    """Whether a finding is only nearly what its labels mean, each of which means another too."""
    others = {label for other, made in common.names.items() if other != name for label in made}
    return name in common.approximate and others >= {*common.names[name]}


def _approximate(
    mapped: Sequence[Common], titles: Sequence[str], names: Sequence[str]
) -> Iterator[str]:
    """A note for each finding that is only nearly the same at a site."""
    for title, each in zip(titles, mapped, strict=True):
        for name, why in each.approximate.items():
            if name in names:
                yield f"{name} of {title} is {' or '.join(each.names[name])}: {why}"


def _aligned(images: Images, names: Sequence[str]) -> np.ndarray:
    """Labels (n, k) in the order of these names, NaN for those that the images lack."""
    labels = np.full((len(images), len(names)), np.nan, np.float32)
    for column, name in enumerate(names):
        if name in images.label_names:
            labels[:, column] = images.labels[:, images.label_names.index(name)]
    return labels


def _split(named: Sequence[Images]) -> Split:
    name = "; ".join(f"{each.meta[SITE].iloc[0]}: {each.split_name}" for each in named)
    return Split(name, np.concatenate([each.sets for each in named]))


def _patients_from(named: Sequence[Images]) -> str:
    """Where patients come from, as weak as the weakest site."""
    sources = list(dict.fromkeys(each.patients_from for each in named))
    known = [source for source in sources if source != NOBODY_KNOWN]
    if not known or len(sources) == 1:
        return sources[0]
    return f"{known[0]} for some images" if NOBODY_KNOWN in sources else " and ".join(known)


def _reported(labels: np.ndarray) -> np.ndarray:
    """Labels (n, k) that any image reports, (k,)."""
    return np.asarray((~np.isnan(labels)).any(axis=0))


def _notes(named: Sequence[Images], titles: Sequence[str]) -> Iterator[str]:
    counts = (
        f"{title} {len(each):,} ({len(set(each.patients)):,} patients)"
        for title, each in zip(titles, named, strict=True)
    )
    yield f"images of {len(named)} sites: {', '.join(counts)}"
    yield from (note for each in named for note in each.notes)


def _missing(named: Sequence[Images], titles: Sequence[str], names: Sequence[str]) -> Iterator[str]:
    """A note for each site on the findings that only others report."""
    for title, each in zip(titles, named, strict=True):
        missing = [name for name in names if name not in each.label_names]
        if missing:
            yield f"not reported by {title}: {', '.join(missing)}"


def _kinship(sets: Sequence[Images]) -> Iterator[str]:
    if any(each.format == overlap.NIH or overlap.NIH_IMAGES in each.notes for each in sets):
        yield overlap.NIH_IMAGES
    if kin := overlap.kinship([*sets]):
        yield Caution(kin)
