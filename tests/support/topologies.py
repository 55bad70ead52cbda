"""Real clusters and Sentinel sets for tests, from the servers of `servers.py`."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from tests.support.servers import SUPERVISED, Client, Server, binary, free_port, wait_for

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["SLOTS", "Cluster", "Sentinel", "SentinelSet"]

SLOTS: Final = 16_384
"""Slots of a cluster."""
NODE_TIMEOUT: Final = 1_000
"""Milliseconds after which a node or a master that is silent is taken for dead."""


def _started(servers: Iterable[Any]) -> None:
    """Start servers side by side."""
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda server: server.start(), servers))


class Cluster:
    """A cluster whose masters share the slots evenly, each with the same number of replicas.

    Args:
        kind: `valkey` or `redis`.
        masters: how many masters.
        replicas: how many replicas each master has.
        options: options of the configuration of every node, by name.

    Attributes:
        nodes: every node: the first masters, then their replicas in turns.
    """

    def __init__(self, kind: str, *, masters: int = 3, replicas: int = 1, **options: str) -> None:
        options = {
            "cluster_enabled": "yes",
            "cluster_node_timeout": str(NODE_TIMEOUT),
            "cluster_allow_replica_migration": "no",
            "repl_diskless_sync_delay": "0",
            **options,
        }
        count = masters * (1 + replicas)
        self.nodes = [Server(kind, started=False, **options) for _ in range(count)]
        try:
            _started(self.nodes)
            self._join(masters)
        except BaseException:
            self.stop()
            raise

    def _join(self, masters: int) -> None:
        for epoch, node in enumerate(self.nodes, start=1):
            node.client.execute_command("CLUSTER", "SET-CONFIG-EPOCH", epoch)
        bounds = [SLOTS * number // masters for number in range(masters + 1)]
        for node, low, high in zip(self.nodes, bounds, bounds[1:], strict=False):
            node.client.execute_command("CLUSTER", "ADDSLOTSRANGE", low, high - 1)
        first, *others = self.nodes
        for other in others:
            first.client.execute_command("CLUSTER", "MEET", "127.0.0.1", other.port)
        wait_for(self._all_known, 30, what="every node knows every other")
        for number, node in enumerate(self.nodes[masters:]):
            master = self.nodes[number % masters]
            node.client.execute_command("CLUSTER", "REPLICATE", self.id_of(master))
        wait_for(self.is_calm, 30, what="the cluster is up, with every replica in step")

    def _all_known(self) -> bool:
        return all(
            int(node.client.execute_command("CLUSTER INFO")["cluster_known_nodes"])
            == len(self.nodes)
            for node in self.nodes
        )

    def is_calm(self) -> bool:
        """Whether every node that runs sees the cluster as up, and every replica has its data."""
        for node in self.running:
            try:
                if node.client.execute_command("CLUSTER INFO")["cluster_state"] != "ok":
                    return False
                state = node.client.info("replication")
            except redis.RedisError:
                return False
            if state["role"] == "slave" and state["master_link_status"] != "up":
                return False
        return True

    @property
    def running(self) -> list[Server]:
        """The nodes whose process was not ended."""
        return [node for node in self.nodes if node.is_running]

    @property
    def masters(self) -> list[Server]:
        """The nodes that are masters now, by their own word, with slots or without."""
        return [
            node for node in self.running if node.client.info("replication")["role"] == "master"
        ]

    @property
    def url(self) -> str:
        """Where to begin: every node."""
        return "redis+cluster://" + ",".join(f"127.0.0.1:{node.port}" for node in self.nodes)

    def id_of(self, node: Server) -> str:
        """The name that the cluster has for a node."""
        name = node.client.execute_command("CLUSTER", "MYID")
        return name.decode() if isinstance(name, bytes) else str(name)

    def slot_of(self, key: str | bytes) -> int:
        """The slot of a key."""
        return int(self.running[0].client.execute_command("CLUSTER", "KEYSLOT", key))

    def master_of(self, slot: int) -> Server:
        """The node that serves a slot, by its own word."""

        def served() -> Server | None:
            for node in self.running:
                for low, high, (_, port, *_), *_ in node.client.execute_command("CLUSTER", "SLOTS"):
                    if low <= slot <= high and port == node.port:
                        return node
            return None

        return wait_for(served, 30, what=f"a node serves slot {slot}")  # type: ignore[return-value]

    def replica_of(self, master: Server) -> Server:
        """A replica that follows a master and runs."""
        for node in self.running:
            state = node.client.info("replication")
            if state["role"] == "slave" and state["master_port"] == master.port:
                return node
        raise LookupError(f"no replica of {master.port} runs")

    def begin_move(self, slot: int, to: Server) -> Server:
        """Have a slot on its way to another master: ASK and TRYAGAIN; returns its master."""
        of = self.master_of(slot)
        to.client.execute_command("CLUSTER", "SETSLOT", slot, "IMPORTING", self.id_of(of))
        of.client.execute_command("CLUSTER", "SETSLOT", slot, "MIGRATING", self.id_of(to))
        return of

    def move_keys(self, slot: int, of: Server, to: Server) -> int:
        """Move the keys that a slot has at this moment; returns how many."""
        moved = 0
        while keys := of.client.execute_command("CLUSTER", "GETKEYSINSLOT", slot, 100):
            address = ("127.0.0.1", to.port, "", 0, 5000)
            of.client.execute_command("MIGRATE", *address, "REPLACE", "KEYS", *keys)
            moved += len(keys)
        return moved

    def end_move(self, slot: int, of: Server, to: Server) -> None:
        """The slot is the other master's; returns when every node has heard of it."""
        name = self.id_of(to)
        for node in (to, of):
            node.client.execute_command("CLUSTER", "SETSLOT", slot, "NODE", name)

        def agreed() -> bool:
            others = [node for node in self.running if self._owner(node, slot) != to.port]
            for node in others:  # gossip that was on its way may have taken it back
                if node.client.info("replication")["role"] == "master":
                    node.client.execute_command("CLUSTER", "SETSLOT", slot, "NODE", name)
            return not others

        wait_for(agreed, 30, what=f"every node knows who has slot {slot}")

    @staticmethod
    def _owner(node: Server, slot: int) -> int | None:
        """The port of the master that a node takes for that of a slot."""
        for low, high, (_, port, *_), *_ in node.client.execute_command("CLUSTER", "SLOTS"):
            if low <= slot <= high:
                return int(port)
        return None

    def move_slot(self, slot: int, to: Server) -> None:
        """Move a slot with its keys to another master, under load."""
        of = self.begin_move(slot, to)
        self.move_keys(slot, of, to)
        self.end_move(slot, of, to)

    def fail_over(self, replica: Server) -> None:
        """A planned failover: the replica takes over from its master without loss."""
        replica.client.execute_command("CLUSTER", "FAILOVER")
        wait_for(lambda: replica.client.info("replication")["role"] == "master", 30)

    def stop(self) -> None:
        """End every node and remove their data."""
        for node in self.nodes:
            node.stop()


