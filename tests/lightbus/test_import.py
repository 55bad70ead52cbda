"""`lbgen import lightbus`: what Lightbus dumps, as contracts. Lightbus 1.3.0a6 wrote dump.json."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from lbgen.cli.app import app
from lbgen.tasks.build import compile_folder
from lbgen.tasks.lint import lint_folder

DUMP = Path(__file__).with_name("dump.json")
ORDERS: dict[str, Any] = json.loads(DUMP.read_bytes())["shop.orders"]


def run(*arguments: str | Path, text: str | None = None) -> Result:
    return CliRunner().invoke(app, ["import", "lightbus", *map(str, arguments)], input=text)


def event(**properties: Any) -> dict[str, Any]:
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "type": "object",
        "additionalProperties": False,
        "properties": properties,
        "required": sorted(properties),
    }


def dump_of(folder: Path, **apis: Any) -> Path:
    value = {
        name: {"events": {each: {"parameters": schema} for each, schema in events.items()}}
        for name, events in apis.items()
    }
    path = folder / "dump.json"
    path.write_text(json.dumps(value))
    return path


def contract(path: Path, api: str = "shop.orders") -> tuple[Any, str]:
    """An API's file, as the compiler reads it, and its text."""
    built = compile_folder(path)
    assert not built.problems
    file = f"{api.replace('.', '/')}.yaml"
    return built.analysis.sources[file].value, (path / file).read_text()


def test_a_dump_becomes_contracts_that_build_and_lint_cleanly(tmp_path: Path) -> None:
    result = run(DUMP, "-o", tmp_path / "schemas")
    assert result.exit_code == 0, result.output
    assert "left out 1 RPC: order_count" in result.output
    assert "internal.metrics, internal.state" in result.output
    assert compile_folder(tmp_path / "schemas").files
    assert lint_folder(tmp_path / "schemas", format="text") == 0


