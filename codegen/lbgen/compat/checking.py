"""The work of `lbgen check`, `allow`, `lock` and `changelog`."""

from __future__ import annotations

import datetime
import sys
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from ..build import Options, analyse
from ..config import read_config
from ..console import say
from ..contract import Contract, read_contract
from ..diagnostics import Severity
from ..garbage import rarely_collected
from ..load import load
from ..report import print_diagnostics
from ..report.sources import Sources
from ..sources import read_sources
from .allowances import Allowance, add_allowances, judge, read_allowances
from .baselines import Baseline, NoBaseline, read_baselines
from .changelog import changelog_text
from .contracts import Side, compare
from .lock import NAME as LOCK_NAME
from .lock import lock_text
from .report_machine import as_gitlab, as_json
from .result import Result, summary
from .same_edit import last_name
from .settings import Settings, WrongSettings, settings

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from ..build import Analysis
    from ..diagnostics import Diagnostic
    from ..document import Document
    from .findings import Finding

FORMATS: Final = ("text", "json", "github", "gitlab", "sarif", "junit")


class CannotCheck(Exception):
    """There is nothing to compare; the text says why.

    Attributes:
        code: of the exit.
    """

    def __init__(self, message: str, code: int = 2) -> None:
        super().__init__(message)
        self.code = code


class InvalidContract(CannotCheck):
    """The new contract has errors, so nothing was compared.

    Attributes:
        result: the errors, as the problems of a check without findings.
    """

    def __init__(self, result: Result) -> None:
        super().__init__(f"{result.schemas} has errors; see above", code=1)
        self.result = result


def check_folder(
    schemas: Path,
    *,
    format: str,  # noqa: A002 - the option's name
    transitive: int = 0,
    **options: Any,
) -> int:
    """Check a folder against older versions, and print what was found.

    Args:
        schemas: the schema folder.
        format: one of `FORMATS`.
        transitive: of each git ref, how many of the last versions that changed the folder.
        options: of `settings`.

    Returns:
        The exit code.
    """
    try:
        if format not in FORMATS:
            raise CannotCheck(f"no format {format!r}; there are {', '.join(FORMATS)}")
        result = run_check(schemas, transitive=transitive, **options)
    except (CannotCheck, NoBaseline, WrongSettings) as error:
        if isinstance(error, InvalidContract) and format != "text":
            print_result(error.result, format)
            say(f"lbgen check: {schemas} has errors; nothing was compared", stream=sys.stderr)
        else:
            _say_why("check", error)
        return error.code if isinstance(error, CannotCheck) else 2
    print_result(result, format)
    return result.exit_code


def print_result(result: Result, format: str) -> None:  # noqa: A002 - the option's name
    """Print a result in one of `FORMATS`."""
    if format == "json":
        sys.stdout.write(as_json(result))
    elif format == "gitlab":
        sys.stdout.write(as_gitlab(result))
    else:
        print_diagnostics(
            result.diagnostics(), result.documents, folder=str(result.schemas), format=format
        )
    if format == "text":
        say(summary(result))
        say(result.used)


@rarely_collected
def run_check(
    schemas: Path, *, transitive: int = 0, today: datetime.date | None = None, **options: Any
) -> Result:
    """Check a folder against older versions.

    Args:
        schemas: the schema folder.
        transitive: of each git ref, how many of the last versions that changed the folder.
        today: the day by which allowances are judged.
        options: of `settings`.

    Raises:
        CannotCheck: there is nothing to compare; `InvalidContract` where the contract has errors.
        NoBaseline: an old version cannot be read.
        WrongSettings: a setting has no such value.
    """
    config = read_config(schemas)
    if config.problems:
        _print_errors(config.problems, {}, schemas)
        raise CannotCheck("the settings are wrong; see above")
    how: Settings = settings(config.compat, **options)
    if not how.against:
        raise CannotCheck("say against what: `--against main`, a folder or a lock file")
    baselines = read_baselines(schemas, how.against, transitive)
    files, analysis, problems = _new(schemas, config.options)
    result = Result(
        findings=(),
        problems=problems,
        compatible=0,
        against=tuple(one.name for one in baselines),
        folders={one.name: one.folder for one in baselines},
        schemas=schemas,
        documents=dict(analysis.sources),
        settings=how,
    )
    if analysis.failed:
        raise InvalidContract(result)
    new = Side(analysis.contract, verdicts=analysis.verdicts)
    findings, compatible = _compared(baselines, files, new, how, config.options)
    allowances, unreadable = read_allowances(schemas)
    judged, more = judge(findings, allowances, today or datetime.date.today())
    return replace(
        result,
        findings=tuple(judged),
        problems=(*unreadable, *more),
        compatible=compatible,
    )


def _new(
    schemas: Path, options: Options
) -> tuple[Mapping[str, bytes], Analysis, tuple[Diagnostic, ...]]:
    sources = read_sources(schemas)
    analysis = analyse(sources.files, options)
    return sources.files, analysis, (*sources.problems, *analysis.problems)


def _say_why(command: str, error: Exception) -> None:
    """Say why a command does not go on."""
    if isinstance(error, InvalidContract):
        result = error.result
        _print_errors(result.problems, result.documents, result.schemas)
    say(f"lbgen {command}: {error}", stream=sys.stderr)


