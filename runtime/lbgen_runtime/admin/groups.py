"""The consumer groups of a server, for those who look after them: how they are, and their end."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from ..wire import inspection
from ..wire.keys import (
    EVERY_REGISTERED,
    EVERY_STREAM,
    every_lease,
    is_beside_a_stream,
    lease_key,
    process_of_lease,
    replay_key,
    stream_of_registered,
)
from ..wire.registration import service_of
from ..wire.writes import SERVER_TIME
from .client import AdminClient

if TYPE_CHECKING:
    from collections.abc import Iterator


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
        ValueError: that is not a URL of a server.
    """

    def __init__(self, redis_url: str) -> None:
        self._client = AdminClient(redis_url, name="lbgen:group")

    def states(self) -> Iterator[GroupState]:
        """Every group of every stream, by stream and name.

        Raises:
            ServerUnavailable: the server cannot be asked.
        """
        streams = {
            key for key in self._client.keys(EVERY_STREAM, "stream") if not is_beside_a_stream(key)
        }
        remembered = {
            stream_of_registered(key) for key in self._client.keys(EVERY_REGISTERED, "hash")
        }
        for stream in sorted(streams | remembered):
            groups: list[inspection.GroupInfo] = []
            if stream in streams:
                groups = self._client.execute(inspection.groups(stream))
            owners = {
                name.decode(errors="replace"): service_of(registration)
                for name, registration in self._client.execute(
                    inspection.registered(stream)
                ).items()
            }
            states = [self._state(stream, group, owners) for group in groups]
            states += [
                GroupState(
                    stream=stream,
                    name=name,
                    service=owners[name],
                    gone=True,
                    replays=self._replays(stream, name),
                )
                for name in owners.keys() - {state.name for state in states}
            ]
            yield from sorted(states, key=lambda state: state.name)

    def _state(
        self, stream: bytes, group: inspection.GroupInfo, owners: dict[str, str]
    ) -> GroupState:
        execute, name = self._client.execute, group.name.decode(errors="replace")
        oldest = 0.0
        if group.pending:
            now = execute(SERVER_TIME)
            lowest = execute(inspection.lowest_pending(stream, group.name))
            fired = int(lowest.partition(b"-")[0]) if lowest else now
            oldest = max((now - fired) / 1000, 0.0)
        consumers = execute(inspection.consumers(stream, group.name))
        return GroupState(
            stream=stream,
            name=name,
            service=owners.get(name, ""),
            pending=group.pending,
            oldest=oldest,
            undelivered=group.undelivered,
            consumers=tuple(sorted(consumer.name for consumer in consumers)),
            seen=min((consumer.idle / 1000 for consumer in consumers), default=None),
            replays=self._replays(stream, name),
        )

    def _replays(self, stream: bytes, group: str) -> int:
        return self._client.execute(inspection.length(replay_key(stream, group)))

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
            return [
                name for name, key in held.items() if self._client.execute(inspection.exists(key))
            ]
        return [
            process_of_lease(service, key)
            for key in self._client.keys(every_lease(service), "string")
        ]

    def remove(self, state: GroupState) -> None:
        """Remove a group, what is remembered of it and its replays; dead letters stay.

        What it had not acknowledged is not run. Trimming does not wait for it any more. Should a
        process of it live, the process makes it again and begins at the beginning.
        """
        self._acknowledge_all(state)
        stream, name = state.stream, state.name
        remove = [inspection.forget_group(stream, name), inspection.remove_replays(stream, name)]
        if self._client.execute(inspection.exists(stream)):  # the group may have been made again
            remove.append(inspection.destroy_group(stream, name))
        self._client.transaction(*remove)

    def _acknowledge_all(self, state: GroupState) -> None:
        """Empty a group's list of pending entries in steps: the server would do it in one."""
        while state.pending:
            ids = self._client.execute(inspection.pending_ids(state.stream, state.name, _PAGE))
            if ids:
                self._client.execute(inspection.acknowledge(state.stream, state.name, ids))
            if len(ids) < _PAGE:
                return

    def close(self) -> None:
        """Close the connection."""
        self._client.close()
