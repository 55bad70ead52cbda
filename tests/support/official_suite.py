"""The official JSON Schema Test Suite, as data."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

__all__ = ["DRAFTS", "MISSING", "REMOTES", "SUITE", "Group", "format_groups", "groups", "remotes"]

SUITE: Final = Path(
    os.environ.get("LBGEN_JSON_SCHEMA_TEST_SUITE")
    or Path(__file__).parents[2] / ".." / "shared" / "json-schema-test-suite"
)
"""Where the suite is: its `tests` and `remotes`."""

MISSING: Final = not (SUITE / "tests").is_dir()

DRAFTS: Final = {
    "draft2020-12": "https://json-schema.org/draft/2020-12/schema",
    "draft7": "http://json-schema.org/draft-07/schema#",
}
"""The drafts that are tested, and the URI of each one's meta-schema."""

REMOTES: Final = "http://localhost:1234/"
"""Where the suite's schemas expect its remotes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """A schema of the suite, and its instances.

    Attributes:
        draft: the folder of its draft.
        keyword: the file that it stands in, without `.json`.
        number: its place in the file.
        description: what it is about.
        schema: the schema.
        tests: `(description, instance, verdict)`.
    """

    draft: str
    keyword: str
    number: int
    description: str
    schema: Any
    tests: tuple[tuple[str, Any, bool], ...]

    @property
    def name(self) -> str:
        """A name that no other group has."""
        return f"{self.draft}/{self.keyword}: {self.description}"


def groups() -> list[Group]:
    """The required cases of both drafts."""
    return [group for draft in DRAFTS for group in _read(draft, SUITE / "tests" / draft)]


def format_groups() -> list[Group]:
    """The cases of both drafts in which `format` is asserted."""
    return [
        group
        for draft in DRAFTS
        for group in _read(draft, SUITE / "tests" / draft / "optional" / "format")
    ]


def remotes() -> dict[str, Any]:
    """The documents that the suite's schemas refer to, by path below `remotes`."""
    folder = SUITE / "remotes"
    found: dict[str, Any] = {}
    for path in sorted(folder.rglob("*.json")):
        name = path.relative_to(folder).as_posix()
        value = json.loads(path.read_text(encoding="utf-8"))
        draft = DRAFTS.get(name.split("/")[0])
        if isinstance(value, dict) and draft is not None:
            value = {"$schema": draft, **value}  # the suite leaves it to whoever refers to it
        found[name] = value
    return found


def _read(draft: str, folder: Path) -> list[Group]:
    return [
        Group(
            draft=draft,
            keyword=path.stem,
            number=number,
            description=group["description"],
            schema=group["schema"],
            tests=tuple(
                (test["description"], test["data"], test["valid"]) for test in group["tests"]
            ),
        )
        for path in sorted(folder.glob("*.json"))
        for number, group in enumerate(json.loads(path.read_text(encoding="utf-8")))
    ]
