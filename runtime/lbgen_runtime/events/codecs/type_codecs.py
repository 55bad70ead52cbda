"""Python values to JSON values and back.

A codec turns a JSON value that the schema accepts into the Python value that the generated
types promise (`decode`), and a Python value into a JSON value (`encode`). It gives no verdict of
its own: `decode` never rejects, and `encode` rejects only what is not JSON at all or what a writer
may not send (an undeclared key).
"""

# JSON values are `Any` here: narrowing one by its type leaves pyright with `list[Unknown]`.
# pyright: reportUnknownArgumentType=false, reportUnknownVariableType=false

from __future__ import annotations

from datetime import date, datetime, time
from typing import TYPE_CHECKING, Any, Final, cast
from uuid import UUID

import jsonschema_rs
from pydantic_core import to_jsonable_python

from . import exact_values
from .codec import Codec, FastPath
from .json_values import NoJson, json_array, json_object, json_value, last_given

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from ..validation.schemas import Schema
    from .coded import Coded

__all__ = [
    "DATE",
    "DATE_TIME",
    "INTEGER",
    "JSON",
    "TIME",
    "UUID_",
    "array",
    "by_pattern",
    "by_type",
    "first_valid",
    "mapping",
    "record",
    "tagged",
    "tuple_",
]


def _decode_integer(value: Any) -> Any:
    return int(value) if type(value) is float and value.is_integer() else value


def _text_codec(read: Callable[[str], Any], write: Callable[[Any], str], kind: type) -> Codec:
    """The codec of a type whose own instances, not those of subclasses, `write` writes."""

    def decode(value: Any) -> Any:
        return read(value) if type(value) is str else value

    def encode(value: Any) -> Any:
        return write(value) if type(value) is kind else json_value(value)

    return Codec(decode, encode, FastPath(kind, write, str, read))


JSON: Final = Codec(None, json_value)
"""Values that are the same in Python and in JSON."""

INTEGER: Final = Codec(_decode_integer, json_value, FastPath(int, None, int, None))
"""Integers; JSON Schema counts `1.0` among them."""

UUID_: Final = _text_codec(exact_values.read_uuid, to_jsonable_python, UUID)
DATE_TIME: Final = _text_codec(
    exact_values.read_date_time, exact_values.write_plain_date_time, datetime
)
DATE: Final = _text_codec(exact_values.read_date, date.isoformat, date)
TIME: Final = _text_codec(exact_values.read_time, time.isoformat, time)


def array(item: Codec) -> Codec:
    """`list[T]`."""
    decode_item, encode_item, fast_path, settle, _ = item
    python, write, json, read = fast_path or (None, None, None, None)

    def decode(value: Any) -> Any:
        if type(value) is not list or decode_item is None:
            return value
        if read is None:
            return [each if type(each) is json else decode_item(each) for each in value]
        return [read(each) if type(each) is json else decode_item(each) for each in value]

    def encode(value: Any) -> Any:
        kind = type(value)
        if kind is not list and kind is not tuple:
            return json_value(value)
        if write is None:
            return json_array(value, encode_item)
        items = iter(value)
        try:
            return [write(each) if type(each) is python else encode_item(each) for each in items]
        except NoJson as error:
            error.path.append(last_given(value, items))
            raise

    def settled(being_made: frozenset[type[Coded]]) -> Codec:
        return array(item if settle is None else settle(being_made))

    return Codec(
        None if decode_item is None else decode,
        encode,
        settle=None if settle is None else settled,
    )


def tuple_(items: Sequence[Codec], rest: Codec = JSON) -> Codec:
    """`tuple[A, B, *tuple[T, ...]]`: an array whose first items have types of their own."""

    def codec_at(index: int) -> Codec:
        return items[index] if index < len(items) else rest

    def decode(value: Any) -> Any:
        if type(value) is not list:
            return value
        result: list[Any] = []
        for index, each in enumerate(value):
            decode_item = codec_at(index).decode
            result.append(each if decode_item is None else decode_item(each))
        return tuple(result)

    def encode(value: Any) -> Any:
        if type(value) not in (list, tuple):
            return json_value(value)
        result: list[Any] = []
        for index, each in enumerate(value):
            try:
                result.append(codec_at(index).encode(each))
            except NoJson as error:
                error.path.append(index)
                raise
        return result

    return Codec(decode, encode)


def mapping(item: Codec) -> Codec:
    """`dict[str, T]`."""
    decode_item, encode_item = item.decode, item.encode

    def decode(value: Any) -> Any:
        if type(value) is not dict or decode_item is None:
            return value
        return {key: decode_item(each) for key, each in value.items()}

    def encode(value: Any) -> Any:
        return json_object(value, encode_item) if type(value) is dict else json_value(value)

    return Codec(None if decode_item is None else decode, encode)


