import io
import time
from threading import Thread

import pytest
from rich.console import Console

import progress
from progress import size_of


def test_items_pass_through_unchanged():
    assert list(progress.track(iter([3, 1, 2]), "working", 3)) == [3, 1, 2]


def test_lines_tell_how_many_how_fast_and_how_much_longer(monkeypatch, capsys):
    monkeypatch.setattr(progress, "SECONDS_BETWEEN_LINES", 0)
    list(progress.track(range(2), "working", 4))
    told = capsys.readouterr()
    assert not told.out
    assert told.err.splitlines()[1].startswith("working: 2 of 4 images, ")
    assert " images/s, " in told.err
    assert told.err.rstrip().endswith("s left")


def test_a_rate_is_work_done_by_the_time_it_took():
    assert progress.rate(50, 200, 10, "images") == "50 of 200 images, 5.0 images/s, 30 s left"


def test_messages_go_to_standard_error_with_brackets_kept(capsys):
    progress.say("a [bold] word")
    progress.warn("mind")
    assert capsys.readouterr().err == "a [bold] word\nwarning: mind\n"


HOSTILE = "[red]a\x1b]0;owned\x07\n\u202eb"


@pytest.mark.parametrize("tell", [progress.say, progress.warn])
def test_a_message_is_one_line_that_shows_what_steers_terminals(tell, capsys):
    tell(HOSTILE)
    shown = capsys.readouterr().err.removeprefix("warning: ")
    assert shown == r"[red]a\x1b]0;owned\x07\x0a\u202eb" + "\n"


def test_names_on_the_bar_are_shown_as_they_are(monkeypatch):
    screen = io.StringIO()
    made = Console(file=screen, force_terminal=True, width=200, color_system=None)
    monkeypatch.setattr(progress, "console_now", lambda: made)
    assert list(progress.track([1], HOSTILE, 1)) == [1]
    assert r"[red]a\x1b]0;owned\x07\x0a\u202eb" in screen.getvalue()
    assert "\x07" not in screen.getvalue()


def test_names_in_lines_of_progress_are_shown_as_they_are(monkeypatch, capsys):
    monkeypatch.setattr(progress, "SECONDS_BETWEEN_LINES", 0)
    list(progress.track([1], HOSTILE, 1))
    assert capsys.readouterr().err.startswith(r"[red]a\x1b]0;owned\x07\x0a\u202eb: 1 of 1 images")


@pytest.mark.parametrize(
    ("size", "text"),
    [
        (2.345e12, "2.35 TB"),
        (21e9, "21 GB"),
        (134_567_000, "135 MB"),
        (1e6, "1 MB"),
        (5e5, "500 kB"),
        (120, "0.12 kB"),
        (0, "0 kB"),
    ],
)
def test_sizes_are_told_to_three_figures(size, text):
    assert size_of(size) == text


@pytest.fixture
def at_once(monkeypatch):
    monkeypatch.setattr(progress, "SECONDS_BETWEEN_LINES", 0)


def test_a_step_stands_after_how_far_the_work_is(at_once, capsys):
    with progress.shown(progress.Bar("compare", 4, "trainings")):
        progress.step("cnn, epoch 3 of 100")
    assert capsys.readouterr().err == (
        "compare: 0 of 4 trainings, 0.0 trainings/s, no estimate yet; cnn, epoch 3 of 100\n"
    )


def test_a_step_of_no_bar_is_a_line_of_its_own(at_once, capsys):
    progress.step("cnn, epoch 3 of 100")
    assert capsys.readouterr().err == "cnn, epoch 3 of 100\n"


def test_steps_that_follow_each_other_closely_are_one_line(capsys, monkeypatch):
    monkeypatch.setattr(progress, "SECONDS_BETWEEN_LINES", 600)
    progress.say("first")
    for number in range(1000):
        progress.step(f"step {number}")
    assert capsys.readouterr().err == "first\n"


def test_steps_of_many_threads_are_whole_lines(at_once, capsys):
    def work(name):
        for number in range(50):
            progress.step(f"{name} is at {number} of 50")

    threads = [Thread(target=work, args=(name,)) for name in ("one", "two", "three")]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    expected = {f"{name} is at {n} of 50" for name in ("one", "two", "three") for n in range(50)}
    assert sorted(capsys.readouterr().err.splitlines()) == sorted(expected)


def test_a_stage_that_shows_nothing_itself_is_shown_to_go_on(monkeypatch, capsys):
    monkeypatch.setattr(progress, "SECONDS_BETWEEN_LOOKS", 0.01)
    monkeypatch.setattr(progress, "SECONDS_BETWEEN_LINES", 0.02)
    with progress.stage("reading a table"):
        until = time.monotonic() + 10
        shown = ""
        while "so far" not in shown and time.monotonic() < until:
            time.sleep(0.01)
            shown += capsys.readouterr().err
    assert shown.startswith("reading a table: 0 s so far\n")


def test_on_a_terminal_steps_and_inner_bars_stand_below_one_bar(monkeypatch):
    screen = io.StringIO()
    made = Console(file=screen, force_terminal=True, width=100, color_system=None)
    monkeypatch.setattr(progress, "console_now", lambda: made)
    with progress.shown(progress.Bar("compare", 4, "trainings")):
        progress.step("fold 2 of 5")
        with progress.stage("boosting"):
            progress.say("a message above")
    drawn = screen.getvalue()
    assert drawn.index("a message above") < drawn.rindex("compare") < drawn.rindex("fold 2 of 5")
    assert drawn.rindex("fold 2 of 5") < drawn.rindex("boosting: 0 s so far")


def test_no_bar_is_left_after_an_error(capsys):
    with pytest.raises(ZeroDivisionError), progress.stage("dividing"):
        raise ZeroDivisionError
    progress.say("after")
    assert capsys.readouterr().err == "after\n"
