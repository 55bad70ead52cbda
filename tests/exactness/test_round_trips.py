"""What a schema accepts converts without loss: read, written, fired and received."""

from __future__ import annotations

import contextlib
import datetime
import importlib
import json
import uuid
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, Phase, assume, given, settings
from hypothesis import strategies as st

from lbgen.findings.diagnostic import Severity
from lbgen_runtime import ApiContract, EventContract, InvalidParameters
from tests.exactness.contracts import json_values, schemas
from tests.support.kept_values import kept
from tests.support.packages import build_json, contract_of, imported, write_package

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path


@pytest.fixture
def make(tmp_path: Path) -> Iterator[Callable[..., EventContract[Any]]]:
    """Compile and import an event of some parameters."""
    with contextlib.ExitStack() as stack:
        made = 0

        def make_event(parameters: Any, **documents: Any) -> EventContract[Any]:
            nonlocal made
            made += 1
            contract = contract_of("shop", placed=parameters)
            contract["$defs"] = documents.pop("definitions", {})
            built = build_json({"shop.json": contract, **documents})
            folder = write_package(built, tmp_path / f"made_{made}")
            package = stack.enter_context(imported(folder))
            module = importlib.import_module(f"{package.__name__}.shop")
            return EventContract(
                api=ApiContract(name="shop"), name="placed", event_type=module.Placed
            )

        yield make_event


def closed(**properties: Any) -> dict[str, Any]:
    """An object with some properties."""
    return {"type": "object", "properties": properties, "required": sorted(properties)}


UUID_TEXT = "6f1c1f2e-8f0a-4f57-9a3e-2d8d7f2f3b10"
UUID_ = {"type": "string", "format": "uuid"}
DATE = {"type": "string", "format": "date"}

VALUES: dict[str, tuple[Any, list[Any]]] = {
    "integers": (
        {"type": "integer"},
        [0, -1, 1.0, 2**53 + 1, 2**64, 10**300, -(10**40)],
    ),
    "numbers": ({"type": "number"}, [0.1, 1, 1e300, 5e-324, -0.0, 10**30, 2**53 + 1]),
    "null": ({"type": ["null", "string"]}, [None, "", "null"]),
    "anything": ({}, [None, True, 1, 1.5, "", [], {}, {"a": [None, {"b": 1.0}]}]),
    "enumeration of mixed values": (
        {"enum": [1, "1", True, None, 1.5, [1], {"a": 1}]},
        [1, "1", True, None, 1.5, [1], {"a": 1}],
    ),
    "overlapping union": (
        {"anyOf": [UUID_, {"type": "string"}, {"type": "integer"}]},
        [
            UUID_TEXT,
            "no uuid",
            UUID_TEXT.upper(),
            7,
        ],
    ),
    "union of number and integer": ({"type": ["integer", "number"]}, [1, 1.5, 1.0]),
    "date-time": (
        {"type": "string", "format": "date-time"},
        [
            "2026-01-01T00:00:00Z",
            "2026-01-01t00:00:00z",
            "2026-01-01T00:00:00.123456789+01:30",
            "2026-01-01T00:00:00.5-00:00",
            "1998-12-31T23:59:60Z",
            "0000-01-01T00:00:00Z",
            "9999-12-31T23:59:59.999999+00:00",
        ],
    ),
    "date": (DATE, ["2024-02-29", "0000-01-01"]),
    "time": ({"type": "string", "format": "time"}, ["12:00:00Z", "23:59:60Z", "01:02:03.5+01:00"]),
    "uuid": (
        UUID_,
        [UUID_TEXT, UUID_TEXT.upper()],
    ),
    "tuple": (
        {
            "type": "array",
            "prefixItems": [DATE, closed(a={"type": "integer"})],
            "items": {"type": "integer"},
            "minItems": 2,
        },
        [["2024-02-29", {"a": 1}], ["2024-02-29", {"a": 1.0}, 5, 6.0]],
    ),
    "tuple with missing items": (
        {
            "type": "array",
            "prefixItems": [DATE, {"type": "integer"}],
        },
        [[], ["2024-02-29"], ["2024-02-29", 1, "more", None]],
    ),
    "map of records": (
        {"type": "object", "additionalProperties": closed(at=UUID_)},
        [{}, {"x y": {"at": UUID_TEXT}}],
    ),
    "typed further properties": (
        {
            **closed(a={"type": "string"}),
            "additionalProperties": DATE,
        },
        [{"a": "x"}, {"a": "x", "b": "2024-02-29", "": "2024-02-29"}],
    ),
    "properties by pattern": (
        {
            "type": "object",
            "properties": {"id": {"type": "integer"}},
            "patternProperties": {
                "^d_": DATE,
                "^u_": UUID_,
                "^s_": {"type": "string"},
            },
            "additionalProperties": False,
        },
        [
            {"id": 1.0, "d_a": "2024-02-29", "s_a": "2024-02-29"},
            {
                "u_a": UUID_TEXT,
                "s_b": UUID_TEXT,
            },
        ],
    ),
    "keys that are no identifiers": (
        closed(**{"class": {"type": "integer"}, "foo-bar": {"type": "integer"}, "": {}, "é": {}}),
        [{"class": 1, "foo-bar": 2, "": 3, "é": 4}],
    ),
    "recursion": (
        {"$ref": "#/$defs/Tree"},
        [{"value": 1}, {"value": 1.0, "children": [{"value": 2, "children": []}]}],
    ),
    "discriminated union": (
        {
            "oneOf": [
                closed(kind={"const": "a"}, at=DATE),
                closed(kind={"enum": ["b", "c"]}, at={"type": "integer"}),
            ]
        },
        [{"kind": "a", "at": "2024-02-29"}, {"kind": "c", "at": 4.0}],
    ),
    "composition": (
        {
            "allOf": [
                closed(a={"type": "integer"}),
                closed(b=UUID_),
            ],
            "properties": {"c": {"type": "string"}},
        },
        [{"a": 1.0, "b": UUID_TEXT, "c": "x"}],
    ),
}
TREE = {
    "type": "object",
    "required": ["value"],
    "properties": {
        "value": {"type": "integer"},
        "children": {"type": "array", "items": {"$ref": "#/$defs/Tree"}},
    },
}


