"""A text of some length that matches patterns and formats and does not match others."""

from __future__ import annotations

from functools import cache
from itertools import islice
from typing import TYPE_CHECKING, Any, Final

from ..normal.formats import EXACT, INSIDE, LONGEST, SAMPLES, SHAPES, TYPICAL, accepts, validator
from ..normal.schema import UnsupportedSchema
from ..regular.language import Language, texts
from .terms import EMPTY, Answer, found, unknown

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import jsonschema_rs

    from .facts import Facts

_MOST: Final = 40
_MOST_KNOWN: Final = 5000
_KNOWN: dict[tuple[Any, ...], Answer] = {}
"""Answers that were found before: many events share a few patterns and formats."""
_ODD: Final = ("", "?", "a b", "é", "\n", "(", "[", "{", "%", "\\", "-1", "0", "a", "1/", "~", "/~")
"""Texts that few formats accept."""

_MOST_SENT: Final = 512 * 1024 * 1024
"""Bytes that a server takes for one field of an entry: a longer text is in no event."""
_MOST_SHOWN: Final = 16 * 1024 * 1024
"""Characters of a text that a counterexample may have."""

_SPECIAL: Final = frozenset("\\^$.|?*+()[]{}/-")


def solve(facts: Facts, spend: Callable[[], None]) -> Answer:
    """A text that fulfils the facts."""
    spend()
    if _contradict(facts) or facts.least > _MOST_SENT:
        return EMPTY
    if facts.least > _MOST_SHOWN:
        return unknown("texts of more than 16 million characters")
    plain = not (facts.matching or facts.failing or facts.formats or facts.non_formats)
    if plain and not facts.opaque and not facts.refused:
        return found("a" * facts.least)
    key = (
        facts.matching,
        facts.failing,
        facts.formats,
        facts.non_formats,
        facts.least,
        facts.most,
        facts.opaque,
        frozenset(value for value in facts.refused if isinstance(value, str)),
    )
    if key not in _KNOWN:
        if len(_KNOWN) >= _MOST_KNOWN:
            _KNOWN.clear()
        _KNOWN[key] = _searched(facts, spend)
    return _KNOWN[key]


def _searched(facts: Facts, spend: Callable[[], None]) -> Answer:
    for text in _samples(facts):
        if _fits(text, facts):
            return found(text)
    return _from_language(facts, spend)


def _contradict(facts: Facts) -> bool:
    if any(facts.least > LONGEST[name] for name in facts.formats & set(LONGEST)):
        return True
    return any(INSIDE.get(name, frozenset()) & facts.non_formats for name in facts.formats)


def _from_language(facts: Facts, spend: Callable[[], None]) -> Answer:
    shapes = [SHAPES[name] for name in sorted(facts.formats & set(SHAPES))]
    unlike = [SHAPES[name] for name in sorted(facts.non_formats & EXACT)]
    try:
        empty = True
        for text in islice(_texts(facts, shapes, unlike, spend), _MOST):
            empty = False
            if _fits(text, facts):
                return found(text)
        if empty:
            return EMPTY
        typical = [TYPICAL[name] for name in sorted(facts.formats & set(TYPICAL))]
        for text in islice(_texts(facts, typical, unlike, spend), _MOST):
            if _fits(text, facts):
                return found(text)
    except UnsupportedSchema as unsupported:
        return unknown(str(unsupported))
    if facts.opaque:
        return unknown("contentEncoding or contentMediaType")
    names = ", ".join(sorted(facts.formats | facts.non_formats))
    return unknown(
        f"strings with the format {names}" if names else ("strings that match several patterns")
    )


def _texts(
    facts: Facts, matching: list[str], failing: list[str], spend: Callable[[], None]
) -> Iterator[str]:
    language = Language(
        matching=(*sorted(facts.matching), *matching),
        failing=(*sorted(facts.failing), *failing, *_excluding(facts.refused)),
        shortest=facts.least,
        longest=facts.most,
    )
    return texts(language, spend)


def _excluding(refused: tuple[object, ...]) -> Iterator[str]:
    found_ = ["".join(map(_escaped, text)) for text in refused if isinstance(text, str)]
    if found_:
        yield f"^(?:{'|'.join(sorted(set(found_)))})$"


def _escaped(char: str) -> str:
    return f"\\{char}" if char in _SPECIAL else char


def _samples(facts: Facts) -> Iterator[str]:
    for name in sorted(facts.formats):
        yield from SAMPLES.get(name, ())
    if facts.formats:
        for name in sorted(set(SAMPLES) - facts.formats):
            yield from SAMPLES[name]
    if not facts.formats and not facts.matching:
        for length in (facts.least, facts.least + 1, facts.least + 2):
            yield from ("a" * length, "~" * length, "0" * length, " " * length)
    if facts.formats or facts.non_formats or not facts.matching:
        yield from _ODD


def _fits(text: str, facts: Facts) -> bool:
    if len(text) < facts.least or (facts.most is not None and len(text) > facts.most):
        return False
    if facts.opaque or text in facts.refused:
        return False
    if any(not accepts(name, text) for name in facts.formats):
        return False
    if any(accepts(name, text) for name in facts.non_formats):
        return False
    return all(_of(pattern).is_valid(text) for pattern in facts.matching) and not any(
        _of(pattern).is_valid(text) for pattern in facts.failing
    )


@cache
def _of(pattern: str) -> jsonschema_rs.Validator:
    return validator({"pattern": pattern})


def matches(pattern: str, text: str) -> bool:
    """Whether a pattern finds a match in a text, by the validator."""
    return _of(pattern).is_valid(text)
