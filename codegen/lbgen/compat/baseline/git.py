"""Git, asked about what it has committed, whatever the environment and its settings say."""

from __future__ import annotations

import os
import subprocess
from typing import TYPE_CHECKING, Final

from lbgen_runtime.printable import printable

from .old_version import NoBaseline

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["Git", "GitFailed"]

_ELSEWHERE: Final = frozenset(
    {
        "GIT_ALTERNATE_OBJECT_DIRECTORIES",
        "GIT_CEILING_DIRECTORIES",
        "GIT_COMMON_DIR",
        "GIT_CONFIG",
        "GIT_DIR",
        "GIT_GLOB_PATHSPECS",
        "GIT_GRAFT_FILE",
        "GIT_ICASE_PATHSPECS",
        "GIT_IMPLICIT_WORK_TREE",
        "GIT_INDEX_FILE",
        "GIT_INTERNAL_SUPER_PREFIX",
        "GIT_NAMESPACE",
        "GIT_NOGLOB_PATHSPECS",
        "GIT_OBJECT_DIRECTORY",
        "GIT_PREFIX",
        "GIT_REPLACE_REF_BASE",
        "GIT_SHALLOW_FILE",
        "GIT_WORK_TREE",
    }
)
"""Variables that lead git to another repository than that of the folder. Hooks have some set."""

_OURS: Final = {
    "GIT_LITERAL_PATHSPECS": "1",
    "GIT_NO_REPLACE_OBJECTS": "1",  # the commit as it was made
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_TERMINAL_PROMPT": "0",
    "LANGUAGE": "",
    "LC_ALL": "C",
}
_LONGEST: Final = 500
_AMBIGUOUS: Final = "is ambiguous"


class GitFailed(NoBaseline):
    """Git could not answer.

    Attributes:
        said: what it said.
    """

    def __init__(self, said: str) -> None:
        super().__init__(f"git cannot read it: {said}")
        self.said = said


class Git:
    """Runs git in a folder.

    Args:
        folder: where.
    """

    def __init__(self, folder: bytes) -> None:
        self.folder = folder

    def ask(self, *arguments: str | bytes, stdin: bytes = b"") -> bytes:
        """What git answers.

        Raises:
            GitFailed: it does not answer.
        """
        done = self._run(arguments, stdin)
        if done.returncode:
            raise GitFailed(_said(done.stderr))
        return done.stdout

    def maybe(self, *arguments: str | bytes) -> bytes | None:
        """What git answers, without the line's end; `None` where it says no.

        Raises:
            GitFailed: it does not answer, or what is asked about has two meanings.
        """
        done = self._run(arguments, b"")
        if done.returncode > 1 or _AMBIGUOUS.encode() in done.stderr:
            raise GitFailed(_said(done.stderr))
        return done.stdout.removesuffix(b"\n") if done.returncode == 0 else None

    def commit(self, expression: str) -> str | None:
        """The id of the commit that an expression names.

        Raises:
            GitFailed: git fails.
        """
        return self.object(expression, "commit")

    def object(self, expression: str, kind: str) -> str | None:
        """The id of the object that an expression names, if it is one of a kind."""
        # Peeled in a step of its own: in `:/text^{commit}` the braces would be part of the text.
        found = self.maybe("rev-parse", "--verify", "--quiet", expression)
        if found is None:
            return None
        peeled = self.maybe("rev-parse", "--verify", "--quiet", f"{found.decode()}^{{{kind}}}")
        return None if peeled is None else peeled.decode()

    def is_shallow(self) -> bool:
        """Whether the history is cut off."""
        return self.ask("rev-parse", "--is-shallow-repository").strip() == b"true"

    def blobs(self, ids: Iterable[str]) -> dict[str, bytes]:
        """The content of files as it was committed, by id.

        Raises:
            GitFailed: one cannot be read.
        """
        wanted = list(dict.fromkeys(ids))
        if not wanted:
            return {}
        answer = memoryview(
            self.ask("cat-file", "--batch", stdin="".join(f"{one}\n" for one in wanted).encode())
        )
        found: dict[str, bytes] = {}
        at = 0
        for one in wanted:
            end = at + bytes(answer[at : at + 200]).index(b"\n")
            head = bytes(answer[at:end]).split()
            if len(head) != 3:
                raise GitFailed(f"the object {one} is missing")
            size = int(head[2])
            found[one] = bytes(answer[end + 1 : end + 1 + size])
            at = end + size + 2
        return found

    def _run(
        self, arguments: tuple[str | bytes, ...], stdin: bytes
    ) -> subprocess.CompletedProcess[bytes]:
        kept = {name: text for name, text in os.environ.items() if name not in _ELSEWHERE}
        given = ("git", "-c", "core.warnAmbiguousRefs=true", "-C", self.folder, *arguments)
        command = [os.fsdecode(argument) for argument in given]
        try:
            return subprocess.run(
                command, input=stdin, capture_output=True, check=False, env={**kept, **_OURS}
            )
        except OSError as error:
            raise GitFailed(f"cannot run git ({error.strerror}); install it") from None
        except ValueError:
            raise GitFailed("a name contains a null character") from None


def _said(stderr: bytes) -> str:
    """What git complains about, in one line."""
    lines = [line.strip() for line in stderr.decode("utf-8", "backslashreplace").splitlines()]
    starts = [index for index, line in enumerate(lines) if line.startswith(("fatal: ", "error: "))]
    told = lines[starts[0] :] if starts else lines
    text = " ".join(line.removeprefix("fatal: ").removeprefix("error: ") for line in told if line)
    return printable(text or "git failed without a message", _LONGEST)
