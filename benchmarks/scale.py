"""Time and memory of every stage of the README's commands at NIH's size, and of a simple script.

    python benchmarks/scale.py --images 10000
    python benchmarks/scale.py --images 112120 --features

It makes a data set with `nih_size.py`: noise images with a planted signal in NIH's layout. With
--features, random features with the same signal go straight into the cache, because extraction has
a benchmark of its own. Then it runs the commands one after
the other. `compare` is divided by the times of the files that it writes. Seconds of processors and
peak memory include child processes. `simple.py` does what most people would write first, on the
same features; the table has its processor seconds beside those of one training, or of all figures.
"""

import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Annotated, NamedTuple

import numpy as np
import psutil
import typer

# This folder also has an xgboost.py, which would hide the library.
sys.path.pop(0)
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from datasets.options import PROJECT
from pipelines.command_options import Compare

EXTRACTORS = f"--extractors={Compare.extractors}"
SECONDS_BETWEEN_LOOKS = 0.1
GB = 1e9


class Look(NamedTuple):
    """When a command was looked at, and the memory and processor seconds of its processes."""

    when: float
    size: int
    busy: float


class Stage(NamedTuple):
    """A stage, its seconds and processor seconds, the bytes at its peak, and its trainings."""

    name: str
    seconds: float
    busy: float
    peak: float
    trainings: int = 1


def main(
    images: Annotated[int, typer.Option(help="Number of images.")] = 112_120,
    features: Annotated[bool, typer.Option(help="Random features instead of extraction.")] = False,
    classifiers: Annotated[str, typer.Option(help="As of compare.")] = Compare.classifiers,
    replicates: Annotated[int, typer.Option(help="As of compare.")] = Compare.replicates,
    set: Annotated[str, typer.Option(help="As of compare and train.")] = "",
    epochs: Annotated[int, typer.Option(help="Most epochs of the simple script.")] = 30,
    place: Annotated[Path | None, typer.Option(help="Folder to keep everything in.")] = None,
) -> None:
    """Time the README's commands on a data set of NIH's size, and compare with a simple script."""
    with tempfile.TemporaryDirectory() as temporary:
        folder = place or Path(temporary)
        if not (folder / "xrays").exists():
            make(folder, images, features)
        flags = [f"--classifiers={classifiers}", f"--replicates={replicates}", f"--set={set}"]
        stages = list(commands(folder, features, flags))
        show_stages(images, stages)
        show_simple(folder, stages, [f"--replicates={replicates}", f"--epochs={epochs}"])


def make(folder, images, features):
    """The data set, and with features the cache."""
    command = [sys.executable, str(PROJECT / "benchmarks" / "nih_size.py"), str(folder / "xrays")]
    command += [f"--images={images}", *[f"--cache={folder / 'cache'}"] * features]
    subprocess.run(command, check=True)


def commands(folder, features, flags):
    """The stages of the README's commands."""
    yield run("data", folder)[0]
    if not features:
        yield run("extract", folder, EXTRACTORS)[0]
    again, _ = run("extract", folder, EXTRACTORS)
    yield again._replace(name="extract with nothing to do")
    whole, looks = run("compare", folder, *flags)
    yield from divided(folder / "compare", looks)
    yield whole._replace(name="compare, all of it")
    yield run("train", folder)[0]
    yield run("explain", folder, f"--bundle={folder / 'train'}", "--n-images=4")[0]


def run(name, folder, *flags):
    """A command's stage, and its memory over time."""
    command = [sys.executable, str(PROJECT / "cli.py"), name, f"--data={folder / 'xrays'}", *flags]
    command += [f"--out={folder / name}", f"--cache={folder / 'cache'}"]
    if name in ("extract", "compare", "train"):
        command.append("--weights=random")
    looks = looked_at(subprocess.Popen(command, stdout=subprocess.DEVNULL))
    return part(name, looks, looks[0].when, looks[-1].when), looks


def looked_at(child):
    """Looks at a process and its children, until it ends well."""
    looks = [Look(time.time(), 0, 0.0)]
    while child.poll() is None:
        looks.append(look(child.pid) or looks[-1])
        time.sleep(SECONDS_BETWEEN_LOOKS)
    if child.returncode:
        raise typer.Exit(1)
    return [*looks, looks[-1]._replace(when=time.time())]


