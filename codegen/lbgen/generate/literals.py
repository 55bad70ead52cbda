"""The one path by which a value from a contract becomes Python source.

Everything is ASCII letters, digits and punctuation afterwards, or a printable character inside a
string; `ast.literal_eval` of the source gives the value back.
"""

from __future__ import annotations

import json
import math
from textwrap import dedent
from typing import Any, Final

__all__ = ["description_lines", "docstring_text", "json_literal", "python_literal"]

_ESCAPES: Final = {"\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t"}


def python_literal(value: str | int | float | bool | None) -> str:
    """The source of a scalar, as formatters write it.

    Raises:
        ValueError: the value has no literal (`NaN`).
    """
    if isinstance(value, str):
        return _string(value)
    if isinstance(value, float) and not math.isfinite(value):
        raise ValueError(f"no literal: {value!r}")
    return repr(value)


def _string(text: str) -> str:
    quote = "'" if text.count('"') > text.count("'") else '"'
    body = "".join("\\" + char if char == quote else _escape(char) for char in text)
    return f"{quote}{body}{quote}"


def _escape(char: str) -> str:
    if char in _ESCAPES:
        return _ESCAPES[char]
    if char.isprintable():
        return char
    code = ord(char)
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def json_literal(value: Any) -> str:
    """The source of a JSON text of a value: a raw string of ASCII on one line.

    JSON in ASCII has neither three quotes in a row nor a control character, so that nothing in it
    can end the string.
    """
    text = json.dumps(value, separators=(",", ":"), ensure_ascii=True, allow_nan=False)
    return f'r"""{text}"""'


def description_lines(text: str | None) -> tuple[str, ...]:
    """The lines of a docstring that holds what an author wrote; none if that is white space."""
    return tuple(docstring_text(text)) if text and text.strip() else ()


def docstring_text(text: str | None, otherwise: str = "") -> list[str]:
    """The lines of a text inside a docstring, escaped and without white space at their ends.

    A quote at the start or the end is escaped too, so that it never touches those around the text.

    Args:
        text: what an author wrote.
        otherwise: what is there if that is nothing but white space.
    """
    lines: list[str] = []
    first, *further = ((text or "").strip() or otherwise).expandtabs().splitlines() or [""]
    indented = dedent("\n".join(further)).split("\n") if further else []
    for line in (first, *indented):
        body = "".join(map(_escape, line))
        lines.append(body.replace('"""', '\\"\\"\\"').rstrip())
    if lines and lines[0].startswith('"'):
        lines[0] = f"\\{lines[0]}"
    if lines and lines[-1].endswith('"'):
        before = lines[-1].removesuffix('"')
        if (len(before) - len(before.rstrip("\\"))) % 2 == 0:
            lines[-1] = f'{before}\\"'
    return lines
