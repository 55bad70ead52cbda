"""Breaking changes that are meant: `.lbgen-breaks.yaml` in the schema folder.

An entry is part of the change that it allows. It covers that change in the directions that it
names, until its last day, against an old version that does not hold the entry itself: what the old
version holds was used for the change with which it came.
"""

from __future__ import annotations

import datetime
import re
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from ..findings.diagnostic import Diagnostic, Place
from ..source.json_types import is_array, is_object
from ..source.load import load

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from ..source.document import Document

NAME: Final = ".lbgen-breaks.yaml"
"""What the file is called, in the schema folder."""

_HEADER: Final = """\
# Allowed breaking changes. `lbgen allow` writes this file, `lbgen check` reads it.
# Each entry covers one change, until either version of the event changes again.
"""
_DAY: Final = re.compile(r"\d{4}-\d\d-\d\d")
_DIRECTIONS: Final = ("backward", "forward", "source")


class CannotAllow(Exception):
    """No entry can be written; the text says why.

    Attributes:
        instead: what could be allowed, a line each.
    """

    def __init__(self, message: str, instead: Sequence[str] = ()) -> None:
        super().__init__(message)
        self.instead = instead


@dataclass(frozen=True, slots=True, kw_only=True)
class Allowance:
    """A break that is meant.

    Attributes:
        rule: id of the kind of change.
        at: the event, and the place in it.
        breaks: the directions.
        strict: whether it was found with `--strict`.
        fingerprint: of the change and both versions of the event.
        reason: why it is meant.
        until: the last day on which it holds, in UTC; `None` is for good.
        id: tells it from an entry for the same change made another time.
        line: where the entry starts in the file.
    """

    rule: str
    at: str
    breaks: tuple[str, ...]
    strict: bool = False
    fingerprint: str
    reason: str
    until: datetime.date | None = None
    id: str = ""
    line: int = field(default=1, compare=False)

    def expired(self, today: datetime.date) -> bool:
        """Whether its last day is over."""
        return self.until is not None and self.until < today


def today_in_utc() -> datetime.date:
    """The day by which allowances are judged: the same everywhere."""
    return datetime.datetime.now(datetime.UTC).date()


def day_of(text: str) -> datetime.date | None:
    """A day written as `2026-12-31`; `None` if it is none."""
    try:
        return datetime.date.fromisoformat(text) if _DAY.fullmatch(text) else None
    except ValueError:
        return None


def read_allowances(content: bytes) -> tuple[list[Allowance], list[Diagnostic]]:
    """The entries of a file, and what is wrong with it."""
    documents, problems = load({NAME: content})
    if problems:
        if {problem.rule for problem in problems} == {"empty-file"}:
            return [], []
        return [], [_problem(one.place, f"{one.message}") for one in problems]
    document = documents[NAME]
    if document.value is None:
        return [], []
    if not is_array(document.value):
        return [], [_problem(document.place(()), "the file is not a list of entries")]
    found: list[Allowance] = []
    wrong: list[Diagnostic] = []
    for index, entry in enumerate(document.value):
        place = document.place((index,))
        try:
            found.append(_entry(entry, place.line))
        except ValueError as error:
            wrong.append(_problem(place, str(error)))
    return found, wrong


def _entry(entry: Any, line: int) -> Allowance:
    """An entry.

    Raises:
        ValueError: it is not one; the text says why.
    """
    names = ("rule", "at", "fingerprint", "reason")
    if not is_object(entry) or not all(
        isinstance(entry.get(name), str) and entry[name].strip() for name in names
    ):
        raise ValueError("an entry needs `rule`, `at`, `breaks`, `fingerprint` and `reason`")
    breaks = entry.get("breaks")
    if not is_array(breaks) or not breaks or any(one not in _DIRECTIONS for one in breaks):
        raise ValueError(f"`breaks` must be a list of: {', '.join(_DIRECTIONS)}")
    strict, until, mark = (entry.get(name) for name in ("strict", "until", "id"))
    if not isinstance(strict, bool | None):
        raise ValueError("`strict` must be true or false")
    day = day_of(until) if isinstance(until, str) else None
    if until is not None and day is None:
        raise ValueError("`until` must be a date such as 2026-12-31")
    rule, at, fingerprint, reason = (str(entry[name]) for name in names)
    return Allowance(
        rule=rule,
        at=at,
        breaks=tuple(str(one) for one in breaks),
        strict=strict is True,
        fingerprint=fingerprint,
        reason=reason,
        until=day,
        id="" if mark is None else str(mark),
        line=line,
    )


