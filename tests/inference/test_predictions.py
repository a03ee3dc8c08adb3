import numpy as np
import pytest

from datasets import image_files, sources
from features.recipe import digest
from inference import image_loop, predictions
from inference.predictor import Predictor
from models.test_time_augmentation import moves
from tests import fakes


@pytest.fixture(scope="module")
def predictor(place):
    return Predictor(place / "bundle")


@pytest.fixture(scope="module")
def images(place, predictor):
    paths = sorted((place / "films").rglob("*.png"))
    return sources.images_of_files(paths, predictor.bundle.labels)


def streamed(predictor, images, tta=0):
    return list(predictions.stream(predictor, images, tta, jobs=2))


def test_an_image_has_a_finding_for_each_label_as_the_bundle_tells(predictor, images):
    told = streamed(predictor, images)
    planes = [image_files.read(path) for path in images.paths]
    found = predictor.findings(predictor.views(planes))
    assert [image.id for image in told] == images.ids.tolist()
    for row, image in enumerate(told):
        assert [each.label for each in image.findings] == list(predictor.bundle.labels)
        np.testing.assert_allclose(
            [each.probability for each in image.findings], found.calibrated[row], atol=1e-6
        )
        np.testing.assert_allclose(
            [each.raw_probability for each in image.findings], found.raw[row], atol=1e-6
        )
        assert [each.present for each in image.findings] == found.present[row].tolist()


def test_few_images_are_in_memory_however_many_there_are(predictor, images, monkeypatch):
    made, prepared = [], predictions.prepared

    def counted(*given, **named):
        made.append(1)
        return prepared(*given, **named)

    monkeypatch.setattr(predictions, "prepared", counted)
    monkeypatch.setattr(image_loop, "WINDOW", 4)
    told = predictions.stream(predictor, images, tta=0, jobs=2)
    inside = [len(made) - given for given, _ in enumerate(told)]
    assert len(inside) == len(images) > 3 * 4
    # A window of them, and two windows ahead of it.
    assert max(inside) <= 3 * 4


def test_an_images_findings_do_not_depend_on_its_neighbours(predictor, images):
    alone = streamed(predictor, images.select(images.ids == images.ids[40]))
    together = streamed(predictor, images)
    assert alone[0] == together[40]


def test_an_image_that_cannot_be_read_keeps_its_place_and_tells_why(predictor, place, tmp_path):
    (tmp_path / "broken.png").write_bytes(b"no film")
    whole = next((place / "films").rglob("*.png"))
    paths = [whole, tmp_path / "broken.png", tmp_path / "gone.png"]
    told = streamed(predictor, sources.images_of_files(paths, predictor.bundle.labels))
    assert [image.id for image in told] == [whole.name, "broken.png", "gone.png"]
    assert [bool(image.findings) for image in told] == [True, False, False]
    assert told[1].skipped == "neither PNG, JPEG nor DICOM"
    assert "No such file" in told[2].skipped


def test_images_are_prepared_a_window_at_a_time(predictor, images, monkeypatch):
    read = []
    monkeypatch.setattr(image_loop, "WINDOW", 4)
    plain = image_files.read_bytes
    monkeypatch.setattr(image_files, "read_bytes", lambda path: read.append(path) or plain(path))
    next(predictions.stream(predictor, images, 0, jobs=2))
    # A window that is computed, and two that are ahead.
    assert len(read) <= 3 * 4


def test_augmentation_averages_probabilities_and_shows_their_spread(predictor, images):
    """Both are those by hand, of the image and of its versions."""
    few = images.select(np.arange(len(images)) < 3)
    found, plain = streamed(predictor, few, tta=3), streamed(predictor, few)
    for row, path in enumerate(few.paths):
        data = image_files.read_bytes(path)
        plane = image_files.decoded(data).plane
        planes = [plane, *(move(plane, "", digest(data)) for move in moves(3))]
        by_hand = predictor.findings(predictor.views(planes))
        for column, finding in enumerate(found[row].findings):
            values = by_hand.calibrated[:, column]
            assert finding.probability == pytest.approx(values.mean(), abs=1e-6)
            assert finding.raw_probability == pytest.approx(by_hand.raw[:, column].mean(), abs=1e-6)
            assert finding.spread == pytest.approx(values[1:].std(), abs=1e-6)
            assert finding.present == (finding.probability >= finding.threshold)
            assert plain[row].findings[column].spread is None
    assert max(each.spread for image in found for each in image.findings) > 0


def test_what_makes_an_image_suspect_is_told(predictor, tmp_path):
    fakes.write_picture(tmp_path / "small.png", size=32)
    (told,) = streamed(predictor, sources.images_of_files([tmp_path / "small.png"], ("a", "b")))
    assert "too few" in told.warnings[0]


def test_what_is_no_longer_wanted_is_not_augmented_further(predictor, images):
    data = image_files.read_bytes(images.paths[0])
    image, wanted = image_files.decoded(data), iter([True, True, False])
    made = predictions.prepared(predictor, data, image, tta=8, wanted=lambda: next(wanted))
    assert len(made.versions) == 3
