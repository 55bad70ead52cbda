"""`lbgen`, and `python -m lbgen`."""

from __future__ import annotations

import os
import sys
from typing import NoReturn

__all__ = ["main"]


def main() -> NoReturn:
    """Run the command line.

    The exit code is 1 only for findings. Output that cannot be written and a defect of lbgen itself
    end with 2, as everything does that leaves no answer.
    """
    from .cli.app import app
    from .report.console import say

    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:  # closed by whoever started lbgen
            _forget(name)
    try:
        code = _run(app)
        sys.stdout.flush()
    except OSError as error:
        what = error.filename or "the output cannot be written"
        say(f"lbgen: {what}: {error.strerror}", stream=sys.stderr)
        _forget("stdout")  # else Python writes the rest once more at its end
        code = 2
    sys.exit(code)


def _run(app: object) -> int:
    """Run the application, and give its exit code."""
    import traceback

    assert callable(app)
    try:
        app()
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else int(end.code is not None)
    except OSError:
        raise
    except Exception:  # noqa: BLE001 - no defect ends without words
        traceback.print_exc()
        sys.stderr.write("lbgen: this is a bug in lbgen; please report it\n")
        return 2
    return 0


def _forget(name: str) -> None:
    """Let whatever is printed to standard output or standard error go nowhere."""
    setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115 - until the end


if __name__ == "__main__":
    main()
