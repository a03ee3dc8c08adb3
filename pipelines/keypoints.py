"""`keypoints`: draw keypoints on images, and image patches of visual words."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np

import checks
from datasets import image_files, sources
from datasets.image_stream import ImageFile, each_image, image_threads
from datasets.images import Images, Skipped
from datasets.options import listed
from errors import ImageUnreadable, InvalidOption
from features import extraction_loop
from features.branch import Branch
from features.gallery import Described, nearest_patches, word_counts
from features.recipe import recipe_of
from features.settings import check_used
from features.store import FeatureStore
from features.visual_words import VisualWords
from inference.explained import stems
from pipelines import Result, chosen_extractors
from pipelines.command_options import Keypoints
from pipelines.recorded import recorded
from progress import step, track
from reports.plots import keypoint_circles as pictures
from reports.plots.plotting import save

IMAGES_SHOWN = 4
IMAGES_SEARCHED = 200
PATCHES_SHOWN = 10
DETECTORS = ("orb", "sift", "akaze", "brisk", "dense_sift")


@recorded("keypoints")
def run(options: Keypoints) -> Result:
    """A picture for each image; with `--gallery` or `--words` also a gallery of visual words."""
    checks.one_of("--detector", options.detector, DETECTORS)
    checks.at_least("--gallery", options.gallery, 0)
    name = f"{options.detector}_words"
    extractor = chosen_extractors.make(name, options.set)
    assert isinstance(extractor, VisualWords)
    check_used(options.set, [name], "--detector")
    sources.folder(options.out)
    gallery = bool(options.gallery or options.words)
    named = sources.images_named(options.image, ()) if options.image else None
    images = named if named and not gallery else sources.images_of(options)
    shown = named or images.select(np.arange(len(images)) < IMAGES_SHOWN)
    made = list(_draw(extractor, shown, options))
    if gallery:
        made += _draw_gallery(name, extractor, images, options)
    return _result(made, images, options)


def _result(made: Sequence[str | Skipped], images: Images, options: Keypoints) -> Result:
    skipped = tuple({each: None for each in made if isinstance(each, Skipped)})
    sources.write_skipped(replace(images, skipped=skipped), options.out)
    lines = [each for each in made if isinstance(each, str)]
    head = [sources.headline(images)] if images.format != sources.FILES else []
    reasons = [f"skipped {image.id}: {image.reason}" for image in skipped]
    values = {"pictures": lines, "skipped": dict(skipped)}
    return Result([*head, *lines, *reasons], values, len(skipped))


def _draw(extractor: VisualWords, images: Images, options: Keypoints) -> Iterator[str | Skipped]:
    """A line for each picture with its path, or why there is no picture."""
    for seen, stem in zip(_described(extractor, images, 1), stems(images.ids), strict=True):
        if isinstance(seen, Skipped):
            yield seen
            continue
        count, side = len(seen.descriptors), len(seen.image)
        counted = f"{count:,} {options.detector} keypoints at {side} × {side} pixels"
        figure = pictures.on_image(seen.image, seen.descriptors, f"{seen.name}: {counted}")
        yield f"{counted}: {save(figure, options.out / f'{stem}-{options.detector}.png')}"


def _draw_gallery(
    name: str, extractor: VisualWords, images: Images, options: Keypoints
) -> list[str | Skipped]:
    """The gallery's path; the vocabulary comes from the cache, or is learned now."""
    jobs = sources.cores(options.jobs)
    decoders = image_files.decoders(images.paths)
    recipe = recipe_of(name, extractor, images.ids[images.train], decoders)
    store = FeatureStore(options.cache, recipe)
    extraction_loop.learn(Branch(extractor, store), images, jobs)
    training = images.select(np.flatnonzero(images.train)[:IMAGES_SEARCHED])
    described = _described(extractor, training, jobs)
    images_searched = list(track(described, "searching for patches", len(training)))
    skipped = [each for each in images_searched if isinstance(each, Skipped)]
    searched = [each for each in images_searched if isinstance(each, Described)]
    if not searched:
        return [*skipped]
    step("drawing the gallery")
    counts = word_counts(extractor, searched)
    words = words_to_show(options, counts)
    patches = nearest_patches(extractor, searched, words, PATCHES_SHOWN)
    title = f"{images.source}: patches of visual words of {name} ({len(searched)} training images)"
    figure = pictures.gallery(patches, counts, title)
    line = f"{len(words)} visual words: {save(figure, options.out / f'{name}-gallery.png')}"
    return [line, *skipped]


def _described(extractor: VisualWords, images: Images, jobs: int) -> Iterator[Described | Skipped]:
    """Each image with its local descriptors, in order, or why it is skipped."""

    def use(row: int, file: ImageFile) -> Described:
        plane = extractor.preprocessing(image_files.plane_of(file.decoded, file.path))
        return Described(images.ids[row], plane, extractor.describe(plane))

    with image_threads(jobs) as pool:
        rows = range(len(images))
        for row, made in each_image(pool, rows, images.paths.__getitem__, use, 2 * jobs):
            if isinstance(made, ImageUnreadable):
                yield Skipped(images.ids[row], str(made))
            else:
                yield made


def words_to_show(options: Keypoints, counts: np.ndarray) -> list[int]:
    """The visual words asked for by number, or some from the commonest to the rarest."""
    if not options.words:
        places = np.linspace(0, len(counts) - 1, min(options.gallery, len(counts)))
        return np.argsort(-counts, kind="stable")[places.astype(int)].tolist()
    asked = listed(options.words)
    if not asked or not all(text.isdecimal() and int(text) < len(counts) for text in asked):
        raise InvalidOption(
            f"--words must be numbers from 0 to {len(counts) - 1}, separated by commas; got"
            f" {options.words!r}. Try --words 0,1,2."
        )
    return [int(text) for text in asked]
