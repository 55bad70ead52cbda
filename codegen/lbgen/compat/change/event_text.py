"""Events as text, in a line that is not too long."""

from __future__ import annotations

import json
from typing import Any, Final

from ...source.json_types import is_array, is_object

__all__ = ["cut", "written"]

_LONGEST: Final = 600
_DEEPEST: Final = 12
_LEFT_OUT: Final = "\ue000"
"""Stands for what is left out until all is written; no schema makes a value of it."""


def written(event: Any) -> str:
    """An event as JSON; of a very long one the inner parts are left out, deepest first."""
    text = json.dumps(event, ensure_ascii=False)
    for depth in range(_DEEPEST, 0, -1):
        if len(text) <= _LONGEST:
            break
        text = json.dumps(_outer(event, depth), ensure_ascii=False).replace(f'"{_LEFT_OUT}"', "…")
    return cut(text)


def cut(text: str) -> str:
    """A text, cut where it is very long."""
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"


def _outer(value: Any, depth: int) -> Any:
    if not value or not (is_object(value) or is_array(value)):
        return value
    if depth == 0:
        return _LEFT_OUT
    if is_object(value):
        return {name: _outer(part, depth - 1) for name, part in value.items()}
    return [_outer(part, depth - 1) for part in value]
