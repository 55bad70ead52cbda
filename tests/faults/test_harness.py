"""What the harness does by itself: it notices what nobody planned, and ends in peace."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING

from tests.faults.stage import Stage
from tests.support import servers
from tests.support.proxy import Proxy

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


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
