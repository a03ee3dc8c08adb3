import numpy as np

import arrays
from datasets import image_files, sources
from datasets.options import Work
from features.recipe import digest
from inference import predictor as predictor_module
from inference.predictor import Predictor
from pipelines import train
from pipelines.command_options import Train
from tests import fakes
from tests.bundles import SMALL


def images_tested(place):
    images = sources.images_of(Train(data=place / "films"))
    return images.select(images.test)


def never(*_):
    raise AssertionError


def test_vectors_of_training_time_are_found_and_nothing_is_computed(place, monkeypatch):
    predictor = Predictor(place / "bundle")
    monkeypatch.setattr(predictor.extractors["orb_words"], "describe", never)
    images, views = predictor.extract(images_tested(place), Work(cache=place / "cache"))
    assert len(images) == len(views) > 0


def test_so_are_those_of_dicoms(tmp_path, monkeypatch):
    options = {"data": fakes.dicom(tmp_path / "films", 24), "cache": tmp_path / "cache"}
    options |= {"classifier": "logistic", "extractors": "orb_words", "out": tmp_path / "bundle"}
    train.run(Train(**options, set=SMALL))
    predictor = Predictor(tmp_path / "bundle")
    monkeypatch.setattr(predictor.extractors["orb_words"], "describe", never)
    _, views = predictor.extract(sources.images_of(Train(**options)), Work(cache=options["cache"]))
    assert len(views) == 24


def test_planes_and_files_give_the_same_vectors(place):
    predictor, images = Predictor(place / "bundle"), images_tested(place)
    planes = [image_files.read(path) for path in images.paths]
    _, cached = predictor.extract(images, Work(cache=place / "cache"))
    direct = predictor.views(planes)
    assert direct.names == cached.names == ("orb_words",)
    np.testing.assert_allclose(direct.stacked(), cached.stacked(), atol=1e-6)


def test_images_that_cannot_be_read_are_left_out_and_told(place, tmp_path):
    (tmp_path / "broken.png").write_bytes(b"no film")
    fakes.write_picture(tmp_path / "whole.png", size=128)
    paths = [tmp_path / name for name in ("broken.png", "gone.png", "whole.png")]
    predictor = Predictor(place / "bundle")
    images = sources.images_of_files(paths, predictor.bundle.labels)
    images, views = predictor.extract(images, Work(cache=tmp_path / "cache"))
    assert images.ids.tolist() == ["whole.png"]
    assert [image.id for image in images.skipped] == ["broken.png", "gone.png"]
    assert len(views) == 1


def test_no_image_that_can_be_read_is_no_row(place, tmp_path):
    predictor = Predictor(place / "bundle")
    images = sources.images_of_files([tmp_path / "gone.png"], predictor.bundle.labels)
    images, views = predictor.extract(images, Work(cache=tmp_path / "cache"))
    assert len(images) == len(views) == 0


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
        [image, label] for image in ("film.png", "film.dcm") for label in ("sick", "well")
    ]


def test_the_vocabulary_is_the_bundles_even_where_the_cache_has_learned_another(place, tmp_path):
    predictor, images = Predictor(place / "bundle"), images_tested(place)
    options = Work(cache=tmp_path / "cache")
    _, expected = predictor.extract(images, options)
    (mine,) = options.cache.glob("*/learned-*.npz")
    other = Predictor(place / "bundle").extractors["orb_words"]
    other.words_ = other.words_[::-1]
    data = arrays.learned_bytes(other)
    mine.with_name(f"learned-{digest(data)}.npz").write_bytes(data)
    mine.unlink()
    _, found = Predictor(place / "bundle").extract(images, options)
    np.testing.assert_array_equal(found.stacked(), expected.stacked())
