"""URLs of servers, Sentinels and clusters, and that no message shows what is secret in them."""

from __future__ import annotations

import re
import traceback
from pathlib import Path

import pytest

from lbgen_runtime.settings.server_address import ServerAddress
from lbgen_runtime.settings.server_url import Kind, ServerUrl

SECRET = "sesame"
PAGE = Path(__file__).parents[2] / "docs/howto/sentinel-and-cluster.md"


def test_every_url_of_the_page_can_be_read() -> None:
    found = re.findall(r"(?:rediss?|valkeys?|unix)[a-z+]*://[^\s`|\")]+[a-z0-9]", PAGE.read_text())
    assert len(found) == 5
    for url in found:
        ServerUrl.read(url)


def test_a_url_of_sentinels_has_their_places_the_masters_name_and_the_login() -> None:
    url = ServerUrl.read("redis+sentinel://u:p%2Fq@h1:1,[::1]:2,h3/mymaster/4")
    assert url == ServerUrl(
        kind=Kind.SENTINEL,
        places=(
            ServerAddress(host="h1", port=1),
            ServerAddress(host="::1", port=2),
            ServerAddress(host="h3", port=26379),
        ),
        login=ServerAddress(host="h1", port=1, username="u", password="p/q", db=4),
        master="mymaster",
    )
    assert url.at("10.0.0.1", 5) == ServerAddress(
        host="10.0.0.1", port=5, username="u", password="p/q", db=4
    )
    assert str(url) == "redis+sentinel://h1:1,[::1]:2,h3:26379/mymaster/4"


def test_sentinels_have_credentials_of_their_own() -> None:
    url = ServerUrl.read(
        "rediss+sentinel://:p@h/m?sentinel_username=s&sentinel_password=t%26u&ssl_min_version=1.3"
    )
    [sentinel] = url.places
    assert (sentinel.username, sentinel.password) == ("s", "t&u")
    assert (url.login.username, url.login.password) == (None, "p")
    for address in (sentinel, url.login):
        assert address.tls is not None
        assert address.tls["ssl_check_hostname"]
    assert str(url) == "rediss+sentinel://h:26379/m/0"


def test_a_url_of_a_cluster_has_its_nodes() -> None:
    url = ServerUrl.read("redis+cluster://:p@h1:7000,h2:7001,h3")
    assert url.kind is Kind.CLUSTER
    assert [(place.host, place.port, place.password) for place in url.places] == [
        ("h1", 7000, "p"),
        ("h2", 7001, "p"),
        ("h3", 6379, "p"),
    ]
    assert str(url) == "redis+cluster://h1:7000,h2:7001,h3:6379"


@pytest.mark.parametrize(
    ("url", "like"),
    [
        ("valkey://h:1/2", "redis://h:1/2"),
        ("valkeys://h", "rediss://h"),
        ("valkey+cluster://h:1", "redis+cluster://h:1"),
        ("valkeys+sentinel://h/m", "rediss+sentinel://h/m"),
    ],
)
def test_valkeys_schemes_mean_what_those_of_redis_mean(url: str, like: str) -> None:
    assert ServerUrl.read(url) == ServerUrl.read(like)


WRONG = {
    "http://:sesame@h": "redis+cluster://",
    "redis+nodes://:sesame@h": "redis+cluster://",
    "unix+cluster:///sesame": "redis+cluster://",
    "redis+sentinel://:sesame@h": "name of the master",
    "redis+sentinel://:sesame@h/": "name of the master",
    "redis+sentinel://:sesame@h/my master": "name of the master",
    "redis+sentinel://:sesame@h/m/zero": "number of a database",
    "redis+sentinel://:sesame@h1,,h2/m": "each comma",
    "redis+cluster://:sesame@": "each comma",
    "redis+cluster://:sesame@h1:7000,h2:port": "a port from 1 to 65535",
    "redis+cluster://:ses/ame@h1": "percent-encode",
    "redis+cluster://:sesame@h?sentinel_password=sesame": "known options",
    "redis+cluster://:sesame@h?ssl_check_hostname=no": "rediss://",
}


@pytest.mark.parametrize("url", WRONG)
def test_a_url_that_is_wrong_is_refused_without_its_secret(url: str) -> None:
    with pytest.raises(ValueError, match=r"^a URL") as raised:
        ServerUrl.read(url)
    assert WRONG[url] in str(raised.value)
    assert SECRET not in "".join(traceback.format_exception(raised.value)).replace(f'"{url}"', "")


@pytest.mark.parametrize(
    "url",
    [
        "redis+sentinel://u:sesame@h:1/m?sentinel_password=sesame",
        "redis+cluster://u:sesame@h1,h2",
        "valkey://:sesame@h",
    ],
)
def test_nothing_that_is_printed_shows_a_password(url: str) -> None:
    read = ServerUrl.read(url)
    assert SECRET not in str(read) + repr(read)
