"""`lbgen run`: a service's listeners as a process."""

from __future__ import annotations

import signal
from typing import TYPE_CHECKING, Any

import pytest

from tests.delivery.workers import Process
from tests.support import servers

if TYPE_CHECKING:
    from tests.support.servers import Server

SERVICE = """
import notes
bus = notes.Bus(service_name="library")
nothing = notes.Bus(service_name="library")
@bus.notes.noted.listen(listener_name="put_on_shelf")
async def put_on_shelf(event): ...
"""


def test_the_worker_prints_what_it_listens_to_logs_each_event_and_leaves_with_0(
    server: Server, tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "service.py").write_text(SERVICE)
    monkeypatch.chdir(tmp_path)
    arguments = ("-m", "lbgen", "run", "service:bus", "--log-level", "debug")
    with Process(arguments=arguments, LBGEN_REDIS_URL=server.url) as worker:
        assert worker.line() == (
            "api=notes event=noted listener=put_on_shelf group=library-put_on_shelf"
        )
        servers.wait_for(lambda: server.client.exists("notes.*:stream"))
        from tests.delivery import notes

        bus = notes.Bus(redis_url=server.url)
        event_id = bus.notes.noted.fire(number=1)
        bus.close()
        stream = "notes.*:stream"
        entry_id = server.client.xrange(stream)[0][0]

        def handled() -> bool:
            [group] = server.client.xinfo_groups(stream)
            return group["last-delivered-id"] == entry_id and not group["pending"]

        servers.wait_for(handled, 30)
        worker.signal(signal.SIGTERM)
        status, _, log = worker.end()
    assert status == 0
    assert log.count(event_id) == 1


@pytest.mark.parametrize(
    ("target", "words"),
    [
        ("service", "is not of the form module:bus"),
        ("./service:bus", "did you mean service:bus?"),  # U10
        ("services/shop.py:bus", "did you mean services.shop:bus?"),
        (".service:bus", "'.service' is not the name of a module"),
        ("a b:bus", "'a b' is not the name of a module"),
        ("elsewhere:bus", "there is no module 'elsewhere'"),
        ("service:absent", "has no 'absent'"),
        ("wrong:bus", "wrong.py:3: concurrency must be"),
        ("service:put_on_shelf", "is a function, not a bus"),
        ("service:nothing", "nothing listens on"),
    ],
)
def test_a_wrong_target_is_named_and_exits_with_2(
    tmp_path: Any, monkeypatch: pytest.MonkeyPatch, target: str, words: str
) -> None:
    (tmp_path / "service.py").write_text(SERVICE)
    wrong = 'import notes\n\nbus = notes.Bus(concurrency="zero")\n'
    (tmp_path / "wrong.py").write_text(wrong)
    monkeypatch.chdir(tmp_path)
    with Process(arguments=("-m", "lbgen", "run", target)) as process:
        status, _, errors = process.end()
    assert status == 2
    assert words in errors
    assert "Traceback" not in errors
