"""Waiting for work in threads, which is cancelled if the client disconnects."""

import asyncio
from collections.abc import Coroutine, Iterable
from concurrent.futures import Future
from typing import Any, TypeVar

from starlette.requests import Request

Answer = TypeVar("Answer")


async def results(futures: Iterable[Future[Answer]]) -> list[Answer]:
    """The results of all futures; after a failure or cancellation, waiting ones are cancelled."""
    waiting = [asyncio.wrap_future(future) for future in futures]
    try:
        return list(await asyncio.gather(*waiting))
    finally:
        for each in waiting:
            each.cancel()


async def unless_gone(request: Request, work: Coroutine[Any, Any, Answer]) -> Answer:
    """The result of some work, which is cancelled if the client disconnects.

    The request's body must have been read before.
    """
    working, watching = asyncio.create_task(work), asyncio.create_task(_gone(request))
    try:
        await asyncio.wait({working, watching}, return_when=asyncio.FIRST_COMPLETED)
        if not working.done():
            working.cancel()
        return await working
    finally:
        working.cancel()
        watching.cancel()


async def _gone(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        continue
