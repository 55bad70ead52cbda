"""`Event`: the base of every generated event class."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, cast

from pydantic_core import to_json

from .record import Record

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Self

__all__ = ["Event"]


class Event(Record):
    """An event of a contract."""

    __lbgen_event__: ClassVar[str]
    """Full name of the event (`shop.orders.order_placed`)."""

    @classmethod
    def from_json(cls, text: str | bytes) -> Self:
        """The event that a JSON object, as text, stands for.

        Args:
            text: a JSON object with the event's parameters.

        Raises:
            InvalidParameters: the text is no JSON, or not what the schema accepts.
        """
        return cast("Self", cls.__lbgen_codec__.read_text(text, cls.__lbgen_event__))

    @classmethod
    def from_dict(cls, parameters: Mapping[str, Any]) -> Self:
        """The event that a mapping of JSON values stands for.

        Args:
            parameters: the event's parameters as JSON values.

        Raises:
            InvalidParameters: the parameters are not what the schema accepts.
        """
        return cast("Self", cls.__lbgen_codec__.read(parameters, cls.__lbgen_event__))

    def to_dict(self) -> dict[str, Any]:
        """The event's parameters as JSON values.

        Raises:
            InvalidParameters: the event is not what its schema accepts.
        """
        return self.__lbgen_codec__.write(self, self.__lbgen_event__)

    def to_json(self) -> str:
        """The event's parameters as a JSON object.

        Raises:
            InvalidParameters: the event is not what its schema accepts.
        """
        return to_json(self.to_dict()).decode()
