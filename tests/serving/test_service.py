import asyncio
import re
import threading
from dataclasses import replace
from io import BytesIO

import pytest
from PIL import Image

from errors import Busy, ImageUnreadable, InvalidOption, UploadRefused
from features.extractors.orb_words import OrbWords
from serving import uploads
from serving.service import Service
from serving.uploads import Unread
from tests.serving import pictures


def test_uploads_are_told_the_same_as_files(service, predictor, tmp_path):
    uploads = [pictures.image(seed, f"{seed}.png") for seed in range(3)]
    for upload in uploads:
        (tmp_path / upload.name).write_bytes(upload.data)
    paths = [tmp_path / upload.name for upload in uploads]
    assert pictures.found(service, uploads) == list(predictor.predict(paths))


def test_many_who_ask_at_once_are_answered_each_with_their_own(service):
    uploads = [pictures.image(seed, f"{seed}.png") for seed in range(12)]
    alone = [pictures.found(service, [upload])[0] for upload in uploads]

    async def together():
        return await asyncio.gather(*(service.findings([upload]) for upload in uploads))

    assert [image for (image,) in asyncio.run(together())] == alone


@pytest.mark.parametrize("data", pictures.BAD.values(), ids=pictures.BAD)
def test_after_a_bad_image_the_next_good_one_is_answered(service, data):
    unread = pictures.found(service, [pictures.Upload("bad.png", data)])[0]
    assert unread.status == (413 if "megapixels" in unread.error else 422)
    assert service.queue.inside == 0
    assert pictures.found(service, [pictures.image()])


def test_bad_images_are_named_and_the_others_have_their_findings(service):
    good = [pictures.image(seed, f"{seed}.png") for seed in range(2)]
    bad = [pictures.Upload("empty.png", b""), pictures.Upload("huge.png", pictures.huge_png())]
    found = pictures.found(service, [bad[0], good[0], bad[1], good[1]])
    assert [found[1], found[3]] == pictures.found(service, good)
    assert found[0] == Unread("empty.png", "empty.png cannot be read: an empty file.", 422)
    assert (found[2].id, found[2].status) == ("huge.png", 413)


def test_an_explanation_of_an_image_that_cannot_be_read_is_refused_by_its_name(service):
    with pytest.raises(ImageUnreadable, match=re.escape("bad.png cannot be read: an empty file.")):
        pictures.explained(service, pictures.Upload("bad.png", b""), "sick")


@pytest.mark.parametrize("count", [0, 5])
def test_no_image_and_too_many_are_refused(service, count):
    with pytest.raises(UploadRefused, match="1 to 4 images"):
        pictures.found(service, [pictures.image()] * count)


def test_a_spread_of_one_augmentation_is_refused(service):
    with pytest.raises(InvalidOption, match="at least 2"):
        pictures.found(service, [pictures.image()], tta=1)


def test_beyond_its_room_it_is_busy(predictor, service):
    small = Service(predictor, replace(service.options, queue=1))
    with small.queue.admitted(1), pytest.raises(Busy):
        pictures.found(small, [pictures.image()])
    assert pictures.found(small, [pictures.image()])
    small.close()


def test_images_and_augmentations_have_one_budget(predictor, service):
    small = Service(predictor, replace(service.options, queue=8, max_images=4))
    with pytest.raises(
        UploadRefused, match=r"takes at most 8 images at a time.*this request has 9"
    ):
        pictures.found(small, [pictures.image()] * 3, tta=2)
    small.close()


def test_bytes_are_asked_for_only_when_a_thread_starts_on_them(service, monkeypatch):
    running, read = threading.Semaphore(0), []
    go = threading.Event()

    class Noted:
        name = "film.png"

        @property
        def data(self):
            read.append(threading.current_thread().name)
            running.release()
            go.wait(10)
            return pictures.png()

    async def ask():
        asking = asyncio.create_task(service.findings([Noted()] * 4))
        while len(read) < 2:
            await asyncio.sleep(0.01)
        await asyncio.sleep(0.05)
        assert len(read) == service._threads._max_workers == 2
        go.set()
        return await asking

    assert len(asyncio.run(ask())) == 4


