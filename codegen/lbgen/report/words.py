"""Texts of diagnostics, as every format can hold them."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..diagnostics import Diagnostic, Related
    from .sources import Sources

__all__ = ["details", "one_line", "where"]


def one_line(text: str) -> str:
    """A text on one line, with characters that a terminal would obey written as escapes."""
    return "".join(
        char if char.isprintable() else char.encode("unicode_escape").decode("ascii")
        for char in text
    )


def details(diagnostic: Diagnostic) -> Iterator[str]:
    """What there is to say beside the message and other places, in lines."""
    for note in diagnostic.notes:
        yield str(note)
        for detail in note.details:
            yield f"  {detail}"
    if diagnostic.help:
        yield f"help: {diagnostic.help}"
    for alternative in diagnostic.alternatives:
        yield f"or: {alternative}"


def where(related: Related, sources: Sources) -> str:
    """A related place, as `file:line:column`."""
    return f"{sources.path(related.place.file)}:{related.place.line}:{related.place.column}"
