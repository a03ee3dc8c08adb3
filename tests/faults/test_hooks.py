from errno import ENOSPC
from functools import partial

from tests.faults import hooks
from tests.faults.forks import forked


def written(folder, hook):
    hook()
    for name in ("a", "b", "c"):
        (folder / name).write_text(name)


def test_every_change_of_a_file_is_noticed_and_no_other(tmp_path):
    def watched():
        seen = []
        hooks.on_change(tmp_path, seen.append)
        (tmp_path / "a").write_text("a")
        (tmp_path / "a").read_text()
        (tmp_path / "a").rename(tmp_path / "b")
        (tmp_path.parent / "elsewhere").write_text("")
        print(seen)

    assert forked(watched).out == "[0, 1]\n"


def test_a_change_can_be_refused(tmp_path):
    def refuse(number):
        if number == 1:
            raise OSError(ENOSPC, "full")

    ended = forked(partial(written, tmp_path, lambda: hooks.on_change(tmp_path, refuse)))
    assert "full" in ended.err
    assert [path.name for path in tmp_path.iterdir()] == ["a"]


def test_readings_are_noticed_with_their_paths(tmp_path):
    (tmp_path / "film").write_text("")

    def watched():
        hooks.on_reading(tmp_path, lambda number, path: print(number, path))
        (tmp_path / "film").read_text()

    assert forked(watched).out == f"0 {tmp_path / 'film'}\n"


def test_the_clock_jumps_at_the_call_asked_for():
    def asked():
        import time

        hooks.clock_jumps(1000, at_call=1)
        print(*(round(time.time() - before) for before in [time.time()] * 2))

    assert forked(asked).out == "1000 1000\n"
