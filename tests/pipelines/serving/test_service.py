import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from io import BytesIO

import pytest
from PIL import Image

from errors import Busy, ImageUnreadable, InvalidOption, UploadRefused
from pipelines.serving.service import Service
from tests.pipelines.serving import films


def test_uploads_are_told_the_same_as_files(service, predictor, tmp_path):
    uploads = [films.film(seed, f"{seed}.png") for seed in range(3)]
    for upload in uploads:
        (tmp_path / upload.name).write_bytes(upload.data)
    paths = [tmp_path / upload.name for upload in uploads]
    assert service.findings(uploads) == list(predictor.predict(paths))


def test_many_who_ask_at_once_are_answered_each_with_their_own(service):
    uploads = [films.film(seed, f"{seed}.png") for seed in range(12)]
    alone = [service.findings([upload])[0] for upload in uploads]
    with ThreadPoolExecutor(6) as pool:
        together = list(pool.map(lambda upload: service.findings([upload])[0], uploads))
    assert together == alone


@pytest.mark.parametrize("data", films.BAD.values(), ids=films.BAD)
def test_after_a_bad_film_the_next_good_one_is_answered(service, data):
    bad = films.Upload("bad.png", data)
    with pytest.raises((ImageUnreadable, UploadRefused)):
        service.findings([films.film(), bad])
    assert service.queue.inside == 0
    assert service.findings([films.film()])


def test_the_film_that_cannot_be_read_is_named(service):
    with pytest.raises(ImageUnreadable, match=re.escape("bad.png cannot be read: an empty file.")):
        service.findings([films.film(), films.Upload("bad.png", b"")])


@pytest.mark.parametrize("count", [0, 5])
def test_no_film_and_too_many_are_refused(service, count):
    with pytest.raises(UploadRefused, match="1 to 4 films"):
        service.findings([films.film()] * count)


def test_a_spread_of_one_augmentation_is_refused(service):
    with pytest.raises(InvalidOption, match="at least 2"):
        service.findings([films.film()], tta=1)


def test_beyond_its_room_it_is_busy(predictor, service):
    small = Service(predictor, replace(service.options, queue=1))
    with pytest.raises(Busy):
        small.findings([films.film()] * 2)
    assert small.findings([films.film()])
    small.close()


def test_a_panel_is_a_picture_of_the_label_asked_for(service):
    explained = service.explained(films.film(), "sick")
    assert [decision.label for decision in explained.decisions] == ["sick"]
    (finding, _) = service.findings([films.film()])[0].findings
    assert explained.decisions[0].probability == pytest.approx(finding.probability, abs=1e-6)
    with Image.open(BytesIO(service.panel(explained))) as panel:
        assert panel.format == "PNG"
        assert panel.width > panel.height


def test_a_label_that_the_bundle_does_not_know_is_refused(service):
    with pytest.raises(InvalidOption, match="must be one of sick, well"):
        service.explained(films.film(), "gout")


def test_it_is_ready_once_it_is_warm_and_not_after_it_is_closed(predictor, service):
    fresh = Service(predictor, service.options)
    assert not fresh.ready
    fresh.warm_up()
    assert fresh.ready
    fresh.close()
    assert not fresh.ready


@pytest.mark.slow
def test_films_with_and_without_augmentation_are_answered_in_one_batch(service):
    plain, spread = films.film(1), films.film(2)
    ready = [service._prepare(plain, 0), service._prepare(spread, 2)]
    first, second = service._compute(ready)
    assert first.findings[0].spread is None
    assert second.findings[0].spread is not None
