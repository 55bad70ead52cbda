"""What JSON text cannot hold is a violation with words; an error of lbgen's own stays an error."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta, tzinfo
from decimal import Decimal
from typing import TYPE_CHECKING, Any, cast

import pytest

from lbgen_runtime import (
    ApiContract,
    Bus,
    Event,
    EventContract,
    EventEndpoint,
    InvalidParameters,
    InvalidSettings,
    Schemas,
    codecs,
)
from lbgen_runtime.events.field import field

if TYPE_CHECKING:
    from collections.abc import Callable

PARAMETERS: dict[str, Any] = {
    "type": "object",
    "properties": {"text": {"type": "string"}, "any": {}, "at": {"type": "string"}},
    "additionalProperties": {},
}
SCHEMA = Schemas({"lbgen:///notes.yaml": json.dumps(PARAMETERS)}).at("lbgen:///notes.yaml#")
LONE = "a\ud800b"


class Noted(Event):
    """Somebody noted something."""

    text: str | None = None
    any: Any = None
    at: datetime | None = None
    additional_properties: dict[str, Any] = field(default_factory=dict)

    __lbgen_event__ = "notes.noted"
    __lbgen_schema__ = SCHEMA
    __lbgen_additional__ = "additional_properties"

    @classmethod
    def __lbgen_codecs__(cls) -> dict[str, codecs.Codec]:
        return {"at": codecs.DATE_TIME, "any": codecs.array(codecs.array(codecs.JSON))}


CONTRACT = EventContract(api=ApiContract(name="notes"), name="noted", event_type=Noted)


def nested(depth: int, inner: Any = 1) -> Any:
    for _ in range(depth):
        inner = [inner]
    return inner


def itself() -> list[Any]:
    value: list[Any] = []
    value.append(value)
    return value


WAYS: dict[str, Callable[[dict[str, Any]], Any]] = {
    "fire": lambda values: CONTRACT.encode(Noted(**values)),
    "to_dict": lambda values: Noted(**values).to_dict(),
    "from_dict": lambda values: Noted.from_dict(
        {**values.pop("additional_properties", {}), **values}
    ),
}


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(
    ("values", "pointer", "words"),
    [
        ({"text": LONE}, "/text", "unpaired surrogate"),
        ({"any": [[{"deep": LONE}]]}, "/any/0/0/deep", "unpaired surrogate"),
        ({"any": [[{LONE: 1}]]}, f"/any/0/0/{LONE}", "name has an unpaired surrogate"),
        ({"additional_properties": {LONE: 1}}, f"/{LONE}", "name has an unpaired surrogate"),
        ({"additional_properties": {"more": LONE}}, "/more", "unpaired surrogate"),
        ({"any": [10**4300]}, "/any/0", "at most 4,300 digits"),
        ({"any": [-(10**4300)]}, "/any/0", "at most 4,300 digits"),
        ({"any": nested(129)}, "/any", "nested more than 128 levels deep"),
        ({"any": nested(100_000)}, "/any", "nested more than 128 levels deep"),
        ({"any": itself()}, "/any", "nested more than 128 levels deep"),
    ],
    ids=lambda value: ascii(value)[:30] if isinstance(value, str) else None,
)
def test_what_json_text_cannot_hold_is_a_violation(
    way: str, values: dict[str, Any], pointer: str, words: str
) -> None:
    with pytest.raises(InvalidParameters) as refused:
        WAYS[way](dict(values))
    (violation,) = refused.value.violations
    assert violation.pointer == pointer
    assert words in violation.message
    str(refused.value).encode()  # it can be printed


@pytest.mark.parametrize("way", WAYS)
def test_what_is_just_within_the_limits_is_written(way: str) -> None:
    WAYS[way]({"text": "\U0001f600", "any": [nested(127), 10**4300 - 1, -(10**4300) + 1]})
    texts = CONTRACT.encode(Noted(any=nested(128), additional_properties={"more": 10**4300 - 1}))
    assert CONTRACT.encode(CONTRACT.decode(texts)) == texts


def test_every_such_part_is_named_at_once() -> None:
    with pytest.raises(InvalidParameters) as refused:
        CONTRACT.encode(Noted(text=LONE, any=[[LONE, {1}]], at=cast("Any", "x")))
    assert {each.pointer for each in refused.value.violations} == {"/text", "/any/0/0", "/any/0/1"}


@pytest.mark.parametrize("text", ['{"text": "\ud800"}', b'{"text": "\xed\xa0\x80"}', "\ud800"])
def test_json_text_that_is_not_unicode_is_refused(text: Any) -> None:
    with pytest.raises(InvalidParameters, match="not valid JSON"):
        Noted.from_json(text)


def test_an_id_or_a_name_that_cannot_be_written_is_refused_at_once() -> None:
    endpoint = EventEndpoint(Bus(), CONTRACT)
    with pytest.raises(ValueError, match="unpaired surrogate"):
        endpoint.fire_event(Noted(), event_id=LONE)
    each: list[dict[str, Any]] = [{"service_name": LONE}, {"process_name": LONE}]
    for names in each:
        with pytest.raises(InvalidSettings, match="unpaired surrogates"):
            Bus(**names)
    with pytest.raises(InvalidSettings, match="unpaired surrogates"):
        EventEndpoint(Bus(service_name="library"), CONTRACT).listen(
            lambda event: None, listener_name=LONE
        )


class Broken(tzinfo):
    """A time zone with a mistake in it."""

    def tzname(self, moment: datetime | None) -> str:
        return "broken"

    def dst(self, moment: datetime | None) -> None:
        return None

    def utcoffset(self, moment: datetime | None) -> timedelta:
        raise ValueError("a mistake of this class")


def test_an_error_of_the_code_is_not_an_invalid_event() -> None:
    with pytest.raises(ValueError, match="a mistake of this class"):
        CONTRACT.encode(Noted(at=datetime(2026, 1, 1, tzinfo=Broken())))
    with pytest.raises(ValueError, match="a mistake of this class"):
        Noted(at=datetime(2026, 1, 1, tzinfo=Broken())).to_dict()
    assert CONTRACT.encode(Noted(at=datetime(2026, 1, 1, tzinfo=UTC)))


def test_finding_a_value_that_has_no_json_form_takes_as_long_as_encoding() -> None:
    """S2: each level of a deep value used to double the work."""

    class Counted(list[Any]):
        looked_at = 0

        def __len__(self) -> int:
            Counted.looked_at += 1
            return super().__len__()

    with pytest.raises(InvalidParameters) as refused:
        CONTRACT.encode(Noted(any=nested(60, Counted([{1}]))))
    assert [each.pointer for each in refused.value.violations] == ["/any" + "/0" * 61]
    assert Counted.looked_at < 100


def test_a_decimal_is_refused_with_what_to_write_instead() -> None:  # G9
    for value in (Decimal("1.50"), [Decimal("1.50")]):
        with pytest.raises(InvalidParameters) as refused:
            Noted(additional_properties={"price": value}).to_json()
        (violation,) = refused.value.violations
        assert violation.pointer.startswith("/price")
        assert "Decimal('1.50')" in violation.message
        assert "float(...)" in violation.message
        assert "str(...)" in violation.message
    with pytest.raises(InvalidParameters, match="Decimal"):
        Noted.from_dict({"text": Decimal("1.50")})
