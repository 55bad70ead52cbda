"""A server and its replica, and a proxy that leads to the one that is right."""

from __future__ import annotations

import contextlib
import time
from typing import TYPE_CHECKING, Any, Final

import redis

from tests.support import servers
from tests.support.proxy import Mode, Proxy

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["ServerPair"]

_OPTIONS: Final[dict[str, Any]] = {
    "appendonly": "yes",
    "appendfsync": "always",
    "slowlog_log_slower_than": "10000",
    "repl_diskless_sync_delay": "0",
}


class ServerPair:
    """Loses no write, whatever happens to it.

    Args:
        kind: the kind of server.
        note: what writes into the harness's journal.

    Attributes:
        server: the server that is right.
        proxy: leads new connections to it.
    """

    def __init__(self, kind: str, note: Callable[..., None]) -> None:
        self._kind = kind
        self._note = note
        self.server = servers.Server(kind, **_OPTIONS)
        self.proxy = Proxy(self.server.port)
        self._replica: servers.Server | None = None

    def network(self, mode: Mode, seconds: float) -> None:
        """Let the network misbehave for a while, then reset what was under way."""
        self._note("network", mode=mode, seconds=seconds)
        self.proxy.mode = mode
        time.sleep(seconds)
        self.proxy.mode = "pass"
        if mode in ("drop_replies", "blackhole"):
            self.proxy.reset()
        self._note("network", mode=mode, seconds=seconds)

    def reset(self) -> None:
        """Reset every connection."""
        self._note("reset")
        self.proxy.reset()

    def kill_clients(self) -> None:
        """End every connection of the actors on the server."""
        self._note("reset")
        for client in self.server.client.client_list():
            if client["name"].startswith("lbgen:"):
                with contextlib.suppress(redis.ResponseError):  # it has ended by itself
                    self.server.client.execute_command("CLIENT", "KILL", "ID", client["id"])

    def restart(self) -> None:
        """SIGKILL the server and start it with what it has on disk."""
        self._note("server")
        self.server.kill()
        self.server.start()
        self._note("server")

    def slow_scripts(self) -> list[float]:
        """The seconds of the latest scripts that took more than ten milliseconds."""
        log = self.server.client.slowlog_get(128)
        return [each["duration"] / 1e6 for each in log if each["command"].startswith(b"EVAL")]

    def replica(self) -> servers.Server:
        """The server's replica; started where there is none yet."""
        if self._replica is None:
            self._replica = servers.Server(self._kind, **_OPTIONS)
            self._replica.client.replicaof("127.0.0.1", self.server.port)
        return self._replica

    def _is_in_sync(self, replica: servers.Server) -> bool:
        about: dict[str, Any] = replica.client.info()
        # Until its file is rewritten, it would lose at a restart what it got from its master.
        return about["master_link_status"] == "up" and not (
            about["master_sync_in_progress"]
            or about["aof_rewrite_in_progress"]
            or about["aof_rewrite_scheduled"]
        )

    def demote(self, seconds: float = 20) -> bool:
        """Have the replica take over, without losing a write.

        The old server lives on as replica of the new one, with every connection that it has; the
        proxy leads new connections to the new one.

        Args:
            seconds: how long the replica may take to get in sync.

        Returns:
            Whether it happened.
        """
        old, new = self.server, self.replica()
        deadline = time.monotonic() + seconds
        while not self._is_in_sync(new):
            if time.monotonic() > deadline:
                return False
            time.sleep(0.05)
        self._note("server")
        old.client.execute_command("FAILOVER", "TO", "127.0.0.1", new.port, "TIMEOUT", 5000)
        servers.wait_for(lambda: old.client.info("replication")["role"] == "slave", 10)
        servers.wait_for(lambda: new.client.info("replication")["role"] == "master", 10)
        self.server, self._replica = new, old
        self.proxy.server_port = new.port
        self._note("server")
        return True

    def close(self) -> None:
        """End the proxy and the servers."""
        self.proxy.close()
        for server in (self.server, self._replica):
            if server is not None:
                server.stop()
