"""What a contract, a file's name or a lock says never forges what a command prints. S7"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from typing import TYPE_CHECKING
from xml.etree import ElementTree

import pytest
from typer.testing import CliRunner

from lbgen.cli.app import app
from lbgen.report import console
from lbgen.report.formats import FORMATS
from tests.support.hostile_texts import HOSTILE_TEXTS

if TYPE_CHECKING:
    from pathlib import Path

ALL = "\n".join(text for text in HOSTILE_TEXTS if len(text) < 500 and text != "\ud800")
FORGED = "schemas/forged.json:1:1: forged-rule forged"
TEXTS = [
    f"x\n{FORGED}",
    f"x\r{FORGED}",
    f"\x1b[2K\x9b1A{FORGED}",
    "::error::x",
    f"x\n::error::{FORGED}",
    ALL,
]


def run(*arguments: str) -> list[str]:
    """The lines that a command prints."""
    result = CliRunner().invoke(app, arguments)
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    assert result.output.replace("\n", "").isprintable(), ascii(result.output)
    lines = result.output.split("\n")
    assert not any(line.lstrip().startswith(FORGED[:20]) for line in lines)
    return lines[:-1]


@pytest.fixture(params=range(len(TEXTS)))
def text(request: pytest.FixtureRequest) -> str:
    return TEXTS[request.param]


@pytest.fixture
def project(text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A contract that breaks rules with the text in every position, in a file with its name."""
    monkeypatch.chdir(tmp_path)
    name = re.sub(r"[/\x00\ud800]", "_", text)[:60]
    (tmp_path / "schemas").mkdir()
    contract = {
        "lbgen": 1,
        "api": "shop",
        "description": text,
        "events": {
            "order_placed": {
                "description": text,
                "parameters": {
                    "title": text,
                    "type": "object",
                    "required": [text],
                    "properties": {
                        text: {"type": "string", "description": text, "default": 1},
                        "b": {"type": text, "format": text, "pattern": f"({text}"},
                        "c": {"$ref": f"{text}#/{text}"},
                        "d": {"enum": [text], "default": f"{text}x", "examples": [text]},
                        "e": {"minimum": text, text: text},
                    },
                },
            }
        },
    }
    (tmp_path / "schemas" / f"{name}.json").write_text(json.dumps(contract))
    (tmp_path / "schemas" / f"{name}.yaml").write_text(f"a: {json.dumps(text)}\n b: !!x {{")
    (tmp_path / "schemas" / "shop").mkdir()
    (tmp_path / "schemas" / "shop" / f"{name}.schema.json").write_text(json.dumps({"title": text}))
    return tmp_path


@pytest.mark.parametrize("format_", FORMATS)
@pytest.mark.parametrize("command", ["build", "lint"])
def test_findings_stay_on_their_lines(project: Path, command: str, format_: str) -> None:
    lines = run(command, "schemas", "--format", format_)
    assert lines
    out = "\n".join(lines)
    if format_ in ("json", "gitlab", "sarif"):
        json.loads(out)
    elif format_ == "junit":
        ElementTree.fromstring(out)
    elif format_ == "github":
        assert all(line.startswith(("::error ", "::warning ", "::notice ")) for line in lines)
        assert all("file=" in line.split("::")[1] for line in lines)


VALID = {
    "lbgen": 1,
    "api": "shop",
    "events": {"order_placed": {"parameters": {"type": "object", "properties": {}}}},
}


def test_a_check_keeps_what_it_tells_on_its_lines(
    text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for folder, enum in (("old", [text, "b"]), ("new", ["b"])):
        parameters = {
            "type": "object",
            "properties": {text: {"enum": enum, "description": text, "title": text}},
        }
        contract = {**VALID, "events": {"order_placed": {"parameters": parameters}}}
        (tmp_path / folder).mkdir()
        name = re.sub(r"[/\x00\ud800]", "_", text)[:60]
        (tmp_path / folder / f"{name}.json").write_text(json.dumps(contract))
    for format_ in FORMATS:
        assert run("check", "new", "--against", "./old", "--format", format_)
    run("lock", "new", "--output", "a.lock.json")
    run("allow", text, text, "--reason", text, "--against", "./old", "--schemas", "new")
    run("build", "new", "--output", "generated")
    run("build", "new", "--output", text.replace("\x00", ""))


def test_a_validation_keeps_what_it_tells_on_its_lines(
    text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    parameters = {
        "type": "object",
        "properties": {text: {"enum": [text], "pattern": "^x$"}, "b": {"const": text}},
        "additionalProperties": False,
    }
    (tmp_path / "schemas").mkdir()
    (tmp_path / "schemas" / "shop.json").write_text(
        json.dumps({**VALID, "events": {"order_placed": {"parameters": parameters}}})
    )
    name = re.sub(r"[/\x00\ud800]", "_", text)[:60]
    event = {text: f"{text}y", "b": f"{text}z", f"{text}more": text}
    (tmp_path / f"{name}.json").write_text(json.dumps(event))
    assert run("validate", "schemas", "shop.order_placed", f"{name}.json")
    (tmp_path / f"{name}.json").write_text(f"{{{json.dumps(text)}: {text}")
    run("validate", "schemas", "shop.order_placed", f"{name}.json")
    run("validate", "schemas", f"shop.{text}", f"{name}.json")
    run("validate", f"schemas{text}".replace("\x00", ""), "shop.order_placed", f"{name}.json")


def test_an_import_keeps_what_it_tells_on_its_lines(
    text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    dump = {
        text: {"events": {text: {"parameters": {"title": text}}}, "rpcs": {text: {}}},
        "shop": {
            "events": {"placed": {"parameters": {"type": "object", "properties": {text: {}}}}},
            "rpcs": {text: {}},
        },
    }
    (tmp_path / "dump.json").write_text(json.dumps(dump))
    run("import", "lightbus", "dump.json", "--force")
    (tmp_path / "dump.json").write_text(json.dumps({"shop": dump["shop"]}))
    run("import", "lightbus", "dump.json", "--force")
    for path in (tmp_path / "schemas").rglob("*.yaml"):
        assert path.read_text("utf-8").replace("\n", "").isprintable()


def test_a_bus_that_cannot_be_run_keeps_what_it_says_on_its_line(text: str, tmp_path: Path) -> None:
    for target in (text, f"{text}:bus", f"json:{text}"):
        done = subprocess.run(
            [sys.executable, "-m", "lbgen", "run", target.replace("\x00", "")],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
            env={**os.environ, "PYTHONIOENCODING": "utf-8"},
        )
        assert done.returncode == 2, done.stderr
        assert done.stderr.replace("\n", "").isprintable()
        assert len(done.stderr.splitlines()) == 1, done.stderr


@pytest.mark.parametrize(
    ("number", "noun", "expected"),
    [
        (0, "event", "0 events"),
        (1, "event", "1 event"),
        (1_000, "process", "1,000 processes"),
        (2, "delivery", "2 deliveries"),
        (2, "replay", "2 replays"),
        (1, "API", "1 API"),
    ],
)
def test_what_is_counted_is_in_its_right_number(number: int, noun: str, expected: str) -> None:
    assert console.counted(number, noun) == expected
