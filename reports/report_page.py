"""The report people read: one HTML file that needs no network, made of report.json's values."""

from collections.abc import Iterator, Sequence
from html import escape
from pathlib import Path
from typing import Any

import storage
from datasets.patients import unit
from evaluation.certainty import LEAST_OF_A_CLASS, LEAST_PATIENTS
from reports import html_tables, pages
from reports.report_plots import Shown, without_controls
from reports.wording import Report, answers, images_of, network, subject_matter, with_interval

TITLE = "Multi-label chest X-rays: the verdict"
READING = (
    "Macro AUC, the mean of the labels' AUCs, is the headline; a label that has one class among"
    " these films has no AUC and is left out of it.",
    "Micro AUC pools all pairs of a film and a label. It rewards knowing how common a label is, so"
    " read it beside its no-skill floor: what giving every film each label's prevalence reaches."
    " Among which films that prevalence is, its row says.",
    "Films of one patient are alike, so intervals and the p values of macro and micro differences"
    " come from resampling patients, the same ones for every model. DeLong's test, per label,"
    " takes films as independent; its p values are corrected over labels by Holm's method.",
    f"A figure of fewer than {LEAST_PATIENTS} patients has no interval, p value or claim, and nor"
    f" has one of a label that fewer than {LEAST_OF_A_CLASS} patients have, or are without: so few"
    " patients, resampled, show less uncertainty than there is. The reason stands below the table.",
    "Where several models are compared with the baseline, p (Holm) is corrected for how many; a"
    " difference is called one only if this p is at most 0.05 too. Controls are not counted: they"
    " show what width alone, or words that say nothing of the film, would do. Intervals are not"
    " corrected.",
    "The largest gap between groups is picked after looking, so its interval is wide enough to hold"
    " for all gaps of a variable at once. A gap is flagged only where this interval leaves out 0.",
)


def write(report: Report, pictures: Sequence[Shown], path: Path) -> Path:
    """The report as one self-contained HTML file."""
    storage.write_text(path, page(report, pictures))
    return path


def page(report: Report, pictures: Sequence[Shown]) -> str:
    """The report as HTML, pictures inside; whatever came from the user is escaped."""
    shown = without_controls(report)
    sections = {
        "Models": html_tables.models(report) + html_tables.comparisons(report),
        "Pictures": "".join(map(_figure, pictures)),
        "Differences by label": html_tables.label_differences(shown),
        "Labels": html_tables.labels(shown),
        "Groups of patients": _flagged(shown) + html_tables.subgroups(shown),
        "Films and labels": _notes(report) + _facts(report) + html_tables.parts(report),
        "How to read this": pages.items(READING),
        "How to repeat this": _repeat(report),
    }
    return pages.page(TITLE, report["synthetic"], _header(report), sections)


def _header(report: Report) -> str:
    first, *others = map(escape, answers(report))
    images, split = escape(subject_matter(report)), escape(report["split"]["name"])
    return (
        f'<p class="answer">{first}</p>\n'
        + (f"<p>{' '.join(others)}</p>\n" if others else "")
        + "".join(f"<p>Caution: {escape(each)}.</p>\n" for each in report.get("cautions", ()))
        + f'<p class="soft">{images}. Split: {split}. In brackets: 95 % intervals, resampling'
        f" {unit(report['data']['patients_from'])}s.</p>"
    )


def _figure(picture: Shown) -> str:
    source = pages.inside("image/png", picture.path.read_bytes())
    image = f'<img alt="{escape(picture.alt)}" src="{source}">'
    return (
        f"<figure>\n{html_tables.scrolling(picture.caption, image)}\n"
        f"<figcaption>{escape(picture.caption)}</figcaption>\n</figure>\n"
    )


def _notes(report: Report) -> str:
    notes = report["data"]["notes"]
    return f'<div class="notes">{pages.items(notes)}</div>\n' if notes else ""


def _flagged(report: Report) -> str:
    """The gaps between groups that their interval shows; nothing where groups were not judged."""
    gaps = [
        f"{model}, {label}: {gap['high']} above {gap['low']} by"
        f" {with_interval(gap['gap'], gap['ci'])}"
        for model, variables in report["subgroups"].items()
        for told in variables.values()
        for label, gap in told["gaps"].items()
        if gap and gap["flagged"]
    ]
    if not any(report["subgroups"].values()):
        return ""
    return f"<p>Gaps that are flagged: {len(gaps)}.</p>\n" + pages.items(gaps)


def _facts(report: Report) -> str:
    data, split = report["data"], report["split"]
    parts = (
        f"{part}: {images_of(n, split['patients'][part], data)}"
        for part, n in split["films"].items()
    )
    used = "; ".join(map(network, report.get("backbones", [])))
    return _definitions(
        {
            "Source": data["source"],
            "Patients from": data["patients_from"],
            "Split": split["name"],
            "Parts": "; ".join(parts),
            "Labels": ", ".join(report["labels"]),
        }
        | ({"Networks": used} if used else {})
    )


def _repeat(report: Report) -> str:
    told = {"Seed": report["seed"], "Replicates": f"{report['replicates']:,}"}
    told |= {"Versions": _values(report["versions"])} | report["files"]
    command = f"<pre><code>{escape(report['command'])}</code></pre>\n{_definitions(told)}"
    return command + "".join(map(_configuration, *zip(*_chosen(report), strict=True)))


def _chosen(report: Report) -> Iterator[tuple[str, dict[str, str]]]:
    """Every option and parameter that the figures depend on, by what they are of."""
    chosen = dict(report["configuration"])
    yield "Options", {name: str(value) for name, value in chosen.pop("options").items()}
    for kind, named in chosen.items():
        yield kind.capitalize(), {name: _values(values) for name, values in named.items()}


def _configuration(title: str, told: dict[str, str]) -> str:
    return f"<h3>{escape(title)}</h3>\n{_definitions(told)}"


def _values(values: dict[str, Any]) -> str:
    return ", ".join(f"{name} {value}" for name, value in values.items())


def _definitions(facts: dict[str, Any]) -> str:
    pairs = (
        f"<dt>{escape(name)}</dt><dd>{escape(str(value))}</dd>\n" for name, value in facts.items()
    )
    return f"<dl>\n{''.join(pairs)}</dl>\n"
