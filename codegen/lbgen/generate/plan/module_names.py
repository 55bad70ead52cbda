"""How one module refers to classes: by name, by alias, or through the module they are in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .imports import PLAIN, in_module, own_class

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from ...analysis.validators import Validators
    from ...model.parts import Parts
    from ...source.document import Location
    from .placement import Placement

__all__ = ["HiddenNames", "ModuleNames"]


class ModuleNames:
    """How one module refers to classes, and what it has to import for that.

    Args:
        module: the module.
        placement: of the package.
        validators: tells where validators find schemas.
        fields: the names of the fields of its classes.

    Attributes:
        taken: the names that it does not call by themselves, since a field has them.
        imported: the classes to import, by module.
        whole: the modules to import as a whole.
        aliases: its own classes that need another name, since something hides their own.
    """

    def __init__(
        self, module: str, placement: Placement, validators: Validators, fields: Collection[str]
    ) -> None:
        self._module = module
        self._naming = placement
        self._validators = validators
        self.taken = PLAIN & set(fields)
        self.imported: dict[str, set[str]] = {}
        self.whole: set[str] = set()
        self.aliases: set[str] = set()

    def reference(self, parts: Parts) -> str:
        """The name of a record's class here."""
        return self._reference(parts, frozenset())

    def plain(self, name: str) -> str:
        """A name of `PLAIN`, or what it is called where a field has that name."""
        if name not in self.taken:
            return name
        return f"_lbgen.{name}" if name in ("UNSET", "Unset") else f"_{name}"

    def hidden(self, names: Collection[str]) -> HiddenNames:
        """How to refer to classes where some names mean something else.

        Args:
            names: those of a class's fields, or of a function's parameters.
        """
        return HiddenNames(self, self._reference, frozenset(names))

    def _reference(self, parts: Parts, hidden: frozenset[str]) -> str:
        module, name = self._naming.classes[parts]
        if module == self._module:
            if name not in hidden:
                return name
            self.aliases.add(name)
            return own_class(name)
        owner = self._elsewhere(name)
        elsewhere = owner not in (None, module)
        if name in hidden or elsewhere or self._naming.is_taken(self._module, name):
            self.whole.add(module)
            return in_module(module, name)
        self.imported.setdefault(module, set()).add(name)
        return name

    def _elsewhere(self, name: str) -> str | None:
        for module, names in self.imported.items():
            if name in names:
                return module
        return None

    def location(self, location: Location) -> str:
        """The location of a schema as validators know it."""
        return str(self._validators.location(location))


class HiddenNames:
    """How a module refers to classes where some names mean something else.

    A class whose name is hidden is written through its module or by another name, so that no field
    is ever called after what classes there are.
    """

    def __init__(
        self,
        names: ModuleNames,
        reference: Callable[[Parts, frozenset[str]], str],
        hidden: frozenset[str],
    ) -> None:
        self._reference = reference
        self._hidden = hidden
        self.location = names.location
        self.plain = names.plain

    def reference(self, parts: Parts) -> str:
        """The name of a record's class here."""
        return self._reference(parts, self._hidden)
