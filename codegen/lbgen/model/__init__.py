"""What Python can say about each schema: types, and classes for objects."""

from .modeller import Modeller
from .name_hints import NameHint
from .types import RecordType, Type

__all__ = ["Modeller", "NameHint", "RecordType", "Type"]
