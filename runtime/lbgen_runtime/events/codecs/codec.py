"""A codec: the way from JSON values to Python values of one type, and back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["Codec", "FastPath"]


class FastPath(NamedTuple):
    """The fast path of a codec, for the values that it nearly always gets.

    Attributes:
        python: the type of the Python values that `write` takes; not a subclass of it.
        write: from such a Python value to the JSON value; `None` where they are the same.
        json: the type of the JSON values that `read` takes.
        read: from such a JSON value to the Python value; `None` where they are the same.
    """

    python: type
    write: Callable[[Any], Any] | None
    json: type
    read: Callable[[Any], Any] | None


class Codec(NamedTuple):
    """The two directions of one type.

    Attributes:
        decode: from an accepted JSON value to the Python value; `None` where they are the same.
        encode: from the Python value to the JSON value.
        fast_path: what `decode` and `encode` do with the values of exactly one type.
        settle: the same codec with the functions of generated classes in it, which are not made
            before the first use; it takes the classes that are being made already. `None` if there
            are none in it.
        leaves_out: how many properties of a JSON object `decode` has no field for; `None` where it
            keeps everything.
    """

    decode: Callable[[Any], Any] | None
    encode: Callable[[Any], Any]
    fast_path: FastPath | None = None
    settle: Callable[[frozenset[type[Any]]], Codec] | None = None
    leaves_out: Callable[[dict[str, Any]], int] | None = None
