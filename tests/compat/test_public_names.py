"""Adding something changes no Python name that is there, or the check says what it means now."""

from __future__ import annotations

import copy
import json
import random
from typing import TYPE_CHECKING, Any

import pytest

from lbgen.tasks.check import run_check
from tests.support.generated_names import names_in
from tests.support.packages import contract_of

if TYPE_CHECKING:
    from pathlib import Path

OBJECT: dict[str, Any] = {"type": "object", "properties": {"n": {"type": "integer"}}}
OTHER: dict[str, Any] = {"type": "object", "properties": {"z": {"type": "string"}}}
TEXT = {"type": "string"}
NULLABLE: dict[str, Any] = {"oneOf": [{"type": "null"}, OBJECT]}


def event(**properties: Any) -> dict[str, Any]:
    return {"type": "object", "properties": properties}


def variant(kind: str) -> dict[str, Any]:
    """An object without a title, told apart by a constant inside another one."""
    header = {**event(kind={"const": kind}), "required": ["kind"]}
    return {**event(header=header), "required": ["header"]}


def several(*branches: dict[str, Any]) -> dict[str, Any]:
    """An event whose properties are declared in branches."""
    return {
        "type": "object",
        "anyOf": [{**each, "title": f"B{i}"} for i, each in enumerate(branches)],
    }


def checked(tmp_path: Path, old: dict[str, Any], new: dict[str, Any]) -> dict[str, str]:
    """The rule of each finding about names, by the name."""
    for name, contract in (("old", old), ("new", new)):
        folder = tmp_path / name
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "shop.json").write_text(json.dumps(contract))
    result = run_check(tmp_path / "new", against=[f"{tmp_path}/old"])
    return {one.path: one.rule for one in result.findings if one.rule.startswith("compat-name")}


TAKEN = {
    "a key takes a field": (
        contract_of("shop", seen=event(**{"foo-bar": TEXT})),
        contract_of("shop", seen=event(**{"foo-bar": TEXT, "foo_bar": TEXT})),
        {"Seen.foo_bar": "compat-name-taken"},
    ),
    "an event takes a class": (
        contract_of("shop", seen=event(x={**OBJECT, "title": "OrderPlaced"})),
        contract_of("shop", seen=event(x={**OBJECT, "title": "OrderPlaced"}), order_placed=OTHER),
        {"OrderPlaced": "compat-name-taken"},
    ),
    "an event takes an endpoint": (
        contract_of("shop", seen=event(x=TEXT)),
        contract_of("shop", seen=event(x=TEXT), seen_endpoint=OTHER),
        {"SeenEndpoint": "compat-name-taken"},
    ),
    "a title takes an endpoint": (
        contract_of("shop", seen=event(x=TEXT)),
        contract_of("shop", seen=event(x=TEXT, y={**OBJECT, "title": "Seen endpoint"})),
        {"SeenEndpoint": "compat-name-taken"},
    ),
    "a title takes a class": (
        contract_of("shop", seen=event(b={**OBJECT, "title": "Line item"})),
        contract_of(
            "shop",
            seen=event(a={**OTHER, "title": "Line item"}, b={**OBJECT, "title": "Line item"}),
        ),
        {"LineItem": "compat-name-taken"},
    ),
    "a property takes the class of another": (
        contract_of("shop", seen=event(**{"line.item": OBJECT})),
        contract_of("shop", seen=event(**{"line_item": OTHER, "line.item": OBJECT})),
        {"SeenLineItem": "compat-name-taken", "Seen.line_item": "compat-name-taken"},
    ),
    "a title renames a class": (
        contract_of("shop", seen=event(m=OBJECT)),
        contract_of("shop", seen=event(m={**OBJECT, "title": "Position"})),
        {"SeenM": "compat-name-changed"},
    ),
    "a key of that name leaves the other properties theirs": (
        contract_of("shop", seen={**event(a=TEXT), "additionalProperties": TEXT}),
        contract_of(
            "shop",
            seen={**event(a=TEXT, additional_properties=TEXT), "additionalProperties": TEXT},
        ),
        {},
    ),
    "a variant leaves the others their classes": (
        contract_of("shop", seen=event(m={"oneOf": [variant("a"), variant("b")]})),
        contract_of("shop", seen=event(m={"oneOf": [variant("c"), variant("a"), variant("b")]})),
        {},
    ),
    "a property of a branch takes the class of that of another branch": (
        contract_of("shop", seen=several({}, event(a=TEXT, it=OBJECT))),
        contract_of("shop", seen=several(event(it=OTHER), event(a=TEXT, it=OBJECT))),
        {"SeenIt": "compat-name-taken"},
    ),
    "a property that a pattern matches renames the class of the pattern": (
        contract_of("shop", seen={**event(z1={}), "patternProperties": {"^z": NULLABLE}}),
        contract_of("shop", seen={**event(za={}, z1={}), "patternProperties": {"^z": NULLABLE}}),
        {"SeenZ1": "compat-name-changed"},
    ),
    "a property with a name of its own changes nothing": (
        contract_of("shop", seen=event(m=OBJECT)),
        contract_of("shop", seen=event(a=OTHER, m=OBJECT)),
        {},
    ),
}


