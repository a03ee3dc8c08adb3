"""Find plug-ins by file name: package/name.py, whose `__all__` names its one public object."""

import importlib
import pkgutil
from difflib import get_close_matches
from types import ModuleType
from typing import Any

from errors import UnknownPlugin


def names(package: ModuleType) -> list[str]:
    """The names of all plug-ins in a package, without importing them."""
    return sorted(module.name for module in pkgutil.iter_modules(package.__path__))


def name_of(package: ModuleType, made: object) -> str:
    """The name of the plug-in that an object is made by; "" if it is of none in the package."""
    home, _, name = type(made).__module__.rpartition(".")
    return name if home == package.__name__ else ""


def load(package: ModuleType, name: str) -> Any:
    """The public object of package/name.py."""
    known = names(package)
    if name not in known:
        near = get_close_matches(name, known, n=3)
        guess = f"did you mean {' or '.join(near)}? Choose" if near else "choose"
        kind = package.__name__.rpartition(".")[2]
        raise UnknownPlugin(f"The {kind} have no {name!r}; {guess} from: {', '.join(known)}.")
    module = importlib.import_module(f"{package.__name__}.{name}")
    (public,) = module.__all__
    return getattr(module, public)
