from pathlib import Path

import pytest

import cli
from errors import InvalidOption
from pipelines import config_files
from pipelines.command_options import Compare

FILES = {
    "folds = 5": "folds",
    "[set.cnn]\nepochs = 9": "set",
}


@pytest.fixture
def given(tmp_path, monkeypatch):
    """The options of a command line whose --config has this text."""

    def given(text, *arguments, command="compare"):
        path = tmp_path / "study.toml"
        path.write_text(text, encoding="utf-8")
        made = []
        monkeypatch.setattr(
            cli, "_run", lambda name, options, config: made.append(options) or 1 / 0
        )
        cli.main([command, "--config", str(path), *arguments])
        return made[0] if made else None

    return given


def refusal(text, folder, command="compare"):
    path = folder / "study.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InvalidOption) as raised:
        config_files.read(path, command, cli.COMMANDS)
    return str(raised.value).replace(str(path), "FILE")


def test_options_of_a_file_are_those_of_flags(given):
    text = 'data = "FOLDER"\nfolds = 5\nmetadata = true\nclassifiers = "cnn,xgboost"\n'
    assert given(text) == Compare(data="FOLDER", folds=5, metadata=True, classifiers="cnn,xgboost")


def test_flags_that_are_typed_come_first(given):
    assert given("folds = 5\nseeds = 2", "--folds", "3") == Compare(folds=3, seeds=2)


@pytest.mark.parametrize("key", ["image-size", "image_size"])
def test_keys_are_written_with_either_dash(given, key):
    assert given(f"{key} = 64").image_size == "64"


def test_a_list_of_names_is_text_between_commas(given):
    assert given('classifiers = ["cnn", "xgboost"]').classifying == ("cnn", "xgboost")


def test_a_table_of_settings_joins_what_is_typed_and_the_typed_value_counts(given):
    options = given('[set.cnn]\nepochs = 9\nloss = "focal"', "--set", "cnn.epochs=2")
    assert options.set == "cnn.epochs=9 cnn.loss=focal cnn.epochs=2"


def test_an_empty_text_is_an_option_that_is_not_set(given):
    assert given('data = ""\nbackbone = ""') == Compare()


def test_a_switch_that_is_on_by_default_can_be_off(given):
    assert given("images = false").images is False


def test_arguments_come_from_a_file_unless_they_are_typed(given):
    assert given('action = "list"', command="cache").action == "list"
    assert given('action = "list"', "verify", command="cache").action == "verify"
    assert given('image = ["-a.png"]', command="explain").image == [Path("-a.png")]


def test_an_unknown_key_is_refused_with_the_nearest_option(tmp_path):
    assert refusal("fold = 5", tmp_path) == (
        "FILE may set options of `compare`; fold is no option, and the nearest option of compare is"
        " folds. Correct it, or remove it."
    )


def test_a_key_of_another_command_is_refused_with_its_command(tmp_path):
    told = "folds is an option of compare, not of train"
    assert told in refusal("folds = 5", tmp_path, "train")
    assert "set is an option of" in refusal("[set.cnn]\nepochs = 9", tmp_path, "serve")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('folds = "5"', "folds in FILE must be a whole number; got '5'"),
        ("folds = true", "folds in FILE must be a whole number; got True"),
        ("folds = 2.5", "folds in FILE must be a whole number"),
        ("metadata = 1", "metadata in FILE must be true or false; got 1"),
        ("data = 7", "data in FILE must be text"),
        ('backbone = ["a"]', "backbone in FILE must be text"),
        ("set = 7", "set must be a table of FILE"),
        ("run = 7", "run must be a table of FILE"),
        ("folds = ", "--config must be a TOML file; FILE is not"),
        ("image-size = 1\nimage_size = 1", "FILE must set image_size once"),
    ],
)
def test_a_value_of_a_wrong_type_is_refused(tmp_path, text, told):
    assert told in refusal(text, tmp_path)


@pytest.mark.parametrize(
    ("text", "told"), [("cnn = 7", "must have a table"), ('cnn.loss = "a b"', "without blanks")]
)
def test_settings_that_cannot_be_typed_are_refused(tmp_path, text, told):
    path = tmp_path / "study.toml"
    path.write_text(f"[set]\n{text}")
    with pytest.raises(InvalidOption, match=told):
        config_files.typed(path, "compare", cli.COMMANDS)


def test_a_file_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(InvalidOption, match="there is none at"):
        config_files.read(tmp_path / "none.toml", "compare", cli.COMMANDS)


def test_the_file_of_another_command_is_refused_with_what_to_type(tmp_path):
    told = refusal('[run]\ncommand = "train"', tmp_path)
    assert told.endswith("`train` wrote FILE. Type `train --config FILE`.")


@pytest.fixture
def config(tmp_path):
    path = tmp_path / "config.toml"
    path.write_text(
        'data = "FOLDER"\nseed = 0\n[inputs.data]\n"a: labels" = "1"\n[inputs.images]\na = "2"\n'
        '[inputs.files]\n"w.keras" = "3"\n[defaults.cnn]\nepochs = 50\nhidden = 256\n'
    )
    (tmp_path / "images.json").write_text('{"a.png": "4"}')
    return config_files.read(path, "compare", cli.COMMANDS)


def test_the_inputs_of_a_run_are_expected_again(config):
    expected = config_files.expected(config, Compare(data="FOLDER"))
    assert expected.tables == config.tables["inputs"]
    assert expected.images == {"a.png": "4"}


def test_images_that_are_read_in_another_way_are_not_compared(config, capsys):
    expected = config_files.expected(config, Compare(data="FOLDER", seed=1))
    assert expected.tables == {"files": {"w.keras": "3"}}
    assert "--seed differs from" in capsys.readouterr().err


def test_a_default_that_has_changed_since_is_set_to_what_it_was(config, capsys):
    now = {"cnn": {"epochs": 100, "hidden": 256}}
    options = config_files.with_former_defaults(Compare(set="cnn.epochs=9"), config, now)
    assert options.set == "cnn.epochs=50 cnn.epochs=9"
    assert "cnn.epochs=50" in capsys.readouterr().err


def test_defaults_that_have_not_changed_leave_the_options_as_they_are(config):
    now = {"cnn": {"epochs": 50, "hidden": 256}}
    assert config_files.with_former_defaults(Compare(), config, now) == Compare()
