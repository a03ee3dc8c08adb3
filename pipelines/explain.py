"""`explain`: where each branch looks, film by film and label by label."""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import checks
import storage
from datasets import sources
from datasets.images import Images
from datasets.options import command_of
from escapes import as_json
from inference.bundle_options import Explain
from inference.explained import Explained, explained
from inference.explained_choice import chosen, wrong_first
from inference.heatmaps import Heatmaps, why_no_camera
from inference.images_to_explain import images_asked
from inference.label_decisions import RULE, columns_asked
from inference.predictor import Predictor
from models.bundle import Bundle
from pipelines import Result
from progress import say, track, warn
from reports import explanation_files, explanation_page, explanation_pictures
from reports.explanation_files import Drawn
from reports.explanation_pictures import CAMERAS
from reports.plots.contact_sheet import Tile
from reports.plots.panels import FOOTER
from reports.wording import of_members, outcome


def run(options: Explain) -> Result:
    """Decisions as text and JSON; panels, raw maps, sheets and the page are in `--out`."""
    checks.one_of("--method", options.method, CAMERAS)
    predictor = Predictor(options.bundle, options.weights)
    bundle = predictor.bundle
    asked = columns_asked(options.labels, bundle.labels)
    heatmaps = Heatmaps(bundle, (options.method,), options.layer, predictor.extractors)
    for sentence in without_effect(options, heatmaps):
        warn(sentence)
    images = images_asked(options, bundle.labels)
    say(sources.headline(images))
    images, views = predictor.extract(images, options)
    sources.write_skipped(images, options.out)
    if not len(images):
        told = f"No film could be read: {options.out / 'skipped.csv'} says why."
        return Result([told], {"skipped": dict(images.skipped)}, len(images.skipped))
    found = predictor.findings(views)
    shown = chosen(images, views, bundle, found, asked)
    if options.wrong:
        shown = wrong_first(shown, bundle, asked, options)
    explanation_files.fresh(options.out)
    made = explained(heatmaps, shown.images, shown.views, shown.found, shown.columns)
    drawn, rows = _draw(made, shown.images, bundle, options.out)
    values = _values(options, bundle, shown.images, drawn) | {"order": shown.order}
    _write(values, drawn, rows, options)
    return Result([*_lines(values, drawn, options)], values, len(images.skipped))


def without_effect(options: Explain, heatmaps: Heatmaps) -> Iterator[str]:
    """A sentence for each option that changes nothing together with the bundle and the others."""
    unused = ["layer"] * bool(options.layer) + ["method"] * (options.method != Explain.method)
    if not heatmaps.cameras:
        yield from (f"--{name} has no effect: this bundle has no Grad-CAM" for name in unused)
    if options.image and options.n_images != Explain.n_images:
        yield "--n-images has no effect: it counts test images, where no images are named"


def _draw(
    made: Iterable[Explained], images: Images, bundle: Bundle, out: Path
) -> tuple[list[Drawn], list[list[Tile]]]:
    """Panels and maps of all films, written; and a row of tiles for each film."""
    footer = "Synthetic film. " * images.synthetic + FOOTER
    drawn: list[Drawn] = []
    rows: list[list[Tile]] = []
    for image in track(made, "explaining", len(images)):
        drawn += explanation_files.draw(image, why_no_camera(bundle), footer, out)
        rows.append(list(explanation_pictures.tiles(image)))
    return drawn, rows


def _values(
    options: Explain, bundle: Bundle, images: Images, drawn: Sequence[Drawn]
) -> dict[str, Any]:
    decisions = [one.decision for one in drawn]
    labels = [decision.label for decision in decisions]
    told: dict[str, list[dict[str, Any]]] = {image: [] for image in images.ids}
    for one in drawn:
        panel = one.panel.relative_to(options.out).as_posix()
        told[one.decision.image].append(one.decision.facts | {"panel": panel})
    return {
        "command": command_of("explain", options),
        "bundle": str(options.bundle),
        "classifier": bundle.name,
        "trained_on": bundle.data,
        "split": bundle.split,
        "member_shares": bundle.classifier.member_shares,
        "notes": of_members(bundle.classifier),
        "source": images.source,
        "synthetic": images.synthetic,
        "rule": RULE,
        "films": [{"id": image, "decisions": decisions} for image, decisions in told.items()],
        "shares": explanation_files.means([told.shares for told in decisions], labels),
        "net_credit": explanation_files.means([told.net for told in decisions], labels),
        "skipped": dict(images.skipped),
    }


def _write(
    values: dict[str, Any],
    drawn: Sequence[Drawn],
    rows: Sequence[Sequence[Tile]],
    options: Explain,
) -> None:
    """Everything but panels and maps, which are written film by film."""
    out = options.out
    text = as_json(values, indent=1, allow_nan=False)
    storage.write_text(out / "explain.json", text)
    explanation_files.write_shares([one.decision for one in drawn], out)
    title = f"{values['source']}: {values['classifier']}"
    title += " (synthetic films)" if values["synthetic"] else ""
    plots = {
        "shares": [explanation_files.draw_shares(values["shares"], title, out)],
        "sheets": explanation_files.draw_sheets(rows, title, out),
    }
    storage.write_text(out / "explain.html", explanation_page.page(values, drawn, plots))


def _lines(values: dict[str, Any], drawn: Sequence[Drawn], options: Explain) -> Iterator[str]:
    yield explanation_page.answer(values)
    yield explanation_page.told_of(values)
    width = max(len(one.decision.label) for one in drawn)
    for one in drawn:
        yield f"  {one.decision.image}  {one.decision.label:{width}}  {outcome(one.decision)}"
    for image, reason in values["skipped"].items():
        yield f"skipped {image}: {reason}"
    yield f"wrote {options.out / 'explain.html'}"
