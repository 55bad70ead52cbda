"""`lbgen group`: the consumer groups of a server."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from lbgen_runtime.printable import printable

from ...report.console import counted, say
from ..server_options import DEFAULT_URL, DryRun, Listener, Service, Url, connected

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from lbgen_runtime.admin.groups import GroupState, ListenerGroups

__all__ = ["app"]

app = typer.Typer(help="List or remove the consumer groups of listeners.", no_args_is_help=True)

Force = Annotated[
    bool, typer.Option("--force", help="Remove the group even if it has live processes.")
]

_STEPS = ((120, "s", 1), (7_200, "m", 60), (172_800, "h", 3_600))


def _groups(url: str) -> AbstractContextManager[ListenerGroups]:
    from lbgen_runtime.admin.groups import ListenerGroups

    return connected("lbgen group", lambda: ListenerGroups(url))


def _ago(seconds: float) -> str:
    for below, unit, size in _STEPS:
        if seconds < below:
            return f"{seconds / size:.0f} {unit}"
    return f"{seconds / 86_400:.0f} d"


def _line(state: GroupState) -> str:
    replays = f"  {counted(state.replays, 'replay')}" if state.replays else ""
    name = printable(state.name)
    if state.gone:
        return (
            f"{name}  was removed on the server; its events are kept until it is created "
            f"again{replays}"
        )
    pending = f"{state.pending} pending"
    if state.pending:
        pending += f", the oldest for {_ago(state.oldest)}"
    undelivered = "?" if state.undelivered is None else state.undelivered
    seen = f", seen {_ago(state.seen)} ago" if state.seen is not None else ""
    return (
        f"{name}  {undelivered} undelivered  {pending}  "
        f"{counted(len(state.consumers), 'process')}{seen}{replays}"
    )


@app.command("list")
def list_(redis_url: Url = DEFAULT_URL) -> None:
    """List the consumer groups of all event streams.

    Shows the backlog and the processes of each group.
    """
    with _groups(redis_url) as groups:
        stream = None
        for state in groups.states():
            if state.stream != stream:
                stream = state.stream
                say(printable(stream))
            say(f"  {_line(state)}")
        if stream is None:
            say("no consumer groups")


@app.command()
def remove(
    service: Service,
    listener: Listener,
    force: Force = False,
    dry_run: DryRun = False,
    redis_url: Url = DEFAULT_URL,
) -> None:
    """Remove the consumer groups of a listener.

    Use this for a listener that no longer exists. Events that it has not handled are no longer
    delivered to it. Its dead letters remain; `lbgen dead drop` deletes them.
    """
    with _groups(redis_url) as groups:
        states = groups.of_listener(service, listener)
        if not states:
            say(f"there is no consumer group {service}-{listener}")
            raise typer.Exit(1)
        alive = sorted({name for state in states for name in groups.alive(service, state)})
        for state in states:
            say(f"{printable(state.stream)}  {_line(state)}")
        if alive and not force:
            say(
                f"{service} has live processes that may have this listener: "
                f"{', '.join(map(printable, alive))}. They would create the group again. Stop "
                "them first (a killed process counts as live for 30 s), or use --force if they "
                "no longer have the listener"
            )
            raise typer.Exit(1)
        if dry_run:
            say(f"would remove {counted(len(states), 'group')} of {service}-{listener}")
            return
        for state in states:
            groups.remove(state)
        say(f"removed {counted(len(states), 'group')} of {service}-{listener}")
