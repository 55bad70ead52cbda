"""The work of `lbgen changelog`."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from .check import STOPS, run_check, say_why

if TYPE_CHECKING:
    from pathlib import Path


def print_changelog(schemas: Path, **options: Any) -> int:
    """Print the changes of a contract in Markdown.

    Args:
        schemas: the schema folder.
        options: of `run_check`.

    Returns:
        The exit code.
    """
    try:
        result = run_check(schemas, **options)
    except STOPS as error:
        say_why("changelog", error)
        return 2
    sys.stdout.write(result.changes)
    return 0
