"""The command line: every module of `lbgen.cli.commands` is a command, or a group of some.

Exit codes: 0 success, 1 findings, 2 wrong usage. `--help` only imports typer and the modules of the
commands, so that it answers immediately.
"""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules
from typing import Annotated

import typer

from ..report.console import print_anything
from . import commands

__all__ = ["app"]

_ORDER = ("init", "build", "lint", "check", "validate", "run", "demo")

app = typer.Typer(
    name="lbgen",
    help="Typed Python events from JSON Schema contracts, delivered over Redis Streams.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,  # boxes would cost a third of the time that `--help` may take
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _show_version(wanted: bool) -> None:
    if wanted:
        from lbgen_runtime.version import __version__

        typer.echo(f"lbgen {__version__}")
        raise typer.Exit


@app.callback()
def _options(
    _version: Annotated[
        bool,
        typer.Option("--version", help="Print the version.", callback=_show_version, is_eager=True),
    ] = False,
) -> None:
    """Typed Python events from JSON Schema contracts, delivered over Redis Streams."""
    print_anything()


def _add_commands() -> None:
    names = [module.name for module in iter_modules(commands.__path__)]
    names.sort(key=lambda name: (_ORDER.index(name) if name in _ORDER else len(_ORDER), name))
    for name in names:
        module = import_module(f"{commands.__name__}.{name}")
        if hasattr(module, "app"):
            app.add_typer(module.app, name=name.rstrip("_"))
        else:
            app.command(name.rstrip("_"))(module.command)


_add_commands()
