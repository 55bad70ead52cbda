"""A check for people: what changed, whom it breaks, the event that shows it, the ways out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TextIO

from rich.console import Console
from rich.text import Text

from ..diagnostics import Severity
from ..report.sources import Sources
from ..report.words import one_line
from .result import counted
from .same_edit import by_edit
from .wording import cut, ways_out, written

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from .findings import Finding, Proof
    from .result import Result
    from .same_edit import SameEdit

_STYLES: Final = {
    Severity.ERROR: "bold red",
    Severity.WARNING: "bold yellow",
    Severity.NOTE: "bold green",
}
_MOST_OTHERS: Final = 10
"""Events that are named of those which the same edit breaks."""


def print_text(result: Result, stream: TextIO) -> None:
    """Print findings, then one line that sums up."""
    console = Console(file=stream, markup=False, highlight=False, emoji=False, soft_wrap=True)
    sources = Sources(result.documents, str(result.schemas))
    for edit in by_edit(result.findings):
        for line in _finding(edit, result, sources):
            console.print(line)
        console.print()
    for problem in result.problems:
        place = f"{sources.path(problem.place.file)}:{problem.place.line}: "
        style = _STYLES[problem.severity]
        console.print(Text.assemble((place, "bold"), (problem.rule, style), f" {problem.message}"))
        console.print(Text.assemble(("  help: ", "bold"), problem.help or ""))
        console.print()
    console.print(Text(summary(result), style="bold"))
    console.print(Text(result.used, style="dim"))


def summary(result: Result) -> str:
    """One line: against what, how many, of which kind."""
    counts = counted(result.findings)
    pieces = [f"{count} {kind}" for kind, count in counts.items() if count]
    plural = "" if result.compatible == 1 else "s"
    pieces.append(f"{result.compatible} compatible event{plural}")
    rules = result.settings.rules
    modes = {rules.mode, *rules.modes.values()}
    mode = rules.mode if len(modes) == 1 else "by API"
    return f"against {', '.join(result.against)} ({mode}): {', '.join(pieces)}"


def _finding(edit: SameEdit, result: Result, sources: Sources) -> Iterator[Text]:
    finding = edit.first
    severity = result.severity(finding)
    place = finding.place
    where = f"{sources.path(place.file)}:{place.line}:{place.column}: "
    yield Text.assemble(
        (where, "bold"), (finding.rule, _STYLES[severity]), f" {one_line(finding.headline)}"
    )
    line = sources.line(place.file, place.line)
    if line is not None and line.strip():
        yield Text.assemble((f"  {place.line} | ", "blue"), line.rstrip())
    yield Text.assemble(("  before: ", "bold"), result.old_file(finding))
    for proof in finding.proofs:
        yield from _proof(proof)
    if edit.others:
        yield from _others(edit.others)
    if finding.allowance is not None:
        until = finding.allowance.until
        ends = f" (until {until})" if until else ""
        yield Text.assemble(("  allowed: ", "bold green"), finding.allowance.reason, ends)
        return
    yield Text("  what you can do:", style="bold")
    at = ""
    if edit.others:
        at = f"{sources.path(place.file)}:{place.line}" + (edit.name and f"#{edit.name}")
    for way in ways_out(finding, result.schemas, at):
        yield Text(f"    - {one_line(way)}")


def _others(others: Sequence[Finding]) -> Iterator[Text]:
    events = "event" if len(others) == 1 else "events"
    yield Text.assemble(("  the same edit: ", "bold"), f"{len(others)} more {events}")
    for other in others[:_MOST_OTHERS]:
        yield Text(f"    {other.where}")
    if len(others) > _MOST_OTHERS:
        yield Text(f"    and {len(others) - _MOST_OTHERS} more")


def _proof(proof: Proof) -> Iterator[Text]:
    yield Text.assemble((f"  {proof.direction}: ", "bold"), proof.whom)
    if proof.reason:
        yield Text.assemble(("    not decided: ", "bold"), one_line(proof.reason))
    if proof.event is not None:
        sides = {"backward": ("an old event", "new"), "forward": ("a new event", "old")}
        which, reader = sides.get(proof.direction, ("", ""))
        yield Text.assemble((f"    {which}: ", "bold"), one_line(written(proof.event)))
        yield Text.assemble(
            (f"    the {reader} contract says: ", "bold"), one_line(cut(proof.message))
        )
