"""The lock file: a contract's sources in one file, to check against where there is no git."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, TypeGuard

from lbgen_runtime.printable import printable

from ...compiler import Options
from ...source.json_types import is_object
from .old_version import NoBaseline

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

NAME: Final = ".lbgen-lock.json"
"""What a lock file is called, in the schema folder."""

_MARK: Final = "lbgen-lock"
_VERSION: Final = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Lock:
    """What a lock file holds.

    Attributes:
        files: content of each source, by its path below the schema folder.
        options: the settings by which the sources are read.
        breaks: content of the file of allowances.
    """

    files: Mapping[str, bytes]
    options: Options
    breaks: bytes


def lock_text(files: Mapping[str, bytes], options: Options, breaks: bytes) -> str:
    """The lock file of some sources; the same for the same sources, to the byte.

    Args:
        files: content of each file, by its path below the schema folder.
        options: the settings by which the sources are read.
        breaks: content of the file of allowances, if there is one.
    """
    lock: dict[str, Any] = {_MARK: _VERSION}
    tables = {"drafts": options.drafts, "urls": options.urls}
    settings: dict[str, Any] = {name: dict(sorted(table.items())) for name, table in tables.items()}
    if options.api:
        settings["api"] = options.api
    lock["settings"] = settings
    if breaks:
        lock["breaks"] = breaks.decode("utf-8", "replace")
    lock["files"] = {name: files[name].decode("utf-8-sig") for name in sorted(files)}
    return json.dumps(lock, indent=1, ensure_ascii=False) + "\n"


def read_lock(path: Path) -> Lock:
    """What a lock file holds.

    Raises:
        NoBaseline: it is not a lock file, or cannot be read.
    """
    name = printable(str(path))
    try:
        value: Any = json.loads(path.read_bytes())
    except OSError as error:
        raise NoBaseline(f"{name} cannot be read: {error.strerror}") from None
    except RecursionError:
        raise NoBaseline(f"{name} is not a lock file: it is nested too deeply") from None
    except ValueError as error:
        raise NoBaseline(f"{name} is not a lock file: {printable(str(error))}") from None
    version = value.get(_MARK) if is_object(value) else None
    if version is None:
        raise NoBaseline(f"{name} is not a lock file; `lbgen lock` writes one")
    if version is True or version != _VERSION:
        raise NoBaseline(
            f"{name} is a lock file with version {printable(json.dumps(version))}, but this "
            f"version of lbgen reads version {_VERSION}; upgrade lbgen, or write it again with "
            "`lbgen lock`"
        )
    settings = value.get("settings", {})
    files, breaks = value.get("files"), value.get("breaks", "")
    tables = [settings.get(key, {}) for key in ("drafts", "urls")] if is_object(settings) else []
    api = settings.get("api", "") if is_object(settings) else ""
    texts = isinstance(breaks, str) and isinstance(api, str)
    if not (_texts(files) and tables and all(map(_texts, tables)) and texts):
        raise NoBaseline(f"{name} is damaged; write it again with `lbgen lock`")
    try:
        return Lock(
            files={file: text.encode() for file, text in files.items() if file.encode()},
            options=Options(drafts=tables[0], urls=tables[1], api=api),
            breaks=breaks.encode(),
        )
    except UnicodeEncodeError:
        raise NoBaseline(f"{name} is damaged: it contains an invalid character") from None


def _texts(value: Any) -> TypeGuard[dict[str, str]]:
    return is_object(value) and all(isinstance(text, str) for text in value.values())
