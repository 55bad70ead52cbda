"""Last pass: files to a folder.

Unchanged files are not touched, others are replaced as a whole, files of ours that are not made
any more are removed, and files that are not ours are neither overwritten nor removed.
"""

from __future__ import annotations

import difflib
import os
import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .render import MARK

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

__all__ = ["Changes", "compare", "write"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """What it takes to make a folder hold exactly the generated files.

    Attributes:
        written: text of each file that is new or different, by path.
        removed: files of ours that are not made any more.
        foreign: files that are not ours and stand where one of ours would.
    """

    written: Mapping[str, str]
    removed: tuple[str, ...]
    foreign: tuple[str, ...]

    def __bool__(self) -> bool:
        return bool(self.written or self.removed or self.foreign)


def compare(files: Mapping[str, str], folder: Path) -> Changes:
    """What would change in a folder.

    Args:
        files: text of each file, by path.
        folder: where they belong.
    """
    written: dict[str, str] = {}
    foreign: list[str] = []
    for name, text in files.items():
        path = folder / name
        if not os.path.lexists(path):
            written[name] = text
            continue
        present = _read(path)
        if present == text:
            continue
        if _is_ours(path, present):
            written[name] = text
        else:
            foreign.append(name)
    removed: list[str] = []
    if folder.is_dir():
        for path in sorted(folder.iterdir()):
            if path.suffix == ".py" and path.name not in files:
                present = _read(path)
                if present is not None and _is_ours(path, present):
                    removed.append(path.name)
    return Changes(written=written, removed=tuple(removed), foreign=tuple(sorted(foreign)))


def _read(path: Path) -> str | None:
    """The text of a regular file; `None` of anything else."""
    if path.is_symlink() or not path.is_file():
        return None
    try:
        return path.read_bytes().decode()
    except (OSError, UnicodeDecodeError):
        return None


def _is_ours(path: Path, text: str | None) -> bool:
    return text is not None and (
        MARK in text[:4096] or (path.name == "py.typed" and not text.strip())
    )


def write(changes: Changes, folder: Path) -> None:
    """Carry changes out.

    Args:
        changes: what to do; nothing in it may be foreign.
        folder: where; it is made if it is not there.

    Raises:
        OSError: the folder or a file in it cannot be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in changes.written.items():
        _replace(folder / name, text)
    for name in changes.removed:
        (folder / name).unlink(missing_ok=True)


def _replace(path: Path, text: str) -> None:
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666)  # less the umask
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
            file.write(text)
        os.replace(temporary, path)
    except BaseException:
        os.unlink(temporary)
        raise


def diff(changes: Changes, folder: Path) -> Iterator[str]:
    """The lines of a unified diff between a folder and what it should hold."""
    for name, text in sorted(changes.written.items()):
        before = _read(folder / name)
        yield from _lines(name, "" if before is None else before, text)
    for name in changes.removed:
        yield from _lines(name, _read(folder / name) or "", "")


def _lines(name: str, before: str, after: str) -> Iterator[str]:
    rows = difflib.unified_diff(
        before.splitlines(), after.splitlines(), f"a/{name}", f"b/{name}", lineterm=""
    )
    yield from rows
    if not before.strip() and not after.strip():
        yield f"+++ b/{name}" if not before else f"--- a/{name}"
