"""Texts of diagnostics, as every format can hold them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from lbgen_runtime.printable import printable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..findings.diagnostic import Diagnostic, Related
    from .excerpts import Excerpts

__all__ = ["details", "lines", "one_line", "where"]

_LONGEST: Final = 4_000
"""Characters of a message that are shown."""


def one_line(text: str) -> str:
    """A text on one line of a sane length, with escapes for what a terminal would obey."""
    return printable(text, _LONGEST)


def lines(diagnostic: Diagnostic, excerpts: Excerpts) -> Iterator[str]:
    """All that a diagnostic says, its message first, each on one line."""
    yield one_line(diagnostic.message)
    yield from map(one_line, details(diagnostic))
    for related in diagnostic.related:
        yield f"{where(related, excerpts)}: {one_line(related.message)}"


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


def where(related: Related, excerpts: Excerpts) -> str:
    """A related place, as `file:line:column`."""
    place = related.place
    return f"{one_line(excerpts.path(place.file))}:{place.line}:{place.column}"
