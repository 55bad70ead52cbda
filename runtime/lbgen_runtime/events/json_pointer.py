"""JSON pointers (RFC 6901)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["path_of", "pointer_of"]


def pointer_of(path: Sequence[str | int]) -> str:
    """The JSON pointer of a path."""
    return "".join(f"/{str(step).replace('~', '~0').replace('/', '~1')}" for step in path)


def path_of(pointer: str, value: Any) -> tuple[str | int, ...]:
    """The steps of a JSON pointer into a value: numbers where it leads into an array."""
    path: list[Any] = []
    inner: Any = value
    for text in pointer.split("/")[1:]:
        step = text.replace("~1", "/").replace("~0", "~")
        is_index = isinstance(inner, list | tuple) and step.isdecimal()
        path.append(int(step) if is_index else step)
        inner = _inside(inner, path[-1])
    return tuple(path)


def _inside(value: Any, step: Any) -> Any:
    try:
        return value[step]
    except (LookupError, TypeError):
        return None
