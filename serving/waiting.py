"""Waiting for work in threads, and giving it up once the client has gone."""

import asyncio
from collections.abc import Coroutine, Iterable
from concurrent.futures import Future
from typing import Any, TypeVar

from starlette.requests import Request

Found = TypeVar("Found")


async def results(futures: Iterable[Future[Found]]) -> list[Found]:
    """What all of them give; after a failure, or when cancelled, those that wait are cancelled."""
    waiting = [asyncio.wrap_future(future) for future in futures]
    try:
        return list(await asyncio.gather(*waiting))
    finally:
        for each in waiting:
            each.cancel()


async def unless_gone(request: Request, work: Coroutine[Any, Any, Found]) -> Found:
    """What work gives; it is cancelled as soon as the client goes, whose body was read before."""
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
