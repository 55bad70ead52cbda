"""`lbgen run` and `python -m lbgen_runtime`: a service's listeners as a process."""

from __future__ import annotations

import signal
from typing import TYPE_CHECKING, Any

import pytest

from lbgen_runtime.service import EXIT_CODES
from tests.delivery.workers import Process
from tests.support import servers

if TYPE_CHECKING:
    from tests.support.servers import Server

COMMANDS = (("lbgen", "run"), ("lbgen_runtime",))
SERVICE = """
import notes
bus = notes.Bus(service_name="library")
nothing = notes.Bus(service_name="library")
@bus.notes.noted.listen(listener_name="put_on_shelf")
async def put_on_shelf(event): ...
"""


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_the_worker_prints_what_it_listens_to_logs_each_event_and_leaves_with_0(
    server: Server, tmp_path: Any, monkeypatch: pytest.MonkeyPatch, command: tuple[str, ...]
) -> None:
    (tmp_path / "service.py").write_text(SERVICE)
    monkeypatch.chdir(tmp_path)
    arguments = ("-m", *command, "service:bus", "--log-level", "debug")
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


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
@pytest.mark.parametrize(
    ("target", "words"),
    [
        ("service", "is not a bus; write MODULE:BUS"),
        ("./service:bus", "did you mean service:bus?"),  # U10
        ("services/shop.py:bus", "did you mean services.shop:bus?"),
        (".service:bus", "'.service' is not a module name"),
        ("a b:bus", "'a b' is not a module name"),
        ("elsewhere:bus", "cannot find module 'elsewhere'"),
        ("service:absent", "has no 'absent'"),
        ("wrong:bus", "wrong.py:3: concurrency must be"),
        ("service:put_on_shelf", "is a function, not a bus"),
        ("service:nothing", "service:nothing has no listeners"),
    ],
)
def test_a_wrong_target_is_named_and_exits_with_2(
    tmp_path: Any,
    monkeypatch: pytest.MonkeyPatch,
    target: str,
    words: str,
    command: tuple[str, ...],
) -> None:
    (tmp_path / "service.py").write_text(SERVICE)
    wrong = 'import notes\n\nbus = notes.Bus(concurrency="zero")\n'
    (tmp_path / "wrong.py").write_text(wrong)
    monkeypatch.chdir(tmp_path)
    with Process(arguments=("-m", *command, target)) as process:
        status, _, errors = process.end()
    assert status == 2
    assert words in errors
    assert "Traceback" not in errors


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("import nowhere\n", 'broken.py", line 1', "No module named 'nowhere'"),
        ("raise ValueError('\x1b[31m')\n", 'broken.py", line 1', r"ValueError: \x1b[31m"),
        ("def (\n", 'broken.py", line 1', "SyntaxError: invalid syntax"),
    ],
)
def test_an_error_of_the_module_itself_is_shown_from_its_own_lines_on(
    tmp_path: Any,
    monkeypatch: pytest.MonkeyPatch,
    text: str,
    first: str,
    last: str,
    command: tuple[str, ...],
) -> None:
    (tmp_path / "broken.py").write_text(text)
    monkeypatch.chdir(tmp_path)
    with Process(arguments=("-m", *command, "broken:bus")) as process:
        status, _, errors = process.end()
    assert status == 2
    shown = [line for line in errors.splitlines() if line.startswith("  File")]
    assert first in shown[0]
    assert last in errors
    assert "importing the module of broken:bus failed" in errors.splitlines()[-1]
    assert "bug in lbgen" not in errors


def test_the_worker_without_the_compiler_says_how_it_is_used() -> None:
    with Process(arguments=("-m", "lbgen_runtime", "--help")) as process:
        status, out, _ = process.end()
    assert status == 0
    assert "MODULE:BUS" in out
    assert " ".join(EXIT_CODES.split()) in " ".join(out.split())
    with Process(arguments=("-m", "lbgen_runtime")) as process:
        status, _, errors = process.end()
    assert status == 2
    assert "MODULE:BUS" in errors


def test_a_server_that_refuses_ends_the_worker_with_1(
    server: Server, tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "service.py").write_text(SERVICE)
    monkeypatch.chdir(tmp_path)
    url = server.url.replace("//", "//nobody:wrong@")
    arguments = ("-m", "lbgen_runtime", "service:bus")
    with Process(arguments=arguments, LBGEN_REDIS_URL=url) as worker:
        status, _, errors = worker.end()
    assert status == 1
    assert "python -m lbgen_runtime: " in errors
    assert "Traceback" not in errors
