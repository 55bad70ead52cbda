"""A process that was told to stop has left in time, whatever still runs in it."""

from __future__ import annotations

import contextlib
import logging
import os
import signal
import sys
import threading
import time
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import FrameType, TracebackType

__all__ = ["ExitWatch"]

_log = logging.getLogger("lbgen")

_SIGNALS: Final = (signal.SIGTERM, signal.SIGINT)
_POLL: Final = 0.1
"""Seconds after which the watch looks again whether the main thread has come to its end."""
_LAST_WORDS: Final = 1.0
"""Seconds that logging and standard output get before the process ends without them."""


class ExitWatch:
    """Passes the signals that end a process on, and ends it when it should have left by itself.

    A context that is entered in the main thread: signals come while it is open. After it the main
    thread may go on for as long as it likes; once it has ended, what is left of the time is for
    other threads (an executor's, those that handlers have started). A thread watches, because the
    main thread may be held by a handler that blocks the event loop.

    Args:
        seconds: the time between the first signal, or a failure, and the end of the process.
        told: called in the main thread, in between whatever it does, with the first signal's name.
    """

    def __init__(self, seconds: float, told: Callable[[str], object]) -> None:
        self._seconds = seconds
        self._told = told
        # Signal handlers may interrupt each other: a `SimpleQueue` allows for that.
        self._messages: SimpleQueue[tuple[str, int]] = SimpleQueue()
        self._before: dict[signal.Signals, Any] = {}
        self._signalled = False

    def __enter__(self) -> ExitWatch:
        threading.Thread(target=self._watch, name="lbgen exit", daemon=True).start()
        for number in _SIGNALS:
            self._before[number] = signal.signal(number, self._handle)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        for number, before in self._before.items():
            if before is not None:  # of another language's making, and not to be had again
                signal.signal(number, before)
        self._messages.put(("over", 0 if error is None else 1))

    def failed(self) -> None:
        """The process is to end because of a failure: its time runs from now on."""
        self._messages.put(("failed", 1))

    def _handle(self, number: int, _frame: FrameType | None) -> None:
        first, self._signalled = not self._signalled, True
        self._messages.put(("signal", number))
        if first:
            with contextlib.suppress(RuntimeError):  # the event loop has just been closed
                self._told(signal.Signals(number).name)

    def _watch(self) -> None:
        deadline: float | None = None
        status, signalled = 0, False
        while True:
            left = None if deadline is None else max(deadline - time.monotonic(), 0)
            try:
                what, number = self._messages.get(timeout=left)
            except Empty:
                _leave(status, "handlers did not finish in time; exiting without them")
                return
            if what == "over":
                status = number
                break
            if what == "signal" and signalled:
                name = signal.Signals(number).name
                _leave(
                    128 + number,
                    (f"received {name} again; exiting immediately, running events stay pending"),
                )
            signalled = signalled or what == "signal"
            if deadline is None:
                deadline = time.monotonic() + self._seconds
                status = 128 + number if what == "signal" else 1
        if deadline is None:
            return  # nobody wants the process to end
        _wait_for_the_main_thread()
        time.sleep(max(deadline - time.monotonic(), _LAST_WORDS))
        _leave(status, "a thread did not end in time; exiting without it")


def _wait_for_the_main_thread() -> None:
    """Wait until the main thread has come to its end, and begins to wait for other threads."""
    # `Thread.join` would return only after executors have waited for theirs.
    main = threading.main_thread()
    while main.is_alive() and not _is_shutting_down(main.ident):
        time.sleep(_POLL)


def _is_shutting_down(thread: int | None) -> bool:
    """Whether a thread is in the function with which the interpreter waits for other threads."""
    frame = sys._current_frames().get(thread or 0)  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]
    while frame is not None and frame.f_back is not None:
        frame = frame.f_back
    return frame is not None and frame.f_code is threading._shutdown.__code__  # type: ignore[attr-defined]  # noqa: SLF001


def _leave(status: int, why: str) -> None:
    """End the process now; what hangs may hold the locks of its last words."""

    def last_words() -> None:
        _log.warning("%s", why)
        logging.shutdown()
        sys.stdout.flush()
        sys.stderr.flush()

    with contextlib.suppress(RuntimeError):  # the interpreter starts no threads any more
        thread = threading.Thread(target=last_words, daemon=True)
        thread.start()
        thread.join(_LAST_WORDS)
    os._exit(status)
