"""The route about drift: how the last images compare with the training images of the bundle."""

from fastapi import APIRouter, Request

from inference.drift_watch import LEAST_IMAGES, WINDOW, Drift
from serving.schemas import DriftState, Quantity, only

routes = APIRouter()


@routes.get("/api/v1/drift", responses=only(401, 403))
async def drift(request: Request) -> DriftState:
    """How the last images compare with the images that the model was trained on."""
    return state(request.app.state.service.drift)


def state(drift: Drift | None) -> DriftState:
    """The drift as the interface shows it.

    A bundle of an earlier version has no reference of its training images, and so no drift.
    """
    if drift is None:
        return DriftState(compared=False, images=0, least=LEAST_IMAGES, window=WINDOW)
    return DriftState(
        compared=True,
        images=drift.n_images,
        unlike=drift.n_unlike,
        sentences=drift.sentences,
        quantities=[Quantity(name=name, **each.facts) for name, each in drift.quantities.items()],
        least=LEAST_IMAGES,
        window=WINDOW,
    )
