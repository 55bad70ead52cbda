"""Lines and columns of a text, counted as editors and `grep -n` count them: by line feeds."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any

from ..findings.diagnostic import Place
from .json_types import is_array, is_object

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from .document import Path

__all__ = ["Lines", "Places"]


class Lines:
    """Where the lines of a text are.

    YAML counts U+2028 and a lone carriage return as ends of lines too. Editors do not, so places
    are told by the position in the text.

    Args:
        file: path of the file, for places.
        text: its text.
    """

    def __init__(self, file: str, text: str) -> None:
        self._file = file
        self._starts = [0, *(match.end() for match in re.finditer("\n", text))]
        self._length = len(text)

    def place(self, start: int, end: int) -> Place:
        """The place between two positions.

        Args:
            start: of the first character, counted from 0.
            end: of the character behind the last one.
        """
        start, end = min(start, self._length), min(end, self._length)
        first = bisect_right(self._starts, start)
        last = bisect_right(self._starts, end)
        return Place(
            file=self._file,
            line=first,
            column=start - self._starts[first - 1] + 1,
            end_line=last,
            end_column=end - self._starts[last - 1] + 1,
        )


class Places(Mapping["Path", Place]):
    """The place of each part of a text, by path; few are ever asked for.

    Args:
        lines: the text's.
        find: finds the positions when they are first asked for; without it they are set one by one.
    """

    def __init__(
        self, lines: Lines, find: Callable[[], dict[Path, tuple[int, int]]] | None = None
    ) -> None:
        self._lines = lines
        self._find = find

    @cached_property
    def spans(self) -> dict[Path, tuple[int, int]]:
        """The two positions of each part, as `Lines.place` takes them."""
        return {} if self._find is None else self._find()

    def forget_inside(self, path: Path, value: Any) -> None:
        """Forget the places inside a value that another one takes the place of.

        Args:
            path: of the value.
            value: the value.
        """
        inside: Iterable[tuple[str | int, Any]] = ()
        if is_object(value):
            inside = value.items()
        elif is_array(value):
            inside = enumerate(value)
        for step, part in inside:
            self.spans.pop((*path, step), None)
            self.forget_inside((*path, step), part)

    def __getitem__(self, path: Path) -> Place:
        return self._lines.place(*self.spans[path])

    def __contains__(self, path: object) -> bool:
        return path in self.spans

    def __iter__(self) -> Iterator[Path]:
        return iter(self.spans)

    def __len__(self) -> int:
        return len(self.spans)
