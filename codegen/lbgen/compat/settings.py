"""The settings of a check: `[tool.lbgen.compat]` of `pyproject.toml`, and options.

```toml
[tool.lbgen.compat]
mode = "full"              # backward, forward or full
undecided = "error"        # error or warn
strict = false
source = false
against = ["main"]         # of a branch, where the one that is checked out began
against-tip = []           # of a branch, its newest commit

[tool.lbgen.compat.modes]  # for single APIs
"shop.orders" = "backward"
```
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias, cast

from lbgen_runtime.printable import printable

from ..findings.suggestions import did_you_mean
from ..source.json_types import is_array, is_object

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_NAME: Final = "pyproject.toml: [tool.lbgen.compat]"
MODES: Final = ("backward", "forward", "full")
UNDECIDED: Final = ("error", "warn")
_KEYS: Final = frozenset(
    {"against", "against-tip", "mode", "modes", "source", "strict", "undecided"}
)


Mode: TypeAlias = Literal["backward", "forward", "full"]
Direction: TypeAlias = Literal["backward", "forward", "source"]


class WrongSettings(Exception):
    """A setting or option that does not exist or has no such value."""


@dataclass(frozen=True, slots=True)
class Against:
    """An old version as the user names it.

    Attributes:
        text: a git ref, a folder or a lock file.
        tip: whether of a branch the newest commit is meant.
    """

    text: str
    tip: bool = False

    @property
    def option(self) -> str:
        """The option that names it."""
        return "--against-tip" if self.tip else "--against"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """What counts.

    Attributes:
        mode: for all APIs.
        modes: for single APIs, by name.
        strict: producers are not ours: whatever a schema accepts may be fired.
    """

    mode: Mode = "full"
    modes: Mapping[str, Mode] = field(default_factory=dict[str, Mode])
    strict: bool = False

    def directions(self, api: str) -> tuple[Direction, ...]:
        """The directions in which an API is checked."""
        mode = self.modes.get(api, self.mode)
        return ("backward", "forward") if mode == "full" else (mode,)


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckSettings:
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
    against: tuple[Against, ...] = ()


def check_settings(
    table: Mapping[str, Any],
    *,
    mode: str | None = None,
    undecided: str | None = None,
    strict: bool = False,
    source: bool = False,
    against: Sequence[str] = (),
    against_tip: Sequence[str] = (),
) -> CheckSettings:
    """The settings of a project with the options of a command on top.

    Args:
        table: `[tool.lbgen.compat]`.
        mode: backward, forward or full; for all APIs.
        undecided: error or warn.
        strict: producers are not ours.
        source: report changed signatures.
        against: the old versions; none, here and in `against_tip`, is what the project says.
        against_tip: branches whose newest commits are old versions.

    Raises:
        WrongSettings: something has no such value.
    """
    read = _Table(table)
    rules = Rules(
        mode=_mode(mode, "--mode") if mode else read.mode("mode", table.get("mode", "full")),
        modes={} if mode else read.modes(),
        strict=read.flag("strict") or strict,
    )
    how = read.one_of("undecided", UNDECIDED)
    if undecided is not None:
        how = _one_of(undecided, UNDECIDED, "--undecided")
    options = {"--against": against, "--against-tip": against_tip}
    names = [Against(text, name == "--against-tip") for name in options for text in options[name]]
    if any(not each.text.strip() for each in names):
        raise WrongSettings(
            "the name of the old version is empty; use for example `--against main`"
        )
    known = read.names("against", tip=False) + read.names("against-tip", tip=True)
    return CheckSettings(
        rules=rules,
        undecided="warn" if how == "warn" else "error",
        source=read.flag("source") or source,
        against=tuple(dict.fromkeys(names or known)),
    )


class _Table:
    """`[tool.lbgen.compat]` of `pyproject.toml`."""

    def __init__(self, table: Mapping[str, Any]) -> None:
        self.table = table
        unknown = sorted(set(table) - _KEYS)
        if unknown:
            meant = did_you_mean(unknown[0], _KEYS)
            hint = (
                f"did you mean {meant}?"
                if meant
                else (f"the settings are: {', '.join(sorted(_KEYS))}")
            )
            raise _wrong(f"unknown setting {unknown[0]!r}; {hint}")

    def flag(self, key: str) -> bool:
        value = self.table.get(key, False)
        if not isinstance(value, bool):
            raise _wrong(f"{key} must be true or false, without quotes, not {value!r}")
        return value

    def mode(self, key: str, value: Any) -> Mode:
        return _mode(value, f"{_NAME} {key}")

    def modes(self) -> dict[str, Mode]:
        modes = self.table.get("modes", {})
        if not is_object(modes):
            raise _wrong(
                'modes must be a table: [tool.lbgen.compat.modes] with "shop.orders" = "full"'
            )
        return {api: self.mode(f"modes.{api}", value) for api, value in modes.items()}

    def one_of(self, key: str, known: tuple[str, ...]) -> str:
        return _one_of(self.table.get(key, known[0]), known, f"{_NAME} {key}")

    def names(self, key: str, *, tip: bool) -> list[Against]:
        named = self.table.get(key, [])
        found: list[Against] = []
        for text in named if is_array(named) else [named]:
            if not (isinstance(text, str) and text.strip()):
                raise _wrong(f'{key} must be a list of names, such as ["main"], not {named!r}')
            found.append(Against(text, tip))
        return found


def _wrong(text: str) -> WrongSettings:
    return WrongSettings(f"{_NAME} {printable(text, 300)}")


def _one_of(value: Any, known: tuple[str, ...], name: str) -> str:
    if value not in known:
        raise WrongSettings(
            f"{printable(name)} must be one of {', '.join(known)}, not {printable(repr(value))}"
        )
    return str(value)


def _mode(value: Any, name: str) -> Mode:
    return cast("Mode", _one_of(value, MODES, name))
