"""Heatmaps of a bundle: where in an image each of its features has an effect."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from errors import MisalignedRows
from features.attribution_maps import laid
from features.local_descriptors import LocalDescriptors, LocalFeatures
from models.attribution import Attribution
from models.bundle import Bundle
from models.views import DEEP, PIXELS, WORDS, Views
from progress import say

# Networks of other programs are run, not differentiated.
NO_GRADIENT = "onnx_file"


class Evidence(NamedTuple):
    """Raw maps (k, h, w) by kind and the attribution, of one image and k labels."""

    maps: dict[str, np.ndarray]
    attribution: Attribution


class Heatmaps:
    """Makes the heatmaps of one bundle; `extractors` are its own, if they are loaded already."""

    def __init__(
        self,
        bundle: Bundle,
        methods: Sequence[str] = ("gradcam",),
        layer: str = "",
        extractors: dict[str, Any] | None = None,
    ) -> None:
        self.bundle, self.methods, self.layer = bundle, tuple(methods), layer
        views = {n: view for n, view in bundle.views.items() if not view.from_file}
        if extractors is None:
            extractors = {n: view.extractor() for n, view in views.items()}
        self.extractors = extractors
        self.encoders = {n: e for n, e in self.extractors.items() if isinstance(e, LocalFeatures)}
        self.cameras = self._made()

    @property
    def placeless(self) -> tuple[str, ...]:
        """Extractors of hand-crafted features of whole images, which have no heatmap."""
        views = self.bundle.views.items()
        return tuple(
            name for name, view in views if view.kind == WORDS and name not in self.encoders
        )

    def of(
        self, planes: Sequence[np.ndarray], views: Views, columns: Sequence[int]
    ) -> dict[str, np.ndarray]:
        """Raw maps (n, k, h, w) float32 by kind, of n grey planes of any size and their features.

        Kinds are the Grad-CAM methods (never negative) and the extractors of local descriptors
        (signed contributions to the logit). A map covers the image letterboxed to a square.
        """
        if len(planes) != len(views):
            raise MisalignedRows(
                f"Features must have a row for each image; got {len(views)} rows for {len(planes)}"
                " images. Select both by the same ids."
            )
        maps = self._of_pixels(planes, views, columns)
        if not self.encoders:
            return maps
        images = [keypoints_of(self.extractors, plane) for plane in planes]
        return maps | self._of_words(images, self.attribution(views, columns))

    def evidence(
        self,
        plane: np.ndarray,
        keypoints: dict[str, LocalDescriptors],
        views: Views,
        columns: Sequence[int],
    ) -> Evidence:
        """The evidence for and against labels in one image, whose keypoints are known."""
        attribution = self.attribution(views, columns)
        maps = self._of_pixels([plane], views, columns) | self._of_words([keypoints], attribution)
        return Evidence({kind: values[0] for kind, values in maps.items()}, attribution)

    def attribution(self, views: Views, columns: Sequence[int]) -> Attribution:
        """What each feature of n images adds to the logits of k labels."""
        return self.bundle.classifier.attribution(views, columns)

    def _of_pixels(
        self, planes: Sequence[np.ndarray], views: Views, columns: Sequence[int]
    ) -> dict[str, np.ndarray]:
        maps: dict[str, np.ndarray] = {}
        for block, camera in self.cameras.items():
            preprocessing = self.extractors[block].preprocessing
            images = np.stack([preprocessing(plane) for plane in planes])
            others = {name: each for name, each in views.arrays.items() if name != block}
            by_method = camera.maps(images, others, columns)
            mark = f" {block}" if len(networks_of(self.bundle)) > 1 else ""
            maps |= {f"{method}{mark}": values for method, values in by_method.items()}
        return maps

    def _of_words(
        self, images: Sequence[dict[str, LocalDescriptors]], attribution: Attribution
    ) -> dict[str, np.ndarray]:
        return {
            name: np.stack(
                [
                    laid(image[name], encoder.shares(image[name], values), encoder.window)
                    for image, values in zip(images, attribution.blocks[name], strict=True)
                ]
            )
            for name, encoder in self.encoders.items()
        }

    def _made(self) -> dict[str, Any]:
        """Grad-CAM for each network, if the classifier has a gradient with respect to it.

        TensorFlow takes seconds to import, and trees do not need it.
        """
        networks = networks_of(self.bundle)
        reasons = {name: why_blind(self.bundle, name) for name in networks}
        missing = " and no ".join(self.methods)
        for why in dict.fromkeys(filter(None, reasons.values())):
            say(f"no {missing}: {why}")
        return {n: self._camera(n, kind) for n, kind in networks.items() if not reasons[n]}

    def _camera(self, block: str, kind: str) -> Any:
        from models.gradcam import GradCam, joined
        from models.image_network import rgb

        classifier: Any = self.bundle.classifier
        if kind == PIXELS:
            backbone, prepare = classifier.backbone_, rgb
        else:
            made = self.extractors[block]
            backbone, prepare = made.backbone, made.prepare
        network = joined(backbone, prepare, classifier.tensor_logits, block, self.layer)
        return GradCam(network, self.methods)


def keypoints_of(extractors: dict[str, Any], plane: np.ndarray) -> dict[str, LocalDescriptors]:
    """The local descriptors that each such extractor finds in a plane letterboxed to a square."""
    return {
        name: extractor.describe(extractor.preprocessing(plane))
        for name, extractor in extractors.items()
        if isinstance(extractor, LocalFeatures)
    }


def networks_of(bundle: Bundle) -> dict[str, str]:
    """The kinds of a bundle's blocks that networks compute, by name."""
    kinds = {name: view.kind for name, view in bundle.views.items()}
    return {name: kind for name, kind in kinds.items() if kind in (DEEP, PIXELS)}


def why_blind(bundle: Bundle, block: str) -> str:
    """Why there is no Grad-CAM of a network; "" if there is."""
    view = bundle.views[block]
    if view.from_file:
        return f"embeddings of {block} come from a file, without their network"
    if not {block, view.kind} & set(bundle.classifier.differentiable_by):
        return f"{bundle.name} has no gradient with respect to pixels"
    if view.recipe["extractor"] == NO_GRADIENT:
        return f"{block} is an ONNX network, which has no gradient here"
    return ""


def why_no_camera(bundle: Bundle) -> str:
    """Why a bundle has no Grad-CAM, for one that has none."""
    reasons = [why_blind(bundle, block) for block in networks_of(bundle)]
    return f"No Grad-CAM: {(reasons or ['this bundle uses no neural network'])[0]}"
