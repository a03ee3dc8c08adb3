import asyncio

import pytest

from serving import bodies
from serving.bodies import GONE, Body


def body(*chunks, limit=10, ends=True, by_proxy=False):
    """A body in parts; one that does not end waits for ever after the last of them."""
    waiting = list(chunks)

    async def receive():
        if not waiting:
            await asyncio.sleep(100)
        chunk = waiting.pop(0)
        if chunk is None:
            return {"type": "http.disconnect"}
        return {"type": "http.request", "body": chunk, "more_body": bool(waiting) or not ends}

    return Body(receive, limit, by_proxy)


def received(made, times):
    async def take():
        return [await made() for _ in range(times)]

    return asyncio.run(take())


def test_parts_pass_unchanged_and_are_counted():
    made = body(b"abc", b"de")
    assert [each["body"] for each in received(made, 2)] == [b"abc", b"de"]
    assert (made.size, made.complete, made.too_large) == (5, True, False)


def test_a_body_of_the_limit_passes():
    made = body(b"12345", b"67890")
    assert received(made, 2)[1]["body"] == b"67890"
    assert not made.too_large


def test_beyond_the_limit_the_client_seems_gone_and_nothing_more_is_read():
    made = body(b"1234567890", b"1", b"never read")
    assert received(made, 4)[1:] == [GONE, GONE, GONE]
    assert made.too_large
    assert made.size == 11


def test_a_client_that_goes_is_noticed():
    made = body(b"1", None)
    received(made, 2)
    assert made.gone
    assert made.complete


def test_a_small_body_comes_whole():
    assert asyncio.run(body(b"a", b"b").whole(1)) == b"ab"


@pytest.mark.parametrize(
    "made",
    [body(b"12345678901"), body(b"a", None), body(b"a", ends=False)],
    ids=["too large", "broken off", "slow"],
)
def test_a_body_that_is_too_large_or_broken_off_or_slow_is_none(made):
    assert asyncio.run(made.whole(0.01)) is None


def test_draining_reads_to_the_end_but_no_more_than_a_little():
    made = body(b"a", b"b")
    asyncio.run(made.drain())
    assert made.complete
    endless = body(*[bytes(300_000)] * 10, ends=False)
    asyncio.run(endless.drain())
    assert not endless.complete


def test_draining_waits_for_nobody(monkeypatch):
    monkeypatch.setattr(bodies, "SECONDS_TO_DRAIN", 0.01)
    made = body(b"a", ends=False)
    asyncio.run(made.drain())
    assert not made.complete


def test_of_a_proxy_all_is_read_that_could_have_been_taken():
    chunks = [bytes(300_000)] * 10
    made = body(*chunks, limit=3_000_000, by_proxy=True)
    asyncio.run(made.drain())
    assert made.complete
    endless = body(*chunks, limit=2_000_000, by_proxy=True, ends=False)
    asyncio.run(endless.drain())
    assert not endless.complete
