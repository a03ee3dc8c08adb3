"""The REST interface for programs; /openapi.json describes it."""

from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Annotated, Any

from fastapi import APIRouter, Depends, FastAPI, File, Query, Request, UploadFile
from fastapi.exceptions import RequestValidationError
from fastapi.responses import FileResponse, HTMLResponse, JSONResponse, PlainTextResponse, Response
from starlette.formparsers import MultiPartParser

from arrays import plain
from datasets import tasks
from datasets.labels import NO_FINDING
from errors import Busy, HybridError
from inference.heatmaps import why_no_camera
from inference.predictions import Prediction
from serving import card_page, drift_state, examples, page
from serving.answers import status_of
from serving.explanation import explanation
from serving.metrics import Metrics
from serving.middleware import MEGABYTE
from serving.policies import POLICY, REPORT
from serving.schemas import (
    FINDINGS,
    NOTICE,
    PICTURE,
    REFUSALS,
    SOME_UNREAD,
    AllFindings,
    BundleInfo,
    Explanation,
    ImageFindings,
    LabelInfo,
    Limits,
    NoFindings,
    State,
    only,
)
from serving.serve_options import MOST_AUGMENTATIONS
from serving.service import Service
from serving.uploads import Spooled, Unread, harmless_name
from serving.waiting import unless_gone

# Fields that are not files are read into memory, though none is needed.
MOST_FIELDS, FIELD_SIZE = 16, 4096
TTA = (
    "Number of augmented versions of each image, to average over and to compute a spread: 0, or at"
    " least 2. Default: `serve --tta`."
)
NONE_READ = (
    "A request must contain at least one readable image; none of these {} is. Look at the `error`"
    " of each image in `films`."
)

routes = APIRouter()


def build(service: Service, metrics: Metrics, report: Path | None) -> FastAPI:
    """The application."""
    most = service.options.max_images
    # Uploads of a request share a megabyte of memory. Larger ones are temporary files without a
    # name, so that nothing is left of them.
    MultiPartParser.spool_max_size = MEGABYTE // most
    # The usual documentation pages load scripts from other sites.
    api = FastAPI(
        title="Hybrid CXR",
        description=NOTICE,
        version="1",
        docs_url=None,
        redoc_url=None,
        # One more than the limit, so that our own error is sent.
        form_limits={"max_files": most + 1, "max_fields": MOST_FIELDS, "max_part_size": FIELD_SIZE},
    )
    api.state.service, api.state.metrics, api.state.report = service, metrics, report
    api.add_exception_handler(HybridError, _refusal)
    api.add_exception_handler(RequestValidationError, _wrong_parameter)
    api.include_router(routes)
    api.include_router(examples.routes)
    api.include_router(drift_state.routes)
    api.include_router(page.routes())
    return api


async def _service(request: Request) -> Service:
    # A function that is not async would run in a thread of its own.
    return request.app.state.service


Served = Annotated[Service, Depends(_service)]


@routes.get("/api/v1/labels", responses=only(401, 403))
async def labels(request: Request, service: Served) -> BundleInfo:
    """The labels of the model, and the data it was trained on."""
    bundle = service.bundle
    pairs = zip(bundle.labels, map(plain, bundle.thresholds), strict=True)
    return BundleInfo(
        classifier=bundle.name,
        trained_on=bundle.data,
        split=bundle.split,
        task=tasks.of(bundle.classes),
        classes=list(bundle.classes),
        labels=[
            LabelInfo(name=name, threshold=cut, healthy=name == NO_FINDING and not bundle.classes)
            for name, cut in pairs
        ],
        limits=Limits.model_validate(vars(service.options)),
        report=page.report_named(request.app.state.report),
    )


@routes.post("/api/v1/findings", response_model=AllFindings, responses=FINDINGS)
async def findings(
    request: Request,
    service: Served,
    images: Annotated[
        list[UploadFile], File(alias="films", description="Image files: PNG, JPEG or DICOM.")
    ],
    tta: Annotated[int | None, Query(ge=0, le=MOST_AUGMENTATIONS, description=TTA)] = None,
) -> JSONResponse:
    """Findings of one or more images.

    The status is 200 if all images can be read, 207 if some can, and 422 or 413 if none can.
    """
    times = service.options.tta if tta is None else tta
    results = await unless_gone(request, service.findings(list(map(_upload, images)), times))
    return _answer([_image(result) for result in results])


