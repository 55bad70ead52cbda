"""The frozen pydantic base of every generated class."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, ClassVar, dataclass_transform

from pydantic import BaseModel, ConfigDict, Field
from pydantic_core import CoreSchema, core_schema

from .errors import InvalidParameters
from .record_codec import RecordCodec

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
    from pydantic._internal._model_construction import ModelMetaclass

    from .codec import Codec
    from .validation import Schema

else:
    ModelMetaclass = type(BaseModel)

__all__ = ["Record", "default"]


class _AtFirstUse:
    """Builds a class's codec when it is first asked for."""

    def __get__(self, instance: object, owner: type[Record]) -> RecordCodec:
        codec = RecordCodec(owner)
        type.__setattr__(owner, "__lbgen_codec__", codec)
        return codec


@dataclass_transform(kw_only_default=True, frozen_default=True, field_specifiers=(Field,))
class _RecordMeta(ModelMetaclass):
    """Tells type checkers that records are frozen; pydantic's own metaclass says they are not."""


class Record(BaseModel, metaclass=_RecordMeta):
    """An object of a contract, as Python sees it.

    It carries types and gives no verdict: that is the schema's, when an event is fired,
    read or turned into JSON.
    """

    model_config = ConfigDict(
        frozen=True, defer_build=True, protected_namespaces=(), arbitrary_types_allowed=True
    )

    __lbgen_schema__: ClassVar[Schema]
    __lbgen_additional__: ClassVar[str | None] = None
    """The field that holds properties without a field of their own."""
    __lbgen_codec__: ClassVar[RecordCodec] = _AtFirstUse()  # type: ignore[assignment]

    @classmethod
    def __lbgen_codecs__(cls) -> dict[str, Codec]:
        """The codec of each field whose values differ between Python and JSON."""
        return {}

    if not TYPE_CHECKING:  # type checkers derive the signature from the fields

        def __init__(self, /, **values: Any) -> None:
            self.__lbgen_codec__.fill(self, values)

        def __setattr__(self, name: str, value: Any) -> None:
            raise AttributeError(f"{type(self).__name__} is frozen: {name!r} cannot be set")

        def __delattr__(self, name: str) -> None:
            raise AttributeError(f"{type(self).__name__} is frozen: {name!r} cannot be deleted")

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        """Inside other pydantic models, and for FastAPI: the verdict is the schema's there too."""

        def validate(value: Any) -> Record:
            if isinstance(value, cls):
                return value
            try:
                return cls.__lbgen_codec__.read(value, cls.__name__)
            except InvalidParameters as error:
                raise ValueError(str(error)) from error

        def serialize(value: Record, info: core_schema.SerializationInfo) -> Any:
            if info.mode == "json":
                return cls.__lbgen_codec__.encode(value)
            return dict(value.__dict__)

        return core_schema.no_info_plain_validator_function(
            validate,
            serialization=core_schema.plain_serializer_function_ser_schema(
                serialize, info_arg=True
            ),
        )

    @classmethod
    def __get_pydantic_json_schema__(
        cls, core: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        """The author's schema; no more than `object` where it recurs."""
        schema = cls.__lbgen_schema__.inlined()
        return {"type": "object"} if '"$ref"' in json.dumps(schema) else schema

    def __repr_args__(self) -> Iterator[tuple[str | None, Any]]:
        yield from self.__dict__.items()


def default(text: str) -> Callable[[], Any]:
    """The default of a field whose default is an object, an array or a typed value.

    Args:
        text: the default as JSON text.
    """
    return _JsonDefault(text)


class _JsonDefault:
    """A `default_factory` that tells the record's codec the JSON text of the default."""

    __slots__ = ("text",)

    def __init__(self, text: str) -> None:
        self.text = text

    def __call__(self) -> Any:
        raise TypeError("a default is made by the codec of its record")
