"""Servers, and actors that can be started, killed and counted."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import redis

from tests.faults.journal import Journal, Journals
from tests.faults.ledger import GROUPS, STREAM, Ledger
from tests.faults.pair import ServerPair
from tests.faults.pulse import Pulse
from tests.faults.watch import Watch

if TYPE_CHECKING:
    from tests.faults.journal import Line
    from tests.faults.verdict import Verdict
    from tests.support import servers

__all__ = ["Stage"]

_ROOT = Path(__file__).parents[2]
_PATH = [str(_ROOT), str(_ROOT / "codegen"), str(_ROOT / "runtime")]


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
        produce: options of every process that fires.
        actors: options of every process.

    Attributes:
        pair: the servers, and the proxy before them.
        gate: what handlers of the kind `gate` wait for.
        wanted: how many processes listen, once calm returns.
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
        produce: dict[str, Any] | None = None,
        actors: dict[str, Any] | None = None,
    ) -> None:
        self.random = random.Random(seed)
        self.seed = seed
        self._folder = folder
        self._plant = plant
        self._bus = {"trim_interval": 1.0, "retention": 60, **(bus or {})}
        self._listen = {
            "acknowledgement_timeout": 1.5,
            "concurrency": 4,
            "retry_delay": 0.1,
            "max_retry_delay": 0.5,
            "grace": 3.0,
            **(listen or {}),
        }
        self.timeout: float = self._listen["acknowledgement_timeout"]
        self._produce = {"kinds": kinds or {"ok": 1}, **(produce or {})}
        self._actors = actors or {}
        self.actors: dict[str, subprocess.Popen[bytes]] = {}
        self.wanted = 1
        self.names = iter(range(10_000))
        self.gate = folder / "gate"
        self._pause = folder / "pause"
        self._journal = Journal(folder / "journal-harness")
        self.pair = ServerPair(kind, self.note)
        self._journals = Journals(folder)
        self._lines: list[Line] = []
        self._watch = Watch(self, folder)
        self._pulse = Pulse(self)

    @property
    def server(self) -> servers.Server:
        """The server that is right."""
        return self.pair.server

    def note(self, what: str, **about: Any) -> None:
        """Write a line into the harness's own journal."""
        self._journal.write(what, **about)

    def lines(self, what: str) -> list[Line]:
        """The lines of all journals about one thing."""
        self._lines += self._journals.new_lines()
        return [line for line in self._lines if line["what"] == what]

    @property
    def listening(self) -> int:
        """How many processes have said that they listen."""
        return sum("listening as" in line["text"] for line in self.lines("log"))

    def _start(self, role: str, name: str, options: dict[str, Any]) -> str:
        journal = self._folder / f"journal-{name}"
        bus = {"redis_url": self.pair.proxy.url, **self._bus, **options.pop("bus", {})}
        log = (self._folder / "errors").open("ab")
        given = {"plant": self._plant, "seed": self.seed, "bus": bus, **self._actors, **options}
        self.actors[name] = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.actors", role, str(journal), json.dumps(given)],
            env={**os.environ, "PYTHONPATH": os.pathsep.join(_PATH)},
            stdout=log,
            stderr=log,
        )
        log.close()
        return name

    def produce(self, *, count: int = 10**9, rate: float = 60, **options: Any) -> str:
        """Start a process that fires.

        Args:
            count: how many events; then it ends.
            rate: how many per second and thread.
            options: what `actors.py` is told beside.
        """
        number = next(self.names)
        options = {
            "first": number * 10**7,
            "count": count,
            "rate": rate,
            "pause": str(self._pause),
            "seed": self.seed * 1000 + number,
            **self._produce,
            **options,
        }
        return self._start("produce", f"producer-{number}", options)

    def consume(self, *, process: str = "") -> str:
        """Start a process that listens, under a name of its own unless one is given."""
        number = next(self.names)
        name = f"consumer-{number}"
        bus = {"process_name": process or name}
        options = {"listen": self._listen, "bus": bus, "gate": str(self.gate)}
        return self._start("consume", name, options)

    @property
    def consumers(self) -> list[str]:
        """The names of the listening processes that are alive."""
        return self._alive("consumer")

    @property
    def producers(self) -> list[str]:
        """The names of the firing processes that are alive."""
        return self._alive("producer")

    def _alive(self, role: str) -> list[str]:
        return [
            name
            for name, actor in self.actors.items()
            if name.startswith(role) and actor.poll() is None
        ]

    def is_alive(self, who: str) -> bool:
        """Whether the actor is alive that keeps a journal of this name."""
        actor = self.actors.get(who.removeprefix("journal-"))
        return actor is not None and actor.poll() is None

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
        if calm:
            self._probe()
            calm = self.quiet(seconds)
        for name in self.consumers:
            self.terminate(name)
        self._wait_for_end("consumer")
        for name, actor in self.actors.items():
            # SIGTERM: before it could be handled, or when it was not any more.
            if actor.returncode not in (0, -signal.SIGKILL, -signal.SIGTERM):
                self.note("ended", whom=f"journal-{name}", code=actor.returncode)
        self.lines("")  # the last ones
        ledger = Ledger(self._lines, self.timeout, self._listen["grace"])
        verdict = ledger.check(self.server.client)
        if not calm:
            verdict.found("calm returns", f"not within {seconds} s")
        return verdict

    def _probe(self, seconds: float = 10) -> None:
        """Fire until each process that listens has handled an event of each group.

        The server gives a new entry to the read that has been blocked for longest, so that each
        process gets one before long, if it reads.
        """
        deadline = time.monotonic() + seconds
        waiting = {(f"journal-{name}", group) for name in self.consumers for group in GROUPS}
        while waiting and time.monotonic() < deadline:
            number = next(self.names)
            event_id = f"probe-{number}"
            about = {"id": event_id, "api_name": "notes", "event_name": "noted", "version": "1"}
            self.server.client.xadd(STREAM, {**about, ":number": number, ":text": '"probe"'})
            self.note("confirmed", id=event_id, number=number, kind="probe")
            time.sleep(0.05)
            waiting -= {
                (line["who"], line["group"])
                for line in self.lines("began")
                if line["kind"] == "probe"
            }
            alive = {f"journal-{name}" for name in self.consumers}
            waiting = {(who, group) for who, group in waiting if who in alive}
        for who, group in waiting:
            self.note("silent", whom=who, group=group)

    def _wait_for_end(self, role: str) -> None:
        for name, actor in self.actors.items():
            if name.startswith(role):
                if role == "producer":
                    actor.terminate()
                try:
                    actor.wait(60)
                except subprocess.TimeoutExpired:
                    self.kill(name)
                    self.note("log", text=f"{name} did not end", level="ERROR")

    def close(self) -> None:
        """End everything that was started."""
        self._watch.close()
        self._pulse.close()
        for actor in self.actors.values():
            actor.kill()
            actor.wait()
        self.pair.close()
        self._journal.close()
