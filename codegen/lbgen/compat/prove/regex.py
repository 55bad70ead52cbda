"""Regular expressions as `pattern` has them, parsed into automata.

The dialect is ECMA-262's as jsonschema-rs gives it to Rust's `regex`: no look-around, no
back-references; `\\d` and `\\w` are ASCII; a match may start and end anywhere. What depends on
Unicode tables (`\\p`), word boundaries and flags is not modelled.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final, Literal, TypeAlias

from ..schema import UnsupportedSchema

Ranges: TypeAlias = tuple[tuple[int, int], ...]
"""Characters as sorted, separate, inclusive ranges of code points."""

_LAST: Final = 0x10FFFF
_SURROGATES: Final = ((0xD800, 0xDFFF),)
_MOST_STATES: Final = 6000
_SPECIAL: Final = "\\^$.|?*+()[]{}"


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
_CLASSES: Final = {"d": DIGIT, "w": WORD, "s": SPACE}
_ESCAPES: Final = {"n": 0x0A, "r": 0x0D, "t": 0x09, "f": 0x0C, "v": 0x0B, "0": 0x00}

Edge: TypeAlias = Ranges | Literal["", "start", "end"]
"""What a step consumes: a character, or nothing (always, or only at the start or the end)."""


@dataclass(frozen=True, slots=True)
class Automaton:
    """A nondeterministic automaton; state 0 is the start, 1 accepts.

    Attributes:
        edges: per state, the steps that leave it.
    """

    edges: tuple[tuple[tuple[Edge, int], ...], ...]

    def closure(self, states: frozenset[int], *, start: bool, end: bool) -> frozenset[int]:
        """The states reachable without a character."""
        found = set(states)
        stack = list(states)
        while stack:
            for edge, target in self.edges[stack.pop()]:
                free = edge == "" or (start and edge == "start") or (end and edge == "end")
                if free and target not in found:
                    found.add(target)
                    stack.append(target)
        return frozenset(found)


@lru_cache(maxsize=4096)
def automaton(pattern: str) -> Automaton:
    """The automaton of all texts in which `pattern` finds a match.

    Raises:
        UnsupportedSchema: the pattern uses something that is not modelled.
    """
    return _Parser(pattern).automaton()


@dataclass(slots=True)
class _Builder:
    edges: list[list[tuple[Edge, int]]] = field(default_factory=lambda: [[], []])

    def state(self) -> int:
        if len(self.edges) > _MOST_STATES:
            raise UnsupportedSchema("a regular expression with too many repetitions")
        self.edges.append([])
        return len(self.edges) - 1

    def edge(self, source: int, edge: Edge, target: int) -> None:
        self.edges[source].append((edge, target))


Part: TypeAlias = (
    tuple[Literal["chars"], Ranges]
    | tuple[Literal["at"], Literal["start", "end"]]
    | tuple[Literal["seq"], "tuple[Part, ...]"]
    | tuple[Literal["alt"], "tuple[Part, ...]"]
    | tuple[Literal["repeat"], "Part", int, int | None]
)


class _Parser:
    def __init__(self, pattern: str) -> None:
        self.text = pattern
        self.at = 0

    def automaton(self) -> Automaton:
        part = self._alternatives()
        if self.at < len(self.text):
            raise self._unsupported()
        builder = _Builder()
        # A match may start after any prefix and end before any suffix.
        before, after = builder.state(), builder.state()
        builder.edge(0, "", before)
        builder.edge(before, ANY, before)
        self._build(builder, part, before, after)
        builder.edge(after, ANY, after)
        builder.edge(after, "", 1)
        return Automaton(tuple(tuple(edges) for edges in builder.edges))

    def _unsupported(self) -> UnsupportedSchema:
        return UnsupportedSchema(f"the regular expression {self.text!r}")

    def _peek(self) -> str:
        return self.text[self.at : self.at + 1]

    def _next(self) -> str:
        char = self._peek()
        if not char:
            raise self._unsupported()
        self.at += 1
        return char

    def _alternatives(self) -> Part:
        branches = [self._sequence()]
        while self._peek() == "|":
            self.at += 1
            branches.append(self._sequence())
        return branches[0] if len(branches) == 1 else ("alt", tuple(branches))

    def _sequence(self) -> Part:
        parts: list[Part] = []
        while self._peek() not in ("", "|", ")"):
            parts.append(self._repeated(self._atom()))
        return ("seq", tuple(parts))

    def _atom(self) -> Part:
        char = self._next()
        if char == "(":
            return self._group()
        if char == "[":
            return ("chars", self._class())
        if char == "\\":
            return ("chars", self._escape(inside=False))
        if char == ".":
            return ("chars", complement(((0x0A, 0x0A),)))
        if char == "^":
            return ("at", "start")
        if char == "$":
            return ("at", "end")
        if char in "*+?{":
            raise self._unsupported()
        return ("chars", ((ord(char), ord(char)),))

    def _group(self) -> Part:
        if self._peek() == "?":
            self.at += 1
            char = self._next()
            if char == "P":
                char = self._next()
            if char == "<" and self._peek() not in ("=", "!"):
                while self._next() != ">":
                    pass
            elif char != ":":
                raise self._unsupported()
        part = self._alternatives()
        if self._next() != ")":
            raise self._unsupported()
        return part

    def _repeated(self, part: Part) -> Part:
        while True:
            char = self._peek()
            if char == "*":
                low, high = 0, None
            elif char == "+":
                low, high = 1, None
            elif char == "?":
                low, high = 0, 1
            elif char == "{":
                part = ("repeat", part, *self._counts())
                continue
            else:
                return part
            self.at += 1
            if self._peek() == "?":  # lazy: the same texts
                self.at += 1
            part = ("repeat", part, low, high)

    def _counts(self) -> tuple[int, int | None]:
        end = self.text.find("}", self.at)
        low, comma, high = self.text[self.at + 1 : end].partition(",")
        if end < 0 or not low.isdecimal() or (high and not high.isdecimal()):
            raise self._unsupported()
        self.at = end + 1
        if self._peek() == "?":
            self.at += 1
        return int(low), (int(high) if high else None) if comma else int(low)

    def _escape(self, *, inside: bool) -> Ranges:
        char = self._next()
        if char.lower() in _CLASSES:
            chars = _CLASSES[char.lower()]
            return chars if char.islower() else complement(chars)
        if char in _ESCAPES and not (char == "0" and self._peek().isdecimal()):
            code = _ESCAPES[char]
        elif char == "c" and self._peek().isascii() and self._peek().isalpha():
            code = ord(self._next()) & 0x1F
        elif char == "x":
            code = self._hex(2)
        elif char == "u":
            code = self._hex(4)
            if 0xD800 <= code <= 0xDFFF:
                raise self._unsupported()
        elif char == "b" and inside:
            code = 0x08
        elif char.isalnum():
            raise self._unsupported()
        else:
            code = ord(char)
        return ((code, code),)

    def _hex(self, digits: int) -> int:
        text = self.text[self.at : self.at + digits]
        try:
            code = int(text, 16)
        except ValueError:
            raise self._unsupported() from None
        self.at += digits
        return code

    def _class(self) -> Ranges:
        negated = self._peek() == "^"
        self.at += negated
        found: list[tuple[int, int]] = []
        first = True
        while self._peek() != "]" or first:
            if self._peek() == "[" or self.text[self.at : self.at + 2] in ("&&", "--", "~~"):
                raise self._unsupported()
            first = False
            low = self._member()
            if self._peek() == "-" and self.text[self.at + 1 : self.at + 2] not in ("]", ""):
                self.at += 1
                high = self._member()
                if len(low) != 1 or len(high) != 1 or low[0][0] != low[0][1]:
                    raise self._unsupported()
                if high[0][0] != high[0][1] or low[0][0] > high[0][0]:
                    raise self._unsupported()
                found.append((low[0][0], high[0][0]))
            else:
                found.extend(low)
        self.at += 1
        chars = ranges(*found)
        return complement(chars) if negated else chars

    def _member(self) -> Ranges:
        char = self._next()
        if char == "\\":
            return self._escape(inside=True)
        return ((ord(char), ord(char)),)

    def _build(self, builder: _Builder, part: Part, source: int, target: int) -> None:
        match part:
            case ("chars", chars):
                builder.edge(source, chars, target)
            case ("at", where):
                builder.edge(source, where, target)
            case ("seq", parts):
                for one in parts:
                    after = builder.state()
                    self._build(builder, one, source, after)
                    source = after
                builder.edge(source, "", target)
            case ("alt", branches):
                for branch in branches:
                    self._build(builder, branch, source, target)
            case ("repeat", body, low, high):
                self._repeat(builder, body, low, high, source, target)

    def _repeat(
        self, builder: _Builder, body: Part, low: int, high: int | None, source: int, target: int
    ) -> None:
        for _ in range(low):
            after = builder.state()
            self._build(builder, body, source, after)
            source = after
        if high is None:
            loop = builder.state()
            builder.edge(source, "", loop)
            self._build(builder, body, loop, loop)
            builder.edge(loop, "", target)
            return
        for _ in range(high - low):
            builder.edge(source, "", target)
            after = builder.state()
            self._build(builder, body, source, after)
            source = after
        builder.edge(source, "", target)
