"""Every speed claim of the documentation in one run, each compared with an obvious script.

    python benchmarks/run.py
    python benchmarks/run.py --data FOLDER --bundle FOLDER

It runs the benchmarks one after the other, each in a process of its own, and prints a table of
their figures; their own output goes to standard error. Without --data it uses the synthetic images,
and without --bundle it serves nothing. Sizes are smaller than in the commands of the documentation,
so ratios differ a little.
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
# A difference of memory may be negative.
NUMBER = r"(-?[\d.,]+)"


class Claim(NamedTuple):
    """A claim, its benchmark, and what stands before both figures in the output."""

    what: str
    benchmark: str
    ours: str
    unit: str
    obvious: str = ""


CLAIMS = (
    Claim("extract, float32", "extract", "extract, float32", "images/s", "obvious script"),
    Claim("extract, bfloat16", "extract", "extract, bfloat16", "images/s", "obvious script"),
    Claim("ResNet50, float32", "backbone", "ours, float32", "images/s", "model.predict"),
    Claim("ResNet50, bfloat16", "backbone", "ours, bfloat16", "images/s", "model.predict"),
    Claim("boosters", "xgboost", r"\| xgboost \|", "s", r"\| MultiOutputClassifier\S* \|"),
    Claim("bootstrap by patient", "bootstrap", r"ours, [\d,]+ replicates:", "s", r"from \d+:"),
    Claim("memory for ten times the images", "store", "ten times the images take", "MB"),
    Claim("NIH's embeddings read", "store", "checked in .*, read in", "s"),
    Claim("images served", "serve", r"p95 \S+ s,", "images/s", "predict:"),
)


def main(
    data: Annotated[Path | None, typer.Option(help="Images; by default synthetic.")] = None,
    bundle: Annotated[Path | None, typer.Option(help="Bundle to serve; needs --data.")] = None,
    images: Annotated[int, typer.Option(help="Images in a round.")] = 64,
    rounds: Annotated[int, typer.Option(help="Rounds of each candidate.")] = 3,
    rows: Annotated[int, typer.Option(help="Training images of the boosters.")] = 4_000,
    width: Annotated[int, typer.Option(help="Features of an image for the boosters.")] = 3072,
    stored: Annotated[int, typer.Option(help="Images whose embeddings are stored.")] = 112_120,
    seconds: Annotated[int, typer.Option(help="Seconds of serving.")] = 20,
    only: Annotated[str, typer.Option(help="Run only these benchmarks, comma-separated.")] = "",
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
        output = output_of(name, flags[name])
        for claim in CLAIMS:
            if claim.benchmark == name:
                typer.echo(f"| {' | '.join(row(claim, output))} |")


def output_of(name: str, flags: list[str]) -> str:
    """The output of a benchmark."""
    command = [sys.executable, str(HERE / f"{name}.py"), *flags]
    output = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
    typer.echo(output, err=True)
    return output


def row(claim: Claim, output: str) -> tuple[str, str, str, str]:
    """The claim with both figures; above a ratio of 1 ours is better."""
    ours = figure(claim.ours, output)
    if not claim.obvious:
        return claim.what, f"{ours:,.1f} {claim.unit}", "", ""
    theirs = figure(claim.obvious, output)
    ratio = ours / theirs if claim.unit == "images/s" else theirs / ours
    return claim.what, f"{ours:,.1f} {claim.unit}", f"{theirs:,.1f} {claim.unit}", f"{ratio:.2f}"


def figure(before: str, output: str) -> float:
    """The number after the last match; earlier matches may be titles."""
    return float(re.findall(rf"{before}\s*{NUMBER}", output)[-1].replace(",", ""))


def processor() -> str:
    """Number and name of the machine's processors."""
    cpuinfo = Path("/proc/cpuinfo")
    text = cpuinfo.read_text() if cpuinfo.is_file() else ""
    names = re.findall(r"model name\s*: (.*)", text) or [platform.processor()]
    return f"{len(names)} × {names[0]}"


def versions() -> list[str]:
    """The versions of the libraries that matter, if they are installed under this name."""
    lines = [f"Python {platform.python_version()}"]
    for library in LIBRARIES:
        try:
            lines.append(f"{library} {version(library)}")
        except PackageNotFoundError:
            continue
    return lines


if __name__ == "__main__":
    typer.run(main)
