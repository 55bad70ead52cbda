"""The linter on the example contract, and its exit codes."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from lbgen.findings.diagnostic import Severity
from lbgen.lint.linter import lint
from lbgen.tasks.build import compile_folder
from lbgen.tasks.lint import lint_folder

if TYPE_CHECKING:
    import pytest

_SCHEMAS = Path(__file__).parents[2] / "schemas"


def test_the_example_contract_has_neither_errors_nor_warnings() -> None:
    found = lint(compile_folder(_SCHEMAS))
    assert [each for each in found if each.severity is not Severity.NOTE] == []


def test_notes_alone_exit_with_0_and_warnings_with_1(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert lint_folder(_SCHEMAS, format="text") == 0
    assert "[note]" in capsys.readouterr().out
    contract = "lbgen: 1\napi: shop\nevents:\n  order_placed: {parameters: {type: object}}\n"
    (tmp_path / "shop.yaml").write_text(contract)
    assert lint_folder(tmp_path, format="text") == 1
    assert "missing-description" in capsys.readouterr().out


def test_schemas_that_are_none_are_linted_as_far_as_they_can_be_read(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "shop.yaml").write_text(
        "lbgen: 1\napi: shop\nlightbus: true\ndescription: The shop.\nevents:\n"
        "  order_place:\n    description: A customer placed an order.\n    parameters:\n"
        "      properties:\n        a: {pattern: {}, multipleOf: many, required: 7, $ref: []}\n"
    )
    assert lint_folder(tmp_path, format="text") == 1
    printed = capsys.readouterr().out
    assert "event-name-tense" in printed
    assert "invalid-schema" in printed
