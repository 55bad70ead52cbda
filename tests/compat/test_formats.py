"""What the checker assumes about formats holds for the validator."""

from __future__ import annotations

import random
from itertools import islice

import pytest

from lbgen.compat.decide import Documents, Parameters, decide
from lbgen.compat.normal.formats import (
    EXACT,
    INSIDE,
    LONGEST,
    SAMPLES,
    SHAPES,
    TYPICAL,
    accepts,
    asserted,
    validator,
)
from lbgen.compat.regular.language import Language, texts
from lbgen.schema.drafts import DRAFTS
from lbgen.source.document import Location
from lbgen_runtime.events.validation.formats import ASSERTED_FORMATS

CHARACTERS = "aZ09@.:/-+_ TtZzPYMD#%[]\"'()é٣\n😀~"


def near(name: str, rng: random.Random) -> str:
    """A string that is of the format, or nearly."""
    text = list(rng.choice(SAMPLES[rng.choice([name, name, name, *SAMPLES])]))
    for _ in range(rng.randint(0, 3)):
        at = rng.randint(0, len(text))
        text[at : at + rng.randint(0, 1)] = rng.choice(CHARACTERS)
    return "".join(text)


@pytest.mark.parametrize("name", sorted(ASSERTED_FORMATS))
def test_a_format_has_samples_and_they_are_of_it(name: str) -> None:
    assert asserted(name)
    assert all(accepts(name, text) for text in SAMPLES[name])


@pytest.mark.parametrize("name", sorted(SHAPES))
def test_every_string_of_a_format_has_its_shape(name: str) -> None:
    rng = random.Random(name)
    shape = validator({"pattern": SHAPES[name]})
    made = [near(name, rng) for _ in range(6000)]
    made += islice(texts(Language(matching=(TYPICAL[name],)), lambda: None), 300)
    for text in made:
        if accepts(name, text):
            assert shape.is_valid(text), repr(text)


@pytest.mark.parametrize("name", sorted(EXACT))
def test_every_string_with_an_exact_shape_is_of_the_format(name: str) -> None:
    rng = random.Random(name)
    shape = validator({"pattern": SHAPES[name]})
    made = [near(name, rng) for _ in range(6000)]
    made += islice(texts(Language(matching=(SHAPES[name],)), lambda: None), 300)
    for text in made:
        assert shape.is_valid(text) == accepts(name, text), repr(text)


@pytest.mark.parametrize(
    ("inner", "outer"),
    [(inner, outer) for inner in sorted(INSIDE) for outer in sorted(INSIDE[inner])],
)
def test_one_format_lies_inside_another(inner: str, outer: str) -> None:
    rng = random.Random(inner + outer)
    for _ in range(8000):
        text = near(inner, rng)
        if accepts(inner, text):
            assert accepts(outer, text), repr(text)


@pytest.mark.parametrize("one", sorted(SAMPLES))
def test_any_two_formats_can_be_compared(one: str) -> None:
    told = {text for texts_ in SAMPLES.values() for text in texts_ if accepts(one, text)}
    for other in set(SAMPLES) - {one} - INSIDE.get(one, frozenset()):
        assert any(not accepts(other, text) for text in told), other


@pytest.mark.parametrize("name", sorted(SAMPLES))
def test_a_format_means_the_same_in_every_draft(name: str) -> None:
    rng = random.Random(name)
    made = [near(name, rng) for _ in range(500)]
    for dialect in DRAFTS:
        judge = validator({"$schema": dialect, "format": name})
        for text in made:
            assert judge.is_valid(text) == accepts(name, text), (dialect, text)


def test_international_host_names_hold_no_character_that_is_special_elsewhere() -> None:
    for code in range(0x80, 0x30000):
        for text in (chr(code), f"a{chr(code)}") if not 0xD800 <= code < 0xE000 else ():
            if accepts("idn-hostname", text):
                assert all(accepts(name, text) for name in INSIDE["idn-hostname"]), hex(code)


@pytest.mark.parametrize("name", sorted(LONGEST))
def test_no_text_of_a_format_is_longer_than_its_longest(name: str) -> None:
    """As long as each part may be, and each part longer by one."""
    rng = random.Random(name)
    longest = 0
    for _ in range(4000):
        domain = ".".join("a" * rng.choice([60, 61, 62, 63]) for _ in range(4))
        domain = domain[: rng.randint(250, 256)] + rng.choice(["", "b", "\u00ad"])
        text = domain if name == "hostname" else "a" * rng.choice([63, 64, 65]) + "@" + domain
        if accepts(name, text):
            longest = max(longest, len(text))
    assert longest == LONGEST[name]


LENGTHS = (0, 2, 10, 19, 36, 39, 45, 63, 64, 100, 253, 254, 255, 318, 319, 320, 1024, 2048)


@pytest.mark.parametrize("limit", ["minLength", "maxLength"])
@pytest.mark.parametrize("name", sorted(SAMPLES))
def test_a_length_beside_a_format_is_decided(name: str, limit: str) -> None:
    free: dict[str, object] = {"type": "string", "format": name}
    for length in LENGTHS:
        decision = decide(_parameters(free), _parameters({**free, limit: length}))
        assert decision.state != "undecided", (length, decision.reason)
        if decision.state == "breaking":
            text = decision.event["text"]
            assert accepts(name, text)
            assert len(text) > length if limit == "maxLength" else len(text) < length


def test_a_length_beside_a_pattern_is_decided() -> None:
    pattern: dict[str, object] = {"type": "string", "pattern": "^[a-z]{1,64}@[a-z]{1,255}$"}
    for length, state in ((319, "breaking"), (320, "compatible")):
        decision = decide(_parameters(pattern), _parameters({**pattern, "maxLength": length}))
        assert decision.state == state


def _parameters(text: dict[str, object]) -> Parameters:
    uri = "lbgen:///event.json"
    schema = {"type": "object", "properties": {"text": text}}
    return Parameters(Documents({uri: schema}), Location(uri))
