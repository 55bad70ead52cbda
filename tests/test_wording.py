"""Messages and pages are plain English: wordings that read as translated appear in none of them.

The list is short and mechanical. What it cannot catch, a reader of the diff can.
"""

from __future__ import annotations

import ast
import re
import tomllib
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT: Final = Path(__file__).parents[1]
CODE: Final = (ROOT / "codegen" / "lbgen", ROOT / "runtime" / "lbgen_runtime")
PAGES: Final = ("*.md", "docs/**/*.md", "runtime/*.md")

INSTEAD: Final = {
    r"(?<!there )(?<!There )\b(is|are) no (?!longer\b)": "is not a, are not",
    r"\b(can|may) be no \b": "cannot be",
    r"(?<!http://)\bstands?\b(?! for\b)": "is, appears",
    r"\bwhose\b": "of which, with its",
    r"\bwhat is wrong is\b": "name the problem",
    r"\bthere is: ": "use one of: ",
    r"\bwhat (it|they) holds?\b": "expected",
    r"\bleads? (to nothing|nowhere)\b": "does not exist",
    r"\b(is|are|was|were) there already\b": "already exists",
    r"\bmisspelt\b": "misspelled",
    r"\blicence\b": "license",
    r"\b(gone|removed) for good\b": "no longer exists, permanently",
    r"\btrying again\b": "retrying",
    r"\b(hand|hands|handed) back\b": "release",
    r"\bbetter would\b": "say what is wrong",
    r"\bis of (draft|version)\b": "belongs to",
    r"\bone's own\b": "your own",
    r"\bnone of its own\b": "say what is missing",
}
"""Wordings by regular expression, each with what to write instead."""

EXCEPTIONS: Final = {
    "codegen/lbgen/lint/english/verbs.py": "words of event names, not sentences",
}
"""Parts of `path: found words` in which a wording is right, with the reason."""


def _wrong(text: str) -> list[str]:
    """The wordings of the list that a text has, each with what to write instead."""
    return [
        f"{found[0]!r} in {_around(text, found)!r}: {instead}"
        for pattern, instead in INSTEAD.items()
        for found in re.finditer(pattern, text)
    ]


def _around(text: str, found: re.Match[str]) -> str:
    return text[max(0, found.start() - 30) : found.end() + 30]


def _messages(source: str) -> Iterator[str]:
    """The texts of a module that may be shown: its literals, and the help of its commands."""
    tree = ast.parse(source)
    hidden: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            hidden.add(id(node.value))  # docstrings
        if isinstance(node, ast.JoinedStr):
            hidden |= {id(each) for each in node.values}
            texts = [each.value if isinstance(each, ast.Constant) else "…" for each in node.values]
            yield "".join(map(str, texts))
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Constant)
            and isinstance(node.value, str)
            and id(node) not in hidden
        ):
            yield node.value
        if isinstance(node, ast.FunctionDef) and any(
            ast.unparse(each).startswith("app.") for each in node.decorator_list
        ):
            yield ast.get_docstring(node) or ""
        if isinstance(node, ast.FunctionDef) and node.name == "command":
            yield ast.get_docstring(node) or ""


def _texts() -> Iterator[tuple[str, str]]:
    """Everything that users read, each with the path of its file."""
    for folder in CODE:
        for path in sorted(folder.rglob("*.py")):
            for text in _messages(path.read_text("utf-8")):
                yield path.relative_to(ROOT).as_posix(), text
        for path in sorted(folder.rglob("*.jinja")):
            yield path.relative_to(ROOT).as_posix(), path.read_text("utf-8")
        for path in sorted(folder.rglob("*.toml")):
            table = tomllib.loads(path.read_text("utf-8"))
            for rule in (table,) if "title" in table else table.values():
                yield path.relative_to(ROOT).as_posix(), f"{rule['title']}\n{rule['explanation']}"
    for pattern in PAGES:
        for path in sorted(ROOT.glob(pattern)):
            yield path.relative_to(ROOT).as_posix(), path.read_text("utf-8")


@cache
def _found() -> tuple[str, ...]:
    return tuple(f"{path}: {each}" for path, text in _texts() for each in _wrong(text))


def test_messages_and_pages_have_no_wording_that_reads_as_translated() -> None:
    assert [each for each in _found() if not any(part in each for part in EXCEPTIONS)] == []


@pytest.mark.parametrize(
    "text",
    [
        "'strng' is no type of JSON",
        "nothing stands behind the colon",
        "a group whose processes are gone",
        "the file can be no contract",
        "cannot reach the server; trying again",
    ],
)
def test_a_wording_of_the_list_is_found(text: str) -> None:
    assert _wrong(text)


@pytest.mark.parametrize(
    "text",
    [
        "'strng' is not a JSON Schema type",
        "the property is no longer required",
        "there is no consumer group",
        "what `main` stands for",
    ],
)
def test_plain_english_is_not_found(text: str) -> None:
    assert _wrong(text) == []


def test_every_exception_is_needed() -> None:
    assert [part for part in EXCEPTIONS if not any(part in each for each in _found())] == []
