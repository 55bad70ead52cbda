"""Sets of characters."""

from __future__ import annotations

from functools import cache
from typing import Final, TypeAlias

from ..normal.formats import validator
from ..normal.schema import UnsupportedSchema

Ranges: TypeAlias = tuple[tuple[int, int], ...]
"""Characters as sorted, separate, inclusive ranges of code points."""

_LAST: Final = 0x10FFFF
_SURROGATES: Final = ((0xD800, 0xDFFF),)


def ranges(*pairs: tuple[int, int]) -> Ranges:
    """The characters in any of the ranges."""
    result: list[tuple[int, int]] = []
    for low, high in sorted(pairs):
        if result and low <= result[-1][1] + 1:
            result[-1] = (result[-1][0], max(high, result[-1][1]))
        else:
            result.append((low, high))
    return tuple(result)


def complement(chars: Ranges) -> Ranges:
    """All other characters; surrogates are none."""
    result: list[tuple[int, int]] = []
    start = 0
    for low, high in ranges(*chars, *_SURROGATES):
        if start < low:
            result.append((start, low - 1))
        start = high + 1
    if start <= _LAST:
        result.append((start, _LAST))
    return tuple(result)


ANY: Final = complement(())
DIGIT: Final = ((0x30, 0x39),)
WORD: Final = ranges((0x30, 0x39), (0x41, 0x5A), (0x5F, 0x5F), (0x61, 0x7A))
SPACE: Final = ranges(
    (0x09, 0x0D),
    (0x20, 0x20),
    (0xA0, 0xA0),
    (0x1680, 0x1680),
    (0x2000, 0x200A),
    (0x2028, 0x2029),
    (0x202F, 0x202F),
    (0x205F, 0x205F),
    (0x3000, 0x3000),
    (0xFEFF, 0xFEFF),
)


@cache
def asked(pattern: str) -> Ranges:
    """The characters that a pattern for a single one matches, by asking the validator.

    What depends on tables of Unicode has no other source: ours could be of another version. All
    characters in one text are halved until each piece matches as a whole or nowhere, which takes
    a few hundredths of a second.

    Raises:
        UnsupportedSchema: the validator does not understand the pattern.
    """
    try:
        all_of = validator({"pattern": f"^(?:{pattern})*$"})
        none_of = validator({"not": {"pattern": pattern}})
    except ValueError:
        raise UnsupportedSchema(f"the regular expression {pattern!r}") from None
    found: list[tuple[int, int]] = []
    for first, last in ANY:
        text = "".join(map(chr, range(first, last + 1)))
        stack = [(0, len(text))]
        while stack:
            start, end = stack.pop()
            piece = text[start:end]
            if all_of.is_valid(piece):
                found.append((first + start, first + end - 1))
            elif not none_of.is_valid(piece):
                middle = (start + end) // 2
                stack += [(start, middle), (middle, end)]
    return ranges(*found)