def record(cls: type[Coded]) -> Codec:
    """A generated class. Its own codec is looked up at the first use, so that classes may recur."""

    def decode(value: Any) -> Any:
        return cls.__lbgen_codec__.decode(value) if type(value) is dict else value

    def encode(value: Any) -> Any:
        kind = type(value)
        if kind is cls:
            return cls.__lbgen_codec__.encode(value)
        if kind is dict:
            return cls.__lbgen_codec__.encode_mapping(value)
        return json_value(value)

    def settle(being_made: frozenset[type[Coded]]) -> Codec:
        own = cls.__lbgen_codec__
        own.settle(being_made)
        return Codec(decode, encode, FastPath(cls, own.encode, dict, own.decode))

    def leaves_out(value: dict[str, Any]) -> int:
        left_out: int = cls.__lbgen_codec__.leaves_out(value)
        return left_out

    return Codec(decode, encode, settle=settle, leaves_out=leaves_out)


def by_type(**codecs: Codec) -> Codec:
    """A union whose members differ in their JSON type.

    Args:
        codecs: by JSON type: `string`, `number`, `array`, `object`; what is missing is `JSON`.
    """
    kinds: dict[str, tuple[type, ...]] = {
        "string": (str,),
        "number": (int, float),
        "array": (list,),
        "object": (dict,),
    }
    decoders = {kind: codecs[name].decode for name in codecs for kind in kinds[name]}
    encoders = {kind: codecs[name].encode for name in codecs for kind in kinds[name]}

    def decode(value: Any) -> Any:
        decode_member = decoders.get(type(value))
        return value if decode_member is None else decode_member(value)

    def encode(value: Any) -> Any:
        return encoders.get(type(value), json_value)(value)

    return Codec(decode, encode)


def tagged(path: Sequence[str], members: Sequence[tuple[str | float, Codec]]) -> Codec:
    """A union of objects told apart by the value of one property.

    Args:
        path: the property, after those that lead to it.
        members: each value of the property, and the codec of the objects that have it. Values are
            told apart as in JSON: `1` is `1.0`, but not `true`.
    """
    *around, key = path
    by_value: dict[Any, Codec] = {}
    by_bool: dict[Any, Codec] = {}
    for tag, codec in members:
        (by_bool if type(tag) is bool else by_value)[tag] = codec

    def member(value: dict[str, Any]) -> Codec:
        for name in around:
            inner = value.get(name)
            if type(inner) is not dict:
                return JSON
            value = cast("dict[str, Any]", inner)
        tag: Any = value.get(key)
        if type(tag) is bool:
            return by_bool.get(tag, JSON)
        return by_value.get(tag, JSON) if isinstance(tag, str | int | float) else JSON

    def decode(value: Any) -> Any:
        if type(value) is not dict:
            return value
        decode_member = member(value).decode
        return value if decode_member is None else decode_member(value)

    def encode(value: Any) -> Any:
        return member(value).encode(value) if type(value) is dict else json_value(value)

    return Codec(decode, encode)


def by_pattern(patterns: Sequence[tuple[str, Codec]], rest: Codec = JSON) -> Codec:
    """`dict[str, A | B]` whose values' types follow from their names.

    Args:
        patterns: regular expressions as the validator reads them, and the codec of the values
            whose names they find a match in.
        rest: the codec of all other values.
    """
    options = jsonschema_rs.RegexOptions()
    checks = [
        (jsonschema_rs.validator_for({"pattern": each}, pattern_options=options), codec)
        for each, codec in patterns
    ]

    def of(name: str) -> Codec:
        matching = [codec for check, codec in checks if check.is_valid(name)]
        # Where several match, the value is all that they say: the first that says something.
        return next((each for each in matching if each is not JSON), JSON) if matching else rest

    def decode(value: Any) -> Any:
        if type(value) is not dict:
            return value
        result: dict[str, Any] = {}
        for name, each in value.items():
            decode_item = of(name).decode
            result[name] = each if decode_item is None else decode_item(each)
        return result

    def encode(value: Any) -> Any:
        if type(value) is not dict or not all(isinstance(name, str) for name in value):
            return json_value(value)
        result: dict[str, Any] = {}
        for name, each in value.items():
            try:
                result[name] = of(name).encode(each)
            except NoJson as error:
                error.path.append(name)
                raise
        return result

    return Codec(decode, encode)


def first_valid(
    schema: Schema, members: Sequence[tuple[str, Codec]], together: Codec = JSON
) -> Codec:
    """A union whose members overlap: the first whose schema accepts the JSON value.

    Of several classes whose schemas accept an object, the one that has fields for most of it.

    Args:
        schema: any schema of the package.
        members: location of each member's schema, and its codec.
        together: the class with the fields of all members, for an object that fulfils several
            and is not a single one's; by default there is none.
    """
    checks = [(schema.at(location), codec) for location, codec in members]

    def member(value: Any) -> Codec:
        chosen, fewest = JSON, -1
        for check, codec in checks:
            if fewest and check.is_valid(value):
                count = left_out(codec, value)
                if fewest < 0 or count < fewest:
                    chosen, fewest = codec, count
        if fewest > 0 and together is not JSON and left_out(together, value) < fewest:
            chosen = together
        return chosen

    def left_out(codec: Codec, value: Any) -> int:
        return codec.leaves_out(value) if codec.leaves_out and type(value) is dict else 0

    def decode(value: Any) -> Any:
        decode_member = member(value).decode
        return value if decode_member is None else decode_member(value)

    def encode(value: Any) -> Any:
        plain = json_value(value)
        if type(value) not in (dict, list, tuple):
            return plain
        return member(plain).encode(value)

    return Codec(decode, encode)
