"""Tests of delivery share the proxy of the fault tests."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.append(str(Path(__file__).parents[1] / "faults"))
