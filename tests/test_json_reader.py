"""JSON is read in one way, whether or not there is something to tell of it."""  # U22

from __future__ import annotations

import json
from typing import Any

import pytest

from lbgen.findings.diagnostic import Place
from lbgen.source.json_reader import read_json
from lbgen.source.yaml_reader import Unreadable

TEXTS = [
    '{"a": [1, 1.0, -0.5e3, true, false, null, "x\\u00e9\\ud83d\\ude00"], "b": {}}',
    "[]",
    "12345678901234567890123",
    '{"": {"": [[], [[]]]}}',
    ' \n\t{"a"\n:\n1 }\n',
]
WRONG = [
    "", " ", "{", '{"a": 1,}', "[1 2]", "NaN", "[Infinity]", "-", "01", "1.", '"\t"', '"\\ud800"',
    '{"a": 1} x', "1e999", "1" * 5000, "'a'", "[" * 200 + "]" * 200, "\ufeff1",
]  # fmt: skip


@pytest.mark.parametrize("text", TEXTS)
def test_values_and_their_places_do_not_depend_on_a_flaw_elsewhere(text: str) -> None:
    alone, places, _, flaws = read_json("a.json", text, 100, 1000)
    flawed, around, _, told = read_json("a.json", f'{{"k": 0, "k": {text}}}', 100, 1000)
    assert not flaws
    assert [each.rule for each in told] == ["duplicate-key"]
    assert json.dumps(flawed["k"]) == json.dumps(alone) == json.dumps(json.loads(text))
    paths = set(places)
    assert paths == {path[1:] for path in around if path}
    shift = len('{"k": 0, "k": ')
    for path in paths:
        one, two = places[path], around[("k", *path)]
        moved = one.column + (shift if one.line == 1 else 0)
        assert (two.line, two.column) == (one.line, moved)


@pytest.mark.parametrize("text", WRONG, ids=ascii)
def test_what_is_wrong_has_its_place(text: str) -> None:
    with pytest.raises(Unreadable) as error:
        read_json("a.json", text, 100, 1000)
    assert isinstance(error.value.diagnostics[0].place, Place)


@pytest.mark.parametrize("count", [1000, 1001])
def test_the_number_of_values_is_exact(count: int) -> None:
    value: Any = [0] * (count - 1)
    if count == 1000:
        assert read_json("a.json", json.dumps(value), 100, 1000)[0] == value
    else:
        with pytest.raises(Unreadable, match="more than 1,000"):
            read_json("a.json", json.dumps(value), 100, 1000)


def test_of_duplicate_keys_the_last_one_counts_with_its_places() -> None:
    text = '{"a": {"x": 1, "y": 2}, "a": {"x": 3}}'
    value, places, key_places, _ = read_json("a.json", text, 100, 1000)
    assert value == {"a": {"x": 3}}
    assert set(places) == {(), ("a",), ("a", "x")}
    assert key_places["a",].column == 25
