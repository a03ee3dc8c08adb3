"""Every benchmark runs to its end, smaller than it is typed, and prints what is quoted of it."""

import re
from typing import NamedTuple

import pytest

from datasets.options import PROJECT
from tests import documents

DOCUMENTS = " ".join(
    word
    for name in ("figures", "synthetic")
    for word in (PROJECT / "docs" / f"{name}.md").read_text(encoding="utf-8").split()
)
COMMANDS = documents.commands()


class Small(NamedTuple):
    """What makes a benchmark small, and what it prints that the documents quote."""

    flags: str
    quoted: tuple[str, ...]


ALONE = {
    "audit": Small(
        "--images=600 --replicates=39",
        (r"(labels flipped|AUC of finding these) \|.*\n.*\n\| [\w.]+ \| [\d,]+",),
    ),
    "cluster": Small(
        "1000 10000", (r"ten times the images: [\d.]+ times the time", r"\d+ bytes an image")
    ),
    "conformal": Small(
        "--studies=20", (r"\| 9 \+ 90 \| alike \|", r"\| 200 \+ 2000 \| shifted \|")
    ),
    "decode": Small("--rounds=1 --images-a-round=4", (r"\| IMAGE.dcm \| .* \| \d\.\d\d \|",)),
    "duplicates": Small("", (r"[\d,]+ pairs of \d+ images", r"half the size.* \d+ of \d+")),
    "finetune": Small(
        "--backbone=small_resnet --images=8 --steps=2 --batch-size=4",
        (r"training: [\d.,]+ images/s",),
    ),
    "localize": Small(
        "--images=60 --place=PLACE",
        (r"  gradcam  .*  prior", r"  gradcam  .*  dense_sift_fisher  .*  prior"),
    ),
    "mixes": Small(
        "--studies=2 --population=2000",
        (
            r"site AUC 0\.500: [\d.]+ of intervals contain it",
            r"explained [\d.]+: [\d.]+ of intervals",
        ),
    ),
    "models": Small(
        "--data=XRAYS --n-folds=3 --n-seeds=1 --only=cnn,logistic,late_fusion",
        (
            r"\| cnn \|",
            r"\| late_fusion \|",
            r"with shuffled visual words \|",
            r"with duplicated embedding \|",
        ),
    ),
    "nih_size": Small("--images=40", ()),
    "scale": Small(
        "--images=300 --features --classifiers=cnn,logistic --replicates=39 --set=cnn.epochs=2"
        " --epochs=2",
        (
            *(r"\| data \|", r"\| compare: cnn \|", r"\| compare: evaluation \|", r"\| explain \|"),
            *(r"\| Keras `fit`", r"\| a loop over `roc_auc_score` \| 3 of 39 replicates"),
        ),
    ),
    "score": Small(
        "--rows=3000 --labels=3 --replicates=39 --looped=1 --groups",
        (
            r"score, 39 replicates: [\d.]+ s|AUCs alone: [\d.]+ s of processor time",
            r"peak memory: [\d.]+ GB|with \d+ metrics and net benefits: [\d.]+ s",
            r"ratio: [\d.]+",
        ),
    ),
    "shortcuts": Small(
        "--images=80 --replicates=39 --place=PLACE", (r"\| planted \|", r"\| random \|")
    ),
    "simple": Small(
        "--replicates=39 --models=2", (r"bootstrap: [\d.]+ s \(3 of 39 replicates, 1 of 2 models",)
    ),
    "unlike": Small(
        "", (r"\| test images \| \d+ \|", r"\| photographs \| 15 \|", r"limit: [\d.]+")
    ),
    "travel": Small(
        "--studies=4 --replicates=39 --images=300 --labels=3 --candidates=2",
        (
            r"drop holds it in \d of 4 studies|external images x 3 labels x 2 candidates",
            r"gains in \d of 4|[\d.]+ s for causes of a drop \(together [\d.]+ s of processor",
        ),
    ),
    "words": Small(
        "--data=XRAYS --n-folds=3 --extractors=dense_sift_fisher",
        (r"\| dense_sift_fisher \| 3200 \|", r"\| FILE.keras, float32"),
    ),
}
# Of synthetic numbers and images: what the documents say, in units of, and what is printed.
SYNTHETIC = {
    "coverage": (
        r"true AUC in (\d+) % of studies with 5 positive patients, and in (\d+) % with 2",
        0.01,
        r"2 patients with the finding: (0\.\d+)\n(?:.*\n)5 patients with the finding: (0\.\d+)",
    ),
    "synthetic": (
        r"a macro AUC of (0\.\d+) on the test patients, age, sex and view alone reach (0\.\d+)",
        1,
        r"macro AUC +(0\.\d+) +(0\.\d+)",
    ),
}
TOGETHER = "--images=4 --rounds=1 --rows=500 --width=64 --stored=5000 --seconds=2 --data=FOLDER"
PRINTED_TOGETHER = {
    "extract": (r"extract, bfloat16 +[\d.]+ images/s +[\d.]+ times",),
    "backbone": (r"Hybrid CXR, bfloat16( +[\d.]+){3} +\d+%", r"float32 GEMM \d+ GFLOP/s"),
    "xgboost": (r"[\d.]+ times faster, [\d.]+ of the memory,", r"AUC [+-]0\.\d{4}"),
    "store": (r"ten times the images take -?\d+ MB more", r"5,000 embeddings of 2,048 numbers"),
    "serve": (r"p50 [\d.]+ s, p95 [\d.]+ s, [\d.]+ images/s", r"over predict's: [\d.]+"),
}


