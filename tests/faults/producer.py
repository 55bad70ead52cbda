"""A process that fires: events of many kinds, and again what it has fired before."""

from __future__ import annotations

import contextlib
import random
import signal
import threading
import time
from collections import deque
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from lbgen_runtime import FireUnconfirmed, NotFired
from tests.faults.kinds import any_kind, text_of
from tests.faults.noted import WIDE, Bus, Noted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.faults.journal import Journal

__all__ = ["journaled", "produce"]

_YOUNG: Final = 25.0
"""Seconds for which an event is fired again: less than the streams of the tests keep it."""


@contextlib.contextmanager
def journaled(journal: Journal, event: Any, **about: Any) -> Iterator[Callable[[str], None]]:
    """Fire an event in this block, and call what it gives with the id.

    The journal says what became of the event, whatever that is.
    """
    about |= {"number": event.number, "kind": event.text.partition(":")[0]}
    try:
        yield lambda event_id: journal.write("confirmed", id=event_id, **about)
    except (FireUnconfirmed, NotFired) as error:
        why = f"{type(error).__name__}: {error}"[:400]
        journal.write("unconfirmed", id=error.event_id, why=why, **about)
        raise
    except Exception as error:
        journal.write("refused", why=repr(error)[:400], **about)
        raise


class _Producer:
    """Fires until it is told to stop, or all numbers are used."""

    def __init__(self, journal: Journal, options: dict[str, Any]) -> None:
        self._bus = Bus(service_name="producer", **options["bus"])
        self._journal = journal
        self._options = options
        self._stop = threading.Event()
        self._pause = Path(options["pause"])
        first = options["first"]
        self._numbers: Iterator[int] = iter(range(first, first + options["count"]))
        self._recent: deque[tuple[float, str, Any]] = deque(maxlen=options.get("memory", 500))
        self._once_more: deque[tuple[float, str, Any]] = deque()
        self._threads = options.get("threads", 2)
        self._together = threading.Barrier(self._threads)
        signal.signal(signal.SIGTERM, lambda *_: self._stop.set())
        signal.signal(signal.SIGUSR1, lambda *_: self._once_more.extend(self._recent))

    def run(self) -> None:
        threads = [
            threading.Thread(target=self._fire_all, args=(self._options["seed"] * 100 + index,))
            for index in range(self._threads)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self._bus.close()
        self._journal.write("left")

    def _fire_all(self, seed: int) -> None:
        random_ = random.Random(seed)
        self._together.wait()  # the first fire of the process happens in all threads at once
        while not self._stop.is_set():
            if self._pause.exists():
                self._recent.clear()  # what is fired again after a loss of state would be new
                self._once_more.clear()
                time.sleep(0.05)
                continue
            if self._fire_once_more():
                continue
            number = next(self._numbers, None)
            if number is None:
                return
            self._fire_new(number, random_)
            if self._recent and random_.random() < self._options.get("again", 0):
                self._once_more.append(random_.choice(list(self._recent)))
            time.sleep(random_.expovariate(self._options["rate"]))

    def _fire_new(self, number: int, random_: random.Random) -> None:
        kind = any_kind(random_, self._options["kinds"])
        fields = WIDE if kind == "wide" else {}
        event = Noted(number=number, text=text_of(kind, random_), **fields)
        event_id = f"outbox-{number}" if kind == "outbox" else None
        now = time.time()
        if event_id is not None:  # two processes relay one outbox
            self._once_more.append((now, event_id, event))
        event_id = self._until_confirmed(event, event_id)
        if event_id is not None:
            self._recent.append((now, event_id, event))

    def _fire_once_more(self) -> bool:
        try:
            at, event_id, event = self._once_more.popleft()
        except IndexError:
            return False
        if time.time() - at < _YOUNG:
            self._until_confirmed(event, event_id, again=True)
        return True

    def _until_confirmed(self, event: Any, event_id: str | None, **about: Any) -> str | None:
        """The id under which the event was fired; `None` where it was not."""
        fire = self._bus.notes.noted.fire_event
        while not self._stop.is_set():
            try:
                with journaled(self._journal, event, **about) as confirm:
                    event_id = fire(event, event_id=event_id)
                    confirm(event_id)
                    return event_id
            except (FireUnconfirmed, NotFired) as error:
                event_id = error.event_id
            except Exception:  # noqa: BLE001
                break  # the journal has it
        return None


def produce(journal: Journal, options: dict[str, Any]) -> None:
    """Fire events until told to stop; fire again what was unconfirmed.

    SIGUSR1: fire everything of the last seconds again, under its ids.
    """
    _Producer(journal, options).run()
