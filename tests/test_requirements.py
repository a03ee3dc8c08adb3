from pathlib import Path

PROJECT = Path(__file__).resolve().parents[1]


def packages(name):
    lines = (PROJECT / name).read_text().splitlines()
    return {line for line in lines if line and not line.startswith("#")}


def test_the_two_lists_differ_in_the_two_small_wheels_alone():
    small = {
        line.replace("tensorflow-cpu", "tensorflow[and-cuda]")
        for line in packages("requirements-cpu.txt")
    }
    small = {line.replace("xgboost-cpu", "xgboost") for line in small}
    assert small == packages("requirements.txt")


def test_every_package_has_a_lower_and_an_upper_bound():
    for name in ("requirements.txt", "requirements-cpu.txt", "requirements-dev.txt"):
        assert all(">=" in line and "<" in line for line in packages(name))
