import io
import subprocess
import sys
import time
from threading import Thread

import pytest
from rich.console import Console

import display
import progress
from datasets.options import PROJECT


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0.4, "0 s"), (119, "119 s"), (120, "2 minutes"), (7199, "120 minutes"), (9000, "2.5 hours")],
)
def test_times_are_in_the_largest_unit_of_which_there_are_two(seconds, text):
    assert display.time_of(seconds) == text


def test_a_rate_is_work_done_by_the_time_it_took():
    assert display.rate(50, 200, 10, "images") == "50 of 200 images, 5.0 images/s, 30 s left"


@pytest.fixture
def at_once(monkeypatch):
    monkeypatch.setattr(display, "SECONDS_BETWEEN_LINES", 0)


def test_a_step_stands_after_how_far_the_work_is(at_once, capsys):
    with progress.shown(display.Bar("compare", 4, "trainings")):
        progress.step("cnn, epoch 3 of 100")
    assert capsys.readouterr().err == (
        "compare: 0 of 4 trainings, 0 s so far; cnn, epoch 3 of 100\n"
    )


def test_a_step_of_no_bar_is_a_line_of_its_own(at_once, capsys):
    progress.step("cnn, epoch 3 of 100")
    assert capsys.readouterr().err == "cnn, epoch 3 of 100\n"


def test_steps_that_follow_each_other_closely_are_one_line(capsys, monkeypatch):
    monkeypatch.setattr(display, "SECONDS_BETWEEN_LINES", 600)
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
    monkeypatch.setattr(display, "SECONDS_BETWEEN_LOOKS", 0.01)
    monkeypatch.setattr(display, "SECONDS_BETWEEN_LINES", 0.02)
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
    monkeypatch.setattr(display, "console_now", lambda: made)
    with progress.shown(display.Bar("compare", 4, "trainings")):
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


def test_work_of_unknown_length_gives_way_to_a_bar_within(at_once, capsys):
    with progress.stage("compare"):
        list(progress.track([1], "training", 2, "models"))
        progress.step("writing")
        with progress.stage("evaluating"):
            progress.step("bootstrap")
    first, second, third = capsys.readouterr().err.splitlines()
    assert first.startswith("training: 1 of 2 models")
    assert second == "compare: 0 s so far; writing"
    assert third == "evaluating: 0 s so far; bootstrap"


WRITING = """
import os, sys
import display, progress
progress.say("before")
kept = os.dup(2)
with open(os.devnull, "wb") as nowhere:
    os.dup2(nowhere.fileno(), 2)
with display.DISPLAY.writing_to(kept):
    progress.say("meanwhile")
    sys.stderr.write("lost")
    sys.stderr.flush()
os.dup2(kept, 2)
progress.say("after")
"""


@pytest.mark.slow
def test_messages_are_shown_while_standard_error_is_closed_to_what_libraries_write():
    ran = subprocess.run(
        [sys.executable, "-c", WRITING], cwd=PROJECT, capture_output=True, text=True
    )
    assert ran.stderr == "before\nmeanwhile\nafter\n"


def test_a_replaced_standard_error_is_written_to_as_ever(capsys):
    with display.DISPLAY.writing_to(2):
        progress.say("meanwhile")
    assert capsys.readouterr().err == "meanwhile\n"


def test_names_between_colons_are_no_pictures(capsys):
    progress.say("logistic:b: macro AUC 0.5")
    assert capsys.readouterr().err == "logistic:b: macro AUC 0.5\n"
