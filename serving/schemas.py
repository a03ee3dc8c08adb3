"""The types of the REST interface, as its OpenAPI description shows them."""

from typing import Any

from pydantic import BaseModel, Field

NOTICE = "Research use only: nothing here is a medical device."


class LabelInfo(BaseModel):
    """A label of the model, and its threshold for calibrated probabilities.

    `healthy` marks the label for images without findings.
    """

    name: str
    threshold: float | None
    healthy: bool = False


class Limits(BaseModel):
    """The limits of a request."""

    max_megabytes: int
    max_megapixels: int
    max_images: int = Field(serialization_alias="max_films")


class BundleInfo(BaseModel):
    """The model: its classifier, training data, labels, and the name of its report, if any.

    `task` is multilabel, or exclusive: then each image has one of the `classes`. If there are two,
    one of them is the label.
    """

    classifier: str
    trained_on: str
    split: str
    task: str
    classes: list[str]
    labels: list[LabelInfo]
    limits: Limits
    report: str | None = None
    notice: str = NOTICE


class LabelFinding(BaseModel):
    """The finding for one label of one image.

    `probability` is calibrated. `present` is null, not decided, where the label has no threshold;
    of several exclusive classes it is true for the most probable one, and none has a threshold.
    With augmented versions (`tta`), probabilities are means over the image and its versions, and
    `spread` is their standard deviation.
    """

    label: str
    probability: float
    raw_probability: float
    threshold: float | None
    present: bool | None
    spread: float | None


class ImageFindings(BaseModel):
    """The findings of one image and warnings about it, or why it has none.

    An image that cannot be read has an `error` of one sentence, and a `status` of 413 or 422. If
    classes are exclusive, `predicted` is the most probable one. `distance` is how far it is from
    the training images; a warning says if that is unusual.
    """

    id: str
    status: int = 200
    error: str | None = None
    predicted: str | None = None
    distance: float | None = None
    findings: list[LabelFinding] = []
    warnings: list[str] = []


class Quantity(BaseModel):
    """A quantity of the last images against the training images: medians, population stability
    index, Kolmogorov-Smirnov distance, its p, and whether the change is large and not by chance.
    """

    name: str
    median: float
    training_median: float
    psi: float
    ks: float
    p: float
    shifted: bool


class DriftState(BaseModel):
    """The last images against the training images; `unlike` are unlike them by themselves.

    `compared` is false for a bundle of an earlier version, which cannot compare. Changes are judged
    from `least` images on; a server looks back on at most `window` images.
    """

    compared: bool
    images: int = Field(0, serialization_alias="films")
    unlike: int = 0
    least: int
    window: int
    sentences: list[str] = []
    quantities: list[Quantity] = []


class AllFindings(BaseModel):
    """The findings of each image, in the order of the request."""

    images: list[ImageFindings] = Field(serialization_alias="films")
    notice: str = NOTICE


class ShownImage(BaseModel):
    """The image in grey, and its size before it was reduced.

    `png` is a PNG in base64 with at most 2048 pixels on the longer side.
    """

    width: int
    height: int
    png: str


class Keypoint(BaseModel):
    """A keypoint; `x` and `y` are fractions of width and height, `size` of the longer side."""

    x: float
    y: float
    size: float


class EvidenceMap(BaseModel):
    """A map of the evidence for a label, which covers the whole image.

    `png` is an 8-bit PNG in base64 whose grey values 0 and 255 stand for `low` and `high`, in
    `unit`. If evidence is `signed`, values above zero support the label, values below oppose it;
    `total` is the sum, if known. Without evidence there is no PNG, and `empty` gives the reason.
    """

    kind: str
    title: str
    unit: str
    signed: bool
    png: str | None
    low: float
    high: float
    total: float | None
    note: str
    empty: str | None


class Explanation(BaseModel):
    """The decision for one label of one image (null without a threshold), and its evidence.

    `keypoints` are those with the strongest evidence; `keypoints_found` is their total number.
    """

    label: str
    probability: float
    raw_probability: float
    threshold: float | None
    present: bool | None
    warnings: list[str]
    image: ShownImage | None
    keypoints: list[Keypoint]
    keypoints_found: int
    maps: list[EvidenceMap]
    notice: str = NOTICE


class State(BaseModel):
    """The state of the server: live or ready."""

    status: str


class Problem(BaseModel):
    """An error: one sentence that says why a request was refused."""

    detail: str


class NoFindings(Problem):
    """An error without findings; `films` lists the images, if the form could be read."""

    images: list[ImageFindings] = Field([], serialization_alias="films")


Responses = dict[int | str, dict[str, Any]]
PICTURE: Responses = {
    200: {"content": {"image/png": {"schema": {"type": "string", "format": "binary"}}}}
}
REFUSALS: Responses = {
    status: {"model": Problem, "description": reason}
    for status, reason in {
        400: "Not a multipart form",
        401: "Missing or wrong token",
        403: "From another site or machine",
        413: "Too many images, bytes or pixels",
        422: "An image that cannot be read, or a wrong parameter",
        429: "Too many requests; try again later",
        503: "Busy; try again",
    }.items()
}

SOME_UNREAD = 207
FINDINGS: Responses = REFUSALS | {
    SOME_UNREAD: {
        "model": AllFindings,
        "description": "Some images have findings, others an error",
    },
    413: {"model": NoFindings, "description": "Too many images, bytes or pixels"},
    422: {"model": NoFindings, "description": "No image can be read, or a wrong parameter"},
}


def only(*statuses: int) -> Responses:
    """Some of the refusals."""
    return {status: REFUSALS[status] for status in statuses}
