"""`lbgen import`: contracts from what other tools know."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

__all__ = ["app"]

app = typer.Typer(
    help="Make contract files of what other tools know.",
    no_args_is_help=True,
    context_settings={"help_option_names": ["-h", "--help"]},
)


class Stream(StrEnum):
    """How the services share streams: Lightbus's `stream_use`."""

    per_api = "per_api"
    per_event = "per_event"


@app.callback()
def _group() -> None:
    """Make contract files of what other tools know."""


@app.command("lightbus")
def lightbus(
    source: Annotated[
        Path,
        typer.Argument(
            metavar="FILE_OR_DIR",
            help="What `lightbus dumpschema` wrote, or the value of a key schema:API;"
            " - is standard input.",
            allow_dash=True,
        ),
    ],
    output: Annotated[
        Path, typer.Option("--output", "-o", help="The schema folder.", file_okay=False)
    ] = Path("schemas"),
    api: Annotated[
        str | None, typer.Option("--api", help="Name of the API, if the file does not tell it.")
    ] = None,
    stream: Annotated[
        Stream, typer.Option("--stream", help="The services' `stream_use` in Lightbus.")
    ] = Stream.per_api,
    force: Annotated[
        bool, typer.Option("--force", help="Replace contract files that are there.")
    ] = False,
) -> None:
    """Turn schemas that Lightbus has dumped into contract files.

    Exits with 1, and writes nothing, where something cannot be read or is there already.
    """
    from ..lightbus.importing import import_files

    if str(source) != "-" and not source.exists():
        raise typer.BadParameter(f"there is no {source}", param_hint="FILE_OR_DIR")
    raise typer.Exit(import_files(source, output, api=api, stream=stream.value, force=force))
