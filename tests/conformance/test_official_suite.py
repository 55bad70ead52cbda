"""Every instance of the official suite has the specification's verdict through generated code."""

from __future__ import annotations

import json
import re
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from lbgen_runtime.events.codecs.record_codec import RecordCodec
from lbgen_runtime.events.codecs.validating_codec import ValidatingCodec
from lbgen_runtime.events.validation.formats import ASSERTED_FORMATS
from tests.conformance.generated_suite import VIEWS, Compiled, compiled
from tests.conformance.verdicts import mistakes
from tests.support.official_suite import DRAFTS, MISSING, SUITE, format_groups, groups

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.skipif(
    MISSING,
    reason=f"the official JSON Schema Test Suite is not at {SUITE}: set"
    " LBGEN_JSON_SCHEMA_TEST_SUITE to the folder with its `tests` and `remotes`",
)

CONFORMANCE = Path(__file__).parents[2] / "docs" / "design" / "conformance.md"


@pytest.fixture(scope="module")
def required(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Compiled]]:
    with compiled(groups(), tmp_path_factory.mktemp("required")) as found:
        yield found


@pytest.fixture(scope="module")
def formats(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Compiled]]:
    with compiled(format_groups(), tmp_path_factory.mktemp("formats")) as found:
        yield found


def test_every_required_instance_has_the_right_verdict(
    required: list[Compiled], capsys: pytest.CaptureFixture[str]
) -> None:
    verdicts = _Verdicts(required)
    with capsys.disabled():
        print("\n" + verdicts.table())
    assert {name.split(" | ")[1] for name in verdicts.wrong} == _exceptions(), verdicts.details()
    assert sum(verdicts.right.values()) > 3000


def test_every_schema_of_an_event_builds(required: list[Compiled]) -> None:
    """Only schemas that accept no object at all are refused, and only as whole parameters."""
    for each in required:
        if each.contract is None:
            assert each.view == "whole", each.refusals
            assert all(text.startswith("parameters-no-object") for text in each.refusals)
            assert not any(
                valid and isinstance(instance, dict) for _, instance, valid in each.group.tests
            )


def test_asserted_formats_have_the_right_verdict(
    formats: list[Compiled], capsys: pytest.CaptureFixture[str]
) -> None:
    verdicts = _Verdicts(formats)
    with capsys.disabled():
        print("\n" + verdicts.table())
    asserted = set(ASSERTED_FORMATS) | {"ecmascript-regex", "unknown"}
    assert {each.group.keyword for each in formats} == asserted
    for key, count in verdicts.right.items():
        assert count >= 0.99 * (count + verdicts.faults[key]), verdicts.details()


@pytest.mark.parametrize("mutant", ["no verdict", "no bounds", "no further properties"])
def test_a_planted_fault_is_found(
    mutant: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keywords = {"maximum", "additionalProperties"}
    match mutant:
        case "no verdict":
            monkeypatch.setattr(ValidatingCodec, "_first_verdict", lambda *_: True)
        case "no bounds":
            read = json.loads

            def planted(text: Any, **options: Any) -> Any:
                return read(
                    text if options else text.replace('"maximum"', '"x-maximum"'), **options
                )

            monkeypatch.setattr(json, "loads", planted)  # the compiler's own reading has options
        case _:
            monkeypatch.setattr(RecordCodec, "_decode_additional", lambda *_: {})
    chosen = [group for group in groups() if group.keyword in keywords]
    with compiled(chosen, tmp_path) as found:
        assert _Verdicts(found).wrong


class _Verdicts:
    """What was right and wrong, by draft, keyword and view."""

    def __init__(self, found: list[Compiled]) -> None:
        self.right: Counter[tuple[str, str, str]] = Counter()
        self.faults: Counter[tuple[str, str, str]] = Counter()
        self.no_event: Counter[tuple[str, str, str]] = Counter()
        self.wrong: dict[str, list[str]] = {}
        for each in found:
            key = (each.group.draft, each.group.keyword, each.view)
            for description, instance, valid in each.group.tests:
                impossible = each.view == "whole" and valid and not isinstance(instance, dict)
                if each.contract is None or impossible:
                    self.no_event[key] += 1
                    continue
                found_mistakes = mistakes(each, instance, valid)
                if found_mistakes:
                    self.faults[key] += 1
                    name = f"{each.group.name} ({each.view}) | {description}"
                    self.wrong[name] = found_mistakes
                else:
                    self.right[key] += 1

    def table(self) -> str:
        """Right verdicts of all, per keyword, draft and view."""
        columns = [(draft, view) for draft in DRAFTS for view in VIEWS]
        rows = [["keyword", *(f"{draft} {view}" for draft, view in columns)]]
        counters = (self.right, self.faults, self.no_event)
        keywords = sorted({key[1] for counter in counters for key in counter})
        rows += [
            [keyword, *(self._cell([(d, keyword, v)]) for d, v in columns)] for keyword in keywords
        ]
        rows.append(
            ["all", *(self._cell([(d, keyword, v) for keyword in keywords]) for d, v in columns)]
        )
        widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
        return "\n".join(
            "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
            for row in rows
        )

    def _cell(self, keys: list[tuple[str, str, str]]) -> str:
        right = sum(self.right[key] for key in keys)
        judged = right + sum(self.faults[key] for key in keys)
        none = sum(self.no_event[key] for key in keys)
        if not judged + none:
            return ""
        return f"{right}/{judged}" + (f" ({none} no event)" if none else "")

    def details(self) -> str:
        return "\n".join(f"{name}: {'; '.join(found)}" for name, found in self.wrong.items())


def _exceptions() -> set[str]:
    """The cases that `docs/design/conformance.md` lists as impossible for an event."""
    section = CONFORMANCE.read_text(encoding="utf-8").split("\n## Exceptions\n")[1]
    return set(re.findall(r"^- `([^`]+)`", section.split("\n## ")[0], re.MULTILINE))
