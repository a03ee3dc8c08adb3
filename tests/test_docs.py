"""What the documents promise: commands that run, recipes that pass their contracts, links."""

import re
import subprocess
import sys
from collections import defaultdict

import pytest

import cli
import registry
from datasets import readers
from datasets.options import PROJECT
from features import extractors
from features.given_features import Pooling
from features.settings import with_settings
from flags import CONFIG, MESSAGES
from models import classifiers
from tests import documents

README = (PROJECT / "README.md").read_text(encoding="utf-8")
NOTEBOOK = PROJECT / "examples" / "tour.ipynb"
SCREEN = {"rows": 40, "columns": "100"}
# What our own glossary said before; each has a word of the field.
NOT_OURS = [
    *(
        "films?",
        "drawn images?",
        "deep vectors?",
        "no skill",
        "verdicts?",
        "anew",
        "mends?",
        "mended",
    ),
    *(
        "words of other",
        "take part",
        "takes part",
        "by heart",
        "in its place",
        "whoever",
        "contenders?",
    ),
]


def named(page):
    return page.relative_to(PROJECT).as_posix()


def example(command):
    """The example in a command's help."""
    return re.search(r"Example: python (cli\.py .*)", cli.COMMANDS[command].__doc__)[1]


@pytest.mark.parametrize("command", cli.COMMANDS)
def test_every_command_is_in_the_readme(command):
    assert f"\n| `{command}` | " in README


def test_the_readme_is_read_in_one_sitting():
    assert len(README.splitlines()) <= 220
    assert len(README.split()) <= 1900


def test_the_readme_shows_python_within_the_first_screen_and_a_half():
    assert README.partition("\n```python\n")[0].count("\n") < 60


@pytest.mark.parametrize("page", documents.PAGES, ids=named)
def test_pages_are_written_in_the_words_of_the_field(page):
    assert re.findall(rf"\b(?:{'|'.join(NOT_OURS)})\b", documents.prose(page).lower()) == []


