"""Every rule of the checker is explained, and its example gives the finding."""

from __future__ import annotations

from pathlib import Path

import pytest

from lbgen.findings.catalogue import Rule, all_rules
from lbgen.tasks.check import run_check

RULES = [rule for rule in all_rules() if rule.family == "compat"]
SHOWN = [rule for rule in RULES if rule.bad]


@pytest.mark.parametrize("rule", SHOWN, ids=lambda rule: rule.id)
def test_the_example_of_a_rule_gives_the_finding(rule: Rule, tmp_path: Path) -> None:
    for name, example in (("old", rule.good), ("new", rule.bad)):
        (tmp_path / name).mkdir()
        (tmp_path / name / "shop.yaml").write_text(example, "utf-8")
    source = rule.id == "compat-source-changed"
    result = run_check(tmp_path / "new", against=[str(tmp_path / "old")], source=source)
    assert rule.id in {finding.rule for finding in result.findings}


def test_every_rule_that_code_names_is_registered() -> None:
    known = {rule.id for rule in RULES}
    folder = Path(__file__).parents[2] / "codegen" / "lbgen" / "compat"
    text = "\n".join(path.read_text("utf-8") for path in folder.rglob("*.py"))
    named = {word.strip('"') for word in text.split() if word.startswith('"compat-')}
    named = {word.split('"')[0] for word in named}
    assert named <= known
