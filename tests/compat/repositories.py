"""Git repositories with a contract, for tests."""

from __future__ import annotations

import os
import subprocess
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

DATE = "2026-01-01T12:00:00Z"
"""Of every commit, so that the same files give the same ids."""

CONTRACT = """\
lbgen: 1
api: shop.orders
events:
  order_placed:
    parameters:
      type: object
      required: [order_id, email]
      properties:
        order_id: {type: string}
        email: {type: string, format: email}
        channel: {enum: [web, app]}
"""


def git(folder: Path, *arguments: str) -> str:
    done = subprocess.run(
        ["git", "-C", str(folder), *arguments],
        check=True,
        capture_output=True,
        text=True,
        env={**os.environ, "GIT_AUTHOR_DATE": DATE, "GIT_COMMITTER_DATE": DATE},
    )
    return done.stdout.strip()


def repository(folder: Path, files: dict[str, str]) -> Path:
    """A repository whose branch `main` holds the files below `schemas`."""
    folder.mkdir(parents=True, exist_ok=True)
    git(folder, "init", "--quiet", "--initial-branch=main")
    git(folder, "config", "user.name", "Ann")
    git(folder, "config", "user.email", "ann@example.com")
    commit(folder, files, "begin")
    return folder


def commit(folder: Path, files: dict[str, str], message: str) -> None:
    write(folder, files)
    git(folder, "add", ".")
    git(folder, "commit", "--quiet", "--message", message)


def write(folder: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        path = folder / "schemas" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
