"""The git repository whose history a schema folder's is."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .git import Git, GitFailed
from .old_version import NoBaseline

if TYPE_CHECKING:
    from pathlib import Path

    from .commit_files import Steps

__all__ = ["Repository", "find_repository"]


@dataclass(frozen=True, slots=True)
class Repository:
    """A repository.

    Attributes:
        git: in its top folder.
        folder: the schema folder, from there.
    """

    git: Git
    folder: Steps

    def steps(self, path: str) -> Steps:
        """A path behind a ref, as git reads it: from the top, or from here with `./` before it.

        Raises:
            NoBaseline: it leads out of the repository.
        """
        top = self.git.folder
        here = os.path.realpath(b".") if path.startswith(("./", "../")) else top
        found = _relative(os.path.normpath(os.path.join(here, os.fsencode(path))), top)
        if found is None:
            raise NoBaseline(f"{path} is outside the repository")
        return found

    def cut_off(self) -> frozenset[str]:
        """The commits at which a shallow clone ends."""
        if not self.git.is_shallow():
            return frozenset()
        path = self.git.ask("rev-parse", "--git-path", "shallow").removesuffix(b"\n")
        with open(os.path.join(self.git.folder, path), encoding="ascii") as file:
            return frozenset(file.read().split())


def find_repository(schemas: Path) -> Repository | None:
    """The repository of a schema folder; `None` if it is in none.

    Of a submodule, the repository that pins it, unless the working directory is in the submodule.

    Args:
        schemas: the schema folder.

    Raises:
        GitFailed: git refuses to say.
    """
    written = os.path.abspath(os.fsencode(schemas))
    top = _top(os.path.realpath(written)) or _top(os.path.realpath(os.path.dirname(written)))
    here = os.path.realpath(b".")
    while top is not None and _relative(here, top) is None:
        around = Git(top).ask("rev-parse", "--show-superproject-working-tree").removesuffix(b"\n")
        if not around:
            break
        top = os.path.realpath(around)
    if top is None:
        return None
    folder = _relative(written, top)
    if folder is None:
        folder = _relative(os.path.realpath(written), top)
    return None if folder is None else Repository(Git(top), folder)


def _top(folder: bytes) -> bytes | None:
    try:
        found = Git(folder).ask("rev-parse", "--show-toplevel").removesuffix(b"\n")
    except GitFailed as error:
        if "not a git repository" in error.said:
            return None
        raise
    return os.path.realpath(found)


def _relative(path: bytes, top: bytes) -> Steps | None:
    """The steps from a folder to what is in it; `None` if it is not."""
    path, top = (each.replace(os.fsencode(os.sep), b"/") for each in (path, top))
    if path == top:
        return ()
    start = top.rstrip(b"/") + b"/"
    return tuple(path.removeprefix(start).split(b"/")) if path.startswith(start) else None
