"""Processes that tests start, and what they report."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap
import threading
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import signal
    from types import TracebackType

FOLDER = Path(__file__).parent
ROOT = FOLDER.parents[1]

_HEAD = """
import ctypes, os, signal, sys, time
if sys.platform == "linux":
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)  # end when the test does
from notes import *
"""


class Process:
    """A Python process that runs a script; ends with the test.

    Args:
        script: the text of the script; `notes` is imported already.
        environment: environment variables beside the test's own.
        arguments: started instead of `python -c script`, after `python`.
    """

    def __init__(
        self, script: str = "", *, arguments: tuple[str, ...] = (), **environment: str
    ) -> None:
        path = os.pathsep.join(
            [str(FOLDER), str(ROOT / "codegen"), str(ROOT / "runtime"), *sys.path]
        )
        self._process = subprocess.Popen(
            [sys.executable, *(arguments or ("-c", _HEAD + textwrap.dedent(script)))],
            env={**os.environ, "PYTHONPATH": path, "PYTHONUNBUFFERED": "1", **environment},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def __enter__(self) -> Process:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.kill()

    def line(self) -> str:
        """The next line of its standard output; a process that is silent for a minute is ended."""
        assert self._process.stdout is not None
        timer = threading.Timer(60, self._process.kill)
        timer.start()
        line = self._process.stdout.readline().rstrip("\n")
        timer.cancel()
        if not line:
            raise AssertionError(f"the process printed nothing more: {self.end()}")
        return line

    def write(self, text: str) -> None:
        """Write to its standard input."""
        assert self._process.stdin is not None
        self._process.stdin.write(text)
        self._process.stdin.flush()

    def terminate(self) -> None:
        """SIGTERM."""
        self._process.terminate()

    def signal(self, number: signal.Signals) -> None:
        """Any signal."""
        self._process.send_signal(number)

    def kill(self) -> None:
        """SIGKILL, and wait for the end."""
        if self._process.poll() is None:
            self._process.kill()
        self._process.communicate()

    def end(self, seconds: float = 30) -> tuple[int, str, str]:
        """Wait for its end; returns exit status, standard output and standard error."""
        out, error = self._process.communicate(timeout=seconds)
        return self._process.returncode, out, error

    @property
    def alive(self) -> bool:
        return self._process.poll() is None

    @property
    def pid(self) -> int:
        return self._process.pid
