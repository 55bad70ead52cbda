"""The work of `lbgen check`."""

from __future__ import annotations

import os
import sys
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from ..compat.allowances import NAME as BREAKS
from ..compat.allowances import CannotAllow, file_of, read_allowances, today_in_utc
from ..compat.baseline.baselines import Wanted, read_baselines
from ..compat.baseline.old_version import NoBaseline
from ..compat.contracts.comparison import compare
from ..compat.contracts.new_contract import CannotCheck, NewContract, WrongConfig
from ..compat.contracts.old_contract import OldContract
from ..compat.result.allowed import judge
from ..compat.result.changelog import changelog_text
from ..compat.result.check_json import check_json
from ..compat.result.check_result import Result, summary
from ..compat.settings import CheckSettings, WrongSettings, check_settings
from ..compiler import analyse
from ..findings.diagnostic import Diagnostic, Place, Severity
from ..report.console import say
from ..report.formats import FORMATS
from ..report.printer import print_diagnostics
from ..report.run_facts import RunFacts
from ..schema.equality import json_equal

if TYPE_CHECKING:
    import datetime
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from ..compat.baseline.old_version import OldVersion
    from ..compat.contracts.finding import Finding
    from ..compat.contracts.version import ContractVersion
    from ..source.document import Document


class InvalidContract(CannotCheck):
    """The new contract has errors, so nothing was compared.

    Attributes:
        result: the errors, as the problems of a check without findings.
    """

    def __init__(self, result: Result) -> None:
        super().__init__(f"{result.schemas} has errors; see above", code=1)
        self.result = result


STOPS: Final = (CannotCheck, NoBaseline, WrongSettings)
"""Why a check may not come to a result."""


def check_folder(
    schemas: Path,
    *,
    format: str,  # noqa: A002 - the option's name
    transitive: int = 0,
    first: bool = False,
    changelog: Path | None = None,
    **options: Any,
) -> int:
    """Check a folder against older versions, and print what was found.

    Args:
        schemas: the schema folder.
        format: one of `FORMATS`.
        transitive: of each git ref, how many of the last versions that changed the folder.
        first: whether a commit without any contract will do, since this is the first one.
        changelog: a file to which to append what changed, in Markdown.
        options: of `check_settings`.

    Returns:
        The exit code.
    """
    try:
        if format not in FORMATS:
            raise CannotCheck(
                f"{format!r} is not an output format; use one of: {', '.join(FORMATS)}"
            )
        result = run_check(schemas, transitive=transitive, first=first, **options)
    except STOPS as error:
        if format == "text" or format not in FORMATS:
            say_why("check", error)
        elif isinstance(error, InvalidContract):
            print_result(error.result, format)
            say(f"lbgen check: {schemas} has errors; nothing was compared", stream=sys.stderr)
        else:
            print_result(_no_comparison(schemas, error), format)
            say_why("check", error)
        return error.code if isinstance(error, CannotCheck) else 2
    try:
        print_result(result, format)
    except (LookupError, RecursionError, TypeError, ValueError) as error:
        # A value that a format cannot hold must not hide what was found.
        print_diagnostics(
            result.diagnostics(), result.documents, folder=str(schemas), stream=sys.stderr
        )
        why = f"{type(error).__name__}: {error}"
        say_why("check", CannotCheck(f"the {format} report cannot be written ({why}); see above"))
        return result.exit_code or 2
    if changelog is not None:
        try:
            with changelog.open("a", encoding="utf-8") as file:
                file.write(result.changes)
        except OSError as error:
            say_why("check", CannotCheck(f"{changelog} cannot be written: {error.strerror}"))
            return 2
    return result.exit_code


def _no_comparison(schemas: Path, error: Exception) -> Result:
    """For programs: that nothing was compared, and why."""
    problems = error.problems if isinstance(error, WrongConfig) else ()
    why = Diagnostic(place=Place(file="."), rule="compat-no-comparison", message=str(error))
    return Result(
        findings=(),
        problems=(*problems, why),
        compatible=frozenset(),
        against=(),
        empty=(),
        schemas=schemas,
        documents={},
        settings=CheckSettings(),
        code=2,
    )


def print_result(result: Result, format: str) -> None:  # noqa: A002 - the option's name
    """Print a result in one of `FORMATS`."""
    print_diagnostics(
        result.diagnostics(),
        result.documents,
        folder=str(result.schemas),
        format=format,
        facts=RunFacts(about=result.facts),
        own_json=lambda excerpts: check_json(result, excerpts),
    )
    if format in ("text", "github") and result.code is None:  # lines among which others may be
        say(summary(result))
        say(result.used)


def run_check(
    schemas: Path,
    *,
    transitive: int = 0,
    first: bool = False,
    today: datetime.date | None = None,
    **options: Any,
) -> Result:
    """Check a folder against older versions.

    Args:
        schemas: the schema folder.
        transitive: of each git ref, how many of the last versions that changed the folder.
        first: whether a commit without any contract will do, since this is the first one.
        today: the day by which allowances are judged; by default today's, in UTC.
        options: of `check_settings`.

    Raises:
        CannotCheck: there is nothing to compare; `InvalidContract` where the contract has errors.
        NoBaseline: an old version cannot be read.
        WrongSettings: a setting has no such value.
    """
    new = NewContract(schemas)
    how: CheckSettings = check_settings(new.compat, **options)
    if not how.against:
        raise CannotCheck("select an old version: `--against main`, a folder or a lock file")
    new.refuse_emptiness(how.against[0])
    new.refuse_sparseness()
    apis = [api.name for api in new.analysis.contract.apis]
    wanted = Wanted(
        schemas=schemas, transitive=transitive, first=first, apis=apis, files=tuple(new.files)
    )
    baselines = read_baselines(how.against, wanted)
    result = Result(
        findings=(),
        problems=new.problems,
        compatible=frozenset(),
        against=tuple(one.version for one in baselines.found),
        empty=baselines.empty,
        schemas=schemas,
        documents=dict(new.analysis.sources),
        settings=how,
    )
    if new.failed:
        raise InvalidContract(replace(result, code=1))
    old = [OldContract(one, new.documents, new.files, new.options) for one in baselines.found]
    _refuse_unknown_modes(how, [new.side, *(one.side for one in old)])
    return _judged(replace(result, problems=()), old, new, today or today_in_utc())


