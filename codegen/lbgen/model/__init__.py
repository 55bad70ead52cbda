"""What Python can say about each schema: types, and classes for objects."""

from .modeller import Modeller
from .name_hints import Naming
from .types import Record, Type

__all__ = ["Modeller", "Naming", "Record", "Type"]
