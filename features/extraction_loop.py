"""Images to features in one pass: each image is read and decoded once for all its extractors.

Reading, decoding and hand-crafted extractors run in threads; networks compute batches meanwhile.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

import numpy as np

import storage
from datasets import image_files
from datasets.image_change import Change
from datasets.image_stream import ImageFile, ahead, each_image, image_threads
from datasets.images import Images, Skipped
from errors import ImageUnreadable
from features import extraction_plan
from features.branch import Branch
from features.digests import Digests
from features.extraction_plan import Plan, Seen, Task
from features.extractor import learns, prepare
from features.recipe import digest
from progress import say, stage, track

AHEAD_PER_JOB = 16
FILES_AHEAD = 64


class Prepared(NamedTuple):
    """An image's file, and by branch what threads computed of it."""

    seen: Seen
    by_branch: dict[str, np.ndarray]


def planned(images: Images, branches: dict[str, Branch], digests: Digests, jobs: int) -> Plan:
    """Which features are missing, after files that may have changed were read again."""
    known = digests.each(images.paths)
    look_again(images, branches, digests, jobs, known)
    return extraction_plan.plan(images, branches, known)


def extract(
    plan: Plan,
    branches: dict[str, Branch],
    digests: Digests,
    jobs: int,
    elsewhere: Callable[[Plan], Iterable[tuple[Task, Seen]]] | None = None,
) -> list[Skipped]:
    """Compute and store what is planned, here or by `elsewhere`; returns unreadable images."""
    done = elsewhere(plan) if elsewhere else worked(plan.tasks(), branches, jobs)
    skipped = []
    for task, seen in track(done, "extracting", len(plan)):
        digests.remember(task.path, seen.state, seen.digest)
        if seen.error:
            skipped.append(Skipped(task.id, seen.error))
    digests.save()
    return skipped


def worked(
    tasks: Iterable[Task], branches: dict[str, Branch], jobs: int
) -> Iterator[tuple[Task, Seen]]:
    """Each task with its file's digest, once its features are on their way to the stores."""

    def use(task: Task, file: ImageFile) -> Prepared:
        seen = Seen(file.state, digest(file.data))
        planes: dict[Change | None, np.ndarray] = {None: _plane(file)}
        rows = {}
        for name in task.branches:
            change = branches[name].change
            if change not in planes and change:
                planes[change] = change(planes[None], task.id, seen.digest)
            rows[name] = prepare(branches[name].extractor, planes[change])
        return Prepared(seen, rows)

    with image_threads(jobs) as pool:
        window = AHEAD_PER_JOB * jobs
        for task, made in each_image(pool, tasks, _path, use, window):
            if isinstance(made, ImageUnreadable):
                yield task, Seen(None, "", str(made))
                continue
            for name, row in made.by_branch.items():
                (key,) = branches[name].keys([task.id], [made.seen.digest])
                branches[name].accept(task.id, key, row)
            yield task, made.seen
        for branch in branches.values():
            branch.finish()


def look_again(
    images: Images, branches: dict[str, Branch], digests: Digests, jobs: int, known: np.ndarray
) -> None:
    """Read files that are in a store but may have changed; their digests are put into `known`."""
    rows = np.flatnonzero(known == b"")
    # Without any extractor nothing else reads the files, whose digests results depend on.
    stored = np.full(len(rows), not branches)
    for branch in branches.values():
        stored |= branch.store.may_hold(images.ids[rows])
    rows = rows[stored]
    with image_threads(jobs) as pool:
        work = ahead(pool, _digest_file, images.paths[rows], FILES_AHEAD)
        looked = track(work, "looking for changed images", len(rows))
        for row, (path, seen) in zip(rows, looked, strict=True):
            digests.remember(path, seen.state, seen.digest)
            known[row] = seen.digest if seen.state else ""


def learn(branch: Branch, images: Images, jobs: int) -> None:
    """Load what a branch's extractor learned before, or fit it to training images."""
    extractor, store = branch.extractor, branch.store
    # Nothing is learned from changed images: their extractors come from unchanged ones.
    known = branch.change or store.learned_digest
    if known or not learns(extractor) or store.load_learned(extractor):
        return
    say(f"{store.name}: learning from training images")
    paths = images.paths[images.train]
    order = np.random.default_rng(extractor.seed).permutation(len(paths))
    used: list[str] = []
    count = min(extractor.sample_images, len(paths))
    with image_threads(jobs) as pool, stage(f"{store.name}: learning from {count:,} images"):
        files = each_image(pool, paths[order], str, _digest_and_plane, 2 * jobs)
        planes = _at_most(_readable(files, used), count)
        extractor.fit(track(planes, f"{store.name}: reading training images", count))
    extractor.learned_from_ = np.array(used)
    store.save_learned(extractor)


def _path(task: Task) -> str:
    return task.path


def _plane(file: ImageFile) -> np.ndarray:
    """The image, after a warning if its header is wrong about its colours."""
    return image_files.plane_of(file.decoded, file.path)


def _digest_and_plane(path: str, file: ImageFile) -> tuple[str, np.ndarray]:
    return digest(file.data), _plane(file)


def _digest_file(path: str) -> tuple[str, Seen]:
    state = storage.state_of(path)
    try:
        return path, Seen(state, digest(image_files.read_bytes(path)))
    except ImageUnreadable as error:
        return path, Seen(None, "", str(error))


def _readable(
    files: Iterable[tuple[str, tuple[str, np.ndarray] | ImageUnreadable]], used: list[str]
) -> Iterator[np.ndarray]:
    """The images that could be read; their digests are added to `used`."""
    for _, made in files:
        if not isinstance(made, ImageUnreadable):
            used.append(made[0])
            yield made[1]


def _at_most(planes: Iterator[np.ndarray], count: int) -> Iterator[np.ndarray]:
    return (plane for _, plane in zip(range(count), planes, strict=False))
