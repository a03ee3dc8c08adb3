"""The service: one bundle in memory, which finds and explains for page and programs alike."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import cached_property, partial
from io import BytesIO
from pathlib import Path

import cv2
import numpy as np
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

import checks
from errors import ImageUnreadable, UploadRefused
from pictures import panels
from pipelines import sources
from pipelines.bundle_options import Serve
from pipelines.explain import why_no_camera
from pipelines.explaining import pictures
from pipelines.explaining.explained import Explained, film_explained
from pipelines.heatmaps import Heatmaps
from pipelines.predicting.predictions import (
    Prediction,
    Prepared,
    check_augmentations,
    predictions,
    prepared,
)
from pipelines.predictor import Predictor
from pipelines.serving.model_queue import FILMS_AT_ONCE, ModelQueue
from pipelines.serving.uploads import Upload, decoded

WARM_UP_SIDE = 256


class Service:
    """What a bundle says of uploads; many threads may ask, films are computed in batches."""

    def __init__(self, predictor: Predictor, options: Serve) -> None:
        self.predictor, self.options = predictor, options
        self.bundle = predictor.bundle
        self.ready = False
        self.queue: ModelQueue = ModelQueue(self._compute, FILMS_AT_ONCE, options.queue)
        self._threads = ThreadPoolExecutor(sources.cores(options.jobs), "films")
        cv2.setNumThreads(1)
        threadpool_limits(1, "blas")

    def warm_up(self) -> None:
        """Load what is loaded at first use, by way of a made-up film."""
        plane = np.tile(np.arange(WARM_UP_SIDE, dtype=np.uint8), (WARM_UP_SIDE, 1))
        film = Prepared([self.predictor.prepare(plane)], ())
        self.queue.submit(("", film)).result()
        self.queue.run(lambda: self._heatmaps).result()
        self.ready = True

    def findings(self, uploads: Sequence[Upload], tta: int = 0) -> list[Prediction]:
        """What is said of each upload; one that is no film raises, by its name."""
        if not 1 <= len(uploads) <= self.options.max_films:
            raise UploadRefused(
                f"A request must hold 1 to {self.options.max_films} films; got {len(uploads)}."
            )
        check_augmentations(tta)
        with self.queue.admitted(len(uploads)):
            ready = self._threads.map(partial(self._prepare, tta=tta), uploads)
            # All of them first: nothing is computed for a request that is refused.
            waiting = [self.queue.submit(film) for film in list(ready)]
            return [future.result() for future in waiting]

    def explained(self, upload: Upload, label: str) -> Explained:
        """Where each branch looks in an upload for a label."""
        checks.one_of("The label", label, self.bundle.labels)
        with self.queue.admitted(1):
            plane, (name, film) = self._threads.submit(self._decode_and_prepare, upload).result()
            return self.queue.run(partial(self._explain, name, plane, film, label)).result()

    def panel(self, film: Explained) -> bytes:
        """The same as a picture, PNG."""
        no_camera = why_no_camera(self.bundle)
        (panel,) = pictures.panels(film, no_camera, panels.FOOTER)
        picture = BytesIO()
        panels.panel(panel).savefig(picture, format="png", dpi=panels.DPI)
        return picture.getvalue()

    def close(self) -> None:
        """Finish what is under way."""
        self.ready = False
        self._threads.shutdown()
        self.queue.close()

    def _prepare(self, upload: Upload, tta: int) -> tuple[str, Prepared]:
        return self._decode_and_prepare(upload, tta)[1]

    def _decode_and_prepare(
        self, upload: Upload, tta: int = 0
    ) -> tuple[np.ndarray, tuple[str, Prepared]]:
        try:
            plane = decoded(upload.data, self.options.max_megapixels)
        except ImageUnreadable as error:
            raise ImageUnreadable(f"{upload.name} cannot be read: {error}.") from None
        return plane, (upload.name, prepared(self.predictor, upload.data, plane, tta))

    def _compute(self, films: list[tuple[str, Prepared]]) -> list[Prediction]:
        """Findings of films, those with as many augmentations together."""
        names, ready = zip(*films, strict=True)
        if len({len(film.versions) for film in ready}) == 1:
            return predictions(self.predictor, names, ready)
        return [predictions(self.predictor, [name], [film])[0] for name, film in films]

    @cached_property
    def _heatmaps(self) -> Heatmaps:
        return Heatmaps(self.bundle, extractors=self.predictor.extractors)

    def _explain(self, name: str, plane: np.ndarray, film: Prepared, label: str) -> Explained:
        views = self.predictor.joined(film.versions[:1])
        films = sources.films_of_files([Path(name)], self.bundle.labels)
        columns = [self.bundle.labels.index(label)]
        found = self.predictor.findings(views)
        shown = film_explained(self._heatmaps, films, plane, views, found, columns)
        return replace(shown, warnings=film.warnings)
