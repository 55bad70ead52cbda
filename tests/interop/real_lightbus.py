"""The real Lightbus: virtual environments of its own, workers, clients and commands."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from redis.exceptions import ResponseError

from tests.support.servers import wait_for

if TYPE_CHECKING:
    from tests.support.servers import Server

SERVICE: Final = Path(__file__).with_name("lightbus_service")
PATIENCE: Final = 60.0
"""Seconds that anything may take: the machine may be busy."""
VERSIONS: Final[dict[str, tuple[str, tuple[str, ...]]]] = {
    "1.3.0a6": ("", ("lightbus==1.3.0a6",)),
    "1.1.2": ("3.9", ("lightbus==1.1.2", "aioredis<2", "setuptools<81")),
}
"""What is installed for each version of Lightbus, and the Python that it needs."""


class NotHere(Exception):
    """A version of Lightbus cannot be installed on this machine; the message says why."""


def find_python(version: str) -> str:
    """A Python of a version; any that Lightbus 1.3.0a6 runs on for the empty version.

    Raises:
        NotHere: there is none.
    """
    root = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
    wanted = [version] if version else [f"3.{minor}" for minor in (12, 13, 11, 10, 9)]
    for each in wanted:
        if each == ".".join(map(str, sys.version_info[:2])):
            return sys.executable
        found = [shutil.which(f"python{each}"), *map(str, root.glob(f"{each}.*/bin/python"))]
        for path in filter(None, found):
            shown = subprocess.run([path, "--version"], capture_output=True, text=True, check=False)
            if shown.stdout.startswith(f"Python {each}."):
                return path
    raise NotHere(f"there is no Python {version or 'from 3.9 to 3.13'} on this machine")


def _failure(command: list[str]) -> str:
    """Why a command fails; empty if it does not."""
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.stderr[-300:] or "no reason" if done.returncode else ""


class Lightbus:
    """A version of Lightbus in a virtual environment.

    Args:
        version: which.
        folder: where the environment is made.

    Raises:
        NotHere: it cannot be installed.
    """

    def __init__(self, version: str, folder: Path) -> None:
        self.version = version
        python, packages = VERSIONS[version]
        environment = folder / "venv"
        self._bin = environment / "bin"
        base = find_python(python)
        # This Python's pip can install for another one, and saves it a pip of its own.
        shared = [sys.executable, "-m", "pip", "--python", str(self._bin / "python")]
        own = [str(self._bin / "python"), "-m", "pip"]
        for options, pip in ((["--without-pip"], shared), (["--clear"], own)):
            why = _failure([base, "-m", "venv", *options, str(environment)]) or _failure(
                [*pip, "install", "-q", "--disable-pip-version-check", *packages]
            )
            if not why:
                return
        raise NotHere(f"Lightbus {version} cannot be installed: {why}")

    @property
    def commands(self) -> Path:
        """The folder with `lightbus` and its Python."""
        return self._bin

    def on(self, server: Server, **event_transport: Any) -> Service:
        """A service of this Lightbus on a server.

        Args:
            server: where its bus is.
            event_transport: options of its Redis event transport.
        """
        return Service(self._bin, server, event_transport)


class Service:
    """A Lightbus service: its configuration and its processes."""

    def __init__(self, folder: Path, server: Server, event_transport: dict[str, Any]) -> None:
        self._bin = folder
        self.server = server
        self._folder = Path(tempfile.mkdtemp(prefix="lbgen-lightbus-"))
        self.notes_file = self._folder / "notes"
        self.notes_file.touch()
        self._config = self._folder / "lightbus.json"
        self._config.write_text(json.dumps(_config(server.url, event_transport)))
        self._processes: list[Process] = []
        self._neighbours: list[subprocess.Popen[bytes]] = []

    def __enter__(self) -> Service:
        return self

    def __exit__(self, *error: object) -> None:
        for process in self._processes:
            process.kill()
        for neighbour in self._neighbours:
            neighbour.kill()
            neighbour.wait(PATIENCE)
        shutil.rmtree(self._folder, ignore_errors=True)

    def _start(self, command: list[str], environment: dict[str, str]) -> Process:
        log = (self._folder / f"log-{len(self._processes)}").open("w+")
        process = Process(
            subprocess.Popen(
                command,
                env={
                    **{k: v for k, v in os.environ.items() if not k.startswith("PYTHON")},
                    "PYTHONPATH": str(SERVICE),
                    "PYTHONUNBUFFERED": "1",
                    "HOME": str(self._folder),  # `inspect` keeps a cache there
                    "LIGHTBUS_MODULE": "bus",
                    "LIGHTBUS_CONFIG": str(self._config),
                    "NOTES": str(self.notes_file),
                    **environment,
                },
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE if command[-1].endswith("fire.py") else log,
                stderr=log,
                text=True,
            ),
            Path(log.name),
        )
        log.close()
        self._processes.append(process)
        return process

    def worker(
        self, *, listen: str, service: str = "billing", process: str = "p1", **environment: str
    ) -> Process:
        """Start `lightbus run`, and wait until it listens.

        Args:
            listen: listeners, `api.event=listener,...`.
            service: the service's name.
            process: the process's name.
            environment: of the process; `SERVE`, `SLOW`.
        """
        command = [str(self._bin / "lightbus"), "run"]
        command += ["--service-name", service, "--process-name", process]
        started = self._start(command, {"LISTEN": listen, **environment})
        for each in listen.split(","):
            name, _, listener = each.partition("=")
            stream, group = stream_of(name), f"{service}-{listener}"
            started.wait_for(
                lambda stream=stream, group=group: process in self._consumers(stream, group),
                f"Lightbus listens as {group} on {stream}",
            )
        return started

    def beside(self, neighbour: subprocess.Popen[bytes]) -> subprocess.Popen[bytes]:
        """A process that ends with this service, however its test ends."""
        self._neighbours.append(neighbour)
        return neighbour

    def _consumers(self, stream: str, group: str) -> list[str]:
        try:
            consumers = self.server.client.xinfo_consumers(stream, group)
        except ResponseError:  # there is no stream or group yet
            return []
        return [consumer["name"].decode() for consumer in consumers]

    def client(self, *, serve: str = "shop.orders,shop.prices") -> Client:
        """Start a process that fires and calls."""
        command = [str(self._bin / "python"), str(SERVICE / "fire.py")]
        return Client(self._start(command, {"SERVE": serve}))

    def run(self, *arguments: str) -> str:
        """Run a command of Lightbus to its end; returns its output."""
        done = subprocess.run(
            [str(self._bin / "lightbus"), *arguments],
            env={
                **{k: v for k, v in os.environ.items() if not k.startswith("PYTHON")},
                "PYTHONPATH": str(SERVICE),
                "HOME": str(self._folder),
                "LIGHTBUS_MODULE": "bus",
                "LIGHTBUS_CONFIG": str(self._config),
                "NOTES": str(self.notes_file),
            },
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    @property
    def notes(self) -> list[dict[str, Any]]:
        """What its listeners have noted."""
        return [json.loads(line) for line in self.notes_file.read_text().splitlines()]

    @property
    def numbers(self) -> list[int]:
        """The numbers that its listeners have noted."""
        return [note["parameters"]["number"] for note in self.notes]


class Process:
    """A process of Lightbus's."""

    def __init__(self, process: subprocess.Popen[str], log: Path) -> None:
        self.process = process
        self._log = log

    @property
    def alive(self) -> bool:
        return self.process.poll() is None

    @property
    def log(self) -> str:
        return self._log.read_text()

    def wait_for(self, condition: Any, what: str) -> Any:
        """Wait for a condition while the process lives."""

        def met() -> Any:
            assert self.alive, f"Lightbus has exited: {self.log[-3000:]}"
            return condition()

        return wait_for(met, seconds=PATIENCE, what=what)

    def stop(self) -> int:
        """SIGTERM; returns the exit code."""
        self.process.terminate()
        return self.process.wait(PATIENCE)

    def kill(self) -> None:
        """SIGKILL."""
        if self.alive:
            self.process.kill()
        self.process.wait(PATIENCE)
        for stream in (self.process.stdin, self.process.stdout):
            if stream is not None:
                stream.close()


