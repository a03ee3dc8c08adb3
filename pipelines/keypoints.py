"""`keypoints`: keypoints drawn on films, and what visual words mean."""

from pathlib import Path
from typing import Any

import numpy as np
from joblib import Parallel, delayed

import checks
from datasets import images
from datasets.films import Films
from errors import InvalidOption
from features import extraction
from features.extraction import Branch
from features.gallery import Described, nearest_patches, word_counts
from features.recipe import recipe_of
from features.store import FeatureStore
from pictures import keypoints as pictures
from pictures.saving import save
from pipelines import extractors, sources
from pipelines.options import Keypoints
from pipelines.results import Result
from progress import track

FILMS_SHOWN = 4
FILMS_SEARCHED = 200
PATCHES_SHOWN = 10
DETECTORS = ("orb", "sift", "dense_sift")


def run(options: Keypoints) -> Result:
    """A picture a film; with `--gallery` or `--words` a gallery of visual words too."""
    checks.one_of("--detector", options.detector, DETECTORS)
    checks.at_least("--gallery", options.gallery, 0)
    name = f"{options.detector}_words"
    extractor = extractors.make(name, options.set)
    out = sources.folder(options.out)
    if options.films and not (options.gallery or options.words):
        lines = [_draw(extractor, path, options.detector, out) for path in options.films]
        return Result("\n".join(lines), {"pictures": lines})
    films = sources.films_of(options)
    paths = options.films or [Path(path) for path in films.paths[:FILMS_SHOWN]]
    lines = [_draw(extractor, path, options.detector, out) for path in paths]
    if options.gallery or options.words:
        lines.append(_draw_gallery(name, extractor, films, options, out))
    return Result("\n".join([sources.headline(films), *lines]), {"pictures": lines})


def _draw(extractor: Any, path: Path, detector: str, out: Path) -> str:
    film = extractor.preprocessing(images.read(path))
    found = extractor.describe(film)
    told = f"{len(found):,} {detector} keypoints at {len(film)} pixels a side"
    figure = pictures.on_film(film, found, f"{path.name}: {told}")
    return f"{told}: {save(figure, out / f'{path.stem}-{detector}.png')}"


def _draw_gallery(name: str, extractor: Any, films: Films, options: Keypoints, out: Path) -> str:
    """The gallery's path; the vocabulary is the one `extract` learned, or is learned now."""
    store = FeatureStore(options.cache, recipe_of(name, extractor, films.ids[films.train]))
    extraction.learn(Branch(extractor, store), films, sources.cores(options.jobs))
    searched = _described(extractor, films, sources.cores(options.jobs))
    counts = word_counts(extractor, searched)
    words = _chosen(options, counts)
    patches = nearest_patches(extractor, searched, words, PATCHES_SHOWN)
    title = f"{films.source}: patches nearest to words of {name} ({len(searched)} training films)"
    figure = pictures.gallery(patches, counts, title)
    return f"{len(words)} words: {save(figure, out / f'{name}-gallery.png')}"


def _described(extractor: Any, films: Films, jobs: int) -> list[Described]:
    """The first training films with their local descriptors."""

    def describe(row: int) -> Described:
        film = extractor.preprocessing(images.read(films.paths[row]))
        return Described(films.ids[row], film, extractor.describe(film))

    rows = np.flatnonzero(films.train)[:FILMS_SEARCHED]
    work = Parallel(jobs, backend="threading", return_as="generator")(map(delayed(describe), rows))
    return list(track(work, "searching for patches", len(rows)))


def _chosen(options: Keypoints, counts: np.ndarray) -> list[int]:
    """The words asked for by number, or so many spread from the commonest to the rarest."""
    if not options.words:
        places = np.linspace(0, len(counts) - 1, min(options.gallery, len(counts)))
        return np.argsort(-counts, kind="stable")[places.astype(int)].tolist()
    asked = [text.strip() for text in options.words.split(",")]
    if not all(text.isdigit() and int(text) < len(counts) for text in asked):
        raise InvalidOption(
            f"--words must be numbers from 0 to {len(counts) - 1}, separated by commas; got"
            f" {options.words!r}."
        )
    return [int(text) for text in asked]