def file_of(schemas: Path) -> bytes:
    """The content of a schema folder's file of allowances; empty if there is none."""
    path = schemas / NAME
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return b""


def add_allowances(schemas: Path, wanted: Callable[[Sequence[Allowance]], list[Allowance]]) -> Path:
    """Append entries to a schema folder's file; what is in it stays as it is.

    Args:
        schemas: the schema folder.
        wanted: what to append, given the entries that are there.

    Raises:
        CannotAllow: the file cannot be appended to.
    """
    path = schemas / NAME
    if path.is_symlink():
        raise CannotAllow(f"{path} is a symbolic link; replace it with a file")
    with ExitStack() as stack:
        try:
            file = stack.enter_context(open(path, "a+b"))
            _lock(file.fileno())
            file.seek(0)
            old = file.read()
            known, problems = read_allowances(old)
            if problems:
                raise CannotAllow(f"{path}:{problems[0].place.line}: {problems[0].message}")
            entries = wanted(known)
            text = _appended(old, entries)
            if read_allowances(text) != ([*known, *entries], []):
                raise CannotAllow(
                    f"cannot add an entry to {path}; write its entries one per line, each "
                    "starting with `- `"
                )
            file.write(text[len(old) :])
        except OSError as error:
            raise CannotAllow(f"{path} cannot be written: {error.strerror}") from None
    return path


def _lock(number: int) -> None:
    """Wait until no other `lbgen allow` writes the file, where the system has such locks."""
    try:
        import fcntl
    except ImportError:
        return
    fcntl.flock(number, fcntl.LOCK_EX)


def _appended(old: bytes, entries: Sequence[Allowance]) -> bytes:
    start = old or _HEADER.encode()
    documents, _ = load({NAME: old})
    indent = _indent(documents[NAME]) if NAME in documents else ""
    lines = [f"{indent}{line}\n" for entry in entries for line in _lines(entry)]
    between = b"" if start.endswith(b"\n") or not entries else b"\n"
    return start + between + "".join(lines).encode()


def _indent(document: Document) -> str:
    """What is before the first entry's hyphen."""
    if not document.value:
        return ""
    line = document.lines[document.place((0,)).line - 1]
    return line[: len(line) - len(line.lstrip(" "))]


def _lines(entry: Allowance) -> list[str]:
    lines = [
        f"- rule: {entry.rule}",
        f"  at: {_quoted(entry.at)}",
        f"  breaks: [{', '.join(entry.breaks)}]",
        *(["  strict: true"] if entry.strict else []),
        f"  reason: {_quoted(entry.reason)}",
        *([f"  until: {entry.until.isoformat()}"] if entry.until else []),
        f'  fingerprint: "{entry.fingerprint}"',
    ]
    return [*lines, f'  id: "{entry.id}"'] if entry.id else lines


def _quoted(text: str) -> str:
    """A text in double quotes, as YAML reads it."""
    escaped = {"\\": "\\\\", '"': '\\"'}
    return '"%s"' % "".join(  # noqa: UP031 - quotes in braces would be hard to read
        escaped.get(char, char if char.isprintable() else f"\\U{ord(char):08x}") for char in text
    )


def _problem(place: Place, message: str) -> Diagnostic:
    return Diagnostic(
        place=place,
        rule="compat-allowance-unreadable",
        message=message,
        help="write entries with `lbgen allow`",
    )
