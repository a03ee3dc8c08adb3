from threading import Event

import pytest

from errors import Busy, UploadRefused
from serving import model_queue
from serving.model_queue import ModelQueue


@pytest.fixture
def queue():
    made = []

    def make(compute, at_once=3, room=10):
        made.append(ModelQueue(compute, at_once, room))
        return made[-1]

    yield make
    for each in made:
        each.close()


def test_images_that_wait_together_are_one_batch_and_keep_their_places(queue):
    started, go = Event(), Event()
    batches = []

    def compute(images):
        batches.append(images)
        started.set()
        go.wait(10)
        return [image * 2 for image in images]

    made = queue(compute)
    futures = [made.submit(0)]
    started.wait(10)
    futures += [made.submit(image) for image in range(1, 6)]
    go.set()
    assert [future.result(10) for future in futures] == [0, 2, 4, 6, 8, 10]
    assert batches == [[0], [1, 2, 3], [4, 5]]


def test_a_batch_waits_for_images_that_are_on_their_way(queue, monkeypatch):
    monkeypatch.setattr(model_queue, "LINGER", 10)
    batches = []
    made = queue(lambda images: batches.append(images) or images, at_once=2)
    with made.admitted(2):
        futures = [made.submit(image) for image in range(2)]
        assert [future.result(10) for future in futures] == [0, 1]
    assert batches == [[0, 1]]


def test_an_image_that_is_alone_waits_for_none(queue, monkeypatch):
    monkeypatch.setattr(model_queue, "LINGER", 60)
    made = queue(list)
    with made.admitted(1):
        assert made.submit(0).result(10) == 0


def test_an_image_that_takes_long_is_not_waited_for(queue):
    made = queue(list)
    with made.admitted(2):
        assert made.submit(0).result(10) == 0


def test_beyond_its_room_it_is_busy_and_afterwards_it_is_not(queue):
    made = queue(list, room=3)
    with made.admitted(2):
        with pytest.raises(Busy, match="busy with 2 images"), made.admitted(2):
            pass
        with made.admitted(1):
            assert made.inside == 3
    with made.admitted(3):
        assert made.inside == 3
    assert made.inside == 0


def test_whoever_waits_hears_of_a_failure_and_the_next_image_is_computed(queue):
    def compute(images):
        return [1 / image for image in images]

    made = queue(compute, at_once=1)
    failed, done = made.submit(0), made.submit(2)
    with pytest.raises(ZeroDivisionError):
        failed.result(10)
    assert done.result(10) == 0.5


def test_other_work_of_the_model_takes_its_turn(queue):
    assert queue(list).run(lambda: 7).result(10) == 7


def test_each_augmented_version_takes_a_place(queue):
    made = queue(list, room=10)
    with made.admitted(2, versions=3):
        assert (made.inside, made.images) == (6, 2)
        with pytest.raises(Busy), made.admitted(1, versions=5):
            pass
    assert (made.inside, made.images) == (0, 0)


@pytest.mark.parametrize(("images", "versions"), [(11, 1), (2, 6), (1, 11)])
def test_what_can_never_fit_is_refused_and_the_budget_is_told(queue, images, versions):
    made = queue(list, room=10)
    sentence = f"takes at most 10 images at a time.*this request has {images * versions}"
    with pytest.raises(UploadRefused, match=sentence), made.admitted(images, versions):
        pass


def test_an_image_whose_client_has_gone_is_not_computed(queue):
    started, go, computed = Event(), Event(), []

    def compute(images):
        started.set()
        go.wait(10)
        computed.extend(images)
        return images

    made = queue(compute, at_once=1)
    first = made.submit(0)
    started.wait(10)
    gone, last = made.submit(1), made.submit(2)
    assert gone.cancel()
    go.set()
    assert [first.result(10), last.result(10)] == [0, 2]
    assert computed == [0, 2]


def test_closing_starts_nothing_more_and_waits_for_nothing(queue):
    started, go = Event(), Event()

    def compute(images):
        started.set()
        go.wait(10)
        return images

    made = queue(compute, at_once=1)
    under_way, waits, other = made.submit(0), made.submit(1), made.run(list)
    started.wait(10)
    made.close()
    assert waits.cancelled()
    assert other.cancelled()
    go.set()
    assert under_way.result(10) == 0
