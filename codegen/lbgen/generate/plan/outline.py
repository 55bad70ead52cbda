"""What a generated package consists of. Templates print it and decide nothing."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = [
    "ApiPlan",
    "ClassPlan",
    "EventPlan",
    "FieldPlan",
    "ModulePlan",
    "NamespacePlan",
    "PackagePlan",
    "ParameterPlan",
    "SchemasPlan",
    "StepPlan",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldPlan:
    """A field of a class: the line that declares it, and the lines of the docstring below it."""

    line: str
    doc: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassPlan:
    """A class.

    Attributes:
        name: its Python name.
        head: the line that opens it.
        doc: its docstring's lines.
        fields: its fields.
        location: source of its schema's location.
        event: source of the event's full name, as it is assigned; `None` if it is none.
        additional: source of the name of the field that holds further properties.
        codecs: source of the dictionary of its fields' codecs.
    """

    name: str
    head: str
    doc: tuple[str, ...]
    fields: tuple[FieldPlan, ...]
    location: str
    event: str | None = None
    additional: str | None = None
    codecs: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ParameterPlan:
    """A parameter of `fire`: its name, and its declaration."""

    name: str
    declaration: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EventPlan:
    """An event of an API.

    Attributes:
        name: the attribute of the API.
        constructor: its class, as the body of `fire` writes it.
        endpoint: the name of the class of its endpoint.
        endpoint_line: the line that opens that class.
        property_line: the line that opens the attribute.
        contract: source of its `EventContract`.
        parameters: of `fire`.
        doc: of `fire`.
        summary: its description.
    """

    name: str
    constructor: str
    endpoint: str
    endpoint_line: str
    property_line: str
    contract: str
    parameters: tuple[ParameterPlan, ...]
    doc: tuple[str, ...]
    summary: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiPlan:
    """An API: the source of its contract, its class, its events and the APIs below it."""

    class_name: str
    contract: str
    doc: tuple[str, ...]
    events: tuple[EventPlan, ...]
    children: tuple[NamespacePlan, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ModulePlan:
    """A module.

    Attributes:
        name: without `.py`.
        sources: the files that it was made from, for diagnostics; no code names them.
        doc: its docstring's lines.
        imports: groups of import lines.
        checked_imports: import lines of the APIs below its own, for type checkers.
        late_imports: import lines of modules that need this one, for its end.
        classes: in the order of definition.
        aliases: the lines that give some of them another name.
        api: the API; `None` if it holds shared types only.
        steps: on the way to the APIs below its own.
        exports: the source of `__all__`.
    """

    name: str
    sources: tuple[str, ...]
    doc: tuple[str, ...]
    imports: tuple[tuple[str, ...], ...]
    checked_imports: tuple[str, ...]
    late_imports: tuple[str, ...]
    classes: tuple[ClassPlan, ...]
    aliases: tuple[str, ...]
    api: ApiPlan | None
    steps: tuple[StepPlan, ...]
    exports: str

    @property
    def long_unions(self) -> bool:
        """Whether a union is too long for a line, so that it is written as `Union[...]`."""
        return any(
            line.startswith("from typing import") and "Union" in line
            for group in self.imports
            for line in group
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class NamespacePlan:
    """An attribute of the bus: an API, or a step on the way to one.

    Attributes:
        class_name: of the API or of the step.
        module: the API's module; `None` for a step.
        import_line: the line that imports the API's class; `None` for a step.
        hidden: whether an attribute beside it has the name of its class.
        line: the line that opens the attribute.
        call: source of what it returns.
        doc: its docstring's lines.
    """

    line: str
    call: str
    class_name: str
    module: str | None
    import_line: str | None
    hidden: bool
    doc: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class StepPlan:
    """The class of a step on the way to APIs, and what is below it."""

    class_name: str
    children: tuple[NamespacePlan, ...]
    doc: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SchemasPlan:
    """The documents, as sources of literals.

    Attributes:
        documents: each URI, and its JSON text.
        lightbus: name of each API that Lightbus reads, and the JSON text of its schema.
    """

    documents: tuple[tuple[str, str], ...]
    lightbus: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PackagePlan:
    """A whole package.

    Attributes:
        modules: its modules.
        schemas: the documents.
        namespaces: the attributes of the bus.
        steps: the namespaces that are not APIs and below none, inner before outer.
        api_imports: import lines of APIs for type checkers: of the class of each, and of those
            that are written through their module.
        lazy: source of the dictionary from each API's class to its module.
        exports: the source of `__all__`.
    """

    modules: tuple[ModulePlan, ...]
    schemas: SchemasPlan
    namespaces: tuple[NamespacePlan, ...]
    steps: tuple[StepPlan, ...]
    api_imports: tuple[str, ...]
    lazy: str
    exports: str
