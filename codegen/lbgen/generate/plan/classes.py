"""The plan of one class, and of the parameters of the `fire` that makes it."""

from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING, Final

from ...findings.diagnostic import Diagnostic, Related
from ...model.types import accepts_null, only_value
from ..layout import WIDTH, Brackets, Expression, Named, in_parentheses, lay_out
from ..literals import description_lines, docstring_text, python_literal
from ..names import ADDITIONAL, parameter_name
from .annotations import annotation, or_else
from .codecs import codec
from .outline import ClassPlan, FieldPlan, ParameterPlan

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ...model import RecordType
    from ...model.parts import Parts
    from ...model.types import Field
    from .codecs import CodecNames
    from .module_names import ModuleNames

__all__ = ["ClassPlanner", "field_names"]

_ONE_LINE: Final = 75
"""Characters of a description with its limits that share the line of a field's docstring."""
_FIRE_RAISES: Final = (
    "Raises:",
    "    InvalidParameters: the parameters do not match the schema.",
    "    NotAuthoritative: this service may not fire events of the API.",
    "    NotFired: the event is not on the bus; the subclass gives the reason.",
    "    FireUnconfirmed: the event may or may not be on the bus.",
)


def field_names(record: RecordType) -> dict[str, str]:
    """The Python name of each property of a class, by its key."""
    plain = Counter(parameter_name(field.key) for field in record.fields)
    result: dict[str, str] = {}
    for field in record.fields:
        name = parameter_name(field.key)
        if plain[name] > 1 and name != field.key:
            name = parameter_name(field.key, spelled=True)
        result[field.key] = name
    return result


class ClassPlanner:
    """Plans the classes of one module.

    Args:
        names: how the module refers to classes.

    Attributes:
        problems: names that two fields would have.
        texts: all source that was made, to see what it uses.
    """

    def __init__(self, names: ModuleNames) -> None:
        self._names = names
        self.problems: list[Diagnostic] = []
        self.texts: list[str] = []

    def _collisions(self, record: RecordType, names: dict[str, str]) -> Iterator[Diagnostic]:
        taken: dict[str, Field] = {}
        for field in record.fields:
            name = names[field.key]
            first = taken.setdefault(name, field)
            if first is not field:
                yield Diagnostic(
                    place=field.place,
                    rule="name-collision",
                    message=f"{field.key!r} and {first.key!r} both become the parameter {name!r}",
                    help="rename one of them",
                    related=(Related(place=first.place, message="the other one"),),
                )

    def plan(self, record: RecordType, name: str, event: str | None) -> ClassPlan:
        """Plan the class of a record."""
        names = field_names(record)
        self.problems += self._collisions(record, names)
        extra = ADDITIONAL
        scope = self._names.hidden({*names.values(), extra})
        fields = [self._field(field, names[field.key], scope) for field in record.fields]
        codecs: list[Expression] = []
        for field in record.fields:
            expression = codec(field.type, self._names)
            if expression is not None:
                codecs.append(Named(f"{python_literal(names[field.key])}: ", expression))
        additional: str | None = None
        if record.additional is not None:
            additional = python_literal(extra)
            type_ = annotation(record.additional, scope)
            fields.append(self._line(extra, type_, _field_call("default_factory=dict")))
            expression = codec(record.additional, self._names)
            codecs.append(Named(f"{additional}: ", expression or "_codecs.mapping(_codecs.JSON)"))
        base = "Event" if event is not None else "Record"
        plan = ClassPlan(
            name=name,
            head=lay_out(Brackets(f"class {name}", (f"_lbgen.{base}",)), 0, 0, 1) + ":",
            doc=description_lines(record.description),
            fields=tuple(fields),
            location=lay_out(
                Brackets("_SCHEMAS.at", (python_literal(self._location(record)),)), 4, 23, 0
            ),
            event=None if event is None else in_parentheses(python_literal(event), 4, 22),
            additional=additional,
            codecs=None
            if not codecs
            else lay_out(Brackets("", tuple(codecs), "{}", True), 8, 15, 0),
        )
        if plan.codecs is not None:
            self.texts.append(plan.codecs)
        return plan

    def _location(self, record: RecordType) -> str:
        return self._names.location(record.location)

    def _field(self, field: Field, name: str, scope: CodecNames) -> FieldPlan:
        type_, default = self._declaration(field, scope)
        aliased = name != field.key
        if aliased:
            key = f"key={python_literal(field.key)}"
            match default:
                case None:
                    default = _field_call(key)
                case Brackets(head="_lbgen.field", items=items):
                    default = _field_call(*items, key)
                case _:
                    default = _field_call(Named("default=", default), key)
        return self._line(name, type_, default, _said_of(field))

    def _line(
        self, name: str, type_: Expression, default: Expression | None, doc: tuple[str, ...] = ()
    ) -> FieldPlan:
        line = declare(name, type_, default, 4)
        self.texts.append(line)
        return FieldPlan(line=line, doc=doc)

    def _declaration(self, field: Field, scope: CodecNames) -> tuple[Expression, Expression | None]:
        """The annotation of a field of a class, and its default."""
        type_ = annotation(field.type, scope)
        if field.required:
            only = only_value(field.type)
            return type_, None if only is None else python_literal(only)
        if field.has_default:
            plain = _plain_default(field, codec(field.type, scope))
            if plain is not None:
                return type_, plain
            text = python_literal(json.dumps(field.default, ensure_ascii=False))
            return type_, _field_call(
                Named("default_factory=", Brackets("_lbgen.default", (text,)))
            )
        if accepts_null(field.type):
            return or_else(type_, scope.plain("Unset")), scope.plain("UNSET")
        return or_else(type_, "None"), "None"

    def parameters(self, record: RecordType) -> tuple[ParameterPlan, ...]:
        """The parameters of `fire`."""
        names = field_names(record)
        found: list[ParameterPlan] = []
        for field in record.fields:
            type_, default = self._declaration(field, self._names)
            if isinstance(default, Brackets):
                default = "_lbgen.DEFAULT"
            found.append(self._parameter(names[field.key], type_, default))
        if record.additional is not None:
            extra = ADDITIONAL
            type_ = annotation(record.additional, self._names)
            found.append(self._parameter(extra, type_, "_lbgen.DEFAULT"))
        return tuple(found)

    def constructor(self, record: RecordType, parts: Parts) -> str:
        """The class of an event, as the body of its `fire` writes it."""
        names = field_names(record)
        return self._names.hidden({*names.values(), ADDITIONAL}).reference(parts)

    def _parameter(self, name: str, type_: Expression, default: Expression | None) -> ParameterPlan:
        declaration = declare(name, type_, default, 8)
        self.texts.append(declaration)
        return ParameterPlan(name=name, declaration=declaration)

    def fire_doc(self, record: RecordType) -> tuple[str, ...]:
        """The docstring of `fire`."""
        names = field_names(record)
        lines = docstring_text(record.description, "Fire the event.")
        described = [
            (names[field.key], said) for field in record.fields if (said := _said_of(field))
        ]
        return (*lines, *_section("Args:", described), "", *_FIRE_RAISES)


