"""S4: TLS with real handshakes: the right server, a wrong host, a wrong authority, too late."""

from __future__ import annotations

import asyncio
import datetime
from typing import TYPE_CHECKING

import pytest
import trustme

from lbgen_runtime import ServerUnreachable
from tests.delivery.live import running, until
from tests.delivery.notes import Bus
from tests.support import servers
from tests.support.servers import Server, free_port

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


class Authority:
    """An authority, and servers with certificates of it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._made = trustme.CA()
        self.file = folder / "ca.pem"
        self._made.cert_pem.write_to_path(str(self.file))
        self._servers: list[Server] = []

    def serve(self, *hosts: str, expired: bool = False) -> str:
        """Start a server with a certificate for these hosts; returns the place of its TLS port."""
        until = datetime.datetime(2020, 1, 1, tzinfo=datetime.UTC) if expired else None
        certificate = self._made.issue_cert(*hosts, not_after=until)
        chain, key = self._folder / "chain.pem", self._folder / "key.pem"
        chain.write_bytes(b"".join(each.bytes() for each in certificate.cert_chain_pems))
        certificate.private_key_pem.write_to_path(str(key))
        port = free_port()
        server = Server(
            "redis",
            tls_port=str(port),
            tls_cert_file=str(chain),
            tls_key_file=str(key),
            tls_ca_cert_file=str(self.file),
            tls_auth_clients="no",
        )
        self._servers.append(server)
        return f"127.0.0.1:{port}"

    def close(self) -> None:
        for server in self._servers:
            server.stop()


@pytest.fixture
def authority(tmp_path: Path) -> Iterator[Authority]:
    if reason := servers.missing("redis"):
        pytest.skip(reason)
    authority = Authority(tmp_path)
    yield authority
    authority.close()


def refusal(url: str) -> tuple[str, str]:
    """Why a sync and an async fire fail."""
    bus = Bus(redis_url=url, fire_deadline=0.5)
    with pytest.raises(ServerUnreachable) as sync:
        bus.notes.noted.fire(number=1)

    async def fire() -> str:
        with pytest.raises(ServerUnreachable) as raised:
            await bus.notes.noted.fire_async(number=1)
        await bus.close_async()
        return str(raised.value)

    return str(sync.value), asyncio.run(fire())


async def test_the_right_server_is_reached(authority: Authority) -> None:
    place = authority.serve("127.0.0.1")
    bus = Bus(service_name="library", redis_url=f"rediss://{place}?ssl_ca_certs={authority.file}")
    got: list[int] = []
    bus.notes.noted.listen(lambda event: got.append(event.number), listener_name="shelf")
    async with running(bus):
        await bus.notes.noted.fire_async(number=1)
        bus.notes.noted.fire(number=2)
        await until(lambda: got == [1, 2])


def test_a_certificate_of_another_host_is_refused(authority: Authority) -> None:
    place = authority.serve("elsewhere.example")
    url = f"rediss://{place}?ssl_ca_certs={authority.file}"
    for words in refusal(url):
        assert "certificate is not valid for '127.0.0.1'" in words
    unchecked = Bus(redis_url=f"{url}&ssl_check_hostname=false")
    assert unchecked.notes.noted.fire(number=1)
    unchecked.close()


def test_a_certificate_of_an_unknown_authority_is_refused(
    authority: Authority, tmp_path: Path
) -> None:
    other = tmp_path / "other.pem"
    trustme.CA().cert_pem.write_to_path(str(other))
    place = authority.serve("127.0.0.1")
    for query in ("", f"?ssl_ca_certs={other}", "?ssl_check_hostname=false"):
        for words in refusal(f"rediss://{place}{query}"):
            assert "cannot verify the certificate of the server" in words
    unchecked = Bus(redis_url=f"rediss://{place}?ssl_cert_reqs=none")
    assert unchecked.notes.noted.fire(number=1)
    unchecked.close()


def test_an_expired_certificate_is_refused(authority: Authority) -> None:
    place = authority.serve("127.0.0.1", expired=True)
    for words in refusal(f"rediss://{place}?ssl_ca_certs={authority.file}"):
        assert "certificate has expired" in words
