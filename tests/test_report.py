"""Diagnostics in every format, from a contract with errors, a warning and related places."""

from __future__ import annotations

import io
import json
import re
import xml.etree.ElementTree as ElementTree
from typing import TYPE_CHECKING, Any

import jsonschema_rs
import pytest
from rich.console import Console

from lbgen.findings.diagnostic import Diagnostic, Note, Place, Related, Severity
from lbgen.report.formats import FORMATS
from lbgen.report.printer import print_diagnostics
from lbgen.report.run_facts import RunFacts
from lbgen.source.document import Document
from lbgen.tasks.build import build_folder

if TYPE_CHECKING:
    from pathlib import Path

_LINES = ("lbgen: 1", "\tapi: 店舗 shop", "x" * 200 + " here " + "y" * 200, "esc \x1b[31m red")


def _place(line: int, column: int, length: int = 1, file: str = "shop.yaml") -> Place:
    return Place(file=file, line=line, column=column, end_line=line, end_column=column + length)


_FOUND = (
    Diagnostic(
        place=_place(2, 10, 4),
        rule="unknown-keyword",
        message="100% wrong,\nreally: <&>",
        notes=(Note("before", "10%", (Note("", "a\nb"),)),),
        help="did you mean `api`?",
        alternatives=("leave it out",),
        related=(Related(place=_place(1, 1, 5), message="first defined here"),),
    ),
    Diagnostic(
        place=_place(3, 202, 4), rule="snake-case", message="long", severity=Severity.WARNING
    ),
    Diagnostic(place=_place(4, 1, 3), rule="wide-type", message="note", severity=Severity.NOTE),
)


def _printed(format_: str, folder: str = "schemas", facts: RunFacts | None = None) -> str:
    document = Document(file="shop.yaml", value=None, places={}, key_places={}, lines=_LINES)
    other = Document(file="fine.yaml", value=None, places={}, key_places={}, lines=())
    out = io.StringIO()
    print_diagnostics(
        _FOUND,
        {"shop.yaml": document, "fine.yaml": other},
        folder=folder,
        format=format_,
        stream=out,
        facts=facts,
    )
    return out.getvalue()


def test_text_is_the_place_the_rule_the_line_with_carets_the_help_and_related_places() -> None:
    assert _printed("text") == (
        "schemas/shop.yaml:2:10: unknown-keyword 100% wrong,\\nreally: <&>\n"
        "2 |  api: 店舗 shop\n"
        "  |            ^^^^\n"
        "  = before: 10%\n"
        "    a\\nb\n"
        "  = help: did you mean `api`?\n"
        "  = or: leave it out\n"
        "  = schemas/shop.yaml:1:1: first defined here\n"
        "1 | lbgen: 1\n"
        "  | ^^^^^\n"
        "\n"
        "schemas/shop.yaml:3:202: snake-case long [warning]\n"
        f"3 | …{'x' * 69} here {'y' * 18}…\n"
        f"  | {' ' * 71}^^^^\n"
        "\n"
        "schemas/shop.yaml:4:1: wide-type note [note]\n"
        "4 | esc \N{REPLACEMENT CHARACTER}[31m red\n"
        "  | ^^^\n"
        "\n"
        "1 error, 1 warning, 1 note; `lbgen rule unknown-keyword` explains the first error\n"
    )


@pytest.mark.parametrize("variable", ["NO_COLOR", "COLUMNS", "TERM"])
def test_text_without_a_terminal_is_the_same_in_every_environment(
    variable: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = _printed("text")
    monkeypatch.setenv(variable, "30")
    assert _printed("text") == before


def test_text_on_a_narrow_terminal_keeps_excerpts_on_one_line() -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    out = Terminal()
    document = Document(file="shop.yaml", value=None, places={}, key_places={}, lines=_LINES)
    print_diagnostics(_FOUND, {"shop.yaml": document}, folder="schemas", stream=out)
    plain = re.sub(r"\x1b\[[0-9;]*m", "", out.getvalue())
    width = Console(file=Terminal()).width
    assert all(len(row) <= width for row in plain.splitlines() if row[1:4] == " | ")


def test_paths_are_relative_to_the_working_directory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "inner").mkdir()
    monkeypatch.chdir(tmp_path / "inner")
    assert _printed("text", "../schemas").startswith("../schemas/shop.yaml:2:10: ")
    assert _printed("text", str(tmp_path / "inner/schemas")).startswith("schemas/shop.yaml:2:10: ")


def test_json_holds_every_field_of_every_diagnostic() -> None:
    found = json.loads(_printed("json"))
    assert found["version"] == 1
    assert found["counts"] == {"error": 1, "warning": 1, "note": 1}
    assert found["diagnostics"][0] == {
        "rule": "unknown-keyword",
        "severity": "error",
        "message": "100% wrong,\nreally: <&>",
        "notes": [
            {
                "label": "before",
                "text": "10%",
                "details": [{"label": "", "text": "a\nb", "details": []}],
            }
        ],
        "help": "did you mean `api`?",
        "alternatives": ["leave it out"],
        "file": "schemas/shop.yaml",
        "line": 2,
        "column": 10,
        "end_line": 2,
        "end_column": 14,
        "related": [
            {
                "message": "first defined here",
                "file": "schemas/shop.yaml",
                "line": 1,
                "column": 1,
                "end_line": 1,
                "end_column": 6,
            }
        ],
    }


