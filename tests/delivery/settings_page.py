"""The page of settings, made from the list that the runtime reads them by.

python tests/delivery/settings_page.py    writes docs/reference/settings.md
"""

from __future__ import annotations

from pathlib import Path

from lbgen_runtime.setting_list import SETTINGS

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "settings.md"

HEAD = """# Settings

A value comes from the call, else from the environment, else the default holds:

```python
bus = Bus(service_name="price-monitor", acknowledgement_timeout=60)  # or LBGEN_... variables


@bus.competitor_prices.changed.listen(listener_name="update_db", concurrency=4)
async def update_db(event: Changed) -> None: ...
```

A value that a setting cannot have raises `InvalidSettings`, which names it. In `process_name`,
`{hostname}`, `{pid}`, `{random4}`, `{random8}` and `{random16}` are replaced, in each process for
itself: workers forked from one `Bus` have names of their own.
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
