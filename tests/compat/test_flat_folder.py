"""A flat folder of plain event schemas, whose API the project's settings name."""  # U21

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from lbgen.cli.app import app
from tests.compat.repositories import commit, git, repository, write

PAGE = (Path(__file__).parents[2] / "docs" / "howto" / "plain-schemas.md").read_text("utf-8")
SETTINGS = re.findall(r"```toml\n(.*?)```", PAGE, re.DOTALL)[0]
FILES = re.findall(r"^schemas/(\S+\.json)$", PAGE, re.MULTILINE)
MONEY = json.dumps({"type": "object", "properties": {"amount": {"type": "integer"}}})
EVENT = json.dumps(
    {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "description": "Something happened to an order.",
        "type": "object",
        "required": ["id"],
        "properties": {"id": {"type": "string"}, "total": {"$ref": "money.json"}},
    }
)
BROKEN = EVENT.replace('"id": {"type": "string"}', '"id": {"type": "integer"}')


def lbgen(*arguments: str) -> Result:
    return CliRunner().invoke(app, list(arguments))


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of the page, whose branch `main` has the settings of the page."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "pyproject.toml").write_text(SETTINGS)
    events = {name: EVENT for name in FILES if name.endswith(".schema.json")}
    assert len(events) == 2
    return repository(tmp_path, {**events, "money.json": MONEY})


def test_a_flat_folder_builds_where_it_is(project: Path) -> None:
    result = lbgen("build", "schemas")
    assert result.exit_code == 0, result.output
    assert "2 events in 1 API" in result.output
    assert "ShopOrdersApi" in (project / "generated" / "__init__.py").read_text()
    assert lbgen("lint", "schemas").exit_code == 0
    (project / "event.json").write_text('{"id": 1}')
    result = lbgen("validate", "schemas", "shop.orders.order_placed", "event.json")
    assert "schemas/order-placed.schema.json:1" in result.output


def test_the_setting_that_is_missing_is_told_as_one_line(project: Path) -> None:
    (project / "pyproject.toml").unlink()
    result = lbgen("build", "schemas")
    assert result.exit_code == 1
    assert '`api = "shop.orders"`' in result.output
    assert result.output.count("event-file-name") == 2  # one finding, and the line about it
    line = re.findall(r"`(api = .*?)`", result.output)[0]
    (project / "pyproject.toml").write_text(f"[tool.lbgen]\n{line}\n")
    assert lbgen("build", "schemas").exit_code == 0


def test_a_break_in_a_flat_folder_is_found(project: Path) -> None:
    assert lbgen("check", "schemas", "--against", "main").exit_code == 0
    assert lbgen("lock", "schemas", "--output", "old.json").exit_code == 0
    write(project, {"order-placed.schema.json": BROKEN})
    for against in ("main", "./old.json"):
        result = lbgen("check", "schemas", "--against", against)
        assert result.exit_code == 1
        assert "shop.orders.order_placed" in result.output
    result = lbgen("changelog", "schemas", "--against", "main")
    assert '`order_placed`: parameter "id" changed from string to integer' in result.output


def test_another_name_in_the_settings_moves_every_event(project: Path) -> None:
    (project / "pyproject.toml").write_text(SETTINGS.replace("shop.orders", "shop.sales"))
    result = lbgen("check", "schemas", "--against", "main")
    assert result.exit_code == 1
    assert result.output.count("compat-event-") >= 2


def test_files_that_move_out_of_the_flat_folder_stay_the_same_events(project: Path) -> None:
    (project / "schemas" / "shop" / "orders").mkdir(parents=True)
    for path in sorted((project / "schemas").glob("*.schema.json")):
        text = path.read_text().replace("money.json", "../../money.json")
        (path.parent / "shop" / "orders" / path.name).write_text(text)
        path.unlink()
    result = lbgen("check", "schemas", "--against", "main")
    assert result.exit_code == 0, result.output
    assert "2 compatible events" in result.output


def test_the_setting_may_come_with_the_first_contract(project: Path) -> None:
    (project / "pyproject.toml").unlink()
    commit(project, {}, "no settings")
    git(project, "checkout", "--quiet", "-b", "feature")
    (project / "pyproject.toml").write_text(SETTINGS)
    result = lbgen("check", "schemas", "--against", "main")
    assert result.exit_code == 0, result.output
    assert "was not compared" in result.output


@pytest.mark.parametrize("value", ['""', "1", "true", '["shop"]', '"shop orders"', '"1st"'])
def test_a_name_that_is_none_is_told(project: Path, value: str) -> None:
    (project / "pyproject.toml").write_text(f"[tool.lbgen]\napi = {value}\n")
    result = lbgen("build", "schemas")
    assert result.exit_code == 1
    assert "pyproject.toml:2:1: invalid-setting `api` is not the name of an API" in result.output
