import numpy as np
import pandas as pd
import pytest

from datasets import images
from features import learned
from features.recipe import digest
from pipelines import predictor as predictor_module
from pipelines import sources, train
from pipelines.options import Train, Work
from pipelines.predictor import Predictor
from tests import fakes

SMALL = "orb_words.n_words=8 orb_words.image_size=128 logistic.views=words"


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """A bundle in `bundle`, its films in `films` and their vectors in `cache`."""
    place = tmp_path_factory.mktemp("place")
    for number in range(60):
        kind, size = (("sick", 32), ("well", 128))[number % 2]
        fakes.write_picture(place / "films" / kind / f"f{number}.png", number, size=size)
    trained(place, "bundle")
    return place


def trained(place, name, **changes):
    options = {"data": place / "films", "classifier": "logistic", "extractors": "orb_words"}
    places = {"cache": place / "cache", "out": place / name}
    return train.run(Train(**(options | {"set": SMALL} | places | changes)))


def films_tested(place):
    films = sources.films_of(Train(data=place / "films"))
    return films.select(films.test)


def never(*_):
    raise AssertionError


def test_vectors_of_training_time_are_found_and_nothing_is_computed(place, monkeypatch):
    predictor = Predictor(place / "bundle")
    monkeypatch.setattr(predictor.extractors["orb_words"], "describe", never)
    films, views = predictor.extract(films_tested(place), Work(cache=place / "cache"))
    assert len(films) == len(views) > 0


def test_planes_and_files_give_the_same_vectors(place):
    predictor, films = Predictor(place / "bundle"), films_tested(place)
    planes = [images.read(path) for path in films.paths]
    _, cached = predictor.extract(films, Work(cache=place / "cache"))
    direct = predictor.views(planes)
    assert direct.names == cached.names == ("orb_words",)
    np.testing.assert_allclose(direct.stacked(), cached.stacked(), atol=1e-6)


def test_findings_are_those_of_the_bundle(place):
    predictor = Predictor(place / "bundle")
    views = predictor.views([fakes.picture(1, 32), fakes.picture(1, 128)])
    found = predictor.findings(views)
    expected = predictor.bundle.classifier.predict_proba(views)
    np.testing.assert_allclose(found.raw, expected, atol=1e-6)
    assert found.calibrated.shape == found.present.shape == (2, 2)


def test_findings_do_not_depend_on_how_many_films_there_are(place):
    predictor = Predictor(place / "bundle")
    views = predictor.views([fakes.picture(seed, 128) for seed in range(40)])
    together = predictor.findings(views)
    for row in (0, 5, 39):
        alone = predictor.findings(views.select(np.array([row])))
        np.testing.assert_array_equal(alone.calibrated[0], together.calibrated[row])


def test_films_that_cannot_be_read_are_left_out_and_told(place, tmp_path):
    (tmp_path / "broken.png").write_bytes(b"no film")
    fakes.write_picture(tmp_path / "whole.png", size=128)
    paths = [tmp_path / name for name in ("broken.png", "gone.png", "whole.png")]
    predictor = Predictor(place / "bundle")
    films = sources.films_of_files(paths, predictor.bundle.labels)
    films, views = predictor.extract(films, Work(cache=tmp_path / "cache"))
    assert films.ids.tolist() == ["whole.png"]
    assert [film.id for film in films.skipped] == ["broken.png", "gone.png"]
    assert len(views) == 1


def test_no_film_that_can_be_read_is_no_row(place, tmp_path):
    predictor = Predictor(place / "bundle")
    films = sources.films_of_files([tmp_path / "gone.png"], predictor.bundle.labels)
    films, views = predictor.extract(films, Work(cache=tmp_path / "cache"))
    assert len(films) == len(views) == 0


def test_the_five_lines_of_the_docstring_run_and_print_findings(place, tmp_path, capsys):
    fakes.write_picture(tmp_path / "film.png", size=128)
    fakes.write_dicom(tmp_path / "film.dcm", fakes.picture(0, 128))
    _, _, lines = predictor_module.__doc__.partition("\n\n")
    assert len(lines.strip().splitlines()) == 5
    for name, path in (("runs/bundle", place / "bundle"), ("film.", tmp_path / "film.")):
        lines = lines.replace(f'"{name}', f'"{path}')
    exec(lines, {})
    printed = capsys.readouterr().out.splitlines()
    assert [line.split()[:2] for line in printed] == [
        [film, label] for film in ("film.png", "film.dcm") for label in ("sick", "well")
    ]


def test_prepared_films_give_the_same_vectors_as_planes(place):
    predictor = Predictor(place / "bundle")
    planes = [fakes.picture(seed, 128) for seed in range(3)]
    joined = predictor.joined([predictor.prepare(plane) for plane in planes])
    np.testing.assert_allclose(joined.stacked(), predictor.views(planes).stacked(), atol=1e-6)


def test_the_vocabulary_is_the_bundles_even_where_the_cache_has_learned_another(place, tmp_path):
    predictor, films = Predictor(place / "bundle"), films_tested(place)
    options = Work(cache=tmp_path / "cache")
    _, expected = predictor.extract(films, options)
    (mine,) = options.cache.glob("*/learned-*.npz")
    other = Predictor(place / "bundle").extractors["orb_words"]
    other.words_ = other.words_[::-1]
    data = learned.to_bytes(other)
    mine.with_name(f"learned-{digest(data)}.npz").write_bytes(data)
    mine.unlink()
    _, found = Predictor(place / "bundle").extract(films, options)
    np.testing.assert_array_equal(found.stacked(), expected.stacked())


def test_age_sex_and_view_count_where_the_bundle_learned_from_them(place):
    trained(place, "with_metadata", metadata=True)
    predictor = Predictor(place / "with_metadata")
    known = pd.DataFrame({"age": [70.0], "sex": ["F"], "view": ["AP"]})
    plane = [fakes.picture(1, 128)]
    assert predictor.views(plane).names == ("orb_words", "metadata")
    unknown, old = predictor.views(plane), predictor.views(plane, known)
    # Age is scaled from 50 by 20 years; the next column says that it is not known.
    assert old.arrays["metadata"][0, :2].tolist() == [1, 0]
    assert unknown.arrays["metadata"][0, :2].tolist() == [0, 1]
