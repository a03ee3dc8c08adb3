"""Completion in bash: commands, flags, and names of plug-ins after `python cli.py`."""

import shlex
from collections.abc import Callable
from pathlib import Path

import datasets.changes
import features.extractors
import models.classifiers
import registry
from datasets import readers
from pipelines.extractor_names import CLASSICAL

VARIABLE = "_HYBRID_CXR_COMPLETE"
# Typed as `python cli.py`, the program is python, which completes file names for other scripts.
SCRIPT = """\
# Completion of Hybrid CXR; written by `cli.py --install-completion`.
_hybrid_cxr() {
    [[ "${COMP_WORDS[1]##*/}" == cli.py ]] || return 0
    local IFS=$'\\n'
    COMPREPLY=( $( env COMP_WORDS="${COMP_WORDS[*]:1}" COMP_CWORD=$((COMP_CWORD - 1)) \\
        _HYBRID_CXR_COMPLETE=complete_bash "${COMP_WORDS[0]/#\\~/$HOME}" "${COMP_WORDS[1]}" ) )
}
complete -o default -o nosort -F _hybrid_cxr python python3
"""
FOLDER, NAME = ".bash_completions", "hybrid_cxr.sh"
# What a flag's value is, or a list of such values with commas between them.
PACKAGES = {
    "classifier": models.classifiers,
    "classifiers": models.classifiers,
    "baseline": models.classifiers,
    "extractors": features.extractors,
    "backbone": features.extractors,
    "format": readers,
    "changes": datasets.changes,
}


def values_of(name: str) -> Callable[[str], list[str]] | None:
    """The values that complete what is typed so far of an option; None if they are not known."""
    package = PACKAGES.get(name)
    if not package:
        return None

    def complete(incomplete: str) -> list[str]:
        before, comma, last = incomplete.rpartition(",")
        groups = [CLASSICAL] if name == "extractors" else []
        names = [*registry.names(package), *groups]
        return [f"{before}{comma}{each}" for each in names if each.startswith(last)]

    return complete


def install(home: Path) -> list[str]:
    """Write the script, and have bash read it; lines on what was done."""
    script, settings = home / FOLDER / NAME, home / ".bashrc"
    script.parent.mkdir(exist_ok=True)
    script.write_text(SCRIPT, encoding="utf-8")
    line = f"source {shlex.quote(str(script))}"
    before = settings.read_text(encoding="utf-8") if settings.exists() else ""
    if line not in before.splitlines():
        settings.write_text(f"{before.rstrip()}\n{line}\n".lstrip(), encoding="utf-8")
    return [f"wrote {script}, which {settings} reads", "Start a new bash, and press Tab."]
