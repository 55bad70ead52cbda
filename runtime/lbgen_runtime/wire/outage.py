"""One log line when the server is gone and one when it is back, for all connections together."""

from __future__ import annotations

import logging
import time
from typing import TYPE_CHECKING

from .backoff import backoff

if TYPE_CHECKING:
    from .topology import Topology

__all__ = ["Outage"]

_log = logging.getLogger("lbgen")


class Outage:
    """What the connections of one bus know together about the server's absence; from any thread.

    Args:
        topology: which servers there are; no log line tells their credentials.

    Attributes:
        where: where the server is, without credentials.
    """

    __slots__ = ("_since", "_topology", "where")

    def __init__(self, topology: Topology) -> None:
        self._topology = topology
        self.where = str(topology.url)
        self._since: dict[None, list[float]] = {}  # a log handler may fire: no lock

    def record_failure(self, why: object, attempt: int) -> float:
        """A connection failed; returns the seconds to wait before the next try."""
        longest = 1.0 if self._topology.fails_over else 5.0
        delay = 0.0 if attempt == 1 else backoff(attempt - 1, first=0.1, longest=longest)
        now = [time.monotonic()]
        if self._since.setdefault(None, now) is now:
            when = f"in {delay:.1f} s" if delay else "now"
            _log.warning("cannot reach %s (%s); retrying %s", self.where, why, when)
        return delay

    def record_success(self) -> None:
        """A connection worked."""
        if self._since and (since := self._since.pop(None, None)) is not None:
            seconds = time.monotonic() - since[0]
            _log.warning("reconnected to %s after %.1f s", self.where, seconds)
