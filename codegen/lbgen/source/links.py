"""Symbolic links where files are written.

Whoever changes a repository can put a link into it that leads out of it: nothing is written through
one.
"""

from __future__ import annotations

import os
from pathlib import Path

__all__ = ["link_on_the_way"]


def link_on_the_way(path: Path) -> Path | None:
    """The first symbolic link on the way from the working directory to a path, or the path itself.

    Of a path outside of the working directory only what it names itself counts: how a machine's
    folders are linked is not for lbgen to judge.

    Args:
        path: of a file or a folder, which need not be there.

    Returns:
        The link, as it is written in the path; `None` if there is none.
    """
    below = os.path.relpath(os.path.abspath(path))
    if os.path.isabs(below) or below.split(os.sep)[0] == os.pardir:
        return path if path.is_symlink() else None
    way = Path()
    for step in Path(below).parts:
        way /= step
        if way.is_symlink():
            return way
    return None
