"""The commands that the documents name, run smaller, on made-up files of the names they use."""

import gzip
import importlib
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import fields, replace
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

import cli
import registry
from datasets.loading import load
from datasets.options import NEW_RUN, PROJECT, Reading
from datasets.synthetic import cohort
from models.named import plugin_name
from pipelines.run_folders import LATEST
from tests import fakes
from tests.features import onnx_networks
from tests.models import made_up

PAGES = [*sorted(PROJECT.glob("*.md")), *sorted((PROJECT / "docs").rglob("*.md"))]
COMMAND = re.compile(r"(?:^|/)cli\.py$")
# Of other programs too: a page that names one of their commands needs a test that runs it.
PROGRAMS = r"(?:\.venv/bin/)?python |benchmarks/run\b|(?:make|pip|git|curl|docker|sbatch) "
TYPED = re.compile(rf"(?:\w+=\S+ )*(?:{PROGRAMS})")
# What a command takes less of where it is only to be seen that it runs.
LESS = {
    **{"folds": "3", "seeds": "1", "replicates": "39", "n_images": "2", "tune": "2"},
    "tta": "2",
}
# As much as a report needs, of few films.
QUICK = {
    "epochs": "2",
    "n_gaussians": "4",
    "n_words": "16",
    "n_estimators": "2",
    "sample_images": "12",
}


def blocks(page: Path, language: str = "") -> list[str]:
    """The fenced blocks of a page in this language; without one, what is typed or printed."""
    fenced = re.findall(r"^```(\w*)\n(.*?)^```", page.read_text(encoding="utf-8"), re.DOTALL | re.M)
    return [text for its, text in fenced if its == language]


def commands() -> dict[str, Path]:
    """Every command of the documents with a page that has it; no sentence's that repeats one."""
    found: dict[str, Path] = {}
    for page in PAGES:
        for line in typed(page):
            found.setdefault(line, page)
    sentences = [(line, page) for page in PAGES for line in mentioned(page)]
    for line, page in sorted(sentences, key=lambda pair: -len(pair[0])):
        if not any(_words(line) <= _words(other) for other in found):
            found[line] = page
    return found


def _words(line: str) -> set[str]:
    return set(shlex.split(line.replace(".venv/bin/", "")))


def typed(page: Path) -> list[str]:
    """The lines of a page that people type, without their comments."""
    lines = "".join(blocks(page)).splitlines()
    return [line.partition("  #")[0].strip() for line in lines if TYPED.match(line)]


def mentioned(page: Path) -> list[str]:
    """The command lines that a page names in the middle of a sentence, flags and all."""
    spans = quoted(page)
    ours = re.compile(rf"({'|'.join(cli.COMMANDS)}) .*--(?!help)")
    whole = [f"cli.py {span}" if ours.match(span) else span for span in spans]
    return [line for line in whole if TYPED.match(line) or line.startswith("cli.py ")]


def titled(lines: Iterable[str]) -> list:
    """Commands as parameters that are named by them and their page."""
    pages = commands()
    return [pytest.param(line, id=f"{pages[line].name}: {line}") for line in lines]


