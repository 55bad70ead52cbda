"""The version of a contract that is checked."""

from __future__ import annotations

import os
import shlex
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from lbgen_runtime.printable import printable

from ...compiler import analyse
from ...config import config_file, read_config
from ...findings.diagnostic import Severity
from ...findings.suggestions import did_you_mean
from ...source.files import read_sources
from ...source.load import ENDINGS
from ..baseline.moved import contract_folders
from ..baseline.old_version import NoBaseline
from ..baseline.repository import find_repository
from .version import ContractVersion

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ...findings.diagnostic import Diagnostic
    from ...source.document import Document
    from ..settings import Against

__all__ = ["CannotCheck", "NewContract", "WrongConfig"]


class CannotCheck(Exception):
    """There is nothing to compare; the text says why.

    Attributes:
        code: of the exit.
    """

    def __init__(self, message: str, code: int = 2) -> None:
        super().__init__(message)
        self.code = code


class WrongConfig(CannotCheck):
    """The settings of the project are wrong.

    Attributes:
        problems: what is wrong with them.
        schemas: the schema folder.
    """

    def __init__(self, problems: Sequence[Diagnostic], schemas: Path) -> None:
        super().__init__("the settings have errors; see above")
        self.problems = problems
        self.schemas = schemas


class NewContract:
    """A schema folder, read.

    Args:
        schemas: the folder.

    Raises:
        CannotCheck: there is no such folder, or the settings are wrong.
    """

    def __init__(self, schemas: Path) -> None:
        if not os.path.isdir(schemas):
            known = [each.name for each in schemas.parent.glob("*/")]
            meant = did_you_mean(schemas.name, known)
            hint = f"; did you mean {printable(str(schemas.parent / meant))}?" if meant else ""
            raise CannotCheck(f"the folder {printable(str(schemas))} does not exist{hint}")
        config = read_config(schemas)
        if config.problems:
            raise WrongConfig(config.problems, schemas)
        self.schemas = schemas
        self.compat = config.compat
        path = config_file(schemas)
        self.settings_file = "." if path is None else os.path.relpath(path, schemas.resolve())
        self.options = config.options
        sources = read_sources(schemas)
        self.files = sources.files
        self.analysis = analyse(sources.files, config.options)
        self.problems = (*sources.problems, *self.analysis.problems)

    @property
    def failed(self) -> bool:
        """Whether the contract has errors."""
        return any(problem.severity is Severity.ERROR for problem in self.problems)

    @cached_property
    def side(self) -> ContractVersion:
        """The contract, to be compared; only of one without errors."""
        return ContractVersion(self.analysis.contract, validators=self.analysis.validators)

    @cached_property
    def documents(self) -> dict[str, Document]:
        """The documents, by path."""
        return {one.file: one for one in self.analysis.contract.documents.values()}

    def refuse_emptiness(self, against: Against | None = None) -> None:
        """See that there is an event.

        Args:
            against: the old version that is asked for.

        Raises:
            CannotCheck: there is none.
        """
        events = any(api.events for api in self.analysis.contract.apis)
        errors = [each for each in self.problems if each.severity is Severity.ERROR]
        if events or any(each.rule != "no-contract" for each in errors):
            return
        text = f"{printable(str(self.schemas))} has no contract: no file in it declares an event"
        folders = self._elsewhere()
        option = f" {against.option} {shlex.quote(against.text)}" if against else ""
        meant = " or ".join(f"`lbgen check {shlex.quote(each)}{option}`" for each in folders)
        raise CannotCheck(f"{text}. Did you mean {printable(meant, 300)}?" if meant else text)

    def refuse_sparseness(self) -> None:
        """See that no sparse checkout leaves out files of the folder: they would seem removed.

        Raises:
            CannotCheck: one does.
        """
        try:
            repository = find_repository(self.schemas)
            if repository is None:
                return
            listed = repository.git.maybe("ls-files", "-t", "-z", "--full-name") or b""
        except NoBaseline:
            return  # what reads the old version says it
        folder = os.path.relpath(self.schemas.resolve(), os.fsdecode(repository.git.folder))
        top = Path(os.fsdecode(repository.git.folder))
        for entry in listed.split(b"\0"):
            name = os.fsdecode(entry[2:])
            below = Path(name).is_relative_to(folder) and name.endswith(ENDINGS)
            if entry.startswith(b"S ") and below and not os.path.lexists(top / name):
                told = shlex.quote(Path(folder).as_posix())
                raise CannotCheck(
                    f"the sparse checkout leaves out {printable(name)}: get the whole folder with "
                    f"`git sparse-checkout add {printable(told)}`"
                )

    def _elsewhere(self) -> list[str]:
        """The folders with a contract, as one would name them here."""
        try:
            repository = find_repository(self.schemas)
            if repository is None:
                return []
            top = os.fsdecode(repository.git.folder)
            found = contract_folders(repository.git, None, None, ())
        except NoBaseline:
            return []
        return [os.path.relpath(Path(top) / each) for each in found]
