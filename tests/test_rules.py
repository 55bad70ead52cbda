"""The register of rules is complete, its examples are true, and its page is fresh."""

from __future__ import annotations

import ast
import contextlib
import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

import lbgen
from lbgen.findings.catalogue import Rule, all_rules, suggest_rules, the_rule
from lbgen.findings.rule_page import markdown
from lbgen.tasks.lint import lint_folder

_ROOT = Path(__file__).parents[1]
_CODE = Path(lbgen.__file__).parent


def _constants() -> dict[str, set[str]]:
    """Every text in the code, and those of them that are rules of diagnostics."""
    texts: set[str] = set()
    rules: set[str] = set()
    for path in _CODE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                texts.add(node.value)
            if isinstance(node, ast.Call):
                for keyword in node.keywords:
                    if keyword.arg == "rule":
                        rules |= {
                            each.value
                            for each in ast.walk(keyword.value)
                            if isinstance(each, ast.Constant) and isinstance(each.value, str)
                        } - {"default"}
            if isinstance(node, ast.Call) and ast.unparse(node.func).endswith("finding"):
                rules |= {
                    each.value
                    for each in node.args[:1]
                    if isinstance(each, ast.Constant) and isinstance(each.value, str)
                }
    return {"texts": texts, "rules": rules}


def test_every_rule_in_the_code_is_registered_and_every_registered_rule_is_in_the_code() -> None:
    constants = _constants()
    registered = {rule.id for rule in all_rules()}
    assert not constants["rules"] - registered
    assert not registered - constants["texts"]


def test_the_page_of_rules_is_fresh() -> None:
    page = _ROOT / "docs/reference/rules.md"
    assert page.read_text("utf-8") == markdown(), "python -m tests.rewrite_expected rules"


@pytest.mark.parametrize("rule", all_rules(), ids=lambda rule: rule.id)
def test_the_bad_example_of_a_rule_breaks_it_and_the_good_one_does_not(
    rule: Rule, tmp_path: Path
) -> None:
    assert rule.title
    assert rule.explanation
    if rule.family == "compat" or not rule.bad:
        return
    assert rule.id in _found(rule.files(rule.bad), tmp_path / "bad")
    assert rule.id not in _found(rule.files(rule.good), tmp_path / "good")
    assert "error" not in _found(rule.files(rule.good), tmp_path / "good").values()


def _found(files: dict[str, str], folder: Path) -> dict[str, str]:
    """The rules that a project breaks, with the severity of one finding each."""
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text.lstrip("\n"), "utf-8")
    before, out = Path.cwd(), io.StringIO()
    os.chdir(folder)
    try:
        with contextlib.redirect_stdout(out):
            lint_folder(Path("schemas"), format="json")
    finally:
        os.chdir(before)
    return {each["rule"]: each["severity"] for each in json.loads(out.getvalue())["diagnostics"]}


def test_near_ids_are_suggested() -> None:
    assert suggest_rules("unknown_keywrd")[0] == "unknown-keyword"
    assert suggest_rules("ref")[:1] != ()
    assert the_rule("no-such-rule") is None


def _rule(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "lbgen", "rule", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_the_rule_command_explains_a_rule_and_names_near_ones_for_an_unknown_one() -> None:
    known, unknown = _rule("unknown-keyword"), _rule("unknown-keywrd")
    assert known.returncode == 0
    assert "minLenght" in known.stdout
    assert unknown.returncode == 2
    assert "unknown-keyword" in unknown.stderr
