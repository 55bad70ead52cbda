"""Run the README's service in an environment that has `lbgen-runtime`, and nothing else of lbgen.

`python tests/runtime_only.py`, from anywhere, with the Python of that environment; it needs a
`redis-server` on the PATH. CI runs it. A worker runs as `python -m lbgen_runtime`, another process
fires, each listener gets the event, and SIGTERM ends the worker with 0.
"""

from __future__ import annotations

import importlib.util
import os
import queue
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[1]
COMPILER_ONLY = ("lbgen", "typer", "jinja2", "jsonschema", "yaml", "rich", "click")
SECONDS = 30


@contextmanager
def running(
    *command: str, folder: Path, **environment: str
) -> Iterator[tuple[subprocess.Popen[str], queue.Queue[str]]]:
    """A process and the lines that it prints; killed when the block is left."""
    process = subprocess.Popen(
        command, cwd=folder, env={**os.environ, "PYTHONUNBUFFERED": "1", **environment}, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip
    assert process.stdout is not None
    lines: queue.Queue[str] = queue.Queue()
    reader = threading.Thread(target=lambda: [lines.put(line) for line in process.stdout or ()])
    reader.start()
    try:
        yield process, lines
    finally:
        process.kill()
        process.wait()
        reader.join()


def wait_for_line(lines: queue.Queue[str], *parts: str) -> str:
    """The next line that has all parts."""
    deadline = time.monotonic() + SECONDS
    while True:
        line = lines.get(timeout=max(deadline - time.monotonic(), 0.001))
        print(line, end="")
        if all(part in line for part in parts):
            return line


def main() -> None:
    """Fire and listen."""
    found = [name for name in COMPILER_ONLY if importlib.util.find_spec(name) is not None]
    assert not found, f"this environment has more than the runtime: {found}"
    with ExitStack() as stack:
        project = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="lbgen-runtime-")))
        for name in ("generated", "services"):
            shutil.copytree(ROOT / name, project / name)
        socket = project / "redis.sock"
        server = ("redis-server", "--port", "0", "--save", "", "--unixsocket", str(socket))
        _, logged = stack.enter_context(running(*server, folder=project))
        wait_for_line(logged, "eady to accept connections")
        environment = {"LBGEN_REDIS_URL": f"unix://{socket}"}
        target = ("-m", "lbgen_runtime", "services.price_monitor:bus", "--log-level=warning")
        worker, lines = stack.enter_context(
            running(sys.executable, *target, folder=project, **environment)
        )
        wait_for_line(lines, "listener=send_price_alerts")
        wait_for_line(lines, "listener=update_db")
        crawler, fired = stack.enter_context(
            running(sys.executable, "-m", "services.crawler", folder=project, **environment)
        )
        event_id = wait_for_line(fired, "fired").split()[1]
        assert crawler.wait(SECONDS) == 0
        got = sorted((lines.get(timeout=SECONDS), lines.get(timeout=SECONDS)))
        assert got == ["alert: A-1 19.90 EUR\n", f"row: A-1 {event_id}\n"], got
        worker.terminate()
        assert worker.wait(SECONDS) == 0
    print("fired and listened with lbgen-runtime alone")


if __name__ == "__main__":
    main()
