"""The formats that findings can be printed in, as an option of commands."""

from __future__ import annotations

from enum import StrEnum

__all__ = ["ReportFormat"]


class ReportFormat(StrEnum):
    """A format of `lbgen.report`."""

    text = "text"
    json = "json"
    github = "github"
    sarif = "sarif"
    junit = "junit"
