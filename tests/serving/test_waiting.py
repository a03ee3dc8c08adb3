import asyncio
from concurrent.futures import Future

import pytest

from serving.waiting import results, unless_gone


class Request:
    """A request whose client goes when it is told to."""

    def __init__(self):
        self.goes = asyncio.Event()

    async def receive(self):
        await self.goes.wait()
        return {"type": "http.disconnect"}


def test_results_keep_their_order():
    first, second = Future(), Future()

    async def wait():
        waiting = asyncio.create_task(results([first, second]))
        await asyncio.sleep(0)
        second.set_result(2)
        first.set_result(1)
        return await waiting

    assert asyncio.run(wait()) == [1, 2]


def test_after_a_failure_those_that_wait_are_cancelled():
    failed, waits = Future(), Future()
    failed.set_exception(KeyError("a"))
    with pytest.raises(KeyError):
        asyncio.run(results([failed, waits]))
    assert waits.cancelled()


def test_work_gives_what_it_gives_or_raises():
    async def good():
        return 7

    async def bad():
        raise KeyError

    async def run(work):
        return await unless_gone(Request(), work)

    assert asyncio.run(run(good())) == 7
    with pytest.raises(KeyError):
        asyncio.run(run(bad()))


def test_work_is_given_up_once_the_client_has_gone():
    waits = Future()

    async def run():
        request = Request()
        waiting = asyncio.create_task(unless_gone(request, results([waits])))
        await asyncio.sleep(0.01)
        assert not waiting.done()
        request.goes.set()
        await asyncio.wait({waiting})
        return waiting.cancelled()

    assert asyncio.run(run())
    assert waits.cancelled()


def test_a_request_that_is_cancelled_cancels_its_work():
    waits = Future()

    async def run():
        waiting = asyncio.create_task(unless_gone(Request(), results([waits])))
        await asyncio.sleep(0.01)
        waiting.cancel()
        await asyncio.wait({waiting})
        # The work hears of it once the loop has turned.
        await asyncio.sleep(0)

    asyncio.run(run())
    assert waits.cancelled()
