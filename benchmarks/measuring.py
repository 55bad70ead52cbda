"""Runs a subject in a process of its own, and what comes of it."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from server import cores

if TYPE_CHECKING:
    from environments import Environments
    from server import Server

__all__ = ["Result", "SubjectFailed", "measure", "middle", "start"]

SUBJECTS = Path(__file__).parent / "subjects"


class SubjectFailed(Exception):
    """A subject's process ended without a result."""


@dataclass(frozen=True, slots=True)
class Result:
    """One measurement.

    Attributes:
        count: events.
        seconds: from the first to the last.
        cpu: seconds of processor time of the client.
        server_cpu: seconds of processor time of the server.
        commands: calls by command.
        memory: bytes of the server's keys afterwards.
        latencies: seconds per event, where they were measured.
        versions: of the distributions that took part.
        found: what else the subject has found, by name.
    """

    count: int
    seconds: float
    cpu: float
    server_cpu: float
    commands: dict[str, int]
    memory: int
    latencies: list[float] = field(default_factory=list)
    versions: dict[str, str] = field(default_factory=dict)
    found: dict[str, Any] = field(default_factory=dict)

    @property
    def rate(self) -> float:
        """Events per second."""
        return self.count / self.seconds

    @property
    def commands_per_event(self) -> float:
        """Commands that the server ran for one event."""
        return sum(self.commands.values()) / self.count


def start(
    environments: Environments,
    environment: str,
    script: str,
    action: str,
    count: int,
    server: Server,
    **options: Any,
) -> subprocess.Popen[str]:
    """Start a subject's process; the arguments are those of `measure`."""
    arguments = [action, server.url, str(count), json.dumps(options)]
    return subprocess.Popen(
        [environments.python(environment), SUBJECTS / f"{script}.py", *arguments],
        env=environments.variables(),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def measure(
    environments: Environments,
    environment: str,
    script: str,
    action: str,
    count: int,
    server: Server,
    *,
    timeout: float = 300,
    **options: Any,
) -> Result:
    """Measure one action of one subject on an empty server.

    Args:
        environments: where its virtual environment is.
        environment: the virtual environment's name.
        script: the subject's file, without `.py`.
        action: what it does.
        count: with how many events.
        server: where.
        timeout: seconds that it may take.
        options: what the action may want to know.

    Raises:
        SubjectFailed: it ended without a result.
    """
    server.clear()
    process = start(environments, environment, script, action, count, server, **options)
    os.sched_setaffinity(process.pid, cores()[1])
    assert process.stdout is not None
    first = process.stdout.readline()
    while first and first != "ready\n":
        first = process.stdout.readline()
    before = server.reading()
    try:
        output, errors = process.communicate("go\n", timeout=timeout)
    except subprocess.TimeoutExpired:
        process.kill()
        output, errors = process.communicate()
        errors += f"\nno end after {timeout} s"
    after = server.reading().since(before)
    if process.returncode or not output.strip():
        raise SubjectFailed(f"{script} {action} ({environment}):\n{errors[-3000:]}")
    found = json.loads(output.strip().rpartition("\n")[2])
    return Result(
        count=found["count"],
        seconds=found["seconds"],
        cpu=found["cpu"],
        server_cpu=after.cpu,
        commands=after.commands,
        memory=server.memory(),
        latencies=found["latencies"],
        versions=found["versions"],
        found=found["found"],
    )


def middle(values: list[float]) -> float:
    """The median."""
    return statistics.median(values)
