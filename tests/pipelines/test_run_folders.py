import json
import os
from dataclasses import asdict, replace
from datetime import date
from pathlib import Path

import pytest

from datasets.options import NEW_RUN
from inference.bundle_options import Explain
from pipelines import run_folders
from pipelines.command_options import Compare, Score, Train

TODAY = f"{date.today():%Y-%m-%d}"


@pytest.fixture
def options(tmp_path):
    return Compare(
        data=tmp_path / "nih", classifiers="cnn,xgboost", out=tmp_path / "runs" / NEW_RUN
    )


def made(options):
    """The folder of a run that writes its configuration and a training."""
    with run_folders.opened(options) as placed:
        kept = {name: value for name, value in asdict(placed).items() if name in ("folds", "seed")}
        (placed.out / "configuration.json").write_text(json.dumps(kept))
        (placed.out / "fits").mkdir(exist_ok=True)
        (placed.out / "fits" / "0.npz").write_bytes(b"")
    return placed.out


def test_a_new_run_is_named_by_date_data_and_classifiers(options):
    assert made(options).name == f"{TODAY}-nih-cnn-xgboost"
    assert made(replace(options, data=None)).name == f"{TODAY}-synthetic-cnn-xgboost"


def test_a_second_run_of_a_day_does_not_overwrite_the_first(options):
    assert [made(options).name[-7:] for _ in range(3)] == ["xgboost", "boost-2", "boost-3"]


def test_latest_points_to_the_newest_run_by_a_relative_link(options):
    made(options)
    newest = made(options)
    latest = options.out.with_name("latest")
    assert os.readlink(latest) == newest.name
    assert run_folders.followed(latest) == newest


def test_without_links_latest_is_a_file_with_the_name(options, monkeypatch):
    def refused(*_, **__):
        raise PermissionError

    monkeypatch.setattr(Path, "symlink_to", refused)
    newest = made(options)
    latest = options.out.with_name("latest")
    assert latest.read_text() == f"{newest.name}\n"
    assert run_folders.followed(latest) == newest
    assert run_folders.followed(newest) == newest


def test_a_folder_named_latest_is_left_alone_with_a_warning(options, capsys):
    latest = options.out.with_name("latest")
    latest.mkdir(parents=True)
    made(options)
    assert latest.is_dir()
    assert not latest.is_symlink()
    assert "does not point to the newest run" in capsys.readouterr().err


def failed(options, *files):
    """The folder of a run that fails after it has written these files."""
    with run_folders.opened(options) as placed:
        for name in files:
            (placed.out / name).parent.mkdir(exist_ok=True)
            (placed.out / name).write_text("")
        raise ZeroDivisionError


def test_a_run_that_fails_before_any_training_leaves_nothing(options):
    with pytest.raises(ZeroDivisionError):
        failed(options, "configuration.json")
    assert list(options.out.parent.iterdir()) == []


def test_a_run_that_fails_later_keeps_its_trainings_and_is_not_the_latest(options):
    with pytest.raises(ZeroDivisionError):
        failed(options, "configuration.json", "fits/0.npz")
    left = sorted(path.name for path in options.out.parent.rglob("*.*"))
    assert left == ["0.npz", "configuration.json"]
    assert not options.out.with_name("latest").exists()


def test_resuming_finds_the_newest_run_of_the_same_options(options):
    first, second = made(options), made(options)
    os.utime(first, (1, 1))
    other = made(replace(options, folds=5))
    with run_folders.opened(replace(options, resume=True)) as placed:
        assert placed.out == second
    with run_folders.opened(replace(options, folds=5, resume=True)) as placed:
        assert placed.out == other


def test_resuming_without_an_earlier_run_starts_one_and_says_so(options, capsys):
    made(replace(options, classifiers="cnn,xgboost,logistic"))
    with run_folders.opened(replace(options, resume=True)) as placed:
        assert placed.out.name == f"{TODAY}-nih-cnn-xgboost"
    assert "this is a new one" in capsys.readouterr().err


def test_resuming_a_training_finds_what_it_has_kept(tmp_path):
    options = Train(classifier="finetuned", out=tmp_path / NEW_RUN, resume=True)
    (tmp_path / "2026-01-01-synthetic-finetuned_dual.training").mkdir()
    (tmp_path / "2026-01-01-synthetic-finetuned.training").mkdir()
    with run_folders.opened(options) as placed:
        assert placed.out == tmp_path / "2026-01-01-synthetic-finetuned"


def test_a_run_is_about_its_data_its_table_or_its_images(tmp_path):
    table = tmp_path / "labels.v2.csv"
    table.write_text("")
    score = Score(labels=table, scores=["a b=x.csv", "c=y.csv"])
    assert (run_folders.data_of(score), run_folders.names_of(score)) == ("labels.v2", "a_b-c")
    one, two = Explain(image=["x/a.png"]), Explain(image=["a.png", "b.png"])
    assert [run_folders.data_of(each) for each in (one, two)] == ["a", "2_images"]
    assert run_folders.data_of(Compare(data="../a: \n*")) == "a"


def test_the_run_of_a_bundle_is_named_by_its_classifier(tmp_path):
    assert run_folders.names_of(Explain(bundle=tmp_path)) == ""
    (tmp_path / "bundle.json").write_text('{"classifier": "dual_input"}')
    assert run_folders.names_of(Explain(bundle=tmp_path)) == "dual_input"


def test_a_bundle_by_its_link_is_the_bundle_it_points_to(tmp_path):
    (tmp_path / "first").mkdir()
    run_folders.point(tmp_path / "latest", "first")
    options = Explain(bundle=tmp_path / "latest", out=tmp_path / "out")
    with run_folders.opened(options) as placed:
        assert placed.bundle == tmp_path / "first"


def test_a_report_in_the_folder_of_an_older_one_leaves_no_files_of_that_one(tmp_path):
    # As files of a model with a blank in its name were once named, and a table of comparisons.
    names = ("predictions/a b.csv", "tables/comparisons.csv", "tables/comparisons.tex")
    names += ("predictions/old.csv", "predictions/kept.csv", "plots/old.png", "report.json")
    names += ("plots/old.svg", "plots/old.pdf")
    for name in names:
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("old")
    (tmp_path / "predictions" / "mine.txt").write_text("mine")
    (tmp_path / "mine.csv").write_text("mine")
    with run_folders.opened(Compare(out=tmp_path)):
        (tmp_path / "predictions" / "kept.csv").unlink()
        (tmp_path / "predictions" / "kept.csv").write_text("new")
    left = {path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*.*")}
    assert left == {"predictions/kept.csv", "predictions/mine.txt", "mine.csv", "report.json"}


def test_files_that_no_report_has_made_are_left_alone(tmp_path):
    (tmp_path / "plots").mkdir()
    (tmp_path / "plots" / "mine.png").write_text("mine")
    with run_folders.opened(Compare(out=tmp_path)):
        pass
    assert (tmp_path / "plots" / "mine.png").is_file()
