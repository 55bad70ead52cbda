"""Straight-line functions between the instances of a class and JSON objects, made at first use.

A loop over fields costs more than what it does to them, so each class gets functions that name its
fields one by one, as `dataclasses` and `attrs` do. Their source holds numbers and attribute names
that `str.isidentifier` allows; keys, defaults and codecs are passed as values.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..unset import UNSET

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from .codec import Codec

__all__ = ["FieldCode", "make_decode", "make_encode"]


class FieldCode:
    """A field, as the functions need it.

    Attributes:
        name: of the attribute.
        key: in the JSON object.
        codec: of its values.
        required: whether it is always there.
        default: what stands for an absent key, unless `make` makes it.
        make: makes what stands for an absent key.
    """

    __slots__ = ("codec", "default", "key", "make", "name", "required")

    def __init__(
        self,
        name: str,
        key: str,
        codec: Codec,
        *,
        required: bool,
        default: Any,
        make: Callable[[], Any] | None,
    ) -> None:
        if not (name.isidentifier() and name.isascii()):
            raise ValueError(f"{name!r} is not a valid attribute name")
        self.name = name
        self.key = key
        self.codec = codec
        self.required = required
        self.default = default
        self.make = make


def make_decode(
    cls: type[Any], fields: Sequence[FieldCode], fallback: Callable[[dict[str, Any]], Any]
) -> Callable[[dict[str, Any]], Any]:
    """A function from a JSON object that the schema accepts to an instance.

    Args:
        cls: the class; it has no field for additional properties.
        fields: its fields.
        fallback: does the same for any object.
    """
    names: dict[str, Any] = {"cls": cls, "new": object.__new__, "fallback": fallback}
    entries: list[str] = []
    for index, field in enumerate(fields):
        names[f"k{index}"] = field.key
        names[f"d{index}"] = field.codec.decode
        names[f"m{index}"] = field.make
        names[f"a{index}"] = field.default
        found = f"value[k{index}]"
        if field.codec.fast_path is not None:
            _, _, names[f"j{index}"], read = field.codec.fast_path
            names[f"r{index}"] = read
            fast = "v" if read is None else f"r{index}(v)"
            found = f"({fast} if type(v := {found}) is j{index} else d{index}(v))"
        elif field.codec.decode is not None:
            found = f"d{index}({found})"
        if not field.required:
            absent = f"m{index}()" if field.make is not None else f"a{index}"
            found = f"{found} if k{index} in value else {absent}"
        entries.append(f"        state[{field.name!r}] = {found}\n")
    source = (
        "def decode(value):\n"
        "    record = new(cls)\n"
        "    state = record.__dict__\n"
        "    try:\n" + "".join(entries) + "    except KeyError:\n"
        "        return fallback(value)\n"
        "    return record\n"
    )
    decode: Callable[[dict[str, Any]], Any] = _made("decode", source, names)
    return decode


def make_encode(
    fields: Sequence[FieldCode], failed: type[Exception]
) -> Callable[[Any], dict[str, Any]]:
    """A function from an instance to its JSON object.

    Args:
        fields: of the class; it has none for additional properties.
        failed: what codecs raise; the field's key is added to its `path`.
    """
    key_of_line: dict[int, str] = {}
    names: dict[str, Any] = {"unset": UNSET, "failed": failed, "key_of_line": key_of_line}
    lines = [
        "def encode(record):\n",
        "    state = record.__dict__\n",
        "    result = {}\n",
        "    try:\n",
    ]
    for index, field in enumerate(fields):
        names[f"k{index}"] = field.key
        names[f"e{index}"] = field.codec.encode
        encoded = f"result[k{index}] = v if type(v) is str else e{index}(v)"
        if field.codec.fast_path is not None:
            names[f"p{index}"], write, _, _ = field.codec.fast_path
            names[f"w{index}"] = write
            fast = "v" if write is None else f"w{index}(v)"
            encoded = f"result[k{index}] = {fast} if type(v) is p{index} else e{index}(v)"
        lines.append(f"        v = state[{field.name!r}]\n")
        if not field.required and field.make is None and field.default is None:
            lines += ("        if v is not None and v is not unset:\n", f"            {encoded}\n")
        else:
            lines += ("        if v is not unset:\n", f"            {encoded}\n")
        key_of_line[len(lines)] = field.key
    lines += (
        "        return result\n",
        "    except failed as error:\n",
        "        error.path.append(key_of_line[error.__traceback__.tb_lineno])\n",
        "        raise\n",
    )
    encode: Callable[[Any], dict[str, Any]] = _made("encode", "".join(lines), names)
    return encode


def _made(name: str, source: str, names: dict[str, Any]) -> Any:
    exec(compile(source, "<lbgen>", "exec"), names)
    return names[name]
