"""`lbgen import`: contracts from the schemas of other tools."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

__all__ = ["app"]

app = typer.Typer(
    help="Convert the schemas of other tools to contract files.",
    no_args_is_help=True,
    context_settings={"help_option_names": ["-h", "--help"]},
)


class Stream(StrEnum):
    """How the services share streams: Lightbus's `stream_use`."""

    per_api = "per_api"
    per_event = "per_event"


@app.callback()
def _group() -> None:
    """Convert the schemas of other tools to contract files."""


@app.command("lightbus")
def lightbus(
    source: Annotated[
        Path,
        typer.Argument(
            metavar="FILE_OR_DIR",
            help="Output of `lightbus dumpschema`, or the value of a key schema:API;"
            " - reads standard input.",
            allow_dash=True,
        ),
    ],
    output: Annotated[
        Path, typer.Option("--output", "-o", help="Schema folder.", file_okay=False)
    ] = Path("schemas"),
    api: Annotated[
        str | None, typer.Option("--api", help="Name of the API, if the file does not contain it.")
    ] = None,
    stream: Annotated[
        Stream, typer.Option("--stream", help="The `stream_use` setting of your Lightbus services.")
    ] = Stream.per_api,
    force: Annotated[
        bool, typer.Option("--force", help="Overwrite existing contract files.")
    ] = False,
) -> None:
    """Convert schemas from Lightbus to contract files.

    Exits with 1 and writes nothing if a file cannot be read, or if a contract already exists.
    """
    from ...tasks.import_lightbus import import_files

    if str(source) != "-" and not source.exists():
        raise typer.BadParameter(f"{source} does not exist", param_hint="FILE_OR_DIR")
    raise typer.Exit(import_files(source, output, api=api, stream=stream.value, force=force))
