"""`lbgen schema`."""

from __future__ import annotations

__all__ = ["command"]


def command() -> None:
    """Print the JSON Schema of contract files, for editors."""
    import sys

    from ...contract.editor_schema import editor_schema_text

    sys.stdout.write(editor_schema_text())
