"""The work of `lbgen lock`."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from ..compat.allowances import file_of
from ..compat.baseline.lock import NAME, lock_text
from ..compat.contracts.new_contract import CannotCheck, NewContract
from ..report.console import say
from .check import STOPS, print_errors, say_why

if TYPE_CHECKING:
    from pathlib import Path


def lock_folder(schemas: Path, output: Path | None, *, check: bool) -> int:
    """Write the lock file of a folder, or say whether it is fresh.

    Args:
        schemas: the schema folder.
        output: the file; in the schema folder by default.
        check: whether to compare only.

    Returns:
        The exit code.
    """
    path = output or schemas / NAME
    try:
        new = NewContract(schemas)
        new.refuse_emptiness()
        if new.failed:
            print_errors(new.problems, new.analysis.sources, schemas)
            say(f"lbgen lock: {schemas} has errors; see above", stream=sys.stderr)
            return 1
        text = lock_text(new.files, new.options, file_of(schemas))
        fresh = path.is_file() and path.read_bytes() == text.encode()
        if not (fresh or check):
            if path.is_symlink():
                raise CannotCheck(f"{path} is a symbolic link; replace it with a file")
            path.write_text(text, "utf-8")
    except OSError as error:
        say_why("lock", CannotCheck(f"{path} cannot be written: {error.strerror}"))
        return 2
    except STOPS as error:
        say_why("lock", error)
        return 2
    if check:
        say(f"{path} is {'up to date' if fresh else 'out of date; run `lbgen lock`'}")
        return 0 if fresh else 1
    say(f"{path}: {'unchanged' if fresh else 'written'}")
    return 0
