"""What printers need of the sources: paths as users see them, and lines for excerpts."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ..source.document import Document

__all__ = ["Excerpts"]


class Excerpts:
    """The sources of a run, for printers.

    Args:
        documents: those that could be read, by path below the folder.
        folder: the schema folder.
    """

    def __init__(self, documents: Mapping[str, Document], folder: str) -> None:
        self._documents = documents
        self._folder = folder
        self._unread: dict[str, tuple[str, ...]] = {}

    @property
    def files(self) -> Sequence[str]:
        """The path of every source that could be read, below the folder."""
        return sorted(self._documents)

    def path(self, file: str) -> str:
        """The path of a source from the working directory, with `/`."""
        joined = os.path.normpath(os.path.join(self._folder, file))
        try:
            relative = os.path.relpath(joined)
        except ValueError:  # another drive of Windows
            relative = joined
        return relative.replace(os.sep, "/")

    def line(self, file: str, number: int) -> str | None:
        """A line of a source; `None` if there is no such line.

        Args:
            file: path below the folder.
            number: of the line, counted from 1.
        """
        document = self._documents.get(file)
        lines = document.lines if document is not None else self._from_disk(file)
        return lines[number - 1].rstrip("\r") if 0 < number <= len(lines) else None

    def _from_disk(self, file: str) -> tuple[str, ...]:
        """The lines of a file that is not a document, because it could not be parsed."""
        if file not in self._unread:
            try:
                path = Path(self._folder, file)
                content = b"" if path.is_symlink() else path.read_bytes()[:_MOST_BYTES]
            except OSError:
                content = b""
            self._unread[file] = tuple(content.decode("utf-8-sig", "replace").split("\n"))
        return self._unread[file]


_MOST_BYTES = 1024 * 1024
