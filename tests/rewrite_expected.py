"""Rewrite every file that tests expect to be as the code makes it.

    python -m tests.rewrite_expected              all of them
    python -m tests.rewrite_expected KIND...      some kinds
    python -m tests.rewrite_expected cases/NAME   one case

Review the difference before you commit it.
"""

from __future__ import annotations

import contextlib
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Final

from lbgen.findings.rule_page import markdown
from lbgen.tasks.build import build_folder
from tests.compat import expected_output
from tests.delivery import settings_page
from tests.support import case_folders

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT: Final = Path(__file__).parents[1]


def _example(_names: list[str]) -> None:
    with contextlib.chdir(ROOT):
        build_folder(Path("schemas"), Path("generated"), check=False, format="text")


def _cases(names: list[str]) -> None:
    for name in names or case_folders.case_names():
        case_folders.rewrite(name)


def _compat(names: list[str]) -> None:
    for case in expected_output.CASES:
        if not names or case.name in names:
            said = expected_output.check_case(case)
            (case / "expected.txt").write_text(said, "utf-8")


def _golden(_names: list[str]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        said = expected_output.check_renamed_parameter(Path(folder)).output
    expected_output.RENAMED_PARAMETER.write_text(said, "utf-8")


def _rules(_names: list[str]) -> None:
    (ROOT / "docs" / "reference" / "rules.md").write_text(markdown(), "utf-8")


def _settings(_names: list[str]) -> None:
    settings_page.PAGE.write_text(settings_page.page(), "utf-8")


KINDS: Final[dict[str, Callable[[list[str]], None]]] = {
    "example": _example,  # generated/
    "cases": _cases,  # tests/cases/*/stderr.txt and expected/
    "compat": _compat,  # tests/compat/cases/*/expected.txt
    "golden": _golden,  # tests/compat/golden/
    "rules": _rules,  # docs/reference/rules.md
    "settings": _settings,  # docs/reference/settings.md
}


def main(arguments: list[str]) -> None:
    """Rewrite what the arguments name, or everything."""
    wanted: dict[str, list[str]] = {}
    for argument in arguments or list(KINDS):
        kind, _, name = argument.partition("/")
        if kind not in KINDS:
            raise SystemExit(f"{kind!r} is not one of {', '.join(KINDS)}")
        wanted.setdefault(kind, []).extend([name] if name else [])
    for kind, names in wanted.items():
        KINDS[kind](names)


if __name__ == "__main__":
    main(sys.argv[1:])
