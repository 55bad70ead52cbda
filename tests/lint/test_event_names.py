"""The linter's verdicts on names of events, against a list written by hand."""

from __future__ import annotations

from pathlib import Path

from lbgen.lint.english.past_tense import Tense, judge

_VERDICTS = {"past": Tense.PAST, "ambiguous": Tense.AMBIGUOUS, "no": Tense.NOT_PAST}


def _names() -> list[tuple[str, str, str | None]]:
    text = Path(__file__).with_name("event_names.txt").read_text("utf-8")
    rows = [line.split() for line in text.splitlines() if line and not line.startswith("#")]
    return [(row[0], row[1], row[2] if row[2:] and row[2] != "-" else None) for row in rows]


def test_at_least_200_names_are_judged_and_at_most_3_percent_wrongly() -> None:
    names = _names()
    wrong = [
        f"{name}: {judge(name).tense.name}, not {verdict}"
        for name, verdict, _ in names
        if judge(name).tense is not _VERDICTS[verdict]
    ]
    assert len(names) >= 200
    assert len({name for name, _, _ in names}) == len(names)
    assert len(wrong) <= len(names) * 0.03, wrong


def test_suggestions_are_in_the_past_tense_and_those_of_the_list() -> None:
    wrong = [
        f"{name}: {judge(name).suggestion}, not {expected}"
        for name, verdict, expected in _names()
        if verdict != "past" and judge(name).suggestion != expected
    ]
    suggestions = {judge(name).suggestion for name, _, _ in _names()} - {None}
    not_past = [each for each in suggestions if each and judge(each).tense is Tense.NOT_PAST]
    assert not wrong
    assert not not_past
