"""Decoding of DICOMs in child processes, as in `extract`, against the same code in one process.

    python benchmarks/decode.py IMAGE.dcm MORE/*.dcm

Each file is decoded many times by as many threads as there are cores, both ways in turns. The table
has the medians of the rounds. The planes must be equal.
"""

import os
import statistics
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Annotated

import numpy as np
import pydicom
import typer

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from datasets import dicom_pixels, image_files


def main(
    files: Annotated[list[Path], typer.Argument(help="DICOM files.")],
    images_a_round: Annotated[int, typer.Option(help="Images decoded per round.")] = 64,
    rounds: Annotated[int, typer.Option(help="Rounds; each method runs once per round.")] = 5,
) -> None:
    """Compare DICOM decoding in child processes with decoding in one process."""
    typer.echo("| file | codec | children, images/s | one process, images/s | ratio |")
    typer.echo("|---|---|---|---|---|")
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        for path in files:
            data = path.read_bytes()
            np.testing.assert_array_equal(image_files.decode(data), _here(data))
            speeds = {image_files.decode: [], _here: []}
            for _ in range(rounds):
                for way, measured in speeds.items():
                    measured.append(_speed(pool, way, data, images_a_round))
            children, here = (statistics.median(measured) for measured in speeds.values())
            codec = pydicom.dcmread(path, stop_before_pixels=True).file_meta.TransferSyntaxUID.name
            ratio = f"{children / here:.2f}"
            typer.echo(f"| {path.name} | {codec} | {children:.1f} | {here:.1f} | {ratio} |")


def _here(data: bytes) -> np.ndarray:
    return dicom_pixels.decode(data, image_files.check_size).plane


def _speed(pool, way, data, count) -> float:
    start = time.perf_counter()
    list(pool.map(way, [data] * count))
    return count / (time.perf_counter() - start)


if __name__ == "__main__":
    typer.run(main)