def _said_of(field: Field) -> tuple[str, ...]:
    """The lines that explain a field: its description, and its limits."""
    text = (field.description or "").strip()
    if not text or not field.limits:
        return description_lines(text or field.limits)
    if text[-1] not in ".!?:;":
        text += "."
    fits = len(text.splitlines()) == 1 and len(text) + len(field.limits) <= _ONE_LINE
    return description_lines(f"{text}{' ' if fits else chr(10)}{field.limits}")


def _section(title: str, rows: list[tuple[str, tuple[str, ...]]]) -> list[str]:
    if not rows:
        return []
    lines = ["", title]
    for name, text in rows:
        first, *rest = text
        lines.append(f"    {name}: {first}".rstrip())
        lines += [f"        {line}".rstrip() for line in rest]
    return lines


def _field_call(*arguments: Expression) -> Brackets:
    return Brackets("_lbgen.field", arguments)


def _plain_default(field: Field, expression: Expression | None) -> str | None:
    """The default as a literal, where JSON and Python have the same value."""
    value = field.default
    if isinstance(value, str | bool) and (expression is None or expression == "_codecs.INTEGER"):
        return python_literal(value)
    if isinstance(value, int) and expression in (None, "_codecs.INTEGER"):
        return python_literal(value)
    if isinstance(value, float) and expression is None:
        return python_literal(value)
    return None


def declare(name: str, type_: Expression, default: Expression | None, indent: int) -> str:
    """A declaration `name: type = default`, as formatters lay it out.

    Args:
        name: what is declared.
        type_: its annotation.
        default: its default, if it has one.
        indent: of the line, in columns.
    """
    head = f"{name}: "
    start = indent + len(head)
    if default is None:
        if isinstance(type_, str):
            return head + in_parentheses(type_, indent, start)
        return head + lay_out(type_, indent, start, 1)
    opening = len(default.head) + 1 if isinstance(default, Brackets) else len(str(default))
    flat = lay_out(type_, indent, start, 4)
    if isinstance(default, Brackets) and "\n" not in flat:
        length = start + len(flat)
        if length + 3 + opening > WIDTH >= length + 4:
            value = lay_out(default, indent + 4, indent + 4, 0)
            return f"{head}{flat} = (\n{' ' * (indent + 4)}{value}\n{' ' * indent})"
    annotated = lay_out(type_, indent, start, 3 + opening + 1)
    last = len(annotated.rsplit("\n", 1)[-1]) + (start if "\n" not in annotated else 0)
    return f"{head}{annotated} = {lay_out(default, indent, last + 3, 1)}"
