"""From `package.module:bus` to the bus that stands there."""

from __future__ import annotations

import importlib
import sys
import traceback
from pathlib import PurePath
from typing import TYPE_CHECKING, Any

from lbgen_runtime import LbgenError

if TYPE_CHECKING:
    from lbgen_runtime import Bus

__all__ = ["TargetError", "load_bus", "place_of"]


class TargetError(LbgenError):
    """A target does not name a bus; the message says what to write instead."""


def place_of(error: BaseException) -> str:
    """The line of the user's module that an error came from while it was imported."""
    frames = traceback.extract_tb(error.__traceback__)
    last = next((frame for frame in reversed(frames) if frame.name == "<module>"), frames[-1])
    return f"{last.filename}:{last.lineno}"


def _module_of(path: str) -> str:
    """The module that a path to a file was probably meant for; empty if there is none."""
    parts = PurePath(path.removesuffix(".py").replace("\\", "/")).parts
    return ".".join(parts) if parts and all(part.isidentifier() for part in parts) else ""


def load_bus(target: str) -> Bus:
    """Import a module from the working directory or the path, and return its bus.

    Args:
        target: `package.module:attribute`; the attribute may be dotted.

    Raises:
        TargetError: there is no such module or bus.
        LbgenError: the module's own use of lbgen is wrong.
    """
    from lbgen_runtime import Bus

    module_name, colon, attribute = target.partition(":")
    if not (module_name and colon and attribute):
        raise TargetError(f"{target!r} is not of the form module:bus, as in services.shop:bus")
    if not all(part.isidentifier() for part in module_name.split(".")):
        hint = _module_of(module_name)
        raise TargetError(
            f"{module_name!r} is not the name of a module"
            + (f"; did you mean {hint}:{attribute}?" if hint else ", as services.shop is")
        )
    if "" not in sys.path:
        sys.path.insert(0, "")
    try:
        found: Any = importlib.import_module(module_name)
    except ModuleNotFoundError as error:
        if error.name is None or not f"{module_name}.".startswith(f"{error.name}."):
            raise
        raise TargetError(f"there is no module {error.name!r} here or on the path") from None
    for name in attribute.split("."):
        try:
            found = getattr(found, name)
        except AttributeError:
            raise TargetError(f"module {module_name!r} has no {attribute!r}") from None
    if not isinstance(found, Bus):
        raise TargetError(f"{target} is a {type(found).__name__}, not a bus")
    return found
