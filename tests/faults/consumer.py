"""A process that listens: two listeners, one async and one sync, that do what each event says."""

from __future__ import annotations

import asyncio
import ctypes
import logging
import os
import signal
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.faults.kinds import FADES, WAITS
from tests.faults.noted import Bus, Noted
from tests.faults.producer import journaled

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lbgen_runtime import Delivery
    from tests.faults.journal import Journal

__all__ = ["consume"]


class _ToJournal(logging.Handler):
    def __init__(self, journal: Journal) -> None:
        super().__init__()
        self._journal = journal

    def emit(self, record: logging.LogRecord) -> None:
        self._journal.write("log", text=record.getMessage()[:400], level=record.levelname)


class _Run:
    """One call of a handler: what its event asks for, and what the journal says about it.

    A run ends with one of the lines `done`, `failed`, `cancelled` and `gave up`; only after
    `done` the event has been handled.
    """

    def __init__(self, journal: Journal, gate: Path, event: Any, delivery: Delivery) -> None:
        self._journal = journal
        self._gate = gate
        self._event = event
        self._delivery = delivery
        self._fired: list[str] = []
        self.kind, _, self._argument = event.text.partition(":")
        self._ends = time.monotonic()
        if self.kind in WAITS:
            self._ends += float(self._argument)
        self.write("began", kind=self.kind)

    def write(self, what: str, **more: Any) -> None:
        delivery = self._delivery
        self._journal.write(
            what,
            group=delivery.listener,
            id=delivery.event_id,
            entry=delivery.stream_id,
            delivery=delivery.times_delivered,
            process=delivery.process,
            number=self._event.number,
            lost=delivery.lost,
            **more,
        )

    @property
    def fades(self) -> bool:
        """Whether the handler returns as soon as it learns that its claim is lost."""
        return self.kind in FADES

    @property
    def lost(self) -> bool:
        """Whether it has learned that."""
        return self.fades and self._delivery.lost

    @property
    def waits(self) -> bool:
        """Whether the handler is to wait still."""
        if self.kind == "gate":
            return not self._gate.exists()
        return time.monotonic() < self._ends

    def children(self) -> Iterator[tuple[str, Any]]:
        """The events that this one has fired before it is done, with their ids."""
        if self.kind == "chain" and (depth := int(self._argument)):
            child_id = f"{self._delivery.event_id}/{self._delivery.listener[0]}"
            self._fired.append(child_id)
            yield child_id, Noted(number=self._event.number, text=f"chain:{depth - 1}")

    def end(self) -> None:
        """The handler returns; is its event handled?"""
        self.write("gave up" if self.lost else "done", children=self._fired)

    def misbehave(self) -> None:
        """Crash, raise or hold the interpreter, where the event says so."""
        text = self._event.text
        if text == "crash":
            os.kill(os.getpid(), signal.SIGKILL)
        if text == "poison" or (text == "flaky" and self._delivery.times_delivered < 2):
            raise RuntimeError(text)
        if text == "gil":
            ctypes.PyDLL(None).usleep(200_000)  # a C call that keeps the interpreter to itself


def consume(journal: Journal, options: dict[str, Any]) -> None:
    """Listen until told to stop."""
    bus, gate = Bus(service_name="service", **options["bus"]), Path(options["gate"])
    logging.getLogger("lbgen").addHandler(_ToJournal(journal))
    logging.getLogger("lbgen").setLevel(logging.INFO)
    logging.getLogger("lbgen").propagate = False

    async def asynchronous(event: Noted, delivery: Delivery) -> None:
        run = _Run(journal, gate, event, delivery)
        try:
            while run.waits and not run.lost:  # noqa: ASYNC110 (nothing tells of a file)
                await asyncio.sleep(0.005)
            for child_id, child in run.children():
                with journaled(journal, child, parent=delivery.event_id) as confirm:
                    confirm(await bus.notes.noted.fire_event_async(child, event_id=child_id))
            run.misbehave()
        except asyncio.CancelledError:
            if not run.fades:
                run.write("cancelled")
                raise
            run.write("gave up")
        except Exception:
            run.write("failed")
            raise
        else:
            run.end()

    def synchronous(event: Noted, delivery: Delivery) -> None:
        run = _Run(journal, gate, event, delivery)
        try:
            while run.waits and not run.lost:
                time.sleep(0.005)
            for child_id, child in run.children():
                with journaled(journal, child, parent=delivery.event_id) as confirm:
                    confirm(bus.notes.noted.fire_event(child, event_id=child_id))
            run.misbehave()
        except Exception:
            run.write("failed")
            raise
        run.end()

    listen = options.get("listen", {})
    # The threads come first: each is to meet what nobody has used before.
    bus.notes.noted.listen(synchronous, listener_name="synchronous", **listen)
    bus.notes.noted.listen(asynchronous, listener_name="asynchronous", **listen)
    try:
        bus.run()
    except Exception as error:
        journal.write("stopped", why=repr(error))
        raise
    journal.write("left")
