import io
import re
from pathlib import Path

import pytest
from rich.console import Console

import display
import progress
from progress import size_of


def test_items_pass_through_unchanged():
    assert list(progress.track(iter([3, 1, 2]), "working", 3)) == [3, 1, 2]


def test_lines_tell_how_many_how_fast_and_how_much_longer(monkeypatch, capsys):
    monkeypatch.setattr(display, "SECONDS_BETWEEN_LINES", 0)
    list(progress.track(range(2), "working", 4))
    told = capsys.readouterr()
    assert not told.out
    assert told.err.splitlines()[1].startswith("working: 2 of 4 images, ")
    assert " images/s, " in told.err
    assert told.err.rstrip().endswith("s left")


def test_messages_go_to_standard_error_with_brackets_kept(capsys):
    progress.say("a [bold] word")
    progress.warn("mind")
    assert capsys.readouterr().err == "a [bold] word\nwarning: mind\n"


def shown_by(capsys, **settings):
    with progress.showing(**settings):
        progress.say("usual")
        progress.detail("more")
        progress.warn("mind")
        list(progress.track([1], "working", 1))
    return re.sub(r"\d", "0", capsys.readouterr().err)


def test_quiet_shows_warnings_alone(capsys):
    assert shown_by(capsys, quiet=True) == "warning: mind\n"


def test_verbose_shows_details_and_how_long_stages_took(capsys):
    assert shown_by(capsys) == "usual\nwarning: mind\n"
    shown = "usual\nmore\nwarning: mind\nworking: took 0.0 s\n"
    assert shown_by(capsys, verbose=True) == shown


@pytest.mark.parametrize("settings", [{}, {"quiet": True}, {"verbose": True}])
def test_a_file_gets_everything_with_times_after_what_it_has(capsys, tmp_path, settings):
    log = tmp_path / "log.txt"
    log.write_text("before\n")
    shown_by(capsys, log=log, **settings)
    with progress.showing(log=log):
        progress.record("a result\nof two lines")
    time = "0000-00-00 00:00:00"
    first, *lines = re.sub(r"\d", "0", log.read_text()).splitlines()
    assert first == "before"
    assert lines == [
        *(f"{time} usual", f"{time} more", f"{time} warning: mind", f"{time} working: took 0.0 s"),
        *(f"{time} a result", f"{time} of two lines"),
    ]
    assert capsys.readouterr().err == ""


def test_a_file_that_can_no_longer_be_written_is_a_warning(capsys):
    with progress.showing(quiet=True, log=Path("/dev/full")):
        progress.say("usual")
        progress.say("usual")
    shown = capsys.readouterr().err
    assert shown.startswith("warning: no more messages are written to --log: ")
    assert len(shown.splitlines()) == 1


def test_what_libraries_print_is_shown_unless_only_warnings_are(capsys):
    for quiet in (False, True):
        with progress.showing(quiet=quiet):
            print("a library", file=progress.others_output())
    assert capsys.readouterr().err == "a library\n"


def test_of_a_trial_only_warnings_are_shown(capsys):
    with progress.muted():
        progress.say("usual")
        progress.warn("mind")
    progress.say("after")
    assert capsys.readouterr().err == "warning: mind\nafter\n"


def test_as_much_is_shown_after_an_error_as_before(capsys):
    with pytest.raises(ZeroDivisionError), progress.showing(quiet=True):
        raise ZeroDivisionError
    progress.say("after")
    assert capsys.readouterr().err == "after\n"


HOSTILE = "[red]a\x1b]0;owned\x07\n\u202eb"


@pytest.mark.parametrize("tell", [progress.say, progress.warn])
def test_a_message_is_one_line_that_shows_what_steers_terminals(tell, capsys):
    tell(HOSTILE)
    shown = capsys.readouterr().err.removeprefix("warning: ")
    assert shown == r"[red]a\x1b]0;owned\x07\x0a\u202eb" + "\n"


def test_names_on_the_bar_are_shown_as_they_are(monkeypatch):
    screen = io.StringIO()
    made = Console(file=screen, force_terminal=True, width=200, color_system=None)
    monkeypatch.setattr(display, "console_now", lambda: made)
    assert list(progress.track([1], HOSTILE, 1)) == [1]
    assert r"[red]a\x1b]0;owned\x07\x0a\u202eb" in screen.getvalue()
    assert "\x07" not in screen.getvalue()


def test_names_in_lines_of_progress_are_shown_as_they_are(monkeypatch, capsys):
    monkeypatch.setattr(display, "SECONDS_BETWEEN_LINES", 0)
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
