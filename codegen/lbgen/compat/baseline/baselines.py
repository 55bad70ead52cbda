"""The old versions of a contract: a commit, a folder, or a lock file.

A name is a git ref unless it is written as a path: `./old`, `../old`, `/old`, `old/`. A folder
beside the schemas is never used for a branch, whatever it is called. Only where there is no git
repository are all names paths.
"""

from __future__ import annotations

import os
import re
import shlex
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Final

from lbgen_runtime.printable import printable

from ...config import config_file, config_of, read_config
from ...source.files import read_sources
from ..allowances import NAME as BREAKS
from .commit_files import shown_path
from .history import ContractHistory
from .lock import read_lock
from .moved import contract_folders, holds_contract
from .old_version import Baseline, NoBaseline, OldVersion
from .refs import NoCommitYet, NoSuchRef, commit_of, split_path
from .repository import Repository, find_repository

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from ...config import Config
    from ..settings import Against
    from .commit_files import Committed, Steps

_CONFIG: Final = b"pyproject.toml"


@dataclass(frozen=True, slots=True, kw_only=True)
class Baselines:
    """The old versions.

    Attributes:
        found: those that hold a contract, each once.
        empty: those from before the first contract.
    """

    found: tuple[Baseline, ...]
    empty: tuple[OldVersion, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What is looked for.

    Attributes:
        schemas: the folder of the new version.
        transitive: of each git ref, how many of the last versions that changed the contract.
        first: whether a commit without any contract will do, since this is the first one.
        apis: the APIs of the new version.
        files: its files, by their paths below the folder.
    """

    schemas: Path
    transitive: int = 0
    first: bool = False
    apis: Collection[str] = field(default=())
    files: Collection[str] = field(default=())


def read_baselines(against: Sequence[Against], wanted: Wanted) -> Baselines:
    """The versions that `--against` and its like name.

    Args:
        against: git refs, folders and lock files.
        wanted: what to look for in them.

    Raises:
        NoBaseline: one of them cannot be read, or has no contract.
    """
    reader = _Reader(wanted)
    for each in against:
        reader.read(each)
    if wanted.transitive and not reader.commits:
        raise NoBaseline("--transitive needs a git ref, because it uses the history of git")
    return Baselines(found=tuple(reader.found.values()), empty=tuple(reader.empty))


class _Reader:
    def __init__(self, wanted: Wanted) -> None:
        self.wanted = wanted
        self.found: dict[object, Baseline] = {}
        self.empty: list[OldVersion] = []
        self.commits = 0

    def read(self, against: Against) -> None:
        text = against.text
        repository = None if _is_path(text) else self.repository
        if repository is None:
            self._from_path(against)
            return
        try:
            self._from_git(against, repository)
        except NoCommitYet:
            if not self.wanted.first:
                raise
            self.commits += 1
            self.empty.append(OldVersion(name=text, tip=against.tip))
        except NoSuchRef as error:
            if text.endswith(".json") and os.path.isfile(text):
                self._from_path(against)
            elif os.path.exists(text):
                told = printable(text)
                raise NoBaseline(f"{error}. For the folder or file, write `./{told}`") from None
            else:
                raise

    @cached_property
    def repository(self) -> Repository | None:
        return find_repository(self.wanted.schemas)

    @cached_property
    def _history(self) -> ContractHistory:
        assert self.repository is not None
        return ContractHistory(self.repository)

    # Folders and lock files

    def _from_path(self, against: Against) -> None:
        name, path = printable(against.text), Path(against.text)
        if against.tip:
            raise NoBaseline(f"--against-tip needs a branch, but {name} is a path")
        version = OldVersion(name=against.text, folder=against.text)
        if os.path.isdir(path):
            self._refuse_itself(path, name)
            sources = read_sources(path)
            options = read_config(path).options if config_file(path) else None
            found = Baseline(
                version=version,
                files=sources.files,
                options=options,
                problems=sources.problems,
                breaks=_content(path / BREAKS),
            )
        elif os.path.isfile(path):
            lock = read_lock(path)
            found = Baseline(
                version=version, files=lock.files, options=lock.options, breaks=lock.breaks
            )
        else:
            raise NoBaseline(f"the folder or lock file {name} does not exist")
        if not holds_contract(found.files):
            raise NoBaseline(f"{name} has no contract, so there is nothing to compare with")
        self.found.setdefault(path.resolve(), found)

    def _refuse_itself(self, path: Path, name: str) -> None:
        old, new = path.resolve(), self.wanted.schemas.resolve()
        if old.is_relative_to(new):
            hidden = any(part.startswith(".") for part in old.relative_to(new).parts)
            inside = not hidden
        else:
            inside = new.is_relative_to(old)
        if inside:
            raise NoBaseline(
                f"{name} is part of the new version; use a git ref, another folder or a lock file"
            )

    # Commits

    def _from_git(self, against: Against, repository: Repository) -> None:
        ref, path = split_path(against.text)
        git = repository.git
        commit = commit_of(git, ref, tip=against.tip)
        self.commits += 1
        short = git.ask("rev-parse", "--short", commit.id).decode().strip()
        about = f"{short}, {commit.how}" if commit.how else short
        version = OldVersion(
            name=against.text,
            tip=against.tip,
            commit=commit.id,
            about="" if ref == short else about,
            folder=ref if git.commit(ref) == commit.id else short,
        )
        history = self._history
        folder = repository.folder if path is None else repository.steps(path)
        if path is None and not history.holds(commit.id, folder):
            folder = history.moved(commit.id, None, folder) or folder
        if not history.holds(commit.id, folder):
            self._without(repository, version, folder)
            return
        if not self.wanted.transitive:
            self._add(repository, version, commit.id, folder)
            return
        for one, steps in history.versions(version, folder, self.wanted.transitive):
            name = git.ask("rev-parse", "--short", one).decode().strip()
            at = name if steps == repository.folder else f"{name}:{shown_path(steps)}"
            self._add(repository, OldVersion(name=at, commit=one, folder=name), one, steps)

    def _add(self, repository: Repository, version: OldVersion, commit: str, folder: Steps) -> None:
        committed = self._history.committed(commit)
        found = committed.folder(folder)
        config = _config(repository, committed, folder)
        baseline = Baseline(
            version=OldVersion(
                name=version.name,
                tip=version.tip,
                commit=commit,
                about=version.about,
                folder=f"{version.folder}:{shown_path(folder)}",
            ),
            files=found.files,
            options=config.options,
            compat=config.compat,
            problems=found.problems,
            breaks=committed.file((*folder, BREAKS.encode())) or b"",
        )
        self.found.setdefault((commit, folder), baseline)

    def _without(self, repository: Repository, version: OldVersion, folder: Steps) -> None:
        """A commit that has no contract where it is looked for."""
        wanted = self.wanted
        other = contract_folders(repository.git, version.commit, wanted.apis, wanted.files)
        if wanted.first and not other:
            self.empty.append(version)
            return
        told = printable(str(version))
        text = f"{told} has no contract in {printable(shown_path(folder) or '.')}"
        ref = split_path(version.name)[0]
        if other:
            names = [f"{version.option} {shlex.quote(f'{ref}:{one}')}" for one in other]
            meant = " or ".join(f"`{name}`" for name in names)
            raise NoBaseline(
                f"{text}. It has a contract in another folder: {printable(meant, 300)}"
            )
        raise NoBaseline(
            f"{text}, so there is nothing to compare with. Is {printable(str(wanted.schemas))} the "
            "right folder? If this change adds the first contract, add `--first`"
        )


def _is_path(text: str) -> bool:
    """Whether a name is written as a path."""
    if text in (".", "..") or os.path.isabs(text):
        return True
    ends = tuple(filter(None, (os.sep, os.altsep)))
    ends_like_one = text.endswith(ends) and ":" not in text  # but `main:old/`
    return ends_like_one or re.match(r"\.\.?[/\\]", text) is not None


def _config(repository: Repository, committed: Committed, folder: Steps) -> Config:
    """The settings that held for a folder in a commit."""
    for length in range(len(folder), -1, -1):
        content = committed.file((*folder[:length], _CONFIG))
        if content is not None:
            return config_of(content, _CONFIG.decode())
    return read_config(Path(os.fsdecode(repository.git.folder)).parent)


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        return b""
