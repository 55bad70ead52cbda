"""The one place that prints, beside `lbgen.report`, which prints diagnostics by it.

Names of groups, streams, processes and files, ids of events and texts of contracts are written by
somebody else: nothing of them reaches a terminal, a log or a CI service as it is.
"""

from __future__ import annotations

import json
import sys
from typing import Any, Final, TextIO

from lbgen_runtime.printable import printable

__all__ = [
    "counted",
    "escaped",
    "for_programs",
    "json_text",
    "print_anything",
    "say",
    "say_lines",
]

_COMMANDS: Final = ("::", "##[")
"""How a line starts that GitHub Actions takes for a command."""


def print_anything() -> None:
    """Have standard output and standard error escape what their encoding does not have."""
    for stream in (sys.stdout, sys.stderr):
        _reconfigure(stream, errors="backslashreplace")


def for_programs(stream: TextIO) -> TextIO:
    """A stream, from now on in UTF-8: what a program reads does not depend on the terminal."""
    _reconfigure(stream, encoding="utf-8", errors="backslashreplace")
    return stream


def _reconfigure(stream: TextIO, **options: str) -> None:
    change = getattr(stream, "reconfigure", None)  # a test's stream has none
    if change is not None:
        change(**options)


def say(line: str, *, stream: TextIO | None = None) -> None:
    """Print one line, whatever somebody else has written into it.

    What is not printable becomes escapes, so that it neither moves the cursor nor makes lines of
    its own; and no line starts like a command to a CI service (`::error::`).

    Args:
        line: what to print.
        stream: where to; standard output by default.
    """
    out = stream or sys.stdout
    line = escaped(line)
    if line.lstrip().startswith(_COMMANDS):
        line = line.replace(line.lstrip()[0], f"\\x{ord(line.lstrip()[0]):02x}", 1)
    out.write(f"{line}\n")
    out.flush()


def say_lines(text: str, *, stream: TextIO | None = None) -> None:
    """Print a text of several lines. No line break in it may be somebody else's.

    Args:
        text: what to print.
        stream: where to; standard output by default.
    """
    for line in text.split("\n"):
        say(line, stream=stream)


def escaped(text: str) -> str:
    """A text on one line, of any length, with escapes for what is not printable."""
    return printable(text, sys.maxsize)


def json_text(value: Any) -> str:
    """JSON for programs that a terminal may show as well: what is not printable is escaped."""
    text = json.dumps(value, indent=2, ensure_ascii=False)
    if not text.replace("\n", "").isprintable():
        text = "".join(
            char if char == "\n" or char.isprintable() else json.dumps(char)[1:-1] for char in text
        )
    return f"{text}\n"


def counted(number: int, noun: str) -> str:
    """A number of things: `1 event`, `2 replays`, `1,000 processes`, `0 deliveries`."""
    if number != 1:
        if noun[-1] == "y" and noun[-2] not in "aeiou":
            noun = f"{noun[:-1]}ies"
        else:
            noun += "es" if noun[-1] == "s" else "s"
    return f"{number:,} {noun}"
