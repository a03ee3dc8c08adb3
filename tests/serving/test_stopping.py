import os
import signal
import threading

import pytest

from serving import stopping
from serving.stopping import SIGNALS, Stopping


@pytest.fixture
def ends(monkeypatch):
    """How often the process would have ended."""
    ends = []
    monkeypatch.setattr(stopping, "end_process", lambda: ends.append(1))
    monkeypatch.setattr(stopping, "SECONDS_TO_END", 60)
    return ends


@pytest.mark.parametrize("number", SIGNALS)
def test_a_signal_asks_to_stop_and_a_second_one_ends_the_process(ends, number):
    asked = []
    before = signal.getsignal(number)
    try:
        with stopping.stopping() as stop:
            stop.then = lambda: asked.append(1)
            os.kill(os.getpid(), number)
            assert (asked, ends) == ([1], [])
            os.kill(os.getpid(), number)
            assert ends == [1]
    finally:
        for each in SIGNALS:
            signal.signal(each, signal.SIG_DFL if each == signal.SIGTERM else before)
        signal.signal(signal.SIGINT, signal.default_int_handler)


def test_before_anything_is_served_a_signal_leaves_with_code_0(ends):
    with pytest.raises(SystemExit) as left:
        Stopping()(signal.SIGTERM, None)
    assert left.value.code == 0


def test_whatever_hangs_is_left_behind(monkeypatch):
    ended = threading.Event()
    monkeypatch.setattr(stopping, "end_process", ended.set)
    monkeypatch.setattr(stopping, "SECONDS_TO_END", 0.01)
    stop = Stopping()
    stop.then = list
    stop(signal.SIGTERM, None)
    assert ended.wait(10)


def test_handlers_are_put_back_where_nobody_asked():
    before = [signal.getsignal(each) for each in SIGNALS]
    with stopping.stopping() as stop:
        assert signal.getsignal(signal.SIGTERM) is stop
    assert [signal.getsignal(each) for each in SIGNALS] == before


def test_in_another_thread_signals_are_left_alone():
    found = []

    def inside():
        with stopping.stopping():
            found.append(signal.getsignal(signal.SIGTERM))

    before = signal.getsignal(signal.SIGTERM)
    thread = threading.Thread(target=inside)
    thread.start()
    thread.join()
    assert found == [before]
