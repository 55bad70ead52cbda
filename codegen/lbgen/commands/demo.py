"""`lbgen demo`."""

from __future__ import annotations

import typer

__all__ = ["command"]


def command() -> None:
    """Show it all at work, on a server of its own."""
    from ..demo.play import play

    raise typer.Exit(play())