def look(process):
    """A look at a process and its children; None if one of them has just ended."""
    try:
        own = psutil.Process(process)
        everyone = [own, *own.children(recursive=True)]
        size = sum(each.memory_info().rss for each in everyone)
        return Look(time.time(), size, sum(sum(each.cpu_times()[:4]) for each in everyone))
    except psutil.Error:
        return None


def part(name, looks, start, end):
    """The stage between two times."""
    inside = [each for each in looks if start <= each.when <= end] or looks[-1:]
    used = max(each.busy for each in inside) - min(each.busy for each in inside)
    return Stage(name, end - start, used, max(each.size for each in inside))


def divided(out, looks):
    """The stages of `compare`, by the times of its files; controls belong to their classifier."""
    classifiers = [path.stem for path in (PROJECT / "models" / "classifiers").glob("*.py")]
    fits = sorted((path.stat().st_mtime, path) for path in (out / "fits").glob("*.npz"))
    with np.load(fits[0][1]) as first:
        last = fits[0][0] - float(first["seconds"])
    yield part("compare: labels and features", looks, looks[0].when, last)
    spans = {}
    for written, path in fits:
        key = path.stem.split("-", 3)[-1]
        owner = max((each for each in classifiers if key.startswith(each)), key=len, default=key)
        spans.setdefault(owner, []).append(part(f"compare: {owner}", looks, last, written))
        last = written
    for name, parts in spans.items():
        controls = f" with {len(parts) - 1} controls" if len(parts) > 1 else ""
        seconds, busy = (sum(each[field] for each in parts) for field in (1, 2))
        peak = max(each.peak for each in parts)
        yield Stage(f"compare: {name}{controls}", seconds, busy, peak, len(parts))
    evaluated = min(path.stat().st_mtime for path in (out / "predictions").iterdir())
    yield part("compare: evaluation", looks, last, evaluated)
    yield part("compare: report", looks, evaluated, looks[-1].when)


# The part of simple.py that a stage of `compare` is compared with, and what it is.
SIMPLE = {
    "cnn": ("keras", "Keras `fit` on the embedding, batches of 32"),
    "xgboost": ("boosters", "`MultiOutputClassifier(XGBClassifier())`"),
    "evaluation": ("bootstrap", "a loop over `roc_auc_score`"),
}


def show_stages(images, stages):
    """A table of all stages."""
    typer.echo(f"{images:,} images")
    typer.echo("| stage | s | processor s | peak GB |\n|---|---|---|---|")
    for stage in stages:
        figures = f"{stage.seconds:.1f} | {stage.busy:.1f} | {stage.peak / GB:.2f}"
        typer.echo(f"| {stage.name} | {figures} |")


def show_simple(folder, stages, flags):
    """Each part of the simple script, in a process of its own, beside the stage it stands for."""
    typer.echo("| simple script | timed | processor s | peak GB | Hybrid CXR | ratio |")
    typer.echo("|---|---|---|---|---|---|")
    command = [sys.executable, str(PROJECT / "benchmarks" / "simple.py"), "--weights=random"]
    command += [f"--data={folder / 'xrays'}", f"--cache={folder / 'cache'}", *flags]
    for stage in stages:
        name = stage.name.removeprefix("compare: ").partition(" with ")[0]
        if name in SIMPLE:
            part, title = SIMPLE[name]
            child = subprocess.Popen([*command, part], stdout=subprocess.PIPE, text=True)
            peak = max(each.size for each in looked_at(child)) / GB
            seconds, timed = re.search(r": ([\d.]+) s \((.+)\)", child.stdout.read()).groups()
            ours = stage.busy / stage.trainings
            ratio = f"{float(seconds) / ours:.1f}" if ours else "–"
            figures = f"{seconds} | {peak:.2f} | {ours:.1f} | {ratio}"
            typer.echo(f"| {title} | {timed} | {figures} |")


if __name__ == "__main__":
    typer.run(main)
