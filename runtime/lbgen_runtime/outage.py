"""One log line when the server is gone and one when it is back, for all connections together."""

from __future__ import annotations

import logging
import threading
import time
from urllib.parse import urlsplit

from .backoff import backoff

__all__ = ["Outage"]

_log = logging.getLogger("lbgen")


class Outage:
    """What the connections of one bus know together about the server's absence; from any thread.

    Args:
        url: where the server is; no log line tells its credentials.
    """

    __slots__ = ("_lock", "_since", "_where")

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)  # its password may stand before the host or in the query
        self._where = parts.netloc.rpartition("@")[2] + parts.path
        self._since: float | None = None
        self._lock = threading.Lock()

    def failed(self, why: object, attempt: int) -> float:
        """A connection failed; returns the seconds to wait before the next try."""
        with self._lock:
            first = self._since is None
            if first:
                self._since = time.monotonic()
        if first:
            _log.warning("lost the connection to %s: %s; trying again", self._where, why)
        return 0.0 if attempt == 1 else backoff(attempt - 1, first=0.1, longest=5.0)

    def worked(self) -> None:
        """A connection worked."""
        if self._since is not None:  # rarely: most calls need no lock
            self._back()

    def _back(self) -> None:
        with self._lock:
            since, self._since = self._since, None
        if since is not None:
            seconds = time.monotonic() - since
            _log.warning("connected to %s again after %.1f s", self._where, seconds)
