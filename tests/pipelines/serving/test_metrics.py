import re

from pipelines.serving.metrics import BOUNDS, Metrics


def value(text, name):
    return float(re.search(rf"^{re.escape(name)} (.*)$", text, re.M)[1])


def test_requests_are_counted_by_route_and_status():
    metrics = Metrics()
    for status in (200, 200, 422):
        metrics.count("/a", status, 0.1)
    text = metrics.text()
    assert value(text, 'cxr_requests_total{route="/a",status="200"}') == 2
    assert value(text, 'cxr_requests_total{route="/a",status="422"}') == 1


def test_the_histogram_counts_all_that_are_within_a_bound():
    metrics = Metrics()
    seconds = (0.01, 0.07, 0.3, 99)
    for each in seconds:
        metrics.count("/a", 200, each)
    text = metrics.text()
    for bound in BOUNDS:
        told = value(text, f'cxr_request_seconds_bucket{{route="/a",le="{bound}"}}')
        assert told == sum(each <= bound for each in seconds)
    assert value(text, 'cxr_request_seconds_bucket{route="/a",le="+Inf"}') == 4
    assert value(text, 'cxr_request_seconds_sum{route="/a"}') == sum(seconds)


def test_gauges_tell_what_is_true_now():
    assert value(Metrics().text(films_inside=3), "cxr_films_inside") == 3
