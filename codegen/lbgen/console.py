"""Lines for people. Diagnostics are printed by `lbgen.report`."""

from __future__ import annotations

import sys
from typing import TextIO

__all__ = ["for_programs", "print_anything", "say"]


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
    """Print a line as it is: no markup, no wrapping.

    Args:
        line: what to print.
        stream: where to; standard output by default.
    """
    from rich.console import Console

    console = Console(
        file=stream or sys.stdout, markup=False, highlight=False, emoji=False, soft_wrap=True
    )
    console.print(line)
