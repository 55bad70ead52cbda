"""`lbgen allow`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ..check_options import Against, AgainstTip, Mode, Source, Strict, Transitive

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
        str | None,
        typer.Option("--until", metavar="DATE", help="The last day, in UTC: 2026-12-31."),
    ] = None,
    against: Against = None,
    against_tip: AgainstTip = None,
    schemas: Annotated[Path, typer.Option("--schemas", help="The schema folder.")] = Path(
        "schemas"
    ),
    mode: Mode = None,
    transitive: Transitive = 0,
    strict: Strict = False,
    source: Source = False,
) -> None:
    """Write down that a breaking change is meant, so that the check lets it pass."""
    from ..compat.allow_break import allow_break

    raise typer.Exit(
        allow_break(
            schemas,
            rule,
            place,
            reason=reason,
            until=until,
            transitive=transitive,
            against=against or (),
            against_tip=against_tip or (),
            mode=mode,
            strict=strict,
            source=source,
        )
    )
