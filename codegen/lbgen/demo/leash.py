"""Ties a process to the one that started it: when standard input ends, the process ends.

The pipe ends however its other side ends, also by SIGKILL.
"""

from __future__ import annotations

import os
import runpy
import signal
import sys
from threading import Thread

__all__ = ["main", "tie"]


def tie() -> None:
    """Have this process end by SIGTERM when its standard input ends."""

    def wait() -> None:
        while os.read(0, 4096):
            pass
        os.kill(os.getpid(), signal.SIGTERM)

    Thread(target=wait, name="leash", daemon=True).start()


def main() -> None:
    """Run a module as a program, tied: `python -m lbgen.demo.leash MODULE ARGUMENT ...`."""
    tie()
    sys.argv = sys.argv[1:]
    runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()
