from serving import rates
from serving.rates import Rates


def asked(limit, client, now):
    """What a client has to wait that counts its request where it need not wait."""
    wait = limit.seconds_to_wait(client, now)
    if not wait:
        limit.count(client, now)
    return wait


def test_so_many_a_minute_and_no_more():
    limit = Rates(60)
    assert [asked(limit, "a", 0.0) for _ in range(62)] == [0] * 60 + [1, 1]


def test_the_wait_that_is_told_is_enough():
    limit = Rates(2)
    assert [asked(limit, "a", 0.0) for _ in range(3)] == [0, 0, 30]
    assert asked(limit, "a", 29.0) == 1
    assert asked(limit, "a", 30.0) == 0


def test_requests_beyond_the_limit_do_not_lengthen_the_wait():
    limit = Rates(60)
    for _ in range(1000):
        limit.count("a", 0.0)
    assert limit.seconds_to_wait("a", 0.0) == 1


def test_clients_do_not_count_for_each_other():
    limit = Rates(1)
    assert [asked(limit, client, 0.0) for client in "ab"] == [0, 0]


def test_zero_is_no_limit():
    limit = Rates(0)
    assert not any(asked(limit, "a", 0.0) for _ in range(1000))


def test_only_so_many_clients_are_remembered_the_latest_ones(monkeypatch):
    monkeypatch.setattr(rates, "MOST_CLIENTS", 3)
    limit = Rates(1)
    for client in "abcad":
        limit.count(client, 0.0)
    assert list(limit._left) == ["c", "a", "d"]
