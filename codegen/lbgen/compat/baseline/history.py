"""Which commits of a repository have a contract in a folder, and where it was before."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .commit_files import Committed
from .moved import holds_contract, moved_from
from .old_version import NoBaseline

if TYPE_CHECKING:
    from .commit_files import Steps
    from .old_version import OldVersion
    from .repository import Repository

__all__ = ["ContractHistory"]


class ContractHistory:
    """The contracts in the commits of a repository. What was read once is kept.

    Args:
        repository: the repository.
    """

    def __init__(self, repository: Repository) -> None:
        self._repository = repository
        self._git = repository.git
        self._commits: dict[str, Committed] = {}

    def committed(self, commit: str) -> Committed:
        """The files of a commit."""
        if commit not in self._commits:
            self._commits[commit] = Committed(self._git, commit)
        return self._commits[commit]

    def holds(self, commit: str, folder: Steps) -> bool:
        """Whether a commit has a contract in a folder, right or wrong."""
        committed = self.committed(commit)
        if not committed.has_folder(folder):
            return False
        found = committed.folder(folder)
        return bool(found.problems) or holds_contract(found.files)

    def moved(self, old: str, new: str | None, folder: Steps) -> Steps | None:
        """The one folder from which a folder was moved, if git sees that.

        Args:
            old: a commit.
            new: a later one, or `None` for the working tree.
            folder: the folder in the later one.
        """
        moved = moved_from(self._git, old, new, folder)
        held = [steps for steps in moved if self.holds(old, steps)]
        return held[0] if len(held) == 1 else None

    def versions(self, version: OldVersion, folder: Steps, count: int) -> list[tuple[str, Steps]]:
        """The last commits that changed a contract, the newest first, each with its folder then.

        Args:
            version: where to start; it may be one of them.
            folder: where the contract is there.
            count: how many commits there may be.

        Raises:
            NoBaseline: the clone is shallow and has fewer of them than there are.
        """
        found: list[tuple[str, Steps]] = []
        start: str | None = version.commit
        while start is not None and len(found) < count:
            tracked = b"/".join(self.committed(start).tracked(folder)) or b"."
            walk = ("rev-list", "--first-parent", start)
            changed = self._git.ask(*walk, "--", tracked).decode().split()
            oldest = self._git.ask(*walk).decode().split()[-1]
            cut = oldest in self._repository.cut_off()
            if cut and oldest in changed:  # all of it seems new there
                changed.remove(oldest)
            for one in changed:
                if len(found) < count and self.holds(one, folder):
                    found.append((one, folder))
            if cut and len(found) < count:
                raise NoBaseline(
                    f"this clone is shallow and has {len(found)} of the {count} versions before "
                    f"{version} that --transitive needs; run `git fetch --unshallow`; with "
                    "actions/checkout, set `fetch-depth: 0`"
                )
            before = self._git.commit(f"{changed[-1]}^") if changed else None
            moved = before and self.moved(before, changed[-1], folder)
            start, folder = (before, moved) if moved else (None, folder)
        return found
