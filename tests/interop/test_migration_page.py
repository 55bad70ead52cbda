"""`docs/howto/migrate-from-lightbus.md`: every step, in order, as a reader would do it."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from redis.exceptions import ResponseError

from tests.interop.real_lightbus import VERSIONS
from tests.support.servers import wait_for

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.interop.real_lightbus import Lightbus
    from tests.support.servers import Server

PAGE = Path(__file__).parents[2] / "docs" / "howto" / "migrate-from-lightbus.md"
BLOCK = re.compile(r"^```(\w+)([^\n]*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
GROUP = ("shop.orders.*:stream", "billing-update_db")


def blocks() -> Iterator[tuple[str, dict[str, str], str]]:
    """Every block of the page: its language, what stands behind it, its text."""
    for language, rest, text in BLOCK.findall(PAGE.read_text("utf-8")):
        yield language, dict(re.findall(r'(\w+)="([^"]*)"', rest)), text


class Reader:
    """Somebody who does what the page says, in a folder of their own."""

    def __init__(self, folder: Path, lightbus: Lightbus, server: Server) -> None:
        self.folder = folder
        self.server = server
        self.started: dict[str, subprocess.Popen[bytes]] = {}
        path = [str(Path(sys.executable).parent), os.environ["PATH"]]
        self.environment = {
            **{k: v for k, v in os.environ.items() if not k.startswith("PYTHON")},
            "LBGEN_REDIS_URL": server.url,
            "HOME": str(folder),
            "PATH": os.pathsep.join(path),
            "PYTHONUNBUFFERED": "1",
        }
        # Lightbus lives in an environment of its own: its commands run with its own Python.
        self.theirs = {
            **self.environment,
            "PATH": os.pathsep.join([str(lightbus.commands), *path]),
        }
        self.log = (folder / "log").open("ab")

    def does(self, kind: dict[str, str], text: str) -> None:
        command = text.strip()
        theirs = "lightbus run" in command or "lightbus dump" in command
        theirs = theirs or "lightbus inspect" in command or "LIGHTBUS_CONFIG" in command
        environment = self.theirs if theirs else self.environment
        if "starts" in kind:
            self.started[kind["starts"]] = subprocess.Popen(
                ["sh", "-c", _exec(command)],
                cwd=self.folder,
                env=environment,
                stdout=self.log,
                stderr=self.log,
            )
            wait_for(self.listens, seconds=60, what=f"{command} listens")
        elif "stops" in kind:
            process = self.started.pop(kind["stops"])
            process.send_signal(signal.SIGTERM)
            assert process.wait(60) == 0, self.output()
        else:
            done = subprocess.run(
                ["bash", "-c", command],
                cwd=self.folder,
                env=environment,
                capture_output=True,
                text=True,
                timeout=120,
                check=False,
            )
            assert done.returncode == 0, f"{command}: {done.stdout}{done.stderr}"
            assert kind.get("shows", "") in done.stdout, done.stdout
        if "invoices" in kind:
            wait_for(
                lambda: self.invoices()[-1:] == [kind["invoices"]],
                seconds=60,
                what=kind["invoices"],
            )

    def listens(self) -> bool:
        """Whether the process that was started last is there."""
        [process] = self.started.values()
        assert process.poll() is None, self.output()
        connected = "lbgen:billing" if b"lbgen run" in _command(process) else None
        clients = self.server.client.client_list()
        if connected is not None:
            return any(each["name"].startswith(connected) for each in clients)
        try:
            consumers: list[Any] = self.server.client.xinfo_consumers(*GROUP)
        except ResponseError:  # there is no stream or group yet
            return False
        return bool(consumers) and any("xreadgroup" in each["cmd"] for each in clients)

    def invoices(self) -> list[str]:
        path = self.folder / "invoices.txt"
        return path.read_text().splitlines() if path.exists() else []

    def output(self) -> str:
        return (self.folder / "log").read_text()[-3000:]

    def leaves(self) -> None:
        for process in self.started.values():
            process.kill()
            process.wait()
        self.log.close()


def _exec(command: str) -> str:
    """The command with `exec` before the program, so that signals reach it."""
    return re.sub(r"^((?:\w+=\S+ )*)", r"\1exec ", command)


def _command(process: subprocess.Popen[bytes]) -> bytes:
    return str(process.args).encode()


def test_every_step_of_the_page_works(lightbus: Lightbus, server: Server, tmp_path: Path) -> None:
    reader = Reader(tmp_path, lightbus, server)
    for folder in ("shop", "billing", "services"):
        (tmp_path / folder).mkdir()
    try:
        for language, kind, text in blocks():
            if "title" in kind:
                path = tmp_path / kind["title"]
                path.write_text(text.replace("redis://localhost:6379/0", server.url), "utf-8")
            elif language == "sh":
                reader.does(kind, text)
        assert [line.split()[0] for line in reader.invoices()] == ["1", "2", "3"]
        assert "lightbus=" not in (tmp_path / "generated" / "shop_orders.py").read_text()
        groups = server.client.xinfo_groups(GROUP[0])
        assert [(each["name"].decode(), each["pending"]) for each in groups] == [(GROUP[1], 0)]
    finally:
        reader.leaves()


def test_the_page_names_every_setting_and_command(lightbus: Lightbus, server: Server) -> None:
    text = PAGE.read_text("utf-8")
    settings = text[text.index("## Settings") :]
    with lightbus.on(server) as service:
        schema = json.loads(service.run("dumpconfigschema"))
        usage = service.run("--help")
        run = service.run("run", "--help")
    named: set[str] = set()

    def walk(value: Any) -> None:
        if isinstance(value, dict):
            for name, each in value.get("properties", {}).items():
                named.add(name)
                if name not in ("rpc_transport", "result_transport", "transport", "plugins"):
                    walk(each)
            for keyword in ("anyOf", "additionalProperties"):
                walk(value.get(keyword))
        elif isinstance(value, list):
            for each in value:
                walk(each)

    walk(schema)
    missing = {each for each in named - {"apis", "bus", "redis"} if each not in settings}
    assert not missing
    commands = re.search(r"\{([a-z,]+)\}", usage)
    assert commands
    assert all(f"lightbus {each}" in settings for each in commands[1].split(","))
    options = set(re.findall(r"--[a-z-]+", run)) - {"--help"}
    assert not {each for each in options if each not in settings}


def test_the_page_says_first_what_it_was_tested_with() -> None:
    first = PAGE.read_text("utf-8").split("\n\n")[1]
    assert all(f"Lightbus {version}" in first for version in VERSIONS)
    assert "Redis 7.0" in first
    assert "Valkey 9" in first
