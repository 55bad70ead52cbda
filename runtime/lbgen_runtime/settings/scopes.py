"""What holds for one bus and for one listener.

A value is taken from the call (`Bus(...)`, `listen(...)`), else from the environment, else the
default holds.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, TypedDict

from .declarations import SETTINGS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

__all__ = ["ListenerOptions", "ListenerSettings", "OnError", "OnFull", "Settings"]

OnFull = Literal["raise", "drop_oldest"]
OnError = Literal["RETRY", "SHUTDOWN", "ACKNOWLEDGE_AND_LOG"]


class ListenerOptions(TypedDict, total=False):
    """What `listen` takes beside the handler and the listener's name.

    Each is a setting of that name; `None` is that of the bus.
    """

    concurrency: int | None
    read_ahead: int | None
    read_ahead_bytes: int | None
    acknowledgement_timeout: float | str | None
    max_processing: float | str | None
    max_deliveries: int | None
    retry_delay: float | str | None
    max_retry_delay: float | str | None
    on_error: OnError | None
    since: str | datetime | None
    grace: float | str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ListenerSettings:
    """What holds for one listener; each field is a setting of that name."""

    concurrency: int
    read_ahead: int
    read_ahead_bytes: int
    acknowledgement_timeout: float
    max_processing: float
    max_deliveries: int
    retry_delay: float
    max_retry_delay: float
    on_error: OnError
    since: str | datetime
    grace: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What holds for one bus; each field is a setting of that name.

    In `process_name` the placeholders stand: each process fills them in for itself.
    """

    service_name: str | None
    process_name: str
    redis_url: str = field(repr=False)  # may have a password
    credentials: Callable[[], object] | None = field(repr=False)
    address_map: Mapping[tuple[str, int], tuple[str, int]]
    fire_deadline: float
    durability: str
    max_event_size: int
    event_id_memory: float
    retention: float | str
    trim_interval: float
    max_stream_length: int
    on_full: OnFull
    reclaim_interval: float
    consumer_memory: float
    listener: ListenerSettings

    @classmethod
    def read(
        cls, given: Mapping[str, object], environment: Mapping[str, str] | None = None
    ) -> Settings:
        """The settings of a bus whose call gave these values.

        Raises:
            InvalidSettings: one of them is not what it can be.
        """
        environment = os.environ if environment is None else environment
        values = {
            setting.name: setting.value(given.get(setting.name), environment)
            for setting in SETTINGS
        }
        listener = {s.name: values.pop(s.name) for s in SETTINGS if s.per_listener}
        return cls(listener=ListenerSettings(**listener), **values)

    def for_listener(self, given: Mapping[str, object]) -> ListenerSettings:
        """The settings of a listener whose call gave these values; the bus's hold for the rest.

        Raises:
            InvalidSettings: one of them is not what it can be.
            TypeError: there is no such setting of a listener.
        """
        if unknown := sorted(given.keys() - {s.name for s in SETTINGS if s.per_listener}):
            raise TypeError(f"listen() got an unexpected argument {unknown[0]!r}")
        values = {
            setting.name: getattr(self.listener, setting.name)
            if given.get(setting.name) is None
            else setting.value(given[setting.name], {})
            for setting in SETTINGS
            if setting.per_listener
        }
        return ListenerSettings(**values)
