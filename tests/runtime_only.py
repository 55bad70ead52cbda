"""Run the README's service in an environment that has `lbgen-runtime`, and nothing else of lbgen.

`python tests/runtime_only.py`, from anywhere, with the Python of that environment; it needs a
`redis-server` on the PATH. CI runs it. A worker runs as `python -m lbgen_runtime`, another process
fires, each listener gets the event, and SIGTERM ends the worker with 0.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import sys
import tempfile
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
    *command: str, folder: Path, output: str, **environment: str
) -> Iterator[subprocess.Popen[str]]:
    """A process whose output goes to a file; killed when the block is left."""
    with (folder / output).open("w") as log:
        process = subprocess.Popen(
            command, cwd=folder, env={**os.environ, "PYTHONUNBUFFERED": "1", **environment},
            text=True, stdout=log, stderr=subprocess.STDOUT,
        )  # fmt: skip
        try:
            yield process
        finally:
            process.kill()
            process.wait()


def wait_for(path: Path, *texts: str) -> str:
    """What a file says, once it has all texts."""
    deadline = time.monotonic() + SECONDS
    while not all(text in (said := path.read_text()) for text in texts):
        assert time.monotonic() < deadline, f"{path.name} does not say {texts}:\n{said}"
        time.sleep(0.01)
    return said


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
        stack.enter_context(running(*server, folder=project, output="server.txt"))
        wait_for(project / "server.txt", "eady to accept connections")
        environment = {"LBGEN_REDIS_URL": f"unix://{socket}"}
        target = ("-m", "lbgen_runtime", "services.price_monitor:bus")
        worker = stack.enter_context(
            running(sys.executable, *target, folder=project, output="worker.txt", **environment)
        )
        wait_for(project / "worker.txt", "listener=send_price_alerts", "listener=update_db")
        crawler = (sys.executable, "-m", "services.crawler")
        fired = subprocess.run(
            crawler, cwd=project, env={**os.environ, **environment}, check=True, text=True,
            stdout=subprocess.PIPE, timeout=SECONDS,
        )  # fmt: skip
        event_id = fired.stdout.split()[1]
        said = wait_for(project / "worker.txt", "alert: A-1 19.90 EUR", f"row: A-1 {event_id}")
        worker.terminate()
        assert worker.wait(SECONDS) == 0
        print(said)
    print("fired and listened with lbgen-runtime alone")


if __name__ == "__main__":
    main()
