"""The settings of a project: `[tool.lbgen]` of its `pyproject.toml`."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from .build import Options

if TYPE_CHECKING:
    from pathlib import Path

    from .diagnostics import Diagnostic

__all__ = ["Config", "read_config"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """What a project decides.

    Attributes:
        options: for builds.
        problems: what is wrong with the settings.
    """

    options: Options = field(default_factory=Options)
    problems: tuple[Diagnostic, ...] = ()


def read_config(start: Path) -> Config:
    """The settings of the project around a folder.

    Args:
        start: a file or folder of the project.
    """
    return Config()
