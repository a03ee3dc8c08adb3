"""What crosses the REST interface, as its OpenAPI description tells it."""

from typing import Any

from pydantic import BaseModel, Field

NOTICE = "Research use only: nothing here is a medical device."


class LabelInfo(BaseModel):
    """A label that the bundle knows, and its threshold for calibrated probabilities.

    The label that says nothing was found is marked as `healthy`.
    """

    name: str
    threshold: float | None
    healthy: bool = False


class Limits(BaseModel):
    """What a request may hold."""

    max_megabytes: int
    max_megapixels: int
    max_images: int = Field(serialization_alias="max_films")


class BundleInfo(BaseModel):
    """What the bundle is, what it learned from, and what /report shows if there is a report."""

    classifier: str
    trained_on: str
    split: str
    labels: list[LabelInfo]
    limits: Limits
    report: str | None = None
    notice: str = NOTICE


class LabelFinding(BaseModel):
    """One label of one image; `probability` is calibrated, `spread` is given where tta was asked.

    `present` is null, not decided, where the label has no threshold.
    """

    label: str
    probability: float
    raw_probability: float
    threshold: float | None
    present: bool | None
    spread: float | None


class ImageFindings(BaseModel):
    """The findings of one image and warnings about it, or why it has none.

    An image without findings has an `error` in one sentence, and a `status` of 413 or 422.
    """

    id: str
    status: int = 200
    error: str | None = None
    findings: list[LabelFinding] = []
    warnings: list[str] = []


class AllFindings(BaseModel):
    """Findings of each image, in the order they were sent."""

    images: list[ImageFindings] = Field(serialization_alias="films")
    notice: str = NOTICE


class ShownImage(BaseModel):
    """The grey image as the model's reader decodes it, and its size before any reduction.

    `png` is a PNG in base64, its longest side at most 2048 pixels.
    """

    width: int
    height: int
    png: str


class Keypoint(BaseModel):
    """A keypoint: `x` and `y` are fractions of width and height, `size` of the longer side."""

    x: float
    y: float
    size: float


class EvidenceMap(BaseModel):
    """Where the evidence for a label lies in the image, over the whole of it.

    `png` is an 8-bit PNG in base64 whose grey values 0 and 255 stand for `low` and `high`, in
    `unit`. `signed` evidence speaks for the label above zero and against it below; `total` is its
    sum over the image where it has one. Without evidence there is no PNG, and `empty` says why.
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
    """One label of one image: the decision (null without a threshold), and the evidence for it.

    Of many keypoints those are given whose visual words count most; `keypoints_found` is how many
    there are.
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
    """Whether the server lives, or is ready."""

    status: str


class Problem(BaseModel):
    """Why a request was not answered, in one sentence."""

    detail: str


class NoFindings(Problem):
    """Why no image has findings; `films` lists them as above, if the form could be read."""

    images: list[ImageFindings] = Field([], serialization_alias="films")


Responses = dict[int | str, dict[str, Any]]
PICTURE: Responses = {
    200: {"content": {"image/png": {"schema": {"type": "string", "format": "binary"}}}}
}
REFUSALS: Responses = {
    status: {"model": Problem, "description": told}
    for status, told in {
        400: "No multipart form",
        401: "No token, or a wrong one",
        403: "From elsewhere",
        413: "Too many films, bytes or pixels",
        422: "A film that cannot be read, or a parameter that is wrong",
        429: "Too many requests: try again later",
        503: "Busy: try again",
    }.items()
}

SOME_UNREAD = 207
FINDINGS: Responses = REFUSALS | {
    SOME_UNREAD: {
        "model": AllFindings,
        "description": "Some images have findings, the others an error",
    },
    413: {"model": NoFindings, "description": "Too many images, bytes or pixels"},
    422: {"model": NoFindings, "description": "No image can be read, or a parameter is wrong"},
}


def only(*statuses: int) -> Responses:
    """Some of the refusals."""
    return {status: REFUSALS[status] for status in statuses}
