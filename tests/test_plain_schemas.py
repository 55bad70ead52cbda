"""Plain schema files of others: what changes no verdict is a warning there."""  # U21

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from typer.testing import CliRunner, Result

from lbgen.cli.app import app
from lbgen.compiler import analyse
from lbgen.source import load

if TYPE_CHECKING:
    from pathlib import Path

ORDER = "shop/order_placed.schema.yaml"
FLAWED = """\
title: 5
type: object
definitions: {sku: &sku {type: string, title: [x]}}
properties:
  id: {type: integer}
  id: {type: string}
  sku: *sku
  other: {$id: "https://example.com/a", type: string}
  third: {$id: "https://example.com/a", type: string}
"""


def lbgen(*arguments: str) -> Result:
    return CliRunner().invoke(app, list(arguments))


def test_every_command_reads_a_schema_with_flaws(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for folder in ("schemas", "old"):
        (tmp_path / folder / "shop").mkdir(parents=True)
        (tmp_path / folder / ORDER).write_text(FLAWED)
    (tmp_path / "event.json").write_text('{"id": "x", "sku": 1}')
    assert lbgen("build", "schemas").exit_code == 0
    assert "duplicate-key" in lbgen("lint", "schemas").output
    assert lbgen("check", "schemas", "--against", "./old").exit_code == 0
    result = lbgen("validate", "schemas", "shop.order_placed", "event.json")
    assert "/sku" in result.output
    (tmp_path / "old" / ORDER).write_text(
        FLAWED.replace("id: {type: string}", "id: {type: boolean}")
    )
    assert lbgen("check", "schemas", "--against", "./old").exit_code == 1
    changelog = lbgen("changelog", "schemas", "--against", "./old").output
    assert '"id" changed from boolean to string' in changelog
    (tmp_path / "old" / ORDER).write_text(FLAWED.replace("{type: string, title", "{title"))
    assert lbgen("check", "schemas", "--against", "./old").exit_code == 1


def test_a_property_that_is_called_like_a_note_is_a_schema() -> None:
    analysis = analyse({ORDER: b"type: object\nproperties: {title: 5}\n"})
    assert [problem.rule for problem in analysis.problems] == ["invalid-schema"]
    assert analysis.failed


def test_an_unknown_word_is_one_warning_in_a_file_that_holds_several_schemas() -> None:
    fields = "".join(f"  f{at}: {{$ref: 'types.json#/{at}'}}\n" for at in "abc")
    types = ", ".join(f'"{at}": {{"type": "string", "example": 1}}' for at in "abc")
    event = f"type: object\nproperties:\n{fields}"
    analysis = analyse({ORDER: event.encode(), "shop/types.json": f"{{{types}}}".encode()})
    assert not analysis.failed
    assert [problem.message for problem in analysis.problems] == [
        "'example' is not a keyword of JSON Schema, so it checks nothing (at 3 places in this file)"
    ]


@pytest.mark.parametrize(
    "text",
    [
        "a: &a [x, x, x, x, x, x, x, x, x, x]\n"
        + "".join(
            f"{after}: &{after} [{', '.join([f'*{before}'] * 10)}]\n"
            for before, after in zip("abcdefghi", "bcdefghij", strict=True)
        ),
        "a: &a [" + "x, " * 400 + "x]\n" + "b: *a\n" * 400,  # each in the place of the one before
    ],
)
def test_aliases_expand_within_the_number_of_values_of_a_file(
    text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(load, "MAX_NODES", 100_000)
    problems = analyse({ORDER: text.encode()}).problems
    assert [problem.rule for problem in problems] == ["too-large"]


def test_aliases_nest_as_deep_as_anything_else() -> None:
    nested = "".join(f"  n{level}: &n{level} [*n{level - 1}]\n" for level in range(1, 120))
    text = f"type: object\n$defs:\n  n0: &n0 [1]\n{nested}"
    assert [each.rule for each in analyse({ORDER: text.encode()}).problems] == ["too-large"]


def test_an_alias_has_the_places_of_what_it_stands_for() -> None:
    text = b"type: object\n$defs: {a: &a {type: strng}}\nproperties:\n  b: *a\n"
    places = {str(problem.place) for problem in analyse({ORDER: text}).problems}
    assert places == {f"{ORDER}:2:12", f"{ORDER}:2:22"}  # the anchor, and once the wrong type


def test_an_alias_may_be_a_key_and_an_anchor_may_be_set_again() -> None:
    text = (
        b"type: object\nproperties:\n  &k a: &x {type: string}\n  b: &x {type: 'null'}\n  c: *x\n"
    )
    document = analyse({ORDER: text + b"  d: {const: *k}\n  e: {enum: [*k , 1]}\n"})
    assert not document.failed
    value = document.sources[ORDER].value["properties"]
    assert value["c"] == {"type": "null"}
    assert value["d"] == {"const": "a"}
    assert value["e"] == {"enum": ["a", 1]}
