import re

import pytest

from reports import robustness_page
from tests.reports import robustness_values as made

CURVES = {name: f"<svg>{name}</svg>" for name in robustness_page.CURVES}


def page(values):
    return robustness_page.page(values, CURVES, "<svg>losses</svg>", b"webp")


def test_the_answer_stands_on_top():
    html = page(made.pair())
    assert html.index('<p class="answer">hybrid is less sturdy') < html.index("<h2")


def test_all_curves_are_there_and_the_first_is_open():
    html = page(made.pair())
    assert all(picture in html for picture in CURVES.values())
    assert html.index("<svg>macro_auc</svg>") < html.index("<details>")


def test_blocks_of_a_model_have_losses_and_shares():
    html = page(made.pair())
    assert "hybrid at severity 5: loss if one block alone" in html
    assert "cnn at severity" not in html
    assert ">60 %<" in html
    assert ">0.040 [0.030, 0.050]<" in html


def test_columns_begin_with_capitals_but_p_values():
    html = page(made.pair())
    assert ">Loss of cnn<" in html
    assert ">p (Holm)<" in html


def test_labels_have_their_auc_on_unchanged_images_and_its_mean_on_changed_ones():
    html = page(made.pair())
    row = html.partition('<th scope="row">Mass</th>')[2].partition("</tr>")[0]
    assert re.findall(r">([^<]+)</td>", row) == [
        *("0.800 [0.790, 0.810]", "0.750 [0.740, 0.760]"),
        *("0.710", "0.685"),
    ]


def test_names_from_outside_are_escaped():
    html = page(made.pair())
    assert "<x>" not in html
    assert "mine &lt;x&gt;" in html
    assert "--bundle &lt;b&gt;" in html


@pytest.mark.parametrize(("amount", "text"), [(0.012, "0.012"), (2000, "2,000"), (0.1, "0.1")])
def test_amounts_have_no_needless_digits(amount, text):
    assert robustness_page.amount_of(amount) == text


def test_one_model_has_a_page_too():
    assert "corruption error</th>" not in page(made.alone())
