"""The frozen base of all generated classes."""

from __future__ import annotations

import dataclasses
import inspect
from typing import TYPE_CHECKING, Any, ClassVar, cast, dataclass_transform

from pydantic_core import to_json

from ..errors import InvalidParameters
from .codecs.coded import Coded
from .codecs.validating_codec import ValidatingCodec
from .field import field
from .json_pointer import path_of
from .unset import UNSET
from .validation.schemas import Schema  # noqa: TC001 - `typing.get_type_hints` looks for it here

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Self

    from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
    from pydantic_core import CoreSchema

    from .codecs.codec import Codec

__all__ = ["Record"]


def _for_pydantic(error: InvalidParameters, value: Any) -> ValueError:
    """The error that pydantic takes for one of its own: each violation at its place."""
    from pydantic_core import PydanticCustomError, ValidationError

    return ValidationError.from_exception_data(
        error.event,
        [
            {
                "type": PydanticCustomError(
                    "invalid_parameters",
                    "{message}",
                    {"message": violation.message, "rule": violation.rule},
                ),
                "loc": path_of(violation.pointer, value),
                "input": value,
            }
            for violation in error.violations
        ],
    )


class _AtFirstUse:
    """Builds a class's codec when it is first asked for."""

    def __get__(self, instance: object, owner: type[Record]) -> ValidatingCodec:
        codec = ValidatingCodec(owner)
        owner.__lbgen_codec__ = codec
        return codec


class _AsDataclass:
    """What `dataclasses` asks of a class, made when it is first asked for.

    With it `dataclasses.replace` and `asdict` work, and FastAPI takes an event as a body.
    """

    def __set_name__(self, owner: type[Record], name: str) -> None:
        self._name = name

    def __get__(self, instance: object, owner: type[Record]) -> Any:
        fields = list(owner.__annotations__.items())
        made = dataclasses.make_dataclass(owner.__name__, fields, kw_only=True, frozen=True)
        value = getattr(made, self._name)
        setattr(owner, self._name, value)
        return value


class _Signature:
    """What `inspect.signature` shows of a class: its fields as keyword-only parameters."""

    def __get__(self, instance: object, owner: type[Record]) -> inspect.Signature:
        required = owner.__lbgen_codec__.required
        defaults = owner.__lbgen_codec__.defaults
        parameters = [
            inspect.Parameter(
                name,
                inspect.Parameter.KEYWORD_ONLY,
                default=inspect.Parameter.empty if name in required else defaults.get(name, UNSET),
                annotation=annotation,
            )
            for name, annotation in owner.__annotations__.items()
        ]
        return inspect.Signature(parameters)


@dataclass_transform(kw_only_default=True, frozen_default=True, field_specifiers=(field,))
class Record(Coded):
    """An object of a contract, as a Python class.

    Creating an instance validates nothing. The schema decides when an event is fired, read or
    converted to JSON. pydantic and FastAPI accept these classes like their own models, with the
    same validation, and `dataclasses` accepts them like dataclasses.

    The class is not a pydantic model: creating a model class takes pydantic some tenths of a
    millisecond, which a package with a thousand events would pay for at import.
    """

    __lbgen_schema__: ClassVar[Schema]
    __lbgen_additional__: ClassVar[str | None] = None
    """The field that holds properties without a field of their own."""
    __dataclass_fields__: ClassVar[dict[str, dataclasses.Field[Any]]] = _AsDataclass()  # type: ignore[assignment]
    __dataclass_params__: ClassVar[Any] = _AsDataclass()
    __lbgen_codec__: ClassVar[ValidatingCodec] = _AtFirstUse()  # type: ignore[assignment]
    __signature__: ClassVar[inspect.Signature] = _Signature()  # type: ignore[assignment]

    @classmethod
    def __lbgen_codecs__(cls) -> dict[str, Codec]:
        """The codec of each field whose values differ between Python and JSON."""
        return {}

    if not TYPE_CHECKING:  # type checkers derive the signature from the fields

        def __init__(self, /, **values: Any) -> None:
            self.__lbgen_codec__.fill(self, values)

        def __setattr__(self, name: str, value: Any) -> None:
            raise dataclasses.FrozenInstanceError(
                f"{type(self).__name__} is frozen: {name!r} cannot be set"
            )

        def __delattr__(self, name: str) -> None:
            raise dataclasses.FrozenInstanceError(
                f"{type(self).__name__} is frozen: {name!r} cannot be deleted"
            )

    def __eq__(self, other: object) -> bool:
        if type(self) is not type(other):
            return NotImplemented
        return self.__dict__ == other.__dict__

    def __hash__(self) -> int:
        return hash((type(self), *self.__dict__.values()))

    def __repr__(self) -> str:
        values = ", ".join(f"{name}={value!r}" for name, value in self.__dict__.items())
        return f"{type(self).__name__}({values})"

    def __replace__(self, /, **changes: Any) -> Self:
        """For `copy.replace`."""
        return type(self)(**{**self.__dict__, **changes})

    @classmethod
    def __lbgen_name__(cls) -> str:
        """What messages call it."""
        return cls.__name__

    @classmethod
    def from_json(cls, text: str | bytes) -> Self:
        """Create an instance from a JSON object.

        Args:
            text: a JSON object with the properties; for an event, its parameters.

        Raises:
            InvalidParameters: the text is not JSON, or does not match the schema.
        """
        return cast("Self", cls.__lbgen_codec__.read_text(text, cls.__lbgen_name__()))

    @classmethod
    def from_dict(cls, parameters: Mapping[str, Any]) -> Self:
        """Create an instance from a mapping of JSON values.

        Args:
            parameters: the properties as JSON values; for an event, its parameters.

        Raises:
            InvalidParameters: the parameters do not match the schema.
        """
        return cast("Self", cls.__lbgen_codec__.read(parameters, cls.__lbgen_name__()))

    def to_dict(self) -> dict[str, Any]:
        """Return the properties as JSON values; for an event, its parameters.

        Raises:
            InvalidParameters: the instance does not match its schema.
        """
        return self.__lbgen_codec__.write(self, self.__lbgen_name__())

    def to_json(self) -> str:
        """Return the properties as a JSON object; for an event, its parameters.

        Raises:
            InvalidParameters: the instance does not match its schema.
        """
        return to_json(self.to_dict()).decode()

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        """Inside pydantic models, and for FastAPI: the verdict is the schema's there too."""
        from pydantic_core import core_schema

        from .openapi import reference_name

        def validate(value: Any) -> Record:
            if isinstance(value, cls):
                return value
            try:
                return cast("Record", cls.__lbgen_codec__.read(value, cls.__name__))
            except InvalidParameters as error:
                raise _for_pydantic(error, value) from error

        def serialize(value: Record, info: core_schema.SerializationInfo) -> Any:
            if info.mode == "json":
                return cls.__lbgen_codec__.encode(value)
            return dict(value.__dict__)

        return core_schema.no_info_plain_validator_function(
            validate,
            ref=reference_name(cls),
            serialization=core_schema.plain_serializer_function_ser_schema(
                serialize, info_arg=True
            ),
        )

    @classmethod
    def __get_pydantic_json_schema__(
        cls, core: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        """The author's schema, with definitions where it recurs."""
        from .openapi import json_schema_of

        return json_schema_of(cls, handler)
