"""JSON pointers (RFC 6901)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["path_of", "pointer_of", "steps_of"]


def pointer_of(path: Sequence[str | int]) -> str:
    """The JSON pointer of a path."""
    return "".join(f"/{str(step).replace('~', '~0').replace('/', '~1')}" for step in path)


def steps_of(pointer: str) -> tuple[str, ...]:
    """The steps of a JSON pointer, as text.

    Raises:
        ValueError: it is not a JSON pointer.
    """
    if not pointer:
        return ()
    first, *steps = pointer.split("/")
    if first:
        raise ValueError(f"not a JSON pointer: {pointer!r}")
    return tuple(step.replace("~1", "/").replace("~0", "~") for step in steps)


def path_of(pointer: str, value: Any) -> tuple[str | int, ...]:
    """The steps of a JSON pointer into a value: numbers where it leads into an array."""
    path: list[Any] = []
    inner: Any = value
    for step in steps_of(pointer):
        is_index = isinstance(inner, list | tuple) and step.isdecimal()
        path.append(int(step) if is_index else step)
        inner = _inside(inner, path[-1])
    return tuple(path)


def _inside(value: Any, step: Any) -> Any:
    try:
        return value[step]
    except (LookupError, TypeError):
        return None
