import io

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
