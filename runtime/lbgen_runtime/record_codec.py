"""The codec of one generated class: its fields between Python and JSON, and its verdict."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final, NamedTuple, cast

from pydantic_core import from_json, to_json

from .codec import JSON, NoJson, Undeclared, json_value
from .errors import InvalidParameters
from .field import MISSING, FieldSpec, JsonDefault
from .naive_times import with_offsets
from .straight_code import FieldCode, make_decode, make_encode
from .unset import UNSET
from .validation import MAX_DEPTH

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from .codec import Codec
    from .record import Record

__all__ = ["RecordCodec"]

_KINDS: Final = bytes(
    ord("d") if chr(byte) in "0123456789" else ord("e") if chr(byte) in "eE" else ord(" ")
    for byte in range(256)
)
"""What each byte is to a number: `d` for a digit, `e` for the sign of an exponent."""
_LARGE_EXPONENT: Final = b"eddd"
_MANY_DIGITS: Final = b"d" * 309
_FIRST_OF_NO_NUMBER: Final = b'"tfn'
"""First bytes of strings, `true`, `false` and `null`."""
_SHORT: Final = len("1e309") - 1
"""Bytes of a JSON text that can hold no number out of range."""
_SHALLOW: Final = 2 * MAX_DEPTH
"""Bytes of a JSON text that cannot nest too deep: each level has two brackets."""
_NEVER: Final = object()
_new = object.__new__
_set = object.__setattr__


class _Field(NamedTuple):
    """A field of a record.

    Attributes:
        name: of the Python attribute.
        key: in the JSON object.
        codec: of its values.
        absent: the value that means that the key is not there.
    """

    name: str
    key: str
    codec: Codec
    absent: Any


class RecordCodec:
    """Reads and writes the instances of one generated class.

    Args:
        cls: the class; its schema's documents are read when the first verdict is asked for.
    """

    def __init__(self, cls: type[Record]) -> None:
        codecs = cls.__lbgen_codecs__()
        self._cls = cls
        self._schema = cls.__lbgen_schema__
        self._additional = cls.__lbgen_additional__
        self._additional_codec = codecs.get(self._additional, JSON) if self._additional else None
        self._fields: list[_Field] = []
        self._defaults: dict[str, Any] = {}
        self._makers: dict[str, Callable[[], Any]] = {}
        required: set[str] = set()
        for name in cls.__annotations__:
            given = cls.__dict__.get(name, MISSING)
            spec = given if isinstance(given, FieldSpec) else FieldSpec(None, given, None)
            if name == self._additional:
                self._makers[name] = dict
                self._defaults[name] = UNSET
                continue
            codec = codecs.get(name, JSON)
            if spec.default_factory is not None:
                self._makers[name] = _maker(codec, spec.default_factory)
                self._defaults[name] = UNSET
            elif spec.default is MISSING:
                required.add(name)
                self._defaults[name] = UNSET
            else:
                self._defaults[name] = spec.default
            absent = None if spec.default is None else _NEVER
            self._fields.append(_Field(name, name if spec.key is None else spec.key, codec, absent))
        self._required = frozenset(required)
        self._by_key = {field.key: field for field in self._fields}
        self._readers = [
            (field.key, field.name, field.codec.decode, self._makers.get(field.name))
            for field in self._fields
        ]
        self._is_settled = False
        self.decode: Callable[[dict[str, Any]], Record] = self._first_decode
        """Makes the instance of a JSON object that the schema accepts."""
        self.encode: Callable[[Record], dict[str, Any]] = self._first_encode
        """Makes the JSON object of an instance. Raises `NoJson` if a value has no JSON form."""

    def settle(self) -> None:
        """Make the functions of the class, and before them those of the classes inside it.

        A class that recurs goes the longer way through the attributes where it meets itself.
        """
        if self._is_settled:
            return
        self._is_settled = True
        settled = [
            field._replace(
                codec=field.codec if (settle := field.codec.settle) is None else settle()
            )
            for field in self._fields
        ]
        self.decode, self.encode = self._decode, self._encode
        if settled and self._additional is None:
            codes = [
                FieldCode(
                    name,
                    key,
                    codec,
                    required=name in self._required,
                    default=self._defaults[name],
                    make=self._makers.get(name),
                )
                for name, key, codec, _ in settled
            ]
            self.decode = make_decode(self._cls, codes, self._decode)
            self.encode = make_encode(codes, NoJson, self._encode)

    def _first_decode(self, value: dict[str, Any]) -> Record:
        self.settle()
        return self.decode(value)

    def _first_encode(self, record: Record) -> dict[str, Any]:
        self.settle()
        return self.encode(record)

    @property
    def names(self) -> dict[str, str]:
        """The attribute of each property that has one of its own."""
        return {field.key: field.name for field in self._fields}

    @property
    def required(self) -> frozenset[str]:
        """The attributes that have no default."""
        return self._required

    def fill(self, record: Record, values: dict[str, Any]) -> None:
        """Make an instance of keyword arguments.

        Raises:
            TypeError: a required field is missing, or there is no field of that name.
        """
        state = self._defaults | values
        if len(state) != len(self._defaults):
            unknown = sorted(values.keys() - self._defaults.keys())
            raise TypeError(f"{self._cls.__name__}() has no field {', '.join(unknown)}")
        if not self._required <= values.keys():
            missing = [name for name in self._defaults if name in self._required - values.keys()]
            raise TypeError(f"{self._cls.__name__}() lacks {', '.join(missing)}")
        for name, make in self._makers.items():
            if state[name] is UNSET:
                state[name] = make()
        _set(record, "__dict__", state)

    def _encode(self, record: Record) -> dict[str, Any]:
        state = record.__dict__
        result: dict[str, Any] = {}
        key = ""
        try:
            for name, key, codec, absent in self._fields:
                value = state[name]
                if value is absent or value is UNSET:
                    continue
                result[key] = value if type(value) is str else codec.encode(value)
        except NoJson as error:
            error.path.append(key)
            raise
        if self._additional is not None:
            self._encode_additional(state[self._additional], result)
        return result

    def encode_mapping(self, value: Mapping[str, Any]) -> dict[str, Any]:
        """The JSON object of a plain mapping that stands in an instance's place.

        Raises:
            Undeclared: it has a key that the schema does not declare.
            NoJson: a value has no JSON form.
        """
        result: dict[str, Any] = {}
        additional: dict[str, Any] = {}
        for key, each in value.items():
            field = self._by_key.get(key)
            if field is None:
                additional[key] = each
                continue
            try:
                result[key] = field.codec.encode(each)
            except NoJson as error:
                error.path.append(key)
                raise
        for name, key, codec, _ in self._fields:
            if key in result:
                continue
            if name in self._makers:
                result[key] = codec.encode(self._makers[name]())
            elif self._defaults[name] is not None and self._defaults[name] is not UNSET:
                result[key] = codec.encode(self._defaults[name])
        self._encode_additional(additional, result)
        return result

    def _encode_additional(self, values: Any, result: dict[str, Any]) -> None:
        if not values:
            return
        if self._additional_codec is None:
            error = Undeclared(f"{self._cls.__name__} has no parameter of this name")
            error.path.append(next(iter(values)))
            raise error
        for key, value in self._additional_codec.encode(values).items():
            if key in self._by_key:
                clash = Undeclared(f"{key!r} is a field of {self._cls.__name__}")
                clash.path.append(key)
                raise clash
            result[key] = value

    def _decode(self, value: dict[str, Any]) -> Record:
        state = self._defaults.copy()
        given = len(value)
        for key, name, decode, make in self._readers:
            if key in value:
                each = value[key]
                state[name] = each if decode is None else decode(each)
                given -= 1
            elif make is not None:
                state[name] = make()
        if self._additional is not None:
            state[self._additional] = self._decode_additional(value) if given else {}
        record = _new(self._cls)
        _set(record, "__dict__", state)
        return record

    def _decode_additional(self, value: dict[str, Any]) -> Any:
        rest = {key: each for key, each in value.items() if key not in self._by_key}
        codec = self._additional_codec
        return rest if codec is None or codec.decode is None else codec.decode(rest)

    # With the verdict of the schema:

    def read(self, value: object, name: str) -> Record:
        """The instance of a JSON value.

        Raises:
            InvalidParameters: the schema does not accept the value.
        """
        try:
            plain = json_value(value)
            _check_depth(to_json(plain))
        except (NoJson, ValueError, RecursionError) as error:
            raise self._no_json(name, error) from None
        self._verdict(plain, name)
        if not isinstance(plain, dict):
            raise self._no_json(name, NoJson("an object is needed"))
        return self.decode(cast("dict[str, Any]", plain))

    def read_text(self, text: str | bytes, name: str) -> Record:
        """The instance of a JSON text.

        Raises:
            InvalidParameters: the text is no JSON, or the schema does not accept it.
        """
        try:
            value = _parse(text.encode() if isinstance(text, str) else bytes(text))
        except (NoJson, ValueError) as error:
            raise self._no_json(name, error) from None
        return self.read(value, name)

    def write(self, record: Record, name: str) -> dict[str, Any]:
        """The JSON object of an instance.

        Raises:
            InvalidParameters: the schema does not accept it.
        """
        try:
            value = self.encode(record)
            _check_depth(to_json(value))
        except (NoJson, ValueError, RecursionError) as error:
            raise self._no_json(name, error) from None
        self._verdict(value, name)
        return value

    def encode_parameters(self, record: Record, name: str) -> dict[str, bytes]:
        """The JSON text of each parameter of an event.

        Raises:
            InvalidParameters: the schema does not accept the event.
        """
        try:
            value = self.encode(record)
            texts = {key: to_json(each) for key, each in value.items()}
            for text in texts.values():
                if len(text) > _SHALLOW:
                    _check_depth(text)
        except (NoJson, ValueError, RecursionError) as error:
            raise self._no_json(name, error) from None
        self._verdict(value, name)
        return texts

    def decode_parameters(
        self, texts: Mapping[str, bytes], name: str, *, assume_timezone: str | None = None
    ) -> Record:
        """The event that the JSON text of each parameter stands for.

        Args:
            texts: by parameter.
            name: the event's full name.
            assume_timezone: the time zone of date-times without an offset.

        Raises:
            InvalidParameters: a text is no JSON, or the schema does not accept the event.
        """
        value: dict[str, Any] = {}
        key = ""
        try:
            for key, text in texts.items():
                value[key] = _parse(text)
        except (NoJson, ValueError) as error:
            problem = NoJson(f"no JSON: {error}")
            problem.path.append(key)
            raise self._no_json(name, problem) from None
        if not self._schema.is_valid(value):
            value = with_offsets(value, self._schema, assume_timezone, name)
        return self.decode(value)

    def _verdict(self, value: object, name: str) -> None:
        if not self._schema.is_valid(value):
            raise InvalidParameters(name, tuple(self._schema.violations(value)))

    def _no_json(self, name: str, error: Exception) -> InvalidParameters:
        problem = error if isinstance(error, NoJson) else NoJson(f"no JSON: {error}")
        return InvalidParameters(name, (problem.violation(self._schema.location),))


def _maker(codec: Codec, factory: Callable[[], Any]) -> Callable[[], Any]:
    if not isinstance(factory, JsonDefault):
        return factory
    text, decode = factory.text, codec.decode

    def make() -> Any:
        value = from_json(text)
        return value if decode is None else decode(value)

    return make


def _parse(text: bytes) -> Any:
    """The value of a JSON text.

    Raises:
        ValueError: it is no JSON (RFC 8259), or nests too deep.
        NoJson: a number is out of the range of a 64-bit float.
    """
    value = from_json(text, allow_inf_nan=False)
    if len(text) > _SHORT and text[0] not in _FIRST_OF_NO_NUMBER:
        if _may_be_out_of_range(text):
            json_value(value)
        if len(text) > _SHALLOW:
            _check_depth(text)
    return value


def _may_be_out_of_range(text: bytes) -> bool:
    """Whether a number of a JSON text may be out of the range of a 64-bit float."""
    kinds = text.translate(_KINDS, b"+")  # a regular expression takes five times as long
    return _LARGE_EXPONENT in kinds or _MANY_DIGITS in kinds


def _check_depth(text: bytes) -> None:
    """Refuse what nests deeper than every reader can follow.

    Raises:
        NoJson: arrays and objects nest deeper than `MAX_DEPTH`.
    """
    if len(text) <= _SHALLOW or text.count(b"[") + text.count(b"{") <= MAX_DEPTH:
        return
    depth = deepest = 0
    for token in _BRACKETS_AND_STRINGS.findall(text):
        if token in b"[{":
            depth += 1
            deepest = max(deepest, depth)
        elif token in b"]}":
            depth -= 1
    if deepest > MAX_DEPTH:
        raise NoJson(f"arrays and objects nest deeper than {MAX_DEPTH}")


_BRACKETS_AND_STRINGS: Final = re.compile(rb'[\[\]{}]|"(?:[^"\\]|\\.)*"')
