"""`lbgen demo`."""

from __future__ import annotations

import typer

__all__ = ["command"]


def command() -> None:
    """Run a demo of lbgen on a temporary server of its own."""
    from ...demo.play import play

    raise typer.Exit(play())
