"""`lbgen allow`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ..check_options import Against, AgainstTip, Mode, Source, Strict, Transitive

__all__ = ["command"]


def command(
    rule: Annotated[str, typer.Argument(help="Rule of the finding.")],
    place: Annotated[
        str,
        typer.Argument(
            help="Place of the finding: shop.orders.order_placed#total.amount, or "
            "schemas/common/money.yaml:16 for all events that use it."
        ),
    ],
    reason: Annotated[str, typer.Option("--reason", help="Why the break is acceptable.")],
    until: Annotated[
        str | None,
        typer.Option(
            "--until", metavar="DATE", help="Last day of the allowance, in UTC: 2026-12-31."
        ),
    ] = None,
    against: Against = None,
    against_tip: AgainstTip = None,
    schemas: Annotated[Path, typer.Option("--schemas", help="Schema folder.")] = Path("schemas"),
    mode: Mode = None,
    transitive: Transitive = 0,
    strict: Strict = False,
    source: Source = False,
) -> None:
    """Allow a breaking change, so that `lbgen check` passes.

    Adds an entry to .lbgen-breaks.yaml in the schema folder.
    """
    from ...tasks.allow import allow_break
    from ..garbage import collect_rarely

    collect_rarely()
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
