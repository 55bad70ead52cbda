"""What the value of a setting can be: from a call's argument, or an environment variable's text.

Each function returns the value, or raises `ValueError` with words that complete "NAME must be ...".
"""

from __future__ import annotations

import importlib
import os
import re
import secrets
import socket
from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, cast

from ..errors import InvalidSettings
from ..printable import printable
from .duration import EXAMPLES, seconds_of
from .server_url import ServerUrl

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = [
    "a_beginning",
    "a_durability",
    "a_function",
    "a_name",
    "a_process_name",
    "a_retention",
    "a_url",
    "an_address_map",
    "check_name",
    "filled_process_name",
    "one_of",
    "seconds",
    "seconds_or_none",
    "whole_number",
]

_NAME = re.compile(r"[^\s{}*\ud800-\udfff]+")
_PLACEHOLDER = re.compile(r"\{(\w*)\}")
_EVENTS = re.compile(r"[0-9]{1,15} events")
_ENTRY_ID = re.compile(r"[0-9]{1,20}(-[0-9]{1,20})?")
_ADDRESS_MAP = "a mapping of host:port to host:port (10.0.0.1:6379=localhost:7001,...)"
_DURABILITY = re.compile(r"memory|disk|replicas:[1-9][0-9]*")


def _duration(words: str, *, zero: bool) -> Callable[[object], float]:
    def parse(given: object) -> float:
        try:
            number = float(cast("str", given))
        except (ValueError, TypeError):
            try:
                number = seconds_of(cast("str", given))
            except (ValueError, TypeError, AttributeError):
                raise ValueError(words) from None
        if isinstance(given, bool) or not 0 <= number < float("inf"):
            raise ValueError(words)
        if number == 0 and not zero:
            raise ValueError(words)
        return number

    return parse


def whole_number(minimum: int) -> Callable[[object], int]:
    """Whole numbers from a minimum on."""
    words = f"a whole number, {minimum} or more"

    def parse(given: object) -> int:
        if isinstance(given, bool) or not isinstance(given, (int, str)):
            raise ValueError(words)
        try:
            number = int(given)
        except ValueError:
            raise ValueError(words) from None
        if number < minimum:
            raise ValueError(words)
        return number

    return parse


def one_of(*choices: str) -> Callable[[object], str]:
    """One of these words."""

    def parse(given: object) -> str:
        if given not in choices:
            raise ValueError(f"one of {', '.join(choices)}")
        return str(given)

    return parse


def a_name(given: object) -> str:
    """A name that can be part of keys and of consumer groups' names."""
    if not isinstance(given, str) or not (given.isprintable() and _NAME.fullmatch(given)):
        raise ValueError(
            "a name without spaces, braces, asterisks, unpaired surrogates or unprintable "
            "characters"
        )
    return given


def check_name(what: str, given: object) -> str:
    """The name, if it can be part of a consumer group's name.

    Raises:
        InvalidSettings: it cannot.
    """
    try:
        return a_name(given)
    except ValueError as error:
        raise InvalidSettings(f"{what} must be {error}; it is {printable(repr(given))}") from None


def a_process_name(given: object) -> str:
    """A process name in which `{hostname}` and the like are replaced later."""
    if not isinstance(given, str):
        raise ValueError("text")
    filled_process_name(given)
    return given


def filled_process_name(given: str) -> str:
    """The name of this process: `{hostname}` and the like are replaced.

    Raises:
        ValueError: a placeholder is none of them, or the name cannot be part of keys.
    """
    values = {
        "hostname": socket.gethostname(),
        "pid": str(os.getpid()),
        "random4": secrets.token_hex(2),
        "random8": secrets.token_hex(4),
        "random16": secrets.token_hex(8),
    }

    def replace(match: re.Match[str]) -> str:
        if match[1] not in values:
            raise ValueError(f"made of {', '.join(f'{{{name}}}' for name in values)} and text")
        return values[match[1]]

    return a_name(_PLACEHOLDER.sub(replace, given))


def a_url(given: object) -> str:
    """Where a server is."""
    ServerUrl.read(given)
    return str(given)


def a_function(given: object) -> Callable[[], object]:
    """A function, or where it is: `module:function`."""
    words = "a function without arguments, or module:function"
    if isinstance(given, str):
        module, _, name = given.partition(":")
        try:
            given = getattr(importlib.import_module(module), name)
        except (ImportError, AttributeError, ValueError) as error:
            raise ValueError(f"{words} ({printable(str(error), 200)})") from None
    if not callable(given):
        raise ValueError(words)
    return given


def an_address_map(given: object) -> dict[tuple[str, int], tuple[str, int]]:
    """Addresses that servers announce, and those at which they can be reached."""
    if isinstance(given, str):
        pairs = [pair.strip().partition("=")[::2] for pair in given.split(",")]
    elif isinstance(given, Mapping):
        mapping = cast("Mapping[object, object]", given)
        pairs = [(str(announced), str(reached)) for announced, reached in mapping.items()]
    else:
        raise ValueError(_ADDRESS_MAP)
    return {_place(announced): _place(reached) for announced, reached in pairs}


def _place(text: str) -> tuple[str, int]:
    host, _, port = text.rpartition(":")
    if not host or not port.isascii() or not port.isdigit() or not 0 < int(port) < 65_536:
        raise ValueError(_ADDRESS_MAP)
    return host.removeprefix("[").removesuffix("]"), int(port)


def a_durability(given: object) -> str:
    """What `fire` waits for."""
    if not isinstance(given, str) or not _DURABILITY.fullmatch(given):
        raise ValueError("memory, disk, or replicas:N")
    return given


seconds = _duration(f"a number of seconds above 0, or {EXAMPLES}", zero=False)
"""Seconds, above 0."""
seconds_or_none = _duration(f"a number of seconds, 0 or more, or {EXAMPLES}", zero=True)
"""Seconds, 0 or more."""


def a_retention(given: object) -> float | str:
    """How long events are kept, or how many."""
    if isinstance(given, str) and (given == "forever" or _EVENTS.fullmatch(given)):
        return given
    try:
        return seconds_or_none(given)
    except ValueError:
        raise ValueError(f'a number of seconds, {EXAMPLES}, "forever", or "N events"') from None


def _is_entry_id(text: str) -> bool:
    return bool(_ENTRY_ID.fullmatch(text)) and all(int(part) < 2**64 for part in text.split("-"))


def a_beginning(given: object) -> str | datetime:
    """Where a new listener begins."""
    if isinstance(given, datetime):
        if given.tzinfo is None:
            raise ValueError("a time with a UTC offset")
        return given
    if isinstance(given, str):
        if given in ("new", "beginning") or _is_entry_id(given):
            return given
        try:
            return a_beginning(datetime.fromisoformat(given))
        except ValueError:
            pass
    raise ValueError('"new", "beginning", an entry id, or a time with a UTC offset')
