"""D10: processes forked from one that has a bus, however many threads fire first in each."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from tests.delivery.workers import Process
from tests.support.servers import wait_for

if TYPE_CHECKING:
    from tests.support.servers import Server

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="nothing forks here")

STREAM = "notes.*:stream"

_FORKS = """
import faulthandler, threading, warnings
warnings.simplefilter("ignore")  # Python 3.12 warns of forks beside threads

sys.setswitchinterval(1e-6)
bus = Bus(redis_url=os.environ["URL"])
if os.environ["USED"]:
    bus.notes.noted.fire(number=0)
others = int(os.environ["OTHERS"])

def fire_on():
    while True:
        bus.notes.noted.fire(number=1)

for _ in range(others):  # the parent goes on while its children begin
    threading.Thread(target=fire_on, daemon=True).start()

def child():
    together = threading.Barrier(8)
    def fire():
        together.wait()
        bus.notes.noted.fire(number=2)
    threads = [threading.Thread(target=fire) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

for _ in range(int(os.environ["FORKS"])):
    pid = os.fork()
    if not pid:
        faulthandler.dump_traceback_later(15, exit=True)  # a child that hangs
        child()
        os._exit(0)
    _, status = os.waitpid(pid, 0)
    if status:
        print("hangs", status, flush=True)
        os._exit(1)
print("done", flush=True)
os._exit(0)
"""


@pytest.mark.parametrize("used", ["", "used"])
@pytest.mark.parametrize("others", [0, 2])
def test_threads_that_fire_first_in_a_forked_process_all_get_on(
    server: Server, used: str, others: int
) -> None:
    forks = 40
    with Process(
        _FORKS, URL=server.url, USED=used, OTHERS=str(others), FORKS=str(forks)
    ) as process:
        assert process.line() == "done", process.end()
    numbers = [fields[b":number"] for _, fields in server.client.xrange(STREAM)]
    assert numbers.count(b"2") == forks * 8


_IMPORTS = """
import asyncio
bus = Bus(redis_url=os.environ["URL"])
before = set(sys.modules)
bus.notes.noted.fire(number=1)

async def fire():
    await bus.notes.noted.fire_async(number=2)
    await bus.close_async()

asyncio.run(fire())
print(sorted(set(sys.modules) - before), flush=True)
"""


def test_a_first_fire_imports_nothing(server: Server) -> None:
    """A thread that is importing when its process forks holds a lock for ever in the child."""
    with Process(_IMPORTS, URL=server.url) as process:
        assert process.line() == "[]"


_WORKERS = """
bus = Bus(service_name="library", redis_url=os.environ["URL"], reclaim_interval=0.1)

@bus.notes.noted.listen(listener_name="shelf")
def shelf(event):
    os.write(1, f"{os.getpid()} {bus.__lbgen__.process_name}\\n".encode())  # in one piece
    time.sleep(0.2)

children = []
for _ in range(3):
    pid = os.fork()
    if not pid:
        if sys.platform == "linux":
            ctypes.CDLL(None).prctl(1, signal.SIGKILL)  # as its parent
        bus.run()
        os._exit(0)
    children.append(pid)
sys.stdin.readline()
for pid in children:
    os.kill(pid, signal.SIGTERM)
print([os.waitpid(pid, 0)[1] for pid in children], flush=True)
"""


def test_workers_forked_from_one_bus_have_names_of_their_own(server: Server) -> None:
    with Process(_WORKERS, URL=server.url) as process:
        wait_for(lambda: len(server.client.keys("lbgen:process:library:*")) == 3)
        wait_for(
            lambda: (
                server.client.exists(STREAM)
                and len(server.client.xinfo_consumers(STREAM, "library-shelf")) == 3
            )
        )
        for number in range(12):
            server.client.xadd(
                STREAM,
                {
                    "id": str(number),
                    "api_name": "notes",
                    "event_name": "noted",
                    "version": 1,
                    ":number": number,
                },
            )
        names = dict(process.line().split() for _ in range(12))
        process.write("\n")
        assert process.line() == "[0, 0, 0]"
    assert len(names) == len(set(names.values())) == 3


_LEFT = """
import threading
bus = Bus(redis_url=os.environ["URL"], process_name="parent")
bus.notes.noted.fire(number=0)
async def also():
    await bus.notes.noted.fire_async(number=0)
    if not os.fork():
        os.write(1, b"child\\n")  # in one piece
        sys.stdin.readline()
        os._exit(0)
    await bus.notes.noted.fire_async(number=1)  # its event loop reads on
    bus.notes.noted.fire(number=1)
    os.write(1, b"parent has fired\\n")
    os._exit(0)
import asyncio
asyncio.run(also())
"""


def test_a_child_keeps_no_connection_of_its_parent_open(server: Server) -> None:
    """The server would take it for a sign of life: of a lease, or of a fire under way."""

    def connected() -> int:
        return [each["name"] for each in server.client.client_list()].count("lbgen::parent")

    with Process(_LEFT, URL=server.url) as process:
        assert sorted((process.line(), process.line())) == ["child", "parent has fired"]
        wait_for(lambda: connected() == 0)
        process.write("\n")


_ATTRIBUTES = """
import faulthandler, threading, warnings
from generated import Bus as Generated, auth
warnings.simplefilter("ignore")  # Python 3.12 warns of forks beside threads

parent, main, within = os.getpid(), threading.get_ident(), threading.Event()
begin = auth.AuthApi.__init__

def slow(self, bus):
    if threading.get_ident() != main:
        within.set()
        threading.Event().wait()
    begin(self, bus)

auth.AuthApi.__init__ = slow
bus = Generated(redis_url=os.environ["URL"])
threading.Thread(target=lambda: bus.auth, daemon=True).start()
within.wait()
pid = os.fork()
if not pid:
    faulthandler.dump_traceback_later(10, exit=True)  # a child that hangs
    bus.auth
    os._exit(0)
print("child", os.waitpid(pid, 0)[1], flush=True)
os._exit(0)
"""


def test_a_child_gets_an_api_that_a_thread_of_its_parent_was_making(server: Server) -> None:
    """Python 3.11 locks `functools.cached_property` while it makes a value."""
    with Process(_ATTRIBUTES, URL=server.url) as process:
        assert process.line() == "child 0", process.end()
