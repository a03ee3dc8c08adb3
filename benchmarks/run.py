"""All speed figures of the documentation in one table, compared with simple scripts.

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
    """A row of the table: its title, its benchmark, and the text before each of the two figures."""

    title: str
    benchmark: str
    ours: str
    unit: str
    simple: str = ""


CLAIMS = (
    Claim("extract, float32", "extract", "extract, float32", "images/s", "simple script"),
    Claim("extract, bfloat16", "extract", "extract, bfloat16", "images/s", "simple script"),
    Claim("ResNet50, float32", "backbone", "Hybrid CXR, float32", "images/s", "model.predict"),
    Claim("ResNet50, bfloat16", "backbone", "Hybrid CXR, bfloat16", "images/s", "model.predict"),
    Claim("boosted trees", "xgboost", r"\| xgboost \|", "s", r"\| MultiOutputClassifier\S* \|"),
    Claim("extra memory for ten times the images", "store", "ten times the images take", "MB"),
    Claim("reading the embeddings of NIH", "store", "checked in .*, read in", "s"),
    Claim("serving images", "serve", r"p95 \S+ s,", "images/s", "predict:"),
)


def main(
    data: Annotated[
        Path | None, typer.Option(help="Folder with images (default: synthetic images).")
    ] = None,
    bundle: Annotated[Path | None, typer.Option(help="Bundle to serve; requires --data.")] = None,
    images: Annotated[int, typer.Option(help="Images per round.")] = 64,
    rounds: Annotated[int, typer.Option(help="Rounds; each candidate runs once per round.")] = 3,
    rows: Annotated[int, typer.Option(help="Training images of the boosted trees.")] = 4_000,
    width: Annotated[int, typer.Option(help="Features per image for the boosted trees.")] = 3072,
    stored: Annotated[
        int, typer.Option(help="Number of images whose embeddings are stored.")
    ] = 112_120,
    seconds: Annotated[int, typer.Option(help="Seconds of load on the server.")] = 20,
    only: Annotated[str, typer.Option(help="Run only these benchmarks, comma-separated.")] = "",
) -> None:
    """Run the speed benchmarks and print their figures in one table."""
    turns = f"--images={images} --rounds={rounds}".split()
    folder = [f"--data={data}"] if data else []
    flags = {
        "extract": [*turns, *folder],
        "backbone": turns,
        "xgboost": [f"--rows={rows}", f"--width={width}"],
        "store": [str(stored // 10), str(stored), str(stored)],
    }
    if bundle and data:
        served = [f"--seconds={seconds}", f"--predicting={min(10, seconds / 2)}"]
        flags["serve"] = [f"--bundle={bundle}", *folder, *served]
    names = only.split(",") if only else list(flags)
    typer.echo(f"{processor()}; {', '.join(versions())}")
    typer.echo("| task | Hybrid CXR | simple script | ratio |\n|---|---|---|---|")
    for name in names:
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
    """The title, both figures and their ratio, which is above 1 if Hybrid CXR is faster."""
    ours = figure(claim.ours, output)
    if not claim.simple:
        return claim.title, f"{ours:,.1f} {claim.unit}", "", ""
    theirs = figure(claim.simple, output)
    ratio = ours / theirs if claim.unit == "images/s" else theirs / ours
    return claim.title, f"{ours:,.1f} {claim.unit}", f"{theirs:,.1f} {claim.unit}", f"{ratio:.2f}"


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
