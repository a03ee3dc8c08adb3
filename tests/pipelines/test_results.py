from pipelines.results import Result


def test_skipped_images_make_the_exit_code_one():
    assert Result([], {}).exit_code == 0
    assert Result([], {}, skipped=3).exit_code == 1


def test_a_name_in_a_line_neither_steers_the_terminal_nor_begins_another_line():
    told = Result(["2 images", "skipped a\x1b[2J\nwrote /tmp/x: no image file"], {}, skipped=1)
    assert told.text.splitlines() == [
        "2 images",
        r"skipped a\x1b[2J\x0awrote /tmp/x: no image file",
    ]
