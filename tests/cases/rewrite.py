"""Rewrite what the case folders expect: `python tests/cases/rewrite.py [NAME ...]`.

Read the diff before you commit it.
"""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from case_folders import case_names, rewrite  # noqa: E402

for name in sys.argv[1:] or case_names():
    rewrite(name)
