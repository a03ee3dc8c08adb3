import errno
import json
import re
import signal
import subprocess
import sys
from pathlib import Path
from threading import Event
from types import SimpleNamespace

import pytest

import cli
import display
import progress
import registry
from datasets import readers
from escapes import visible_lines
from features import extractors
from models import classifiers
from pipelines import Result
from tests import fakes

# Tests have a longer one.
SECONDS_BETWEEN_LINES = display.SECONDS_BETWEEN_LINES
PROJECT = Path(__file__).resolve().parents[1]


@pytest.fixture
def data(tmp_path):
    def data(*arguments, root=None):
        root = root or fakes.nih(tmp_path / "films")
        return cli.main(["data", "--data", str(root), "--out", str(tmp_path / "out"), *arguments])

    return data


def test_done_is_zero(data, capsys):
    assert data() == 0
    assert "6 images" in capsys.readouterr().out.splitlines()[0]


def test_skipped_images_make_it_one_and_are_listed(data, tmp_path, capsys):
    root = fakes.nih(tmp_path / "films")
    (root / "images" / fakes.NIH_IDS[0]).unlink()
    assert data(root=root) == 1
    table = (tmp_path / "out" / "skipped.csv").read_text()
    assert table == f"id,reason\n{fakes.NIH_IDS[0]},no image file\n"


def test_a_clear_error_is_two_and_one_sentence_on_standard_error(data, tmp_path, capsys):
    assert data("--format", "nhi") == 2
    told = capsys.readouterr()
    assert not told.out
    assert told.err.startswith("error: ")
    assert "did you mean nih?" in told.err


def test_what_steers_a_terminal_is_shown_in_an_error_and_in_the_result(data, tmp_path, capsys):
    assert data("--format", "\x1b[2Jnhi\nwrote /tmp/x") == 2
    assert "\x1b" not in (told := capsys.readouterr().err)
    assert r"\x1b" in told
    assert len(told.splitlines()) == 1
    root = fakes.nih(tmp_path / "\x1b[31mfilms\u202e")
    data(root=root)
    assert capsys.readouterr().out.startswith(r"\x1b[31mfilms\u202e: 6 images")


def test_an_unknown_flag_is_two(data):
    assert data("--colour", "blue") == 2


def test_a_bug_is_70_keeps_its_traceback_and_asks_for_a_report(monkeypatch, data, capsys):
    monkeypatch.setattr("pipelines.data.run", lambda options: 1 / 0)
    assert data() == 70
    lines = capsys.readouterr().err.splitlines()
    assert lines[0] == "Traceback (most recent call last):"
    assert lines[-2] == "ZeroDivisionError: division by zero"
    assert lines[-1].startswith("error: This is a bug in the program")


@pytest.mark.parametrize(
    ("error", "code"),
    [
        *((EOFError(), 70), (BrokenPipeError(errno.EPIPE, ""), 70), (MemoryError(), 2)),
        *((OSError(errno.ENOTDIR, "Not a directory", "x"), 2), (KeyboardInterrupt(), 130)),
    ],
)
def test_no_error_is_taken_for_skipped_images(monkeypatch, data, capsys, error, code):
    def fails(options):
        raise error

    monkeypatch.setattr("pipelines.data.run", fails)
    assert data() == code
    shown = capsys.readouterr().err
    assert ("Traceback" in shown) == (code == 70)
    assert shown.count("error: ") == (code != 130)


def test_the_version_is_printed(capsys):
    assert cli.main(["--version"]) == 0
    assert capsys.readouterr().out == f"Hybrid CXR {cli.VERSION}\n"


def test_help_gives_the_exit_codes_in_a_line(capsys):
    cli.main(["--help"])
    assert cli.EXIT_CODES in capsys.readouterr().out


def started(*arguments, **streams):
    return subprocess.Popen([sys.executable, "cli.py", *arguments], cwd=PROJECT, **streams)