@pytest.mark.parametrize("command", cli.COMMANDS)
def test_help_fits_a_screen_and_has_an_example(command, capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", SCREEN["columns"])
    assert cli.main([command, "--help"]) == 0
    shown = capsys.readouterr().out
    assert len(shown.splitlines()) <= SCREEN["rows"]
    assert example(command) in shown


@pytest.mark.parametrize("command", cli.COMMANDS)
def test_help_all_gives_every_flag_its_text(command, capsys):
    cli.main([command, "--help-all"])
    shown = capsys.readouterr().out
    for item, hint in cli.flags_of(cli.COMMANDS[command]):
        assert hint.__metadata__[0].split()[0] in shown
        assert item.name.replace("_", "-") in shown


@pytest.mark.parametrize("command", cli.COMMANDS)
def test_the_example_in_the_help_is_a_command_line(command, monkeypatch):
    arguments = documents.arguments_of(example(command))
    assert isinstance(documents.options_of(arguments, monkeypatch), cli.COMMANDS[command])


@pytest.mark.parametrize("line", [line for line in documents.commands() if "cli.py" in line])
def test_every_line_to_type_is_one_that_can_be_typed(line, monkeypatch):
    arguments = documents.arguments_of(line)
    assert isinstance(documents.options_of(arguments, monkeypatch), cli.COMMANDS[arguments[0]])


@pytest.mark.parametrize("page", documents.PAGES, ids=named)
def test_flags_in_sentences_are_flags_of_a_command(page):
    items = [item for options in cli.COMMANDS.values() for item, _ in cli.flags_of(options)]
    known = {item.name.replace("_", "-") for item in items}
    known |= {
        "help",
        "help-all",
        "json",
        "list-classifiers",
        "list-extractors",
        "list-formats",
        "version",
        "install-completion",
    }
    known |= {item.name for item in (*MESSAGES, CONFIG)}
    spans = [span for span in documents.quoted(page) if span.startswith("--")]
    flags = re.findall(r"(?<!\S)--(?:no-)?([\w-]*\w)(?![\w-])", " ".join(spans))
    # That of benchmarks/words.py, and old spellings that are still accepted.
    assert set(flags) <= known | {"defaults", "films", "max-films"}


@pytest.mark.long
@pytest.mark.parametrize("page", documents.PAGES, ids=named)
def test_settings_in_sentences_are_parameters_that_take_such_values(page):
    found = re.findall(r"(\w+)\.(\w+)=([\w.]+)", " ".join(documents.quoted(page)))
    for name, parameter, value in found:
        if name == "rad_dino":
            with_settings(Pooling(), name, f"{name}.{parameter}={value}")
        elif name not in RECIPES:
            package = extractors if name in registry.names(extractors) else classifiers
            setting = f"{name}.{parameter}={value}"
            made = with_settings(registry.load(package, name)(), name, setting)
            assert parameter in made.get_params()


@pytest.mark.parametrize(
    ("package", "page"), [(extractors, "features"), (classifiers, "classifiers")]
)
def test_every_plug_in_has_a_row_on_its_page(package, page):
    text = (PROJECT / "docs" / f"{page}.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (`[^|]*) \|", text, re.MULTILINE)
    assert set(registry.names(package)) <= set(re.findall(r"`(\w+)`", " ".join(rows)))


@pytest.mark.parametrize("layout", registry.names(readers))
def test_every_layout_is_in_the_readme(layout):
    assert f"`{layout}`" in README


@pytest.mark.parametrize("page", documents.PAGES, ids=named)
def test_every_link_of_a_page_leads_somewhere(page):
    for target in re.findall(r"\]\((?!https?:|#)([^)#]+)", page.read_text(encoding="utf-8")):
        assert (page.parent / target).exists(), target


@pytest.mark.parametrize("page", documents.PAGES, ids=named)
def test_every_file_that_a_sentence_names_is_there(page):
    spans = " ".join(documents.quoted(page))
    paths = re.findall(r"(?<![\w/.])((?:docs|features|models|tests)/[\w/]+(?:\.\w+|/))", spans)
    assert [path for path in paths if not (PROJECT / path).exists()] == ADDED_BY_RECIPES[page.stem]


@pytest.mark.parametrize("page", documents.PAGES, ids=named)
def test_benchmarks_that_a_page_names_have_the_flags_it_gives_them(page):
    text = " ".join(page.read_text(encoding="utf-8").split())
    for name, flags in re.findall(r"`python (benchmarks/\w+\.py)([^`]*)`", text):
        source = (PROJECT / name).read_text(encoding="utf-8")
        for flag in re.findall(r"--([\w-]+)", flags):
            assert re.search(rf'^    {flag.replace("-", "_")}: |"--{flag}"', source, re.MULTILINE)


EXTENDING, CONTRIBUTING = PROJECT / "docs" / "extending.md", PROJECT / "CONTRIBUTING.md"
ADDED_BY_RECIPES = defaultdict(list)
ADDED_BY_RECIPES["extending"] = [
    *("features/extractors/patch_words.py", "models/classifiers/centroids.py"),
]
# What each recipe adds, the page it is on and the contract it has to meet.
RECIPES = {
    "patch_words": (EXTENDING, "tests/features/test_extractors.py"),
    "centroids": (EXTENDING, "tests/models/classifiers/test_contract.py"),
    "jsonl": (EXTENDING, "tests/datasets/readers/test_contract.py"),
    "corner_words": (CONTRIBUTING, "tests/features/test_extractors.py"),
}


@pytest.mark.long
@pytest.mark.parametrize("name", RECIPES)
def test_recipes_pass_the_contract_of_what_they_add(name, tmp_path, documented):
    page, contract = RECIPES[name]
    for code in documents.blocks(page, "python"):
        title, _, source = code.partition("\n")
        path = tmp_path / title.removeprefix("# ")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(source)
    command = [sys.executable, "-m", "tests.recipes", tmp_path, contract, name, documented]
    done = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout


@pytest.mark.long
def test_the_notebook_runs_from_top_to_bottom(tmp_path):
    done = subprocess.run(
        [sys.executable, "-m", "jupyter", "execute", NOTEBOOK, "--output", tmp_path / "run.ipynb"],
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr


def test_phrases_of_the_answer_are_those_that_reports_use():
    page = (PROJECT / "docs" / "report.md").read_text(encoding="utf-8")
    table = page.partition("| the report says |")[2].partition("\n\n")[0]
    both, *phrases = re.findall(r"^\| ([^|-]+) \|", table, re.MULTILINE)
    places = PROJECT / "reports" / "conclusions.py", PROJECT / "evaluation" / "outcomes.py"
    source = "".join(path.read_text(encoding="utf-8") for path in places)
    assert len(phrases) == 6
    for phrase in (*both.split(", "), *phrases):
        assert phrase in source


def test_the_notebook_is_kept_without_what_it_printed():
    assert '"outputs": []' in NOTEBOOK.read_text()
    assert not re.search(r'"output_type"|"execution_count": \d', NOTEBOOK.read_text())
