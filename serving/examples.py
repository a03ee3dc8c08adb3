"""Synthetic images to try the page with, drawn when they are first asked for."""

from functools import lru_cache

from fastapi import APIRouter, Path, Response
from pydantic import BaseModel

from datasets.labels import NO_FINDING
from datasets.synthetic.canvas import png
from datasets.synthetic.radiograph import shoot
from datasets.synthetic.synthetic_patients import Visit, visits
from serving.schemas import PICTURE, only

SEED, SIDE = 7, 1024
# Of so many drawn visits, those with one clear finding, and one without any.
DRAWN, CHOSEN = 60, (17, 40, 24, 33, 11)


class Example(BaseModel):
    """A synthetic image: what it is called, and with which findings it is drawn."""

    number: int
    name: str
    drawn: str


class Examples(BaseModel):
    """Images that a program drew: they show no patient."""

    examples: list[Example]
    synthetic: bool = True


routes = APIRouter()


@routes.get("/api/v1/examples", responses=only(401, 403))
def examples() -> Examples:
    """Which synthetic images there are."""
    told = enumerate(_visits(), 1)
    return Examples(examples=[_example(number, visit) for number, visit in told])


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