@pytest.mark.slow
@pytest.mark.parametrize("arguments", [["--help"], ["cache", "list", "--cache"]])
def test_output_without_a_reader_ends_a_command_quietly(tmp_path, arguments):
    arguments = [*arguments, str(tmp_path)] if "cache" in arguments else arguments
    with started(*arguments, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as running:
        running.stdout.close()
        assert running.stderr.read() == b""
        assert running.wait() == 141


@pytest.mark.slow
def test_messages_without_a_reader_do_not_end_the_work(tmp_path):
    root = fakes.nih(tmp_path / "films")
    arguments = ("extract", "--data", str(root), "--cache", str(tmp_path / "cache"))
    words = ("--extractors", "sift_words", "--set", "sift_words.n_words=2")
    out = ("--out", str(tmp_path / "out"))
    with started(
        *arguments, *words, *out, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as running:
        running.stderr.close()
        assert b"6 computed" in running.stdout.read()
        assert running.wait() == 0


@pytest.mark.slow
def test_an_interrupted_command_ends_with_130_and_no_traceback(tmp_path):
    fakes.sick_and_well(tmp_path / "films", 400)
    places = {"--data": "films", "--cache": "cache", "--out": "out"}
    arguments = [str(word) for flag, name in places.items() for word in (flag, tmp_path / name)]
    with started(
        *("extract", "--extractors", "sift_words", "--jobs", "1"),
        *arguments,
        **{"stdout": subprocess.PIPE, "stderr": subprocess.PIPE},
    ) as running:
        shown = running.stderr.readline()
        running.send_signal(signal.SIGINT)
        shown += running.communicate()[1]
    assert running.returncode == 130
    assert b"Traceback" not in shown


def test_an_output_below_a_file_is_a_sentence(data, tmp_path, capsys):
    (tmp_path / "out").write_text("")
    assert data() == 2
    assert data("--save-split", str(tmp_path / "out" / "split.json")) == 2
    told = capsys.readouterr().err
    assert told.count("error: ") == 2
    assert told.count("Move away the file that has the name of a folder") == 2


def test_a_traceback_shows_what_steers_a_terminal(monkeypatch, data, capsys):
    def fail(options):
        raise RuntimeError("\x1b[2J\u202e")

    monkeypatch.setattr("pipelines.data.run", fail)
    data()
    told = capsys.readouterr().err
    assert visible_lines(told) == told
    assert "Traceback" in told


def test_json_is_all_there_is_on_standard_output(data, capsys):
    data("--json")
    assert json.loads(capsys.readouterr().out)["films"] == 6


STUB = SimpleNamespace(text="", values={}, exit_code=0)
REQUIRED = {
    "cache": (["list"], {"action": "list"}),
    "score": (
        ["--labels", "labels.csv", "--scores", "a=a.csv", "--scores", "b=b.csv"],
        {"labels": Path("labels.csv"), "scores": ["a=a.csv", "b=b.csv"]},
    ),
}


@pytest.mark.parametrize("name", cli.COMMANDS)
def test_without_flags_a_command_gets_the_defaults_of_its_options_class(name, monkeypatch):
    given = []
    fake = SimpleNamespace(run=lambda options: given.append(options) or STUB)
    monkeypatch.setitem(sys.modules, f"pipelines.{name}", fake)
    arguments, required = REQUIRED.get(name, ([], {}))
    assert cli.main([name, *arguments]) == 0
    assert given == [cli.COMMANDS[name](**required)]


def test_flags_that_help_leaves_to_data_are_taken_by_every_command(data, monkeypatch):
    given = []
    fake = SimpleNamespace(run=lambda options: given.append(options) or STUB)
    monkeypatch.setitem(sys.modules, "pipelines.extract", fake)
    assert cli.main(["extract", "--format", "nih", "--no-images", "--uncertain", "ones"]) == 0
    assert (given[0].format, given[0].images, given[0].uncertain) == ("nih", False, "ones")


def test_a_switch_that_is_off_cannot_be_switched_off(data):
    assert data("--no-check-images") == 2


@pytest.mark.parametrize(
    ("arguments", "flag"),
    [
        (["train", "--set", "cnn.epochs=9", "--set=cnn.hidden=64"], "--set"),
        (["extract", "--extractors", "orb_words", "--extractors", "sift_words"], "--extractors"),
        (["data", "--images", "--no-images"], "--images"),
    ],
)
def test_a_flag_given_again_is_refused_since_only_its_last_value_would_count(
    arguments, flag, monkeypatch, capsys
):
    monkeypatch.setitem(sys.modules, f"pipelines.{arguments[0]}", SimpleNamespace(run=pytest.fail))
    assert cli.main(arguments) == 2
    told = capsys.readouterr().err
    assert told.startswith(f"error: {flag} must be given once; it came 2 times.")
    assert len(told.splitlines()) == 1


def test_a_flag_of_many_values_may_be_given_again(monkeypatch):
    given = []
    fake = SimpleNamespace(run=lambda options: given.append(options) or STUB)
    monkeypatch.setitem(sys.modules, "pipelines.score", fake)
    assert cli.main(["score", "--labels", "x", "--scores", "a=a.csv", "--scores", "b=b.csv"]) == 0
    assert given[0].scores == ["a=a.csv", "b=b.csv"]


@pytest.mark.parametrize("arguments", [[], ["--labels", "x.csv"], ["--scores", "a=a.csv"]])
def test_a_required_flag_that_is_missing_is_two(arguments):
    assert cli.main(["score", *arguments]) == 2


LISTINGS = [
    *(("extract", "extractors"), ("train", "extractors"), ("compare", "extractors")),
    *(("train", "classifiers"), ("compare", "classifiers")),
]


@pytest.mark.parametrize(("command", "kind"), LISTINGS)
def test_plug_ins_are_listed_in_place_of_the_work(command, kind, monkeypatch, capsys):
    monkeypatch.setitem(sys.modules, f"pipelines.{command}", SimpleNamespace())
    assert cli.main([command, f"--list-{kind}"]) == 0
    assert "Set options by --set" in capsys.readouterr().out
    assert cli.main([command, f"--list-{kind}", "--json"]) == 0
    assert kind in json.loads(capsys.readouterr().out)
    cli.main([command, "--help"])
    assert f"--list-{kind}" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("command", "package"),
    [
        *((("extract", extractors), ("train", extractors), ("compare", extractors))),
        *((("train", classifiers), ("compare", classifiers), ("data", readers))),
    ],
)
def test_help_or_a_list_names_every_plug_in(command, package, capsys):
    cli.main([command, "--help"])
    if flag := {readers: "--list-formats", extractors: "--list-extractors"}.get(package):
        cli.main([command, flag])
    shown = set(re.findall(r"\w+", capsys.readouterr().out))
    assert set(registry.names(package)) <= shown


def test_a_command_without_classifiers_lists_none(capsys):
    assert cli.main(["extract", "--list-classifiers"]) == 2


HEAVY = ("numpy", "pandas", "tensorflow", "cv2", "matplotlib", "sklearn", "pydicom")


@pytest.mark.parametrize(
    ("code", "heavy"),
    [
        ("sum(cli.main([name, '--help']) for name in cli.COMMANDS)", (*HEAVY, "pydantic")),
        # Typer itself imports pydantic for what is more than help.
        ("cli.main(['train', '--list-classifiers', '--list-extractors'])", HEAVY),
    ],
)
def test_neither_help_nor_lists_import_anything_heavy(code, heavy):
    program = f"import sys, cli\nsys.exit({code} or sum(name in sys.modules for name in {heavy!r}))"
    done = subprocess.run([sys.executable, "-c", program], cwd=PROJECT, stdout=subprocess.DEVNULL)
    assert done.returncode == 0


def test_a_flag_by_its_old_name_still_works_and_a_warning_names_the_new_one(monkeypatch, capsys):
    given = []
    monkeypatch.setattr("pipelines.explain.run", lambda options: given.append(options) or 1 / 0)
    cli.main(["explain", "--films", "7"])
    cli.main(["explain", "--films=8"])
    assert [options.n_images for options in given] == [7, 8]
    assert "warning: --films is now --n-images" in capsys.readouterr().err


def test_skipped_images_make_the_exit_code_one():
    assert Result([], {}).exit_code == 0
    assert Result([], {}, skipped=3).exit_code == 1


def test_a_name_in_a_line_neither_steers_the_terminal_nor_begins_another_line():
    result = Result(["2 images", "skipped a\x1b[2J\nwrote /tmp/x: no image file"], {}, skipped=1)
    assert result.text.splitlines() == [
        "2 images",
        r"skipped a\x1b[2J\x0awrote /tmp/x: no image file",
    ]


@pytest.fixture
def shows(monkeypatch):
    """A command that says one thing and warns of another."""

    def run(options):
        progress.say("usual")
        progress.warn("mind")
        return Result(["result"], {})

    monkeypatch.setitem(sys.modules, "pipelines.cache", SimpleNamespace(run=run))


@pytest.mark.parametrize(
    ("flags", "shown"),
    [
        *(([], "usual\nwarning: mind\n"), (["-q"], "warning: mind\n")),
        *((["--quiet"], "warning: mind\n"), (["-v"], "usual\nwarning: mind\ncache: took 0.0 s\n")),
    ],
)
def test_the_result_and_warnings_are_shown_however_little_is_asked_for(shows, capsys, flags, shown):
    assert cli.main(["cache", "list", *flags]) == 0
    assert capsys.readouterr() == ("result\n", shown)


@pytest.mark.parametrize("name", cli.COMMANDS)
def test_every_command_takes_flags_on_messages_and_a_file_for_them(name, monkeypatch, tmp_path):
    monkeypatch.setitem(sys.modules, f"pipelines.{name}", SimpleNamespace(run=lambda options: STUB))
    arguments, _ = REQUIRED.get(name, ([], {}))
    log = tmp_path / "log.txt"
    for level in ("--quiet", "--verbose"):
        assert cli.main([name, *arguments, level, "--log", str(log)]) == 0
    assert log.read_text().count(f"python cli.py {name}, version {cli.VERSION}\n") == 2


def test_the_file_of_messages_has_the_result_and_errors_but_no_arguments(shows, data, tmp_path):
    log = tmp_path / "log.txt"
    cli.main(["cache", "list", "-q", "--log", str(log)])
    data("--format", "nhi", "--log", str(log))
    lines = [line[20:] for line in log.read_text().splitlines()]
    assert lines[1:3] == ["usual", "warning: mind"]
    assert lines[4:6] == ["result", "exit code 0"]
    assert lines[-2].startswith("error: ")
    assert lines[-1] == "exit code 2"
    assert "--format" not in log.read_text()


@pytest.mark.parametrize(
    ("flags", "sentence"),
    [
        (["-q", "-v"], "--quiet shows less and --verbose shows more; got both."),
        (["--log", "{folder}"], "--log must be a file, new or to be continued"),
        (["--log", "{folder}/none/log.txt"], "--log must be a file, new or to be continued"),
    ],
)
def test_flags_on_messages_that_cannot_be_met_are_two(shows, capsys, tmp_path, flags, sentence):
    assert cli.main(["cache", "list", *(each.format(folder=tmp_path) for each in flags)]) == 2
    assert capsys.readouterr().err.startswith(f"error: {sentence}")


def test_no_command_is_silent_however_slow_a_stage_is(monkeypatch, capsys):
    """Every command runs in one stage, so any of them stands for all but the server."""
    shown = Event()

    def run(options):
        progress.step("a slow part that shows nothing")
        assert shown.wait(10)
        return STUB

    class Watched(display.Bar):
        def line(self):
            shown.set()
            return super().line()

    monkeypatch.setattr(progress, "Bar", Watched)
    monkeypatch.setattr(display, "SECONDS_BETWEEN_LINES", 0.05)
    monkeypatch.setattr(display, "SECONDS_BETWEEN_LOOKS", 0.01)
    monkeypatch.setitem(sys.modules, "pipelines.cache", SimpleNamespace(run=run))
    assert cli.main(["cache", "list"]) == 0
    line, *_ = capsys.readouterr().err.splitlines()
    assert line == "cache: 0 s so far; a slow part that shows nothing"


def test_lines_come_before_five_seconds_have_passed():
    assert SECONDS_BETWEEN_LINES + display.SECONDS_BETWEEN_LOOKS <= 5