@routes.post("/api/v1/panel", response_class=Response, responses=REFUSALS | PICTURE)
async def panel(
    request: Request,
    service: Served,
    image: Annotated[UploadFile, File(alias="film", description="A PNG, JPEG or DICOM file.")],
    label: Annotated[str, Query(description="A label of the model.")],
) -> Response:
    """The image, keypoints, heatmaps of visual words and Grad-CAM for a label, as one PNG."""
    work = service.explained(_upload(image), label, service.panel)
    return Response(await unless_gone(request, work), media_type="image/png")


@routes.post("/api/v1/explanation", responses=REFUSALS)
async def explained(
    request: Request,
    service: Served,
    image: Annotated[UploadFile, File(alias="film", description="A PNG, JPEG or DICOM file.")],
    label: Annotated[str, Query(description="A label of the model.")],
    with_image: Annotated[
        bool, Query(alias="image", description="Whether to include the image.")
    ] = True,
) -> Explanation:
    """The decision, keypoints and evidence maps for one image and label."""
    shown = partial(explanation, no_camera=why_no_camera(service.bundle), with_image=with_image)
    return await unless_gone(request, service.explained(_upload(image), label, shown))


@routes.get("/health/live")
async def live() -> State:
    """Whether the server is running."""
    return State(status="live")


@routes.get("/health/ready", responses=only(503))
async def ready(service: Served) -> State:
    """Whether the model is loaded and ready."""
    if not service.ready:
        raise Busy("The model is loading, or the server is stopping; try again in a second.")
    return State(status="ready")


@routes.get("/metrics", response_class=PlainTextResponse, responses=only(401, 403))
async def numbers(request: Request, service: Served) -> str:
    """Metrics of requests, latency, queue and drift in Prometheus format."""
    queue, metrics = service.queue, request.app.state.metrics
    gauges = {"films_inside": queue.inside, "batches": queue.batches, "ready": service.ready}
    return metrics.text(service.drift, **gauges)


@routes.get("/report", include_in_schema=False)
def report(request: Request) -> Response:
    """The report of the run that trained the bundle, or the model card."""
    path, policy = request.app.state.report, {POLICY.decode(): REPORT}
    if path and path.is_file():
        if path.suffix == ".md":
            return HTMLResponse(card_page.page(path.read_text("utf-8", "replace")), headers=policy)
        kind = "text/html" if path.suffix == ".html" else "text/plain; charset=utf-8"
        return FileResponse(path, media_type=kind, headers=policy)
    return JSONResponse(
        {"detail": "There is no report; start the server with --report FILE."},
        404,
    )


def _image(result: Prediction | Unread) -> ImageFindings:
    if isinstance(result, Unread):
        return ImageFindings.model_validate(result._asdict())
    return ImageFindings.model_validate(asdict(result) | {"distance": result.observed.distance})


def _answer(images: list[ImageFindings]) -> JSONResponse:
    """Findings and errors of all images, with the status of the request."""
    unread = [image for image in images if image.error]
    if len(unread) < len(images):
        status = SOME_UNREAD if unread else 200
        return JSONResponse(AllFindings(images=images).model_dump(by_alias=True), status)
    detail = str(images[0].error) if len(images) == 1 else NONE_READ.format(len(images))
    body = NoFindings(detail=detail, images=images).model_dump(by_alias=True)
    return JSONResponse(body, max(image.status for image in images))


def _upload(image: UploadFile) -> Spooled:
    return Spooled(harmless_name(image.filename), image.file)


def _refusal(request: Request, error: Exception) -> JSONResponse:
    """One of our errors as a status and a sentence."""
    later = {"retry-after": "1"} if isinstance(error, Busy) else None
    return JSONResponse({"detail": str(error)}, status_of(error), later)


def _wrong_parameter(request: Request, error: Any) -> JSONResponse:
    first = error.errors()[0]
    place = ".".join(str(part) for part in first["loc"])
    return JSONResponse({"detail": f"{place}: {first['msg']}."}, 422)
