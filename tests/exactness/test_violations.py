"""S2, U3: a violation is named down to its cause, with its fix, within a budget."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lbgen_runtime import Schemas

if TYPE_CHECKING:
    from lbgen_runtime.events.validation.schemas import Schema

URI = "lbgen:///shop.yaml"
SELF = {"$ref": "#/$defs/T"}


def schema_of(schema: Any, definitions: dict[str, Any] | None = None) -> Schema:
    document = {"root": schema, "$defs": definitions or {}}
    return Schemas({URI: json.dumps(document)}).at(f"{URI}#/root")


def named(schema: Any, value: Any, definitions: dict[str, Any] | None = None) -> list[str]:
    """What is said of a value, one line for each violation."""
    return [str(each) for each in schema_of(schema, definitions).violations(value)]


def spent(schema: Schema, value: Any) -> tuple[int, int]:
    """What is spent on explaining a value, and what may be."""
    reasons = schema._schemas.reasons
    explanation = reasons.explanation(value)
    part = reasons.parts.at(schema.location)
    assert part is not None
    list(explanation.of(part))
    return explanation.budget.spent, explanation.budget.whole


# -- a branch is named by its tag, by its type, or as the closest ------------------------------

INSURANCE = {
    "oneOf": [
        {
            "type": "object",
            "properties": {"kind": {"const": "private"}, "policy_number": {"type": "string"}},
            "required": ["kind", "policy_number"],
            "additionalProperties": False,
        },
        {
            "type": "object",
            "properties": {"kind": {"const": "public"}, "company": {"type": "string"}},
            "required": ["kind", "company"],
            "additionalProperties": False,
        },
        {"type": "null"},
    ]
}
SHAPES = {
    "anyOf": [
        {"title": "Circle", "type": "object", "required": ["radius", "unit", "color"]},
        {"title": "Square", "type": "object", "required": ["side", "unit"]},
    ]
}


def tagged_inside(kind: str, **properties: Any) -> dict[str, Any]:
    """An object whose kind stands in another one."""
    meta = {"type": "object", "required": ["kind"], "properties": {"kind": {"const": kind}}}
    required = ["meta", *properties]
    return {"type": "object", "required": required, "properties": {"meta": meta, **properties}}


BLOCK = {
    "oneOf": [
        tagged_inside("text", text={"type": "string"}),
        tagged_inside("image", width={"type": "integer"}, height={"type": "integer"}),
    ]
}

CASES: dict[str, tuple[Any, Any, list[str]]] = {
    "a tag of an object inside singles out a branch": (
        BLOCK,
        {"meta": {"kind": "image"}, "text": "x"},
        [
            "the whole value: 'width' is missing; add it (required)",
            "the whole value: 'height' is missing; add it (required)",
        ],
    ),
    "a tag of an object inside that no branch has": (
        BLOCK,
        {"meta": {"kind": "img"}, "text": "x"},
        ["/meta/kind: 'img' is not one of 'text', 'image'; did you mean 'image'? (const)"],
    ),
    "a tag singles out a branch": (
        INSURANCE,
        {"kind": "private", "company": "x"},
        [
            "the whole value: 'policy_number' is missing; add it (required)",
            (
                "/company: 'company' is not a property of this object; remove it"
                " (additionalProperties)"
            ),
        ],
    ),
    "a tag that no branch has": (
        INSURANCE,
        {"kind": "privat"},
        ["/kind: 'privat' is not one of 'private', 'public'; did you mean 'private'? (const)"],
    ),
    "a tag that is missing": (
        INSURANCE,
        {"company": "x"},
        ["the whole value: 'kind' is missing; add it: 'private' or 'public' (required)"],
    ),
    "a type that no branch has": (
        INSURANCE,
        "private",
        ["the whole value: 'private' is a string; write an object or null (oneOf)"],
    ),
    "a type singles out a branch": (
        {"anyOf": [{"type": "string", "maxLength": 2}, {"type": "integer", "minimum": 1}]},
        0,
        ["the whole value: 0 is less than 1; write 1 or more (minimum)"],
    ),
    "the closest branch, said as such": (
        SHAPES,
        {"side": 1},
        [
            (
                "the whole value: 'unit' is missing; add it (closest of 2 alternatives: 'Square')"
                " (required)"
            )
        ],
    ),
    "branches that are values": (
        {"anyOf": [{"const": "a"}, {"enum": ["b", "c"]}]},
        "d",
        ["the whole value: 'd' is not one of 'a', 'b', 'c'; write one of these (anyOf)"],
    ),
    "more than one branch": (
        {"oneOf": [{"title": "A", "type": "integer"}, {"title": "B", "minimum": 0}]},
        1,
        [
            (
                "the whole value: this matches 'A' and 'B'; change it so that it matches only one"
                " (oneOf)"
            )
        ],
    ),
    "an enumeration": (
        {"enum": ["red", "green", "blue"]},
        "gren",
        [
            (
                "the whole value: 'gren' is not one of 'red', 'green', 'blue'; did you mean"
                " 'green'? (enum)"
            )
        ],
    ),
    "a long enumeration": (
        {"enum": [f"color-{number}" for number in range(30)]},
        "x",
        [
            "the whole value: 'x' is not one of "
            + ", ".join(f"'color-{number}'" for number in range(20))
            + " or 10 others; write one of these (enum)"
        ],
    ),
    "a date-time without an offset": (
        {"properties": {"at": {"type": "string", "format": "date-time"}}},
        {"at": "2026-11-23T07:48:42"},
        [
            (
                "/at: '2026-11-23T07:48:42' has no UTC offset; add one, such as +00:00 (in"
                " Python, use datetime.now(UTC)) (format)"
            )
        ],
    ),
    "a format": (
        {"format": "uuid"},
        "x",
        [
            (
                "the whole value: 'x' is not a UUID; write one such as"
                " 5f1c8a52-66b7-4a6e-9d29-9f0d1ad0c2a1 (format)"
            )
        ],
    ),
    "a number in quotes": (
        {"type": ["integer", "null"]},
        "5",
        ["the whole value: '5' is a string; write an integer or null, without quotes (type)"],
    ),
    "a property under another name": (
        {
            "properties": {"paid_at": {}},
            "required": ["paid_at"],
            "additionalProperties": False,
        },
        {"payed_at": 1},
        [
            "the whole value: 'paid_at' is missing; add it, or rename 'payed_at' (required)",
            (
                "/payed_at: 'payed_at' is not a property of this object; did you mean 'paid_at'?"
                " (additionalProperties)"
            ),
        ],
    ),
    "names": (
        {"propertyNames": {"maxLength": 2}},
        {"abc": 1},
        ["/abc: the name 'abc' has 3 characters; write at most 2 (maxLength)"],
    ),
    "a condition": (
        {"if": {"required": ["a"]}, "then": {"required": ["b"]}},
        {"a": 1},
        ["the whole value: 'b' is missing; add it (required)"],
    ),
    "what is needed beside": (
        {"dependentRequired": {"a": ["b"]}},
        {"a": 1},
        ["the whole value: 'b' is missing; add it, or remove 'a' (dependentRequired)"],
    ),
    "what is excluded": (
        {"not": {"required": ["a"]}},
        {"a": 1},
        ["the whole value: 'a' must not be present; remove it (not)"],
    ),
    "equal items": (
        {"uniqueItems": True},
        [1, "1", True, 1.0],
        ["the whole value: items 0 and 3 are both 1.0; remove one of them (uniqueItems)"],
    ),
    "items that are asked for": (
        {"contains": {"type": "integer"}, "minContains": 2},
        ["a", 1],
        [
            (
                "the whole value: 'contains' matches 1 item of the array; write at least 2 matching"
                " (minContains)"
            )
        ],
    ),
    "too many items": (
        {"prefixItems": [{"type": "string"}], "items": False},
        ["a", 1, 2],
        ["the whole value: the array has 3 items; write at most 1 (items)"],
    ),
    "what no part describes": (
        {"allOf": [{"properties": {"a": {}}}], "unevaluatedProperties": False},
        {"a": 1, "b": 2},
        ["/b: 'b' is not a property of this object; remove it (unevaluatedProperties)"],
    ),
    "texts from outside": (
        {"type": "integer"},
        "\x1b[31m\nforged" + "x" * 1000,
        [
            "the whole value: '\\x1b[31m\\nforged" + "x" * 43 + "…' is a string; write an integer"
            " (type)"
        ],
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_a_violation_is_named_down_to_its_cause_with_its_fix(name: str) -> None:
    schema, value, lines = CASES[name]
    assert named(schema, value) == lines


def test_a_violation_names_the_place_of_its_rule() -> None:
    schema = schema_of({"properties": {"a b/c%": {"$ref": "#/$defs/T"}}}, {"T": {"maxLength": 1}})
    (violation,) = schema.violations({"a b/c%": "xx"})
    assert (violation.pointer, violation.rule) == ("/a b~1c%", "maxLength")
    assert violation.location == f"{URI}#/$defs/T/maxLength"


# -- within a budget ----------------------------------------------------------------------------

FILTER: dict[str, Any] = {
    "T": {"oneOf": [{"$ref": "#/$defs/And"}, {"$ref": "#/$defs/Or"}, {"$ref": "#/$defs/Leaf"}]},
    "And": {
        "type": "object",
        "properties": {"and": {"type": "array", "items": SELF}},
        "required": ["and"],
    },
    "Or": {
        "type": "object",
        "properties": {"and": {"type": "array", "items": SELF, "minItems": 1}},
        "required": ["and"],
    },
    "Leaf": {
        "type": "object",
        "properties": {"field": {"type": "string"}},
        "required": ["field"],
        "additionalProperties": False,
    },
}
TWICE: dict[str, Any] = {
    "T": {
        "anyOf": [
            {"type": "array", "items": SELF},
            {"type": "array", "items": SELF, "maxItems": 9},
            {"type": "array", "prefixItems": [SELF], "contains": SELF},
            {"type": "integer"},
        ]
    }
}


def nested(depth: int, wrap: Any, value: Any) -> Any:
    for _ in range(depth):
        value = wrap(value)
    return value


HOSTILE: dict[str, tuple[dict[str, Any], Any]] = {
    "a deep filter": (FILTER, nested(20, lambda value: {"and": [value]}, {"field": 1})),
    "a deeper filter": (FILTER, nested(60, lambda value: {"and": [value]}, {"field": 1})),
    "a wide filter": (FILTER, nested(6, lambda value: {"and": [value] * 6}, {"field": 1})),
    "deep arrays": (TWICE, nested(100, lambda value: [value], "x")),
    "wide arrays": (TWICE, nested(5, lambda value: [value] * 8, "x")),
    "many items": (TWICE, ["x"] * 100_000),
    "a deep and heavy value": (
        {"T": {"properties": {"a": SELF, "b": {"items": {"type": "integer"}}}}},
        nested(100, lambda value: {"a": value}, {"b": [*range(100_000), "x"]}),
    ),
    "many properties": (
        {"T": {"additionalProperties": False, "properties": {f"p{n}": {} for n in range(900)}}},
        {f"q{n}": 1 for n in range(20_000)},
    ),
    "many ways to one schema": (
        {
            **{f"T{n}": {"allOf": [{"$ref": f"#/$defs/T{n + 1}"}] * 2} for n in range(14)},
            "T14": {"type": "string"},
            "T": {"$ref": "#/$defs/T0"},
        },
        1,
    ),
    "a text of a megabyte": (
        {"T": {"anyOf": [{"maxLength": 1}, {"pattern": "^b+$"}]}},
        "a" * 2**20,
    ),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_what_a_violation_says_costs_no_more_than_its_budget(name: str) -> None:
    definitions, value = HOSTILE[name]
    schema = schema_of(SELF, definitions)
    used, may_use = spent(schema, value)
    assert used <= 2 * may_use  # the last question may be as large as the value
    violations = schema.violations(value)
    assert 1 <= len(violations) <= 101
    assert sum(len(each.pointer) + len(each.message) for each in violations) < 250_000


def test_what_is_cut_says_so() -> None:
    *first, last = named({"items": {"type": "integer"}}, ["x"] * 200)
    assert len(first) == 100
    assert last == (
        "the whole value: there are more than these 100 violations; fix them and try again (schema)"
    )
    definitions, value = HOSTILE["a deep and heavy value"]
    (line,) = named(SELF, value, definitions)
    assert (
        "the schema refuses this value; the value is too large to find the reason (schema)" in line
    )


# -- at random ----------------------------------------------------------------------------------

NAMES = ("a", "b", "c")


@st.composite
def definitions(draw: st.DrawFn) -> dict[str, Any]:
    """Schemas that refer to one another, through unions most of all."""
    known = [f"D{number}" for number in range(draw(st.integers(1, 4)))]
    references = st.sampled_from(known).map(lambda name: {"$ref": f"#/$defs/{name}"})
    leaves = st.sampled_from(
        [
            {"type": "integer", "minimum": 2},
            {"type": "string", "maxLength": 1},
            {"type": ["null", "boolean"]},
            {"enum": ["a", 1, None]},
            {"const": "b"},
            {"type": "string", "format": "date-time"},
            {"minProperties": 1},
            {"uniqueItems": True},
            True,
            False,
        ]
    )
    anything = st.deferred(lambda: leaves | references | composed)
    objects = st.dictionaries(st.sampled_from(NAMES), anything, max_size=3)
    composed = st.one_of(
        st.fixed_dictionaries(
            {"type": st.just("object"), "properties": objects},
            optional={
                "required": st.lists(st.sampled_from(NAMES), unique=True, max_size=2),
                "additionalProperties": anything,
                "propertyNames": st.sampled_from([{"pattern": "^a"}, {"maxLength": 0}, True]),
                "dependentSchemas": st.dictionaries(st.sampled_from(NAMES), anything, max_size=1),
                "unevaluatedProperties": anything,
            },
        ),
        st.fixed_dictionaries(
            {"type": st.just("array"), "items": anything},
            optional={
                "prefixItems": st.lists(anything, min_size=1, max_size=2),
                "contains": anything,
                "maxItems": st.just(2),
            },
        ),
        st.fixed_dictionaries(
            {},
            optional={
                "anyOf": st.lists(anything, min_size=1, max_size=3),
                "oneOf": st.lists(anything, min_size=1, max_size=3),
                "allOf": st.lists(anything, min_size=1, max_size=2),
                "not": anything,
                "if": anything,
                "then": anything,
                "else": anything,
            },
        ),
    )
    return {name: draw(composed) for name in known}


values = st.recursive(
    st.sampled_from([None, True, 0, 1, 2.5, "", "a", "b", "ccc", "2026-01-01T00:00:00"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from((*NAMES, "d")), inner, max_size=3)
    ),
    max_leaves=25,
)


@pytest.mark.thorough
@settings(
    max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow], print_blob=True
)
@given(definitions=definitions(), value=values)
def test_every_reason_that_is_given_is_real(definitions: dict[str, Any], value: Any) -> None:
    schemas = Schemas({URI: json.dumps({"$defs": definitions})})
    try:
        schema = schemas.at(f"{URI}#/$defs/D0")
        accepted = schema.is_valid(value)
    except ValueError:
        return  # a schema that refers to nothing but itself
    reasons = schemas.reasons
    if accepted:
        assert schema.violations(value) == ()
        return
    explanation = reasons.explanation(value)
    part = reasons.parts.at(schema.location)
    assert part is not None
    found = list(explanation.of(part))
    assert found
    for each in found:
        inner = value
        for step in each.path:
            inner = inner[step]
        if "propertyNames" in each.part.location:
            inner = each.path[-1]
        elif each.keyword in ("additionalProperties", "unevaluatedProperties"):
            inner, path = value, each.path[:-1]
            for step in path:
                inner = inner[step]
        assert not schemas.at(each.part.location).is_valid(inner), each
    assert explanation.budget.spent <= explanation.budget.whole
