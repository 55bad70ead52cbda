"""Texts that run, hide or break something where words of a contract are more than words."""

from __future__ import annotations

from typing import Final

__all__ = ["HOSTILE_TEXTS", "MARK_FILE"]

MARK_FILE: Final = "owned"
"""The file that a text makes, in the working directory, if it is ever run."""

_RUN: Final = f'open("{MARK_FILE}", "w").close()'
_UTF_7: Final = (
    "+AAoAIgAiACIACg-"  # line feed, three double quotes, line feed
    + _RUN.replace('"', "+ACI-").replace("(", "+ACg-").replace(")", "+ACk-")
    + "+AAoAIgAiACIACg-"
)

HOSTILE_TEXTS: Final = (
    # Ends of literals, docstrings and comments.
    '"',
    "'",
    '"""',
    "'''",
    "\\",
    'x"',
    'x\\"',
    '\\"""',
    f'"""\n{_RUN}\n"""',
    f"'''\n{_RUN}\n'''",
    f'"\n{_RUN}\n"',
    f'\\"""\n{_RUN}\n"""',
    f'"); {_RUN}; ("',
    f"'); {_RUN}; ('",
    f"\\\n{_RUN}",
    *(f"x{end}{_RUN}{end}" for end in ("\n", "\r", "\r\n", "\f", "\v", "\x85", "\u2028", "\u2029")),
    # How Python reads a file.
    " coding=utf-7 ",
    f"coding: utf-7 {_UTF_7}",
    f"# -*- coding: utf-7 -*-{_UTF_7}",
    "vim: set fileencoding=utf-16 :",
    f" coding=raw_unicode_escape \\u000a{_RUN}\\u000a",
    f" coding=unicode_escape \\n{_RUN}\\n",
    "\ufeff",
    "\x00",
    f"\x00\n{_RUN}",
    # What hides or reorders text.
    "\u202e\u2066x\u2069\u202c",
    "\u200b\u200d",
    "\x1b[2J\x1b]0;x\x07",
    "\U000e0041\U000e007f",
    "\ud800",
    # Settings of tools.
    f"# type: ignore\n{_RUN}",
    "# noqa",
    "# fmt: off",
    "# ruff: noqa",
    "# mypy: ignore-errors",
    "# pyright: basic",
    "# isort: skip_file",
    "# pragma: no cover",
    "# lbgen:generated\n",
    # Templates and formats.
    "{{ 7 * 7 }}{% raw %}{# x #}",
    "{0}{x!r}{__import__('os')}",
    f"{{{_RUN}}}",
    "%s%(x)s%n",
    "\\N{DIGIT ONE}\\x41\\u0041\\101",
    # Names.
    "class",
    "None",
    "self",
    "__init__",
    "__class__",
    "__getattr__",
    "__lbgen_codecs__",
    "__lbgen_schema__",
    "__dict__",
    "_bus",
    "é",
    "ﬁ",
    "名",
    "𝐱",
    "",
    " ",
    "../../x",
    "/etc/passwd",
    "a" * 20_000,
    '"' * 5_000,
)
"""One of each kind."""
