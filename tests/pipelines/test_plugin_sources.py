import inspect

import pytest

import features.extractors
import models.classifiers
import registry
from pipelines import plugin_sources

PACKAGES = (features.extractors, models.classifiers)
PLUGINS = [(package, name) for package in PACKAGES for name in registry.names(package)]


@pytest.mark.slow
@pytest.mark.parametrize(("package", "name"), PLUGINS, ids=lambda each: str(each)[:20])
def test_source_and_class_agree_on_options_defaults_and_description(package, name):
    kind = registry.load(package, name)
    found = plugin_sources.described(package.__name__, name)
    defaults = {option: each.default for option, each in found.options.items()}
    assert defaults == kind().get_params()
    assert found.description == inspect.getdoc(kind).splitlines()[0]


def test_values_are_those_that_the_checks_take_and_functions_bring_a_line():
    allowed = plugin_sources.allowed()
    assert list(allowed["loss"]) == ["bce", "focal", "hybrid"]
    assert allowed["loss"]["bce"] == "Binary cross-entropy."
    assert allowed["class_weights"] == dict.fromkeys(("none", "balanced", "softened"), "")
    assert list(allowed["augmentation"]) == ["medical", "mild", "none"]


def test_an_own_plug_in_of_one_file_is_described_with_its_defaults(tmp_path, monkeypatch):
    monkeypatch.setattr(plugin_sources, "PROJECT", tmp_path)
    folder = tmp_path / "models" / "tried"
    folder.mkdir(parents=True)
    (folder / "parts.py").write_text("FIRST, SECOND = ALL = ('a', 'b')\n")
    (folder / "mine.py").write_text(
        "from models.tried.parts import FIRST, SECOND\n"
        "__all__ = ['Mine']\n"
        "class Base:\n"
        "    kept: int = 1\n"
        "    changed: int = 1\n"
        "class Mine(Base, Foreign):\n"
        "    '''What it does.\n\n    And more.'''\n"
        "    place: ClassVar[int] = 3\n"
        "    _hidden: int = 4\n"
        "    changed: int = -2\n"
        "    views: tuple[str, ...] = (SECOND, FIRST)\n"
        "    size: int = made_at_run_time()\n"
    )
    found = plugin_sources.described("models.tried", "mine")
    assert found.description == "What it does."
    assert {name: each.default for name, each in found.options.items()} == {
        "kept": 1,
        "changed": -2,
        "views": ("b", "a"),
        "size": "made_at_run_time()",
    }


def test_a_plug_in_outside_the_project_is_described(tmp_path, monkeypatch):
    (tmp_path / "mine.py").write_text("__all__ = ['Mine']\nclass Mine:\n    size: int = 3\n")
    package = models.classifiers
    monkeypatch.setattr(package, "__path__", [*package.__path__, str(tmp_path)])
    assert plugin_sources.described("models.classifiers", "mine").options["size"].default == 3
