"""`lbgen dead`: the dead letters of a listener."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from lbgen_runtime.printable import printable
from lbgen_runtime.settings.duration import seconds_of

from ...report.console import counted, say
from ..server_options import DEFAULT_URL, DryRun, Listener, Service, Url, connected

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from lbgen_runtime.admin.dead_letters import DeadLetter, DeadLetterBox, DeadLetterQuery

__all__ = ["app"]

app = typer.Typer(
    help="List, show, replay or drop dead letters.",
    no_args_is_help=True,
)

Ids = Annotated[
    list[str] | None, typer.Option("--id", help="Id of an event or dead letter; can be repeated.")
]
Reason = Annotated[str | None, typer.Option(help="Only this reason: failed, crashed or invalid.")]
EventName = Annotated[
    str | None, typer.Option("--event", help="Only this event: order_placed, or its full name.")
]
Older = Annotated[
    str | None, typer.Option("--older-than", help="Only older dead letters: 90s, 15m, 2h, 7d.")
]
Newer = Annotated[
    str | None, typer.Option("--newer-than", help="Only newer dead letters: 90s, 15m, 2h, 7d.")
]
All = Annotated[bool, typer.Option("--all", help="All dead letters.")]

_LONGEST_VALUE = 100_000
"""Characters of a field, and of a line of what went wrong, that `show` prints."""


def _seconds(age: str | None) -> float | None:
    if age is None:
        return None
    try:
        return seconds_of(age)
    except ValueError as error:
        raise typer.BadParameter(f"{printable(repr(age))} is not {error}") from None


def _query(
    ids: list[str] | None,
    reason: str | None,
    event: str | None,
    older_than: str | None,
    newer_than: str | None,
) -> DeadLetterQuery:
    from lbgen_runtime.admin.dead_letters import DeadLetterQuery

    if reason not in (None, "failed", "crashed", "invalid"):
        raise typer.BadParameter(f"{reason!r} is not a reason; use failed, crashed or invalid")
    return DeadLetterQuery(
        ids=frozenset(ids or ()),
        reason=reason,
        event=event,
        older_than=_seconds(older_than),
        newer_than=_seconds(newer_than),
    )


def _box(url: str, service: str, listener: str) -> AbstractContextManager[DeadLetterBox]:
    from lbgen_runtime.admin.dead_letters import DeadLetterBox

    return connected("lbgen dead", lambda: DeadLetterBox(url, service=service, listener=listener))


def _check_listener(url: str, service: str, listener: str) -> None:
    """Say so, and exit with 1, where nothing is known of a listener: its name may be misspelt."""
    from lbgen_runtime.admin.groups import ListenerGroups

    with connected("lbgen dead", lambda: ListenerGroups(url)) as groups:
        if not groups.of_listener(service, listener):
            say(
                f"there is no consumer group {service}-{listener}; run `lbgen group list` to "
                "list all groups"
            )
            raise typer.Exit(1)


def _line(letter: DeadLetter) -> str:
    deliveries, detail = "unknown number of deliveries", ""
    if letter.death:
        deliveries = counted(letter.death.deliveries, "delivery")
        detail = printable(letter.death.detail.strip().rpartition("\n")[2])
    return (
        f"{printable(letter.letter_id)}  {letter.died_at:%Y-%m-%d %H:%M:%S}Z  "
        f"{printable(letter.event) or '(no event)'}  {printable(letter.event_id) or '(no id)'}  "
        f"{printable(letter.reason)}  {deliveries}  {detail}"
    )


@app.command("list")
def list_(
    service: Service,
    listener: Listener,
    ids: Ids = None,
    reason: Reason = None,
    event: EventName = None,
    older_than: Older = None,
    newer_than: Newer = None,
    redis_url: Url = DEFAULT_URL,
) -> None:
    """List dead letters, oldest first."""
    query = _query(ids, reason, event, older_than, newer_than)

    with _box(redis_url, service, listener) as box:
        count = 0
        for letter in box.letters(query):
            say(_line(letter))
            count += 1
        say(f"{counted(count, 'dead letter')} of {service}-{listener}")
    if not count:
        _check_listener(redis_url, service, listener)


@app.command()
def show(
    service: Service,
    listener: Listener,
    id_: Annotated[str, typer.Argument(metavar="ID", help="Id of an event or dead letter.")],
    redis_url: Url = DEFAULT_URL,
) -> None:
    """Show a dead letter in full: the reason, and the original event."""
    with _box(redis_url, service, listener) as box:
        found = False
        for letter in box.letters(_query([id_], None, None, None, None)):
            found = True
            say(_line(letter))
            if letter.death is not None:
                say(f"stream:    {printable(letter.stream)}")
                say(f"stream id: {printable(letter.death.stream_id)}")
                say(f"fired at:  {printable(letter.death.fired_at)}")
                say(f"process:   {printable(letter.death.process)}")
            for name, value in letter.fields:
                say(f"  {printable(name)} = {printable(value, _LONGEST_VALUE)}")
            if letter.death is not None:
                for line in letter.death.detail.split("\n"):
                    say(f"  | {printable(line, _LONGEST_VALUE)}")
        if not found:
            say(f"no dead letter of {service}-{listener} has the id {id_}")
            raise typer.Exit(1)


@app.command("drop", help="Delete dead letters permanently.")
@app.command("replay", help="Run dead letters again, in this listener only.")
def replay_or_drop(
    context: typer.Context,
    service: Service,
    listener: Listener,
    ids: Ids = None,
    reason: Reason = None,
    event: EventName = None,
    older_than: Older = None,
    newer_than: Newer = None,
    all_: All = False,
    dry_run: DryRun = False,
    redis_url: Url = DEFAULT_URL,
) -> None:
    """Replay or drop the selected dead letters; the name of the command decides which."""
    query = _query(ids, reason, event, older_than, newer_than)
    action = context.command.name
    if query.is_empty and not all_:
        raise typer.BadParameter(
            "select dead letters: --id, --reason, --event, --older-than, --newer-than or --all"
        )

    with _box(redis_url, service, listener) as box:
        if action == "replay" and (streams := box.unread(query)):
            say(
                f"no running process has the listener {listener} of service {service} on "
                f"{', '.join(map(printable, streams))}, so nothing was replayed. Start a "
                f"process of {service} that has the listener, then try again"
            )
            raise typer.Exit(1)
        act = box.replay if action == "replay" else box.drop
        found = done = 0
        for letter in box.letters(query):
            found += 1
            say(_line(letter))
            done += not dry_run and act(letter)
        if not found:
            _check_listener(redis_url, service, listener)
        if dry_run:
            say(f"would {action} {counted(found, 'dead letter')} of {service}-{listener}")
            return
        past = "replayed" if action == "replay" else "dropped"
        say(f"{past} {counted(done, 'dead letter')} of {service}-{listener}")
