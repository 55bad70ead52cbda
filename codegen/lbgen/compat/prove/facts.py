"""What is known of one value of one JSON type while the prover follows a goal."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from ..normal.json_values import canonical, rational
from .terms import (
    Absent,
    Atom,
    Distinct,
    FewItems,
    Group,
    Impossible,
    ItemAt,
    ItemsFrom,
    Length,
    Limit,
    Lit,
    Matches,
    Multiple,
    NoneOfValues,
    OfFormat,
    OneOfValues,
    Opaque,
    Present,
    PropertyNames,
    SomeItem,
    SomeProperty,
    Written,
)

if TYPE_CHECKING:
    from fractions import Fraction


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """Everything that must hold; immutable, so that alternatives can share it.

    `allowed` are the only possible values, if not `None`; `refused` are impossible ones.
    """

    dead: bool = False
    allowed: tuple[Any, ...] | None = None
    refused: tuple[Any, ...] = ()
    # numbers
    low: tuple[Fraction, bool] | None = None
    high: tuple[Fraction, bool] | None = None
    multiples: frozenset[Fraction] = frozenset()
    non_multiples: frozenset[Fraction] = frozenset()
    written_whole: bool | None = None
    # texts, arrays, objects
    least: int = 0
    most: int | None = None
    # texts
    matching: frozenset[str] = frozenset()
    failing: frozenset[str] = frozenset()
    formats: frozenset[str] = frozenset()
    non_formats: frozenset[str] = frozenset()
    opaque: frozenset[tuple[str, bool]] = frozenset()
    # arrays
    items_at: frozenset[tuple[int, Lit]] = frozenset()
    items_from: frozenset[tuple[int, Lit]] = frozenset()
    some_items: tuple[SomeItem, ...] = ()
    few_items: tuple[FewItems, ...] = ()
    distinct: bool = False
    repeated: bool = False
    # objects
    groups: tuple[Group, ...] = ()
    fields: dict[str, frozenset[Lit]] = field(default_factory=dict[str, frozenset[Lit]])
    required: frozenset[str] = frozenset()
    absent: frozenset[str] = frozenset()
    names: frozenset[Lit] = frozenset()
    some_properties: tuple[SomeProperty, ...] = ()

    def plus(self, atom: Atom) -> Facts:
        """The facts with one more; `dead` if they contradict each other."""
        match atom:
            case Impossible():
                return replace(self, dead=True)
            case OneOfValues(values):
                kept = values if self.allowed is None else _common(self.allowed, values)
                return replace(self, allowed=kept, dead=not kept)
            case NoneOfValues(values):
                return replace(self, refused=(*self.refused, *values))
            case Limit():
                return self._limited(atom)
            case Multiple(of, positive):
                if positive:
                    return replace(self, multiples=self.multiples | {of})
                return replace(self, non_multiples=self.non_multiples | {of})
            case Written(whole):
                dead = self.written_whole not in (None, whole)
                facts = replace(self, written_whole=whole, dead=dead)
                return facts.plus(Multiple(rational(1), positive=True)) if whole else facts
            case Length(least, most):
                return self.counted(least, most)
            case Matches(pattern, positive):
                if positive:
                    facts = replace(self, matching=self.matching | {pattern})
                else:
                    facts = replace(self, failing=self.failing | {pattern})
                return replace(facts, dead=bool(facts.matching & facts.failing))
            case OfFormat(name, positive):
                if positive:
                    facts = replace(self, formats=self.formats | {name})
                else:
                    facts = replace(self, non_formats=self.non_formats | {name})
                return replace(facts, dead=bool(facts.formats & facts.non_formats))
            case Opaque(what, positive):
                dead = (what, not positive) in self.opaque
                return replace(self, opaque=self.opaque | {(what, positive)}, dead=dead)
            case ItemAt() | ItemsFrom() | SomeItem() | FewItems() | Distinct():
                return self._array(atom)
            case Group() | Present() | Absent() | PropertyNames() | SomeProperty():
                return self._object(atom)

    def _limited(self, atom: Limit) -> Facts:
        new = (atom.bound, atom.strict)
        if atom.low:
            old = self.low
            facts = self if old is not None and old >= new else replace(self, low=new)
        else:
            old = self.high
            keep = old is not None and (old[0], not old[1]) <= (atom.bound, not atom.strict)
            facts = self if keep else replace(self, high=new)
        if facts.low is None or facts.high is None:
            return facts
        dead = facts.low[0] > facts.high[0]
        touching = facts.low[0] == facts.high[0] and (facts.low[1] or facts.high[1])
        return replace(facts, dead=dead or touching)

    def counted(self, least: int, most: int | None) -> Facts:
        """The same facts of a value that has at least and at most so many parts."""
        least = max(least, self.least)
        limits = [limit for limit in (most, self.most) if limit is not None]
        most = min(limits) if limits else None
        dead = self.dead or (most is not None and most < least)
        return replace(self, least=least, most=most, dead=dead)

    def _array(self, atom: ItemAt | ItemsFrom | SomeItem | FewItems | Distinct) -> Facts:
        match atom:
            case ItemAt(index, lit):
                return replace(self, items_at=self.items_at | {(index, lit)})
            case ItemsFrom(start, lit):
                return replace(self, items_from=self.items_from | {(start, lit)})
            case SomeItem(start, lit, count):
                alike = [some for some in self.some_items if (some.start, some.lit) == (start, lit)]
                if any(some.count >= count for some in alike):
                    return self
                kept = tuple(some for some in self.some_items if some not in alike)
                dead = any(few.lit == lit and few.count < count for few in self.few_items)
                facts = replace(self, some_items=(*kept, atom), dead=dead)
                return facts.counted(atom.start + atom.count, None)
            case FewItems(lit, count):
                dead = any(some.lit == lit and some.count > count for some in self.some_items)
                return replace(self, few_items=(*self.few_items, atom), dead=dead)
            case Distinct(positive):
                if positive:
                    return replace(self, distinct=True, dead=self.repeated)
                return replace(self, repeated=True, dead=self.distinct).counted(2, None)

    def _object(self, atom: Group | Present | Absent | PropertyNames | SomeProperty) -> Facts:
        match atom:
            case Group():
                return replace(self, groups=(*self.groups, atom))
            case Present(name, lit):
                fields = self.fields
                if lit is not None:
                    fields = {**fields, name: fields.get(name, frozenset()) | {lit}}
                dead = name in self.absent
                return replace(self, required=self.required | {name}, fields=fields, dead=dead)
            case Absent(name):
                return replace(self, absent=self.absent | {name}, dead=name in self.required)
            case PropertyNames(lit):
                return replace(self, names=self.names | {lit})
            case SomeProperty():
                facts = replace(self, some_properties=(*self.some_properties, atom))
                return facts.counted(1, None)


def _common(one: tuple[Any, ...], two: tuple[Any, ...]) -> tuple[Any, ...]:
    texts = {canonical(value) for value in two}
    return tuple(value for value in one if canonical(value) in texts)
