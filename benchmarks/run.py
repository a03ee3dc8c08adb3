"""Every speed claim of the README in one go, each beside the obvious script.

    python benchmarks/run.py
    python benchmarks/run.py --data FOLDER --bundle FOLDER

Runs the benchmarks one after the other, each in a process of its own, and puts their figures into
one table; all that they print goes to standard error. Without --data films are drawn, without
--bundle nothing is served. Sizes are smaller than in the README's own commands, so ratios differ a
little.
"""

import platform
import re
import subprocess
import sys
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Annotated, NamedTuple

import typer

HERE = Path(__file__).parent
LIBRARIES = ("numpy", "scikit-learn", "opencv-contrib-python-headless", "keras", "xgboost-cpu")
# Memory may shrink.
NUMBER = r"(-?[\d.,]+)"


class Claim(NamedTuple):
    """What is claimed, which benchmark tells, and where its text has our figure and the other."""

    what: str
    benchmark: str
    ours: str
    unit: str
    obvious: str = ""


CLAIMS = (
    Claim("extract, float32", "extract", "extract, float32", "films/s", "obvious script"),
    Claim("extract, bfloat16", "extract", "extract, bfloat16", "films/s", "obvious script"),
    Claim("ResNet50, float32", "backbone", "ours, float32", "films/s", "model.predict"),
    Claim("ResNet50, bfloat16", "backbone", "ours, bfloat16", "films/s", "model.predict"),
    Claim("boosters", "xgboost", r"\| xgboost \|", "s", r"\| MultiOutputClassifier\S* \|"),
    Claim("bootstrap by patient", "bootstrap", r"ours, [\d,]+ replicates:", "s", r"from \d+:"),
    Claim("memory for ten times the films", "store", "ten times the films take", "MB"),
    Claim("NIH's vectors read", "store", "checked in .*, read in", "s"),
    Claim("films served", "serve", r"p95 \S+ s,", "films/s", "predict:"),
)


def main(
    data: Annotated[Path | None, typer.Option(help="Films; without it the drawn ones.")] = None,
    bundle: Annotated[Path | None, typer.Option(help="Bundle to serve; needs --data.")] = None,
    images: Annotated[int, typer.Option(help="Films in a round.")] = 64,
    rounds: Annotated[int, typer.Option(help="Turns of each contender.")] = 3,
    rows: Annotated[int, typer.Option(help="Training films of the boosters.")] = 4_000,
    width: Annotated[int, typer.Option(help="Numbers of a film for the boosters.")] = 3072,
    stored: Annotated[int, typer.Option(help="Films whose vectors are stored.")] = 112_120,
    seconds: Annotated[int, typer.Option(help="How long films are served.")] = 20,
    only: Annotated[str, typer.Option(help="These benchmarks alone, with commas.")] = "",
) -> None:
    """Print the table."""
    turns = f"--images={images} --rounds={rounds}".split()
    folder = [f"--data={data}"] if data else []
    flags = {
        "extract": [*turns, *folder],
        "backbone": turns,
        "xgboost": [f"--rows={rows}", f"--width={width}"],
        "bootstrap": [],
        "store": [str(stored // 10), str(stored), str(stored)],
    }
    if bundle and data:
        served = [f"--seconds={seconds}", f"--predicting={min(10, seconds / 2)}"]
        flags["serve"] = [f"--bundle={bundle}", *folder, *served]
    asked = only.split(",") if only else list(flags)
    typer.echo(f"{processor()}; {', '.join(versions())}")
    typer.echo("| claim | ours | obvious script | ratio |\n|---|---|---|---|")
    for name in asked:
        told = output_of(name, flags[name])
        for claim in CLAIMS:
            if claim.benchmark == name:
                typer.echo(f"| {' | '.join(row(claim, told))} |")


def output_of(name: str, flags: list[str]) -> str:
    """What a benchmark prints."""
    command = [sys.executable, str(HERE / f"{name}.py"), *flags]
    told = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
    typer.echo(told, err=True)
    return told


def row(claim: Claim, told: str) -> tuple[str, str, str, str]:
    """The claim with both figures; a ratio above 1 is in our favour."""
    ours = figure(claim.ours, told)
    if not claim.obvious:
        return claim.what, f"{ours:,.1f} {claim.unit}", "", ""
    theirs = figure(claim.obvious, told)
    ratio = ours / theirs if claim.unit == "films/s" else theirs / ours
    return claim.what, f"{ours:,.1f} {claim.unit}", f"{theirs:,.1f} {claim.unit}", f"{ratio:.2f}"


def figure(before: str, told: str) -> float:
    """The first number after the last place that matches, so that a title is not taken for it."""
    return float(re.findall(rf"{before}\s*{NUMBER}", told)[-1].replace(",", ""))


def processor() -> str:
    """What the machine's processor is called."""
    cpuinfo = Path("/proc/cpuinfo")
    told = cpuinfo.read_text() if cpuinfo.is_file() else ""
    names = re.findall(r"model name\s*: (.*)", told) or [platform.processor()]
    return f"{len(names)} × {names[0]}"


def versions() -> list[str]:
    """The versions of what the figures hang on, as far as it is installed under this name."""
    told = [f"Python {platform.python_version()}"]
    for library in LIBRARIES:
        try:
            told.append(f"{library} {version(library)}")
        except PackageNotFoundError:
            continue
    return told


if __name__ == "__main__":
    typer.run(main)
