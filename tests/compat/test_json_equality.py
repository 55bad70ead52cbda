"""Values are compared as JSON's: `true` is not `1`, and `1` is `1.0`."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lbgen.compiler import build
from lbgen.schema.equality import canonical, json_equal
from lbgen.tasks.check import run_check

if TYPE_CHECKING:
    from pathlib import Path

SCALARS = st.none() | st.booleans() | st.integers(-2, 2) | st.sampled_from([0.0, 1.0, -1.0, "1"])
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.just("a"), inner)
)


@given(VALUES, VALUES)
def test_equality_and_the_key_agree(one: Any, two: Any) -> None:
    assert json_equal(one, two) == (canonical(one) == canonical(two))
    assert json_equal(one, one)


def contract(schema: Any) -> str:
    parameters = {"type": "object", "required": ["x"], "properties": {"x": schema}}
    events = {"order_placed": {"parameters": parameters}}
    return json.dumps({"lbgen": 1, "api": "shop", "events": events})


def findings(folder: Path, old: Any, new: Any) -> list[str]:
    for name, schema in (("old", old), ("new", new)):
        (folder / name).mkdir()
        (folder / name / "shop.json").write_text(contract(schema))
    result = run_check(folder / "new", against=[f"{folder / 'old'}"])
    return [proof.direction for one in result.findings for proof in one.proofs]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ({"const": True}, {"const": 1}),
        ({"const": 0}, {"const": False}),
        ({"const": 1.0}, {"const": True}),
        ({"const": {"a": True}}, {"const": {"a": 1}}),
        ({"const": [[0]]}, {"const": [[False]]}),
        ({"enum": [0, 1]}, {"enum": [False, True]}),
    ],
)
def test_a_boolean_in_the_place_of_a_number_breaks(tmp_path: Path, old: Any, new: Any) -> None:
    assert set(findings(tmp_path, old, new)) == {"backward", "forward"}  # contract/09


@pytest.mark.parametrize(
    ("old", "new"), [({"const": 1}, {"const": 1.0}), ({"enum": [1, "a"]}, {"enum": ["a", 1.0]})]
)
def test_a_number_written_in_another_way_breaks_nothing(tmp_path: Path, old: Any, new: Any) -> None:
    assert findings(tmp_path, old, new) == []


def test_a_union_of_true_and_1_has_both() -> None:
    schema = {"anyOf": [{"const": True}, {"const": 1}]}
    built = build({"shop.json": contract(schema).encode()})
    assert "Literal[True, 1]" in "".join(built.files.values())


def test_a_constant_is_not_another_one_that_python_calls_equal() -> None:
    schema = {"allOf": [{"const": [True]}, {"const": [1]}]}
    built = build({"shop.json": contract(schema).encode()})
    assert "NoReturn" in "".join(built.files.values()) or "Never" in "".join(built.files.values())
