"""A server, a proxy before it, and actors that can be started, killed and counted."""

from __future__ import annotations

import contextlib
import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import redis
from ledger import STREAM, Ledger, Verdict
from proxy import Mode, Proxy

import servers

__all__ = ["Stage"]

_FOLDER = Path(__file__).parent
_ROOT = _FOLDER.parents[1]
_PATH = [str(_FOLDER), str(_ROOT / "tests" / "delivery"), str(_ROOT / "tests")]
_PATH += [str(_ROOT / "codegen"), str(_ROOT / "runtime")]


class Stage:
    """Everything that one fault test needs; `close` ends all that was started.

    Args:
        kind: the kind of server.
        folder: where journals go.
        seed: repeats the harness's random choices.
        plant: the fault that the runtimes have.
        bus: settings of every bus.
        listen: options of every listener.
        kinds: how often which kind of event is fired.
        server: options of the server.
    """

    def __init__(
        self,
        kind: str,
        folder: Path,
        *,
        seed: int,
        plant: str = "",
        bus: dict[str, Any] | None = None,
        listen: dict[str, Any] | None = None,
        kinds: dict[str, float] | None = None,
        server: dict[str, str] | None = None,
    ) -> None:
        self.random = random.Random(seed)
        self.seed = seed
        self._folder = folder
        self._plant = plant
        self._bus = {"trim_interval": 1.0, "retention": 60, **(bus or {})}
        self.timeout = 1.5
        self._listen = {
            "acknowledgement_timeout": self.timeout,
            "concurrency": 4,
            "retry_delay": 0.1,
            "max_retry_delay": 0.5,
            "grace": 3,
            **(listen or {}),
        }
        self.timeout = self._listen["acknowledgement_timeout"]
        self._kinds = kinds or {"ok": 1}
        options = {"appendonly": "yes", "appendfsync": "always", **(server or {})}
        self.server = servers.Server(kind, **options)
        self.proxy = Proxy(self.server.port)
        self.actors: dict[str, subprocess.Popen[bytes]] = {}
        self.wanted = 1
        self.names = iter(range(10_000))
        self._pause = folder / "pause"
        self._journal = os.open(folder / "journal-harness", os.O_WRONLY | os.O_APPEND | os.O_CREAT)

    def note(self, what: str, **about: Any) -> None:
        """Write a line into the harness's own journal."""
        line = {"what": what, "at": time.time(), "who": "harness", **about}
        os.write(self._journal, json.dumps(line).encode() + b"\n")

    def _start(self, role: str, name: str, options: dict[str, Any]) -> str:
        journal = self._folder / f"journal-{name}"
        bus = {"redis_url": self.proxy.url, **self._bus, **options.pop("bus", {})}
        log = (self._folder / "errors").open("ab")
        given = {"plant": self._plant, "seed": self.seed, "bus": bus, **options}
        self.actors[name] = subprocess.Popen(
            [sys.executable, str(_FOLDER / "actors.py"), role, str(journal), json.dumps(given)],
            env={**os.environ, "PYTHONPATH": os.pathsep.join(_PATH)},
            stdout=log,
            stderr=log,
        )
        log.close()
        return name

    def produce(self, *, count: int = 10**9, rate: float = 60, threads: int = 2) -> str:
        """Start a process that fires."""
        number = next(self.names)
        options = {
            "first": number * 10**7,
            "count": count,
            "rate": rate,
            "threads": threads,
            "kinds": self._kinds,
            "pause": str(self._pause),
            "seed": self.seed * 1000 + number,
        }
        return self._start("produce", f"producer-{number}", options)

    def consume(self, *, process: str = "") -> str:
        """Start a process that listens, under a name of its own unless one is given."""
        number = next(self.names)
        name = f"consumer-{number}"
        bus = {"process_name": process or name}
        return self._start("consume", name, {"listen": self._listen, "bus": bus})

    @property
    def consumers(self) -> list[str]:
        """The names of the listening processes that are alive."""
        return [
            name
            for name, actor in self.actors.items()
            if name.startswith("consumer") and actor.poll() is None
        ]

    def kill(self, name: str) -> None:
        """SIGKILL."""
        self.note("kill", whom=f"journal-{name}")
        self.actors[name].kill()
        self.actors[name].wait()

    def terminate(self, name: str) -> None:
        """SIGTERM."""
        self.note("terminate", whom=f"journal-{name}")
        self.actors[name].terminate()

    def stop_and_go(self, name: str, seconds: float) -> None:
        """SIGSTOP, and SIGCONT after a while."""
        self.pause(name)
        time.sleep(seconds)
        self.resume(name)

    def pause(self, name: str) -> None:
        """SIGSTOP."""
        self.note("paused", whom=f"journal-{name}")
        self.actors[name].send_signal(signal.SIGSTOP)

    def resume(self, name: str) -> None:
        """SIGCONT."""
        self.actors[name].send_signal(signal.SIGCONT)
        self.note("resumed", whom=f"journal-{name}")

    def network(self, mode: Mode, seconds: float) -> None:
        """Let the network misbehave for a while, then reset what was under way."""
        self.note("network", mode=mode, seconds=seconds)
        self.proxy.mode = mode
        time.sleep(seconds)
        self.proxy.mode = "pass"
        if mode in ("drop_replies", "blackhole"):
            self.proxy.reset()
        self.note("network", mode=mode, seconds=seconds)

    def kill_clients(self) -> None:
        """End every connection of the actors on the server."""
        for client in self.server.client.client_list():
            if client["name"].startswith("lbgen:"):
                with contextlib.suppress(redis.ResponseError):  # it has ended by itself
                    self.server.client.execute_command("CLIENT", "KILL", "ID", client["id"])

    def restart_server(self) -> None:
        """SIGKILL the server and start it with what it has on disk."""
        self.note("server")
        self.server.kill()
        self.server.start()
        self.note("server")

    def lines(self, what: str) -> list[dict[str, Any]]:
        """The lines of all journals about one thing."""
        ledger = Ledger(self._folder, self.timeout)
        return [line for line in ledger.lines if line["what"] == what]

    def pause_producers(self) -> None:
        """No event is fired after this, until `resume_producers`."""
        self._pause.touch()

    def resume_producers(self) -> None:
        """Events are fired again."""
        self._pause.unlink(missing_ok=True)

    def quiet(self, seconds: float = 60) -> bool:
        """Wait until every group has run everything; false where that takes too long.

        Processes that end are replaced, as a supervisor does, so that `wanted` are alive.
        """
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if not self._open():
                return True
            for _ in range(self.wanted - len(self.consumers)):
                self.consume()
            time.sleep(0.1)
        return False

    def _open(self) -> bool:
        client = self.server.client
        try:
            groups = client.xinfo_groups(STREAM)
            if len(groups) < 2 or any(group["pending"] for group in groups):
                return True
            return any(
                client.xrange(STREAM, b"(" + group["last-delivered-id"], count=1)
                for group in groups
            )
        except redis.RedisError:
            return True

    def settle(self, seconds: float = 60) -> Verdict:
        """End the firing, wait for calm, end the listening, and ask the ledger."""
        self._wait_for_end("producer")
        calm = self.quiet(seconds)
        for name in self.consumers:
            self.actors[name].terminate()
        self._wait_for_end("consumer")
        verdict = Ledger(self._folder, self.timeout).check(self.server.client)
        if not calm:
            verdict.violations["calm returns"].append(f"not within {seconds} s")
        return verdict

    def _wait_for_end(self, role: str) -> None:
        for name, actor in self.actors.items():
            if name.startswith(role):
                if role == "producer":
                    actor.terminate()
                try:
                    actor.wait(60)
                except subprocess.TimeoutExpired:
                    self.note("kill", whom=f"journal-{name}")
                    actor.kill()
                    actor.wait()
                    self.note("log", text=f"{name} did not end", level="ERROR")

    def close(self) -> None:
        """End everything that was started."""
        for actor in self.actors.values():
            actor.kill()
            actor.wait()
        self.proxy.close()
        self.server.stop()
        os.close(self._journal)
