"""`data`: describe a data set."""

from dataclasses import replace
from pathlib import Path
from typing import Any

from datasets import sources, splits
from datasets.images import CERTAIN, NOBODY_KNOWN, SETS, Images
from datasets.summary import summarise
from errors import InvalidOption
from pipelines import Result, duplicates, side_by_side
from pipelines.command_options import Data
from pipelines.recorded import recorded
from progress import step
from reports.plots import image_sheet as image_pictures
from reports.plots import label_counts as label_plots
from reports.plots.plotting import save

SHEET = "films.png"


@recorded("data")
def run(options: Data) -> Result:
    """Counts as text and JSON; plots, skipped.csv and, if asked for, the split as files."""
    if len(options.sets) > 1:
        return side_by_side.compare(options)
    images = sources.images_of(_of_one(options))
    if options.check_images:
        images = sources.checked(images, options.jobs)
    copies = None
    if options.duplicates:
        images, copies = duplicates.find(images, options)
    sources.write_skipped(images, options.out)
    if options.save_split:
        splits.save(images, options.save_split)
    step("drawing plots")
    summary = summarise(images)
    plots = label_plots.write(summary, options.out)
    if copies is not None:
        summary["duplicates"] = duplicates.values(copies)
        plots += duplicates.write(images, copies, options.out)
    if options.images:
        sheet = image_pictures.sheet(images, sources.read_or_blank)
        plots.append(save(sheet, options.out / SHEET))
    copied = [] if copies is None else duplicates.lines(copies, options)
    lines = [*_lines(images, summary), *copied, *_written(images, plots, options.out)]
    return Result(lines, summary, len(images.skipped))


def _of_one(options: Data) -> Data:
    """The options with the data set that an argument names as `--data`."""
    if not options.sets:
        return options
    if options.data:
        raise InvalidOption(
            f"A data set must be named once; got {options.sets[0]} and --data {options.data}. Leave"
            " one of them out."
        )
    return replace(options, data=options.sets[0])


def _lines(images: Images, summary: dict[str, Any]) -> list[str]:
    known = f"{summary['patients']:,} (from {summary['patients_from']})"
    patients = known if summary["patients_from"] != NOBODY_KNOWN else f"not known ({NOBODY_KNOWN})"
    return [
        sources.headline(images),
        f"format    {summary['format']}",
        *(f"note      {note}" for note in summary["notes"]),
        f"patients  {patients}",
        *split_lines(summary["split"], summary["patients_from"]),
        f"labels    {len(summary['labels'])}; images with each label, by set:",
        *_label_table(summary),
        *_meta_lines(summary["meta"]),
        f"boxes     {sum(summary['boxes'].values()):,}",
        *(f"skipped   {count:,}: {why}" for why, count in summary["skipped"].items()),
    ]


def _written(images: Images, plots: list[Path], out: Path) -> list[str]:
    return [f"wrote     {path}" for path in [*plots, *[out / "skipped.csv"][: len(images.skipped)]]]


def split_lines(split: dict[str, Any], patients_from: str) -> list[str]:
    """The split in three lines: name, images, patients."""
    train, validation, test = (split["films"][name] for name in SETS)
    together = f" (together {train + validation:,})" if validation else ""
    aside = split["films_in_no_part"]
    patients = ", ".join(f"{name} {split['patients'][name]:,}" for name in SETS)
    unknown = "some may be in more than one set"
    limits = "" if patients_from in CERTAIN else f" (patients from {patients_from})"
    shared = f"{patients}; {split['shared_patients']} in more than one set{limits}"
    return [
        f"split     {split['name']}",
        f"images    train {train:,}, validation {validation:,}{together}, test {test:,}"
        + (f"; in no set {aside:,}" if aside else ""),
        f"patients  {unknown if patients_from == NOBODY_KNOWN else shared}",
    ]


def _label_table(summary: dict[str, Any]) -> list[str]:
    width = max(len(name) for name in summary["labels"])
    columns = (*SETS, "all")
    header = f"  {'':{width}}" + "".join(f"{name:>18}" for name in columns)
    sizes = summary["split"]["films"] | {"all": summary["films"]}
    rows = [header]
    for name in summary["labels"]:
        cells = ((summary["positives"][each][name], sizes[each]) for each in columns)
        shares = (f"{count:,} ({100 * count / max(size, 1):4.1f} %)" for count, size in cells)
        missing = summary["not_reported"][name]
        note = f"   not reported in {missing:,}" if missing else ""
        rows.append(f"  {name:{width}}" + "".join(f"{share:>18}" for share in shares) + note)
    return rows


def _meta_lines(meta: dict[str, Any]) -> list[str]:
    lines = [
        f"{name:10}" + ", ".join(f"{value or 'unknown'} {n:,}" for value, n in meta[name].items())
        for name in ("sex", "view")
    ]
    if meta["age_quartiles"]:
        low, first, middle, third, high = meta["age_quartiles"]
        lines.append(
            f"age       {low:.0f}–{high:.0f}, median {middle:.0f} ({first:.0f}–{third:.0f})"
        )
    return lines
