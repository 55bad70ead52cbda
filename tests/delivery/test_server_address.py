"""What `redis_url` may be, and that no message shows what is secret in it."""

from __future__ import annotations

import traceback
from typing import TYPE_CHECKING

import pytest
from typer.testing import CliRunner

from lbgen.cli.app import app
from lbgen_runtime import InvalidSettings
from lbgen_runtime.settings.server_address import ServerAddress
from lbgen_runtime.wire.outage import Outage
from lbgen_runtime.wire.topology import Topology
from tests.delivery.notes import Bus

if TYPE_CHECKING:
    from pathlib import Path

SECRET = "sesame"

WRONG = {
    "http://:sesame@host/0": "a URL that starts with redis://, rediss://, unix://",
    "sesame": "a URL that starts with redis://, rediss://, unix://",
    "redis://:sesame@host:port/0": "a port from 1 to 65535",
    "redis://:sesame@host:0/0": "a port from 1 to 65535",
    "redis://:sesame@host:65536/0": "a port from 1 to 65535",
    "redis://:ses/ame@host:6379/0": "'/' is %2F",
    "redis://user:12/sesame@host/0": "no @ after the host",
    "redis://:x?sesame@host:6379/0": "percent-encode",
    "redis://:x#sesame@host:6379/0": "without #",
    "redis://:sesame%@host/0": "two hexadecimal digits",
    "redis://:ses[ame@host/0": "percent-encode",
    "redis://:sesame x@host/0": "without spaces",
    "redis://:sesame@host/0\n": "line breaks",
    "redis://:sesame@ho..st/0": "a host name or IP address",
    "redis://:sesame@host/zero": "number of a database",
    "redis://:sesame@host/0/1": "number of a database",
    "redis://:sesame@host?db=zero": "db is a whole number",
    "redis://:sesame@host?sesame=1": "known options",
    "redis://:sesame@host?passwort=sesame": "did you mean password",
    "redis://:sesame@host?ssl_check_hostname=no": "rediss://",
    "rediss://:sesame@host?ssl_check_hostname=maybe": "true or false",
    "rediss://:sesame@host?ssl_cert_reqs=never": "required, optional or none",
    "rediss://:sesame@host?ssl_cert_reqs=none&ssl_check_hostname=true": "without ssl_cert_reqs",
    "rediss://:sesame@host?ssl_min_version=1.1": "1.2 or 1.3",
    "rediss://:sesame@host?ssl_ca_certs=/not/there.pem": "'/not/there.pem' does not exist",
    "rediss://:sesame@host?ssl_ca_path=/not/there": "'/not/there' does not exist",
    "unix://:sesame@host/path": "absolute path of a socket",
}


@pytest.mark.parametrize("url", WRONG)
def test_a_url_that_is_wrong_is_refused_by_the_bus_without_its_secret(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(InvalidSettings) as raised:
        Bus(redis_url=url)
    shown = "".join(traceback.format_exception(raised.value))
    assert str(raised.value).startswith("redis_url must be a URL")
    assert WRONG[url] in str(raised.value)
    assert SECRET not in shown.replace(f'Bus(redis_url="{url}")', "")
    monkeypatch.setenv("LBGEN_REDIS_URL", url)
    with pytest.raises(InvalidSettings, match="LBGEN_REDIS_URL must be a URL") as raised:
        Bus()
    assert SECRET not in "".join(traceback.format_exception(raised.value))


@pytest.mark.parametrize("url", [7, b"redis://host", None])
def test_what_is_no_text_is_refused(url: object) -> None:
    with pytest.raises(ValueError, match="a URL that starts with"):
        ServerAddress.read(url)


def test_a_url_says_where_the_server_is_and_who_logs_in() -> None:
    read = ServerAddress.read
    assert read("redis://") == ServerAddress()
    assert read("redis://host") == ServerAddress(host="host")
    assert read("redis://[::1]:1/2") == ServerAddress(host="::1", port=1, db=2)
    assert read("redis://u:p%2F%40w@h/3") == ServerAddress(
        host="h", username="u", password="p/@w", db=3
    )
    assert read("redis://:p:q@h") == ServerAddress(host="h", password="p:q")
    assert read("redis://h?username=u&password=p%26q&db=4") == ServerAddress(
        host="h", username="u", password="p&q", db=4
    )
    assert read("unix:///a%20b/c?db=5") == ServerAddress(path="/a b/c", db=5)
    assert read("redis://h?socket_timeout=5&max_connections=10") == ServerAddress(host="h")


def test_tls_checks_the_certificate_and_its_host_unless_the_url_says_no() -> None:
    """S4."""

    def checks(query: str) -> tuple[object, object]:
        tls = ServerAddress.read(f"rediss://h{query}").tls
        assert tls is not None
        return tls["ssl_cert_reqs"], tls["ssl_check_hostname"]

    assert checks("") == ("required", True)
    assert checks("?ssl_cert_reqs=optional") == ("optional", True)
    assert checks("?ssl_check_hostname=false") == ("required", False)
    assert checks("?ssl_cert_reqs=none") == ("none", False)


@pytest.mark.parametrize(
    "url", ["redis://u:sesame@h:1/0", "rediss://h:1?password=sesame&ssl_password=sesame"]
)
def test_nothing_that_is_printed_shows_a_password(
    url: str, caplog: pytest.LogCaptureFixture
) -> None:
    bus = Bus(redis_url=url)
    Outage(Topology.of(url)).record_failure("it is gone", 1)
    for text in (
        repr(bus.__lbgen__.settings),
        repr(ServerAddress.read(url)),
        str(ServerAddress.read(url)),
        caplog.text,
    ):
        assert SECRET not in text
    assert "h:1" in caplog.text


def test_a_command_refuses_a_wrong_url_without_its_secret(tmp_path: Path) -> None:
    file = tmp_path / "url"
    file.write_text("redis://:ses/ame@host:6379/0")
    result = CliRunner().invoke(app, ["group", "list", "--redis-url", f"@{file}"])
    assert result.exit_code == 2
    assert "must be a URL" in result.output
    assert "ame@" not in result.output
