import re
from dataclasses import replace

from reports import report_summary
from reports.report_tree import Backbone, Report
from tests.reports.comparisons import TRAINED, values

EXTRACTORS = {
    "resnet50": {"image_size": 224, "weights": "imagenet"},
    "sift_words": {"n_words": 512, "bin_sizes": [8, 12], "position": True, "n_jobs": 0},
}


def report(**changes):
    told, _, _ = values(**changes)
    told["configuration"] = {"options": {}, "extractors": EXTRACTORS}
    return Report.of(told)


def test_networks_are_shown_with_the_file_of_their_weights_and_a_short_digest():
    used = [Backbone("resnet50", "folder/of/net.keras", "0123456789abcdef")]
    facts = report_summary.facts(replace(report(), backbones=used))
    assert facts["Networks"] == (
        "resnet50, weights net.keras, SHA-256 0123456789ab, image_size 224"
    )


def test_visual_words_are_the_other_extractors_with_their_main_settings():
    used = [Backbone("resnet50", "imagenet", None)]
    facts = report_summary.facts(replace(report(), backbones=used))
    assert facts["Visual words"] == "sift_words, n_words 512, bin_sizes 8 and 12, position"


def test_files_of_scores_are_shown_with_short_digests():
    files = {"sharp": "SHA-256 0123456789abcdef"}
    assert report_summary.facts(report(files=files))["Scores"] == "sharp (SHA-256 0123456789ab)"


def test_the_seeds_of_all_trainings_are_shown():
    told, _, _ = values(seed=3)
    assert report_summary.facts(Report.of(told))["Seeds"] == "3"
    told["models"]["sharp"] |= TRAINED | {"macro_auc_by_seed": [0.8, 0.9, 0.7]}
    assert report_summary.facts(Report.of(told))["Seeds"] == "3 to 5"


def test_versions_have_the_usual_names_of_what_figures_depend_on_most():
    versions = {"hybrid-cxr": "1.0", "numpy": "2", "tensorflow": "2.21", "opencv": "5.0"}
    shown = report_summary.facts(report(versions=versions))["Versions"]
    assert shown == "Hybrid CXR 1.0, TensorFlow 2.21, OpenCV 5.0"


def test_facts_that_are_not_known_are_left_out():
    assert not {"Networks", "Scores"} & report_summary.facts(report()).keys()


def test_every_caution_is_in_one_box_and_without_any_there_is_none():
    html = report_summary.summary(report(cautions=["a < b", "c"]))
    box = html.partition('<section class="cautions"')[2]
    assert re.findall("<li>(.*?)</li>", box) == ["a &lt; b", "c"]
    assert "cautions" not in report_summary.summary(report())


def test_the_answer_comes_before_the_facts():
    html = report_summary.summary(report())
    assert html.startswith('<p class="answer">Using vague in place of sharp lowers')
    assert html.index("answer") < html.index("<dl>")
