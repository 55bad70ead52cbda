"""What measures lbgen comes to an end, also where a worker does not."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.support.servers import Server

ROOT = Path(__file__).parents[2]
STREAM, GROUP = "shop.orders.*:stream", "shop-web-sharing"


def subject(server: Server, action: str, **options: int) -> subprocess.CompletedProcess[str]:
    script = ROOT / "benchmarks/subjects/lbgen_at_scale.py"
    return subprocess.run(
        [sys.executable, script, action, server.url, "1", json.dumps(options)],
        env={"PYTHONPATH": str(ROOT)},
        input="go\n",
        capture_output=True,
        text=True,
        timeout=120,
    )


def test_a_long_stream_is_measured(server: Server) -> None:
    measured = subject(server, "long_stream", length=2000)
    assert measured.returncode == 0, measured.stderr
    found = json.loads(measured.stdout.splitlines()[-1])["found"]
    assert found["next event, ms"] > 0


def test_a_worker_that_ends_ends_what_waits_for_it(server: Server) -> None:
    server.client.hset("{" + STREAM + "}:groups", GROUP, "another-service")
    measured = subject(server, "share")
    assert measured.returncode
    assert "DuplicateListenerName" in measured.stderr
