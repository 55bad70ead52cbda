"""What `redis_url` says: one server, the Sentinels that know the master, or nodes of a cluster."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from enum import Enum
from typing import TYPE_CHECKING, Final
from urllib.parse import parse_qsl, unquote, urlencode

from .server_address import ServerAddress

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["Kind", "ServerUrl"]

_SENTINEL_PORT: Final = 26379
_SCHEMES: Final = (
    "redis://, rediss://, unix://, valkey://, valkeys://, redis+sentinel://, rediss+sentinel://, "
    "redis+cluster:// or rediss+cluster://"
)
_MASTER: Final = re.compile(r"[A-Za-z0-9._-]{1,200}")
"""What Sentinel takes as the name of a master."""
_OF_SENTINEL: Final = {"sentinel_username": "username", "sentinel_password": "password"}


class Kind(Enum):
    """How the servers of a URL work together."""

    SERVER = "server"
    """One server; where it turns out to be a node of a cluster, the cluster."""
    SENTINEL = "sentinel"
    """Sentinels, which know where the master is."""
    CLUSTER = "cluster"
    """Nodes of a cluster, of which any knows the others."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerUrl:
    """What a URL says.

    Attributes:
        kind: how the servers work together.
        places: the server; the Sentinels, with their own credentials; or nodes of the cluster.
        master: what the Sentinels call the master; empty where there are none.
        login: how to get into a server that the places name: its host and port are to be replaced.
    """

    kind: Kind
    places: tuple[ServerAddress, ...]
    login: ServerAddress
    master: str = ""

    @classmethod
    def read(cls, url: object) -> ServerUrl:
        """What a URL says.

        Args:
            url: the URL, as `docs/reference/settings.md` describes `redis_url`.

        Raises:
            ValueError: the URL is wrong; the words complete "the URL must be ...", and show no
                secret.
        """
        if not isinstance(url, str):
            raise ValueError(f"a URL that starts with {_SCHEMES}")
        scheme, _, rest = url.partition("://")
        transport, _, kind = scheme.replace("valkey", "redis", 1).partition("+")
        if transport not in ("redis", "rediss", "unix") or (kind and transport == "unix"):
            raise ValueError(f"a URL that starts with {_SCHEMES}")
        match kind:
            case "":
                server = ServerAddress.read(f"{transport}://{rest}")
                return cls(kind=Kind.SERVER, places=(server,), login=server)
            case "sentinel":
                return cls._of_sentinels(transport, rest)
            case "cluster":
                places = tuple(ServerAddress.read(one) for one in _one_by_one(transport, rest))
                return cls(kind=Kind.CLUSTER, places=places, login=places[0])
            case _:
                raise ValueError(f"a URL that starts with {_SCHEMES}")

    @classmethod
    def _of_sentinels(cls, transport: str, rest: str) -> ServerUrl:
        before, mark, query = rest.partition("?")
        hosts, slash, path = before.partition("/")
        master, _, db = path.partition("/")
        if not slash or not _MASTER.fullmatch(unquote(master)):
            raise ValueError(
                "a URL with the name of the master as its path, as the Sentinels know it "
                "(redis+sentinel://host:26379/NAME/0)"
            )
        own: dict[str, str] = {}
        others: list[tuple[str, str]] = []
        for name, value in parse_qsl(query, keep_blank_values=True):
            if name in _OF_SENTINEL:
                own[_OF_SENTINEL[name]] = value
            else:
                others.append((name, value))
        tail = f"/{db}" + (f"{mark}{urlencode(others)}" if others else "")
        servers = [
            ServerAddress.read(one)
            for one in _one_by_one(transport, hosts + tail, default_port=_SENTINEL_PORT)
        ]
        sentinels = (
            replace(server, db=0, username=own.get("username"), password=own.get("password"))
            for server in servers
        )
        return cls(
            kind=Kind.SENTINEL,
            places=tuple(sentinels),
            login=servers[0],
            master=unquote(master),
        )

    def at(self, host: str, port: int) -> ServerAddress:
        """A server that the places have named."""
        return replace(self.login, host=host, port=port, path="")

    def __str__(self) -> str:
        """Without anything that is secret."""
        if self.kind is Kind.SERVER:
            return str(self.places[0])
        scheme = "rediss" if self.login.tls is not None else "redis"
        hosts = ",".join(_host_and_port(place) for place in self.places)
        master = f"/{self.master}/{self.login.db}" if self.master else ""
        return f"{scheme}+{self.kind.value}://{hosts}{master}"


def _host_and_port(place: ServerAddress) -> str:
    host = f"[{place.host}]" if ":" in place.host else place.host
    return f"{host}:{place.port}"


def _one_by_one(transport: str, rest: str, default_port: int | None = None) -> Iterator[str]:
    """A URL for each of the hosts of a URL with several."""
    end = min((at for mark in "/?#" if (at := rest.find(mark)) >= 0), default=len(rest))
    authority, tail = rest[:end], rest[end:]
    login, mark, hosts = authority.rpartition("@")
    for host in hosts.split(","):
        if not host:
            raise ValueError("a URL with a host before and after each comma")
        port = "" if default_port is None or re.search(r":[^\]]*$", host) else f":{default_port}"
        yield f"{transport}://{login}{mark}{host}{port}{tail}"
