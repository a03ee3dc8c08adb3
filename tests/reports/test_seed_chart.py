import re

import pytest

from reports import seed_chart
from reports.report_tree import Report
from tests.reports.comparisons import TRAINED, values


def report(models, *aucs):
    told, _, _ = values(models)
    for name, by_seed in zip(models, aucs, strict=True):
        told["models"][name] |= TRAINED | {"macro_auc_by_seed": by_seed}
    return Report.of(told)


def test_every_seed_is_a_point_and_the_mean_of_a_model_a_bar():
    html = seed_chart.figure(report(("a", "b"), [0.5, 0.6, 0.55], [0.7, 0.7, 0.7]))
    places = [float(x) for x in re.findall('cx="(.*?)"', html)]
    low, high = seed_chart.EDGE, seed_chart.WIDTH - seed_chart.EDGE
    assert places == pytest.approx([low, (low + high) / 2, low + (high - low) / 4, *[high] * 3])
    means = [float(x) for x in re.findall(r'd="M([\d.]+) \d+v', html)]
    assert means == pytest.approx([low + (high - low) / 4, high])


def test_text_of_the_chart_is_text_and_escaped():
    html = seed_chart.figure(report(("<a>", "b"), [0.5, 0.6], [0.7, 0.8]))
    texts = re.findall("<text.*?>(.*?)</text>", html)
    assert texts == ["&lt;a&gt;", "b", "0.5000", "0.8000"]


def test_long_names_end_in_an_ellipsis():
    html = seed_chart.figure(report(("a" * 200,), [0.5, 0.6]))
    assert f">{'a' * (seed_chart.LONGEST - 1)}…</text>" in html


def test_one_seed_or_equal_seeds_make_no_trouble():
    assert seed_chart.figure(report(("a",), [0.5])) == ""
    assert seed_chart.figure(report(("a",), [0.5, 0.5])).count("<circle") == 2
