"""A contract file as YAML, with comments."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, Final

from ..report.console import escaped
from ..source.json_types import is_array, is_object

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from ..source.document import Path

__all__ = ["yaml_text"]

_PLAIN: Final = re.compile(r"[A-Za-z_$][A-Za-z0-9_.$/-]*")
_WORDS: Final = frozenset({"y", "n", "yes", "no", "on", "off", "true", "false", "null"})
_WIDTH: Final = 96


def yaml_text(value: Mapping[str, Any], comments: Mapping[Path, Sequence[str]]) -> str:
    """The text of a file.

    Args:
        value: what it stands for.
        comments: lines that stand before a part, by its path.
    """
    lines = list(_comment(comments.get((), ()), ""))
    lines += _mapping(value, (), "", comments)
    return "\n".join(lines) + "\n"


def _comment(texts: Sequence[str], pad: str) -> Iterator[str]:
    for text in texts:
        for line in text.splitlines():
            yield f"{pad}# {escaped(line)}"


def _mapping(
    value: Mapping[str, Any], path: Path, pad: str, comments: Mapping[Path, Sequence[str]]
) -> Iterator[str]:
    for key, each in value.items():
        here = (*path, key)
        yield from _comment(comments.get(here, ()), pad)
        flat = _flat(each)
        commented = any(len(other) > len(here) and other[: len(here)] == here for other in comments)
        if not commented and (not each or not _deep(each)) and len(pad + key + flat) < _WIDTH:
            yield f"{pad}{_scalar(key)}: {flat}"
        elif is_object(each):
            yield f"{pad}{_scalar(key)}:"
            yield from _mapping(each, here, pad + "  ", comments)
        elif is_array(each):
            yield f"{pad}{_scalar(key)}:"
            yield from _sequence(each, here, pad + "  ", comments)
        else:
            yield f"{pad}{_scalar(key)}: {flat}"


def _sequence(
    values: Sequence[Any], path: Path, pad: str, comments: Mapping[Path, Sequence[str]]
) -> Iterator[str]:
    for index, each in enumerate(values):
        flat = _flat(each)
        if is_object(each) and each and (_deep(each) or len(pad + flat) >= _WIDTH):
            first, *rest = _mapping(each, (*path, index), pad + "  ", comments)
            yield f"{pad}- {first.removeprefix(pad + '  ')}"
            yield from rest
        else:
            yield f"{pad}- {flat}"


def _deep(value: Any) -> bool:
    """Whether a value is better read on several lines."""
    if is_object(value):
        return len(value) > 5 or any(is_object(each) and each for each in value.values())
    return is_array(value) and any(is_object(each) and _deep(each) for each in value)


def _flat(value: Any) -> str:
    if is_object(value):
        inner = ", ".join(f"{_scalar(key)}: {_flat(each)}" for key, each in value.items())
        return f"{{{inner}}}"
    if is_array(value):
        return f"[{', '.join(map(_flat, value))}]"
    return _scalar(value)


def _scalar(value: Any) -> str:
    if isinstance(value, str) and _PLAIN.fullmatch(value) and value.lower() not in _WORDS:
        return value
    text = json.dumps(value, ensure_ascii=False)
    return "".join(char if char.isprintable() else f"\\U{ord(char):08x}" for char in text)