def benchmark_of(line):
    """The name of the benchmark that a command runs, or ""."""
    found = re.search(r"benchmarks/(\w+)\.py", line)
    return found[1] if found else ""


def test_every_benchmark_is_in_a_document_and_run_here():
    files = {path.stem for path in (PROJECT / "benchmarks").glob("*.py")} - {"run"}
    named = {benchmark_of(line) for line in COMMANDS if benchmark_of(line)}
    assert files == named == {*ALONE, *SYNTHETIC, *PRINTED_TOGETHER}


@pytest.mark.long
@pytest.mark.parametrize(
    "line", documents.titled(line for line in COMMANDS if benchmark_of(line) in ALONE)
)
def test_a_benchmark_prints_what_the_documents_quote(line, documented):
    flags, quoted = ALONE[benchmark_of(line)]
    shown, _ = documents.told(f"{line} {flags}", documented)
    for pattern in quoted:
        assert re.search(pattern, shown), shown


@pytest.mark.long
@pytest.mark.parametrize("name", SYNTHETIC)
def test_figures_of_what_is_synthetic_are_those_of_the_documents(name):
    said, unit, printed = SYNTHETIC[name]
    shown, _ = documents.told(f"python benchmarks/{name}.py", PROJECT)
    stated = sorted(unit * float(figure) for figure in re.search(said, DOCUMENTS).groups())
    found = sorted(map(float, re.search(printed, shown).groups()))
    assert stated == pytest.approx(found, abs=0.006)


@pytest.fixture(scope="module")
def together(documented):
    """The table of all speed claims, and all that the benchmarks print."""
    return documents.told(f"benchmarks/run {TOGETHER} --bundle=runs/train/latest", documented)


@pytest.mark.long
@pytest.mark.parametrize("name", PRINTED_TOGETHER)
def test_the_benchmarks_of_the_speed_claims_print_what_the_documents_quote(name, together):
    _, details = together
    for pattern in PRINTED_TOGETHER[name]:
        assert re.search(pattern, details), details


@pytest.mark.long
def test_a_speed_claim_is_a_row_with_both_figures_and_their_ratio(together):
    rows = re.findall(
        r"^\| (.+) \| ([\d.,]+) (\S+) \| ([\d.,]+) \S+ \| ([\d.]+) \|$", together[0], re.MULTILINE
    )
    assert len(rows) == 6
    for claim, ours, unit, theirs, ratio in rows:
        ours, theirs, ratio = (float(each.replace(",", "")) for each in (ours, theirs, ratio))
        # Both figures are rounded to a tenth.
        more, less = (ours, theirs) if unit == "images/s" else (theirs, ours)
        assert (more - 0.06) / (less + 0.06) < ratio + 0.006, claim
        assert ratio - 0.006 < (more + 0.06) / max(less - 0.06, 1e-9), claim
