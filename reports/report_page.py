"""The report people read: one HTML file that needs no network, with the values of report.json."""

from collections.abc import Iterator, Mapping, Sequence
from html import escape
from pathlib import Path
from typing import Any

import storage
from evaluation.certainty import LEAST_OF_A_CLASS, LEAST_PATIENTS
from reports import (
    abstention_tables,
    answer_tables,
    audit_html,
    class_html,
    corrected_labels,
    external_html,
    failure_html,
    html_tables,
    label_html,
    metric_html,
    pages,
    robustness_section,
    seed_chart,
    tuning_text,
)
from reports.conclusions import answer, conclusions
from reports.image_tiles import Sheet
from reports.report_plots import Picture
from reports.report_summary import definitions, sets, summary
from reports.report_tree import Report
from reports.robustness_curves import FIGURES
from reports.wording import network, with_interval

# Sections with contact sheets.
FAILURES, AUDIT = "failures", "audit"
NO_SHEETS: Mapping[str, Sequence[Sheet]] = {}
TITLE = "Multi-label chest X-rays: comparison of models"
READING = (
    "Macro AUC is the mean of the labels' AUCs and the headline figure. A label that all or none of"
    " these images have has no AUC and is left out.",
    "Micro AUC pools all pairs of an image and a label. It rewards knowing how common a label is,"
    " so read it beside the prevalence-only baseline, which gives every image each label's"
    " prevalence. The row's name says which images define prevalence.",
    "Images of one patient are alike. Intervals and the p values of macro and micro differences"
    " therefore come from resampling patients, the same ones for every model. DeLong's test, per"
    " label, treats images as independent; Holm's method corrects its p values over labels.",
    f"A figure of fewer than {LEAST_PATIENTS} patients has no interval, p value or claim. The same"
    f" holds for a label that fewer than {LEAST_OF_A_CLASS} patients have, or are without:"
    " resampling so few patients understates the uncertainty. The reason is below the table.",
    "A model raises or lowers macro AUC if the 95 % interval of the difference leaves out 0. It is"
    " equivalent to the baseline if the 90 % interval lies within the margin: two one-sided tests"
    " at 5 % (TOST). Otherwise the comparison is inconclusive, and the table gives the difference"
    " that these patients show with 80 % power, and the patients that the observed one needs.",
    "Where several models are compared, p (Holm) is corrected for their number."
    " A difference is claimed only if this p is at most 0.05 too. Controls do not count here: they"
    " show what extra width alone, or shuffled visual words, would do. Intervals are not"
    " corrected.",
    "Metrics without skill are those of a model that sees no image: it gives every image the same"
    " probability, and calls as many images positive, but at random. The p values of metrics are"
    " not corrected for the number of metrics, labels or models: decide before you look which of"
    " them counts. With fewer than 25 patients of a class, intervals of metrics are too narrow;"
    " that of specificity at a given sensitivity needs 50 to 100 patients with the finding.",
    "The largest gap between groups is chosen after the results are known. Its interval is"
    " therefore wide enough to hold for all gaps of a variable at once. A gap is flagged only if"
    " this interval leaves out 0.",
)


def write(
    report: Report,
    pictures: Sequence[Picture],
    path: Path,
    sheets: Mapping[str, Sequence[Sheet]] = NO_SHEETS,
) -> Path:
    """The report as one self-contained HTML file."""
    storage.write_text(path, page(report, pictures, sheets))
    return path


