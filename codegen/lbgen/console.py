"""Lines for people. Diagnostics are printed by `lbgen.report`."""

from __future__ import annotations

import sys
from typing import TextIO

__all__ = ["say"]


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
