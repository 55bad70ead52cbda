"""The files of one commit, byte for byte, as a checkout would lay them out.

Nothing that turns files into other files counts: no attributes, no filters. Symbolic links and
submodules are followed as they were in that commit.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

from lbgen_runtime.printable import printable

from ...source.files import link_outside, unreadable
from ...source.load import ENDINGS
from .git import Git, GitFailed
from .old_version import NoBaseline

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from ...findings.diagnostic import Diagnostic

__all__ = ["Committed", "Folder", "Steps", "shown_path"]

Steps: TypeAlias = tuple[bytes, ...]
"""A path from the top of the repository."""

_LINKS: Final = 40
"""How many links may lead from one to the next, as in Linux."""
_KINDS: Final[dict[bytes, Literal["tree", "file", "link", "module"]]] = {
    b"040000": "tree",
    b"100644": "file",
    b"100755": "file",
    b"120000": "link",
    b"160000": "module",
}
_FILTERED: Final = {
    b"version https://git-lfs.github.com/spec/": "Git LFS",
    b"\0GITCRYPT\0": "git-crypt",
}
"""How files begin that git has only in another form, and who makes the form."""


class _Leads(Exception):
    """A link that does not lead to a file below the top."""


@dataclass(frozen=True, slots=True)
class _Node:
    kind: Literal["tree", "file", "link", "module"]
    id: str
    git: Git = field(compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Folder:
    """What a commit has in a folder.

    Attributes:
        files: content of each file that is read, by its path below the folder.
        problems: what cannot be read.
    """

    files: Mapping[str, bytes]
    problems: tuple[Diagnostic, ...]


class Committed:
    """The tree of one commit.

    Args:
        git: in the top folder of the repository.
        commit: the full id of the commit.
    """

    def __init__(self, git: Git, commit: str) -> None:
        self._root = _Node("tree", commit, git)
        self._top = git.folder
        self._children: dict[_Node, dict[bytes, _Node]] = {}
        self._folders: dict[Steps, Folder] = {}

    def has_folder(self, path: Steps) -> bool:
        """Whether there is a folder."""
        found = self._found(path)
        return found is not None and found[1].kind in ("tree", "module")

    def tracked(self, path: Steps) -> Steps:
        """Where the repository itself has a folder: links followed, a submodule as a whole."""
        found = self._found(path)
        real = path if found is None else found[0]
        node = self._root
        for length, step in enumerate(real):
            if node.kind == "module":
                return real[:length]
            node = self._entries(node, real[:length]).get(step, node)
        return real

    def file(self, path: Steps) -> bytes | None:
        """The content of a file; `None` if there is none."""
        found = self._found(path)
        if found is None or found[1].kind != "file":
            return None
        node = found[1]
        return node.git.blobs([node.id])[node.id]

    def folder(self, path: Steps) -> Folder:
        """The YAML and JSON files in a folder.

        Args:
            path: of a folder that is there.

        Raises:
            NoBaseline: git cannot read them.
        """
        if path not in self._folders:
            self._folders[path] = self._folder(path)
        return self._folders[path]

    def _folder(self, path: Steps) -> Folder:
        found = self._found(path)
        assert found is not None
        real, start = found
        nodes: dict[str, _Node] = {}
        problems: list[Diagnostic] = []
        for below, node in self._below(start, real, ()):
            name = shown_path(below)
            if node.kind == "file":
                nodes[name] = node
                continue
            try:
                target, node = self._follow((*real, *below))
            except _Leads:
                problems.append(unreadable(name, "the target of the link does not exist"))
                continue
            if target[: len(real)] != real:
                problems.append(link_outside(name))
            elif node.kind == "file":
                nodes[name] = node
        return Folder(files=self._read(nodes), problems=tuple(problems))

    def _read(self, nodes: Mapping[str, _Node]) -> dict[str, bytes]:
        by_git: dict[Git, list[str]] = {}
        for node in nodes.values():
            by_git.setdefault(node.git, []).append(node.id)
        contents = {git: git.blobs(ids) for git, ids in by_git.items()}
        files = {name: contents[node.git][node.id] for name, node in nodes.items()}
        for name, content in files.items():
            for start, who in _FILTERED.items():
                if content.startswith(start):
                    raise NoBaseline(
                        f"git has {printable(name)} only in the form that {who} writes; compare "
                        "with a folder or a lock file"
                    )
        return files

    def _below(self, start: _Node, at: Steps, below: Steps) -> Iterator[tuple[Steps, _Node]]:
        """Files and links below a folder that a schema folder's files may be."""
        for path, node in self._listed(start, (*at, *below), recursive=True):
            if any(name.startswith(b".") for name in path):
                continue
            if node.kind == "module":
                yield from self._below(node, at, (*below, *path))
            elif path[-1].endswith(tuple(ending.encode() for ending in ENDINGS)):
                yield (*below, *path), node

    def _found(self, path: Steps) -> tuple[Steps, _Node] | None:
        try:
            return self._follow(path)
        except _Leads:
            return None

    def _follow(self, path: Steps) -> tuple[Steps, _Node]:
        """Where a path leads, all links followed, and what is there."""
        pending = list(reversed(path))
        at: Steps = ()
        nodes = [self._root]
        links = 0
        while pending:
            step = pending.pop()
            if step in (b"", b"."):
                continue
            if step == b"..":
                if not at:
                    raise _Leads
                at = at[:-1]
                nodes.pop()
                continue
            node = self._entries(nodes[-1], at).get(step)
            if node is None:
                raise _Leads
            if node.kind != "link":
                at = (*at, step)
                nodes.append(node)
                continue
            links += 1
            target = node.git.blobs([node.id])[node.id]
            if links > _LINKS or target.startswith(b"/"):
                raise _Leads
            pending += reversed(target.split(b"/"))
        return at, nodes[-1]

    def _entries(self, node: _Node, at: Steps) -> dict[bytes, _Node]:
        if node not in self._children:
            found = {} if node.kind == "file" else dict(self._one_level(node, at))
            self._children[node] = found
        return self._children[node]

    def _one_level(self, node: _Node, at: Steps) -> Iterator[tuple[bytes, _Node]]:
        for path, child in self._listed(node, at, recursive=False):
            yield path[0], child

    def _listed(self, node: _Node, at: Steps, *, recursive: bool) -> Iterator[tuple[Steps, _Node]]:
        git = node.git if node.kind != "module" else self._submodule(at, node.id)
        more = ("-r",) if recursive else ()
        for line in git.ask("ls-tree", "-z", "--full-tree", *more, node.id).split(b"\0"):
            head, _, path = line.partition(b"\t")
            mode, _, rest = head.partition(b" ")
            if path:
                oid = rest.split()[1].decode()
                yield tuple(path.split(b"/")), _Node(_KINDS.get(mode, "file"), oid, git)

    def _submodule(self, at: Steps, commit: str) -> Git:
        """Git in a submodule that has a commit."""
        where = os.path.join(self._top, *at)
        git, name = Git(where), printable(shown_path(at))
        try:
            top = git.ask("rev-parse", "--show-toplevel").removesuffix(b"\n")
        except GitFailed:
            top = b""
        if top != os.path.realpath(where):
            raise NoBaseline(
                f"the submodule {name} is not checked out: run `git submodule update --init {name}`"
            )
        if git.commit(commit) is None:
            raise NoBaseline(
                f"the submodule {name} does not have the commit {commit[:12]} that was pinned "
                f"then: run `git -C {name} fetch origin {commit}`"
            )
        return git


def shown_path(path: Steps) -> str:
    """A path as text; bytes that are not UTF-8 are kept as file names in Python are."""
    return os.fsdecode(b"/".join(path))
