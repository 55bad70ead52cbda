"""The one place that prints diagnostics, in every format."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any, Final, TextIO

from .as_github import as_github
from .as_gitlab import as_gitlab
from .as_json import as_json
from .as_junit import as_junit
from .as_sarif import as_sarif
from .as_text import print_text
from .console import for_programs, json_text
from .excerpts import Excerpts
from .formats import FORMATS
from .run_facts import RunFacts

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from ..findings.diagnostic import Diagnostic
    from ..source.document import Document

__all__ = ["print_diagnostics"]

_MACHINE: Final[Mapping[str, Callable[[Sequence[Diagnostic], Excerpts], str]]] = {
    "json": as_json,
    "github": as_github,
}
_WITH_FACTS: Final[Mapping[str, Callable[[Sequence[Diagnostic], Excerpts, RunFacts], str]]] = {
    "gitlab": as_gitlab,
    "sarif": as_sarif,
    "junit": as_junit,
}


def print_diagnostics(
    diagnostics: Sequence[Diagnostic],
    documents: Mapping[str, Document],
    *,
    folder: str,
    format: str = "text",  # noqa: A002
    stream: TextIO | None = None,
    facts: RunFacts | None = None,
    own_json: Callable[[Excerpts], Any] | None = None,
) -> None:
    """Print diagnostics.

    Args:
        diagnostics: what to print, in this order.
        documents: the sources, by path below the folder, for excerpts.
        folder: the schema folder; paths are printed relative to the working directory.
        format: one of `FORMATS`.
        stream: where to; standard output by default.
        facts: what the formats that have room for it say of the run.
        own_json: the value that `json` prints, for a command with a form of its own.

    Raises:
        ValueError: there is no such format.
    """
    out: TextIO = sys.stdout if stream is None else stream
    excerpts = Excerpts(documents, folder)
    if format == "text":
        print_text(diagnostics, excerpts, out)
        return
    if format == "json" and own_json is not None:
        text = json_text(own_json(excerpts))
    elif format in _WITH_FACTS:
        text = _WITH_FACTS[format](diagnostics, excerpts, facts or RunFacts())
    elif format in _MACHINE:
        text = _MACHINE[format](diagnostics, excerpts)
    else:
        raise ValueError(f"{format!r} is not an output format; use one of: {', '.join(FORMATS)}")
    for_programs(out).write(text)