def test_github_gets_one_escaped_command_per_diagnostic() -> None:
    rows = _printed("github").splitlines()
    assert rows[0] == (
        "::error file=schemas/shop.yaml,line=2,endLine=2,col=10,title=unknown-keyword,endColumn=14"
        "::100%25 wrong,\\nreally: <&>%0Abefore: 10%25%0A  a\\nb%0Ahelp: did you mean `api`?"
        "%0Aor: leave it out"
        "%0Aschemas/shop.yaml:1:1: first defined here"
    )
    assert [row.split(" ")[0] for row in rows] == ["::error", "::warning", "::notice"]


_REGION = {
    "type": "object",
    "required": ["startLine", "startColumn", "endLine", "endColumn"],
    "additionalProperties": {"type": "integer", "minimum": 1},
}
_LOCATION = {
    "type": "object",
    "required": ["physicalLocation"],
    "properties": {
        "physicalLocation": {
            "type": "object",
            "required": ["artifactLocation", "region"],
            "properties": {
                "artifactLocation": {
                    "type": "object",
                    "required": ["uri"],
                    "properties": {"uri": {"type": "string", "format": "uri-reference"}},
                },
                "region": _REGION,
            },
            "additionalProperties": False,
        },
        "id": {"type": "integer", "minimum": -1},
        "message": {"$ref": "#/$defs/message"},
    },
    "additionalProperties": False,
}
_SARIF: dict[str, Any] = {
    "type": "object",
    "required": ["version", "runs"],
    "properties": {
        "$schema": {"type": "string", "format": "uri"},
        "version": {"const": "2.1.0"},
        "runs": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["tool", "results"],
                "properties": {
                    "tool": {
                        "type": "object",
                        "required": ["driver"],
                        "properties": {
                            "driver": {
                                "type": "object",
                                "required": ["name"],
                                "properties": {
                                    "name": {"type": "string"},
                                    "version": {"type": "string"},
                                    "rules": {
                                        "type": "array",
                                        "uniqueItems": True,
                                        "items": {"type": "object", "required": ["id"]},
                                    },
                                },
                                "additionalProperties": False,
                            }
                        },
                    },
                    "columnKind": {"enum": ["utf16CodeUnits", "unicodeCodePoints"]},
                    "results": {
                        "type": "array",
                        "items": {
                            "type": "object",
                            "required": ["message"],
                            "properties": {
                                "ruleId": {"type": "string"},
                                "ruleIndex": {"type": "integer", "minimum": 0},
                                "level": {"enum": ["none", "note", "warning", "error"]},
                                "message": {"$ref": "#/$defs/message"},
                                "locations": {"type": "array", "items": _LOCATION},
                                "relatedLocations": {"type": "array", "items": _LOCATION},
                            },
                            "additionalProperties": False,
                        },
                    },
                },
                "additionalProperties": False,
            },
        },
    },
    "additionalProperties": False,
    "$defs": {
        "message": {
            "type": "object",
            "required": ["text"],
            "properties": {"text": {"type": "string"}},
            "additionalProperties": False,
        }
    },
}
"""The parts of the SARIF 2.1.0 schema that a log of ours uses, closed."""


def test_sarif_has_the_form_of_sarif_2_1_0_and_every_result_points_to_its_rule() -> None:
    log = json.loads(_printed("sarif"))
    validator = jsonschema_rs.Draft202012Validator(_SARIF, validate_formats=True)
    assert [error.message for error in validator.iter_errors(log)] == []
    run = log["runs"][0]
    assert run["results"][0]["message"]["text"].splitlines()[2:] == [
        *("before: 10%", "  a", "b", "help: did you mean `api`?", "or: leave it out")
    ]
    rules = run["tool"]["driver"]["rules"]
    for result in run["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
    assert [result["level"] for result in run["results"]] == ["error", "warning", "note"]


def test_junit_fails_for_what_fails_the_command_and_passes_files_without_findings() -> None:
    suites = ElementTree.fromstring(_printed("junit"))
    suite = suites[0]
    assert (suite.get("tests"), suite.get("failures")) == ("4", "1")
    assert len(suite.findall("testcase")) == 4
    [failure] = suite.findall("testcase/failure")
    strict = RunFacts(failing=frozenset({Severity.ERROR, Severity.WARNING}))
    suite_of_lint = ElementTree.fromstring(_printed("junit", facts=strict))[0]
    assert suite_of_lint.get("failures") == "2"
    assert "before: 10%\n  a\\nb\nhelp: did you mean `api`?\nor: leave it out\n" in str(
        failure.text
    )
    assert suite.findall("testcase")[0].get("classname") == "schemas/fine.yaml"


def test_no_findings_print_nothing_as_text() -> None:
    out = io.StringIO()
    print_diagnostics((), {}, folder="schemas", stream=out)
    assert out.getvalue() == ""


def test_an_unknown_format_is_refused() -> None:
    assert set(FORMATS) == {"text", "json", "github", "gitlab", "sarif", "junit"}
    with pytest.raises(ValueError, match="is not an output format"):
        print_diagnostics((), {}, folder=".", format="xml")


@pytest.mark.parametrize("parameters", ["{type: object}", "{type: strng}"])
def test_a_build_prints_nothing_but_findings_where_a_program_reads(
    parameters: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "schemas").mkdir()
    (tmp_path / "schemas/shop.yaml").write_text(
        f"lbgen: 1\napi: shop\nevents:\n  order_placed: {{parameters: {parameters}}}\n"
    )
    for check in (False, True):
        build_folder(tmp_path / "schemas", tmp_path / "generated", check=check, format="json")
        assert "diagnostics" in json.loads(capsys.readouterr().out)
