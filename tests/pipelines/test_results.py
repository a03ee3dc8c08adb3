from pipelines.results import Result


def test_skipped_films_make_the_exit_code_one():
    assert Result("", {}).exit_code == 0
    assert Result("", {}, skipped=3).exit_code == 1