def test_what_is_given_up_starts_no_further_image_and_no_augmentation(service, monkeypatch):
    go, started, decoded = threading.Event(), threading.Event(), []

    def decode(data, megapixels):
        decoded.append(data)
        started.set()
        go.wait(10)
        return uploads.decoded(data, megapixels)

    monkeypatch.setattr("serving.service.decoded", decode)
    prepare, prepared = service.predictor.prepare, []
    monkeypatch.setattr(
        type(service.predictor), "prepare", lambda _, *given: prepared.append(1) or prepare(*given)
    )

    async def ask():
        asking = asyncio.create_task(service.findings([pictures.image()] * 4, tta=8))
        while len(decoded) < 2:
            await asyncio.sleep(0.01)
        asking.cancel()
        await asyncio.wait({asking})
        return asking.cancelled()

    service.options = replace(service.options, queue=64)
    assert asyncio.run(ask())
    assert service.queue.inside == 0
    go.set()
    service._threads.shutdown()
    assert len(decoded) == 2
    assert len(prepared) == 2
    assert service.queue.batches == 0


def test_a_panel_is_a_picture_of_the_label_asked_for(service):
    explained = pictures.explained(service, pictures.image(), "sick")
    assert [decision.label for decision in explained.decisions] == ["sick"]
    (finding, _) = pictures.found(service, [pictures.image()])[0].findings
    assert explained.decisions[0].probability == pytest.approx(finding.probability, abs=1e-6)
    with Image.open(BytesIO(service.panel(explained))) as panel:
        assert panel.format == "PNG"
        assert panel.width > panel.height


def test_a_label_that_the_bundle_does_not_know_is_refused(service):
    with pytest.raises(InvalidOption, match="must be one of sick, well"):
        pictures.explained(service, pictures.image(), "gout")


def test_it_is_ready_once_it_is_warm_and_not_after_it_is_closed(predictor, service):
    fresh = Service(predictor, service.options)
    assert not fresh.ready
    fresh.warm_up()
    assert fresh.ready
    fresh.close()
    assert not fresh.ready


@pytest.mark.slow
def test_images_with_and_without_augmentation_are_answered_in_one_batch(service):
    plain, spread = pictures.image(1), pictures.image(2)
    never = threading.Event()
    ready = [service._prepare(plain, 0, never), service._prepare(spread, 2, never)]
    first, second = service._compute(ready)
    assert first.findings[0].spread is None
    assert second.findings[0].spread is not None


def test_an_explanation_describes_the_keypoints_of_an_image_once(service, monkeypatch):
    described, describe = [], OrbWords.describe
    monkeypatch.setattr(
        OrbWords, "describe", lambda *given: described.append(1) or describe(*given)
    )
    pictures.explained(service, pictures.image(), "sick")
    assert len(described) == 1


def test_answered_images_are_counted_and_no_others(predictor, service):
    assert service.drift.n_images == 0
    bad = pictures.Upload("bad.png", b"")
    found = pictures.found(service, [pictures.image(0), bad, pictures.image(1)], tta=2)
    drift = service.drift
    assert drift.n_images == 2
    names = [*predictor.bundle.reference.histograms]
    assert dict(zip(names, found[0].observed.values, strict=True))["width"] == 128


def test_an_unusual_image_has_the_same_warning_with_its_findings_and_its_explanation(service):
    data = BytesIO()
    Image.new("L", (96, 96), 200).save(data, "PNG")
    blank = pictures.Upload("blank.png", data.getvalue())
    (found,) = pictures.found(service, [blank])
    explained = pictures.explained(service, blank, "sick")
    assert explained.warnings == found.warnings