@pytest.mark.parametrize("name", VALUES)
def test_values_are_kept(name: str, make: Callable[..., EventContract[Any]]) -> None:
    schema, values = VALUES[name]
    contract = make(closed(value=schema), definitions={"Tree": TREE})
    for value in values:
        parameters = {"value": value}
        event = contract.event_type.from_dict(parameters)
        assert event.to_dict() == parameters
        assert contract.event_type.from_json(json.dumps(parameters)) == event
        texts = contract.encode(event)
        received = contract.decode(texts)
        assert received == event
        assert repr(received) == repr(event)
        by_hand = contract.event_type(value=value)
        assert {
            key: json.loads(text) for key, text in contract.encode(by_hand).items()
        } == parameters


def test_values_have_the_promised_types(make: Callable[..., EventContract[Any]]) -> None:
    schema = {
        "type": "object",
        "properties": {
            "id": UUID_,
            "at": {"type": "string", "format": "date-time"},
            "on": DATE,
            "clock": {"type": "string", "format": "time"},
            "count": {"type": "integer"},
            "pair": {"type": "array", "prefixItems": [{"type": "integer"}], "minItems": 1},
        },
    }
    event = make(schema).event_type.from_dict(
        {
            "id": UUID_TEXT,
            "at": "2026-01-01T00:00:00Z",
            "on": "2026-01-01",
            "clock": "00:00:00Z",
            "count": 3.0,
            "pair": [1.0, "x"],
        }
    )
    assert type(event.id) is uuid.UUID
    assert isinstance(event.at, datetime.datetime)
    assert event.at.tzinfo is not None
    assert type(event.on) is datetime.date
    assert isinstance(event.clock, datetime.time)
    assert type(event.count) is int
    assert event.pair == (1, "x")
    assert type(event.pair[0]) is int


INNER = closed(a={"type": "integer"})
PLACES: dict[str, tuple[Any, Callable[[Any], Any]]] = {
    "itself": (INNER, lambda inner: inner),
    "array": ({"type": "array", "items": INNER}, lambda inner: [inner]),
    "map": ({"type": "object", "additionalProperties": INNER}, lambda inner: {"k": inner}),
    "union": ({"oneOf": [INNER, {"type": "string"}]}, lambda inner: inner),
    "overlapping union": ({"anyOf": [INNER, closed(b={})]}, lambda inner: {**inner, "b": 1}),
    "allOf": ({"allOf": [INNER, {"properties": {"b": {}}}]}, lambda inner: inner),
    "record": (closed(inner=INNER), lambda inner: {"inner": inner}),
    "tuple": (
        {"type": "array", "prefixItems": [INNER], "minItems": 1, "items": False},
        lambda inner: [inner],
    ),
}


@pytest.mark.parametrize("name", PLACES)
def test_undeclared_keys_are_refused_by_writers_and_ignored_by_readers(
    name: str, make: Callable[..., EventContract[Any]]
) -> None:
    schema, put = PLACES[name]
    contract = make(closed(value=schema))
    good, more = put({"a": 1}), put({"a": 1, "more": 2})
    assert contract.encode(contract.event_type(value=good))
    with pytest.raises(InvalidParameters, match="unknown parameter"):
        contract.encode(contract.event_type(value=more))
    event = contract.event_type.from_dict({"value": more, "more": 3})
    assert event.to_dict() == {"value": good}


