"""tests/ repeats the tree: every source file has its test file, and no test file is an orphan."""

from pathlib import Path

PROJECT = Path(__file__).resolve().parents[1]
ROOMS = (
    *("datasets", "features", "models", "evaluation", "inference", "clusters", "reports"),
    *("serving", "pipelines"),
)
# The file name is the name users type, so one name may be of several kinds.
PLUG_INS = ("extractors", "classifiers", "readers", "metrics", "changes")
# Kept for programs that import them from there.
MOVED = (Path("pipelines/predictor.py"),)
# Networks of Keras differ in a few constants, and one file tests all of them.
TOGETHER = {
    f"features/extractors/{name}.py": "tests/features/extractors/test_keras_networks.py"
    for name in ("resnet50", "densenet121", "efficientnetb0", "efficientnetb3", "inceptionv3")
}
# Metrics that read the same counts.
for first, *others in (
    ("sensitivity", "specificity", "ppv", "npv", "f1", "positive_likelihood_ratio"),
    ("sensitivity", "negative_likelihood_ratio"),
    ("sensitivity_at_specificity_90", "sensitivity_at_specificity_95", "partial_auc"),
    ("sensitivity_at_specificity_90", "specificity_at_sensitivity_90"),
    ("sensitivity_at_specificity_90", "specificity_at_sensitivity_95"),
    ("map_head", "map_medium", "map_tail"),
):
    TOGETHER |= {
        f"evaluation/metrics/{name}.py": f"tests/evaluation/metrics/test_{first}.py"
        for name in others
    }
# Changes of acquisition of one kind.
for first, *others in (
    ("exposure", "contrast", "gamma", "bit_depth", "inversion"),
    ("blur", "noise", "jpeg", "resolution"),
    ("rotation", "shift", "crop"),
    ("marker", "collimator"),
):
    TOGETHER |= {
        f"datasets/changes/{name}.py": f"tests/datasets/changes/test_{first}.py" for name in others
    }
SOURCES = sorted(
    path.relative_to(PROJECT)
    for room in ROOMS
    for path in (PROJECT / room).rglob("*.py")
    if path.name != "__init__.py" and not path.name.endswith("_options.py")
)


def test_every_source_file_has_its_tests():
    own = {str(source): f"tests/{source.parent}/test_{source.name}" for source in SOURCES}
    assert [name for name in (own | TOGETHER).values() if not (PROJECT / name).is_file()] == []


def test_no_two_files_share_a_name():
    plain = [path for path in SOURCES if path.parent.name not in PLUG_INS and path not in MOVED]
    assert sorted(plain, key=lambda path: path.name) == sorted(
        {path.name: path for path in plain}.values(), key=lambda path: path.name
    )


def test_no_file_but_a_plug_in_is_shorter_than_30_lines():
    plain = [path for path in SOURCES if path.parent.name not in PLUG_INS and path not in MOVED]
    lines = {path: len((PROJECT / path).read_text().splitlines()) for path in plain}
    assert [path for path, count in lines.items() if count < 30] == []


def test_no_room_has_more_than_three_tenths_of_the_lines():
    lines = dict.fromkeys(ROOMS, 0)
    for source in SOURCES:
        lines[source.parts[0]] += len((PROJECT / source).read_text().splitlines())
    assert max(lines.values()) <= 0.3 * sum(lines.values())


def test_no_test_file_is_an_orphan():
    names = {f"test_{source.name}" for source in SOURCES}
    mirrored = [path for room in ROOMS for path in (PROJECT / "tests" / room).rglob("test_*.py")]
    assert {path.name for path in mirrored} - names <= {
        "test_bundle_options.py",
        "test_image_options.py",
        "test_bombs.py",
        "test_contract.py",
        "test_extractors.py",
        "test_interruption.py",
        "test_keras_networks.py",
        "test_properties.py",
    }
