"""What the commands that ask a server have in common."""

from __future__ import annotations

import re
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final, Protocol, TypeVar

import typer

from ..report.console import say

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

__all__ = ["DEFAULT_URL", "DryRun", "Listener", "Service", "Url", "connected"]

DEFAULT_URL = "redis://localhost:6379/0"

Service = Annotated[str, typer.Argument(help="Name of the service.")]
Listener = Annotated[str, typer.Argument(help="Name of the listener.")]


def _url(context: typer.Context, parameter: typer.CallbackParam, value: str) -> str:
    """A URL, or the one that is in the file behind an `@`."""
    if value.startswith("@"):
        try:
            return Path(value[1:]).read_text("utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            raise typer.BadParameter(f"{value[1:]} cannot be read: {error}") from None
    source = context.get_parameter_source(parameter.name or "")
    if source is not None and source.name == "COMMANDLINE" and _PASSWORD.search(value):
        say(
            "other users of this machine can see the password in --redis-url in the list of"
            " processes; set LBGEN_REDIS_URL, or write the URL to a file and use --redis-url @FILE",
            stream=sys.stderr,
        )
    return value


_PASSWORD: Final = re.compile(r"^[a-z+]+://[^/?#]*:[^/?#]+@|[?&]password=")

Url = Annotated[
    str,
    typer.Option(
        "--redis-url",
        envvar="LBGEN_REDIS_URL",
        help="Address of the server (redis://, rediss:// or unix://); @FILE reads it from a file.",
        callback=_url,
    ),
]
DryRun = Annotated[
    bool, typer.Option("--dry-run", help="Change nothing; print what would be done.")
]


class _Closable(Protocol):
    def close(self) -> None: ...


_Asks = TypeVar("_Asks", bound=_Closable)


@contextmanager
def connected(command: str, connect: Callable[[], _Asks]) -> Generator[_Asks]:
    """What asks a server, closed in the end; what it raises becomes words and an exit code.

    Args:
        command: the command's name, `lbgen dead`.
        connect: makes what asks.
    """
    from lbgen_runtime.admin.client import ServerUnavailable

    try:
        asks = connect()
    except ValueError as error:
        raise typer.BadParameter(f"--redis-url must be {error}") from None
    try:
        yield asks
    except ServerUnavailable as error:
        say(f"{command}: {error}", stream=sys.stderr)
        raise typer.Exit(1) from None
    finally:
        asks.close()
