"""`explain`: show where the model looks, for each image and label."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import checks
import storage
from datasets import sources
from datasets.images import Images, Skipped
from datasets.options import command_of
from escapes import as_json
from inference.bundle_options import Explain
from inference.cached_features import CachedFeatures
from inference.explained import Explained, explained
from inference.explained_choice import Chosen, columns_shown, decided_images, wrong_first
from inference.heatmaps import Heatmaps, why_no_camera
from inference.images_to_explain import images_asked
from inference.label_decisions import RULE, columns_asked
from inference.predictor import Predictor
from models.bundle import Bundle
from pipelines import Result
from pipelines.recorded import recorded
from progress import say, step, track, warn
from reports import explanation_files, explanation_page, explanation_pictures
from reports.explanation_files import SavedPanel
from reports.explanation_pictures import CAMERAS, outcome
from reports.member_shares import of_members
from reports.plots.contact_sheet import Tile
from reports.plots.panels import FOOTER
from reports.plots.plotting import Paper


@recorded("explain")
def run(options: Explain) -> Result:
    """Decisions as text and JSON; panels, raw maps, contact sheets and a page are in `--out`."""
    checks.one_of("--method", options.method, CAMERAS)
    Paper.of(options)
    step("loading the bundle")
    chosen = options.embeddings, options.missing
    predictor = Predictor(options.bundle, options.weights, *chosen)
    bundle = predictor.bundle
    asked = columns_asked(options.labels, bundle.labels)
    heatmaps = Heatmaps(bundle, (options.method,), options.layer, predictor.extractors)
    for sentence in without_effect(options, heatmaps):
        warn(sentence)
    images = images_asked(options, bundle.labels)
    say(sources.headline(images))
    drawn, shown = _explained(predictor, heatmaps, images, asked, options)
    images = shown.images
    sources.write_skipped(images, options.out)
    if not drawn.decisions:
        line = f"No image could be read; {options.out / 'skipped.csv'} lists the reasons."
        return Result([line], {"skipped": dict(images.skipped)}, len(images.skipped))
    step("writing the page")
    values = _values(options, bundle, images, drawn.decisions) | {"order": shown.order}
    _write(values, drawn, options)
    return Result([*_lines(values, drawn.decisions, options)], values, len(images.skipped))


def without_effect(options: Explain, heatmaps: Heatmaps) -> Iterator[str]:
    """A sentence for each option that has no effect with this bundle or other options."""
    unused = ["layer"] * bool(options.layer) + ["method"] * (options.method != Explain.method)
    if not heatmaps.cameras:
        yield from (f"--{name} has no effect: this bundle has no Grad-CAM" for name in unused)
    if options.image and options.n_images != Explain.n_images:
        yield "--n-images has no effect: it counts test images, where no images are named"


class Pictures(NamedTuple):
    """Decisions with their panels, a row of tiles for each image, and images not read."""

    decisions: list[SavedPanel]
    rows: list[list[Tile]]
    skipped: list[Skipped]


def _explained(
    predictor: Predictor, heatmaps: Heatmaps, images: Images, asked: list[int], options: Explain
) -> tuple[Pictures, Chosen]:
    """Pictures of the images that are shown, and the images with all that could not be read."""
    jobs, images = sources.cores(options.jobs), predictor.known(images)
    cached = CachedFeatures(predictor, images, options.cache)
    shown = Chosen(images)
    if options.wrong:
        decided = decided_images(predictor, images, jobs, cached)
        shown = wrong_first(decided, predictor.bundle, asked, options)
    chosen = partial(columns_shown, bundle=predictor.bundle, asked=asked, wrong=options.wrong)
    made = explained(heatmaps, predictor, shown.images, chosen, jobs, cached)
    drawn = _draw(made, shown.images, predictor.bundle, options.out)
    skipped = (*images.skipped, *shown.skipped, *drawn.skipped)
    return drawn, shown._replace(images=replace(shown.images, skipped=skipped))


def _draw(
    made: Iterable[Explained | Skipped], images: Images, bundle: Bundle, out: Path
) -> Pictures:
    """Panels and maps of all images, written as each is explained."""
    footer = "Synthetic image. " * images.synthetic + FOOTER
    pictures = Pictures([], [], [])
    for image in track(made, "explaining", len(images)):
        if isinstance(image, Skipped):
            pictures.skipped.append(image)
            continue
        if not pictures.rows:
            explanation_files.fresh(out)
        pictures.decisions.extend(explanation_files.draw(image, why_no_camera(bundle), footer, out))
        pictures.rows.append(list(explanation_pictures.tiles(image)))
    return pictures


def _values(
    options: Explain, bundle: Bundle, images: Images, drawn: Sequence[SavedPanel]
) -> dict[str, Any]:
    decisions = [one.decision for one in drawn]
    labels = [decision.label for decision in decisions]
    by_image: dict[str, list[dict[str, Any]]] = {}
    for one in drawn:
        panel = one.panel.relative_to(options.out).as_posix()
        by_image.setdefault(one.decision.image, []).append(one.decision.facts | {"panel": panel})
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
        "films": [{"id": image, "decisions": decided} for image, decided in by_image.items()],
        "shares": explanation_files.means([each.shares for each in decisions], labels),
        "net_credit": explanation_files.means([each.net for each in decisions], labels),
        "skipped": dict(images.skipped),
    }


def _write(values: dict[str, Any], drawn: Pictures, options: Explain) -> None:
    """Everything but panels and maps, which are written image by image."""
    out = options.out
    text = as_json(values, indent=1, allow_nan=False)
    storage.write_text(out / "explain.json", text)
    explanation_files.write_shares([one.decision for one in drawn.decisions], out)
    title = f"{values['source']}: {values['classifier']}"
    title += " (synthetic images)" if values["synthetic"] else ""
    plots = {
        "shares": [explanation_files.draw_shares(values["shares"], title, out, Paper.of(options))],
        "sheets": explanation_files.draw_sheets(drawn.rows, title, out),
    }
    storage.write_text(out / "explain.html", explanation_page.page(values, drawn.decisions, plots))


def _lines(values: dict[str, Any], drawn: Sequence[SavedPanel], options: Explain) -> Iterator[str]:
    yield explanation_page.answer(values)
    yield explanation_page.described(values)
    width = max(len(one.decision.label) for one in drawn)
    for one in drawn:
        yield f"  {one.decision.image}  {one.decision.label:{width}}  {outcome(one.decision)}"
    for image, reason in values["skipped"].items():
        yield f"skipped {image}: {reason}"
    yield f"wrote {options.out / 'explain.html'}"