def test_every_violation_is_named_together(make: Callable[..., EventContract[Any]]) -> None:
    line = closed(sku={"type": "string"}, at=DATE)
    contract = make(
        {
            **closed(id=UUID_, lines={"type": "array", "items": line}),
            "properties": {
                "id": UUID_,
                "lines": {"type": "array", "items": line},
                "labels": {"type": "object", "additionalProperties": {"type": "string"}},
                "either": {"anyOf": [{"type": "string"}, {"type": "integer"}]},
            },
        }
    )
    event = contract.event_type(
        id="no uuid",
        lines=[{"sku": 1, "at": "2024-02-29", "more": 2, "most": 3}, {"at": {"a", "set"}}],
        labels={"a": 1, "b": float("nan")},
        either=object(),
    )
    with pytest.raises(InvalidParameters) as refused:
        contract.encode(event)
    assert sorted((each.pointer, each.rule) for each in refused.value.violations) == [
        ("/either", "type"),
        ("/id", "format"),
        ("/labels/a", "type"),
        ("/labels/b", "type"),
        ("/lines/0/more", "unknown parameter"),
        ("/lines/0/most", "unknown parameter"),
        ("/lines/0/sku", "type"),
        ("/lines/1", "required"),
        ("/lines/1/at", "type"),
    ]


@pytest.mark.parametrize("count", [100, 600])
def test_nothing_is_lost_in_a_union_of_many_members(
    count: int, make: Callable[..., EventContract[Any]]
) -> None:
    members = [closed(**{f"p_{number}": DATE}) for number in range(count)]
    contract = make({"type": "object", "anyOf": members})
    for number in (0, count - 1):
        parameters = {f"p_{number}": "2024-02-29"}
        assert contract.event_type.from_dict(parameters).to_dict() == parameters


def test_a_union_that_leads_back_to_itself_is_an_object_of_what_is_on_the_way(
    make: Callable[..., EventContract[Any]],
) -> None:
    circle = {
        "T": {"anyOf": [{"$ref": "#/$defs/U"}], "properties": {"a": {"type": "integer"}}},
        "U": {"$ref": "#/$defs/T", "properties": {"b": UUID_}},
    }
    contract = make({"type": "object", "$ref": "#/$defs/T"}, definitions=circle)
    event = contract.event_type.from_dict({"a": 1, "b": UUID_TEXT})
    assert (event.a, event.b) == (1, uuid.UUID(UUID_TEXT))
    assert contract.decode(contract.encode(event)) == event


def test_defaults_travel_at_every_depth(make: Callable[..., EventContract[Any]]) -> None:
    inner = {
        "type": "object",
        "properties": {
            "on": {"type": "string", "format": "date", "default": "2024-02-29"},
            "tags": {"type": "array", "items": {"type": "string"}, "default": ["a"]},
            "none": {"type": ["string", "null"], "default": None},
        },
    }
    contract = make({"type": "object", "properties": {"inner": {**inner, "default": {}}}})
    full = {"inner": {"on": "2024-02-29", "tags": ["a"], "none": None}}
    for event in (
        contract.event_type(),
        contract.event_type(inner={}),
        contract.event_type.from_dict({}),
        contract.event_type.from_dict({"inner": {}}),
    ):
        assert event.to_dict() == full
    assert isinstance(contract.event_type.from_dict({}).inner.on, datetime.date)


@settings(
    max_examples=60,
    deadline=None,
    derandomize=True,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)
@given(schemas(depth=2), st.lists(json_values(), min_size=4, max_size=4))
def test_random_values_of_random_schemas_are_kept(
    tmp_path_factory: pytest.TempPathFactory, schema: Any, values: list[Any]
) -> None:
    """Of values that pass, only what no schema declares may be lost, and only defaults be added."""
    contract = contract_of("shop", placed=closed(value=schema))
    contract["$defs"] = {"T": {"type": "string"}, "U": {"type": "integer"}}
    built = build_json({"shop.json": contract})
    assume(all(each.severity is not Severity.ERROR for each in built.problems))
    folder = write_package(built, tmp_path_factory.mktemp("round") / "random_round")
    with imported(folder) as package:
        placed = importlib.import_module(f"{package.__name__}.shop").Placed
        for value in values:
            try:
                event = placed.from_dict({"value": value})
            except InvalidParameters:
                continue
            assert kept({"value": value}, placed.__lbgen_codec__.encode(event), event)
