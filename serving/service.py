"""The service: one bundle in memory, which predicts and explains for page and programs."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import cached_property, partial
from io import BytesIO
from pathlib import Path
from threading import Event
from typing import TypeVar

import cv2
import numpy as np
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

import checks
from datasets import sources
from datasets.image_files import Decoded
from datasets.image_statistics import layout_of
from errors import ImageUnreadable, UploadRefused
from inference import drift_watch
from inference.drift_watch import WINDOW, Drift, Watch
from inference.explained import Described, Explained, described, image_explained
from inference.heatmaps import Heatmaps, why_no_camera
from inference.image_warnings import warnings_of
from inference.predictions import Prediction, Prepared, predictions, prepared
from inference.predictor import Predictor
from models.test_time_augmentation import check_augmentations
from models.training_reference import with_layouts
from reports import explanation_pictures
from reports.plots import panels
from serving.answers import status_of
from serving.model_queue import IMAGES_AT_ONCE, ModelQueue
from serving.serve_options import Serve
from serving.uploads import Spooled, Unread, Upload, decoded
from serving.waiting import results

WARM_UP_SIDE = 256

Sent = Upload | Spooled
Shown = TypeVar("Shown")


class Service:
    """Findings and explanations of uploads; requests share batches of the model."""

    def __init__(self, predictor: Predictor, options: Serve) -> None:
        self.predictor, self.options = predictor, options
        self.bundle = predictor.bundle
        self.ready = False
        reference = self.bundle.reference
        self.watch = Watch(reference, WINDOW) if reference else None
        self.queue: ModelQueue = ModelQueue(self._compute, IMAGES_AT_ONCE, options.queue)
        self._threads = ThreadPoolExecutor(sources.cores(options.jobs), "images")
        cv2.setNumThreads(1)
        threadpool_limits(1, "blas")

    def warm_up(self) -> None:
        """Load what is loaded at first use, by predicting and explaining a made-up image."""
        plane = np.tile(np.arange(WARM_UP_SIDE, dtype=np.uint8), (WARM_UP_SIDE, 1))
        image = described(self.predictor, plane)
        self.queue.submit(("warm-up", Prepared([image.ready], ()))).result()
        # The first explanation traces Grad-CAM's network, which takes seconds.
        self.queue.run(partial(self._explain, "warm-up", image, self.bundle.labels[0])).result()
        self.ready = True

    async def findings(self, uploads: Sequence[Sent], tta: int = 0) -> list[Prediction | Unread]:
        """The findings of each upload in the order sent, or why it cannot be read."""
        if not 1 <= len(uploads) <= self.options.max_images:
            raise UploadRefused(
                f"A request must have 1 to {self.options.max_images} images; got {len(uploads)}."
            )
        check_augmentations(tta)
        given_up = Event()
        prepare = partial(self._prepare, tta=tta, given_up=given_up)
        with self.queue.admitted(len(uploads), 1 + tta):
            try:
                ready = await results(self._threads.submit(prepare, each) for each in uploads)
                images = [image for image in ready if not isinstance(image, Unread)]
                made = await results(self.queue.submit(image) for image in images)
                self._watch(made)
                found = iter(made)
                return [image if isinstance(image, Unread) else next(found) for image in ready]
            finally:
                given_up.set()

    async def explained(
        self, upload: Sent, label: str, shown: Callable[[Explained], Shown]
    ) -> Shown:
        """The explanation of an upload for a label, as `shown` presents it."""
        checks.one_of("The label", label, self.bundle.labels)
        with self.queue.admitted(1):
            ((image, warnings),) = await results([self._threads.submit(self._describe, upload)])
            explain = partial(self._explain, upload.name, image, label)
            (made,) = await results([self.queue.run(explain)])
            made = replace(made, warnings=(*warnings, *made.warnings))
            (picture,) = await results([self._threads.submit(shown, made)])
            return picture

    def panel(self, image: Explained) -> bytes:
        """An explanation as a picture, PNG."""
        no_camera = why_no_camera(self.bundle)
        (panel,) = explanation_pictures.panels(image, no_camera, panels.FOOTER)
        picture = BytesIO()
        panels.panel(panel).savefig(picture, format="png", dpi=panels.DPI)
        return picture.getvalue()

    @property
    def drift(self) -> Drift | None:
        """How the last images compare with the training images, if the bundle can compare them."""
        return self.watch.drift() if self.watch else None

    def close(self) -> None:
        """Start nothing more, without waiting for running work."""
        self.ready = False
        self._threads.shutdown(wait=False, cancel_futures=True)
        self.queue.close()

    def _watch(self, images: Sequence[Prediction]) -> None:
        if self.watch:
            for image in images:
                self.watch.add(image.observed)

    def _prepare(self, upload: Sent, tta: int, given_up: Event) -> tuple[str, Prepared] | Unread:
        try:
            data, image = self._decode(upload)
        except (ImageUnreadable, UploadRefused) as error:
            return Unread(upload.name, str(error), status_of(error))
        return upload.name, prepared(
            self.predictor, data, image, tta, lambda: not given_up.is_set()
        )

    def _describe(self, upload: Sent) -> tuple[Described, tuple[str, ...]]:
        """An upload with its keypoints, and warnings about it."""
        data, image = self._decode(upload)
        made = described(self.predictor, image.plane)
        words = {name: made.ready.features[name] for name in self.predictor.words}
        return made, warnings_of(data, image, words)

    def _decode(self, upload: Sent) -> tuple[bytes, Decoded]:
        # Read only here, so that waiting requests take no memory.
        data = upload.data
        try:
            return data, decoded(data, self.options.max_megapixels)
        except ImageUnreadable as error:
            raise ImageUnreadable(f"{upload.name} cannot be read: {error}.") from None

    def _compute(self, images: list[tuple[str, Prepared]]) -> list[Prediction]:
        """Predictions of images, in one batch if all have the same number of versions."""
        names, ready = zip(*images, strict=True)
        if len({len(image.versions) for image in ready}) == 1:
            return predictions(self.predictor, names, ready)
        return [predictions(self.predictor, [name], [image])[0] for name, image in images]

    @cached_property
    def _heatmaps(self) -> Heatmaps:
        return Heatmaps(self.bundle, extractors=self.predictor.extractors)

    def _explain(self, name: str, image: Described, label: str) -> Explained:
        views = self.predictor.joined([image.ready])
        images = sources.images_of_files([Path(name)], self.bundle.labels)
        columns = [self.bundle.labels.index(label)]
        findings = self.predictor.findings(views)
        made = image_explained(self._heatmaps, images, image, views, findings, columns)
        reference = self.bundle.reference
        compared = with_layouts(views, [layout_of(image.plane)])
        far = reference.distances(compared) if reference else None
        distance = None if far is None else float(far[0])
        return replace(made, warnings=drift_watch.warnings_of(reference, distance))
