"""First pass: bytes to documents."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ..findings.diagnostic import Diagnostic, Place
from .document import Document
from .json_reader import read_json
from .yaml_reader import Unreadable, read_yaml

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["ENDINGS", "MAX_BYTES", "MAX_DEPTH", "MAX_NODES", "load"]

ENDINGS: Final = (".yaml", ".yml", ".json")
"""Endings of the files that are read."""

MAX_BYTES: Final = 16 * 1024 * 1024
"""How large one file may be, in bytes."""

MAX_DEPTH: Final = 100
"""How deep mappings and sequences of one file may nest."""

MAX_NODES: Final = 1_000_000
"""How many values one file may hold."""


def load(sources: Mapping[str, bytes]) -> tuple[dict[str, Document], list[Diagnostic]]:
    """Read every source.

    Args:
        sources: content of each file, by its path below the schema folder.

    Returns:
        The documents that could be read, by path, and what is wrong with the others.
    """
    documents: dict[str, Document] = {}
    problems: list[Diagnostic] = []
    for file in sorted(sources):
        try:
            documents[file] = _read(file, sources[file])
        except Unreadable as error:
            problems.extend(error.diagnostics)
    return documents, problems


def _read(file: str, content: bytes) -> Document:
    if not _is_text(file):
        raise Unreadable(
            Diagnostic(
                place=Place(file=file),
                rule="not-utf-8",
                message="the name of the file is not UTF-8",
                help="rename the file",
            )
        )
    if len(content) > MAX_BYTES:
        raise Unreadable(
            Diagnostic(
                place=Place(file=file),
                rule="too-large",
                message=f"the file has {len(content):,} bytes; the limit is {MAX_BYTES:,}",
                help="split it: one file per API, and shared types in separate files",
            )
        )
    text = _decode(file, content)
    read = read_json if file.endswith(".json") else read_yaml
    value, places, key_places, flaws = read(file, text, MAX_DEPTH, MAX_NODES)
    return Document(
        file=file,
        value=value,
        places=places,
        key_places=key_places,
        lines=tuple(text.split("\n")),
        flaws=flaws,
    )


def _is_text(name: str) -> bool:
    """Whether the name of a file can be encoded; Python keeps bytes that are not text in it."""
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return True


def _decode(file: str, content: bytes) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = content[: error.start]
        line = before.count(b"\n") + 1
        column = len(before[before.rfind(b"\n") + 1 :].decode("utf-8", "replace")) + 1
        raise Unreadable(
            Diagnostic(
                place=Place(
                    file=file, line=line, column=column, end_line=line, end_column=column + 1
                ),
                rule="not-utf-8",
                message=f"the byte 0x{content[error.start]:02x} is not valid UTF-8",
                help="save the file as UTF-8",
            )
        ) from None