def page(
    report: Report,
    pictures: Sequence[Picture],
    sheets: Mapping[str, Sequence[Sheet]] = NO_SHEETS,
) -> str:
    """The report as HTML, pictures inside; all text from the user is escaped."""
    shown = report.without_controls()
    curves = (_figure(each) for each in pictures if each.name in FIGURES)
    sections = {
        "Models": _models(report),
        "Tuning": tuning_text.section(report.tuning),
        "Plots": "".join(_figure(each) for each in pictures if each.name not in FIGURES),
        **external_html.sections(report),
        "Robustness": robustness_section.section(shown, "".join(curves)),
        "Differences by label": label_html.label_differences(shown),
        "Classes": class_html.classes(shown),
        "Labels": label_html.labels(shown),
        "Metrics": metric_html.metrics(shown),
        "Abstaining": abstention_tables.abstaining(shown),
        "Corrected labels": corrected_labels.section(shown),
        "Wrong calls": failure_html.failures(shown.failures, sheets.get(FAILURES, ())),
        "Suspect labels": audit_html.audit(shown.audit, sheets.get(AUDIT, ())),
        "Groups of patients": _flagged(shown) + label_html.subgroups(shown),
        "Images and labels": _notes(report) + _facts(report) + html_tables.prevalences(report),
        "How to read this": pages.items(READING),
        "How to repeat this": _repeat(report),
    }
    title = TITLE.replace("Multi-label chest", "Chest") if report.classes else TITLE
    return pages.page(title, report.synthetic, summary(report), sections)


def _models(report: Report) -> str:
    """All models in words and in tables, the controls folded."""
    shown = report.without_controls()
    sentences = conclusions(report)
    more = [] if sentences == answer(report) else sentences
    controls = pages.folded("Width-matched controls", html_tables.of_controls(report))
    return (
        html_tables.models(shown)
        + class_html.overview(shown)
        + html_tables.comparisons(shown)
        + answer_tables.answers(shown)
        + answer_tables.all_pairs(shown)
        + html_tables.seeds(shown)
        + seed_chart.figure(shown)
        + controls
        + pages.folded("All differences in words", pages.items(more))
    )


def _figure(picture: Picture) -> str:
    return (
        f"<figure>\n{html_tables.scrolling(picture.caption, picture.svg)}\n"
        f"<figcaption>{escape(picture.caption)}</figcaption>\n</figure>\n"
    )


def _notes(report: Report) -> str:
    notes = report.data.notes
    return f'<div class="notes">{pages.items(notes)}</div>\n' if notes else ""


def _flagged(report: Report) -> str:
    """The gaps between groups that their interval confirms; nothing where there are no groups."""
    flagged = [
        (gap, f"{model}, {label}: {gap.high} above {gap.low} by {with_interval(gap.gap, gap.ci)}")
        for model, variables in report.subgroups.items()
        for variable in variables.values()
        for label, gap in variable.gaps.items()
        if gap and gap.flagged
    ]
    if not any(report.subgroups.values()):
        return ""
    listed = [text for _, text in sorted(flagged, key=lambda each: -(each[0].gap or 0))]
    order = ", the largest first" * (len(listed) > 1)
    return f"<p>Flagged gaps in AUC: {len(listed)}{order}.</p>\n" + pages.items(listed)


def _facts(report: Report) -> str:
    used = "; ".join(map(network, report.backbones or []))
    return definitions(
        {
            "Source": report.data.source,
            "Patients from": report.data.patients_from,
            "Split": report.split.name,
            "Sets": sets(report),
            "Labels": ", ".join(report.labels),
        }
        | ({"Networks": used} if used else {})
    )


def _repeat(report: Report) -> str:
    made = report.provenance
    facts: dict[str, Any] = {"Seed": made.seed, "Replicates": f"{made.replicates:,}"}
    facts |= {"Versions": _values(made.versions)} | report.files
    command = f"<pre><code>{escape(made.command)}</code></pre>\n{definitions(facts)}"
    chosen = map(_configuration, *zip(*_chosen(made.configuration), strict=True))
    return command + pages.folded("All options and parameters", "".join(chosen))


def _chosen(configuration: dict[str, dict[str, Any]]) -> Iterator[tuple[str, dict[str, str]]]:
    """Every option and parameter that the figures depend on, with a heading for each kind."""
    chosen = dict(configuration)
    yield "Options", {name: str(value) for name, value in chosen.pop("options").items()}
    for kind, named in chosen.items():
        yield kind.capitalize(), {name: _values(values) for name, values in named.items()}


def _configuration(title: str, values: dict[str, str]) -> str:
    return f"<h3>{escape(title)}</h3>\n{definitions(values)}"


def _values(values: dict[str, Any]) -> str:
    return ", ".join(f"{name} {value}" for name, value in values.items())