def _judged(
    result: Result, old: Sequence[OldContract], new: NewContract, today: datetime.date
) -> Result:
    findings: list[Finding] = []
    problems = [_first_contract(one, new) for one in result.empty]
    compatible: set[str] = set()
    incompatible: set[str] = set()
    for one in old:
        problems += _changed_settings(one, new)
        found, excused, fine = _compared(one, new, result.settings)
        findings += found
        problems += excused
        compatible |= fine
        incompatible |= {name for name in one.side.events if name not in fine}
    try:
        entries, unreadable = read_allowances(file_of(result.schemas))
    except OSError as error:
        raise CannotCheck(f"{BREAKS} cannot be read: {error.strerror}") from None
    used = {str(one.baseline.version): read_allowances(one.baseline.breaks)[0] for one in old}
    judged, more = judge(findings, entries, used, today)
    return replace(
        result,
        findings=tuple(judged),
        problems=(*problems, *unreadable, *more),
        compatible=frozenset(compatible - incompatible),
        allowances=tuple(entries),
        changes="\n".join(changelog_text(one.side, new.side, judged) for one in old),
    )


def _first_contract(version: OldVersion, new: NewContract) -> Diagnostic:
    return Diagnostic(
        place=Place(file=min(new.documents)),
        rule="compat-first-contract",
        message=(
            f"{version} has no contract, so there is nothing to compare; this change adds the "
            "first one"
        ),
        severity=Severity.NOTE,
    )


def _changed_settings(old: OldContract, new: NewContract) -> Iterator[Diagnostic]:
    """What is said where a change brings other settings of the check along."""
    before = old.baseline.compat
    if before is None or json_equal(dict(before), dict(new.compat)):
        return
    names = sorted({*before, *new.compat})
    changed = [name for name in names if not json_equal(before.get(name), new.compat.get(name))]
    yield Diagnostic(
        place=Place(file=new.settings_file.replace(os.sep, "/")),
        rule="compat-settings-changed",
        message=(
            f"the settings in [tool.lbgen.compat] differ from those of {old.baseline.version}: "
            f"{', '.join(changed)}"
        ),
        help="make sure that this change of the settings is intended",
        severity=Severity.WARNING,
    )


def _compared(
    old: OldContract, new: NewContract, how: CheckSettings
) -> tuple[list[Finding], list[Diagnostic], frozenset[str]]:
    """Findings against one old version, what could not be compared, and what is compatible."""
    if old.is_empty:
        raise CannotCheck(f"{old.baseline.version} has no contract, so there is nothing to compare")
    changed = old.options != new.options
    compared = compare(old.side, new.side, how.rules, settings_changed=changed)
    findings: list[Finding] = []
    problems = [*old.not_compared(new.side)]
    for finding in compared.findings:
        excuse = old.excuse(finding)
        if excuse is None:
            findings.append(finding)
        else:
            problems.append(excuse)
    if old.baseline.files != new.files:
        findings += _names(old, new)
    if how.source:
        findings += _source(old, new)
    return findings, list(dict.fromkeys(problems)), compared.compatible


def _names(old: OldContract, new: NewContract) -> list[Finding]:
    from ..compat.contracts.public_names import compare_names, public_names  # loads the planner

    before = public_names(analyse(old.baseline.files, old.options))
    return list(compare_names(old.side, before, public_names(new.analysis)))


def _source(old: OldContract, new: NewContract) -> list[Finding]:
    from ..compat.contracts.signatures import compare_signatures, signatures  # loads the planner

    before = signatures(old.baseline.files, old.options)
    after = signatures(new.files, new.options)
    return list(compare_signatures(old.side, new.side, before, after))


def _refuse_unknown_modes(how: CheckSettings, sides: Sequence[ContractVersion]) -> None:
    known = {name for side in sides for name in side.apis}
    unknown = sorted(set(how.rules.modes) - known)
    if unknown:
        raise WrongSettings(
            f"pyproject.toml: [tool.lbgen.compat.modes] names the API {unknown[0]!r}, which "
            f"does not exist; the APIs are: {', '.join(sorted(known))}"
        )


def say_why(command: str, error: Exception) -> None:
    """Say why a command does not go on."""
    if isinstance(error, InvalidContract):
        result = error.result
        print_errors(result.problems, result.documents, result.schemas)
    if isinstance(error, WrongConfig):
        print_errors(error.problems, {}, error.schemas)
    say(f"lbgen {command}: {error}", stream=sys.stderr)
    if isinstance(error, CannotAllow):
        for line in error.instead:
            say(f"  {line}", stream=sys.stderr)


def print_errors(
    problems: Sequence[Diagnostic], documents: Mapping[str, Document], folder: Path | str
) -> None:
    """Print diagnostics for people to standard error."""
    print_diagnostics(problems, documents, folder=str(folder), stream=sys.stderr)
