"""The old versions of a contract: a git ref, a folder, or a lock file."""

from __future__ import annotations

import io
import re
import subprocess
import tarfile
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Final

from ..load import ENDINGS
from ..sources import read_sources
from .lock import is_lock, read_lock

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


_NO_NAME: Final = re.compile(r"@|[A-Z_]*HEAD|[0-9a-f]{7,40}")
"""What git takes for a commit before it looks for a branch or a tag, or may."""


class NoBaseline(Exception):
    """The old version cannot be read; the text says why and what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Baseline:
    """An old version of a contract.

    Attributes:
        name: what the user calls it (`main`, `../old`, `abc1234`).
        files: content of each file, by its path below the schema folder.
        folder: where the files are, as messages show it (`main:schemas`).
    """

    name: str
    files: Mapping[str, bytes]
    folder: str


def read_baselines(schemas: Path, against: Sequence[str], transitive: int = 0) -> list[Baseline]:
    """The versions that `--against` and `--transitive` name.

    Args:
        schemas: the folder of the new version.
        against: git refs, folders and lock files.
        transitive: of each git ref, how many of the last versions that changed the folder.

    Raises:
        NoBaseline: one of them cannot be read.
    """
    found: list[Baseline] = []
    for name in against:
        path = Path(name)
        if path.is_dir():
            sources = read_sources(path)
            found.append(Baseline(name=name, files=sources.files, folder=name))
        elif path.is_file():
            if not is_lock(path):
                raise NoBaseline(f"{name} is no lock file; `lbgen lock` writes one")
            found.append(Baseline(name=name, files=read_lock(path), folder=name))
        else:
            found += _from_git(schemas, name, transitive)
    return found


def _from_git(schemas: Path, ref: str, transitive: int) -> list[Baseline]:
    prefix = _git(schemas, "rev-parse", "--show-prefix")
    if prefix is None:
        raise NoBaseline(
            f"{ref}: there is no such file or folder, and {schemas} is in no git repository"
        )
    folder = prefix.strip().rstrip("/")
    commit = _commit(schemas, ref)
    if not transitive:
        return [_at(schemas, folder, commit, ref)]
    log = _git(schemas, "log", f"--max-count={transitive}", "--format=%H %h", commit, "--", ".")
    commits = [line.split() for line in (log or "").splitlines()]
    return [_at(schemas, folder, full, short) for full, short in commits]


def _commit(schemas: Path, ref: str) -> str:
    if not ref.startswith("-"):
        for name in (ref, f"origin/{ref}"):
            found = _git(schemas, "rev-parse", "--verify", "--quiet", f"{name}^{{commit}}")
            if found:
                return found.strip()
    if (_git(schemas, "rev-parse", "--is-shallow-repository") or "").strip() == "true":
        raise NoBaseline(
            f"{ref}: this clone is shallow and does not have it. Fetch it first: "
            f"`{_fetch(schemas, ref)}`; with actions/checkout, set "
            "`fetch-depth: 0`; on GitLab, set `GIT_DEPTH: 0`"
        )
    raise NoBaseline(f"{ref}: there is no such file, folder or git ref")


def _fetch(schemas: Path, ref: str) -> str:
    """The command that fetches what a shallow clone does not have.

    A branch or a tag is fetched alone. What git reads in another way (`HEAD~1`, a commit's id) is
    only found with the history.
    """
    name = ref.removeprefix("origin/")
    plain = _git(schemas, "check-ref-format", f"refs/heads/{name}") is not None
    if not plain or name.startswith("-") or _NO_NAME.fullmatch(name):
        return "git fetch --unshallow"
    here = name if name == ref else f"refs/remotes/{ref}"
    return f"git fetch --depth=1 origin {name}:{here}"


def _at(schemas: Path, folder: str, commit: str, name: str) -> Baseline:
    if folder and _git(schemas, "cat-file", "-e", f"{commit}:{folder}") is None:
        return Baseline(name=name, files={}, folder=f"{name}:{folder}")
    # In a subfolder, `git archive` would look for that subfolder below the tree it is given.
    top = (_git(schemas, "rev-parse", "--show-toplevel") or "").rstrip("\n")
    archive = _run(Path(top), "archive", "--format=tar", f"{commit}:{folder}")
    if archive is None:
        raise NoBaseline(f"{name}: git cannot read {folder or 'the folder'} there")
    return Baseline(name=name, files=_unpacked(archive), folder=f"{name}:{folder}")


def _unpacked(archive: bytes) -> dict[str, bytes]:
    files: dict[str, bytes] = {}
    with tarfile.open(fileobj=io.BytesIO(archive)) as tar:
        for member in tar.getmembers():
            path = PurePosixPath(member.name)
            if path.suffix not in ENDINGS or any(part.startswith(".") for part in path.parts):
                continue
            try:
                file = tar.extractfile(member)  # follows links inside the archive
            except KeyError:
                continue
            if file is not None:
                files[member.name] = file.read()
    return files


def _git(folder: Path, *arguments: str) -> str | None:
    output = _run(folder, *arguments)
    return None if output is None else output.decode("utf-8", "replace")


def _run(folder: Path, *arguments: str) -> bytes | None:
    try:
        done = subprocess.run(
            ["git", "-C", str(folder), *arguments], capture_output=True, check=False
        )
    except OSError as error:
        raise NoBaseline(f"git cannot be run: {error.strerror}") from None
    return done.stdout if done.returncode == 0 else None
