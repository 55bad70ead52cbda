"""An old version of a contract: where it comes from, and what is in it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ...compiler import Options
    from ...findings.diagnostic import Diagnostic

__all__ = ["Baseline", "NoBaseline", "OldVersion"]


class NoBaseline(Exception):
    """The old version cannot be read; the text says why and what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OldVersion:
    """Which old version it is.

    Attributes:
        name: what the user calls it (`main`, `../old`), or a short commit id.
        tip: whether it was named by `--against-tip`.
        commit: full id of the commit; empty where it is none.
        about: the commit and how it was found (`abc1234, where this branch began`).
        folder: where the files are, as messages show it (`main:schemas`).
    """

    name: str
    tip: bool = False
    commit: str = ""
    about: str = ""
    folder: str = ""

    @property
    def option(self) -> str:
        """The option that names it."""
        return "--against-tip" if self.tip else "--against"

    def __str__(self) -> str:
        return f"{self.name} ({self.about})" if self.about else self.name


@dataclass(frozen=True, slots=True, kw_only=True)
class Baseline:
    """An old version of a contract.

    Attributes:
        version: which one.
        files: content of each file, by its path below the schema folder.
        options: the settings that held for it; `None` where nothing says.
        compat: `[tool.lbgen.compat]` as it was; `None` where nothing says.
        problems: what could not be read.
        breaks: content of its file of allowances.
    """

    version: OldVersion
    files: Mapping[str, bytes]
    options: Options | None = None
    compat: Mapping[str, Any] | None = None
    problems: tuple[Diagnostic, ...] = field(default=())
    breaks: bytes = b""
