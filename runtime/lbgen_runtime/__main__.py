"""`python -m lbgen_runtime services.shop:bus`: a service's listeners, without the compiler."""

from __future__ import annotations

import argparse
import io
import sys

from .service import EXIT_CODES, LOG_LEVELS, run_service
from .version import __version__

__all__ = ["main"]

_COMMAND = "python -m lbgen_runtime"


def main() -> int:
    """Run the service that the command line names.

    Returns:
        The exit code, as `EXIT_CODES` says.
    """
    parser = argparse.ArgumentParser(
        prog=_COMMAND,
        description="Run all listeners of a bus until SIGTERM or SIGINT.",
        epilog=EXIT_CODES,
        allow_abbrev=False,
    )
    parser.add_argument("target", metavar="MODULE:BUS", help="bus, such as services.shop:bus")
    parser.add_argument(
        "--log-level",
        choices=LOG_LEVELS,
        default="info",
        help="lowest level of log lines to show; debug logs every event (default: info)",
    )
    parser.add_argument("--version", action="version", version=f"lbgen-runtime {__version__}")
    options = parser.parse_args()
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # what the encoding does not have
    return run_service(options.target, log_level=options.log_level, command=_COMMAND)


if __name__ == "__main__":
    sys.exit(main())
