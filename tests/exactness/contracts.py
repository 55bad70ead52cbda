"""Random schemas and contracts, with every keyword and with hostile strings in every position."""

from __future__ import annotations

from typing import Any, Final

from hypothesis import strategies as st

__all__ = ["HOSTILE", "contracts", "json_values", "schemas"]

HOSTILE: Final = (
    "",
    " ",
    "a",
    "class",
    "self",
    "None",
    "__init__",
    "to_dict",
    "additional_properties",
    "UNSET",
    '"',
    "'",
    '"""',
    "'''",
    "\\",
    "\\N{DIGIT ONE}",
    "\n",
    "\r\n",
    "\t",
    "\x00",
    "\x1b[31m",
    "\u2028",
    "\ufeff",
    "é",
    "名",
    "💩",
    "{{ 7 * 7 }}",
    "{% raw %}",
    "{0}",
    "%s",
    "$ref",
    "#",
    "a/b~c",
    "../../etc/passwd",
    '"""\nimport os\nos.environ["LBGEN_RAN"] = "1"\n"""',
    "'); import os; os.environ['LBGEN_RAN'] = '1'; ('",
    "# noqa\nimport os; os.environ['LBGEN_RAN'] = '1'",
    "\\\nimport os; os.environ['LBGEN_RAN'] = '1'",
)
"""Strings that a careless generator would run, lose or choke on."""

TEXTS = st.sampled_from(HOSTILE) | st.text(max_size=8)
KEYS = st.sampled_from(["a", "b", "kind", "value", "foo-bar", "foo_bar", *HOSTILE])
NUMBERS = st.one_of(
    st.integers(-5, 5),
    st.sampled_from([0.5, 1.0, -1.5, 1e300, 10**30, 2**53 + 1, 0.1]),
)
SCALARS = st.one_of(st.none(), st.booleans(), NUMBERS, TEXTS)


def json_values(depth: int = 2) -> st.SearchStrategy[Any]:
    """Any JSON value."""
    return st.recursive(
        SCALARS,
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3),
        max_leaves=2 * depth,
    )


_TYPES: Final = ("null", "boolean", "integer", "number", "string", "array", "object")
_FORMATS: Final = ("uuid", "date-time", "date", "time", "email", "ipv4", "uri", "unknown")
_PATTERNS: Final = ("^a", "[0-9]+", "^x-", ".", "", '"', "\\\\", "^(a|b)$", "(", "(?=a)")


@st.composite
def schemas(draw: st.DrawFn, depth: int = 3, definitions: tuple[str, ...] = ("T", "U")) -> Any:
    """A schema, usually one that means something; sometimes a broken one.

    Args:
        draw: of hypothesis.
        depth: how deep it nests.
        definitions: names below `#/$defs` that it may refer to.
    """
    if depth <= 0:
        return draw(
            st.sampled_from(
                [True, False, {}, {"type": "string"}, {"type": "integer"}, {"$ref": "#/$defs/T"}]
            )
        )
    inner = schemas(depth=depth - 1, definitions=definitions)
    named = st.dictionaries(KEYS, inner, max_size=3)
    keywords: dict[str, st.SearchStrategy[Any]] = {
        "type": st.sampled_from(_TYPES)
        | st.lists(st.sampled_from(_TYPES), min_size=1, max_size=3, unique=True),
        "properties": named,
        "required": st.lists(KEYS, max_size=2, unique=True),
        "additionalProperties": inner,
        "patternProperties": st.dictionaries(st.sampled_from(_PATTERNS[:8]), inner, max_size=2),
        "propertyNames": inner,
        "minProperties": st.integers(0, 2),
        "dependentRequired": st.dictionaries(
            KEYS, st.lists(KEYS, max_size=2, unique=True), max_size=1
        ),
        "dependentSchemas": st.dictionaries(KEYS, inner, max_size=1),
        "unevaluatedProperties": inner,
        "items": inner,
        "prefixItems": st.lists(inner, min_size=1, max_size=3),
        "minItems": st.integers(0, 3),
        "maxItems": st.integers(0, 3),
        "contains": inner,
        "uniqueItems": st.booleans(),
        "unevaluatedItems": inner,
        "minimum": NUMBERS,
        "multipleOf": st.sampled_from([1, 0.1, 3]),
        "minLength": st.integers(0, 3),
        "pattern": st.sampled_from(_PATTERNS),
        "format": st.sampled_from(_FORMATS),
        "enum": st.lists(json_values(1), min_size=1, max_size=4),
        "const": json_values(1),
        "allOf": st.lists(inner, min_size=1, max_size=3),
        "anyOf": st.lists(inner, min_size=1, max_size=3),
        "oneOf": st.lists(inner, min_size=1, max_size=3),
        "not": inner,
        "if": inner,
        "then": inner,
        "else": inner,
        "$ref": st.sampled_from([f"#/$defs/{name}" for name in definitions]),
        "title": TEXTS,
        "description": TEXTS,
        "$comment": TEXTS,
        "default": json_values(1),
        "examples": st.lists(json_values(1), max_size=1),
        "$anchor": st.sampled_from(["here", "there"]),
        "x-note": json_values(1),
        "properteis": named,
    }
    rare = {"properteis", "default", "examples", "$anchor", "not", "pattern"}
    chosen = draw(st.lists(st.sampled_from(sorted(keywords)), max_size=5, unique=True))
    if draw(st.integers(0, 4)):
        chosen = [keyword for keyword in chosen if keyword not in rare]
    if draw(st.booleans()):
        chosen = list(
            dict.fromkeys([*chosen, draw(st.sampled_from(["type", "properties", "$ref"]))])
        )
    return {keyword: draw(keywords[keyword]) for keyword in chosen}


@st.composite
def contracts(draw: st.DrawFn) -> dict[str, Any]:
    """The documents of a contract, by path."""
    parameters = schemas(depth=draw(st.integers(1, 3)))
    events: dict[str, Any] = {}
    for name in draw(
        st.lists(
            st.sampled_from(["placed", "Closed", "order_paid"]) | KEYS,
            min_size=1,
            max_size=2,
            unique=True,
        )
    ):
        schema = draw(parameters)
        if draw(st.integers(0, 3)) and isinstance(schema, dict):
            schema = {**schema, "type": "object"}
        events[name] = {"description": draw(TEXTS), "parameters": schema}
    documents: dict[str, Any] = {
        draw(st.sampled_from(["shop.json", "a/shop.json", "x-y.json"])): {
            "lbgen": 1,
            "api": draw(st.sampled_from(["shop", "shop.orders", "class"])),
            "title": draw(TEXTS),
            "events": events,
            "$defs": {"T": draw(schemas(depth=2)), "U": draw(schemas(depth=1))},
        }
    }
    if draw(st.booleans()):
        schema = draw(schemas(depth=2, definitions=("T",)))
        if isinstance(schema, dict):
            schema["$defs"] = {"T": draw(schemas(depth=1))}
            schema["$schema"] = draw(
                st.sampled_from(
                    [
                        "https://json-schema.org/draft/2020-12/schema",
                        "http://json-schema.org/draft-07/schema#",
                    ]
                )
            )
        documents[
            draw(
                st.sampled_from(
                    [
                        "plain/opened.schema.json",
                        "plain/Order Placed.schema.json",
                        "plain/types.json",
                    ]
                )
            )
        ] = schema
    return documents
