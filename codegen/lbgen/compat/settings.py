"""The settings of a check: `[tool.lbgen.compat]` of `pyproject.toml`, and options.

```toml
[tool.lbgen.compat]
mode = "full"              # backward, forward or full
undecided = "error"        # error or warn
strict = false
source = false
against = ["main"]

[tool.lbgen.compat.modes]  # for single APIs
"shop.orders" = "backward"
```
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, Literal, cast

from ..json_types import is_array, is_object
from .contracts import Mode, Rules

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

MODES: Final = ("backward", "forward", "full")
_KEYS: Final = frozenset({"against", "mode", "modes", "source", "strict", "undecided"})


class WrongSettings(Exception):
    """A setting or option that does not exist or has no such value."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """How to check.

    Attributes:
        rules: what counts.
        undecided: whether what cannot be decided fails the check.
        source: whether changed signatures are findings, too.
        against: the old versions.
    """

    rules: Rules = field(default_factory=Rules)
    undecided: Literal["error", "warn"] = "error"
    source: bool = False
    against: tuple[str, ...] = ()


def settings(
    table: Mapping[str, Any],
    *,
    mode: str | None = None,
    undecided: str | None = None,
    strict: bool = False,
    source: bool = False,
    against: Sequence[str] = (),
) -> Settings:
    """The settings of a project with the options of a command on top.

    Args:
        table: `[tool.lbgen.compat]`.
        mode: backward, forward or full; for all APIs.
        undecided: error or warn.
        strict: producers are not ours.
        source: report changed signatures.
        against: the old versions; none is what the project says.

    Raises:
        WrongSettings: something has no such value.
    """
    unknown = sorted(set(table) - _KEYS)
    if unknown:
        raise WrongSettings(
            f"pyproject.toml: [tool.lbgen.compat] has no setting {unknown[0]!r}; there are "
            + ", ".join(sorted(_KEYS))
        )
    modes = table.get("modes", {})
    if not is_object(modes):
        raise WrongSettings("pyproject.toml: [tool.lbgen.compat] modes is no table")
    named = table.get("against", [])
    named = named if is_array(named) else [named]
    rules = Rules(
        mode=_mode(mode or table.get("mode", "full")),
        modes={} if mode else {api: _mode(value) for api, value in modes.items()},
        strict=strict or table.get("strict") is True,
    )
    how: Any = undecided or table.get("undecided", "error")
    if how not in ("error", "warn"):
        raise WrongSettings(f"undecided is error or warn, not {how!r}")
    return Settings(
        rules=rules,
        undecided=how,
        source=source or table.get("source") is True,
        against=tuple(against) or tuple(str(name) for name in named),
    )


def _mode(value: Any) -> Mode:
    if value not in MODES:
        raise WrongSettings(f"a mode is backward, forward or full, not {value!r}")
    return cast("Mode", value)  # pyright: ignore[reportUnnecessaryCast] - mypy needs it
