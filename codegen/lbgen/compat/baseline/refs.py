"""Which commit a user means by a git ref.

A name that two refs have is refused, whichever git would take. For a branch, the old version is
where the branch that is checked out began; for everything else, and with `--against-tip`, it is the
commit that the name stands for.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from lbgen_runtime.printable import printable

from ...findings.suggestions import did_you_mean
from .old_version import NoBaseline

if TYPE_CHECKING:
    from .git import Git

__all__ = ["Commit", "NoCommitYet", "NoSuchRef", "commit_of", "split_path"]

_BEGAN: Final = "the merge base with this branch"
_CHECKED_OUT: Final = "the current commit"
_FIRST: Final = re.compile(r"@|[A-Z_]*HEAD|[0-9a-f]{40}|[0-9a-f]{64}")
"""What git takes for a commit before it looks for a branch or a tag."""
_NOT_FETCHED: Final = re.compile(r"@|[A-Z_]*HEAD|[0-9a-f]{7,64}")
"""What a remote most likely has under no name of its own."""
_OF_A_BRANCH: Final = re.compile(r".*@\{(u|upstream|push|-\d+)\}", re.DOTALL)
_REMOTE: Final = "refs/remotes/origin/"


class NoSuchRef(NoBaseline):
    """No ref has the name."""


class NoCommitYet(NoBaseline):
    """The repository has no commit."""


@dataclass(frozen=True, slots=True)
class Commit:
    """A commit, and how it was found.

    Attributes:
        id: the full id.
        how: what it is to the name, in words; empty where it is the commit of that name.
    """

    id: str
    how: str


def split_path(text: str) -> tuple[str, str | None]:
    """A ref and the path behind its colon, as git writes them: `main:schemas`.

    Args:
        text: what the user wrote. A colon in braces belongs to the ref, and so does one at the
            beginning: `HEAD^{/fix: x}`, `:/fix`.
    """
    depth = 0
    for index, char in enumerate(text):
        depth += (char == "{") - (char == "}")
        if char == ":" and depth <= 0:
            return (text, None) if index == 0 else (text[:index], text[index + 1 :])
    return text, None


def commit_of(git: Git, name: str, *, tip: bool) -> Commit:
    """The commit that a name stands for as an old version.

    Args:
        git: in the repository.
        name: a ref, or any expression for a commit.
        tip: whether of a branch the newest commit is meant, not where this one began.

    Raises:
        NoBaseline: there is none, or more than one may be meant.
    """
    if name.startswith("-"):
        raise NoBaseline(f"{printable(name)} is not a git ref: a ref cannot start with '-'")
    one, dots, two = name.partition("...")
    if dots:
        first, second = (_resolved(git, each or "HEAD")[0] for each in (one, two))
        return Commit(_merge_base(git, name, first, second), "the merge base of the two")
    commit, is_branch = _resolved(git, name)
    if not is_branch:
        return Commit(commit, "")
    if tip:
        return Commit(commit, "its tip")
    head = git.commit("HEAD")
    if head is None:
        raise _no_commit_yet()
    base = _merge_base(git, name, commit, head)
    return Commit(base, _CHECKED_OUT if commit == head else _BEGAN)


def _resolved(git: Git, name: str) -> tuple[str, bool]:
    """The commit of an expression, and whether it names a branch."""
    refs = _refs(git, name)
    if len(refs) > 1:
        raise NoBaseline(
            f"{printable(name)} is ambiguous; write one of: {', '.join(map(printable, refs))}"
        )
    for one in (*refs, name, *([] if refs else [f"{_REMOTE}{name}"])):
        commit = git.commit(one)
        if commit is not None:
            named = one if one in refs or one.startswith("refs/") else ""
            branch = named.startswith(("refs/heads/", "refs/remotes/"))
            plain = _is_name(git, one)
            return commit, (branch and plain) or _OF_A_BRANCH.fullmatch(one) is not None
    raise _missing(git, name)


def _is_name(git: Git, text: str) -> bool:
    """Whether a text can be the name of a branch or a tag."""
    return git.maybe("check-ref-format", "--allow-onelevel", text) is not None


def _refs(git: Git, name: str) -> list[str]:
    """The refs that a short name may stand for, as git looks for them."""
    if not _is_name(git, name) or name.startswith("refs/") or _FIRST.fullmatch(name):
        return []
    wanted = [f"refs/{name}", f"refs/tags/{name}", f"refs/heads/{name}", f"refs/remotes/{name}"]
    listed = git.ask("for-each-ref", "--format=%(refname)", *wanted, f"refs/remotes/{name}/HEAD")
    known = listed.decode("utf-8", "surrogateescape").splitlines()
    return [one for one in (*wanted, f"refs/remotes/{name}/HEAD") if one in known]


def _merge_base(git: Git, name: str, one: str, two: str) -> str:
    found = git.maybe("merge-base", one, two)
    if found is not None:
        return found.decode().split("\n")[0]
    told = printable(name)
    if git.is_shallow():
        raise NoBaseline(
            "this clone is shallow and does not contain the merge base of this branch and "
            f"{told}. {_advice(git, name)} Or compare with its newest commit: `--against-tip "
            f"{told}`"
        )
    raise NoBaseline(
        f"this branch and {told} have no common commit; to compare with the newest commit of "
        f"{told}, use `--against-tip {told}`"
    )


def _missing(git: Git, name: str) -> NoBaseline:
    """Why a name stands for no commit."""
    told = printable(name)
    if git.commit("HEAD") is None:
        return _no_commit_yet()
    for kind in ("tree", "blob"):
        if git.object(name, kind) is not None:
            return NoBaseline(
                f"{told} is not a commit; to compare with a folder in a commit, use "
                "`--against REF:FOLDER`"
            )
    if ".." in name:
        return NoBaseline(f"{told} is a range; name one commit")
    if git.is_shallow():
        return NoSuchRef(
            f"the git ref {told} does not exist, and this clone is shallow. If the remote has "
            f"it: {_advice(git, name)}"
        )
    listed = git.ask("for-each-ref", "--format=%(refname:short)").decode("utf-8", "replace")
    meant = did_you_mean(name, listed.splitlines())
    hint = f"; did you mean {printable(meant)}?" if meant else ""
    return NoSuchRef(f"the git ref {told} does not exist{hint}")


def _no_commit_yet() -> NoBaseline:
    return NoCommitYet("this repository has no commit yet, so there is nothing to compare with")


def _advice(git: Git, name: str) -> str:
    """How to get what a shallow clone does not have."""
    return (
        f"Fetch it first: `{_fetch(git, name)}`; with actions/checkout, set `fetch-depth: 0`; on "
        'GitLab, set `GIT_DEPTH: "0"`.'
    )


def _fetch(git: Git, name: str) -> str:
    """The command that fetches a branch or a tag with its history, or all of it."""
    plain = name.removeprefix("origin/")
    if not _is_name(git, f"refs/heads/{plain}") or _NOT_FETCHED.fullmatch(plain):
        return "git fetch --unshallow"
    here = plain if plain == name else f"{_REMOTE}{plain}"
    if git.commit(name) is not None:
        return f"git fetch --unshallow origin {plain}"
    return f"git fetch --unshallow origin {plain}:{here}"