class Sentinel:
    """A Sentinel that watches one master.

    Args:
        kind: `valkey` or `redis`.
        name: what the master is called.
        master: the port of the master.
        quorum: how many Sentinels must agree that it is gone.
        options: further lines of its configuration.
    """

    def __init__(
        self, kind: str, name: str, master: int, *, quorum: int, options: tuple[str, ...] = ()
    ) -> None:
        self.port = free_port()
        self._kind = kind
        self._folder = tempfile.mkdtemp(prefix=f"lbgen-sentinel-{kind}-")
        lines = (
            f"port {self.port}",
            "bind 127.0.0.1",
            f"dir {self._folder}",
            f"sentinel monitor {name} 127.0.0.1 {master} {quorum}",
            f"sentinel down-after-milliseconds {name} {NODE_TIMEOUT}",
            f"sentinel failover-timeout {name} 3000",
            *options,
        )
        self._file = Path(self._folder) / "sentinel.conf"
        self._file.write_text("\n".join(lines) + "\n")
        self._process: subprocess.Popen[bytes] | None = None
        self.client: Client = redis.Redis(
            port=self.port, protocol=2, retry=Retry(NoBackoff(), 0), socket_timeout=10
        )

    def start(self) -> None:
        """Start the Sentinel, with what it had learnt."""
        with (Path(self._folder) / "log").open("ab") as log:
            self._process = subprocess.Popen(
                ["sh", "-c", SUPERVISED, "sh", binary(self._kind), str(self._file), "--sentinel"],
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
            )
        wait_for(self._answers, 30, what="the Sentinel answers")

    def _answers(self) -> bool:
        try:
            return bool(self.client.ping())
        except (redis.ConnectionError, redis.TimeoutError):
            return False

    @property
    def is_running(self) -> bool:
        """Whether its process was not ended."""
        return self._process is not None

    def kill(self) -> None:
        """End the Sentinel at once (SIGKILL)."""
        os.kill(int(self.client.info("server")["process_id"]), signal.SIGKILL)
        self._end()

    def _end(self) -> None:
        self.client.close()
        if self._process is not None and self._process.stdin is not None:
            self._process.stdin.close()
            self._process.wait()
            self._process = None

    def stop(self) -> None:
        """End the Sentinel and remove what it has learnt."""
        self._end()
        shutil.rmtree(self._folder, ignore_errors=True)


