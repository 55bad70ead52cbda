"""Diagnostics for people: the place, the source line with carets, what to do, related places.

A finding starts with `file:line:column: RULE message`, on a terminal and elsewhere. Elsewhere the
text is the same whatever the environment.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final, TextIO

from rich.cells import cell_len
from rich.console import Console
from rich.text import Text

from ..findings.diagnostic import Note, Severity
from .console import counted
from .words import one_line, where

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ..findings.diagnostic import Diagnostic, Place
    from .excerpts import Excerpts

__all__ = ["print_text"]

_WIDTH: Final = 100
"""Columns where there is no terminal."""

_STYLES: Final = {
    Severity.ERROR: "bold red",
    Severity.WARNING: "bold yellow",
    Severity.NOTE: "bold cyan",
}


def print_text(diagnostics: Sequence[Diagnostic], excerpts: Excerpts, stream: TextIO) -> None:
    """Print diagnostics and their number; nothing where there are none."""
    console = Console(file=stream, markup=False, highlight=False, emoji=False, soft_wrap=True)
    width = max(console.width, 40) if console.is_terminal else _WIDTH
    for diagnostic in diagnostics:
        for line in _finding(diagnostic, excerpts, width):
            console.print(line)
        console.print()
    if diagnostics:
        console.print(_summary(diagnostics))


def _finding(diagnostic: Diagnostic, excerpts: Excerpts, width: int) -> Iterator[Text]:
    style = _STYLES[diagnostic.severity]
    place = diagnostic.place
    yield Text.assemble(
        (f"{one_line(excerpts.path(place.file))}:{place.line}:{place.column}: ", "bold"),
        (diagnostic.rule, style),
        f" {one_line(diagnostic.message)}",
        ("" if diagnostic.severity is Severity.ERROR else f" [{diagnostic.severity}]", "dim"),
    )
    places = [place, *(related.place for related in diagnostic.related)]
    gutter = max(len(str(each.line)) for each in places)
    yield from _excerpt(place, excerpts, gutter, width, style)
    edge = " " * (gutter + 1)
    for note in diagnostic.notes:
        yield _note(f"{edge}= ", note)
        for detail in note.details:
            yield _note(f"{edge}  ", detail)
    if diagnostic.help:
        yield _note(f"{edge}= ", Note("help", diagnostic.help))
    for alternative in diagnostic.alternatives:
        yield _note(f"{edge}= ", Note("or", alternative))
    for related in diagnostic.related:
        yield _note(f"{edge}= ", Note(where(related, excerpts), related.message))
        yield from _excerpt(related.place, excerpts, gutter, width, "bold blue")


def _note(lead: str, note: Note) -> Text:
    label = f"{note.label}: " if note.label else ""
    return Text.assemble((lead, "blue"), (label, "bold"), one_line(note.text))


def _excerpt(
    place: Place, excerpts: Excerpts, gutter: int, width: int, style: str
) -> Iterator[Text]:
    """The first line of a place, with carets below what is meant."""
    source = excerpts.line(place.file, place.line)
    if source is None or not source.strip():
        return
    start = min(place.column - 1, len(source))
    end = place.end_column - 1 if place.end_line == place.line else len(source.rstrip())
    end = max(start + 1, min(end, len(source)))
    before, meant, behind = (
        _shown(source[:start]),
        _shown(source[start:end]),
        _shown(source[end:]),
    )
    room = width - gutter - 4
    before, meant, behind = _window(before, meant, behind, room)
    yield Text.assemble((f"{place.line:>{gutter}} | ", "blue"), before, meant, behind.rstrip())
    carets = "^" * max(1, cell_len(meant))
    yield Text.assemble((f"{' ' * gutter} | ", "blue"), " " * cell_len(before), (carets, style))


def _window(before: str, meant: str, behind: str, room: int) -> tuple[str, str, str]:
    """What fits on one line, with `…` where something is left out."""
    if cell_len(before + meant + behind) <= room:
        return before, meant, behind
    meant = _cut(meant, max(room - 20, 20))
    left = max(room - cell_len(meant) - 20, 8)
    if cell_len(before) > left:
        before = "…" + _last(before, left - 1)
    return before, meant, _cut(behind, max(room - cell_len(before + meant), 1))


def _cut(text: str, room: int) -> str:
    if cell_len(text) <= room:
        return text
    while cell_len(text) > room - 1:
        text = text[: max(len(text) - max(1, (cell_len(text) - room) // 2), 0)]
    return f"{text}…"


def _last(text: str, room: int) -> str:
    text = text[-room:]
    while cell_len(text) > room:
        text = text[1:]
    return text


def _shown(text: str) -> str:
    """A piece of source as a terminal can show it: no control characters, tabs as spaces."""
    return "".join(
        char if char.isprintable() else " " if char == "\t" else "\N{REPLACEMENT CHARACTER}"
        for char in text
    )


def _summary(diagnostics: Sequence[Diagnostic]) -> Text:
    counts = Counter(each.severity for each in diagnostics)
    pieces = [counted(counts[severity], severity) for severity in Severity if counts[severity]]
    worst = next(each for level in Severity for each in diagnostics if each.severity is level)
    return Text.assemble(
        (", ".join(pieces), "bold"),
        f"; `lbgen rule {worst.rule}` explains the first {worst.severity}",
    )
