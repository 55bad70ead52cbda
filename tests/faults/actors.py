"""The processes of the fault tests: one that fires and one that listens; each keeps a journal.

A journal is a file of JSON lines, each written in one system call, so that it holds what was
written even where its process is killed the moment after.
"""

from __future__ import annotations

import asyncio
import ctypes
import json
import logging
import os
import random
import signal
import sys
import threading
import time
from pathlib import Path
from typing import Any

if sys.platform == "linux":
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)  # end when the test does

import planted
from notes import Bus, Noted

from lbgen_runtime import Delivery, FireUnconfirmed, NotFired

LATE = {"late": 1.0, "slow": 4.0, "slower": 8.0}
"""Kinds of events whose handlers take time: half of these seconds to all of them."""


class Journal:
    """Appends lines that outlive the process."""

    def __init__(self, path: str) -> None:
        self._file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
        self._name = Path(path).name

    def write(self, what: str, **about: Any) -> None:
        line = {"what": what, "at": time.time(), "who": self._name, **about}
        os.write(self._file, json.dumps(line).encode() + b"\n")


class _ToJournal(logging.Handler):
    def __init__(self, journal: Journal) -> None:
        super().__init__()
        self._journal = journal

    def emit(self, record: logging.LogRecord) -> None:
        self._journal.write("log", text=record.getMessage()[:400], level=record.levelname)


def kind_of(random_: random.Random, mix: dict[str, float]) -> str:
    """What an event does to its handlers."""
    return random_.choices(list(mix), list(mix.values()))[0]


def produce(journal: Journal, options: dict[str, Any]) -> None:
    """Fire events of many kinds until told to stop; fire again what was unconfirmed."""
    bus = Bus(service_name="producer", **options["bus"])
    stop, pause = threading.Event(), Path(options["pause"])
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    numbers = iter(range(options["first"], options["first"] + options["count"]))

    def one_thread(seed: int) -> None:
        random_ = random.Random(seed)
        while not stop.is_set():
            if pause.exists():
                time.sleep(0.05)
                continue
            try:
                number = next(numbers)
            except StopIteration:
                return
            kind = kind_of(random_, options["kinds"])
            if seconds := LATE.get(kind):
                text = f"{kind}:{random_.uniform(seconds / 2, seconds):.3f}"
            elif kind == "large":
                text = "large:" + "x" * random_.randrange(1, 200_000)
            else:
                text = kind
            fire(bus, journal, stop, Noted(number=number, text=text))
            time.sleep(random_.expovariate(options["rate"]))

    threads = [
        threading.Thread(target=one_thread, args=(options["seed"] * 100 + index,))
        for index in range(options.get("threads", 2))
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    bus.close()
    journal.write("left")


def fire(bus: Bus, journal: Journal, stop: threading.Event, event: Noted) -> None:
    kind = event.text.partition(":")[0]
    again: FireUnconfirmed | NotFired | None = None
    while True:
        try:
            event_id = again.fire_again() if again else bus.notes.noted.fire_event(event)
        except (FireUnconfirmed, NotFired) as error:
            journal.write(
                "unconfirmed", id=error.event_id, number=event.number, why=type(error).__name__
            )
            again = error
            if stop.is_set():
                return
        else:
            journal.write("confirmed", id=event_id, number=event.number, kind=kind)
            return


def consume(journal: Journal, options: dict[str, Any]) -> None:
    """Run two listeners, one async and one sync, that do what each event says."""
    bus = Bus(service_name="service", **options["bus"])
    logging.getLogger("lbgen").addHandler(_ToJournal(journal))
    logging.getLogger("lbgen").setLevel(logging.INFO)
    logging.getLogger("lbgen").propagate = False

    def begin(event: Noted, delivery: Delivery) -> str:
        kind, _, argument = event.text.partition(":")
        journal.write("began", **about(event, delivery), kind=kind)
        return argument

    def about(event: Noted, delivery: Delivery) -> dict[str, Any]:
        return {
            "group": delivery.listener,
            "id": delivery.event_id,
            "entry": delivery.stream_id,
            "delivery": delivery.times_delivered,
            "number": event.number,
        }

    def misbehave(event: Noted, delivery: Delivery) -> None:
        if event.text == "crash":
            os.kill(os.getpid(), signal.SIGKILL)
        if event.text == "poison" or (event.text == "flaky" and delivery.times_delivered < 2):
            journal.write("failed", **about(event, delivery))
            raise RuntimeError(event.text)
        if event.text == "gil":
            ctypes.PyDLL(None).usleep(200_000)  # a C call that keeps the interpreter to itself

    async def asynchronous(event: Noted, delivery: Delivery) -> None:
        argument = begin(event, delivery)
        try:
            if event.text.partition(":")[0] in LATE:
                await asyncio.sleep(float(argument))
        except asyncio.CancelledError:
            journal.write("cancelled", **about(event, delivery))
            raise
        misbehave(event, delivery)
        journal.write("done", **about(event, delivery))

    def synchronous(event: Noted, delivery: Delivery) -> None:
        argument = begin(event, delivery)
        if event.text.partition(":")[0] in LATE:
            time.sleep(float(argument))
        misbehave(event, delivery)
        journal.write("done", **about(event, delivery))

    listen = options.get("listen", {})
    bus.notes.noted.listen(asynchronous, listener_name="asynchronous", **listen)
    bus.notes.noted.listen(synchronous, listener_name="synchronous", **listen)
    try:
        bus.run()
    except Exception as error:
        journal.write("stopped", why=repr(error))
        raise
    journal.write("left")


def main() -> None:
    role, path, options = sys.argv[1], sys.argv[2], json.loads(sys.argv[3])
    planted.plant(options.get("plant", ""))
    {"produce": produce, "consume": consume}[role](Journal(path), options)


if __name__ == "__main__":
    main()
