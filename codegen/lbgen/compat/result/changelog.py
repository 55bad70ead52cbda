"""The changes of a contract in Markdown, for a release note or a pull request."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from lbgen_runtime.printable import printable

from ..change.difference import differences
from ..change.kinds import change_of
from ..decide import Parameters
from ..normal.schema import UnsupportedSchema

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ..contracts.finding import Finding
    from ..contracts.version import ContractVersion

_LONGEST: Final = 500
_MARKUP: Final = re.compile(r"[\\`*\[\]<>&|~$]|(?<!\w)_|_(?!\w)")
"""What begins markup or HTML; an underscore does at the edge of a word."""


def changelog_text(old: ContractVersion, new: ContractVersion, findings: Iterable[Finding]) -> str:
    """The changes from one version to another, by API and event, breaking ones first.

    Args:
        old: the old version.
        new: the new version.
        findings: of the check of the new against the old one.
    """
    found = [one for one in findings if one.against == old.version]
    breaking = [one for one in found if one.state != "meaning"]
    meaning = [one for one in found if one.state == "meaning"]
    told = {(finding.full_name, finding.text) for finding in found}
    other = [*_edits(old, new, told), *_events(old, new)]
    lines = [f"## Changes of the contract since {_escaped(str(old.version))}", ""]
    if not found and not other:
        return "\n".join([*lines, "None.", ""])
    if breaking:
        lines += ["### Breaking", ""]
        lines += _grouped([(one.api, one.event, _told(one)) for one in breaking])
    if meaning:
        lines += ["### Changed in meaning", ""]
        lines += _grouped([(one.api, one.event, one.text) for one in meaning])
    if other:
        lines += ["### Compatible", ""]
        lines += _grouped(other)
    return "\n".join(lines)


def _told(finding: Finding) -> str:
    words = finding.text
    directions = " and ".join(dict.fromkeys(proof.direction for proof in finding.proofs))
    if finding.state == "undecided":
        return f"{words} (undecided)"
    if directions:
        words += f" ({directions})"
    if finding.allowance is not None:
        words += f"; allowed: {finding.allowance.reason}"
    return words


def _events(old: ContractVersion, new: ContractVersion) -> Iterator[tuple[str, str, str]]:
    for name, (api, event) in new.events.items():
        if name not in old.events:
            about = f": {' '.join(event.description.split())}" if event.description else ""
            yield api.name, event.name, f"new event{about}"


def _edits(
    old: ContractVersion, new: ContractVersion, told: set[tuple[str, str]]
) -> Iterator[tuple[str, str, str]]:
    for name, (api, event) in new.events.items():
        if name not in old.events:
            continue
        one = Parameters(old.documents, old.events[name][1].location)
        two = Parameters(new.documents, event.location)
        texts: list[str] = []
        try:
            there = differences(one.reader, two.reader)
            back = differences(two.reader, one.reader)
            texts += [change_of(edit, "backward").text for edit in there]
            texts += [change_of(edit, "forward").text for edit in back]
        except UnsupportedSchema:
            texts.append("its schema changed")
        for text in dict.fromkeys(texts):
            if (name, text) not in told:
                yield api.name, event.name, text


def _grouped(rows: list[tuple[str, str, str]]) -> list[str]:
    lines: list[str] = []
    for api in sorted({row[0] for row in rows}):
        lines += [f"#### {_escaped(api)}", ""]
        for row_api, event, text in rows:
            if row_api == api:
                about = _escaped(text)
                lines.append(f"- `{printable(event)}`: {about}" if event else f"- {about}")
        lines.append("")
    return lines


def _escaped(text: str) -> str:
    """A text that stays a text in Markdown, on one line."""
    return _MARKUP.sub(r"\\\g<0>", printable(text, _LONGEST))
