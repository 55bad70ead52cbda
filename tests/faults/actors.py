"""The entry of the fault tests' processes: one fires or listens, and keeps a journal."""

from __future__ import annotations

import ctypes
import json
import signal
import sys
from pathlib import Path

if sys.platform == "linux":
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)  # end when the test does

from tests.faults import planted
from tests.faults.consumer import consume
from tests.faults.journal import Journal
from tests.faults.producer import produce


def main() -> None:
    """`actors.py ROLE JOURNAL OPTIONS`."""
    role, path, options = sys.argv[1], Path(sys.argv[2]), json.loads(sys.argv[3])
    planted.plant(options.get("plant", ""))
    if seconds := options.get("switch_interval"):
        sys.setswitchinterval(seconds)  # threads meet each other more often
    {"produce": produce, "consume": consume}[role](Journal(path), options)


if __name__ == "__main__":
    main()
