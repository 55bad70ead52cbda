"""Where a server is, and how to get in: what a URL says, read strictly.

No message repeats a part of the URL in which a password may stand: where a character of it is not
written percent-encoded, a part of it looks like a port, a database or an option.
"""

from __future__ import annotations

import difflib
import os
import re
import ssl
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

__all__ = ["ServerAddress"]

_SCHEMES: Final = ("redis", "rediss", "unix")
_ENCODE: Final = (
    "; in a user name or password, percent-encode / ? # % @ : [ ] and spaces ('/' is %2F)"
)


def _text(value: str) -> str:
    return value


def _number(value: str) -> int:
    if not re.fullmatch("[0-9]{1,9}", value):
        raise ValueError("a whole number")
    return int(value)


def _truth(value: str) -> bool:
    if value.lower() not in ("true", "false", "yes", "no", "1", "0"):
        raise ValueError("true or false")
    return value.lower() in ("true", "yes", "1")


def _file(value: str) -> str:
    if not os.path.isfile(value):
        raise ValueError(f"the path of a file; {value!r} does not exist")
    return value


def _folder(value: str) -> str:
    if not os.path.isdir(value):
        raise ValueError(f"the path of a folder; {value!r} does not exist")
    return value


def _requirement(value: str) -> str:
    if value not in ("required", "optional", "none"):
        raise ValueError("required, optional or none")
    return value


def _tls_version(value: str) -> ssl.TLSVersion:
    versions = {"1.2": ssl.TLSVersion.TLSv1_2, "1.3": ssl.TLSVersion.TLSv1_3}
    # redis-py takes the numbers of Python's `ssl`.
    versions |= {str(int(version)): version for version in versions.values()}
    if value not in versions:
        raise ValueError("1.2 or 1.3")
    return versions[value]


_LOGIN: Final[dict[str, Callable[[str], Any]]] = {
    "db": _number,
    "password": _text,
    "username": _text,
}
_TLS: Final[dict[str, Callable[[str], Any]]] = {
    "ssl_ca_certs": _file,
    "ssl_ca_path": _folder,
    "ssl_cert_reqs": _requirement,
    "ssl_certfile": _file,
    "ssl_check_hostname": _truth,
    "ssl_ciphers": _text,
    "ssl_keyfile": _file,
    "ssl_min_version": _tls_version,
    "ssl_password": _text,
}
_WITHOUT_EFFECT: Final = frozenset(
    {
        "client_name",
        "decode_responses",
        "health_check_interval",
        "max_connections",
        "protocol",
        "retry_on_error",
        "retry_on_timeout",
        "socket_connect_timeout",
        "socket_keepalive",
        "socket_read_size",
        "socket_timeout",
        "timeout",
    }
)
"""Options of redis-py that delivery sets itself; a URL that services share may have them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerAddress:
    """Where a server is, and how to get in.

    Attributes:
        host: its name or IP address.
        port: its TCP port.
        path: the path of its Unix socket; empty where it is reached over TCP.
        db: the number of the database.
        username: who logs in; `None` is the default user.
        password: the password; `None` where there is none.
        tls: the options of TLS; `None` without TLS.
    """

    host: str = "localhost"
    port: int = 6379
    path: str = ""
    db: int = 0
    username: str | None = None
    password: str | None = field(default=None, repr=False)
    tls: Mapping[str, Any] | None = field(default=None, repr=False)

    @classmethod
    def read(cls, url: object) -> ServerAddress:
        """What a URL says.

        Raises:
            ValueError: it is not a URL of a server; the words complete "the URL must be ...", and
                show no secret.
        """
        if not isinstance(url, str) or url.partition("://")[0] not in _SCHEMES:
            raise ValueError("a URL that starts with redis://, rediss:// or unix://")
        if not url.isprintable() or " " in url:
            raise ValueError(f"a URL without spaces and line breaks{_ENCODE}")
        if re.search("%(?![0-9A-Fa-f]{2})", url):
            raise ValueError(f"a URL with two hexadecimal digits after each %{_ENCODE}")
        try:
            parts = urlsplit(url)
        except ValueError:
            raise ValueError(f"a URL with a valid host{_ENCODE}") from None
        if "#" in url or "@" in parts.path + parts.query:
            raise ValueError(f"a URL without # and with no @ after the host{_ENCODE}")
        place = _socket(parts) if parts.scheme == "unix" else _host(parts)
        tls = parts.scheme == "rediss"
        options = _options(parts.query, tls=tls)
        login = {"username": parts.username, "password": parts.password}
        given: dict[str, Any] = {name: unquote(value) for name, value in login.items() if value}
        given |= {name: options.pop(name) for name in _LOGIN if name in options}
        return cls(**place | given, tls=_checked(options) if tls else None)

    def __str__(self) -> str:
        """Without anything that is secret."""
        if self.path:
            return f"unix://{self.path}"
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"redis{'s' if self.tls is not None else ''}://{host}:{self.port}/{self.db}"


def _socket(parts: SplitResult) -> dict[str, Any]:
    if parts.hostname or not parts.path.startswith("/"):
        raise ValueError("a URL with the absolute path of a socket (unix:///path/of/the/socket)")
    return {"path": unquote(parts.path)}


def _host(parts: SplitResult) -> dict[str, Any]:
    place: dict[str, Any] = {}
    try:
        port = parts.port
    except ValueError:
        port = 0
    if port == 0:
        raise ValueError(f"a URL with a port from 1 to 65535{_ENCODE}")
    if port is not None:
        place["port"] = port
    if parts.hostname:
        place["host"] = unquote(parts.hostname)
        try:
            place["host"].encode("idna")
        except UnicodeError:
            raise ValueError(f"a URL with a host name or IP address{_ENCODE}") from None
    db = parts.path.removeprefix("/")
    if db:
        try:
            place["db"] = _number(db)
        except ValueError:
            raise ValueError(
                f"a URL with the number of a database as its path (redis://host:6379/0){_ENCODE}"
            ) from None
    return place


def _options(query: str, *, tls: bool) -> dict[str, Any]:
    """The options of a URL that have an effect."""
    known = _LOGIN | _TLS
    options: dict[str, Any] = {}
    for name, value in parse_qsl(query, keep_blank_values=True):
        if name in _WITHOUT_EFFECT:
            continue
        if name not in known:
            raise ValueError(f"a URL with known options{_suggestion(name)}{_ENCODE}")
        if name in _TLS and not tls:
            raise ValueError(f"a URL that starts with rediss:// to use the option {name}")
        try:
            options[name] = known[name](value)
        except ValueError as error:
            raise ValueError(f"a URL in which {name} is {error}") from None
    return options


def _suggestion(name: str) -> str:
    if close := difflib.get_close_matches(name, [*_LOGIN, *_TLS], 1):
        return f" (did you mean {close[0]}?)"
    return f" ({', '.join(sorted([*_LOGIN, *_TLS]))})"


def _checked(options: dict[str, Any]) -> dict[str, Any]:
    """The options of TLS: the server's certificate and its host are checked unless they say no."""
    required = options.setdefault("ssl_cert_reqs", "required")
    options.setdefault("ssl_check_hostname", required != "none")
    if required == "none" and options["ssl_check_hostname"]:
        raise ValueError("a URL without ssl_cert_reqs=none if it has ssl_check_hostname=true")
    return options
