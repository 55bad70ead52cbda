"""What the harness does by itself: it notices what nobody planned, and ends in peace."""

from __future__ import annotations

import socket
import time
from typing import TYPE_CHECKING

import pytest

from tests.faults.ledger import GROUPS, STREAM
from tests.faults.stage import Stage
from tests.support import servers
from tests.support.proxy import Proxy

if TYPE_CHECKING:
    from pathlib import Path


def test_a_server_that_does_not_answer_in_time_is_noted(tmp_path: Path) -> None:
    stage = Stage("valkey", tmp_path, seed=1)
    try:
        stage.server.client.client_pause(int(stage.timeout * 1000))
        servers.wait_for(lambda: stage.lines("stalled"), 30)
        [stalled] = stage.lines("stalled")
    finally:
        stage.close()
    assert stalled["seconds"] > stage.timeout / 2


def test_a_proxy_ends_without_complaint_whatever_is_connected(
    server: servers.Server, caplog: pytest.LogCaptureFixture
) -> None:
    proxy = Proxy(server.port)
    with socket.create_connection(("127.0.0.1", proxy.port)) as client:
        client.sendall(b"PING\r\n")
        assert client.recv(100) == b"+PONG\r\n"
        proxy.close()
    assert caplog.text == ""


@pytest.mark.parametrize("stays", [True, False])
def test_what_was_handled_is_late_only_where_it_stays_pending(
    stays: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A group that begins again delivers once more what was handled before."""
    monkeypatch.setattr("tests.faults.watch.PATIENCE", 1 if stays else 30)
    stage = Stage("valkey", tmp_path, seed=1)
    monkeypatch.setattr(stage, "is_alive", lambda who: True)
    client, group = stage.server.client, f"service-{GROUPS[0]}"
    try:
        for each in GROUPS:
            client.xgroup_create(STREAM, f"service-{each}", "0", mkstream=True)
        entry = client.xadd(STREAM, {"id": "x"})
        about = {"group": GROUPS[0], "id": "x", "entry": entry.decode(), "process": "one"}
        stage.note("done", at=time.time() - 60, **about)
        client.xreadgroup(group, "one", {STREAM: ">"})
        seen = stage._watch._seen
        servers.wait_for(lambda: seen.get(GROUPS[0]), 30)
        if stays:
            servers.wait_for(lambda: stage.lines("unacknowledged"), 30)
        else:
            client.xack(STREAM, group, entry)
            servers.wait_for(lambda: not seen.get(GROUPS[0]), 30)
            assert not stage.lines("unacknowledged")
    finally:
        stage.close()
