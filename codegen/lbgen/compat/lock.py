"""The lock file: a contract's sources in one file, to check against where there is no git."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from ..json_types import is_object

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

NAME: Final = ".lbgen-lock.json"
"""What a lock file is called, in the schema folder."""

_MARK: Final = "lbgen-lock"


def lock_text(files: Mapping[str, bytes]) -> str:
    """The lock file of some sources; the same for the same sources, to the byte.

    Args:
        files: content of each file, by its path below the schema folder.
    """
    texts = {name: files[name].decode("utf-8-sig") for name in sorted(files)}
    return json.dumps({_MARK: 1, "files": texts}, indent=1, ensure_ascii=False) + "\n"


def is_lock(path: Path) -> bool:
    """Whether a file is a lock file."""
    return _read(path) is not None


def read_lock(path: Path) -> dict[str, bytes]:
    """The sources that a lock file holds."""
    lock = _read(path) or {}
    return {name: text.encode() for name, text in lock["files"].items()}


def _read(path: Path) -> dict[str, Any] | None:
    try:
        value = json.loads(path.read_bytes())
    except (OSError, ValueError):
        return None
    known = is_object(value) and value.get(_MARK) == 1 and is_object(value.get("files"))
    return value if known else None
