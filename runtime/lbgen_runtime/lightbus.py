"""What Lightbus's processes look for on the bus beside the streams: the schema of each API.

Lightbus keeps an API's schema under `schema:{api}` for 60 seconds, written again every 48, and the
API's name in the set `schemas`. Its `inspect`, its `dumpschema` and its validation read it there.
"""

from __future__ import annotations

import atexit
import json
import logging
import threading
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, Any, Final

from .wire.client import RoutedClient
from .wire.connection_failures import ConnectionFailed
from .wire.published_schema import publish
from .wire.refusals import Refusal
from .wire.requests import ask_all

if TYPE_CHECKING:
    from collections.abc import Callable

    from .events.contract import EventContract
    from .wire.topology import Topology

__all__ = ["SchemaPublisher"]

_log = logging.getLogger("lbgen")

_AGAIN: Final = 20.0
"""Seconds after which it is written again: two writes may fail."""
_LAST_WORDS: Final = 2.0
"""Seconds that a process waits at its end for a schema that was not written yet."""
_PUBLISH: Final = "publish"
_END: Final = "end"


class _Thread(threading.Thread):
    """A thread and what it is told, one after the other."""

    def __init__(self, run: Callable[[SimpleQueue[str]], None]) -> None:
        self.told: SimpleQueue[str] = SimpleQueue()
        super().__init__(
            target=run, args=(self.told,), name="lbgen schemas for Lightbus", daemon=True
        )


class SchemaPublisher:
    """Keeps the schemas of APIs marked `lightbus: true` on the bus, from a thread of its own.

    A Lightbus process that has the API's class is its owner, and publishes RPCs too: where one
    keeps a schema there, it stays, and ours follows when that has expired.

    Args:
        topology: which servers there are.
        name: the connection's name on the server.
    """

    def __init__(self, topology: Topology, *, name: str) -> None:
        self._topology = topology
        self._name = name
        self._schemas: dict[str, bytes] = {}
        self._complaint = ""
        # A fire that announces may interrupt another one of its thread: no lock, no event.
        self._thread: dict[None, _Thread] = {}

    def announce(self, contract: EventContract[Any]) -> None:
        """Publish the schema of an event's API from now on; does not wait."""
        api = contract.api.name
        if api in self._schemas:
            return
        text = contract.event_type.__lbgen_schema__.lightbus(api)
        if text is None:
            return
        self._schemas[api] = json.dumps(json.loads(text), sort_keys=True).encode()
        made = _Thread(self._run)
        thread = self._thread.setdefault(None, made)
        if thread is made:
            thread.start()
            atexit.register(self.close)
        thread.told.put(_PUBLISH)

    def _run(self, told: SimpleQueue[str]) -> None:
        client = RoutedClient(self._topology, name=self._name)
        pause = _AGAIN
        while True:
            try:
                if told.get(timeout=pause) is _END:
                    break
            except Empty:
                pass
            pause = _AGAIN
            try:
                self._publish(client)
            except ConnectionFailed:
                pause = 1.0  # the connections that carry events say so in the log
            except Exception:  # noqa: BLE001 - a defect must not end the publishing
                _log.exception("publishing schemas for Lightbus failed; retrying")
        client.close()

    def _publish(self, client: RoutedClient) -> None:
        for api, schema in list(self._schemas.items()):
            for request in publish(api, schema):  # each key has a server of its own
                [reply] = ask_all(client, [request])
                if isinstance(reply, Refusal) and str(reply) != self._complaint:
                    self._complaint = str(reply)
                    _log.warning(
                        "cannot publish the schema of %s for Lightbus: %s",
                        api,
                        self._complaint,
                    )

    def close(self) -> None:
        """End the thread, after what was announced is on the bus; announcing starts another."""
        thread = self._thread.pop(None, None)
        if thread is None:
            return
        atexit.unregister(self.close)
        self._schemas.clear()
        thread.told.put(_END)
        thread.join(_LAST_WORDS)

    def disown(self) -> None:
        """Leave the thread to the parent, after a fork."""
        atexit.unregister(self.close)
