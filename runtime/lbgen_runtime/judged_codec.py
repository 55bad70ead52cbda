"""The codec of one generated class with the verdict of its schema."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any, cast

from pydantic_core import from_json, to_json

from .errors import InvalidParameters
from .every_violation import every_violation
from .json_text import NO_NUMBERS, SHALLOW, SHORT, check_depth, check_numbers, read_json
from .json_values import NoJson, json_value
from .naive_times import with_offsets
from .record_codec import RecordCodec

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from .record import Record

__all__ = ["JudgedCodec"]


class JudgedCodec(RecordCodec):
    """Reads and writes the instances of one generated class, as far as its schema accepts them.

    Args:
        cls: the class; its schema's documents are read when the first verdict is asked for.
    """

    def __init__(self, cls: type[Record]) -> None:
        super().__init__(cls)
        self._schema = cls.__lbgen_schema__

    def read(self, value: object, name: str) -> Record:
        """The instance of a JSON value.

        Raises:
            InvalidParameters: the schema does not accept the value.
        """
        try:
            plain = json_value(value)
            check_depth(to_json(plain))
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
            value = read_json(text.encode() if isinstance(text, str) else bytes(text))
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
            check_depth(to_json(value))
        except (NoJson, ValueError, RecursionError) as error:
            raise self._no_json(name, error, record) from None
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
                if len(text) > SHALLOW:
                    check_depth(text)
        except (NoJson, ValueError, RecursionError) as error:
            raise self._no_json(name, error, record) from None
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
        with_numbers: list[bytes] = []
        try:
            for key, text in texts.items():
                value[key] = each = from_json(text, allow_inf_nan=False)
                if len(text) > SHORT and type(each) not in NO_NUMBERS:
                    with_numbers.append(text)
                    if len(text) > SHALLOW:
                        check_depth(text)
            if with_numbers:
                check_numbers(b",".join(with_numbers), value)
        except (NoJson, ValueError) as error:
            raise self._no_json_in(texts, name, error) from None
        if not self._accepts(value):
            value = with_offsets(value, self._schema, assume_timezone, name)
        return self.decode(value)

    @cached_property
    def _accepts(self) -> Callable[[Any], bool]:
        """The verdict of the schema, which is compiled for it."""
        accepts: Callable[[Any], bool] = self._schema.validator.is_valid
        return accepts

    def _verdict(self, value: object, name: str) -> None:
        if not self._accepts(value):
            raise InvalidParameters(name, tuple(self._schema.violations(value)))

    def _no_json_in(
        self, texts: Mapping[str, bytes], name: str, error: Exception
    ) -> InvalidParameters:
        """The error of the first parameter whose text is no JSON."""
        for key, text in texts.items():
            try:
                read_json(text)
            except (NoJson, ValueError) as why:
                problem = NoJson(f"no JSON: {why}")
                problem.path.append(key)
                return self._no_json(name, problem)
        return self._no_json(name, error)

    def _no_json(
        self, name: str, error: Exception, record: Record | None = None
    ) -> InvalidParameters:
        if record is not None and isinstance(error, NoJson) and error.path:
            found = every_violation(record, self.encode, self._schema)
            return InvalidParameters(name, found)
        problem = error if isinstance(error, NoJson) else NoJson(f"no JSON: {error}")
        return InvalidParameters(name, (problem.violation(self._schema.location),))
