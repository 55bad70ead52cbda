"""Rewrite what the case folders expect: `python -m tests.cases.rewrite [NAME ...]`.

Read the diff before you commit it.
"""

from __future__ import annotations

import sys

from tests.support.case_folders import case_names, rewrite

for name in sys.argv[1:] or case_names():
    rewrite(name)
