"""Journals: files of JSON lines, one per actor, that outlive the processes that write them."""

from __future__ import annotations

import json
import os
import time
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["Journal", "Journals", "Line"]

Line = dict[str, Any]


class Journal:
    """What one actor writes; each line is written in one system call, from any thread.

    Args:
        path: the file; its name is the actor's.
    """

    def __init__(self, path: Path) -> None:
        self._file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
        self._name = path.name

    def write(self, what: str, **about: Any) -> None:
        """Write a line about something that happens now."""
        line = {"what": what, "at": time.time(), "who": self._name, **about}
        os.write(self._file, json.dumps(line).encode() + b"\n")

    def close(self) -> None:
        """Write nothing more."""
        os.close(self._file)


class Journals:
    """Reads the journals of all actors while they are written.

    Args:
        folder: where the journals are.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._read: dict[Path, int] = {}

    def new_lines(self) -> list[Line]:
        """The lines that were written since the last call, in the order of their times."""
        lines: list[Line] = []
        for path in sorted(self._folder.glob("journal-*")):
            with path.open("rb") as file:
                file.seek(self._read.get(path, 0))
                content = file.read()
            whole = content[: content.rfind(b"\n") + 1]  # a line may be half written
            self._read[path] = self._read.get(path, 0) + len(whole)
            lines += [json.loads(line) for line in whole.splitlines()]
        return sorted(lines, key=lambda line: line["at"])
