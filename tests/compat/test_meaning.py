"""What breaks nobody and means something else is a note."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from typer.testing import CliRunner

from lbgen.cli.app import app
from lbgen.tasks.check import run_check
from tests.compat.repositories import CONTRACT, repository, write

if TYPE_CHECKING:
    from pathlib import Path

CHANNEL = "channel: {enum: [web, app]}"
DEFAULT = CONTRACT.replace("[web, app]}", "[web, app], default: web}")
DEEP = CONTRACT.replace(
    CHANNEL,
    "lines: {type: array, items: {type: object, properties: {n: {type: integer, default: 1}}}}",
)
AUTHORITATIVE = CONTRACT.replace("events:", "authoritative: [shop-web]\nevents:")
OTHERS = AUTHORITATIVE.replace("shop-web", "shop-app")
TREE = """\
lbgen: 1
api: shop
events:
  tree_grown:
    parameters: {type: object, properties: {tree: {$ref: "#/$defs/Tree"}}}
$defs:
  Tree:
    type: object
    properties: {age: {type: integer, default: 1}, inner: {$ref: "#/$defs/Tree"}}
"""
CASES = [
    (CONTRACT, CONTRACT.replace("channel:", "medium:"), "optional-renamed", "medium"),
    (CONTRACT, CONTRACT.replace(f"        {CHANNEL}\n", ""), "optional-removed", "channel"),
    (DEFAULT, DEFAULT.replace("default: web", "default: app"), "default-changed", "channel"),
    (DEEP, DEEP.replace("default: 1", "default: 2"), "default-changed", "lines[].n"),
    (DEEP, DEEP.replace(", default: 1", ""), "default-changed", "lines[].n"),
    (TREE, TREE.replace("default: 1", "default: 2"), "default-changed", "tree.age"),
    (CONTRACT, AUTHORITATIVE, "authoritative-changed", ""),
    (AUTHORITATIVE, CONTRACT, "authoritative-changed", ""),
    (AUTHORITATIVE, OTHERS, "authoritative-changed", ""),
]


def project(folder: Path, monkeypatch: pytest.MonkeyPatch, old: str, new: str) -> None:
    monkeypatch.chdir(repository(folder, {"orders.yaml": old}))
    write(folder, {"orders.yaml": new})


@pytest.mark.parametrize(("old", "new", "rule", "place"), CASES)
def test_a_change_of_meaning_is_a_note_and_passes(  # U6
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, old: str, new: str, rule: str, place: str
) -> None:
    project(tmp_path, monkeypatch, old, new)
    command = ["check", "schemas", "--against", "main"]
    result = CliRunner().invoke(app, [*command, "--format", "json"])
    assert result.exit_code == 0
    (found,) = json.loads(result.stdout)["findings"]
    assert found["rule"] == f"compat-{rule}"
    assert (found["state"], found["severity"]) == ("meaning", "note")
    assert found["path"] == place
    text = CliRunner().invoke(app, command).output
    assert "1 changed in meaning, 1 compatible event" in text
    changelog = CliRunner().invoke(app, ["changelog", "schemas", "--against", "main"]).output
    assert "### Changed in meaning" in changelog
    assert "### Breaking" not in changelog


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (CONTRACT, CONTRACT + "        note: {type: string}\n"),
        (CONTRACT, DEFAULT),
        (DEFAULT, DEFAULT.replace("default: web", 'default: "web"')),
        (DEEP, DEEP.replace("default: 1", "default: 1.0")),
        (AUTHORITATIVE, AUTHORITATIVE.replace("[shop-web]", '["shop-web"]')),
    ],
)
def test_what_means_the_same_is_no_change_of_meaning(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, old: str, new: str
) -> None:
    project(tmp_path, monkeypatch, old, new)
    result = run_check(tmp_path / "schemas", against=["main"])
    assert result.exit_code == 0
    assert result.findings == ()


def test_a_change_that_breaks_is_told_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    closed = CONTRACT.replace("      required", "      additionalProperties: false\n      required")
    project(tmp_path, monkeypatch, closed, closed.replace("channel:", "medium:"))
    result = run_check(tmp_path / "schemas", against=["main"])
    assert {one.state for one in result.findings} == {"breaking"}


@pytest.mark.parametrize(("mode", "count"), [("backward", 0), ("forward", 1), ("full", 1)])
def test_a_change_of_meaning_has_directions_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, mode: Any, count: int
) -> None:
    project(tmp_path, monkeypatch, CONTRACT, AUTHORITATIVE)
    result = run_check(tmp_path / "schemas", against=["main"], mode=mode)
    assert len(result.findings) == count
