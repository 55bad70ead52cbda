"""Looks on while everything breaks: what was handled must be acknowledged soon."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

import redis

from tests.faults.journal import Journals
from tests.faults.ledger import GROUPS, PATIENCE, STREAM

if TYPE_CHECKING:
    from pathlib import Path

    from tests.faults.journal import Line
    from tests.faults.stage import Stage

__all__ = ["Watch"]

_INTERVAL = 0.5


class Watch:
    """Notes what stays pending although the process that owns it is done with it.

    Args:
        stage: what is watched.
        folder: where the journals are.
    """

    def __init__(self, stage: Stage, folder: Path) -> None:
        self._stage = stage
        self._journals = Journals(folder)
        self._done: dict[tuple[str, bytes], Line] = {}
        """By group and entry, what the process wrote that was done with it last."""
        self._noted: set[tuple[str, bytes]] = set()
        self._seen: dict[str, dict[tuple[str, bytes], float]] = {}
        """By group, since when an entry is pending that its process is done with: it may have been
        delivered again, by a group that began again."""
        self._calm_since = 0.0
        self._server = stage.server
        self._client = stage.server.connect()  # its thread's own
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self) -> None:
        while not self._stop.wait(_INTERVAL):
            for line in self._journals.new_lines():
                self._read(line)
            if self._server is not self._stage.server:
                self._client.close()
                self._server = self._stage.server
                self._client = self._server.connect()
            try:
                for group in GROUPS:
                    self._look(group)
            except redis.RedisError:
                self._calm_since = time.time()

    def _read(self, line: Line) -> None:
        match line["what"]:
            case "server" | "network" | "group lost" | "resumed":
                self._calm_since = line["at"]
            case "began" | "failed" | "cancelled" | "gave up":
                self._done.pop((line["group"], line["entry"].encode()), None)
            case "done":
                self._done[line["group"], line["entry"].encode()] = line
            case _:
                pass

    def _look(self, group: str) -> None:
        before, now = self._seen.get(group, {}), time.time()
        seen = self._seen[group] = {}
        for entry in self._client.xpending_range(STREAM, f"service-{group}", "-", "+", 1000):
            key = (group, entry["message_id"])
            done = self._done.get(key)
            if done is None or key in self._noted or done["process"].encode() != entry["consumer"]:
                continue
            seen[key] = before.get(key, now)
            late = now - max(done["at"], self._calm_since, seen[key]) > PATIENCE
            if late and self._stage.is_alive(done["who"]):
                self._noted.add(key)
                self._stage.note("unacknowledged", done=done)

    def close(self) -> None:
        """Watch no more."""
        self._stop.set()
        self._thread.join()
        self._client.close()