def _print_errors(
    problems: Sequence[Diagnostic], documents: Mapping[str, Document], folder: Path | str
) -> None:
    print_diagnostics(problems, documents, folder=str(folder), stream=sys.stderr)


def _old(baseline: Baseline, files: Mapping[str, bytes], new: Side, options: Options) -> Contract:
    """The contract of an old version; what is the same in both is not read again."""
    known = {document.file: document for document in new.contract.documents.values()}
    same = {
        name: known[name]
        for name, content in baseline.files.items()
        if name in known and files.get(name) == content
    }
    changed = {name: text for name, text in baseline.files.items() if name not in same}
    documents, problems = load(changed)
    documents.update(same)
    contract, more = read_contract(documents, options.drafts, options.urls)
    problems = [one for one in (*problems, *more) if one.severity is Severity.ERROR]
    if problems:
        _print_errors(problems, documents, baseline.folder)
        raise CannotCheck(f"the old version {baseline.name} has errors; see above")
    return contract


def _compared(
    baselines: Sequence[Baseline],
    files: Mapping[str, bytes],
    new: Side,
    how: Settings,
    options: Options,
) -> tuple[list[Finding], int]:
    findings: dict[tuple[str, ...], Finding] = {}
    compatible = 0
    for baseline in baselines:
        if not baseline.files:
            continue
        side = Side(_old(baseline, files, new, options), baseline.name)
        compared = compare(side, new, how.rules)
        compatible += compared.compatible
        found = [*compared.findings]
        if how.source:
            found += _source(baseline, side, files, new, options)
        for finding in found:
            key = (finding.rule, finding.where, finding.text, finding.state)
            findings.setdefault(key, finding)
    return list(findings.values()), compatible


def _source(
    baseline: Baseline, old: Side, files: Mapping[str, bytes], new: Side, options: Options
) -> list[Finding]:
    from .signatures import compare_signatures, signatures  # loads the planner

    before = signatures(baseline.files, options)
    after = signatures(files, options)
    return list(compare_signatures(old, new, before, after))


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
        place: the event, or the event and a place in it, as the check prints it; or `file:line`
            or `file:line#name` for what the rule finds there, in any event.
        reason: why it is meant.
        until: the last day on which it holds, as `2026-12-31`.
        transitive: as for the check.
        options: as for the check.

    Returns:
        The exit code.
    """
    try:
        day = datetime.date.fromisoformat(until) if until else None
    except ValueError:
        say(f"lbgen allow: --until is a day such as 2026-12-31, not {until}", stream=sys.stderr)
        return 2
    if not reason.strip():
        say("lbgen allow: the reason is empty", stream=sys.stderr)
        return 2
    try:
        result = run_check(schemas, transitive=transitive, **options)
    except (CannotCheck, NoBaseline, WrongSettings) as error:
        _say_why("allow", error)
        return 2
    sources = Sources(result.documents, str(schemas))
    meant: list[Finding] = []
    for one in result.findings:
        line = f"{sources.path(one.place.file)}:{one.place.line}"
        if one.rule == rule and place in (one.where, line, f"{line}#{last_name(one)}"):
            meant.append(one)
    if not meant:
        say(f"lbgen allow: the check finds no {rule} at {place}; it finds", stream=sys.stderr)
        for one in result.findings:
            say(f"  {one.rule} {one.where}", stream=sys.stderr)
        return 2
    entries = [
        Allowance(rule=rule, at=one.where, fingerprint=one.fingerprint, reason=reason, until=day)
        for one in meant
        if one.allowance is None
    ]
    if entries:
        path = add_allowances(schemas, list(dict.fromkeys(entries)))
        for entry in dict.fromkeys(entries):
            say(f"{path}: {rule} at {entry.at} is allowed")
    else:
        say(f"{rule} at {place} is allowed already")
    return 0


def lock_folder(schemas: Path, output: Path | None, *, check: bool) -> int:
    """Write the lock file of a folder, or say whether it is fresh.

    Args:
        schemas: the schema folder.
        output: the file; in the schema folder by default.
        check: whether to compare only.

    Returns:
        The exit code.
    """
    files, analysis, problems = _new(schemas, read_config(schemas).options)
    if analysis.failed:
        _print_errors(problems, analysis.sources, schemas)
        say(f"lbgen lock: {schemas} has errors; see above", stream=sys.stderr)
        return 1
    path = output or schemas / LOCK_NAME
    text = lock_text(files)
    fresh = path.is_file() and path.read_text("utf-8") == text
    if check:
        say(f"{path} is {'fresh' if fresh else 'stale: run `lbgen lock`'}")
        return 0 if fresh else 1
    if not fresh:
        path.write_text(text, "utf-8")
    say(f"{path}: {'unchanged' if fresh else 'written'}")
    return 0


def changelog(schemas: Path, **options: Any) -> int:
    """Print the changes of a contract in Markdown.

    Returns:
        The exit code.
    """
    try:
        result = run_check(schemas, **options)
        config = read_config(schemas)
        baseline = read_baselines(schemas, result.settings.against[:1])[0]
        files, analysis, _ = _new(schemas, config.options)
        new = Side(analysis.contract, verdicts=analysis.verdicts)
        old = Side(_old(baseline, files, new, config.options), baseline.name)
    except (CannotCheck, NoBaseline, WrongSettings) as error:
        _say_why("changelog", error)
        return 2
    sys.stdout.write(changelog_text(old, new, result))
    return 0
