"""Synthetic images to try the page with, generated when first requested."""

from functools import lru_cache

from fastapi import APIRouter, Path, Response
from pydantic import BaseModel

from datasets.labels import NO_FINDING
from datasets.synthetic.canvas import png
from datasets.synthetic.radiograph import shoot
from datasets.synthetic.synthetic_patients import Visit, visits
from serving.schemas import PICTURE, only

SEED, SIDE = 7, 1024
# Of the visits generated, those with one clear finding, and one without any.
DRAWN, CHOSEN = 60, (17, 40, 24, 33, 11)


class Example(BaseModel):
    """A synthetic image: its name, and the findings drawn in it."""

    number: int
    name: str
    drawn: str


class Examples(BaseModel):
    """Synthetic images, which show no patient."""

    examples: list[Example]
    synthetic: bool = True


routes = APIRouter()


@routes.get("/api/v1/examples", responses=only(401, 403))
def examples() -> Examples:
    """The synthetic images available."""
    return Examples(examples=[_example(number, each) for number, each in enumerate(_visits(), 1)])


@routes.get(
    "/api/v1/examples/{number}",
    response_class=Response,
    responses=only(401, 403, 422) | PICTURE,
)
def example(number: int = Path(ge=1, le=len(CHOSEN))) -> Response:
    """One synthetic image, as PNG."""
    return Response(_drawn(number), media_type="image/png")


def _example(number: int, visit: Visit) -> Example:
    drawn = ", ".join(visit.findings) or NO_FINDING
    return Example(number=number, name=f"synthetic-{number}.png", drawn=drawn)


@lru_cache(maxsize=1)
def _visits() -> list[Visit]:
    drawn = visits(DRAWN, SEED)
    return [drawn[place] for place in CHOSEN]


@lru_cache(maxsize=len(CHOSEN))
def _drawn(number: int) -> bytes:
    return png(shoot(_visits()[number - 1], SIDE, SEED).grey)
