r"""Regular expressions as `pattern` has them, parsed.

The dialect is ECMA-262's as jsonschema-rs gives it to Rust's `regex`: no look-around, no
back-references; `\d` and `\w` are ASCII; a match may start and end anywhere. Word boundaries and
flags are not modelled.
"""

from __future__ import annotations

from typing import Final, Literal, TypeAlias

from ..normal.schema import UnsupportedSchema
from .characters import DIGIT, SPACE, WORD, Ranges, asked, complement, ranges

_CLASSES: Final = {"d": DIGIT, "w": WORD, "s": SPACE}
_ESCAPES: Final = {"n": 0x0A, "r": 0x0D, "t": 0x09, "f": 0x0C, "v": 0x0B, "0": 0x00}

Part: TypeAlias = (
    tuple[Literal["chars"], Ranges]
    | tuple[Literal["at"], Literal["start", "end"]]
    | tuple[Literal["seq"], "tuple[Part, ...]"]
    | tuple[Literal["alt"], "tuple[Part, ...]"]
    | tuple[Literal["repeat"], "Part", int, int | None]
)


def parsed(pattern: str) -> Part:
    """What a pattern says.

    Raises:
        UnsupportedSchema: the pattern uses something that is not modelled.
    """
    return _Parser(pattern).part()


class _Parser:
    def __init__(self, pattern: str) -> None:
        self.text = pattern
        self.at = 0

    def part(self) -> Part:
        part = self._alternatives()
        if self.at < len(self.text):
            raise self._unsupported()
        return part

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
        elif char in "pP":
            return asked(f"\\{char}{self._property()}")
        elif char.isalnum():
            raise self._unsupported()
        else:
            code = ord(char)
        return ((code, code),)

    def _property(self) -> str:
        end = self.text.find("}", self.at)
        if self._peek() != "{" or end < 0:
            raise self._unsupported()
        name, self.at = self.text[self.at : end + 1], end + 1
        return name

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