class Client:
    """A Lightbus client that fires and calls."""

    def __init__(self, process: Process) -> None:
        self._process = process

    def _do(self, **order: Any) -> Any:
        process = self._process.process
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(json.dumps(order) + "\n")
        process.stdin.flush()
        while line := process.stdout.readline():
            if line.startswith("done "):
                return json.loads(line.removeprefix("done "))
        raise AssertionError(f"the client has exited: {self._process.log[-3000:]}")

    def fire(self, event: str, *numbers: int) -> None:
        """Fire an event with each number."""
        api, _, name = event.rpartition(".")
        self._do(api=api, event=name, numbers=numbers)

    def fire_typed(self, event: str, which: str) -> None:
        """Fire an event with a value of every type."""
        api, _, name = event.rpartition(".")
        self._do(api=api, event=name, typed=which)

    def call(self, rpc: str, **parameters: Any) -> Any:
        """Call a remote procedure."""
        api, _, name = rpc.rpartition(".")
        return self._do(api=api, rpc=name, parameters=parameters)


def stream_of(event: str) -> str:
    """The key of the stream of an event of the tests' APIs."""
    api, _, _ = event.rpartition(".")
    return f"{api}.*:stream" if api == "shop.orders" else f"{event}:stream"


def _config(url: str, event_transport: dict[str, Any]) -> dict[str, Any]:
    redis = {"url": url}
    events = {**redis, **event_transport}
    api = {
        "strict_validation": True,
        "event_transport": {"redis": events},
        "rpc_transport": {"redis": redis},
        "result_transport": {"redis": redis},
    }
    return {
        "bus": {"log_level": "info", "schema": {"transport": {"redis": redis}}},
        "apis": {
            "default": api,
            "shop.prices": {
                **api,
                "event_transport": {"redis": {**events, "stream_use": "per_event"}},
            },
        },
    }
