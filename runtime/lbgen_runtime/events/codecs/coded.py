"""What codecs need of a generated class, which need them in turn."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import Any, ClassVar

    from ..validation.schemas import Schema
    from .codec import Codec

__all__ = ["Coded"]


class Coded:
    """A class whose instances have a codec; `Record` says what each of its attributes is."""

    __slots__ = ()

    if TYPE_CHECKING:
        __lbgen_schema__: ClassVar[Schema]
        __lbgen_additional__: ClassVar[str | None]
        __lbgen_codec__: ClassVar[Any]

        @classmethod
        def __lbgen_codecs__(cls) -> dict[str, Codec]: ...
