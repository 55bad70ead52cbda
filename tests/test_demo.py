"""`lbgen demo`: the main job, and that nothing of it stays behind."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

from tests.support.servers import wait_for


def start(folder: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "lbgen", "demo"],
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
    )


def read_until(process: subprocess.Popen[str], text: str) -> str:
    assert process.stdout is not None
    seen = ""
    for line in process.stdout:
        seen += line
        if text in line:
            return seen
    raise AssertionError(f"{text!r} is not in {seen!r}")


def descendants(pid: int) -> set[int]:
    """Every process below a process."""
    found: set[int] = set()
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rsplit(")", 1)[1].split()
        except OSError:
            continue
        if int(fields[1]) == pid:
            child = int(stat.parent.name)
            found |= {child} | descendants(child)
    return found


def alive(pids: set[int]) -> set[int]:
    states = {pid: Path(f"/proc/{pid}/stat") for pid in pids}
    running: set[int] = set()
    for pid, stat in states.items():
        try:
            if stat.read_text().rsplit(")", 1)[1].split()[0] != "Z":
                running.add(pid)
        except OSError:
            pass
    return running


def test_the_demo_delivers_each_event_to_each_listener_and_stops_everything(
    tmp_path: Path,
) -> None:
    began = time.monotonic()
    process = start(tmp_path)
    output, _ = process.communicate(timeout=60)
    assert process.returncode == 0, output
    ids = re.findall(r"fired competitor_prices.changed (\S+):", output)
    assert len(ids) == 3
    for event_id in ids:
        assert output.count(f"(event {event_id})") == 1
    for sku in ("A-1", "B-2", "C-3"):
        assert output.count(f"price-monitor-send_price_alerts: {sku} ") == 1
        assert output.count(f"price-monitor-update_db: row {sku} ") == 1
    assert "refused competitor_prices.changed" in output
    assert "/price/amount: " in output
    assert "Next: " in output
    assert time.monotonic() - began < 60  # a hang, not a figure


def test_ctrl_c_stops_everything(tmp_path: Path) -> None:
    process = start(tmp_path)
    read_until(process, "started a worker")
    started = descendants(process.pid)
    assert len(started) >= 3
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=30)
    assert process.returncode == 130
    wait_for(lambda: not alive(started), 15, "everything is stopped")


def test_everything_stops_when_the_demo_is_killed(tmp_path: Path) -> None:
    process = start(tmp_path)
    read_until(process, "started a worker")
    started = descendants(process.pid)
    assert len(started) >= 3
    process.kill()
    process.communicate(timeout=30)
    wait_for(lambda: not alive(started), 15, "everything is stopped")
