"""The consumer groups of a server, for those who look after them: how they are, and their end."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from ..wire.keys import (
    EVERY_REGISTERED,
    EVERY_STREAM,
    every_lease,
    is_beside_a_stream,
    lease_key,
    process_of_lease,
    registered_key,
    replay_key,
    stream_of_registered,
)
from ..wire.registration import service_of
from .client import Asker

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..wire.resp import Command

__all__ = ["GroupState", "ListenerGroups"]

_PAGE: Final = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupState:
    """How one consumer group of one stream is.

    Attributes:
        stream: the stream's key.
        name: the group's name, `{service_name}-{listener_name}` for a listener.
        service: the service that listens, where it is registered.
        gone: it is registered, but the server has no such group any more; what follows is 0 then.
        pending: entries that were delivered and not acknowledged.
        oldest: seconds since the oldest of them was fired, by the server's clock.
        undelivered: entries that were not delivered yet; `None` where the server cannot say.
        consumers: names of the processes that the group knows.
        seen: seconds since one of them was seen; `None` where there is none.
        replays: dead letters that were given back and are not acknowledged; of a group that is gone
            too.
    """

    stream: bytes
    name: str
    service: str = ""
    gone: bool = False
    pending: int = 0
    oldest: float = 0.0
    undelivered: int | None = 0
    consumers: tuple[str, ...] = ()
    seen: float | None = None
    replays: int = 0


class ListenerGroups:
    """The consumer groups of every event stream of a server.

    Args:
        redis_url: where the server is.

    Raises:
        ValueError: that is no URL of a server.
    """

    def __init__(self, redis_url: str) -> None:
        self._asker = Asker(redis_url, name="lbgen:group")

    def states(self) -> Iterator[GroupState]:
        """Every group of every stream, by stream and name.

        Raises:
            ServerUnavailable: the server cannot be asked.
        """
        streams = {
            key
            for key in self._asker.keys(EVERY_STREAM, b"TYPE", b"stream")
            if not is_beside_a_stream(key)
        }
        remembered = {
            stream_of_registered(key)
            for key in self._asker.keys(EVERY_REGISTERED, b"TYPE", b"hash")
        }
        for stream in sorted(streams | remembered):
            groups: list[Any] = []
            if stream in streams:
                groups = self._asker.ask(b"XINFO", b"GROUPS", stream)
            owners = {
                name.decode(errors="replace"): service_of(registration)
                for name, registration in _pairs(
                    self._asker.ask(b"HGETALL", registered_key(stream))
                ).items()
            }
            states = [self._state(stream, _pairs(group), owners) for group in groups]
            states += [
                GroupState(
                    stream=stream,
                    name=name,
                    service=owners[name],
                    gone=True,
                    replays=self._replays(stream, name.encode()),
                )
                for name in owners.keys() - {state.name for state in states}
            ]
            yield from sorted(states, key=lambda state: state.name)

    def _state(self, stream: bytes, group: dict[bytes, Any], owners: dict[str, str]) -> GroupState:
        name, ask = group[b"name"], self._asker.ask
        oldest, seen = 0.0, None
        if group[b"pending"]:
            seconds, micros = ask(b"TIME")
            lowest = ask(b"XPENDING", stream, name)[1]
            fired = int(lowest.partition(b"-")[0]) / 1000 if lowest else int(seconds)
            oldest = max(int(seconds) + int(micros) / 1e6 - fired, 0.0)
        consumers = [_pairs(each) for each in ask(b"XINFO", b"CONSUMERS", stream, name)]
        if consumers:
            seen = min(each[b"idle"] for each in consumers) / 1000
        return GroupState(
            stream=stream,
            name=name.decode(errors="replace"),
            service=owners.get(name.decode(errors="replace"), ""),
            pending=group[b"pending"],
            oldest=oldest,
            undelivered=group.get(b"lag"),
            consumers=tuple(sorted(each[b"name"].decode(errors="replace") for each in consumers)),
            seen=seen,
            replays=self._replays(stream, name),
        )

    def _replays(self, stream: bytes, group: bytes) -> int:
        waiting: Any = self._asker.ask(b"XLEN", replay_key(stream, group.decode(errors="replace")))
        return int(waiting)

    def of_listener(self, service: str, listener: str) -> list[GroupState]:
        """The groups of one listener, one for each stream that it listens to."""
        name = f"{service}-{listener}"
        return [
            state
            for state in self.states()
            if state.name == name and state.service in ("", service)
        ]

    def alive(self, service: str, state: GroupState) -> list[str]:
        """Those of a group's processes that live, whether they still have the listener or not.

        Of a group that is gone nobody knows the processes: all of the service count.
        """
        if not state.gone:
            held = {process: lease_key(service, process) for process in state.consumers}
            return [name for name, key in held.items() if self._asker.ask(b"EXISTS", key)]
        return [process_of_lease(service, key) for key in self._asker.keys(every_lease(service))]

    def remove(self, state: GroupState) -> None:
        """Remove a group, what is remembered of it and its replays; dead letters stay.

        What it had not acknowledged is not run. Trimming does not wait for it any more. Should a
        process of it live, the process makes it again and begins at the beginning.
        """
        self._acknowledge_all(state)
        remove: list[Command] = [
            (b"HDEL", registered_key(state.stream), state.name),
            (b"UNLINK", replay_key(state.stream, state.name)),
        ]
        if self._asker.ask(b"EXISTS", state.stream):  # the group may have been made again
            remove.append((b"XGROUP", b"DESTROY", state.stream, state.name))
        self._asker.at_once(*remove)

    def _acknowledge_all(self, state: GroupState) -> None:
        """Empty a group's list of pending entries in steps: the server would do it in one."""
        while state.pending:
            pending: list[Any] = self._asker.ask(
                b"XPENDING", state.stream, state.name, b"-", b"+", _PAGE
            )
            if pending:
                ids = [entry[0] for entry in pending]
                self._asker.ask(b"XACK", state.stream, state.name, *ids)
            if len(pending) < _PAGE:
                return

    def close(self) -> None:
        """Close the connection."""
        self._asker.close()


def _pairs(reply: Any) -> dict[bytes, Any]:
    """A reply that names its values, as a mapping."""
    return dict(zip(reply[::2], reply[1::2], strict=True))
