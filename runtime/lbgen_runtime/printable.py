"""Text from outside, made fit for a terminal, a log line or a CI annotation.

Event ids, names of groups, streams and processes, replies of a server, names of files and texts of
contracts are all written by somebody else. Printed as they are, they could forge log lines, move
the cursor, or fill a disk.
"""

from __future__ import annotations

from typing import Final

__all__ = ["printable"]

LONGEST: Final = 200
"""Characters of a text from outside that are shown by default."""


def printable(text: str | bytes, longest: int = LONGEST) -> str:
    r"""Escape what is not printable, and cut what is long.

    Control characters (line breaks and ESC among them), format characters that reorder or hide
    text, unpaired surrogates and bytes that are not UTF-8 become Python escapes.

    Args:
        text: what somebody else has written.
        longest: how many characters of the result to keep; what is cut is replaced by `…`.

    Example:
        >>> printable("a\x1b[31m\nb")
        'a\\x1b[31m\\nb'
    """
    # What is cut is never escaped: a text of megabytes costs no more than a short one.
    if isinstance(text, bytes):
        text = text[: 4 * longest + 4].decode(errors="backslashreplace")
    head = text[: longest + 1]
    if not head.isprintable():
        head = "".join(
            char if char.isprintable() else char.encode("unicode_escape").decode() for char in head
        )
    return head if len(head) <= longest else head[: max(longest - 1, 0)] + "…"
