import os
import resource
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

import confined
from confined import Children
from errors import ImageUnreadable, WorkEnded

# Every test starts processes.
pytestmark = pytest.mark.slow

PROJECT = Path(__file__).resolve().parents[1]
WORK = "tests.confined_work"


@pytest.fixture
def children():
    children = Children()
    yield children
    children.close()


def test_a_child_gives_what_the_function_gives(children):
    assert children.call(f"{WORK}:backwards", b"abc") == b"cba"


def test_more_bytes_than_a_pipe_holds_go_through_whole(children):
    data = os.urandom(5_000_000)
    assert children.call(f"{WORK}:backwards", data) == data[::-1]


def test_one_child_serves_one_call_after_another(children):
    first, second = (children.call(f"{WORK}:process", b"") for _ in range(2))
    assert first == second != str(os.getpid()).encode()


def test_calls_at_once_get_their_own_answers(children):
    words = [str(number).encode() * 1000 for number in range(40)]
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda word: children.call(f"{WORK}:backwards", word), words))
    assert answers == [word[::-1] for word in words]


def test_an_error_of_ours_is_raised_again_and_the_child_lives_on(children):
    before = children.call(f"{WORK}:process", b"")
    with pytest.raises(ImageUnreadable, match=r"^no image: at all$"):
        children.call(f"{WORK}:refuse", b"")
    assert children.call(f"{WORK}:process", b"") == before


@pytest.mark.parametrize(
    ("function", "reason"),
    [
        ("crash", "it crashes its reader"),
        ("swell", "it takes too much memory"),
        ("fail", "it fails with ZeroDivisionError"),
    ],
)
def test_work_that_goes_wrong_ends_its_child_alone(children, function, reason):
    with pytest.raises(WorkEnded, match=reason):
        children.call(f"{WORK}:{function}", b"")
    assert children.call(f"{WORK}:backwards", b"abc") == b"cba"


def test_endless_work_is_ended_by_its_processor_time(children):
    with pytest.raises(WorkEnded, match="it takes too long"):
        children.call(f"{WORK}:spin", b"")


def test_work_that_waits_for_ever_is_ended_by_the_clock(children, monkeypatch):
    monkeypatch.setattr(confined, "CLOCK_SECONDS", 0.5)
    with pytest.raises(WorkEnded, match="it takes too long"):
        children.call(f"{WORK}:wait", b"")


def test_a_function_may_allow_itself_more_memory(children):
    assert children.call(f"{WORK}:allowed", b"") == b"300000000"


def test_outside_of_children_nothing_is_limited():
    before = resource.getrlimit(resource.RLIMIT_CPU), resource.getrlimit(resource.RLIMIT_DATA)
    confined.allow(1, 1)
    after = resource.getrlimit(resource.RLIMIT_CPU), resource.getrlimit(resource.RLIMIT_DATA)
    assert before == after


def test_a_child_that_has_grown_is_replaced(children):
    before = children.call(f"{WORK}:process", b"")
    children.call(f"{WORK}:leak", b"")
    assert children.call(f"{WORK}:process", b"") != before


def test_what_a_library_prints_is_no_part_of_the_answer(children):
    assert children.call(f"{WORK}:chatter", b"") == b"done"


def test_children_end_with_their_parent_even_if_it_is_killed():
    script = (
        "import confined, time; children = confined.Children();"
        f" print(children.call('{WORK}:process', b'').decode(), flush=True); time.sleep(60)"
    )
    with subprocess.Popen([sys.executable, "-c", script], cwd=PROJECT, stdout=-1) as parent:
        child = int(parent.stdout.readline())
        parent.send_signal(signal.SIGKILL)
    for _ in range(100):
        if not Path(f"/proc/{child}").exists():
            break
        time.sleep(0.05)
    assert not Path(f"/proc/{child}").exists()


def test_a_forked_process_does_not_wait_for_a_thread_that_it_lacks(children):
    children._lock.acquire()
    if (child := os.fork()) == 0:
        signal.alarm(20)
        os._exit(children.call(f"{WORK}:backwards", b"ab") != b"ba")
    children._lock.release()
    assert os.waitpid(child, 0)[1] == 0


def test_where_pipes_cannot_be_made_larger_everything_still_goes_through(children, monkeypatch):
    monkeypatch.setattr(confined, "BYTES_IN_PIPE", 1 << 60)
    data = os.urandom(300_000)
    assert children.call(f"{WORK}:backwards", data) == data[::-1]


def test_a_forked_process_starts_children_of_its_own(children):
    before = children.call(f"{WORK}:process", b"")
    read, write = os.pipe()
    if (child := os.fork()) == 0:
        os.write(write, children.call(f"{WORK}:process", b""))
        os._exit(0)
    os.waitpid(child, 0)
    assert os.read(read, 100) != before
    assert children.call(f"{WORK}:process", b"") == before
