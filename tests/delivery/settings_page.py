"""The page of settings, made from the list that the runtime reads them by."""

from __future__ import annotations

from pathlib import Path

from lbgen_runtime.settings.declarations import SETTINGS

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "settings.md"

HEAD = """# Settings

A value in the call takes precedence over the environment variable, which takes precedence over the
default:

```python
bus = Bus(service_name="price-monitor", acknowledgement_timeout=60)  # or LBGEN_... variables


@bus.competitor_prices.changed.listen(listener_name="update_db", concurrency=4)
async def update_db(event: Changed) -> None: ...
```

You can write seconds as a number or as a duration: `500ms`, `90s`, `15m`, `2h` or `7d`, in the call
(`retention="7d"`) and in the environment. An invalid value raises `InvalidSettings`, which names
the setting. `process_name` can contain `{hostname}`, `{pid}`, `{random4}`, `{random8}` and
`{random16}`. They are replaced in each process, so workers forked from one `Bus` have different
names.

## `redis_url`

`redis://user:password@host:6379/0`, `rediss://` for TLS, `unix:///path/of/the/socket?db=0`.
Percent-encode `/ ? # % @ : [ ]` in a user name or password (`/` is `%2F`). A URL that is invalid or
has an unknown option raises `InvalidSettings` at `Bus(...)`. The message does not contain the
password.

| option | meaning |
|---|---|
| `db`, `username`, `password` | the same as in the part before `?` |
| `ssl_ca_certs`, `ssl_ca_path` | authorities to trust in addition to those of the system |
| `ssl_certfile`, `ssl_keyfile`, `ssl_password` | certificate and key of this client |
| `ssl_check_hostname` | `false`: accept the certificate of another host. Default: `true` |
| `ssl_cert_reqs` | `none`: do not check certificates. Default: `required` |
| `ssl_min_version`, `ssl_ciphers` | `1.2` or `1.3`; the ciphers of OpenSSL |

lbgen ignores the options of redis-py that it sets itself (`socket_timeout`, `max_connections` and
so on), so that other programs can use the same URL.
"""

BUS = "\n## Bus\n\n"
LISTENER = "\n## Listener\n\nPass these to `listen`, or to `Bus` for all listeners of the bus.\n\n"
ROW = "| setting | variable | default | unit | description |\n|---|---|---|---|---|\n"


def page() -> str:
    """The whole page."""
    rows = {False: "", True: ""}
    for setting in SETTINGS:
        default = "none" if setting.default is None else f"`{setting.default}`"
        rows[setting.per_listener] += (
            f"| `{setting.name}` | `{setting.variable}` | {default} | {setting.unit} | "
            f"{setting.reason} |\n"
        )
    return HEAD + BUS + ROW + rows[False] + LISTENER + ROW + rows[True]
