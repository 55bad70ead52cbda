"""Texts of diagnostics, as every format can hold them."""

from __future__ import annotations

__all__ = ["one_line"]


def one_line(text: str) -> str:
    """A text on one line, with characters that a terminal would obey written as escapes."""
    return "".join(
        char if char.isprintable() else char.encode("unicode_escape").decode("ascii")
        for char in text
    )