def told(line: str, folder: Path, **more: str) -> tuple[str, str]:
    """What a command prints, on both of its streams; it must end well and without a warning."""
    line = line.replace("benchmarks/", f"{PROJECT}/benchmarks/")
    words = shlex.split(re.sub(r"^(\S*/)?python", sys.executable, line))
    environment = os.environ | {"PYTHONPATH": str(PROJECT)} | more
    done = subprocess.run(words, cwd=folder, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert not re.search(r"^WARNING|Warning: ", done.stderr, re.MULTILINE), done.stderr
    return done.stdout, done.stderr


def quoted(page: Path) -> list[str]:
    """What stands between backticks in the sentences of a page."""
    return [" ".join(span.split()) for span in re.findall(r"`([^`]+)`", sentences(page))]


def sentences(page: Path) -> str:
    """A page without its fenced blocks."""
    return re.sub(r"^```.*?^```", "", page.read_text(encoding="utf-8"), flags=re.DOTALL | re.M)


def prose(page: Path) -> str:
    """A page without code and targets of links; of the changelog only the newest version."""
    text = re.sub(r"`[^`]+`|\]\([^)]*\)|^::: .*", "", sentences(page), flags=re.MULTILINE)
    return text.partition("\n## 0.1\n")[0]


def arguments_of(line: str) -> list[str]:
    """What follows `cli.py`; [] if the line is another program's."""
    words = shlex.split(line)
    places = [place for place, word in enumerate(words) if COMMAND.search(word)]
    return words[places[0] + 1 :] if places else []


def options_of(arguments: list[str], patch: pytest.MonkeyPatch) -> object:
    """The options that a command line makes, nothing being run."""
    arguments = with_files(arguments)
    given: list[object] = []
    result = SimpleNamespace(text="", values={}, exit_code=0)
    stub = SimpleNamespace(run=lambda options: given.append(options) or result)
    with patch.context() as only_here:
        only_here.setitem(sys.modules, f"pipelines.{arguments[0]}", stub)
        code = cli.main(arguments)
    assert (code, len(given)) == (0, 1), f"{shlex.join(arguments)} is no command line"
    return given[0]


def with_files(arguments: list[str]) -> list[str]:
    """The arguments without a file of options that is not here."""
    places = [place + 1 for place, word in enumerate(arguments) if word == "--config"]
    missing = any(not Path(arguments[place]).is_file() for place in places)
    return _without(arguments, {"--config": ""}) if missing else arguments


def run(line: str, place: Path, patch: pytest.MonkeyPatch) -> None:
    """A command line of ours, smaller than it is typed, with a cache of its own in the place.

    What repeats the newest run comes after one: other commands may have changed its inputs.
    """
    first, repeated, _ = line.partition(f" --config runs/compare/{LATEST}")
    if repeated:
        run(first, place, patch)
    arguments = with_files(arguments_of(line))
    options = options_of(arguments, patch)
    assert cli.main(smaller(arguments, options, place / "cache")) == 0


def smaller(arguments: list[str], options: object, cache: Path) -> list[str]:
    """The same command with less to do, no network needed, and its places in the folder at hand."""
    known = {item.name: item.default for item in fields(options)}
    more = {name: less for name, less in LESS.items() if _more_than(options, name, less)}
    if "classifiers" in known and "--classifiers" not in arguments:
        options = replace(options, classifiers="cnn,dual_input")
        more["classifiers"] = options.classifiers
    if "cache" in known:
        more["cache"] = str(cache)
    if isinstance(known.get("bundle"), Path) and "--bundle" not in arguments:
        more["bundle"] = str(known["bundle"].relative_to(PROJECT))
    if "data" in known and not options.data and not _files(options):
        more["data"] = "FOLDER"
    if "out" in known and "--out" not in arguments:
        out = known["out"].relative_to(PROJECT)
        more["out"] = str(out.with_name(LATEST) if out.name == NEW_RUN else out)
    if "folder" in known:
        more["folder"] = str(known["folder"].relative_to(PROJECT))
    if "backbone" in known and options.weights == "auto":
        more["weights"] = "random" if options.backbone else "FILE.keras"
    if "set" in known:
        more["set"] = " ".join([options.set, *_quick(options)])
    flags = {f"--{name.replace('_', '-')}": value for name, value in more.items()}
    return [*_without(arguments, flags), *(word for each in flags.items() for word in each)]


def _without(arguments: list[str], flags: dict[str, str]) -> list[str]:
    """The arguments without these flags and their values, since each flag may come once."""
    words, kept = iter(arguments), []
    for word in words:
        name, equals, _ = word.partition("=")
        if name not in flags:
            kept.append(word)
        elif not equals:
            next(words)
    return kept


def _more_than(options: object, name: str, less: str) -> bool:
    value = getattr(options, name, 0)
    return isinstance(value, int) and value > int(less)


def _files(options: object) -> list:
    """The files that are named one by one."""
    values = [getattr(options, item.name) for item in fields(options)]
    return [each for value in values if isinstance(value, list) for each in value]


def _quick(options: object) -> list[str]:
    """`--set` for every plug-in that a command asks for."""
    words = [f"{options.detector}_words"] if hasattr(options, "detector") else []
    packages = [("features.extractors", [*words, *getattr(options, "extractors", "").split(",")])]
    classifiers = dict.fromkeys(map(plugin_name, getattr(options, "classifying", ())))
    packages.append(("models.classifiers", [*classifiers]))
    return [
        f"{name}.{parameter}={value}"
        for package, names in packages
        for name in filter(None, names)
        for parameter, value in QUICK.items()
        if parameter in registry.load(importlib.import_module(package), name)().get_params()
    ]


def made_up_files(place: Path, images: int = 36) -> None:
    """Everything that the documents' command lines name, small, in one folder."""
    cohort.draw(place / "FOLDER", images=2 * images, size=96, seed=0)
    (place / "NIH").symlink_to("FOLDER")
    for name, layout in {"XRAYS": _table, "CheXpert-v1.0-small": _chexpert}.items():
        layout(place / name, images)
    for number in range(images):
        part, kind = (
            ("train", "train", "val", "test")[number // 2 % 4],
            ("SICK", "WELL")[number % 2],
        )
        fakes.write_picture(place / "chest_xray" / part / kind / f"{number}.png", number)
    fakes.dicom(place / "DICOMS", images)
    fakes.mimic_cxr_jpg(place / "mimic-cxr-jpg")
    fakes.brax(place / "brax")
    fakes.padchest(place / "PadChest")
    fakes.openi(place / "OpenI")
    fakes.vindr(place / "vindr-cxr")
    fakes.rsna(place / "rsna")
    fakes.siim(place / "siim")
    fakes.chestmnist(place / "ChestMNIST")
    ids = load(Reading(data=place / "FOLDER", images=False)).ids
    rows = [f"{name},NO,{('NO', 'YES')[row % 2]},NO,NO" for row, name in enumerate(ids)]
    header = "Image Index,Fracture,Pneumothorax,Airspace opacity,Nodule or mass"
    (place / "relabels.csv").write_text("\n".join([header, *rows]))
    (place / "suspects.csv").write_text(f"image,label,corrected\n{ids[0]},Mass,1\n")
    boxes = [f"{name},{left},10,32,60\n" for name in ids for left in (10, 54)]
    (place / "LUNGS.csv").write_text("image,x,y,w,h\n" + "".join(boxes))
    fakes.write_picture(place / "IMAGE.png")
    (place / "MORE").mkdir()
    for path in (place / "IMAGE.dcm", place / "MORE" / "another.dcm"):
        fakes.write_dicom(path, fakes.picture(0))
    onnx_networks.saved(place / "FILE.onnx", ("n", 3, 16, 16))
    (place / "FILE.json").write_text('{"scale": "imagenet"}')
    for name in ("FILE.keras", "OTHER.keras"):
        (place / name).write_bytes(Path(made_up.backbone_file(16)).read_bytes())
    ids = load(Reading(data=place / "FOLDER", images=False)).ids
    embeddings = np.random.default_rng(0).normal(size=(len(ids), 8)).astype(np.float32)
    np.savez(place / "rad_dino.npz", ids=ids.astype(str), features=embeddings)
    (place / "seen.txt").write_text("".join(f"{name}\n" for name in ids[:3]))
    table = (place / "FOLDER" / "Data_Entry_2017_v2020.csv").read_bytes()
    (place / "Data_Entry_2017_v2020.csv.gz").write_bytes(gzip.compress(table))
    for name in ("first", "second"):
        (place / "runs" / "compare" / name).mkdir(parents=True)
        shutil.copy(PROJECT / "tests/fixtures/report.json", place / "runs" / "compare" / name)
    (study,) = blocks(PROJECT / "docs" / "runs.md", "toml")
    (place / "study.toml").write_text(study, encoding="utf-8")
    for number, name in enumerate(["preds", "cnn", "hybrid"]):
        _scores(place / "FOLDER", number).to_csv(place / f"{name}.csv", index=False)


def _table(root: Path, images: int) -> None:
    rows = [
        f"{n}.png,p{n // 2},{20 + n},{'FM'[n % 2]},PA,{n % 2},{n // 2 % 2}" for n in range(images)
    ]
    fakes.ground_truth(root, "image,patient,age,sex,view,Effusion,Mass\n" + "\n".join(rows))


def _chexpert(root: Path, images: int) -> None:
    def row(part: str, n: int) -> tuple:
        path = f"{part}/patient{n:05}/study1/view1_frontal.jpg"
        return path, "Male", 50, "Frontal", "PA", f"{n % 2}.0", f"{n // 2 % 2}.0"

    parts = {"train": range(images), "valid": range(images, images + images // 2)}
    tables = {f"{part}.csv": [row(part, n) for n in numbers] for part, numbers in parts.items()}
    fakes.chexpert(root, tables=tables)


def _scores(folder: Path, seed: int) -> pd.DataFrame:
    images = load(Reading(data=folder, images=False))
    values = np.random.default_rng(seed).random(images.labels.shape)
    table = pd.DataFrame(values, columns=list(images.label_names))
    table.insert(0, "id", images.ids)
    return table
