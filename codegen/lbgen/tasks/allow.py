"""The work of `lbgen allow`."""

from __future__ import annotations

import secrets
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from lbgen_runtime.printable import printable

from ..compat.allowances import Allowance, CannotAllow, add_allowances, day_of, today_in_utc
from ..compat.result.same_edit import last_name
from ..report.console import say
from ..report.excerpts import Excerpts
from .check import STOPS, run_check, say_why

if TYPE_CHECKING:
    import datetime
    from collections.abc import Sequence
    from pathlib import Path

    from ..compat.contracts.finding import Finding
    from ..compat.result.check_result import Result


def allow_break(
    schemas: Path,
    rule: str,
    place: str,
    *,
    reason: str,
    until: str | None,
    transitive: int = 0,
    **options: Any,
) -> int:
    """Write down that a break is meant.

    Args:
        schemas: the schema folder.
        rule: id of the finding's rule.
        place: the event, or the event and a place in it, as the check prints it; or `file:line`,
            `file:line:column` or `file:line#name` for what the rule finds there, in any event.
        reason: why it is meant.
        until: the last day on which it holds, in UTC, as `2026-12-31`.
        transitive: as for the check.
        options: as for the check.

    Returns:
        The exit code.
    """
    today = today_in_utc()
    try:
        day = _last_day(until, today)
        _refuse_reason(reason)
        result = run_check(schemas, transitive=transitive, today=today, **options)
        meant = _meant(result, rule, place)
        if not meant:
            raise _nothing_there(result, rule, place)
        allowed = [one for one in meant if one.allowance is None]
        if not allowed:
            say(f"{rule} at {place} is already allowed")
            return 0
        written: list[Allowance] = []

        def wanted(known: Sequence[Allowance]) -> list[Allowance]:
            written.extend(_entries(allowed, known, result, reason, day))
            return written

        path = add_allowances(schemas, wanted)
    except (CannotAllow, *STOPS) as error:
        say_why("allow", error)
        return 2
    if not written:
        say(f"{rule} at {place} is already allowed")
    for at in dict.fromkeys(entry.at for entry in written):
        say(f"{path}: {rule} at {printable(at)} is allowed")
    return 0


def _last_day(until: str | None, today: datetime.date) -> datetime.date | None:
    if until is None:
        return None
    day = day_of(until)
    if day is None:
        raise CannotAllow(
            f"--until must be a date such as 2026-12-31, not {printable(repr(until))}"
        )
    if day < today:
        raise CannotAllow(f"--until {until} is in the past; today is {today} (UTC)")
    return day


def _refuse_reason(reason: str) -> None:
    if not reason.strip():
        raise CannotAllow("the reason is empty")
    try:
        reason.encode()
    except UnicodeEncodeError:
        raise CannotAllow("the reason is not UTF-8") from None


def _meant(result: Result, rule: str, place: str) -> list[Finding]:
    excerpts = Excerpts(result.documents, str(result.schemas))
    of_rule = [one for one in result.findings if one.rule == rule]
    meant = [one for one in of_rule if one.where == place]
    if len({one.place for one in meant}) > 1:
        places = sorted({f"{rule} {result.allowed_at(one)}" for one in meant})
        raise CannotAllow(f"several findings match {place}; use one of these places:", places)
    for one in of_rule:
        line = f"{excerpts.path(one.place.file)}:{one.place.line}"
        if place in (line, f"{line}:{one.place.column}", f"{line}#{last_name(one)}"):
            meant.append(one)
    return meant


def _nothing_there(result: Result, rule: str, place: str) -> CannotAllow:
    found = [f"{one.rule} {result.allowed_at(one)}" for one in result.told]
    finds = "it has these:" if found else "it has no findings"
    return CannotAllow(f"the check has no finding {rule} at {place}; {finds}", found)


def _entries(
    findings: Sequence[Finding],
    known: Sequence[Allowance],
    result: Result,
    reason: str,
    day: datetime.date | None,
) -> list[Allowance]:
    """An entry for each finding that no entry written meanwhile covers."""
    since = [one for one in known if one not in result.allowances]
    entries: dict[Allowance, None] = {}
    for one in findings:
        breaks = [proof.direction for proof in one.proofs]
        left = [way for way in breaks if not any(one.allowed_by(new, way) for new in since)]
        if left:
            entries[
                Allowance(
                    rule=one.rule,
                    at=one.where,
                    breaks=tuple(dict.fromkeys(left)),
                    strict=one.strict,
                    fingerprint=one.fingerprint,
                    reason=reason,
                    until=day,
                )
            ] = None
    return [replace(entry, id=secrets.token_hex(4)) for entry in entries]
