"""`field`: what a generated class says about a field beside its type."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, overload

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["MISSING", "FieldSpec", "JsonDefault", "default", "field"]

MISSING: Final[Any] = object()
"""There is no default."""


class FieldSpec:
    """What `field` was given.

    Attributes:
        key: the name in JSON; `None` if it is the attribute's.
        default: the value where none is given; `MISSING` if there is none.
        default_factory: makes the default; `None` if there is none.
    """

    __slots__ = ("default", "default_factory", "key")

    def __init__(
        self, key: str | None, default: Any, default_factory: Callable[[], Any] | None
    ) -> None:
        self.key = key
        self.default = default
        self.default_factory = default_factory


@overload
def field(*, key: str) -> Any: ...
@overload
def field(*, default: Any, key: str | None = None) -> Any: ...
@overload
def field(*, default_factory: Callable[[], Any], key: str | None = None) -> Any: ...
def field(
    *,
    key: str | None = None,
    default: Any = MISSING,
    default_factory: Callable[[], Any] | None = None,
) -> Any:
    """A field of a generated class.

    Args:
        key: its name in JSON, where that is not a Python name.
        default: its value where none is given.
        default_factory: makes its value where none is given.
    """
    return FieldSpec(key, default, default_factory)


def default(text: str) -> Callable[[], Any]:
    """The default of a field whose default is an object, an array or a typed value.

    Args:
        text: the default as JSON text.
    """
    return JsonDefault(text)


class JsonDefault:
    """A `default_factory` that tells the record's codec the JSON text of the default."""

    __slots__ = ("text",)

    def __init__(self, text: str) -> None:
        self.text = text

    def __call__(self) -> Any:
        """Never called: it has the shape of a default factory.

        Raises:
            TypeError: always.
        """
        raise TypeError("the codec of the record creates the default")
