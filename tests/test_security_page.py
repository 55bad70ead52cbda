"""What SECURITY.md promises names tests that are there."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[1]


def test_every_promise_names_a_test_that_is_there() -> None:
    page = (ROOT / "SECURITY.md").read_text("utf-8")
    promised, _ = page.split("## What lbgen does not guarantee")
    named = set(re.findall(r"\(`(test_\w+)`\)", promised))
    there = {path.stem for path in (ROOT / "tests").rglob("test_*.py")}
    assert len(named) > 10
    assert not named - there
    bullets = re.findall(r"^- .+?(?=^- |^$)", promised, re.MULTILINE | re.DOTALL)
    assert all(re.search(r"\(`test_\w+`\)\s*$", bullet) for bullet in bullets), bullets