class SentinelSet:
    """A master, its replicas, and the Sentinels that watch them.

    Args:
        kind: `valkey` or `redis`.
        name: what the master is called.
        replicas: how many replicas.
        sentinels: how many Sentinels.
        sentinel_options: further lines of each Sentinel's configuration.
        options: options of the configuration of every server, by name.
    """

    def __init__(
        self,
        kind: str,
        *,
        name: str = "mymaster",
        replicas: int = 2,
        sentinels: int = 3,
        sentinel_options: tuple[str, ...] = (),
        **options: str,
    ) -> None:
        self.name = name
        options = {"repl_diskless_sync_delay": "0", **options}
        master = Server(kind, started=False, **options)
        followers = {"replicaof": f"127.0.0.1 {master.port}", **options}
        self.servers = [
            master,
            *(Server(kind, started=False, **followers) for _ in range(replicas)),
        ]
        quorum = sentinels // 2 + 1
        self.sentinels = [
            Sentinel(kind, name, master.port, quorum=quorum, options=sentinel_options)
            for _ in range(sentinels)
        ]
        try:
            _started(self.servers)
            _started(self.sentinels)
            wait_for(self.is_calm, 60, what="the Sentinels know each other and every replica")
        except BaseException:
            self.stop()
            raise

    @property
    def running(self) -> list[Server]:
        """The servers whose process was not ended."""
        return [server for server in self.servers if server.is_running]

    @property
    def master(self) -> Server:
        """The server that most Sentinels take for the master."""
        ports = [
            int(sentinel.client.sentinel_get_master_addr_by_name(self.name)[1])
            for sentinel in self.sentinels
            if sentinel.is_running
        ]
        port = max(set(ports), key=ports.count)
        return next(server for server in self.servers if server.port == port)

    def is_calm(self) -> bool:
        """Whether Sentinels and servers agree on the master, and every replica has its data."""
        try:
            watchers = [sentinel for sentinel in self.sentinels if sentinel.is_running]
            for sentinel in watchers:
                state = sentinel.client.sentinel_master(self.name)
                if (
                    state["num-other-sentinels"] != len(self.sentinels) - 1
                    or state["num-slaves"] < len(self.running) - 1
                    or state["is_odown"]
                    or state["port"] != self.master.port
                ):
                    return False
            for server in self.running:
                info = server.client.info("replication")
                if server is self.master:
                    if info["role"] != "master":
                        return False
                elif info["role"] != "slave" or info["master_link_status"] != "up":
                    return False
        except redis.RedisError:
            return False
        return True

    @property
    def url(self) -> str:
        """Where to ask: every Sentinel."""
        places = ",".join(f"127.0.0.1:{sentinel.port}" for sentinel in self.sentinels)
        return f"redis+sentinel://{places}/{self.name}/0"

    def fail_over(self) -> Server:
        """A planned failover; returns the new master."""
        old = self.master

        def began() -> bool:
            try:
                self.sentinels[0].client.sentinel_failover(self.name)
            except redis.ResponseError:  # the last one is not over, or no replica is ready yet
                return False
            return True

        wait_for(began, 30, what="the Sentinel begins a failover")
        wait_for(lambda: self.master is not old, 30, what="another master")
        return self.master

    def stop(self) -> None:
        """End every server and Sentinel and remove their data."""
        for sentinel in self.sentinels:
            sentinel.stop()
        for server in self.servers:
            server.stop()
