"""The codec of one generated class: its fields between Python and JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

from pydantic_core import from_json

from ..field import MISSING, FieldSpec, JsonDefault
from ..unset import UNSET
from .compiled import FieldCode, make_decode, make_encode
from .json_limits import unwritable_name
from .json_values import NoJson, Undeclared
from .type_codecs import JSON

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from .codec import Codec
    from .coded import Coded

__all__ = ["RecordCodec"]

_NEVER: Final = object()
_DEEPEST: Final = 50
"""Classes inside one another whose functions are made together."""
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
        cls: the class.
    """

    def __init__(self, cls: type[Coded]) -> None:
        codecs = cls.__lbgen_codecs__()
        self._cls = cls
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
        self.decode: Callable[[dict[str, Any]], Coded] = self._first_decode
        """Makes the instance of a JSON object that the schema accepts."""
        self.encode: Callable[[Coded], dict[str, Any]] = self._first_encode
        """Makes the JSON object of an instance. Raises `NoJson` if a value has no JSON form."""

    def settle(self, being_made: frozenset[type[Coded]] = frozenset()) -> None:
        """Make the functions of the class, and before them those of the classes inside it.

        A class that recurs goes the longer way through the attributes where it meets itself, and
        so does one that is very deep inside. Threads that come at the same moment each make the
        functions: nothing is taken for made before it is, and no lock is held that a forked
        process would wait for.

        Args:
            being_made: the classes around this one that are being made.
        """
        if self._is_settled or self._cls in being_made or len(being_made) >= _DEEPEST:
            return
        being_made |= {self._cls}
        settled = [
            field._replace(
                codec=field.codec if (settle := field.codec.settle) is None else settle(being_made)
            )
            for field in self._fields
        ]
        decode: Callable[[dict[str, Any]], Coded] = self._decode
        encode: Callable[[Coded], dict[str, Any]] = self._encode
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
            decode = make_decode(self._cls, codes, self._decode)
            encode = make_encode(codes, NoJson)
        self.decode, self.encode = decode, encode
        self._is_settled = True

    def _first_decode(self, value: dict[str, Any]) -> Coded:
        self.settle()
        return self.decode(value)

    def _first_encode(self, record: Coded) -> dict[str, Any]:
        self.settle()
        return self.encode(record)

    @property
    def names(self) -> dict[str, str]:
        """The attribute of each property that has one of its own."""
        return {field.key: field.name for field in self._fields}

    @property
    def defaults(self) -> Mapping[str, Any]:
        """The value of each attribute that is not given; `UNSET` where it is made or required."""
        return self._defaults

    @property
    def required(self) -> frozenset[str]:
        """The attributes that have no default."""
        return self._required

    def leaves_out(self, value: dict[str, Any]) -> int:
        """How many properties of a JSON object have no field here."""
        return 0 if self._additional is not None else len(value.keys() - self._by_key.keys())

    def fill(self, record: Coded, values: dict[str, Any]) -> None:
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
            raise TypeError(f"{self._cls.__name__}() is missing {', '.join(missing)}")
        for name, make in self._makers.items():
            if state[name] is UNSET:
                state[name] = make()
        _set(record, "__dict__", state)

    def _encode(self, record: Coded) -> dict[str, Any]:
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
        """The JSON object of a plain mapping that replaces an instance.

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
            if (why := unwritable_name(key)) is not None:
                raise why
            if key in self._by_key:
                clash = Undeclared(f"{key!r} is a field of {self._cls.__name__}")
                clash.path.append(key)
                raise clash
            result[key] = value

    def _decode(self, value: dict[str, Any]) -> Coded:
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


def _maker(codec: Codec, factory: Callable[[], Any]) -> Callable[[], Any]:
    if not isinstance(factory, JsonDefault):
        return factory
    text, decode = factory.text, codec.decode

    def make() -> Any:
        value = from_json(text)
        return value if decode is None else decode(value)

    return make
