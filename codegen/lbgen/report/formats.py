"""The formats that findings are printed in. The commands offer them, so this loads nothing."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

__all__ = ["FORMATS", "ReportFormat"]


class ReportFormat(StrEnum):
    """A format of findings."""

    text = "text"
    json = "json"
    github = "github"
    gitlab = "gitlab"
    sarif = "sarif"
    junit = "junit"


FORMATS: Final = tuple(map(str, ReportFormat))
"""Every format, by name."""
