"""A server for measurements: alone on its core where the machine allows; what it says of itself."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import redis

if TYPE_CHECKING:
    from types import TracebackType

__all__ = ["Reading", "Server", "cores"]


def cores() -> tuple[set[int], set[int]]:
    """The cores of the server and those of the clients; the same where there is only one."""
    allowed = sorted(os.sched_getaffinity(0))
    return {allowed[0]}, {allowed[1 % len(allowed)]}


@dataclass(frozen=True, slots=True)
class Reading:
    """What a server has done so far.

    Attributes:
        cpu: seconds of processor time.
        commands: calls by command, without those that only look.
    """

    cpu: float
    commands: dict[str, int]

    def since(self, before: Reading) -> Reading:
        """What it did between two readings."""
        calls = {n: c - before.commands.get(n, 0) for n, c in self.commands.items()}
        return Reading(self.cpu - before.cpu, {n: c for n, c in calls.items() if c})


_LOOKING = ("info", "memory|usage", "scan", "flushall", "command", "config|get")


class Server:
    """A `redis-server` (or another binary that takes its options) on a free port.

    Args:
        binary: name or path of the program.
    """

    def __init__(self, binary: str = "redis-server", **options: str) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = int(probe.getsockname()[1])
        self._folder = tempfile.mkdtemp(prefix="lbgen-benchmark-")
        command = [binary, "--port", str(self.port), "--bind", "127.0.0.1", "--dir", self._folder]
        command += ["--save", "", "--appendonly", "no"]
        for name, value in options.items():
            command += [f"--{name.replace('_', '-')}", value]
        with (Path(self._folder) / "log").open("wb") as log:
            self._process = subprocess.Popen(command, stdout=log, stderr=log)
        os.sched_setaffinity(self._process.pid, cores()[0])
        self.client: Any = redis.Redis(port=self.port, protocol=2)
        for _ in range(1000):
            try:
                self.client.ping()
                break
            except redis.ConnectionError:
                time.sleep(0.01)
        info = self.client.info("server")
        self.version = f"{info.get('server_name', 'redis')} " + str(
            info.get("valkey_version", info["redis_version"])
        )

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    def clear(self) -> None:
        """Remove everything."""
        self.client.flushall()

    def reading(self) -> Reading:
        """What the server has done so far."""
        cpu = self.client.info("cpu")
        stats = self.client.info("commandstats")
        calls = {name.removeprefix("cmdstat_"): int(s["calls"]) for name, s in stats.items()}
        return Reading(
            float(cpu["used_cpu_user"]) + float(cpu["used_cpu_sys"]),
            {name: n for name, n in calls.items() if name not in _LOOKING},
        )

    def memory(self) -> int:
        """Bytes of all keys together (`MEMORY USAGE`)."""
        keys = list(self.client.scan_iter(count=1000))
        pipeline = self.client.pipeline(transaction=False)
        for key in keys:
            pipeline.memory_usage(key, samples=0)
        return sum(size or 0 for size in pipeline.execute())

    def close(self) -> None:
        """End the server and remove its data."""
        self._process.terminate()
        self._process.wait()
        shutil.rmtree(self._folder, ignore_errors=True)

    def __enter__(self) -> Server:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: object, traceback: TracebackType | None
    ) -> None:
        self.close()
