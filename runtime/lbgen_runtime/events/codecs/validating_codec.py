"""The codec of one generated class with the verdict of its schema."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from pydantic_core import from_json, to_json

from ...errors import InvalidParameters
from ..naive_times import with_offsets
from ..validation.every_violation import every_violation
from .json_limits import MAX_DEPTH, unwritable
from .json_text import (
    NO_NUMBERS,
    SHALLOW,
    SHORT,
    check_depth,
    check_digits,
    check_numbers,
    read_json,
)
from .json_values import NoJson, json_value
from .record_codec import RecordCodec

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from .coded import Coded

__all__ = ["ValidatingCodec"]


class ValidatingCodec(RecordCodec):
    """Reads and writes the instances of one generated class, as far as its schema accepts them.

    Args:
        cls: the class; its schema's documents are read when the first verdict is asked for.
    """

    def __init__(self, cls: type[Coded]) -> None:
        super().__init__(cls)
        self._schema = cls.__lbgen_schema__
        self._accepts: Callable[[Any], bool] = self._first_verdict

    def read(self, value: object, name: str) -> Coded:
        """The instance of a JSON value.

        Raises:
            InvalidParameters: the schema does not accept the value.
        """
        try:
            plain = json_value(value)
            text = to_json(plain)
            check_depth(text, deepest=MAX_DEPTH + 1)
            check_digits(text)
        except (NoJson, ValueError, RecursionError) as error:
            problems = list(unwritable(value))
            if isinstance(error, NoJson) and not problems:
                problems = [error]
            if not problems:
                raise
            raise self._refusal(name, *problems) from None
        self._verdict(plain, name)
        if not isinstance(plain, dict):
            raise self._refusal(name, NoJson("the value is not an object; write an object"))
        return self.decode(cast("dict[str, Any]", plain))

    def read_text(self, text: str | bytes, name: str) -> Coded:
        """The instance of a JSON text.

        Raises:
            InvalidParameters: the text is not JSON, or the schema does not accept it.
        """
        try:
            if isinstance(text, str):
                # An unpaired surrogate, which is not Unicode, becomes what is not UTF-8 either.
                text = text.encode(errors="surrogatepass")
            value = read_json(bytes(text), deepest=MAX_DEPTH + 1)
        except NoJson as problem:
            raise self._refusal(name, problem) from None
        return self.read(value, name)

    def write(self, record: Coded, name: str) -> dict[str, Any]:
        """The JSON object of an instance.

        Raises:
            InvalidParameters: the schema does not accept it.
        """
        return self._written(record, name)[0]

    def encode_parameters(self, record: Coded, name: str) -> dict[str, bytes]:
        """The JSON text of each parameter of an event.

        Raises:
            InvalidParameters: the schema does not accept the event.
        """
        return self._written(record, name)[1]

    def _written(self, record: Coded, name: str) -> tuple[dict[str, Any], dict[str, bytes]]:
        try:
            value = self.encode(record)
            texts = {key: to_json(each) for key, each in value.items()}
            for text in texts.values():
                if len(text) > SHALLOW:
                    check_depth(text)
                    check_digits(text)
        except (NoJson, ValueError, RecursionError):
            # Of the value, where a limit says so; else of this code.
            found = every_violation(record, self.encode, self._schema)
            if not found:
                raise
            raise InvalidParameters(name, found) from None
        self._verdict(value, name)
        return value, texts

    def decode_parameters(
        self, texts: Mapping[str, bytes], name: str, *, assume_timezone: str | None = None
    ) -> Coded:
        """The event that the JSON text of each parameter stands for.

        Args:
            texts: by parameter.
            name: the event's full name.
            assume_timezone: the time zone of date-times without an offset.

        Raises:
            InvalidParameters: a text is not JSON, or the schema does not accept the event.
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
        except (NoJson, ValueError):
            problems = tuple(_problems(texts))
            if not problems:
                raise
            raise self._refusal(name, *problems) from None
        if not self._accepts(value):
            value = with_offsets(value, self._schema, assume_timezone, name)
        return self.decode(value)

    def _first_verdict(self, value: Any) -> bool:
        """The verdict of the schema, which is compiled for it."""
        self._accepts = self._schema.validator.is_valid
        return self._accepts(value)

    def _verdict(self, value: object, name: str) -> None:
        if not self._accepts(value):
            raise InvalidParameters(name, self._schema.violations(value))

    def _refusal(self, name: str, *problems: NoJson) -> InvalidParameters:
        location = self._schema.location
        return InvalidParameters(name, [problem.violation(location) for problem in problems])


def _problems(texts: Mapping[str, bytes]) -> Iterator[NoJson]:
    """What is wrong with each parameter whose text is not JSON that every reader can follow."""
    for key, text in texts.items():
        try:
            read_json(text)
        except NoJson as problem:
            problem.path.append(key)
            yield problem
