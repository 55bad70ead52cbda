"""Feels whether the server answers: what it does not answer in time may be lost to others."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, Final

import redis

if TYPE_CHECKING:
    from tests.faults.stage import Stage

__all__ = ["Pulse"]

_INTERVAL: Final = 0.1
_KEY: Final = "harness:pulse"


class Pulse:
    """Notes when a write takes too long although nobody has planned it.

    A disk that is slow to sync holds up a server that syncs each write; a machine with too much to
    do holds up the server, and the proxy, which lives in this process.

    Args:
        stage: whose server.
    """

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._longest = stage.timeout / 2
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self) -> None:
        server = self._stage.server
        client = server.connect()  # its thread's own
        before = time.time()
        while not self._stop.wait(_INTERVAL):
            if server is not self._stage.server:
                client.close()
                server = self._stage.server
                client = server.connect()
            try:
                client.set(_KEY, 1)
            except redis.TimeoutError:
                continue
            except redis.RedisError:
                before = 0.0  # the harness has taken it away, and says so itself
                continue
            now = time.time()
            if before and now - before > self._longest:
                self._stage.note("stalled", seconds=now - before)
            before = now
        client.close()

    def close(self) -> None:
        """Feel no more."""
        self._stop.set()
        self._thread.join()
