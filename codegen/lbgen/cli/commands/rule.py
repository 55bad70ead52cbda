"""`lbgen rule`."""

from __future__ import annotations

from typing import Annotated

import typer

__all__ = ["command"]


def command(
    rule: Annotated[
        str | None, typer.Argument(metavar="ID", help="Id of the rule, as in a finding.")
    ] = None,
) -> None:
    """Explain a rule, or list all rules."""
    import sys

    from ...findings.catalogue import the_rule
    from ...findings.rule_page import rule_list, rule_text, unknown_rule
    from ...report.console import say, say_lines

    if rule is None:
        say_lines(rule_list().rstrip())
        return
    found = the_rule(rule)
    if found is None:
        say(f"lbgen rule: {unknown_rule(rule)}", stream=sys.stderr)
        raise typer.Exit(2)
    say_lines(rule_text(found).rstrip())
