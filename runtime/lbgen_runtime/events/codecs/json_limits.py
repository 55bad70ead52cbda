"""What JSON text cannot hold although Python can, decided by looking and not by what breaks.

Three limits: arrays and objects nest at most `MAX_DEPTH` deep, a text is Unicode without unpaired
surrogates, and an integer has at most `MAX_DIGITS` digits, which is what readers take.
"""

# JSON values are `Any` here: narrowing one by its type leaves pyright with `list[Unknown]`.
# pyright: reportUnknownArgumentType=false, reportUnknownVariableType=false

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import chain
from typing import TYPE_CHECKING, Any, Final

from .json_values import NoJson

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = [
    "MAX_DEPTH",
    "MAX_DIGITS",
    "TOO_DEEP",
    "TOO_LONG",
    "is_unicode",
    "parts_below",
    "unwritable",
    "unwritable_name",
]

MAX_DEPTH: Final = 128
"""How deep arrays and objects of a parameter may nest."""
MAX_DIGITS: Final = 4_300
"""How many digits an integer may have: the limit of Python's own reader, and of pydantic's."""

TOO_DEEP: Final = (
    f"arrays and objects are nested more than {MAX_DEPTH} levels deep; send a flatter value"
)
TOO_LONG: Final = (
    f"an integer can have at most {MAX_DIGITS:,} digits; send a longer one as a string"
)
_SURROGATE: Final = "has an unpaired surrogate, which is not a character; remove or replace it"
_BEYOND: Final = 10**MAX_DIGITS


def is_unicode(text: str) -> bool:
    """Whether a text can be written: it has no unpaired surrogate."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def unwritable_name(name: str) -> NoJson | None:
    """Why the name of a property cannot be written; `None` if it can."""
    return None if is_unicode(name) else _problem([name], f"the name {_SURROGATE}", of_key=True)


def unwritable(value: Any) -> Iterator[NoJson]:
    """Every part of a value that JSON text cannot hold.

    Args:
        value: an instance of a generated class, or a value of JSON's types; it may contain itself.
    """
    path: list[Any] = []  # its first step leads to the value itself
    around: list[Iterator[tuple[Any, Any]]] = [iter([(None, value)])]
    while around:
        for step, inner in around[-1]:
            if isinstance(step, str) and not is_unicode(step):
                yield _problem([*path[1:], step], f"the name {_SURROGATE}", of_key=True)
            elif (why := _why(inner)) is not None:
                yield _problem([*path, step][1:], why)
            elif (parts := _parts(inner)) is not None:
                if len(around) > MAX_DEPTH + 1:
                    yield _problem(path[1:2], TOO_DEEP)
                    return
                path.append(step)
                around.append(parts)
                break
        else:
            around.pop()
            del path[-1:]


def parts_below(value: Any) -> Iterator[Any]:
    """Every part of a value, in no order; without an end, if the value contains itself."""
    waiting = [value]
    while waiting:
        for _, each in _parts(waiting.pop()) or ():
            yield each
            waiting.append(each)


def _why(value: Any) -> str | None:
    if isinstance(value, str) and not is_unicode(value):
        return f"the string {_SURROGATE}"
    if isinstance(value, int) and not -_BEYOND < value < _BEYOND:
        return TOO_LONG
    return None


def _parts(value: Any) -> Iterator[tuple[Any, Any]] | None:
    """The steps into a value; `None` if there are none."""
    kind: Any = type(value)
    codec: Any = getattr(kind, "__lbgen_codec__", None)
    if codec is not None:
        state, additional = value.__dict__, kind.__lbgen_additional__
        own = ((key, state[name]) for key, name in codec.names.items())
        more = state[additional] if additional else None
        return chain(own, more.items() if isinstance(more, Mapping) else ())
    if isinstance(value, Mapping):
        return iter(value.items())
    if isinstance(value, Sequence) and not isinstance(value, str | bytes | bytearray | memoryview):
        return iter(enumerate(value))
    return None


def _problem(path: list[Any], message: str, *, of_key: bool = False) -> NoJson:
    problem = NoJson(message)
    problem.path = path[::-1]
    problem.of_key = of_key
    return problem