@pytest.mark.parametrize("case", TAKEN)
def test_the_check_says_which_name_means_something_else(case: str, tmp_path: Path) -> None:
    old, new, expected = TAKEN[case]
    assert checked(tmp_path, old, new) == expected


UNLUCKY = ("foo-bar", "foo_bar", "foo.bar", "foo bar", "additional_properties", "item", "Item")


class Contracts:
    """Random contracts of unlucky names, and random things to add."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)

    def contract(self) -> dict[str, Any]:
        names = self.random.sample(("item_seen", "foo_bar", "foo_seen"), 2)
        return contract_of("shop", **{name: self.object(0) for name in names})

    def object(self, depth: int) -> dict[str, Any]:
        keys = self.random.sample(UNLUCKY, self.random.randint(1, 3))
        return event(**{key: self.value(depth + 1) for key in keys})

    def value(self, depth: int) -> dict[str, Any]:
        choice = self.random.random()
        if depth < 3 and choice < 0.5:
            title = self.random.choice([None, None, "Foo bar", "Item", "FooSeen"])
            return {**self.object(depth), **({"title": title} if title else {})}
        return dict(TEXT)

    def added(self, contract: dict[str, Any]) -> dict[str, Any]:
        """The contract with one property more, at the front or at the end, or one event more."""
        changed = copy.deepcopy(contract)
        events = changed["events"]
        if self.random.random() < 0.2:
            name = self.random.choice(["item", "foo_bar", "foo_seen", "item_seen"])
            events.setdefault(name, {"parameters": self.object(1)})
            return changed
        target = self.random.choice(list(events.values()))["parameters"]
        while self.random.random() < 0.5:
            inner = [each for each in target["properties"].values() if "properties" in each]
            if not inner:
                break
            target = self.random.choice(inner)
        key = self.random.choice(UNLUCKY)
        more = {} if key in target["properties"] else {key: self.value(1)}
        front = self.random.random() < 0.5
        old = target["properties"]
        target["properties"] = {**more, **old} if front else {**old, **more}
        return changed


def by_place(contract: dict[str, Any]) -> dict[str, tuple[str, dict[str, str]]] | None:
    """Each class by the place of its schema: its name, and the key of each field."""
    names = names_in("shop", contract)
    return names and {place: (name, fields) for name, (place, fields) in names.items()}


@pytest.mark.thorough
@pytest.mark.parametrize("chunk", range(4))
def test_a_name_that_changes_is_always_told(chunk: int, tmp_path: Path) -> None:
    changed = 0
    for seed in range(chunk * 40, chunk * 40 + 40):
        contracts = Contracts(seed)
        old = contracts.contract()
        new = contracts.added(old)
        before, after = by_place(old), by_place(new)
        if before is None or after is None:
            continue
        told = checked(tmp_path / str(seed), old, new)
        for place, (name, fields) in before.items():
            now, keys = after[place]
            moved = {key: one for one, key in fields.items() if keys.get(one) != key}
            changed += now != name or bool(moved)
            context = (
                f"seed {seed}: {name} {fields} is {now} {keys}; {told}: {json.dumps([old, new])}"
            )
            assert (now != name) == (name in told), context
            for key, field in moved.items():
                assert f"{name}.{field}" in told or key not in keys.values(), context
    assert changed
