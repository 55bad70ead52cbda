"""`lbgen changelog`."""

from __future__ import annotations

import typer

from ..check_options import (
    Against,
    AgainstTip,
    First,
    Mode,
    SchemaFolder,
    Source,
    Strict,
    Transitive,
)

__all__ = ["command"]


def command(
    schemas: SchemaFolder,
    against: Against = None,
    against_tip: AgainstTip = None,
    mode: Mode = None,
    transitive: Transitive = 0,
    strict: Strict = False,
    source: Source = False,
    first: First = False,
) -> None:
    """Print the changes of a contract as Markdown.

    Breaking changes come first.
    """
    from ...tasks.changelog import print_changelog
    from ..garbage import collect_rarely

    collect_rarely()
    raise typer.Exit(
        print_changelog(
            schemas,
            transitive=transitive,
            first=first,
            against=against or (),
            against_tip=against_tip or (),
            mode=mode,
            strict=strict,
            source=source,
        )
    )
