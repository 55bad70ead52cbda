"""`lbgen allow`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

__all__ = ["command"]


def command(
    rule: Annotated[str, typer.Argument(help="Id of the finding's rule.")],
    place: Annotated[
        str,
        typer.Argument(
            help="The finding's place: shop.orders.order_placed#total.amount, or "
            "schemas/common/money.yaml:16 for all events."
        ),
    ],
    reason: Annotated[str, typer.Option("--reason", help="Why the break is meant.")],
    until: Annotated[
        str | None, typer.Option("--until", metavar="DATE", help="The last day: 2026-12-31.")
    ] = None,
    against: Annotated[
        list[str] | None, typer.Option("--against", help="As for the check.")
    ] = None,
    schemas: Annotated[
        Path, typer.Option("--schemas", help="The schema folder.", exists=True, file_okay=False)
    ] = Path("schemas"),
    mode: Annotated[str | None, typer.Option("--mode", help="As for the check.")] = None,
    transitive: Annotated[int, typer.Option("--transitive", help="As for the check.")] = 0,
    strict: Annotated[bool, typer.Option("--strict", help="As for the check.")] = False,
    source: Annotated[bool, typer.Option("--source", help="As for the check.")] = False,
) -> None:
    """Write down that a breaking change is meant, so that the check lets it pass."""
    from ..compat.checking import allow_break

    raise typer.Exit(
        allow_break(
            schemas,
            rule,
            place,
            reason=reason,
            until=until,
            transitive=transitive,
            against=against or (),
            mode=mode,
            strict=strict,
            source=source,
        )
    )
