"""The files of a schema folder, as bytes."""

from __future__ import annotations

from dataclasses import dataclass
from stat import S_ISREG
from typing import TYPE_CHECKING

from ..findings.diagnostic import Diagnostic, Place
from .load import ENDINGS, MAX_BYTES

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["Sources", "link_outside", "read_sources", "unreadable"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sources:
    """What a schema folder holds.

    Attributes:
        files: content of each file that is read, by its path below the folder, with `/`.
        problems: what cannot be read.
    """

    files: dict[str, bytes]
    problems: tuple[Diagnostic, ...]


def read_sources(folder: Path) -> Sources:
    """Read every YAML and JSON file below a folder.

    Names that start with a dot are left out. A symbolic link may lead to another place of the
    folder, but not out of it.

    Args:
        folder: where to look.
    """
    root = folder.resolve()
    files: dict[str, bytes] = {}
    problems: list[Diagnostic] = []
    for path in sorted(folder.rglob("*")):
        below = path.relative_to(folder)
        if path.suffix not in ENDINGS or any(part.startswith(".") for part in below.parts):
            continue
        name = below.as_posix()
        try:
            mode = path.stat().st_mode  # of what a link leads to
            if not path.resolve().is_relative_to(root):
                problems.append(link_outside(name))
            elif S_ISREG(mode):
                with path.open("rb") as file:
                    files[name] = file.read(MAX_BYTES + 1)
        except OSError as error:
            problems.append(unreadable(name, str(error.strerror)))
    return Sources(files=files, problems=tuple(problems))


def link_outside(name: str) -> Diagnostic:
    """What is said of a link that leads out of the schema folder."""
    return Diagnostic(
        place=Place(file=name),
        rule="link-outside",
        message="a symbolic link that leads out of the schema folder",
        help="copy the file into the schema folder",
    )


def unreadable(name: str, why: str) -> Diagnostic:
    """What is said of a file that cannot be read."""
    return Diagnostic(
        place=Place(file=name),
        rule="unreadable-file",
        message=f"the file cannot be read: {why}",
        help="check its permissions, or the target of the link",
    )
