import re

import pytest

import cli
import features.extractors
import flags
import models.classifiers
import registry
from datasets.options import PROJECT
from docs import option_tables
from features.renamed_parameters import RENAMED
from pipelines.plugin_sources import described

PACKAGES = [features.extractors, models.classifiers]


@pytest.mark.parametrize("package", PACKAGES, ids=lambda package: package.__name__)
def test_every_option_of_every_plug_in_is_a_row_with_its_default(package):
    table = option_tables.plugins_table(package.__name__)
    for name in registry.names(package):
        section = table.partition(f"### `{name}`\n")[2].partition("\n### ")[0]
        rows = dict(re.findall(r"^\| `(\w+)` \| (?:`(.*?)`)? \|", section, re.MULTILINE))
        options = described(package.__name__, name).options
        assert rows.keys() == options.keys()
        assert rows.get("seed", "0") == "0"


def test_a_default_of_several_values_is_as_it_is_typed():
    assert "| `pyramid` | `1,2,4` |" in option_tables.plugins_table("features.extractors")


def test_values_of_an_option_are_listed():
    assert ": `bce`, `focal`, `hybrid` |" in option_tables.plugins_table("models.classifiers")


def test_an_option_may_mean_something_else_to_one_plug_in():
    assert option_tables.meaning("xgboost", "n_jobs").endswith("0: all")
    assert option_tables.meaning("sift_words", "n_jobs").endswith("-1: all")


def test_no_meaning_is_of_an_option_that_is_gone():
    used = {
        spelt
        for package in PACKAGES
        for name in registry.names(package)
        for option in described(package.__name__, name).options
        for spelt in (option, f"{name}.{option}")
    }
    assert option_tables.MEANINGS.keys() <= used


def test_the_changelog_lists_every_option_with_another_name():
    text = (PROJECT / "CHANGELOG.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `(\w+)` \| (`.+`) \|$", text, re.MULTILINE)
    assert {old: tuple(re.findall(r"`(\w+)`", new)) for old, new in rows} == RENAMED


def test_each_value_of_a_loss_has_a_line():
    rows = option_tables.values_table(["loss"]).splitlines()[2:]
    assert [row.split(" | ")[0] for row in rows] == [
        f"| `loss={name}`" for name in ("bce", "focal", "hybrid")
    ]


@pytest.mark.parametrize("command", cli.COMMANDS)
def test_every_flag_of_a_command_is_a_row_but_those_on_reading_that_data_has(command):
    section = option_tables.commands_table().partition(f"## `{command}`\n")[2].partition("\n## ")[0]
    names = {item.name for item, _ in cli.flags_of(cli.COMMANDS[command])}
    if command != "data":
        names -= set(flags.READING)
    rows = re.findall(r"^\| `(?:--)?([\w-]+)`", section, re.MULTILINE)
    assert {row.replace("-", "_") for row in rows} == names
