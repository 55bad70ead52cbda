"""Where the contract of a folder was before, or is instead."""

from __future__ import annotations

import os
from collections import Counter
from typing import TYPE_CHECKING, Any, Final

from ...contract.event_files import event_file
from ...source.json_types import is_object
from ...source.load import ENDINGS, load
from .commit_files import Committed, Steps, shown_path

if TYPE_CHECKING:
    from collections.abc import Collection, Container, Iterable, Mapping

    from .git import Git

__all__ = ["contract_folders", "holds_contract", "moved_from"]

_KEY: Final = r'(^|[[:space:]{,"])lbgen"?[[:space:]]*:'
_PAIRS: Final = "-l10000"
"""How many files git compares with each other to find renamed ones."""


def holds_contract(files: Mapping[str, bytes]) -> bool:
    """Whether some of the files declare an API or are an event's schema, right or wrong."""
    return any(event_file(name) is not None or _declares(name, files[name]) for name in files)


def _declares(name: str, content: bytes) -> bool:
    if b"lbgen" not in content:
        return False
    documents, problems = load({name: content})
    value: Any = documents[name].value if name in documents else None
    return bool(problems) or (is_object(value) and "lbgen" in value)


def moved_from(git: Git, old: str, new: str | None, folder: Steps) -> list[Steps]:
    """The folders from which git says that the files of a folder were moved, the likeliest first.

    Args:
        git: in the repository.
        old: a commit.
        new: a later commit; `None` is the working tree.
        folder: the folder in the later one.
    """
    command = ("diff-index", old) if new is None else ("diff-tree", "-r", old, new)
    options = ("-z", "-M", _PAIRS, "--diff-filter=R", "--name-status")
    fields = git.ask(command[0], *options, *command[1:]).split(b"\0")[:-1]
    found: Counter[Steps] = Counter()
    for before, after in zip(fields[1::3], fields[2::3], strict=True):
        source, target = _steps(before), _steps(after)
        below = target[len(folder) :]
        if target[: len(folder)] == folder and _is_read(below) and len(source) >= len(below):
            found[source[: len(source) - len(below)]] += 1
    return [steps for steps, _ in found.most_common()]


def contract_folders(
    git: Git, commit: str | None, apis: Container[str] | None, names: Collection[str]
) -> list[str]:
    """The folders in a commit, or in the working tree, that seem to hold a contract.

    Args:
        git: in the top folder of the repository.
        commit: which; `None` is the working tree.
        apis: the APIs that are looked for; `None` is any.
        names: the files that are looked for, by their paths below the schema folder.
    """
    where = ("--untracked",) if commit is None else (commit,)
    answer = git.maybe("grep", "-l", "-z", "-a", "-E", "-e", _KEY, *where) or b""
    prefix = b"" if commit is None else f"{commit}:".encode()
    paths = [path.removeprefix(prefix) for path in answer.split(b"\0")]
    found = {_steps(path) for path in paths if _is_read(_steps(path))}
    found = {steps for steps in found if _has_api(_content(git, commit, steps), apis)}
    events = [_steps(os.fsencode(name)) for name in names if event_file(name) is not None]
    if commit is not None and events:
        listed = git.ask("ls-tree", "-r", "-z", "--name-only", "--full-tree", commit)
        names_only = {event[-1] for event in events}
        for steps in map(_steps, listed.split(b"\0")):
            if steps[-1] in names_only and any(steps[-len(one) :] == one for one in events):
                found.add(steps)
    below = [_steps(os.fsencode(name)) for name in names]
    roots = {_root(steps, below) for steps in found}
    kept = [one for one in roots if not any(one[: len(two)] == two for two in roots - {one})]
    return [shown_path(steps) or "." for steps in sorted(kept)]


def _root(path: Steps, below: Iterable[Steps]) -> Steps:
    """The folder below which a file would have one of the given paths; else the file's own."""
    ends = [len(one) for one in below if path[-len(one) :] == one]
    return path[: -max(ends, default=1)]


def _content(git: Git, commit: str | None, path: Steps) -> bytes:
    if commit is not None:
        return Committed(git, commit).file(path) or b""
    try:
        with open(os.path.join(git.folder, *path), "rb") as file:
            return file.read()
    except OSError:
        return b""


def _has_api(content: bytes, wanted: Container[str] | None) -> bool:
    documents, _ = load({"one.yaml": content})
    value: Any = documents["one.yaml"].value if documents else None
    api = value.get("api") if is_object(value) and "lbgen" in value else None
    return isinstance(api, str) and (wanted is None or api in wanted)


def _steps(path: bytes) -> Steps:
    return tuple(path.split(b"/"))


def _is_read(path: Steps) -> bool:
    hidden = any(name.startswith(b".") for name in path)
    return not hidden and os.fsdecode(path[-1]).endswith(ENDINGS) if path else False
