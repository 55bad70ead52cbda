"""The settings of a project: `[tool.lbgen]` of the nearest `pyproject.toml`."""

from __future__ import annotations

import os
import re
import tomllib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from .compiler import Options
from .contract.grammar import API_NAME
from .findings.diagnostic import Diagnostic, Place
from .findings.suggestions import did_you_mean
from .schema.drafts import DRAFTS, draft_of
from .source.json_types import is_array, is_object

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

__all__ = ["Config", "config_file", "config_of", "read_config"]

_TABLES: Final[Mapping[str, frozenset[str]]] = {
    "": frozenset({"api", "drafts", "urls", "lint", "compat"}),
    "lint": frozenset({"ignore"}),
}
"""The keys of each table. Those of `compat` are the compatibility checker's own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """What a project decides.

    Attributes:
        options: for builds.
        lint_ignore: ids of rules that the linter leaves out.
        compat: the table `[tool.lbgen.compat]`, unread.
        problems: what is wrong with the settings.
    """

    options: Options = field(default_factory=Options)
    lint_ignore: frozenset[str] = frozenset()
    compat: Mapping[str, Any] = field(default_factory=dict[str, Any])
    problems: tuple[Diagnostic, ...] = ()


def read_config(start: Path) -> Config:
    """The settings of the project around a folder.

    Args:
        start: the schema folder; the file that counts is in it or in the nearest folder around
            it. Places of problems are relative to it.
    """
    path = config_file(start)
    if path is None:
        return Config()
    file = os.path.relpath(path, start.resolve()).replace(os.sep, "/")
    try:
        content = path.read_bytes()
    except OSError as error:
        reader = _Reader(b"", file)
        reader.unreadable(error)
        return Config(problems=tuple(reader.problems))
    return config_of(content, file)


def config_file(start: Path) -> Path | None:
    """The `pyproject.toml` that counts for a folder: in it, or in the nearest one around it."""
    folder = start.resolve()
    paths = (around / "pyproject.toml" for around in (folder, *folder.parents))
    return next((path for path in paths if path.is_file()), None)


def config_of(content: bytes, file: str) -> Config:
    """The settings in a `pyproject.toml`.

    Args:
        content: of the file.
        file: what places of problems call it.
    """
    return _Reader(content, file).config()


class _Reader:
    def __init__(self, content: bytes, file: str) -> None:
        self.file = file
        self.problems: list[Diagnostic] = []
        self.text = ""
        self.content = content

    def config(self) -> Config:
        try:
            self.text = self.content.decode()
            table: Any = tomllib.loads(self.text).get("tool", {}).get("lbgen", {})
        except (ValueError, AttributeError, RecursionError) as error:
            self.unreadable(error)
            return Config(problems=tuple(self.problems))
        if not is_object(table):
            self.report(
                "lbgen",
                "[tool.lbgen] is not a table",
                "write the heading [tool.lbgen], with the settings below it",
                "invalid-setting",
            )
            table = {}
        self.refuse_unknown("", table)
        lint = self.table(table, "lint")
        self.refuse_unknown("lint", lint)
        return Config(
            options=Options(
                drafts=self.drafts(self.table(table, "drafts")),
                urls=self.urls(self.table(table, "urls")),
                api=self.api(table),
            ),
            lint_ignore=self.ignored(lint),
            compat=self.table(table, "compat"),
            problems=tuple(self.problems),
        )

    def unreadable(self, error: Exception) -> None:
        why = "it is nested too deeply" if isinstance(error, RecursionError) else str(error)
        self.report(None, f"the file cannot be read: {why}", "correct the file", "invalid-setting")

    def table(self, around: dict[str, Any], key: str) -> dict[str, Any]:
        value = around.get(key, {})
        if is_object(value):
            return value
        self.report(
            key,
            f"the setting {key!r} is not a table",
            f"write the heading [tool.lbgen.{key}], with its settings below it",
            "invalid-setting",
        )
        return {}

    def refuse_unknown(self, name: str, table: Mapping[str, Any]) -> None:
        known = _TABLES[name]
        for key in table.keys() - known:
            meant = did_you_mean(key, known)
            self.report(
                key,
                f"unknown setting {'.'.join(filter(None, (name, key)))!r}",
                f"did you mean `{meant}`?"
                if meant
                else (f"the settings are: {', '.join(sorted(known))}"),
                "unknown-setting",
            )

    def drafts(self, table: dict[str, Any]) -> dict[str, str]:
        by_name = {draft.name: draft.uri for draft in DRAFTS.values()}
        found: dict[str, str] = {}
        for uri, value in table.items():
            draft = draft_of(by_name.get(value, value)) if isinstance(value, str) else None
            if draft is not None:
                found[uri] = draft.uri
                continue
            self.report(
                uri,
                f"{value!r} is not a draft of JSON Schema that lbgen knows",
                f"write one of: {', '.join(by_name)}",
                "invalid-setting",
            )
        return found

    def urls(self, table: dict[str, Any]) -> dict[str, str]:
        found: dict[str, str] = {}
        for url, path in table.items():
            if isinstance(path, str):
                found[url] = path
                continue
            self.report(
                url,
                f"{path!r} is not a path",
                "write the path of a file or folder, relative to the schema folder",
                "invalid-setting",
            )
        return found

    def api(self, table: dict[str, Any]) -> str:
        value = table.get("api", "")
        if isinstance(value, str) and ("api" not in table or re.fullmatch(API_NAME, value)):
            return value
        self.report(
            "api",
            f"`api` is not the name of an API: {value!r}",
            'write one name, with letters, digits, `_` and dots: api = "shop.orders"',
            "invalid-setting",
        )
        return ""

    def ignored(self, lint: dict[str, Any]) -> frozenset[str]:
        from .findings.catalogue import suggest_rules, the_rule

        value = lint.get("ignore", [])
        if not is_array(value) or not all(isinstance(each, str) for each in value):
            self.report(
                "ignore",
                "`lint.ignore` is not a list of rules",
                'write a list of rule ids: ignore = ["technical-event-name"]',
                "invalid-setting",
            )
            return frozenset()
        for each in value:
            rule = the_rule(each)
            if rule is None or not rule.linter:
                near: Iterable[str] = suggest_rules(each) if rule is None else ()
                meant = ", ".join(f"`{one}`" for one in near)
                self.report(
                    each,
                    f"{each!r} is not a rule of the linter",
                    f"did you mean {meant}?" if meant else "`lbgen rule` lists every rule",
                    "invalid-setting",
                )
        return frozenset(value)

    def report(self, word: str | None, message: str, help_text: str, rule: str) -> None:
        """Report a problem at the first place of a word in the file."""
        line, column, length = 1, 1, 0
        if word is not None:
            start = re.search(r"^\s*\[tool\.lbgen|^\s*lbgen\b", self.text, re.MULTILINE)
            begin = start.start() if start else 0
            match = re.compile(rf"(?<![\w-]){re.escape(word)}(?![\w-])").search(self.text, begin)
            if match is not None:
                before = self.text[: match.start()]
                line = before.count("\n") + 1
                column = match.start() - (before.rfind("\n") + 1) + 1
                length = len(word)
        self.problems.append(
            Diagnostic(
                place=Place(
                    file=self.file,
                    line=line,
                    column=column,
                    end_line=line,
                    end_column=column + length,
                ),
                rule=rule,
                message=message,
                help=help_text,
            )
        )
