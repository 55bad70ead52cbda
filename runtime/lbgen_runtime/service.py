"""A service as a process: from `package.module:bus` to an exit code.

`python -m lbgen_runtime` and `lbgen run` both are this and an argument parser.
"""

from __future__ import annotations

import importlib
import logging
import sys
import traceback
from pathlib import PurePath
from typing import TYPE_CHECKING, Any, Final

from .errors import LbgenError
from .printable import printable

if TYPE_CHECKING:
    from types import TracebackType

    from .bus import Bus

__all__ = ["EXIT_CODES", "LOG_LEVELS", "TargetError", "load_bus", "run_service"]

LOG_LEVELS: Final = ("debug", "info", "warning", "error")
"""What the log level of a worker can be, the one with the most lines first."""
EXIT_CODES: Final = (
    "Exit codes: 0 after a signal, 1 if a listener or the server stopped the process, "
    "2 if the bus does not exist or has no listeners."
)
"""What `run_service` returns, for `--help`."""


class TargetError(LbgenError):
    """A target does not name a bus; the message says what to write instead."""


def run_service(target: str, *, log_level: str, command: str) -> int:
    """Run every listener of a bus until SIGTERM or SIGINT.

    Says on standard output which listeners run. Log lines and errors go to standard error.

    Args:
        target: the bus, as `load_bus` takes it.
        log_level: one of `LOG_LEVELS`.
        command: what the user ran, for error messages.

    Returns:
        The exit code, as `EXIT_CODES` says.
    """

    def complain(problem: str) -> None:
        _say(f"{command}: {problem}", sys.stderr)

    logging.basicConfig(
        level=log_level.upper(), format="%(asctime)s %(levelname)s %(name)s: %(message)s"
    )
    try:
        bus = load_bus(target)
    except TargetError as error:
        complain(str(error))
        return 2
    except LbgenError as error:
        complain(f"{_place_of(error)}: {error}")
        return 2
    except Exception as error:  # noqa: BLE001 - the module is the user's
        for line in _traceback_of(error):
            _say(line, sys.stderr)
        complain(f"importing the module of {target} failed; see the traceback above")
        return 2
    if not bus.listeners:
        complain(f"{target} has no listeners; call listen(...) in that module")
        return 2
    for listener in bus.listeners:
        contract = listener.contract
        _say(
            f"api={contract.api.name} event={contract.name} "
            f"listener={listener.name} group={listener.group}",
            sys.stdout,
        )
    try:
        bus.run()
    except LbgenError as error:
        complain(str(error))
        return 1
    return 0


def load_bus(target: str) -> Bus:
    """Import a module from the current folder or the Python path, and return its bus.

    Args:
        target: `package.module:attribute`; the attribute may be dotted.

    Raises:
        TargetError: there is no such module or bus.
        LbgenError: the module uses lbgen wrongly, such as with a setting that is not valid.
        Exception: whatever else the module raises while it is imported.
    """
    from .bus import Bus

    module_name, colon, attribute = target.partition(":")
    if not (module_name and colon and attribute):
        raise TargetError(f"{target!r} is not a bus; write MODULE:BUS, such as services.shop:bus")
    if not all(part.isidentifier() for part in module_name.split(".")):
        hint = _module_of(module_name)
        raise TargetError(
            f"{module_name!r} is not a module name; "
            + (
                f"did you mean {hint}:{attribute}?"
                if hint
                else ("write MODULE:BUS, such as services.shop:bus")
            )
        )
    if "" not in sys.path:
        sys.path.insert(0, "")
    try:
        found: Any = importlib.import_module(module_name)
    except ModuleNotFoundError as error:
        if error.name is None or not f"{module_name}.".startswith(f"{error.name}."):
            raise
        raise TargetError(
            f"cannot find module {error.name!r} in the current folder or on the Python path"
        ) from None
    for name in attribute.split("."):
        try:
            found = getattr(found, name)
        except AttributeError:
            raise TargetError(f"module {module_name!r} has no {attribute!r}") from None
    if not isinstance(found, Bus):
        raise TargetError(f"{target} is a {type(found).__name__}, not a bus")
    return found


def _module_of(path: str) -> str:
    """The module that a path to a file was probably meant for; empty if there is none."""
    parts = PurePath(path.removesuffix(".py").replace("\\", "/")).parts
    return ".".join(parts) if parts and all(part.isidentifier() for part in parts) else ""


def _place_of(error: BaseException) -> str:
    """The line of the user's module that an error came from while it was imported."""
    frames = traceback.extract_tb(error.__traceback__)
    last = next((frame for frame in reversed(frames) if frame.name == "<module>"), frames[-1])
    return f"{last.filename}:{last.lineno}"


def _traceback_of(error: Exception) -> list[str]:
    """The lines of an error's traceback, from the user's own first frame on."""
    frame: TracebackType | None = error.__traceback__
    while frame is not None and (
        (name := frame.tb_frame.f_code.co_filename) == __file__
        or name == importlib.__file__
        or name.startswith("<frozen importlib")
    ):
        frame = frame.tb_next
    return "".join(traceback.format_exception(type(error), error, frame)).splitlines()


def _say(line: str, stream: Any) -> None:
    stream.write(f"{printable(line, sys.maxsize)}\n")
    stream.flush()