def test_what_was_imported_checks_cleanly(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    git = ["git", "-c", "user.name=t", "-c", "user.email=t@example.com"]
    run(DUMP, "-o", tmp_path / "schemas")
    for command in (["init", "-q", "-b", "main"], ["add", "."], ["commit", "-q", "-m", "Import"]):
        subprocess.run([*git, *command], check=True)
    text = (tmp_path / "schemas/shop/orders.yaml").read_text()
    assert check() == 0
    (tmp_path / "schemas/shop/orders.yaml").write_text(
        text.replace("gift: {type: boolean", "gift: {type: string")
    )
    assert check() == 1


def check() -> int:
    result = CliRunner().invoke(app, ["check", "schemas", "--against", "main"])
    return result.exit_code


def test_the_draft_stays_and_lightbus_still_reads_the_api(tmp_path: Path) -> None:
    run(DUMP, "-o", tmp_path)
    value, text = contract(tmp_path)
    assert value["$schema"] == "http://json-schema.org/draft-07/schema#"
    assert value["lightbus"] is True
    assert "RPCs order_count" in text
    assert "# assume_timezone: UTC" in text


def test_what_a_type_hint_has_lost_is_said_in_a_comment(tmp_path: Path) -> None:
    run(DUMP, "-o", tmp_path)
    _, text = contract(tmp_path)
    lines = [line.strip() for line in text.splitlines()]
    after = {line: lines[index + 1] for index, line in enumerate(lines) if line.startswith("#")}
    assert after["# Any string. If it is a UUID, add: format: uuid"].startswith("order_id")
    assert after["# A tuple. Lightbus does not check the types in it."].startswith("position")
    assert (
        after["# Lightbus has no type for this parameter, so it accepts any value."] == "free: {}"
    )
    assert "# The pattern suggests a decimal. It is a string, so that no digit is lost." in after


def test_a_date_time_that_is_any_string_is_pointed_out(tmp_path: Path) -> None:
    dump = dump_of(tmp_path, shop={"order_placed": event(placed_at={"type": "string"})})
    assert run(dump, "-o", tmp_path / "schemas").exit_code == 0
    value, text = contract(tmp_path / "schemas", "shop")
    placed_at = value["events"]["order_placed"]["parameters"]["properties"]["placed_at"]
    assert placed_at["type"] == "string"
    assert "format" not in placed_at
    assert "If it is a point in time, add: format: date-time" in text
    assert lint_folder(tmp_path / "schemas", format="text") == 0


def test_events_keep_names_that_the_linter_would_not_take(tmp_path: Path) -> None:
    dump = dump_of(tmp_path, shop={"pageView": event(number={"type": "integer"})})
    assert run(dump, "-o", tmp_path / "schemas").exit_code == 0
    value, _ = contract(tmp_path / "schemas", "shop")
    assert "event-name-tense" in value["events"]["pageView"]["x-lbgen-ignore"]
    assert lint_folder(tmp_path / "schemas", format="text") == 0


def test_a_default_in_every_branch_is_the_parameters_default(tmp_path: Path) -> None:
    run(DUMP, "-o", tmp_path)
    value, _ = contract(tmp_path)
    coupon = value["events"]["order_placed"]["parameters"]["properties"]["coupon"]
    assert coupon == {"anyOf": [{"type": "string"}, {"type": "null"}], "default": None}


def test_classes_become_definitions_that_events_share(tmp_path: Path) -> None:
    money = {"title": "Money", **event(amount={"type": "string"})}
    other = {"title": "Money", **event(cents={"type": "integer"})}
    dump = dump_of(
        tmp_path,
        shop={
            "order_paid": event(price=money),
            "order_placed": event(price={**money, "default": {"amount": "1"}}, other=other),
        },
    )
    assert run(dump, "-o", tmp_path / "schemas").exit_code == 0
    value, _ = contract(tmp_path / "schemas", "shop")
    assert set(value["definitions"]) == {"Money", "Money2"}
    assert value["events"]["order_paid"]["parameters"]["properties"]["price"] == {
        "$ref": "#/definitions/Money"
    }


def test_a_default_that_its_own_schema_refuses_is_left_out(tmp_path: Path) -> None:
    wrong = {"type": "string", "default": 5}
    dump = dump_of(tmp_path, shop={"order_paid": {**event(note=wrong), "required": []}})
    assert run(dump, "-o", tmp_path / "schemas").exit_code == 0
    value, text = contract(tmp_path / "schemas", "shop")
    assert value["events"]["order_paid"]["parameters"]["properties"]["note"] == {"type": "string"}
    assert "# Lightbus has the default 5 here, which is not valid for the parameter." in text


def test_one_file_per_api_is_read_from_a_folder(tmp_path: Path) -> None:
    for name in ("shop.orders", "shop.prices"):
        (tmp_path / f"{name}.json").write_text(json.dumps({name: ORDERS}))
    assert run(tmp_path, "-o", tmp_path / "schemas").exit_code == 0
    assert (tmp_path / "schemas/shop/orders.yaml").exists()
    assert (tmp_path / "schemas/shop/prices.yaml").exists()


def test_the_value_of_a_schema_key_is_read_and_tells_its_api(tmp_path: Path) -> None:
    result = run("-", "-o", tmp_path, "--stream", "per_event", text=json.dumps(ORDERS))
    assert result.exit_code == 0, result.output
    value, _ = contract(tmp_path)
    assert (value["api"], value["stream"]) == ("shop.orders", "per_event")


def test_an_api_that_nothing_names_is_asked_for(tmp_path: Path) -> None:
    value = json.dumps({"events": {"order_paid": {"parameters": event()}}, "rpcs": {}})
    refused = run("-", "-o", tmp_path, text=value)
    assert refused.exit_code == 1
    assert "--api" in refused.output
    assert run("-", "-o", tmp_path, "--api", "shop", text=value).exit_code == 0
    assert (tmp_path / "shop.yaml").exists()


HOSTILE = '{"shop": {"events": {"paid": {"parameters": {"properties": %s}}}, "rpcs": {}}}'


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("{", "not valid JSON"),
        ("[]", "is not an API"),
        ('{"shop": {"events": []}}', "is not an API"),
        (
            '{"my-shop": {"events": {"paid": {"parameters": {}}}}}',
            "'my-shop' is not a valid API name",
        ),
        ('{"shop": {"events": {}, "rpcs": {"pay": {}}}}', "no API with events"),
        (HOSTILE % '{"\\ud800": {}}', "unpaired surrogate"),
        (HOSTILE % ('{"a": ' * 200 + "{}" + "}" * 200), "more than 100 levels deep"),
        ("[" * 100_000, "more than 100 levels deep"),
    ],
)
def test_what_cannot_be_imported_is_named_and_nothing_is_written(
    tmp_path: Path, content: str, words: str
) -> None:
    (tmp_path / "dump.json").write_text(content)
    result = run(tmp_path / "dump.json", "-o", tmp_path / "schemas")
    assert result.exit_code == 1
    assert words in result.output
    assert not (tmp_path / "schemas").exists()


def test_a_contract_that_was_edited_is_not_overwritten(tmp_path: Path) -> None:
    run(DUMP, "-o", tmp_path)
    assert run(DUMP, "-o", tmp_path).exit_code == 0  # nothing would change
    file = tmp_path / "shop/orders.yaml"
    text = file.read_text()
    file.write_text(text + "# edited\n")
    refused = run(DUMP, "-o", tmp_path)
    assert refused.exit_code == 1
    assert "already exists" in refused.output
    assert file.read_text() == text + "# edited\n"
    assert run(DUMP, "-o", tmp_path, "--force").exit_code == 0
    assert file.read_text() == text


def test_apis_that_lbgen_has_published_are_left_out(tmp_path: Path) -> None:
    ours = {"$comment": "published by lbgen", **event(number={"type": "integer"})}
    dump = dump_of(tmp_path, shop={"order_paid": ours}, desk={"order_paid": event()})
    result = run(dump, "-o", tmp_path / "schemas")
    assert result.exit_code == 0
    assert "left out, because they have no events or belong to Lightbus: shop" in result.output
    assert [path.name for path in (tmp_path / "schemas").iterdir()] == ["desk.yaml"]


def test_a_file_that_is_not_there_is_wrong_use(tmp_path: Path) -> None:
    assert run(tmp_path / "nothing.json").exit_code == 2
