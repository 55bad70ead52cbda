"""S5: what a contract shares is looked at once; what stays large is refused with its place."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from typer.testing import CliRunner, Result

from lbgen.cli.app import app
from lbgen.compiler import build
from lbgen.model import Modeller

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def union(keyword: str) -> Callable[[Any], Any]:
    return lambda inner: {keyword: [inner, {"type": "array", "items": inner}]}


LEVELS: dict[str, Callable[[Any], Any]] = {
    "anyOf": union("anyOf"),
    "oneOf": union("oneOf"),
    "allOf": lambda inner: {"allOf": [inner, inner]},
    "if": lambda inner: {"if": inner, "then": inner, "else": inner},
    "not": lambda inner: {"not": {"anyOf": [inner, {"not": inner}]}},
    "dependentSchemas": lambda inner: {
        "type": "object",
        "properties": {"c": inner},
        "dependentSchemas": {"a": {"properties": {"c": inner}}, "b": {"properties": {"c": inner}}},
    },
    "patternProperties": lambda inner: {
        "type": "object",
        "patternProperties": {"^a": inner},
        "additionalProperties": inner,
    },
    "prefixItems": lambda inner: {"type": "array", "prefixItems": [inner, inner], "items": inner},
}
"""Schemas that lead to another one in more than one way."""
ONCE: dict[str, Callable[[Any], Any]] = {
    "properties": lambda inner: {"type": "object", "properties": {"a": inner, "b": inner}},
    "items": lambda inner: {"type": "array", "items": inner},
}
"""Schemas that lead to another one in one way for each value."""


def contract(level: Callable[[Any], Any], levels: int, last: str = "string") -> bytes:
    """A contract whose schemas lead to one another, level by level."""
    definitions = {f"T{n}": level({"$ref": f"#/$defs/T{n + 1}"}) for n in range(levels)}
    definitions[f"T{levels}"] = {"type": last}
    parameters = {"type": "object", "properties": {"t": {"$ref": "#/$defs/T0"}}}
    document = {
        "lbgen": 1,
        "api": "shop",
        "description": "Orders.",
        "events": {"placed": {"description": "An order.", "parameters": parameters}},
        "$defs": definitions,
    }
    return json.dumps(document, indent=1).encode()


@pytest.mark.parametrize("levels", [20, 40, 300])
@pytest.mark.parametrize("kind", LEVELS)
def test_a_contract_with_too_many_ways_to_one_value_is_refused_at_their_place(
    kind: str, levels: int
) -> None:
    text = contract(LEVELS[kind], levels)
    built = build({"shop.json": text})
    assert built.files == {}
    (problem,) = [each for each in built.problems if each.rule == "too-large"][:1]
    assert "ways here" in problem.message or "refer to one another" in problem.message
    start = text.decode().splitlines()[: problem.place.line]
    assert any(line.startswith('  "T') for line in start)


@pytest.mark.parametrize("kind", [*LEVELS, *ONCE])
def test_each_level_of_shared_schemas_costs_the_same(
    kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[int] = []
    of = Modeller._of

    def counted(*given: Any) -> Any:
        asked.append(1)
        return of(*given)

    monkeypatch.setattr(Modeller, "_of", counted)

    def cost(levels: int) -> int:
        asked.clear()
        built = build({"shop.json": contract({**LEVELS, **ONCE}[kind], levels)})
        assert built.files, built.problems
        assert sum(map(len, built.files.values())) < 20_000
        return len(asked)

    assert cost(9) - cost(8) <= 2 * (cost(8) - cost(7)) + 10
    assert cost(9) < 100


@pytest.mark.parametrize("kind", ONCE)
def test_types_may_be_hundreds_deep_inside_one_another(kind: str) -> None:
    built = build({"shop.json": contract(ONCE[kind], 400)})
    assert not built.problems
    assert built.files


def test_references_may_not_lead_on_for_ever() -> None:
    built = build({"shop.json": contract(lambda inner: inner, 3_000)})
    assert built.files == {}
    assert {problem.rule for problem in built.problems} == {"too-large"}


def lbgen(*arguments: str) -> Result:
    return CliRunner().invoke(app, list(arguments))


@pytest.mark.parametrize("kind", LEVELS)
def test_an_old_version_with_too_many_ways_is_not_compared(
    kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for folder, levels, last in (("old", 40, "integer"), ("new", 1, "string")):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "shop.json").write_bytes(contract(LEVELS[kind], levels, last))
    (tmp_path / "event.json").write_text('{"t": 3}')
    result = lbgen("check", "new", "--against", "./old")
    assert "compat-old-invalid" in result.output
    assert result.exit_code == 0
    for command in (["check", "old", "--against", "./new"], ["lint", "old"], ["build", "old"]):
        result = lbgen(*command)
        assert "too-large" in result.output
        assert result.exit_code == 1
    result = lbgen("validate", "old", "shop.placed", "event.json")
    assert "too-large" in result.output


@pytest.mark.parametrize("kind", LEVELS)
def test_a_check_of_shared_schemas_names_what_changed(
    kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for folder, last in (("old", "integer"), ("new", "string")):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "shop.json").write_bytes(contract(LEVELS[kind], 6, last))
    result = lbgen("check", "new", "--against", "./old")
    assert result.exit_code == (0 if kind == "not" else 1), result.output
    assert "Traceback" not in result.output
