"""The compiler: a pure function from sources to files or diagnostics."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from .analysis.containers import follow_references
from .analysis.schema_checks import check_schemas
from .analysis.validators import Validators
from .contract.reader import read_contract
from .findings.diagnostic import Diagnostic, Severity, in_order
from .generate.plan import PackagePlan, plan_package
from .generate.render import render
from .generate.self_check import check_output
from .model import Modeller
from .source.load import load

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .analysis.references import References
    from .contract.contract import Contract
    from .source.document import Document

__all__ = ["Analysis", "Built", "Options", "analyse", "build"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What a project may decide about a build.

    Attributes:
        drafts: URI of the draft's meta-schema for each other `$schema` that is allowed.
        urls: path of a file, or of a folder with `/` behind it, below the schema folder, for each
            URL by which schemas refer to it. Nothing is ever fetched from there.
        api: name of the API to which event schemas directly in the schema folder belong; empty if
            the project names none.
    """

    drafts: Mapping[str, str] = field(default_factory=dict[str, str])
    urls: Mapping[str, str] = field(default_factory=dict[str, str])
    api: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Analysis:
    """What is known of a contract before any code is made.

    Attributes:
        sources: every document that could be read, by path.
        contract: APIs and documents.
        references: every reference, resolved.
        validators: validators.
        problems: what is wrong, in the order of the text.
    """

    sources: Mapping[str, Document]
    contract: Contract
    references: References
    validators: Validators
    problems: tuple[Diagnostic, ...]

    @property
    def failed(self) -> bool:
        """Whether anything is wrong enough to stop a build."""
        return any(problem.severity is Severity.ERROR for problem in self.problems)


@dataclass(frozen=True, slots=True, kw_only=True)
class Built:
    """A build.

    Attributes:
        files: text of each file of the package, by path; empty if it failed.
        problems: what is wrong.
        analysis: what is known of the contract.
        modeller: the types; `None` if it did not get that far.
        package: the plan; `None` if it did not get that far.
    """

    files: Mapping[str, str]
    problems: tuple[Diagnostic, ...]
    analysis: Analysis
    modeller: Modeller | None = None
    package: PackagePlan | None = None


def analyse(sources: Mapping[str, bytes], options: Options | None = None) -> Analysis:
    """Load, resolve and check a contract.

    Args:
        sources: content of each file, by its path below the schema folder.
        options: what the project decides.
    """
    options = options or Options()
    documents, problems = load(sources)
    contract, found = read_contract(documents, options.drafts, options.urls, options.api)
    if not problems or documents:
        problems += found
    contract, references = follow_references(contract)
    validators = Validators(contract, references)
    problems += check_schemas(contract, references, validators)
    return Analysis(
        sources=documents,
        contract=contract,
        references=references,
        validators=validators,
        problems=in_order(problems),
    )


def build(sources: Mapping[str, bytes], options: Options | None = None) -> Built:
    """Compile a contract.

    Args:
        sources: content of each file, by its path below the schema folder.
        options: what the project decides.
    """
    analysis = analyse(sources, options)
    if analysis.failed:
        return Built(files={}, problems=analysis.problems, analysis=analysis)
    modeller = Modeller(analysis.contract, analysis.references, analysis.validators)
    package, problems = plan_package(analysis.contract, modeller, analysis.validators)
    problems = [*analysis.problems, *problems]
    failed = any(problem.severity is Severity.ERROR for problem in problems)
    files: dict[str, str] = {}
    if package is not None and not failed:
        files = render(package)
        defects = check_output(files, package)
        if defects:
            files = {}
            problems += defects
    return Built(
        files=files,
        problems=in_order(problems),
        analysis=analysis,
        modeller=modeller,
        package=package,
    )
