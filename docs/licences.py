"""`python docs/licences.py` writes licences.md: the licence of each package that is needed."""

import re
from collections.abc import Iterator
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path

from packaging.requirements import Requirement

DOCS = Path(__file__).parent
REQUIREMENTS = DOCS.parent / "requirements-cpu.txt"
# Each lets anyone use, change and pass on the program; MPL-2.0 asks that its own files stay open.
ALLOWED = {
    "Apache-2.0": r"apache",
    "BSD": r"bsd|^copyright .* matplotlib",
    "CC0-1.0": r"cc0",
    "HPND": r"mit-cmu|hpnd",
    "ISC": r"\bisc",
    "MIT": r"\bmit\b(?!-cmu)",
    "MPL-2.0": r"mozilla|mpl-2",
    "PSF-2.0": r"python software|psf",
    "Zlib": r"zlib",
}
REFUSED = r"gpl|affero|proprietary|non-?commercial|cc-by-nc|sspl|busl"
LICENCE_FILES = r"(^|/)(licen[cs]e|copying)[^/]*$"
HEAD = """# Licences

This program is under the [MIT licence](../LICENSE). The table lists the packages that
`requirements-cpu.txt` installs, with their dependencies, as `python docs/licences.py` found them.
A test refuses packages whose licence is unknown or of another kind.

Wheels also contain libraries that are not Python packages. Those of NumPy, SciPy, OpenCV and
scikit-learn contain GCC's runtime (GPL with the exception that lets programs of any licence use it;
libquadmath is LGPL). OpenCV's wheel also contains FFmpeg (LGPL, as shared libraries that can be
replaced; this program decodes no video).

| package | version | licence |
|---|---|---|
"""


def needed(requirements: list[str]) -> dict[str, Distribution]:
    """Every distribution that requirements need, directly or in turn, by name."""
    found: dict[str, Distribution] = {}
    waiting = [(Requirement(line), "") for line in requirements]
    while waiting:
        requirement, extra = waiting.pop()
        if requirement.marker and not requirement.marker.evaluate({"extra": extra}):
            continue
        try:
            one = distribution(requirement.name)
        except PackageNotFoundError:
            continue
        inside = [Requirement(text) for text in one.requires or []]
        if one.name not in found:
            found[one.name] = one
            waiting += [(each, "") for each in inside]
        waiting += [
            (each, wanted) for each in inside if each.marker for wanted in requirement.extras
        ]
    return dict(sorted(found.items(), key=lambda item: item[0].lower()))


def licence(one: Distribution) -> str:
    """The kinds of licence that a distribution declares; "" where one is refused or none known."""
    for declared in _declared(one):
        lowered = declared.lower()
        kinds = [name for name, pattern in ALLOWED.items() if re.search(pattern, lowered)]
        if kinds:
            return "" if re.search(REFUSED, lowered) else " and ".join(kinds)
    return ""


def _declared(one: Distribution) -> Iterator[str]:
    """What metadata and licence files declare, the most reliable first."""
    yield one.metadata.get("License-Expression") or ""
    yield " ".join(
        text for text in one.metadata.get_all("Classifier") or [] if text.startswith("License")
    )
    yield (one.metadata.get("License") or "").partition("\n")[0]
    for path in one.files or []:
        if re.search(LICENCE_FILES, str(path).lower()):
            yield path.read_text()[:500]


def requirements() -> list[str]:
    """The lines of requirements-cpu.txt that name a package."""
    lines = REQUIREMENTS.read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line and not line.startswith("#")]


def table() -> str:
    """licences.md."""
    rows = [
        f"| {name} | {one.version} | {licence(one)} |"
        for name, one in needed(requirements()).items()
    ]
    return HEAD + "\n".join(rows) + "\n"


if __name__ == "__main__":
    (DOCS / "licences.md").write_text(table(), encoding="utf-8")
