from pipelines.serving import rates
from pipelines.serving.rates import Rates


def test_so_many_a_minute_and_no_more():
    limit = Rates(60)
    assert [limit.seconds_to_wait("a", 0.0) for _ in range(62)] == [0] * 60 + [1, 1]


def test_the_wait_that_is_told_is_enough():
    limit = Rates(2)
    waits = [limit.seconds_to_wait("a", 0.0) for _ in range(3)]
    assert waits == [0, 0, 30]
    assert limit.seconds_to_wait("a", 29.0) == 1
    assert limit.seconds_to_wait("a", 30.0) == 0


def test_clients_do_not_count_for_each_other():
    limit = Rates(1)
    assert [limit.seconds_to_wait(client, 0.0) for client in "ab"] == [0, 0]


def test_zero_is_no_limit():
    limit = Rates(0)
    assert not any(limit.seconds_to_wait("a", 0.0) for _ in range(1000))


def test_clients_of_long_ago_are_forgotten(monkeypatch):
    monkeypatch.setattr(rates, "MOST_CLIENTS", 3)
    limit = Rates(1)
    for client in "abc":
        limit.seconds_to_wait(client, 0.0)
    limit.seconds_to_wait("d", 100.0)
    assert list(limit._left) == ["d"]
