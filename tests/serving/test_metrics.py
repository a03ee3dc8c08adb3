import numpy as np
import pytest
from prometheus_client.parser import text_string_to_metric_families

from evaluation.population_shift import Histogram
from inference.drift_watch import Watch
from models.training_reference import Observed, Reference
from serving.metrics import BOUNDS, Metrics


def families(text):
    """What Prometheus' own parser makes of a text, by name."""
    return {family.name: family for family in text_string_to_metric_families(text)}


def value(text, name, **labels):
    (found,) = (
        sample.value
        for family in families(text).values()
        for sample in family.samples
        if sample.name == name and sample.labels == labels
    )
    return found


def test_requests_are_counted_by_route_and_status():
    metrics = Metrics()
    for status in (200, 200, 422):
        metrics.count("/a", status, 0.1)
    text = metrics.text()
    assert value(text, "cxr_requests_total", route="/a", status="200") == 2
    assert value(text, "cxr_requests_total", route="/a", status="422") == 1


def test_the_histogram_counts_all_that_are_within_a_bound():
    metrics = Metrics()
    seconds = (0.01, 0.07, 0.3, 99)
    for each in seconds:
        metrics.count("/a", 200, each)
    text = metrics.text()
    for bound in BOUNDS:
        told = value(text, "cxr_request_seconds_bucket", route="/a", le=str(bound))
        assert told == sum(each <= bound for each in seconds)
    assert value(text, "cxr_request_seconds_bucket", route="/a", le="+Inf") == 4
    assert value(text, "cxr_request_seconds_sum", route="/a") == sum(seconds)


def test_counts_by_route_add_up_to_the_requests():
    metrics = Metrics()
    for number in range(20):
        metrics.count(f"/{number % 3}", 200 + number % 2, 0.1)
    found = families(metrics.text())
    counts = [each for each in found["cxr_request_seconds"].samples if each.name.endswith("_count")]
    assert sum(each.value for each in counts) == 20
    assert sum(each.value for each in found["cxr_requests"].samples) == 20


def test_gauges_tell_what_is_true_now():
    assert value(Metrics().text(films_inside=3), "cxr_films_inside") == 3


@pytest.mark.parametrize(("ready", "number"), [(True, 1), (False, 0)])
def test_a_gauge_is_a_number_even_where_it_is_a_yes_or_no(ready, number):
    text = Metrics().text(ready=ready)
    assert value(text, "cxr_ready") == number
    assert str(ready) not in text


def test_types_and_help_are_those_that_prometheus_knows():
    metrics = Metrics()
    metrics.count("/a", 200, 0.1)
    found = families(metrics.text(films_inside=1, batches=2, ready=True))
    kinds = {name: family.type for name, family in found.items()}
    assert kinds == {
        "cxr_requests": "counter",
        "cxr_request_seconds": "histogram",
        "cxr_films_inside": "gauge",
        "cxr_batches": "gauge",
        "cxr_ready": "gauge",
    }
    assert all(family.documentation for family in found.values())


def test_drift_has_a_sample_for_each_quantity():
    reference = Reference({"exposure": Histogram.of(np.arange(100.0))}, {}, {}, 2.0)
    watch = Watch(reference)
    assert "cxr_drift_psi" not in families(Metrics().text(None))
    for _ in range(60):
        watch.add(Observed((250.0,), 3.0))
    text = Metrics().text(watch.drift())
    assert value(text, "cxr_drift_films") == value(text, "cxr_drift_unlike_films") == 60
    assert value(text, "cxr_drift_ks", quantity="exposure") == 0.98
    assert value(text, "cxr_drift_shifted", quantity="exposure") == 1
    assert all(family.documentation for family in families(text).values())


def test_whatever_a_route_is_called_it_stays_one_label():
    metrics, route = Metrics(), '/"} 1\n\\x{evil="'
    metrics.count(route, 200, 0.1)
    assert value(metrics.text(), "cxr_requests_total", route=route, status="200") == 1
