import shutil

import pytest

import cli
import inputs
from inference.bundle_options import Explain
from pipelines import Result, recorded
from pipelines.command_options import Compare, Extract, Score
from tests import fakes


def test_a_run_is_recorded_in_its_folder(tmp_path):
    def run(options):
        inputs.note(inputs.WEIGHTS, "resnet50", "abc", "Weights")
        return Result(["done"], {})

    result = recorded.recorded("compare")(run)(Compare(out=tmp_path))
    assert result.lines == ["done"]
    assert 'resnet50 = "abc"' in (tmp_path / "config.toml").read_text()


def test_a_run_that_writes_nothing_is_not_recorded(tmp_path):
    run = recorded.recorded("extract")(lambda options: Result([], {}))
    run(Extract(out=tmp_path / "none"))
    run(Extract(out=tmp_path, estimate=100))
    assert list(tmp_path.iterdir()) == []


def test_files_that_options_name_are_inputs(tmp_path):
    names = ("labels.csv", "a.csv", "w.keras", "v.keras", "bundle.json", "a.png")
    labels, scores, weights, others, bundle, image = (tmp_path / name for name in names)
    for name in names:
        (tmp_path / name).write_text(name)
    score = Score(labels=labels, scores=[f"a={scores}"], out=tmp_path)
    assert recorded.files_of(score) == [labels, scores]
    compare = Compare(weights=str(weights), set=f"resnet50.weights={others} cnn.epochs=9")
    assert recorded.files_of(compare) == [weights, others]
    explain = Explain(bundle=tmp_path, image=[image])
    assert recorded.files_of(explain) == [image, bundle]


def test_many_images_are_not_read_before_they_are_needed(tmp_path):
    (tmp_path / "a.png").write_text("")
    images = [tmp_path / "a.png"] * recorded.FEW
    assert recorded.files_of(Explain(image=images, bundle=tmp_path)) == images
    assert recorded.files_of(Explain(image=images * 2, bundle=tmp_path)) == []


SETTINGS = "orb_words.n_words=4 orb_words.image_size=64 orb_words.pyramid=1 logistic.views=words"


@pytest.fixture(scope="module")
def first(tmp_path_factory):
    """A folder with images, a cache, and a comparison of them."""
    place = tmp_path_factory.mktemp("place")
    rows = ["image,patient,age,sex,view,dark"]
    rows += [f"f{number}.png,p{number // 2},50,F,PA,{number // 2 % 2}" for number in range(36)]
    fakes.ground_truth(place / "films", "\n".join(rows) + "\n")
    options = ("--data", "films", "--extractors", "orb_words", "--set", SETTINGS)
    models = ("--classifiers", "logistic", "--baseline", "logistic", "--replicates", "39")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(place)
        assert cli.main(["compare", *options, *models, "--out", "first", "--cache", "cache"]) == 0
    return place


@pytest.fixture
def place(first, tmp_path, monkeypatch):
    """A copy of it, which a test may change."""
    shutil.copytree(first, tmp_path / "place")
    monkeypatch.chdir(tmp_path / "place")
    return tmp_path / "place"


def repeated(*arguments):
    return cli.main(["compare", "--config", "first/config.toml", "--out", "second", *arguments])


@pytest.mark.slow
def test_a_repeated_run_writes_the_same_predictions_byte_for_byte(place):
    assert repeated() == 0
    one, other = (place / name / "predictions" / "logistic.csv" for name in ("first", "second"))
    assert one.read_bytes() == other.read_bytes()


@pytest.mark.slow
def test_a_changed_image_is_named_and_ends_a_repeated_run_with_2(place, capsys):
    fakes.write_picture(place / "films" / "xray_images" / "f7.png", 99)
    assert repeated() == 2
    told = capsys.readouterr().err.splitlines()[-1]
    assert told.startswith(
        "error: films/xray_images/f7.png must be unchanged since first/config.toml"
    )


@pytest.mark.slow
def test_changed_labels_end_a_repeated_run_before_any_work(place, capsys):
    table = place / "films" / "Ground_Truth.csv"
    table.write_text(table.read_text().replace("f3.png,p1,50,F,PA,1", "f3.png,p1,50,F,PA,0"))
    assert repeated() == 2
    assert "error: The labels of films must be unchanged since" in capsys.readouterr().err
    assert not (place / "second").exists()


@pytest.mark.slow
def test_options_that_are_typed_change_a_repeated_run(place):
    assert repeated("--folds", "3", "--seed", "1") == 0
    assert "folds = 3" in (place / "second" / "config.toml").read_text()
