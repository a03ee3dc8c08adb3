from types import SimpleNamespace

import pytest

from docs import licences


def declared(expression=None, classifiers=(), text=None):
    values = {"License-Expression": expression, "License": text}
    metadata = SimpleNamespace(get=values.get, get_all=lambda _: list(classifiers))
    return SimpleNamespace(metadata=metadata, files=[])


@pytest.mark.slow
def test_everything_that_is_needed_may_be_used_and_passed_on():
    found = licences.needed(licences.requirements())
    assert len(found) > 50
    assert [name for name, one in found.items() if not licences.licence(one)] == []


@pytest.fixture
def installed(monkeypatch):
    """A package that needs a second, which needs a third, and for an extra a fourth."""
    requires = {
        "first": ["second>=1", 'fourth; extra == "more"', 'gone; python_version < "3"'],
        "second": ["third"],
        "third": [],
        "fourth": [],
    }
    monkeypatch.setattr(
        licences,
        "distribution",
        lambda name: SimpleNamespace(name=name, requires=requires[name]),
    )


def test_what_a_package_needs_in_turn_is_looked_at_too(installed):
    assert list(licences.needed(["first"])) == ["first", "second", "third"]


def test_packages_of_an_extra_count_where_the_extra_is_asked_for(installed):
    assert list(licences.needed(["first[more]"])) == ["first", "fourth", "second", "third"]


@pytest.mark.parametrize("told", ["GPL-3.0-only", "MIT AND LGPL-2.1-only", "AGPL-3.0", "", "free"])
def test_licences_that_bind_others_or_are_not_known_are_refused(told):
    assert licences.licence(declared(told)) == ""


@pytest.mark.parametrize(
    ("one", "kind"),
    [
        (declared("MIT"), "MIT"),
        (declared("MIT-CMU"), "HPND"),
        (declared(None, ["License :: OSI Approved :: BSD License"], "UNKNOWN"), "BSD"),
        (declared(None, (), "Apache License 2.0\nlong text"), "Apache-2.0"),
        (declared("MPL-2.0 AND MIT"), "MIT and MPL-2.0"),
    ],
)
def test_a_licence_is_found_wherever_it_is_declared(one, kind):
    assert licences.licence(one) == kind


def test_every_package_that_is_asked_for_stands_in_the_table():
    table = (licences.DOCS / "licences.md").read_text(encoding="utf-8").lower().replace("_", "-")
    for line in licences.requirements():
        assert f"| {licences.Requirement(line).name} |" in table
