"""The page of settings, made from the list that the runtime reads them by.

python tests/delivery/settings_page.py    writes docs/reference/settings.md
"""

from __future__ import annotations

from pathlib import Path

from lbgen_runtime.settings.declarations import SETTINGS

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "settings.md"

HEAD = """# Settings

A value comes from the call, else from the environment, else the default holds:

```python
bus = Bus(service_name="price-monitor", acknowledgement_timeout=60)  # or LBGEN_... variables


@bus.competitor_prices.changed.listen(listener_name="update_db", concurrency=4)
async def update_db(event: Changed) -> None: ...
```

Where seconds are meant, a text may say `500ms`, `90s`, `15m`, `2h` or `7d` as well, in the call and
in the environment: `retention="7d"`. A value that a setting cannot have raises `InvalidSettings`,
which names it. In `process_name`, `{hostname}`, `{pid}`, `{random4}`, `{random8}` and `{random16}`
are replaced, in each process for itself: workers forked from one `Bus` have names of their own.

## `redis_url`

`redis://user:password@host:6379/0`, `rediss://` for TLS, `unix:///path/of/the/socket?db=0`. In a
user name and a password, `/ ? # % @ : [ ]` are written percent-encoded (`/` is `%2F`). A URL that
cannot be read, or has an option that does not exist, raises `InvalidSettings` at `Bus(...)`,
without its password.

| option | what it says |
|---|---|
| `db`, `username`, `password` | what may stand before `?` as well |
| `ssl_ca_certs`, `ssl_ca_path` | the authorities that are trusted beside the system's |
| `ssl_certfile`, `ssl_keyfile`, `ssl_password` | this client's certificate and key |
| `ssl_check_hostname` | `false`: the certificate may be another host's. By default it may not |
| `ssl_cert_reqs` | `none`: no certificate is checked. By default `required` |
| `ssl_min_version`, `ssl_ciphers` | `1.2` or `1.3`; the ciphers of OpenSSL |

Options of redis-py that lbgen sets itself (`socket_timeout`, `max_connections` and the like) are
passed over, so that services can share a URL.
"""

BUS = "\n## Of a bus\n\n"
LISTENER = (
    "\n## Of a listener\n\nGiven to `listen`; given to `Bus`, it holds for every listener.\n\n"
)
ROW = "| setting | variable | default | unit | why |\n|---|---|---|---|---|\n"


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


if __name__ == "__main__":
    PAGE.write_text(page())
