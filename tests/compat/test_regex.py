"""Patterns as automata: the same texts as the validator, the same inclusions as greenery."""

from __future__ import annotations

import random
from itertools import islice

import greenery
import pytest

from lbgen.compat.normal.formats import validator
from lbgen.compat.normal.schema import UnsupportedSchema
from lbgen.compat.regular.automata import automaton
from lbgen.compat.regular.characters import ANY, SPACE, asked
from lbgen.compat.regular.language import Language, texts

PATTERNS = [
    "^[a-z]+$",
    "^[a-z0-9_-]{3,8}$",
    "a|b",
    "^(a|b)*c?$",
    "^a{2,}$",
    r"^\d{4}-\d{2}$",
    r"^\w+@\w+$",
    r"^\s*x\s*$",
    r"^\S+$",
    "^[^a-c]$",
    "^.$",
    "^a.c",
    "x$",
    "^$",
    "",
    "^(?:ab|cd){1,2}$",
    r"^\x41\u0042$",
    r"^\-[\]a]$",
    "(^a|b$)",
    "^a*?b+?$",
    r"^[\d-]+$",
    "^[a-]$",
    "^(?<name>a)$",
    r"^\p{Lu}\p{Ll}*$",
    r"^[^\p{L}\d]+$",
    r"^\P{Letter}?$",
]
LETTERS = "ab cdx019_-@A\n\té٣\u00a0\ufeff\u2028😀]"


@pytest.mark.parametrize("pattern", PATTERNS)
def test_a_pattern_matches_what_the_validator_matches(pattern: str) -> None:
    rng = random.Random(pattern)
    judge = validator({"pattern": pattern})
    made = list(islice(texts(Language(matching=(pattern,)), lambda: None), 20))
    made += list(islice(texts(Language(failing=(pattern,)), lambda: None), 20))
    made += ["".join(rng.choices(LETTERS, k=rng.randint(0, 5))) for _ in range(300)]
    for text in made:
        exact = "^(?:" + "".join(f"\\u{ord(c):04x}" if c.isascii() else c for c in text) + ")$"
        both = Language(matching=(pattern, exact))
        assert any(True for _ in texts(both, lambda: None)) == judge.is_valid(text), repr(text)


@pytest.mark.parametrize(
    "pattern", [r"\p{Nonsense}", r"\bx", "(?i)a", "a[", "[[:alpha:]]", "[a&&b]"]
)
def test_what_is_not_modelled_is_refused(pattern: str) -> None:
    with pytest.raises(UnsupportedSchema):
        automaton(pattern)


def test_white_space_is_what_the_validator_takes_for_it() -> None:
    judge = validator({"pattern": r"^\s$"})

    def valid(code: int) -> bool:
        return not 0xD800 <= code < 0xE000 and judge.is_valid(chr(code))

    codes = [code for code in range(0x10000) if valid(code)]
    assert codes == [code for low, high in SPACE for code in range(low, high + 1)]


def test_the_validator_is_asked_for_the_characters_of_a_property() -> None:
    judge = validator({"pattern": r"^\p{Lu}$"})
    told = {code for low, high in asked(r"\p{Lu}") for code in range(low, high + 1)}
    for low, high in ANY:
        for code in range(low, high + 1):
            assert (code in told) == judge.is_valid(chr(code)), hex(code)


SIMPLE = ["[a-c]+", "[a-c]*", "a{1,3}", "(ab)*", "a|b", "[ab]{2}", "a?b?c?", "(a|b)*abb", "[abc]"]


@pytest.mark.parametrize("one", SIMPLE)
@pytest.mark.parametrize("two", SIMPLE)
def test_inclusion_is_what_greenery_says(one: str, two: str) -> None:
    inside = greenery.parse(one).difference(greenery.parse(two)).empty()
    difference = Language(matching=(f"^(?:{one})$",), failing=(f"^(?:{two})$",))
    assert inside == (next(texts(difference, lambda: None), None) is None)


@pytest.mark.parametrize("pattern", [r"[\s\S]*", "^[a-z]*$", "^a[0-9]*z$"])
def test_a_very_long_text_is_found_in_few_steps(pattern: str) -> None:
    length, steps = 1_000_000, 0

    def spend() -> None:
        nonlocal steps
        steps += 1

    text = next(texts(Language(matching=(pattern,), shortest=length), spend))
    assert len(text) >= length
    assert validator({"pattern": pattern}).is_valid(text)
    assert steps < 100


def test_lengths_bound_a_language() -> None:
    language = Language(matching=("^(ab)*$",), shortest=3, longest=5)
    assert list(texts(language, lambda: None)) == ["abab"]
    assert not list(texts(Language(matching=("^(ab)*$",), shortest=3, longest=3), lambda: None))
